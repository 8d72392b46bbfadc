#include <inttypes.h>

#include "dossier/recounted.h"
#include "dossier/report_parts.h"

/* Geometry of the picture, in its own units. */
enum { PIC_W = 760, PIC_H = 232, PIC_LEFT = 64, PIC_RIGHT = 12, PIC_TOP = 30, PIC_BOTTOM = 40 };

struct scale {
	const struct cm_traffic_series *s;
	uint64_t most; /* in a bin */
};

static int
x_of(const struct scale *c, int64_t t_ns)
{
	int64_t width = c->s->width_ns * (int64_t)c->s->n, at = t_ns - c->s->from_ns;

	at = at < 0 ? 0 : at > width ? width : at;
	return PIC_LEFT + (int)(at / (width / (PIC_W - PIC_LEFT - PIC_RIGHT) + 1));
}

static int
x_of_bin(const struct scale *c, uint32_t i)
{
	return PIC_LEFT + (int)(i * (PIC_W - PIC_LEFT - PIC_RIGHT) / c->s->n);
}

/* So many units above the ground. */
static int
height(const struct scale *c, uint64_t n)
{
	uint64_t room = PIC_H - PIC_TOP - PIC_BOTTOM;

	return (int)(n > UINT64_MAX / room ? n / (c->most / room + 1) : n * room / c->most);
}

static uint64_t
per_second(const struct scale *c, uint64_t n)
{
	uint64_t width = (uint64_t)c->s->width_ns;

	return n > UINT64_MAX / 1000000000 ? n / (width / 1000000000 + 1) : n * 1000000000 / width;
}

static struct scale
scale_of(const struct cm_traffic_series *s)
{
	struct scale c = { s, 1 };
	uint64_t n;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		n = s->in[i] + s->rest[i];
		c.most = n > c.most ? n : c.most;
		c.most = s->out[i] > c.most ? s->out[i] : c.most;
	}
	return c;
}

static void
draw_bars(struct cm_buf *out, const struct scale *c)
{
	int ground = PIC_H - PIC_BOTTOM, x, wide, in, rest;
	uint32_t i;

	for (i = 0; i < c->s->n; i++) {
		x = x_of_bin(c, i);
		wide = x_of_bin(c, i + 1) - x;
		in = height(c, c->s->in[i]);
		rest = height(c, c->s->in[i] + c->s->rest[i]) - in;
		if (in > 0)
			cm_buf_printf(out, "<rect class=\"in\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, ground - in,
			    wide, in);
		if (rest > 0)
			cm_buf_printf(out, "<rect class=\"rest\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x,
			    ground - in - rest, wide, rest);
	}
}

static void
draw_out(struct cm_buf *out, const struct scale *c)
{
	uint32_t i;

	cm_buf_add_str(out, "<polyline class=\"out\" points=\"");
	for (i = 0; i < c->s->n; i++)
		cm_buf_printf(out, "%s%d,%d", i > 0 ? " " : "", (x_of_bin(c, i) + x_of_bin(c, i + 1)) / 2,
		    PIC_H - PIC_BOTTOM - height(c, c->s->out[i]));
	cm_buf_add_str(out, "\"/>\n");
}

static void
draw_frame(struct cm_buf *out, const struct scale *c)
{
	int ground = PIC_H - PIC_BOTTOM;
	int part;

	for (part = 0; part <= 2; part++) {
		int y = ground - (PIC_H - PIC_TOP - PIC_BOTTOM) * part / 2;

		cm_buf_printf(out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text class=\"tick end\" "
				   "x=\"%d\" y=\"%d\">", PIC_LEFT, PIC_W - PIC_RIGHT, y, y, PIC_LEFT - 6, y + 4);
		cm_words_number(out, per_second(c, c->most / 2 * (uint64_t)part));
		cm_buf_add_str(out, "</text>");
	}
	cm_buf_printf(out, "<text class=\"axis\" x=\"4\" y=\"14\">a second</text><text class=\"tick\" x=\"%d\" y=\"%d\">0 s</text>"
			   "<text class=\"tick end\" x=\"%d\" y=\"%d\">", PIC_LEFT, ground + 16, PIC_W - PIC_RIGHT, ground + 16);
	cm_words_seconds(out, c->s->width_ns > INT64_MAX / (int64_t)c->s->n ? INT64_MAX : c->s->width_ns * (int64_t)c->s->n);
	cm_buf_add_str(out, "</text>\n");
}

static void
draw_mark(struct cm_buf *out, const struct scale *c, int64_t t_ns, const char *text)
{
	int x = x_of(c, t_ns);
	bool last = x > PIC_W - 150;

	cm_buf_printf(out, "<line class=\"when\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text class=\"key%s\" x=\"%d\" y=\"%d\">"
			   "%s</text>", x, x, PIC_TOP, PIC_H - PIC_BOTTOM + 20, last ? " end" : "", last ? x - 4 : x + 4,
	    PIC_H - 8, text);
}

static void
draw_legend(struct cm_buf *out, bool scan)
{
	cm_buf_printf(out, "<rect class=\"in\" x=\"%d\" y=\"6\" width=\"10\" height=\"10\"/><text class=\"key\" x=\"%d\" y=\"15\">%s"
			   "</text>", PIC_LEFT + 40, PIC_LEFT + 56, scan ? "probes" : "of this kind");
	cm_buf_printf(out, "<rect class=\"rest\" x=\"%d\" y=\"6\" width=\"10\" height=\"10\"/><text class=\"key\" x=\"%d\" y=\"15\">"
			   "all else to it</text>", PIC_LEFT + 160, PIC_LEFT + 176);
	cm_buf_printf(out, "<line class=\"out\" x1=\"%d\" x2=\"%d\" y1=\"11\" y2=\"11\"/><text class=\"key\" x=\"%d\" y=\"15\">from it"
			   "</text>\n", PIC_LEFT + 290, PIC_LEFT + 304, PIC_LEFT + 310);
}

void
cm_report_series(struct cm_buf *out, const struct cm_traffic_finding *f)
{
	const struct cm_traffic_series *s = f->series;
	struct scale c;

	if (s == NULL || s->n == 0 || s->width_ns > INT64_MAX / (int64_t)CM_TRAFFIC_BINS) {
		cm_buf_add_str(out, "<p class=\"note\">How much came when is not stated, so there is no picture.</p>\n");
		return;
	}
	c = scale_of(s);
	cm_buf_printf(out, "<figure class=\"series\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"How much came, over "
			   "time\">\n", PIC_W, PIC_H);
	cm_buf_printf(out, "<rect class=\"shade\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x_of(&c, f->from_ns), PIC_TOP,
	    x_of(&c, f->to_ns) - x_of(&c, f->from_ns) + 1, PIC_H - PIC_TOP - PIC_BOTTOM);
	draw_legend(out, f->verdict == CM_TRAFFIC_SCAN);
	draw_frame(out, &c);
	draw_bars(out, &c);
	draw_out(out, &c);
	if (f->effect.degraded)
		draw_mark(out, &c, f->effect.degraded_ns, "worse from here");
	if (f->effect.recovered)
		draw_mark(out, &c, f->effect.recovered_ns, "well again");
	cm_buf_add_str(out, "</svg>\n<figcaption>Of the whole capture: the sender's word. Shaded is the time of the finding.");
	if (f->cut_begin || f->cut_end)
		cm_buf_printf(out, " It was going on where the capture %s.", f->cut_begin && f->cut_end ?
		    "begins and where it ends" : f->cut_begin ? "begins" : "ends");
	cm_buf_add_str(out, "</figcaption></figure>\n");
}
