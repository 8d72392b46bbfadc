/* Is it chance, and how soon was it: two pictures of a chain. */
#include <inttypes.h>
#include <stdlib.h>

#include "dossier/recounted.h"
#include "dossier/report_axis.h"
#include "dossier/report_bars.h"
#include "dossier/report_parts.h"

enum { BAR = 26, ROW = 52, LABEL = 158, LAGS = 40, BINS = 80, TOP = 26, LAG_H = 7, GROUND = 120 };

/* One bar as wide as the picture: those who asked, and those who did not. */
static void
draw_bar(struct cm_buf *out, int row, const char *who, uint64_t asked, uint64_t not)
{
	int y = 22 + row * ROW, room = CM_PIC_RIGHT - LABEL;
	int wide = asked + not == 0 ? 0 : (int)(cm_bars_ppm(asked, asked + not) * room / 1000000);

	cm_buf_printf(out, "<text class=\"head\" x=\"4\" y=\"%d\">%s</text><text class=\"key\" x=\"4\" y=\"%d\">", y + 11, who, y + 25);
	cm_words_number(out, asked + not);
	cm_buf_add_str(out, asked + not == 1 ? " client</text>" : " clients</text>");
	cm_buf_printf(out, "<rect class=\"not\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/><rect class=\"in\" x=\"%d\" y=\"%d\" width=\"%d\" "
			   "height=\"%d\"/><text class=\"key\" x=\"%d\" y=\"%d\">", LABEL, y, room, BAR, LABEL, y, wide, BAR, LABEL, y - 5);
	cm_words_number(out, asked);
	cm_buf_add_str(out, " asked for it (");
	cm_words_ppm(out, cm_bars_ppm(asked, asked + not));
	cm_buf_printf(out, ")</text><text class=\"key end\" x=\"%d\" y=\"%d\">", CM_PIC_RIGHT, y - 5);
	cm_words_number(out, not);
	cm_buf_add_str(out, " did not</text>\n");
}

void
cm_report_fourfold(struct cm_buf *out, const struct cm_chain_v1 *c)
{
	cm_buf_printf(out, "<figure class=\"fourfold\"><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>Who asked, of those who got the script and of those "
			   "who did not</title>\n", CM_PIC_W, 22 + ROW + BAR + 8);
	draw_bar(out, 0, "got the script", c->a, c->b);
	draw_bar(out, 1, "did not get it", c->c, c->d);
	cm_buf_add_str(out, "</svg></figure>\n<table class=\"facts\"><thead><tr><th scope=\"col\"></th><th scope=\"col\">"
			    "asked for it</th><th scope=\"col\">did not</th></tr></thead><tbody>\n");
	cm_buf_printf(out, "<tr><th scope=\"row\">clients that got the script</th><td class=\"num\">%" PRIu64
			   "</td><td class=\"num\">%" PRIu64 "</td></tr>\n<tr><th scope=\"row\">clients that did not</th>"
			   "<td class=\"num\">%" PRIu64 "</td><td class=\"num\">%" PRIu64 "</td></tr>\n</tbody></table>\n", c->a, c->b, c->c, c->d);
}

/* Each for itself, while they are few. */
static void
draw_each(struct cm_buf *out, const struct cm_axis *a, const int64_t *lag, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int x = cm_axis_x(a, lag[i]), y = TOP + LAG_H * (int)i + LAG_H / 2;

		cm_buf_printf(out, "<path class=\"lag\" d=\"M%d %dH%d\"/><circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"2.5\"/>", CM_PIC_LEFT, y, x, x, y);
	}
	cm_buf_add_str(out, "\n");
}

static void
draw_counts(struct cm_buf *out, const struct cm_axis *a, const int64_t *lag, size_t n)
{
	uint64_t bin[BINS] = { 0 }, wide = (uint64_t)a->to_ns / BINS + 1, round;
	size_t i;

	for (i = 0; i < n; i++)
		bin[lag[i] <= 0 ? 0 : (uint64_t)lag[i] / wide >= BINS ? BINS - 1 : (uint64_t)lag[i] / wide]++;
	round = cm_axis_round(cm_bars_most(bin, BINS));
	cm_axis_values(out, TOP, GROUND, round, "", "clients");
	cm_bars_draw(out, bin, BINS, "in", TOP, GROUND, round);
}

void
cm_report_lags(struct cm_buf *out, const int64_t *lag, size_t n)
{
	const struct cm_axis a = { 0, lag[n - 1] <= 1000000000 ? 1100000000 : lag[n - 1] > INT64_MAX / 2 ? lag[n - 1] : lag[n - 1] / 10 * 11 };
	int ground = n <= LAGS ? TOP + LAG_H * (int)n + 4 : GROUND;

	cm_buf_printf(out, "<figure class=\"lags\"><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>From the script to the first request, client by client"
			   "</title>\n<text class=\"axis\" x=\"4\" y=\"12\">%s</text>", CM_PIC_W, ground + 24,
	    n <= LAGS ? "each line one client: from the script to its first request for the target" : "");
	cm_axis_seconds(out, a.to_ns, TOP, ground);
	if (n <= LAGS)
		draw_each(out, &a, lag, n);
	else
		draw_counts(out, &a, lag, n);
	cm_buf_add_str(out, "</svg></figure>\n");
}
