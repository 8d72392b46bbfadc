#include <inttypes.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/report_parts.h"

/* Geometry of the picture: four boxes in a row, in its own units. */
enum { PIC_W = 760, PIC_H = 168, BOX_W = 166, BOX_GAP = 32, BOX_TOP = 30, BOX_H = 112, TEXT_MAX = 26, LINES = 5 };

/* Text that fits into a box, escaped; what is longer ends in dots. */
static void
put_short(struct cm_buf *out, const char *text)
{
	struct cm_span s = cm_span_str(text), head;
	size_t at = 0, n = 0, step;
	uint32_t cp;

	while (at < s.len && n < TEXT_MAX) {
		step = cm_utf8_at(s.ptr + at, s.len - at, &cp);
		at += step == 0 ? 1 : step;
		n++;
	}
	head = cm_span_part(s, 0, at);
	cm_html_span(out, head);
	if (at < s.len)
		cm_buf_add_str(out, "&hellip;");
}

/* Box ${k}: its head, then lines; NULL: no more. */
static void
draw_box(struct cm_buf *out, int k, const char *head, const char *const line[LINES])
{
	int x = k * (BOX_W + BOX_GAP), i;

	cm_buf_printf(out, "<rect class=\"node\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/><text class=\"head\" x=\"%d\" "
			   "y=\"%d\">", x + 1, BOX_TOP, BOX_W - 2, BOX_H, x + 9, BOX_TOP + 18);
	put_short(out, head);
	cm_buf_add_str(out, "</text>");
	for (i = 0; i < LINES && line[i] != NULL; i++) {
		cm_buf_printf(out, "<text class=\"line\" x=\"%d\" y=\"%d\">", x + 9, BOX_TOP + 38 + 16 * i);
		put_short(out, line[i]);
		cm_buf_add_str(out, "</text>");
	}
	cm_buf_add_str(out, "\n");
}

static void
draw_arrow(struct cm_buf *out, int k, const char *text)
{
	int x = k * (BOX_W + BOX_GAP) + BOX_W, y = BOX_TOP + BOX_H / 2;

	cm_buf_printf(out, "<path class=\"arrow\" d=\"M%d %dh%dm-7-5l7 5l-7 5\"/>", x + 2, y, BOX_GAP - 4);
	if (text != NULL)
		cm_buf_printf(out, "<text class=\"key mid\" x=\"%d\" y=\"%d\">%s</text>", x + BOX_GAP / 2, BOX_TOP - 10, text);
	cm_buf_add_str(out, "\n");
}

void
cm_report_join(struct cm_buf *out, const struct cm_report_join *j)
{
	static const char *const head[] = { "A forged answer", "A script in it", "What it aims at", "The flood" };
	int k;

	cm_buf_printf(out, "<figure class=\"join\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"From the script to the "
			   "flood\">\n", PIC_W, PIC_H);
	for (k = 0; k < 4; k++)
		draw_box(out, k, head[k], j->line[k]);
	for (k = 0; k < 3; k++)
		draw_arrow(out, k, k == 2 ? j->lag : NULL);
	cm_buf_add_str(out, "</svg>\n<figcaption>From left to right: made again from the rows that are open. What stands between "
			    "script and flood are people who opened a page.</figcaption></figure>\n");
}
