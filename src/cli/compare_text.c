#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "capture/host.h"
#include "cli/compare.h"
#include "cli/paragraph.h"

enum { FRAMES_SHOWN = 16, FINDINGS_SHOWN = 200, ARENA = 1 << 20 };

#define SECOND INT64_C(1000000000)

static const char letter[2] = { 'A', 'B' };

struct text {
	struct cm_paragraph p;
	struct cm_paint paint;
	const struct cm_compare_result *r;
};

static const char *
many(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- clocks ---- */

/* "+3.250000123 s" */
static void
span_of_time(struct cm_buf *b, int64_t ns)
{
	uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	cm_buf_printf(b, "%c%" PRIu64 ".%09" PRIu64 " s", ns < 0 ? '-' : '+', n / (uint64_t)SECOND, n % (uint64_t)SECOND);
}

static void
bounds(struct cm_buf *b, const struct cm_offset *o)
{
	switch (o->how) {
	case CM_OFFSET_UNKNOWN:
		cm_buf_add_str(b, "unknown: no packet was seen at both places. Times are taken as they are");
		return;
	case CM_OFFSET_ONE_WAY:
		cm_buf_add_str(b, "B minus A is about ");
		span_of_time(b, o->middle_ns);
		cm_buf_add_str(b, ", less or more by an unknown way: packets of one direction only");
		break;
	case CM_OFFSET_BOTH_WAYS:
	case CM_OFFSET_SECONDS:
		cm_buf_add_str(b, "B minus A is ");
		span_of_time(b, o->middle_ns);
		if (o->least_ns == o->most_ns)
			break;
		cm_buf_add_str(b, ", from ");
		span_of_time(b, o->least_ns);
		cm_buf_add_str(b, " to ");
		span_of_time(b, o->most_ns);
		break;
	}
	cm_buf_printf(b, " (%" PRIu64 " packet%s", o->matched, many(o->matched));
	if (o->misfits > 0)
		cm_buf_printf(b, ", %" PRIu64 " of them far off and left out", o->misfits);
	cm_buf_add_str(b, ")");
}

static void
clocks(struct text *t)
{
	const struct cm_offset *o = &t->r->clock;
	uint64_t drift = (uint64_t)(o->drift_ppb < 0 ? -o->drift_ppb : o->drift_ppb);

	cm_buf_add_str(&t->p.text, "Clocks: ");
	bounds(&t->p.text, o);
	if (o->drifts)
		cm_buf_printf(&t->p.text, "; B runs %" PRIu64 ".%03" PRIu64 " ppm %s", drift / 1000, drift % 1000,
		    o->drift_ppb > 0 ? "faster" : "slower");
	cm_buf_add_str(&t->p.text, ".");
	cm_paragraph_end(&t->p, 0, 2);
}

/* ---- ways ---- */

static void
distance(struct text *t)
{
	static const char *const way[2] = { "A to B", "B to A" };
	bool any = false;

	for (unsigned k = 0; k < 2; k++) {
		const struct cm_compare_direction *d = &t->r->dir[k];

		if (d->both == 0)
			continue;
		cm_buf_printf(&t->p.text, "%s%s %d hop%s", any ? "; " : "Distance: ", way[k], d->hops_usual,
		    d->hops_usual == 1 ? "" : "s");
		if (d->hops_least != d->hops_most)
			cm_buf_printf(&t->p.text, " (usually; %d to %d)", d->hops_least, d->hops_most);
		any = true;
	}
	if (!any)
		return;
	cm_buf_add_str(&t->p.text, ", by TTL.");
	cm_paragraph_end(&t->p, 0, 2);
}

static CM_RESULT
row(struct cm_table *table, const char *what, uint64_t a, uint64_t b)
{
	char x[24], y[24];
	const char *const cells[3] = { what, x, y };

	snprintf(x, sizeof(x), "%10" PRIu64, a);
	snprintf(y, sizeof(y), "%10" PRIu64, b);
	return cm_table_row(table, cells);
}

static CM_RESULT
fill(struct cm_table *table, const struct cm_compare_result *r)
{
	static const char *const head[3] = { "packets", "    A to B", "    B to A" };
	enum cm_result rc = cm_table_row(table, head);

	if (rc == CM_OK)
		rc = row(table, "seen at both", r->dir[0].both, r->dir[1].both);
	if (rc == CM_OK)
		rc = row(table, "at A only", r->dir[0].only_a, r->dir[1].only_a);
	if (rc == CM_OK)
		rc = row(table, "at B only", r->dir[0].only_b, r->dir[1].only_b);
	return rc;
}

static void
ways(struct text *t)
{
	struct cm_arena arena;
	struct cm_table table;

	cm_arena_init(&arena, ARENA);
	table = cm_table_of(&arena, 3);
	fputc('\n', t->p.f);
	if (fill(&table, t->r) == CM_OK)
		cm_table_print(&table, t->p.f, &t->paint);
	else
		t->p.lost = true;
	fputc('\n', t->p.f);
	cm_arena_fini(&arena);
}

/* ---- findings ---- */

static void
frames(struct text *t, const struct cm_compare_finding *f, unsigned k)
{
	size_t at = 0, shown = 0;
	uint64_t left;

	if (f->n_frames[k] == 0)
		return;
	cm_buf_printf(&t->p.text, "at %c: frame%s ", letter[k], many(f->n_frames[k] + f->more[k]));
	for (; at < f->n_frames[k] && shown < FRAMES_SHOWN; shown++) {
		const cm_packet_id *id = &f->frames[k][at];
		size_t len = 1;

		while (at + len < f->n_frames[k] && id[len] == id[0] + len)
			len++;
		cm_buf_printf(&t->p.text, "%s%" PRIu64, at > 0 ? ", " : "", cm_packet_frame(id[0]));
		if (len > 1)
			cm_buf_printf(&t->p.text, "-%" PRIu64, cm_packet_frame(id[len - 1]));
		at += len;
	}
	left = f->n_frames[k] - at + f->more[k];
	if (left > 0)
		cm_buf_printf(&t->p.text, " and %" PRIu64 " more", left);
	cm_paragraph_end(&t->p, 3, 9);
}

static const char *
headline(enum cm_between what)
{
	switch (what) {
	case CM_BETWEEN_BORN:
		return "born in between";
	case CM_BETWEEN_SUPPRESSED:
		return "suppressed";
	case CM_BETWEEN_REWRITTEN:
		return "payload rewritten";
	case CM_BETWEEN_LOST:
	case CM_BETWEEN_UNSEEN:
		break;
	}
	return cm_between_word(what);
}

static void
finding(struct text *t, size_t number, const struct cm_compare_finding *f)
{
	char src[CM_HOST_TEXT], dst[CM_HOST_TEXT], time[CM_TIME_TEXT];
	uint64_t n = f->n_frames[0] + f->more[0], m = f->n_frames[1] + f->more[1];

	cm_host_text(&f->src, src);
	cm_host_text(&f->dst, dst);
	cm_time_text(f->t_ns, time);
	fprintf(t->p.f, "%zu. %s%s%s: %" PRIu64 " packet%s\n", number,
	    f->what == CM_BETWEEN_BORN ? t->paint.red : t->paint.yellow, headline(f->what), t->paint.plain,
	    n > m ? n : m, many(n > m ? n : m));
	cm_buf_printf(&t->p.text, "%s, from %s port %u to %s port %u, %s", time, src, f->sport, dst, f->dport,
	    cm_proto_word(f->proto));
	cm_paragraph_end(&t->p, 3, 3);
	frames(t, f, 0);
	frames(t, f, 1);
	cm_buf_printf(&t->p.text, "Rests on: %s.", f->why);
	cm_paragraph_end(&t->p, 3, 6);
	if (f->rival != NULL) {
		cm_buf_printf(&t->p.text, "Could also be: %s.", f->rival);
		cm_paragraph_end(&t->p, 3, 6);
	}
	fputc('\n', t->p.f);
}

static void
findings(struct text *t)
{
	size_t n = 0, listed = 0;

	for (size_t i = 0; i < t->r->n_findings; i++) {
		const struct cm_compare_finding *f = &t->r->findings[i];

		if (f->what == CM_BETWEEN_LOST || f->what == CM_BETWEEN_UNSEEN)
			continue;
		if (n++ < FINDINGS_SHOWN)
			finding(t, ++listed, f);
	}
	if (n == 0)
		fputs("Nothing happened in between.\n", t->p.f);
	else
		fprintf(t->p.f, "%zu finding%s.\n", n, many(n));
	if (n > FINDINGS_SHOWN)
		fprintf(t->p.f, "The first %d are shown; --json has more.\n", FINDINGS_SHOWN);
}

/* ---- what else ---- */

static void
rewrites(struct text *t)
{
	if (t->r->n_rewrites == 0)
		return;
	fputs("What lies between rewrites:\n", t->p.f);
	for (size_t i = 0; i < t->r->n_rewrites; i++) {
		const struct cm_compare_rewrite *w = &t->r->rewrites[i];

		cm_buf_printf(&t->p.text, "%s: %" PRIu64 " flow%s, %" PRIu64 " packet%s", w->what, w->flows,
		    many(w->flows), w->packets, many(w->packets));
		cm_paragraph_end(&t->p, 2, 6);
	}
}

static void
part(struct text *t, const char *head, uint64_t n, const char *what)
{
	if (n == 0)
		return;
	cm_buf_add_str(&t->p.text, t->p.text.len == 0 ? head : "; ");
	cm_buf_printf(&t->p.text, "%" PRIu64 " %s", n, what);
}

static void
end_part(struct text *t)
{
	if (t->p.text.len == 0)
		return;
	cm_buf_add_str(&t->p.text, ".");
	cm_paragraph_end(&t->p, 0, 2);
}

static void
explained(struct text *t)
{
	const struct cm_compare_result *r = t->r;

	part(t, "Explained: ", r->count[CM_BETWEEN_LOST], "lost on the way");
	part(t, "Explained: ", r->copies, "seen once more at one place, as copies");
	end_part(t);
}

static void
untold(struct text *t, const struct cm_compare_side side[2])
{
	static const char head[] = "Could not be told: ";
	const struct cm_compare_result *r = t->r;

	part(t, head, r->count[CM_BETWEEN_UNSEEN], "at one place only, for which the other capture is no witness");
	part(t, head, r->holes[0], "that must have passed A and are not in its capture");
	part(t, head, r->holes[1], "that must have passed B and are not in its capture");
	part(t, head, r->outside, "from when the other capture was not running");
	part(t, head, r->flows_only[0], "flows seen at A only: stopped, or gone another way");
	part(t, head, r->flows_only[1], "flows seen at B only");
	part(t, head, r->untold, "of flows of which nothing says which place they pass first");
	part(t, head, side[0].snapped + side[1].snapped, "frames captured in part");
	part(t, head, side[0].headless + side[1].headless, "that lack their header");
	part(t, head, side[0].no_link + side[1].no_link, "frames of a link type that is not understood");
	part(t, head, r->not_listed, "findings that are not listed");
	part(t, head, r->evicted, "given up for want of memory");
	end_part(t);
}

static void
place(struct text *t, const struct cm_compare_side *s, const char *name, unsigned k)
{
	char first[CM_TIME_TEXT], last[CM_TIME_TEXT];

	cm_buf_printf(&t->p.text, "%c: %s, %" PRIu64 " of %" PRIu64 " frames", letter[k], name, s->selected, s->frames);
	if (t->r->packets[k] > 0) {
		cm_time_text(t->r->first_ns[k], first);
		cm_time_text(t->r->last_ns[k], last);
		cm_buf_printf(&t->p.text, ", %s to %s", first, last);
	}
	cm_paragraph_end(&t->p, 0, 3);
}

bool
cm_compare_text(const struct cm_context *ctx, const struct cm_compare_result *r, const struct cm_compare_side side[2],
    const char *const name[2])
{
	struct text t = { .p = cm_paragraph_of(ctx->out, ctx->width), .paint = cm_paint_of(ctx->out_colour), .r = r };

	place(&t, &side[0], name[0], 0);
	place(&t, &side[1], name[1], 1);
	clocks(&t);
	distance(&t);
	ways(&t);
	findings(&t);
	rewrites(&t);
	explained(&t);
	untold(&t, side);
	cm_paragraph_fini(&t.p);
	return !t.p.lost;
}
