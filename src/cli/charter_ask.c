/* `comity charter ask`: what do the rules say to one request, or to all of a kind? */
#include "cli/charter_rules.h"
#include "cli/commands.h"

enum { OPT_REQUEST = CM_OPT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_REQUEST, "request", "REQUEST", "decide this one: 'action=release type=N1 ...'" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

static void
print_decision_json(const struct cm_charter_rules *r, const struct cm_decision *d, const char *why, struct cm_buf *b)
{
	static const char *const name[] = { "allows", "denies", "unknown" };
	const uint64_t *const bits[] = { d->allows, d->denies, d->unknown };
	struct cm_jsonw w = cm_jsonw_of(b, 0);

	cm_jsonw_object(&w);
	cm_jsonw_kbool(&w, "allowed", d->allowed);
	for (size_t k = 0; k < 3; k++) {
		cm_jsonw_key(&w, name[k]);
		cm_jsonw_array(&w);
		for (size_t i = 0; i < cm_rules_count(r->rules); i++)
			if (bits[k][i / 64] >> (i % 64) & 1)
				cm_jsonw_str(&w, cm_rules_name(r->rules, i));
		cm_jsonw_array_end(&w);
	}
	cm_jsonw_key(&w, "obliges");
	cm_charter_json_bounds(&w, d->oblige, r->v);
	cm_jsonw_kstr(&w, "why", why);
	cm_jsonw_object_end(&w);
}

static enum cm_exit
decide(const struct cm_context *ctx, const struct cm_charter_rules *r, const char *request, bool json)
{
	struct cm_buf why = { 0 }, b = { 0 };
	struct cm_err err = { 0 };
	struct cm_decision d;
	struct cm_ask q;
	enum cm_exit code = CM_EXIT_OK;
	enum cm_result rc = cm_ask_read(cm_span_str(request), r->v, &q, &err);

	if (rc != CM_OK)
		return cm_cli_error(ctx, "--request", &err, NULL);
	cm_rules_decide(r->rules, &q, &d);
	if (cm_rules_explain(r->rules, &q, &d, &why) != CM_OK || cm_buf_cstr(&why) == NULL) {
		code = cm_cli_error(ctx, NULL, &err, NULL);
	} else if (json) {
		print_decision_json(r, &d, cm_buf_cstr(&why), &b);
		code = cm_cli_json(ctx, &b);
	} else {
		fputs(cm_buf_cstr(&why), ctx->out);
	}
	cm_buf_release(&why);
	return code == CM_EXIT_OK && !d.allowed ? CM_EXIT_REFUSED : code;
}

static enum cm_exit
print_answer(const struct cm_context *ctx, const struct cm_charter_rules *r, const struct cm_answer *a, bool json)
{
	char count[CM_COUNT_TEXT];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_exit code = CM_EXIT_OK;

	if (json) {
		cm_jsonw_object(&w);
		cm_jsonw_kbool(&w, "can", a->can);
		cm_charter_json_answer(&w, a, r->v);
		cm_jsonw_object_end(&w);
		return cm_cli_json(ctx, &b);
	}
	cm_requests_text(a->requests, count);
	cm_buf_add_str(&b, a->can ? "Yes: " : "No: of all requests, none in which that is true is allowed.\n");
	if (a->can) {
		cm_buf_printf(&b, "%s requests in which that is true are allowed.\nFor example: ", count);
		cm_example_say(&a->example, r->v, &b);
		cm_buf_add_str(&b, "; what is not said can be anything.\nTo see why: comity charter ask FILE --request '");
		cm_ask_write(&a->example.ask, r->v, &b);
		cm_buf_add_str(&b, "'\n");
	}
	if (cm_buf_cstr(&b) == NULL) {
		cm_cli_say(ctx, "out of memory");
		code = CM_EXIT_CANNOT;
	} else {
		fputs(cm_buf_cstr(&b), ctx->out);
	}
	cm_buf_release(&b);
	return code;
}

static enum cm_exit
ask(const struct cm_context *ctx, struct cm_charter_rules *r, const char *text, bool json)
{
	const struct cm_condition *c;
	struct cm_checks *checks = NULL;
	struct cm_answer a = { 0 };
	struct cm_err err = { 0 };
	enum cm_result rc = cm_condition_read(cm_span_str(text), r->v, &r->arena, &c, &err);
	enum cm_exit code;

	if (rc != CM_OK)
		return cm_cli_error(ctx, "CONDITION", &err, NULL);
	rc = cm_checks_new(&(struct cm_checks_of) { .rules = r->rules, .condition = &c, .n_conditions = 1,
		.impossible = r->impossible, .n_impossible = r->n_impossible }, &checks, &err);
	if (rc == CM_OK)
		rc = cm_checks_can(checks, 0, &a, &err);
	code = rc == CM_OK ? print_answer(ctx, r, &a, json) : cm_cli_error(ctx, NULL, &err, NULL);
	cm_checks_free(checks);
	return code == CM_EXIT_OK && a.can ? CM_EXIT_FINDINGS : code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_charter_ask, argc, argv, ctx);
	struct cm_charter_rules r = { 0 };
	const char *request = NULL;
	struct cm_err err = { 0 };
	enum cm_exit code;
	bool json = false;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END) {
		if (id == OPT_REQUEST)
			request = a.value;
		else if (id == OPT_JSON)
			json = true;
		else
			return CM_EXIT_USAGE;
	}
	if (a.n != (request != NULL ? 1 : 2))
		return cm_cli_usage(ctx, &cm_command_charter_ask, "it takes a file, and a condition or --request");
	if (cm_charter_rules_load(a.operand[0], &r, &err) != CM_OK)
		code = cm_cli_error(ctx, a.operand[0], &err, NULL);
	else
		code = request != NULL ? decide(ctx, &r, request, json) : ask(ctx, &r, a.operand[1], json);
	cm_charter_rules_release(&r);
	return cm_cli_finish(ctx, code);
}

const struct cm_command cm_command_charter_ask = {
	.name = "charter ask",
	.run = run,
	.line = "Is there a request that is allowed and in which a condition is true?",
	.operands = "FILE [CONDITION]",
	.options = options,
	.more = "FILE is a charter or bare rules.  CONDITION is written as behind `when':\n"
		"'victim-data = yes and consent != given'.  Exit 0: there is none, which is proved over all\n"
		"requests; 1: there is one, and it is printed.  With --request: what the rules decide and why;\n"
		"exit 0 if it is allowed, 1 if not.  What a request does not say is not known.\n",
};
