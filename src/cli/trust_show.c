/* `comity trust show`: whose keys count, with the fingerprints to compare. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/keys.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct showing {
	const struct cm_context *ctx;
	struct cm_case *c;
	bool json;
	struct cm_arena arena;
	struct cm_trust trust;
	struct cm_trust_keys keys;
	struct cm_err err;
};

/* "2 of 3 witnesses", or in words what else it is. */
static const char *
quorum_words(struct showing *s)
{
	const struct cm_policy *p = &s->trust.policy;
	const struct cm_policy_member *m;

	if (!p->has_quorum)
		return "none: no witness's cosignature is needed";
	m = &p->member[p->quorum];
	if (!m->is_group)
		return cm_arena_printf(&s->arena, "the witness %s", m->name);
	return cm_arena_printf(&s->arena, "%u of the %zu in group %s", m->k, m->n_part, m->name);
}

/* The URL where a log or witness is reached; NULL: none is known. */
static const char *
url_of(const struct showing *s, const struct cm_trust_key *k)
{
	const struct cm_policy *p = &s->trust.policy;
	size_t i;

	for (i = 0; k->role == CM_TRUST_LOG && i < p->n_logs; i++)
		if (memcmp(p->log[i].key.key, k->point, 32) == 0)
			return p->log[i].url;
	for (i = 0; k->role == CM_TRUST_WITNESS && i < p->n_members; i++)
		if (!p->member[i].is_group && memcmp(p->member[i].key.key, k->point, 32) == 0)
			return p->member[i].url;
	return NULL;
}

static enum cm_exit
print_text(struct showing *s)
{
	struct cm_paint paint = cm_paint_of(s->ctx->out_colour);
	struct cm_table t = cm_table_of(&s->arena, 5);
	const char *row[5] = { "role", "fingerprint", "whose", "name", "reached at" };
	enum cm_result r = cm_table_row(&t, row);
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	size_t i;

	for (i = 0; r == CM_OK && i < s->keys.n; i++) {
		const struct cm_trust_key *k = &s->keys.key[i];
		const char *url = url_of(s, k);

		cm_cli_fingerprint(k->point, fingerprint);
		row[0] = cm_trust_role_word(k->role);
		row[1] = fingerprint;
		row[2] = k->own ? "yours" : "";
		row[3] = k->name;
		row[4] = url != NULL ? url : "";
		r = cm_table_row(&t, row);
	}
	if (r != CM_OK) {
		cm_cli_say(s->ctx, "out of memory");
		return CM_EXIT_CANNOT;
	}
	cm_table_print(&t, s->ctx->out, &paint);
	fprintf(s->ctx->out, "\nquorum: ");
	cm_cli_text(s->ctx->out, cm_span_str(quorum_words(s)));
	fputc('\n', s->ctx->out);
	return CM_EXIT_OK;
}

static enum cm_exit
print_json(struct showing *s)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_key(&w, "keys");
	cm_jsonw_array(&w);
	for (i = 0; i < s->keys.n; i++) {
		const struct cm_trust_key *k = &s->keys.key[i];

		cm_cli_fingerprint(k->point, fingerprint);
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "role", cm_trust_role_word(k->role));
		cm_jsonw_kstr(&w, "fingerprint", fingerprint);
		cm_jsonw_kbool(&w, "own", k->own);
		cm_jsonw_kstr(&w, "name", k->name);
		cm_jsonw_kstr(&w, "url", url_of(s, k));
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_kstr(&w, "quorum", quorum_words(s));
	cm_jsonw_object_end(&w);
	return cm_cli_json(s->ctx, &b);
}

static enum cm_exit
show(struct showing *s)
{
	struct cm_trust_key own[CM_CLI_OWN_KEYS];
	size_t n = 0;
	enum cm_result r = cm_cli_own_keys(s->c, &s->arena, own, &n, &s->err);

	if (r == CM_OK)
		r = cm_trust_read(cm_case_folder(s->c), &s->arena, &s->trust, &s->err);
	if (r == CM_OK)
		r = cm_trust_keys(&s->trust, own, n, &s->arena, &s->keys, &s->err);
	if (r != CM_OK)
		return cm_cli_error(s->ctx, NULL, &s->err, NULL);
	return s->json ? print_json(s) : print_text(s);
}

static enum cm_exit
run_show(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx, bool check)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct showing s = { .ctx = ctx };
	enum cm_exit code = CM_EXIT_OK;

	if (!cm_args_json(&a, OPT_JSON, &s.json))
		return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, command, "it takes nothing");
	if (!cm_cli_case(ctx, &s.c, &code))
		return code;
	cm_arena_init(&s.arena, 0);
	code = show(&s);
	if (check && code == CM_EXIT_OK && !s.json)
		fprintf(ctx->out, "\nBoth files read; every key stands in one role, under one name.\n");
	cm_arena_fini(&s.arena);
	cm_case_close(s.c);
	return code;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	return run_show(&cm_command_trust_show, argc, argv, ctx, false);
}

static enum cm_exit
run_check(int argc, char **argv, const struct cm_context *ctx)
{
	return run_show(&cm_command_trust_check, argc, argv, ctx, true);
}

const struct cm_command cm_command_trust_show = {
	.name = "trust show",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Shows whose keys count, and how many witnesses are enough",
	.operands = NULL,
	.options = options,
};

const struct cm_command cm_command_trust_check = {
	.name = "trust check",
	.run = run_check,
	.flags = CM_COMMAND_CASE,
	.line = "Reads both files strictly: is each key in one role, under one name?",
	.operands = NULL,
	.options = options,
	.more = "Exits 0 if all holds, 1 if a key stands twice, 4 if a file is malformed.\n",
};
