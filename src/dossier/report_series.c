#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/report_panels.h"
#include "dossier/report_parts.h"

/* Heights, in the picture's units; what stands under a panel are the times. */
enum { TOP = 64, RATES = 150, SMALL = 52, GAP = 44, FOOT = 42, BINS = 120, ROWS = 24 };

struct series {
	struct cm_buf *out;
	const struct cm_traffic_finding *f;
	struct cm_panels p;
	bool share, wait;
	int ground; /* of the lowest panel */
};

static const char *const legend[3][3] = {
	{ "what came, of this kind", "all else to the target", "from the target" },
	{ "requests while it lasted", "requests before and after", "answers" },
	{ "probes", "all else to these places", "from these places" },
};

static const char *const *
legend_of(const struct cm_traffic_finding *f)
{
	return legend[f->kind == CM_TRAFFIC_HTTP ? 1 : f->verdict == CM_TRAFFIC_SCAN ? 2 : 0];
}

static void
draw_legend(const struct series *s)
{
	const char *const *says = legend_of(s->f);

	cm_buf_printf(s->out, "<rect class=\"in\" x=\"%d\" y=\"5\" width=\"14\" height=\"10\"/><text class=\"key\" x=\"%d\" y=\"14\">%s</text>",
	    CM_PIC_LEFT, CM_PIC_LEFT + 20, says[0]);
	cm_buf_printf(s->out, "<rect class=\"rest\" x=\"%d\" y=\"5\" width=\"14\" height=\"10\"/><text class=\"key\" x=\"%d\" y=\"14\">%s</text>",
	    CM_PIC_LEFT + 200, CM_PIC_LEFT + 220, says[1]);
	cm_buf_printf(s->out, "<path class=\"out\" d=\"M%d 10h22\"/><text class=\"key\" x=\"%d\" y=\"14\">%s</text>\n", CM_PIC_LEFT + 410,
	    CM_PIC_LEFT + 438, says[2]);
}

/* A moment, through all panels: its line, and what it is in row ${row} above them. */
static void
draw_mark(const struct series *s, int64_t t_ns, const char *sign, const char *text, int row)
{
	char clock[CM_CLOCK_TEXT];
	int x = cm_axis_x(&s->p.axis, t_ns), y = 34 + 14 * row;
	bool last = x > CM_PIC_RIGHT - 180;

	cm_buf_printf(s->out, "<path class=\"when\" d=\"M%d %dV%d\"/><text class=\"moment%s\" x=\"%d\" y=\"%d\">%s %s %s</text>\n", x, y - 8, s->ground,
	    last ? " end" : "", last ? x - 4 : x + 4, y, sign, text, cm_clock_text(t_ns, false, clock));
}

static void
draw_marks(const struct series *s)
{
	const struct cm_effect *e = &s->f->effect;

	if (e->degraded)
		draw_mark(s, e->degraded_ns, "&#9660;", "worse from", 0);
	if (e->recovered)
		draw_mark(s, e->recovered_ns, "&#9650;", "well again from", 1);
}

static void
draw_panels(struct series *s)
{
	struct cm_buf *out = s->out;
	int ground = TOP + RATES, from = cm_axis_x(&s->p.axis, s->f->from_ns), to = cm_axis_x(&s->p.axis, s->f->to_ns);

	cm_buf_printf(out, "<rect class=\"shade\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", from, TOP, to > from ? to - from : 1, s->ground - TOP);
	cm_axis_times(out, &s->p.axis, TOP, s->ground);
	cm_panel_rates(out, &s->p, TOP, ground);
	if (s->share) {
		ground += GAP + SMALL;
		cm_panel_share(out, &s->p, ground - SMALL, ground);
	}
	if (s->wait) {
		ground += GAP + SMALL;
		cm_panel_wait(out, &s->p, ground - SMALL, ground);
	}
	cm_axis_caption(out, &s->p.axis, s->ground + 34);
	draw_marks(s);
}

/* In words, for those who do not see it. */
static void
describe(const struct series *s)
{
	const struct cm_traffic_finding *f = s->f;
	char from[CM_HTML_TIME], to[CM_HTML_TIME];

	cm_html_time(f->from_ns, from);
	cm_html_time(f->to_ns, to);
	cm_buf_printf(s->out, "<title>How much came, over time</title><desc>From %s to %s ", from, to);
	cm_words_number(s->out, f->mean_per_s);
	cm_buf_add_str(s->out, " a second in the mean, ");
	cm_words_number(s->out, f->peak_per_s);
	cm_buf_add_str(s->out, " in the fullest one. The table below the picture has the same figures.</desc>\n");
}

static void
put_share(struct cm_buf *out, int share)
{
	if (share < 0)
		cm_buf_add_str(out, "<td>&ndash;</td>");
	else
		cm_buf_printf(out, "<td class=\"num\">%d.%d %%</td>", share / 10, share % 10);
}

static void
put_row(const struct series *s, const struct cm_panels *p, uint32_t i)
{
	const uint64_t *const list[] = { p->s->in, p->s->rest, p->s->out };
	char clock[CM_CLOCK_TEXT];
	int64_t wait;
	size_t k;

	cm_buf_printf(s->out, "<tr><th scope=\"row\">%s</th>", cm_clock_text(cm_panels_time(p, i), true, clock));
	for (k = 0; k < 3; k++) {
		cm_buf_add_str(s->out, "<td class=\"num\">");
		cm_words_number(s->out, cm_panels_rate(p, list[k], i));
		cm_buf_add_str(s->out, "</td>");
	}
	if (s->share)
		put_share(s->out, cm_panels_share(p, i));
	wait = s->wait ? cm_panels_wait(p, i) : 0;
	if (s->wait && wait < 0)
		cm_buf_add_str(s->out, "<td>&ndash;</td>");
	else if (s->wait)
		cm_buf_printf(s->out, "<td class=\"num\">%" PRId64 " ms</td>", wait);
	cm_buf_add_str(s->out, "</tr>\n");
}

static void
put_table(const struct series *s)
{
	const char *const *says = legend_of(s->f);
	struct cm_panels p;
	uint32_t i;

	if (!cm_panels_of(s->p.s, ROWS, &p))
		return;
	cm_buf_printf(s->out, "<details><summary>The picture as a table</summary>\n<table class=\"series\"><thead><tr><th scope=\"col\">from"
			      "</th><th scope=\"col\">%s, a second</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th>", says[0], says[1], says[2]);
	if (s->share)
		cm_buf_printf(s->out, "<th scope=\"col\">%s</th>", p.s->effect_is == CM_SERIES_ANSWERS ? "errors" : "openings answered");
	if (s->wait)
		cm_buf_add_str(s->out, "<th scope=\"col\">until the answer</th>");
	cm_buf_add_str(s->out, "</tr></thead><tbody>\n");
	for (i = 0; i < p.n; i++)
		put_row(s, &p, i);
	cm_buf_add_str(s->out, "</tbody></table></details>\n");
}

static void
put_caption(const struct series *s)
{
	const struct cm_traffic_finding *f = s->f;

	cm_buf_add_str(s->out, "<figcaption>Of the whole capture: the sender's word. Shaded is the time of the finding.");
	if (f->cut_begin || f->cut_end)
		cm_buf_printf(s->out, " It was going on where the capture %s.", f->cut_begin && f->cut_end ?
		    "begins and where it ends" : f->cut_begin ? "begins" : "ends");
	cm_buf_add_str(s->out, "</figcaption>");
}

void
cm_report_series(struct cm_buf *out, const struct cm_traffic_finding *f)
{
	struct series s = { .out = out, .f = f };

	if (!cm_panels_of(f->series, BINS, &s.p)) {
		cm_buf_add_str(out, "<p class=\"note\">How much came when is not stated, so there is no picture.</p>\n");
		return;
	}
	s.share = f->verdict != CM_TRAFFIC_SCAN && f->series->effect_is != CM_SERIES_PLAIN &&
	    (f->kind == CM_TRAFFIC_HTTP || f->kind == CM_TRAFFIC_SYN || f->effect.degraded);
	s.wait = s.share && cm_panels_any_wait(&s.p);
	s.ground = TOP + RATES + (GAP + SMALL) * (s.share + s.wait);
	cm_buf_printf(out, "<figure class=\"series\"><svg viewBox=\"0 0 %d %d\" role=\"img\">\n", CM_PIC_W, s.ground + FOOT);
	describe(&s);
	draw_legend(&s);
	draw_panels(&s);
	cm_buf_add_str(out, "</svg>\n");
	put_caption(&s);
	put_table(&s);
	cm_buf_add_str(out, "</figure>\n");
}
