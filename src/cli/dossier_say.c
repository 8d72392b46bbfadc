/* What would be given away, in bytes and in words. */
#include <inttypes.h>

#include "cli/dossier.h"

static void
say_column(FILE *f, const char *name, const char *what, uint64_t cells, uint64_t tied, uint64_t bytes)
{
	if (cells == 0 && tied == 0)
		return;
	fprintf(f, "    %-8s %" PRIu64 " open, %" PRIu64 " bytes", name, cells, bytes);
	if (tied != 0)
		fprintf(f, "; %" PRIu64 " tied (equal hosts show as equal, the address does not)", tied);
	fprintf(f, "\n             %s\n", what);
}

static void
say_exhibit(FILE *f, const struct cm_case_exhibit *x, const struct cm_select_sum *s)
{
	static const char *const name[] = { "headers", "src", "dst", "mask", "payload" };
	static const char *const what[] = { "lengths, times, ports, sequence numbers, TTL, flags",
		"who sent", "who was sent to", "link-layer addresses, checksums, options of IP and TCP",
		"what was said: may repeat addresses, names, passwords" };
	size_t c;

	fprintf(f, "  exhibit %" PRIu64 " (%s): %" PRIu64 " of %" PRIu64 " rows show something\n", x->id,
	    x->path, s->open_rows, s->rows);
	for (c = 0; c < 5; c++)
		say_column(f, name[c], what[c], s->cells[c], s->tied[c], s->bytes[c]);
}

void
cm_dossier_say_plan(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_pack_out *out)
{
	size_t k, c;
	uint64_t bytes = 0;

	fputs("This dossier would give away:\n", ctx->out);
	for (k = 0; k < wish->n_exhibits; k++) {
		say_exhibit(ctx->out, &wish->exhibits[k], &out->sum[k]);
		for (c = 0; c < CM_COLUMNS_MAX; c++)
			bytes += out->sum[k].bytes[c];
	}
	fprintf(ctx->out, "  in all %" PRIu64 " bytes of the exhibits; %zu finding%s: which rows are forged,\n"
			  "  which signs they bear, and frame numbers\n", bytes, wish->n_findings,
	    wish->n_findings == 1 ? "" : "s");
	fputs("  the seal statements: number of rows, root, and what was claimed of the collection\n", ctx->out);
}

void
cm_dossier_say_leaks(const struct cm_context *ctx, const struct cm_dossier_wish *wish,
    const struct cm_leaks *leaks, bool refused)
{
	const struct cm_leak *l;
	size_t i;

	fprintf(ctx->err, "comity: hidden addresses stand in cells that would be opened, at %" PRIu64 " place%s:\n",
	    leaks->n, leaks->n == 1 ? "" : "s");
	for (i = 0; i < leaks->n_list; i++) {
		l = &leaks->list[i];
		fprintf(ctx->err, "  exhibit %" PRIu64 ", row %" PRIu64 ", %s, offset %" PRIu64 ": %s\n",
		    wish->exhibits[l->seal].id, l->row, l->column, l->offset, l->form);
	}
	if (leaks->n > leaks->n_list)
		fprintf(ctx->err, "  and %" PRIu64 " more\n", leaks->n - leaks->n_list);
	if (refused)
		fputs("comity: nothing was disclosed.  `--also payload` hides the payload, too; `--leak-ok` accepts\n"
		      "these places, and the dossier says how many there are.\n", ctx->err);
}
