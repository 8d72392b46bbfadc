/* What would be given away, in bytes and in words. */
#include <inttypes.h>
#include <string.h>

#include "cli/dossier.h"

static void
say_column(FILE *f, const char *name, const char *what, uint64_t cells, uint64_t tied, uint64_t bytes)
{
	if (cells == 0 && tied == 0)
		return;
	fputs("    ", f);
	cm_cli_text(f, cm_span_str(name));
	fprintf(f, "%*s %" PRIu64 " open, %" PRIu64 " bytes", strlen(name) < 8 ? (int)(8 - strlen(name)) : 0, "", cells, bytes);
	if (tied != 0)
		fprintf(f, "; %" PRIu64 " tied (equal hosts show as equal, the address does not)", tied);
	fprintf(f, "\n             %s\n", what);
}

static const char *
what_is(enum cm_kind kind, size_t column, size_t columns)
{
	static const char *const of_packet[] = { "lengths, times, ports, sequence numbers, TTL, flags",
		"who sent", "who was sent to", "link-layer addresses, checksums, options of IP and TCP",
		"what was said: may repeat addresses, names, passwords" };

	if (kind == CM_KIND_CAPTURE)
		return of_packet[column];
	if (kind == CM_KIND_LINES)
		return "text as it was logged: may hold names, addresses, passwords";
	if (kind == CM_KIND_BLOB)
		return "bytes as they are";
	return column + 1 == columns ? "all else of these records: may repeat what the other columns hide" :
				       "the values of this member";
}

static void
say_exhibit(FILE *f, const struct cm_case_exhibit *x, const struct cm_select_sum *s,
    const struct cm_shown_exhibit *shown)
{
	static const char *const of_packet[] = { "headers", "src", "dst", "mask", "payload" };
	const struct cm_schema *schema = shown->schema;
	size_t c;

	fprintf(f, "  exhibit %" PRIu64 " (", x->id);
	cm_cli_text(f, cm_span_str(x->path));
	fprintf(f, "): %" PRIu64 " of %" PRIu64 " rows show something\n", s->open_rows, s->rows);
	for (c = 0; c < schema->n; c++)
		say_column(f, schema->kind == CM_KIND_CAPTURE ? of_packet[c] : shown->shows.columns[c].name,
		    what_is(schema->kind, c, schema->n), s->cells[c], s->tied[c], s->bytes[c]);
	if (s->parted != 0)
		fprintf(f, "    of %" PRIu64 " rows some columns stay shut\n", s->parted);
}

/* What the search for hidden values can not find. */
void
cm_dossier_say_parted(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out)
{
	bool any = false;
	size_t k;

	for (k = 0; k < wish->n_exhibits; k++)
		any |= out->sum[k].parted != 0;
	if (any)
		fputs("comity: cells that are shown may repeat what others hide.  Hidden values of 4 bytes and more were\n"
		      "searched for as they are spelled; shorter ones and other spellings are for you to look for.\n",
		    ctx->err);
}

void
cm_dossier_say_plan(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out)
{
	size_t k, c;
	uint64_t bytes = 0;

	fputs("This dossier would give away:\n", ctx->out);
	for (k = 0; k < wish->n_exhibits; k++) {
		say_exhibit(ctx->out, &wish->exhibits[k], &out->sum[k], &out->exhibits[k]);
		for (c = 0; c < CM_COLUMNS_MAX; c++)
			bytes += out->sum[k].bytes[c];
	}
	fprintf(ctx->out, "  in all %" PRIu64 " bytes of the exhibits", bytes);
	if (wish->n_findings != 0)
		fprintf(ctx->out, "; %zu finding%s: which rows are forged,\n"
				  "  which signs they bear, and frame numbers", wish->n_findings,
		    wish->n_findings == 1 ? "" : "s");
	if (wish->n_traffic != 0)
		fprintf(ctx->out, "; %zu flood%s or scan%s: how much came when,\n"
				  "  of what kind, by which signs, and how the target bore it", wish->n_traffic,
		    wish->n_traffic == 1 ? "" : "s", wish->n_traffic == 1 ? "" : "s");
	if (wish->n_chains != 0)
		fprintf(ctx->out, "; %zu chain%s: how many clients got\n"
				  "  a script, and how many of them asked for what it aims at", wish->n_chains,
		    wish->n_chains == 1 ? "" : "s");
	if (wish->n_assessments != 0)
		fprintf(ctx->out, "; %zu assessment%s: how many items it\n"
				  "  weighs, shown or not, and what comes of those shown", wish->n_assessments, wish->n_assessments == 1 ? "" : "s");
	fputs("\n  the seal statements: number of rows, names of columns, root, and what was claimed of the\n"
	      "  collection\n", ctx->out);
}

static void
say_leak(FILE *f, const struct cm_dossier_wish *wish, const struct cm_leak *l)
{
	fprintf(f, "  exhibit %" PRIu64 ", row %" PRIu64 ", ", wish->exhibits[l->seal].id, l->row);
	cm_cli_text(f, cm_span_str(l->column));
	fprintf(f, ", offset %" PRIu64 ": ", l->offset);
	if (l->hidden_column == NULL) {
		fprintf(f, "%s\n", l->form);
		return;
	}
	fputs("repeats the hidden ", f);
	cm_cli_text(f, cm_span_str(l->hidden_column));
	fprintf(f, " of row %" PRIu64 "\n", l->hidden_row);
}

void
cm_dossier_say_compared(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out)
{
	uint64_t rows;
	size_t k;

	for (k = 0; k < wish->n_exhibits; k++) {
		rows = out->sum[k].rows;
		if (out->compared[k] >= rows)
			cm_cli_say(ctx, "exhibit %" PRIu64 ": all %" PRIu64 " rows are what was sealed",
			    wish->exhibits[k].id, rows);
		else
			cm_cli_say(ctx, "exhibit %" PRIu64 ": %" PRIu64 " of %" PRIu64
				   " rows were read, and are what was sealed; the others were not looked at",
			    wish->exhibits[k].id, out->compared[k], rows);
	}
}

void
cm_dossier_say_leaks(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_leaks *leaks, bool refused)
{
	bool addresses = (wish->select.hides & CM_HIDE_ADDRESSES) != 0;
	size_t i;

	fprintf(ctx->err, "comity: hidden %s stand in cells that would be opened, at %" PRIu64 " place%s:\n",
	    addresses ? "addresses" : "values", leaks->n, leaks->n == 1 ? "" : "s");
	for (i = 0; i < leaks->n_list; i++)
		say_leak(ctx->err, wish, &leaks->list[i]);
	if (leaks->n > leaks->n_list)
		fprintf(ctx->err, "  and %" PRIu64 " more\n", leaks->n - leaks->n_list);
	if (!refused)
		return;
	fprintf(ctx->err, "comity: nothing was disclosed.  %s; `--leak-ok` accepts\n"
			  "these places, and the dossier says how many there are.\n",
	    addresses ? "`--also payload` hides the payload, too" : "`--columns` and `--rows` open less");
}
