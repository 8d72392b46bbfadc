/* The case as tables. */
#include <string.h>

#include "base/hex.h"
#include "cli/show.h"
#include "cli/show_assessed.h"
#include "cli/show_counted.h"
#include "cli/show_evidence.h"
#include "codec/rfc3339.h"
#include "statement/custody.h"

#define SHORT 8 /* digits of a digest that a person needs */

static const char *
short_hex(struct cm_show *s, const uint8_t digest[32])
{
	char hex[2 * SHORT / 2 + 1] = { 0 };

	cm_hex_encode(cm_span_of(digest, SHORT / 2), hex);
	return cm_arena_copy(&s->arena, hex, sizeof(hex));
}

static const char *
number(struct cm_show *s, uint64_t v)
{
	return cm_arena_printf(&s->arena, "%llu", (unsigned long long)v);
}

static const char *
when(struct cm_show *s, int64_t t)
{
	char text[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(t, text);
	return cm_arena_copy(&s->arena, text, sizeof(text));
}

static CM_RESULT
row(struct cm_table *t, const char *const *cells)
{
	for (unsigned i = 0; i < t->columns; i++)
		if (cells[i] == NULL)
			return CM_E_NOMEM;
	return cm_table_row(t, cells);
}

static void
title(struct cm_show *s, const char *text, size_t n)
{
	struct cm_paint p = cm_paint_of(s->ctx->out_colour);

	fprintf(s->ctx->out, "%s%s%s%s%s\n", s->printed++ > 0 || s->all ? "\n" : "", p.bold, text,
	    p.plain, n == 0 ? ": none" : "");
}

static void
print(struct cm_show *s, const struct cm_table *t)
{
	struct cm_paint p = cm_paint_of(s->ctx->out_colour);

	cm_table_print(t, s->ctx->out, &p);
}

#define COLUMNS_SHOWN 48 /* bytes; all of them are in the JSON */

/* "ip,user,rest" */
static const char *
columns_of(struct cm_show *s, const struct cm_schema *schema)
{
	struct cm_buf text = { 0 };
	const char *list;

	for (size_t c = 0; c < schema->n; c++) {
		cm_buf_add_str(&text, c > 0 ? "," : "");
		cm_buf_add_span(&text, schema->column[c].name);
	}
	list = cm_buf_cstr(&text);
	if (list != NULL)
		list = cm_arena_printf(&s->arena, "%.*s%s", COLUMNS_SHOWN, list, text.len > COLUMNS_SHOWN ? "..." : "");
	cm_buf_release(&text);
	return list;
}

static enum cm_result
exhibits(struct cm_show *s)
{
	static const char *const head[] = { "no", "kind", "rows", "bytes", "evidence", "seal", "columns", "file" };
	struct cm_table t = cm_table_of(&s->arena, 8);
	enum cm_result r = row(&t, head);

	title(s, "Exhibits", s->exhibits.n);
	for (size_t i = 0; i < s->exhibits.n && r == CM_OK; i++) {
		const struct cm_case_exhibit *e = &s->exhibits.item[i];
		const char *cells[] = { number(s, e->id), e->kind, number(s, e->rows),
			number(s, e->size), cm_show_evidence_cell(s, cm_show_evidence_exhibit(s, i)),
			short_hex(s, e->statement), columns_of(s, &s->schema[i]),
			e->path };

		r = row(&t, cells);
	}
	if (r == CM_OK && s->exhibits.n > 0)
		print(s, &t);
	return r;
}

static enum cm_result
findings(struct cm_show *s, struct cm_err *err)
{
	static const char *const head[] = { "no", "type", "verdict", "bits", "forged", "genuine",
		"suspect", "support", "evidence", "statement" };
	struct cm_table t = cm_table_of(&s->arena, 10);
	enum cm_result r = row(&t, head);

	title(s, "Findings", s->findings.n);
	for (size_t i = 0; i < s->findings.n && r == CM_OK; i++) {
		const struct cm_case_finding *f = &s->findings.item[i];
		struct cm_evidence_said said;

		r = cm_show_evidence_finding(s, i, &said, err);
		if (r != CM_OK)
			break;
		const char *cells[] = { number(s, f->id), f->type, f->verdict,
			cm_arena_printf(&s->arena, "%lld", (long long)f->bits),
			number(s, f->forged), number(s, f->genuine), number(s, f->suspect),
			number(s, f->support), cm_show_evidence_cell(s, said), short_hex(s, f->statement) };

		r = row(&t, cells);
	}
	if (r == CM_OK && s->findings.n > 0)
		print(s, &t);
	return r;
}

static enum cm_result
traffic(struct cm_show *s, struct cm_err *err)
{
	static const char *const head[] = { "no", "kind", "verdict", "packets", "peak a second", "one in", "drawn",
		"evidence", "statement" };
	struct cm_table t = cm_table_of(&s->arena, CM_SHOW_TRAFFIC_COLUMNS);
	size_t n = cm_show_count(s, CM_PREDICATE_TRAFFIC);
	enum cm_result r = n == 0 ? CM_OK : row(&t, head);

	if (n == 0)
		return CM_OK;
	title(s, "Floods and scans", n);
	if (r == CM_OK)
		r = cm_show_traffic_rows(s, &t, err);
	if (r == CM_OK)
		print(s, &t);
	return r;
}

static enum cm_result
chains(struct cm_show *s, struct cm_err *err)
{
	static const char *const head[] = { "no", "scripts", "floods", "with it asked", "without", "by chance",
		"evidence", "statement" };
	struct cm_table t = cm_table_of(&s->arena, CM_SHOW_CHAIN_COLUMNS);
	size_t n = cm_show_count(s, CM_PREDICATE_CHAIN);
	enum cm_result r = n == 0 ? CM_OK : row(&t, head);

	if (n == 0)
		return CM_OK;
	title(s, "Chains", n);
	if (r == CM_OK)
		r = cm_show_chain_rows(s, &t, err);
	if (r == CM_OK)
		print(s, &t);
	return r;
}

static enum cm_result
statements(struct cm_show *s)
{
	static const char *const head[] = { "no", "says", "made", "digest", "by" };
	struct cm_table t = cm_table_of(&s->arena, 5);
	enum cm_result r = row(&t, head);

	title(s, "Statements", s->statements.n);
	for (size_t i = 0; i < s->statements.n && r == CM_OK; i++) {
		const struct cm_case_statement *st = &s->statements.item[i];
		const char *cells[] = { st->number == 0 ? "-" : number(s, st->number), cm_predicate_word(st->type),
			when(s, st->made), short_hex(s, st->digest), st->by };

		r = row(&t, cells);
	}
	if (r == CM_OK && s->statements.n > 0)
		print(s, &t);
	for (size_t i = 0; i < s->chain.n && r == CM_OK; i++) {
		const struct cm_sequence_note *n = &s->chain.note[i];

		fprintf(s->ctx->out, "%llu, %llu: %s\n",
		    (unsigned long long)s->statements.item[n->a].number,
		    (unsigned long long)s->statements.item[n->b].number, cm_sequence_word(n->kind));
	}
	return r;
}

static enum cm_result
disclosures(struct cm_show *s)
{
	static const char *const head[] = { "no", "to", "bytes", "statement", "sha256", "dossier" };
	struct cm_table t = cm_table_of(&s->arena, 6);
	enum cm_result r = row(&t, head);

	title(s, "Disclosures", s->disclosures.n);
	for (size_t i = 0; i < s->disclosures.n && r == CM_OK; i++) {
		const struct cm_case_disclosure *d = &s->disclosures.item[i];
		const char *cells[] = { number(s, d->id), d->to, number(s, d->bytes),
			short_hex(s, d->statement), short_hex(s, d->sha256), d->path };

		r = row(&t, cells);
	}
	if (r == CM_OK && s->disclosures.n > 0)
		print(s, &t);
	return r;
}

static const char *
claimed(const struct cm_claim_text *c)
{
	return c->is_shut ? "(shut)" : c->text != NULL ? c->text : "";
}

static const char *
seals_of(struct cm_show *s, const struct cm_custody *c)
{
	const char *list = "";

	for (size_t i = 0; i < c->seals.n && list != NULL; i++) {
		const char *one = short_hex(s, c->seals.digest[i]);

		list = one == NULL
			   ? NULL
			   : cm_arena_printf(&s->arena, "%s%s%s", list, i == 0 ? "" : " ", one);
	}
	return list;
}

static enum cm_result
custody(struct cm_show *s, struct cm_err *err)
{
	static const char *const head[] = { "no", "at", "from", "to", "how", "seals" };
	struct cm_table t = cm_table_of(&s->arena, 6);
	enum cm_result r = row(&t, head);
	size_t n = 0;

	for (size_t i = 0; i < s->n_docs && r == CM_OK; i++) {
		struct cm_custody c;

		if (s->doc[i].head.type != CM_PREDICATE_CUSTODY)
			continue;
		n++;
		r = cm_custody_read(&s->doc[i], &s->arena, &c, err);
		if (r == CM_OK) {
			const char *cells[] = { number(s, s->doc[i].head.number), claimed(&c.at),
				claimed(&c.from), claimed(&c.to_whom), claimed(&c.how),
				seals_of(s, &c) };

			r = row(&t, cells);
		}
	}
	title(s, "Custody, as claimed", n);
	if (r == CM_OK && n > 0)
		print(s, &t);
	return r;
}

static void
heading(struct cm_show *s)
{
	const struct cm_case_self *self = cm_case_self(s->c);

	fprintf(s->ctx->out, "%s%s%s%s\n%s\n%s\n", self->name, self->role[0] == '\0' ? "" : " (",
	    self->role, self->role[0] == '\0' ? "" : ")", self->fingerprint, cm_case_folder(s->c));
}

static enum cm_result
assessments(struct cm_show *s, struct cm_err *err)
{
	static const char *const head[] = { "no", "exhibit", "items", "results", "evidence", "statement" };
	struct cm_table t = cm_table_of(&s->arena, CM_SHOW_ASSESSMENT_COLUMNS);
	size_t n = cm_show_count(s, CM_PREDICATE_ASSESSMENT);
	enum cm_result r = n == 0 ? CM_OK : row(&t, head);

	if (n == 0)
		return CM_OK;
	title(s, "Assessments", n);
	if (r == CM_OK)
		r = cm_show_assessment_rows(s, &t, err);
	if (r == CM_OK)
		print(s, &t);
	return r;
}

enum cm_result
cm_show_text(struct cm_show *s, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	if (s->all)
		heading(s);
	if (s->parts & 1u << CM_SHOW_EXHIBITS)
		r = exhibits(s);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_FINDINGS))
		r = findings(s, err);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_FINDINGS))
		r = traffic(s, err);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_FINDINGS))
		r = chains(s, err);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_FINDINGS))
		r = assessments(s, err);
	if (r == CM_OK && s->all)
		r = cm_show_evidence_text(s, err);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_STATEMENTS))
		r = statements(s);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_DISCLOSURES))
		r = disclosures(s);
	if (r == CM_OK && (s->parts & 1u << CM_SHOW_CUSTODY))
		r = custody(s, err);
	return r == CM_OK ? CM_OK : cm_err_set(err, r, "out of memory");
}
