#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/report_parts.h"

/* Geometry of the picture: four boxes in a row, in its own units. */
enum { PIC_W = 760, BOX_W = 168, BOX_GAP = 29, BOX_TOP = 40, LINE_H = 16, TEXT_MAX = 26 };

/* Text that fits into a box, escaped; what is longer ends in dots. */
static void
put_short(struct cm_buf *out, const char *text)
{
	struct cm_span s = cm_span_str(text);
	size_t at = 0, n = 0, step;
	uint32_t cp;

	while (at < s.len && n < TEXT_MAX) {
		step = cm_utf8_at(s.ptr + at, s.len - at, &cp);
		at += step == 0 ? 1 : step;
		n++;
	}
	cm_html_span(out, cm_span_part(s, 0, at));
	if (at < s.len)
		cm_buf_add_str(out, "&hellip;");
}

static int
lines_of(const struct cm_report_join *j)
{
	int k, n, most = 3;

	for (k = 0; k < 4; k++) {
		for (n = 0; n < (int)CM_JOIN_LINES && j->line[k][n] != NULL; n++)
			;
		most = n > most ? n : most;
	}
	return most;
}

/* Box ${k}: its head, then lines; NULL: no more. */
static void
draw_box(struct cm_buf *out, int k, const char *head, const char *const *line, int height)
{
	int x = k * (BOX_W + BOX_GAP), i;

	cm_buf_printf(out, "<rect class=\"node%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/><text class=\"head\" x=\"%d\" "
			   "y=\"%d\">%s</text>", k == 0 || k == 3 ? " end" : "", x + 1, BOX_TOP, BOX_W - 2, height, x + 9, BOX_TOP + 19, head);
	for (i = 0; i < (int)CM_JOIN_LINES && line[i] != NULL; i++) {
		cm_buf_printf(out, "<text class=\"line\" x=\"%d\" y=\"%d\">", x + 9, BOX_TOP + 40 + LINE_H * i);
		put_short(out, line[i]);
		cm_buf_add_str(out, "</text>");
	}
	cm_buf_add_str(out, "\n");
}

static void
draw_arrow(struct cm_buf *out, int k, int height)
{
	int x = k * (BOX_W + BOX_GAP) + BOX_W;

	cm_buf_printf(out, "<path class=\"arrow\" d=\"M%d %dh%dm-8-5l8 5l-8 5\"/>\n", x + 2, BOX_TOP + height / 2, BOX_GAP - 4);
}

/* Over the last arrow: who went that way, and how long it took. */
static void
draw_way(struct cm_buf *out, const struct cm_report_join *j)
{
	int x = 2 * (BOX_W + BOX_GAP) + BOX_W + BOX_GAP / 2;

	cm_buf_printf(out, "<text class=\"moment mid\" x=\"%d\" y=\"14\">", x);
	cm_html_text(out, j->clients);
	cm_buf_printf(out, "</text><text class=\"key mid\" x=\"%d\" y=\"29\">", x);
	cm_html_text(out, j->lag);
	cm_buf_add_str(out, "</text>\n");
}

void
cm_report_join(struct cm_buf *out, const struct cm_report_join *j)
{
	static const char *const head[] = { "Forged answers", "A script in them", "What it aims at", "The flood" };
	int k, height = 34 + LINE_H * lines_of(j) + 4;

	cm_buf_printf(out, "<figure class=\"join\"><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>From the script to the flood, chain "
			   "C%zu</title>\n", PIC_W, BOX_TOP + height + 6, j->number);
	for (k = 0; k < 4; k++)
		draw_box(out, k, head[k], j->line[k], height);
	for (k = 0; k < 3; k++)
		draw_arrow(out, k, height);
	draw_way(out, j);
	cm_buf_printf(out, "</svg>\n<figcaption><a href=\"#c%zu\">Chain C%zu</a>, from left to right: made again from the rows that are open, but "
			   "for the rates. What stands between script and flood are people who opened a page.</figcaption></figure>\n",
	    j->number, j->number);
}
