/* The ledger for people: what is overdue first, then each recipient. */
#include <inttypes.h>
#include <string.h>

#include "cli/completes.h"
#include "cli/ledger.h"
#include "codec/rfc3339.h"
#include "ledger/bar.h"

struct saying {
	FILE *f;
	struct cm_paint paint;
	struct cm_arena arena; /* for single lines */
	const struct cm_ledger *l;
	bool lost; /* there was no memory for all of it */
};

static void
put(struct saying *s, const char *text)
{
	s->lost = s->lost || text == NULL;
	cm_cli_text(s->f, cm_span_str(text != NULL ? text : ""));
}

static const char *
name_of(const struct cm_ledger_recipient *r)
{
	return r->name[0] != '\0' ? r->name : "(nobody was named)";
}

static void
day(int64_t t, char out[11])
{
	char full[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(t, full);
	memcpy(out, full, 10);
	out[10] = '\0';
}

/* Behind the word OVERDUE, which stands elsewhere then. */
static const char *
since(struct saying *s, const struct cm_due *d)
{
	const char *text = cm_ledger_due_text(d, &s->arena);

	s->lost = s->lost || text == NULL;
	return text != NULL && strncmp(text, "OVERDUE ", 8) == 0 ? text + 8 : "";
}

static void
overdue_line(struct saying *s, const char *who, const char *what, uint64_t id, const struct cm_due *d)
{
	fprintf(s->f, "  %sOVERDUE%s  ", s->paint.red, s->paint.plain);
	put(s, who);
	fprintf(s->f, ", %s %" PRIu64 ": ", what, id);
	put(s, d->text);
	fprintf(s->f, " (%s)\n", since(s, d));
}

static void
put_overdue(struct saying *s)
{
	const struct cm_ledger *l = s->l;
	size_t i, k, d;

	if (l->n_overdue == 0)
		return;
	fprintf(s->f, "%s%zu obligation%s overdue%s\n", s->paint.bold, l->n_overdue, l->n_overdue == 1 ? " is" : "s are",
	    s->paint.plain);
	for (i = 0; i < l->n; i++)
		for (k = 0; k < l->recipient[i].n; k++)
			for (d = 0; d < l->recipient[i].item[k].n_due; d++)
				if (l->recipient[i].item[k].due[d].state == CM_DUE_OVERDUE)
					overdue_line(s, name_of(&l->recipient[i]), "disclosure", l->recipient[i].item[k].row->id,
					    &l->recipient[i].item[k].due[d]);
	for (i = 0; i < l->n_owed; i++)
		for (d = 0; d < l->owed[i].n_due; d++)
			if (l->owed[i].due[d].state == CM_DUE_OVERDUE)
				overdue_line(s, l->owed[i].row->from[0] != '\0' ? l->owed[i].row->from : l->owed[i].row->by, "dossier",
				    l->owed[i].row->id, &l->owed[i].due[d]);
	fputc('\n', s->f);
}

static void
put_due(struct saying *s, const struct cm_due *due, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *paint = due[i].state == CM_DUE_OVERDUE ? s->paint.red :
		    due[i].state == CM_DUE_DONE			   ? s->paint.green :
								     "";

		fputs("      ", s->f);
		put(s, due[i].text);
		fprintf(s->f, ": %s", paint);
		put(s, cm_ledger_due_text(&due[i], &s->arena));
		fprintf(s->f, "%s\n", paint[0] != '\0' ? s->paint.plain : "");
	}
}

static void
put_disclosure(struct saying *s, const struct cm_ledger_disclosure *d)
{
	const struct cm_terms *t = d->terms;
	char when[11], hex[17];
	size_t i;

	day(d->made, when);
	for (i = 0; i < 8; i++)
		snprintf(hex + 2 * i, 3, "%02x", d->row->sha256[i]);
	fprintf(s->f, "  disclosure %" PRIu64 ", %s, statement %" PRIu64 ", dossier %s: ", d->row->id, when, d->number, hex);
	if (t != NULL && t->use == CM_TERMS_CHARTER) {
		fputs("for ", s->f);
		put(s, t->purpose);
		fprintf(s->f, ", charter %02x%02x%02x%02x", t->charter[0], t->charter[1], t->charter[2], t->charter[3]);
	} else {
		fputs("no charter", s->f);
	}
	fputs("\n      receipt: ", s->f);
	put(s, cm_ledger_receipt_text(d, &s->arena));
	fputc('\n', s->f);
	if (!d->known)
		fputs("      what it opened is not known: it is older than the ledger\n", s->f);
	put_due(s, d->due, d->n_due);
}

static void
put_bar(struct saying *s, const struct cm_map_exhibit *x)
{
	static const char glyph[] = ".~-+#";
	enum cm_bar_level level[CM_BAR_STEPS];
	size_t n = cm_bar(x, level), i;

	fputs("      [", s->f);
	for (i = 0; i < n; i++)
		fputc(glyph[level[i]], s->f);
	fputs("]\n", s->f);
}

static void
put_hosts(struct saying *s, const struct cm_map_exhibit *x, const struct cm_map_sum *sum)
{
	if (sum->named_hosts + sum->tied_hosts == 0)
		return;
	fprintf(s->f, "      hosts: %zu named, %zu as pseudonyms%s\n", sum->named_hosts, sum->tied_hosts,
	    x->hosts_all ? "" : ", and more than are counted");
}

static void
put_exhibit(struct saying *s, const struct cm_map_exhibit *x)
{
	struct cm_map_sum sum;
	char name[32];
	size_t c;
	bool first = true;

	cm_exhibit_name(&s->l->exhibits, x->x, name);
	cm_map_sum(x, &sum);
	fprintf(s->f, "    %s (%s): %" PRIu64 " of %" PRIu64 " rows show something, %" PRIu64 " are whole\n", name,
	    cm_kind_word(x->kind), sum.rows, x->rows, sum.whole);
	put_bar(s, x);
	fputs("      ", s->f);
	for (c = 0; c < x->n_columns; c++) {
		bool linked = (x->linked & cm_column_bit(c)) != 0;

		if (sum.open[c] + sum.tied[c] == 0)
			continue;
		fputs(first ? "" : ", ", s->f);
		first = false;
		put(s, x->name[c]);
		fprintf(s->f, " %s%" PRIu64, linked ? "named " : "", sum.open[c]);
		if (linked)
			fprintf(s->f, " tied %" PRIu64, sum.tied[c]);
	}
	fputc('\n', s->f);
	put_hosts(s, x, &sum);
}

static void
put_recipient(struct saying *s, const struct cm_ledger_recipient *r)
{
	size_t i;

	fprintf(s->f, "%s", s->paint.bold);
	put(s, name_of(r));
	fprintf(s->f, "%s: %zu disclosure%s, %zu acknowledged, %zu obligation%s overdue\n", s->paint.plain, r->n,
	    r->n == 1 ? "" : "s", r->n_acknowledged, r->n_overdue, r->n_overdue == 1 ? "" : "s");
	for (i = 0; i < r->n; i++)
		put_disclosure(s, &r->item[i]);
	fprintf(s->f, "  all together%s%s:\n", r->published ? ", with what was published" : "",
	    r->n_known < r->n ? ", as far as it is known" : "");
	for (i = 0; i < r->has.n; i++)
		put_exhibit(s, &r->has.exhibit[i]);
	if (r->has.n == 0)
		fputs("    no cell of any exhibit\n", s->f);
	fputc('\n', s->f);
}

static enum cm_exit
finish(struct saying *s, const struct cm_context *ctx)
{
	cm_arena_fini(&s->arena);
	if (!s->lost)
		return CM_EXIT_OK;
	cm_cli_say(ctx, "out of memory");
	return CM_EXIT_CANNOT;
}

static struct saying
begin(const struct cm_context *ctx, const struct cm_ledger *l)
{
	struct saying s = { .f = ctx->out, .paint = cm_paint_of(ctx->out_colour), .l = l };

	cm_arena_init(&s.arena, 0);
	return s;
}

enum cm_exit
cm_ledger_text(const struct cm_context *ctx, const struct cm_ledger *l)
{
	struct saying s = begin(ctx, l);
	size_t i;

	put_overdue(&s);
	for (i = 0; i < l->n; i++)
		put_recipient(&s, &l->recipient[i]);
	if (l->n == 0)
		fputs("Nothing was disclosed to anybody.\n", s.f);
	else
		fputs("[.~-+#]: from the first row to the last, nothing open, pseudonyms only, some cells, most, all.\n", s.f);
	if (l->n_own > 0)
		fprintf(s.f, "%zu dossier%s for your own use %s not listed.\n", l->n_own, l->n_own == 1 ? "" : "s",
		    l->n_own == 1 ? "is" : "are");
	return finish(&s, ctx);
}

enum cm_exit
cm_ledger_owed_text(const struct cm_context *ctx, const struct cm_ledger *l)
{
	struct saying s = begin(ctx, l);
	size_t i, k;
	char when[11];

	put_overdue(&s);
	for (i = 0; i < l->n_owed; i++) {
		const struct cm_case_owed *o = l->owed[i].row;

		day(o->made, when);
		fprintf(s.f, "dossier %" PRIu64 " from %s", o->id, s.paint.bold);
		put(&s, o->from[0] != '\0' ? o->from : o->by);
		fprintf(s.f, "%s, %s: %s, obligations %s\n  ", s.paint.plain, when, cm_receipt_found_word(o->found),
		    o->accepts ? "accepted" : "not accepted");
		for (k = 0; k < 32; k++)
			fprintf(s.f, "%02x", o->dossier[k]);
		fputc('\n', s.f);
		if (o->purpose[0] != '\0') {
			fputs("  given for ", s.f);
			put(&s, o->purpose);
			fputc('\n', s.f);
		}
		put_due(&s, l->owed[i].due, l->owed[i].n_due);
	}
	if (l->n_owed == 0)
		fputs("No receipt was given for a dossier of anybody: `comity verify DOSSIER --receipt FILE'.\n", s.f);
	return finish(&s, ctx);
}
