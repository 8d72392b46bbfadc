/* `comity warning check` and `comity warning lists`. */
#include <inttypes.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/warning_lists.h"
#include "codec/json_write.h"
#include "warning/gate.h"

enum { OPT_JSON = CM_OPT, OPT_LISTS };

static const struct cm_option options[] = {
	{ OPT_LISTS, "lists", "FOLDER", "more lists, in the JSON of MISP's; may be given again" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0 },
};

#define MATCHES 64 /* of one value, printed */

struct asking {
	struct cm_warning_texts texts;
	char **value;
	int n;
	bool json;
};

static const char *
kind_word(unsigned kind)
{
	return kind == CM_WARNING_ADDRESS ? "address" : kind == CM_WARNING_HASH ? "hash" : "host";
}

static size_t
matches_of(const struct cm_warnings *w, const char *value, enum cm_warning_kind *kind, struct cm_warning_match *m)
{
	struct cm_span text = cm_span_str(value);
	uint8_t addr[16];
	size_t len = 0;

	*kind = cm_warning_kind_of(text, addr, &len);
	if (*kind == CM_WARNING_ADDRESS)
		return cm_warning_check_address(w, cm_span_of(addr, len), m, MATCHES);
	return *kind == CM_WARNING_HASH ? cm_warning_check_hash(w, text, m, MATCHES) :
					  cm_warning_check_host(w, text, m, MATCHES);
}

static void
put_match(struct cm_jsonw *w, const char *value, const struct cm_warning_match *m)
{
	struct cm_buf text = { 0 };

	cm_warning_sentence(&text, value, m);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "list", m->list->name);
	cm_jsonw_kstr(w, "entry", m->entry);
	cm_jsonw_key(w, "sentence");
	cm_jsonw_span(w, cm_buf_span(&text));
	cm_jsonw_object_end(w);
	w->out->failed |= !cm_buf_ok(&text);
	cm_buf_release(&text);
}

static bool
print_match(const struct cm_context *ctx, const char *value, const struct cm_warning_match *m)
{
	struct cm_buf text = { 0 };
	bool ok;

	cm_warning_sentence(&text, value, m);
	ok = cm_buf_ok(&text);
	cm_cli_text(ctx->out, cm_buf_span(&text));
	if (m->list->blunder != NULL) {
		fputs("  [", ctx->out);
		cm_cli_text(ctx->out, cm_span_str(m->list->name));
		fputs(": ", ctx->out);
		cm_cli_text(ctx->out, cm_span_str(m->entry));
		fputc(']', ctx->out);
	}
	fputc('\n', ctx->out);
	cm_buf_release(&text);
	return ok;
}

static enum cm_exit
check_text(const struct asking *a, const struct cm_warnings *w, const struct cm_context *ctx)
{
	struct cm_warning_match m[MATCHES];
	enum cm_warning_kind kind;
	enum cm_exit code = CM_EXIT_OK;

	for (int i = 0; i < a->n; i++) {
		size_t n = matches_of(w, a->value[i], &kind, m);

		for (size_t k = 0; k < n && k < MATCHES; k++)
			if (!print_match(ctx, a->value[i], &m[k]))
				return CM_EXIT_CANNOT;
		if (n > MATCHES)
			fprintf(ctx->out, "  and %zu more\n", n - MATCHES);
		code = n > 0 ? CM_EXIT_FINDINGS : code;
	}
	return code;
}

static enum cm_exit
check_json(const struct asking *a, const struct cm_warnings *set, const struct cm_context *ctx)
{
	struct cm_warning_match m[MATCHES];
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_warning_kind kind;
	enum cm_exit code = CM_EXIT_OK, printed;

	cm_jsonw_array(&w);
	for (int i = 0; i < a->n; i++) {
		size_t n = matches_of(set, a->value[i], &kind, m);

		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "value", a->value[i]);
		cm_jsonw_kstr(&w, "kind", kind_word(kind));
		cm_jsonw_kuint(&w, "matches", n);
		cm_jsonw_key(&w, "on");
		cm_jsonw_array(&w);
		for (size_t k = 0; k < n && k < MATCHES; k++)
			put_match(&w, a->value[i], &m[k]);
		cm_jsonw_array_end(&w);
		cm_jsonw_object_end(&w);
		code = n > 0 ? CM_EXIT_FINDINGS : code;
	}
	cm_jsonw_array_end(&w);
	printed = cm_cli_json(ctx, &b);
	return printed == CM_EXIT_OK ? code : printed;
}

static void
put_kinds(struct cm_jsonw *w, unsigned kinds)
{
	cm_jsonw_key(w, "for");
	cm_jsonw_array(w);
	for (unsigned k = CM_WARNING_ADDRESS; k <= CM_WARNING_HASH; k <<= 1)
		if (kinds & k)
			cm_jsonw_str(w, kind_word(k));
	cm_jsonw_array_end(w);
}

static enum cm_exit
lists_json(const struct cm_warnings *set, const struct cm_context *ctx)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	cm_jsonw_array(&w);
	for (size_t i = 0; i < cm_warnings_n(set); i++) {
		const struct cm_warning_list *l = cm_warnings_at(set, i);

		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "name", l->name);
		cm_jsonw_kstr(&w, "type", l->type);
		put_kinds(&w, l->kinds);
		cm_jsonw_kuint(&w, "entries", l->entries);
		cm_jsonw_kuint(&w, "ignored", l->ignored);
		if (l->ignored > 0)
			cm_jsonw_kstr(&w, "why_ignored", l->why_ignored);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	return cm_cli_json(ctx, &b);
}

static void
lists_text(const struct cm_warnings *set, const struct cm_context *ctx)
{
	for (size_t i = 0; i < cm_warnings_n(set); i++) {
		const struct cm_warning_list *l = cm_warnings_at(set, i);

		fprintf(ctx->out, "%8zu  %-9s  ", l->entries, l->type);
		cm_cli_text(ctx->out, cm_span_str(l->name));
		if (l->ignored > 0)
			fprintf(ctx->out, "; %s, %zu entr%s ignored", l->why_ignored, l->ignored, l->ignored == 1 ? "y" : "ies");
		if (l->kinds == 0)
			fputs("; for other values than addresses, hosts and hashes: never matches", ctx->out);
		fputc('\n', ctx->out);
	}
}

/* Nobody is to think that something was looked for which was not. */
static void
say_ignored(const struct cm_warnings *set, const struct cm_context *ctx)
{
	for (size_t i = 0; i < cm_warnings_n(set); i++) {
		const struct cm_warning_list *l = cm_warnings_at(set, i);

		if (l->ignored > 0)
			cm_cli_say(ctx, "%s: %s, %zu entr%s ignored", l->name, l->why_ignored, l->ignored,
			    l->ignored == 1 ? "y" : "ies");
	}
}

static enum cm_exit
confined(void *arg, const struct cm_context *ctx)
{
	const struct asking *a = arg;
	struct cm_warnings *set = NULL;
	struct cm_err err = { 0 };
	const char *bad = NULL;
	enum cm_exit code = CM_EXIT_OK;

	if (cm_warning_texts_build(&a->texts, &set, &bad, &err) != CM_OK)
		return cm_cli_error(ctx, bad, &err, NULL);
	if (a->value == NULL && a->json) {
		code = lists_json(set, ctx);
	} else if (a->value == NULL) {
		lists_text(set, ctx);
	} else {
		say_ignored(set, ctx);
		code = a->json ? check_json(a, set, ctx) : check_text(a, set, ctx);
	}
	cm_warnings_free(set);
	return code;
}

static enum cm_exit
run_with(const struct cm_command *command, int argc, char **argv, const struct cm_context *ctx, bool check)
{
	struct cm_args a = cm_args_of(command, argc, argv, ctx);
	struct asking ask = { 0 };
	const struct cm_confined job = { .file = "the warning lists", .run = confined, .arg = &ask };
	struct cm_err err = { 0 };
	enum cm_result rc;
	enum cm_exit code;
	int id = CM_ARGS_END;

	cm_arena_init(&ask.texts.arena, 0);
	rc = cm_warning_texts_of_case(&ask.texts, ctx, &err);
	while (rc == CM_OK && (id = cm_args_next(&a)) != CM_ARGS_END) {
		if (id == OPT_JSON)
			ask.json = true;
		else if (id == OPT_LISTS)
			rc = cm_warning_texts_add(&ask.texts, a.value, &err);
		else
			break;
	}
	if (rc != CM_OK)
		code = cm_cli_error(ctx, NULL, &err, NULL);
	else if (id != CM_ARGS_END)
		code = CM_EXIT_USAGE;
	else if (check != (a.n > 0))
		code = cm_cli_usage(ctx, command, check ? "which values?" : "it takes no value");
	else {
		ask.value = check ? a.operand : NULL;
		ask.n = a.n;
		code = cm_cli_confined(ctx, &job);
	}
	cm_warning_texts_free(&ask.texts);
	return code;
}

static enum cm_exit
run_check(int argc, char **argv, const struct cm_context *ctx)
{
	return run_with(&cm_command_warning_check, argc, argv, ctx, true);
}

static enum cm_exit
run_lists(int argc, char **argv, const struct cm_context *ctx)
{
	return run_with(&cm_command_warning_lists, argc, argv, ctx, false);
}

const struct cm_command cm_command_warning_check = {
	.name = "warning check",
	.run = run_check,
	.line = "Says on which warning lists addresses, names of hosts and hashes stand",
	.operands = "VALUE...",
	.options = options,
	.more = "Exit 1 if one of them stands on any list.",
};

const struct cm_command cm_command_warning_lists = {
	.name = "warning lists",
	.run = run_lists,
	.line = "Lists the warning lists, with how many entries of each are used",
	.options = options,
};
