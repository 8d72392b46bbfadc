/* `comity show`: what is in the case. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/case.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "statement/sequence.h"
#include "statement/seal_v1.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 0 },
};

static const char *const part_words[CM_SHOW_PARTS] = { "exhibits", "findings", "statements",
	"disclosures", "custody" };

static enum cm_result
load_heads(struct cm_show *s, struct cm_err *err)
{
	struct cm_sequence_item *items;
	enum cm_result r = CM_OK;

	items = cm_arena_array(&s->arena, s->statements.n + 1, sizeof(*items));
	s->doc = cm_arena_array(&s->arena, s->statements.n + 1, sizeof(*s->doc));
	if (items == NULL || s->doc == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->statements.n && r == CM_OK; i++) {
		const struct cm_case_statement *st = &s->statements.item[i];
		struct cm_buf json = { 0 };

		r = cm_case_statement_text(s->c, st->digest, &json, NULL, err);
		if (r == CM_OK)
			r = cm_statement_read(cm_buf_span(&json), &s->arena, &s->doc[i], err);
		cm_buf_release(&json);
		if (r != CM_OK)
			break;
		s->n_docs = i + 1;
		items[i].head = &s->doc[i].head;
		memcpy(items[i].digest, st->digest, 32);
	}
	return r == CM_OK ? cm_sequence_check(items, s->n_docs, &s->arena, &s->chain, err) : r;
}

/* Columns stand in the seals. */
static enum cm_result
load_schemas(struct cm_show *s, struct cm_err *err)
{
	struct cm_seal_v1 seal;
	enum cm_result r = CM_OK;

	s->schema = cm_arena_array(&s->arena, s->exhibits.n + 1, sizeof(*s->schema));
	if (s->schema == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->exhibits.n && r == CM_OK; i++) {
		for (size_t k = 0; k < s->n_docs && r == CM_OK; k++) {
			if (memcmp(s->doc[k].digest, s->exhibits.item[i].statement, 32) != 0)
				continue;
			r = cm_seal_v1_read(&s->doc[k], &s->arena, &seal, err);
			s->schema[i] = seal.seal.schema;
		}
	}
	return r;
}

enum cm_result
cm_show_load(struct cm_show *s, struct cm_err *err)
{
	enum cm_result r = cm_case_exhibits(s->c, &s->arena, &s->exhibits, err);

	if (r == CM_OK)
		r = cm_case_findings(s->c, &s->arena, &s->findings, err);
	if (r == CM_OK)
		r = cm_case_statements(s->c, &s->arena, &s->statements, err);
	if (r == CM_OK)
		r = cm_case_disclosures(s->c, &s->arena, &s->disclosures, err);
	if (r == CM_OK)
		r = load_heads(s, err);
	return r == CM_OK ? load_schemas(s, err) : r;
}

void
cm_show_release(struct cm_show *s)
{
	for (size_t i = 0; i < s->n_docs; i++)
		cm_statement_release(&s->doc[i]);
	cm_arena_fini(&s->arena);
	cm_case_close(s->c);
}

/* One statement's own bytes, named by number or by the beginning of its digest. */
static const struct cm_case_statement *
find_statement(const struct cm_show *s, const char *name)
{
	const struct cm_case_statement *found = NULL;
	size_t len = strlen(name);

	for (size_t i = 0; i < s->statements.n; i++) {
		const struct cm_case_statement *st = &s->statements.item[i];
		char hex[65] = { 0 };
		bool own = strcmp(st->by, cm_case_self(s->c)->fingerprint) == 0;
		char number[24];

		cm_hex_encode(cm_span_of(st->digest, 32), hex);
		snprintf(number, sizeof(number), "%llu", (unsigned long long)st->number);
		if (own && strcmp(number, name) == 0)
			return st;
		if (len >= 8 && len <= 64 && strncmp(hex, name, len) == 0)
			found = st;
	}
	return found;
}

static enum cm_result
print_statement(const struct cm_show *s, const char *name, struct cm_err *err)
{
	const struct cm_case_statement *st = find_statement(s, name);
	struct cm_buf json = { 0 };
	enum cm_result r;

	if (st == NULL)
		return cm_err_set(err, CM_E_NOTFOUND,
		    "no statement `%.70s' here: name its number, or 8 or more digits of its digest",
		    name);
	r = cm_case_statement_text(s->c, st->digest, &json, NULL, err);
	if (r == CM_OK)
		fwrite(json.ptr, 1, json.len, s->ctx->out);
	cm_buf_release(&json);
	return r;
}

static bool
part_of(const char *word, unsigned *parts)
{
	for (unsigned i = 0; i < CM_SHOW_PARTS; i++) {
		if (strcmp(word, part_words[i]) == 0) {
			*parts |= 1u << i;
			return true;
		}
	}
	return false;
}

static enum cm_result
show(struct cm_show *s, const struct cm_args *a, bool json, struct cm_err *err)
{
	enum cm_result r = cm_show_load(s, err);
	unsigned parts = 0;

	for (int i = 0; i < a->n && r == CM_OK; i++)
		if (!part_of(a->operand[i], &parts))
			r = print_statement(s, a->operand[i], err);
	if (r != CM_OK || (a->n > 0 && parts == 0))
		return r;
	s->parts = parts != 0 ? parts : (1u << CM_SHOW_PARTS) - 1;
	s->all = parts == 0;
	return json ? cm_show_json(s, err) : cm_show_text(s, err);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_show, argc, argv, ctx);
	struct cm_show s = { .ctx = ctx };
	struct cm_err err = { 0 };
	enum cm_exit code = CM_EXIT_CANNOT;
	bool json;
	enum cm_result r;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (!cm_cli_case(ctx, &s.c, &code))
		return code;
	cm_arena_init(&s.arena, 0);
	r = show(&s, &a, json, &err);
	cm_show_release(&s);
	return r == CM_OK ? CM_EXIT_OK : cm_cli_error(ctx, NULL, &err, NULL);
}

const struct cm_command cm_command_show = {
	.name = "show",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Lists what is in the case, or prints a statement",
	.operands = "[exhibits|findings|statements|disclosures|custody|STATEMENT]...",
	.options = options,
	.more = "STATEMENT is a number, or 8 or more digits of a digest; its own bytes are "
		"printed, which\n"
		"are those that were signed.  Without an operand everything is listed.",
};
