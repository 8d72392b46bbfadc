#include <inttypes.h>

#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/report_axis.h"
#include "dossier/report_bars.h"

int64_t
cm_bars_ppm(uint64_t n, uint64_t all)
{
	if (all == 0)
		return 0;
	if (n >= all)
		return 1000000;
	return n > UINT64_MAX / 1000000 ? (int64_t)(n / (all / 1000000)) : (int64_t)(n * 1000000 / all);
}

bool
cm_bars_worth(uint32_t i, uint64_t n, uint64_t all)
{
	return i < 3 || cm_bars_ppm(n, all) >= 10000;
}

void
cm_bars_begin(struct cm_buf *out, const char *title, uint64_t seen)
{
	cm_buf_printf(out, "<table class=\"bars\"><thead><tr><th scope=\"col\">%s", title);
	if (seen != 0) {
		cm_buf_add_str(out, " <small>(about ");
		cm_words_number(out, seen);
		cm_buf_add_str(out, " different)</small>");
	}
	cm_buf_add_str(out, "</th><th scope=\"col\">Share</th><th scope=\"col\"></th></tr></thead><tbody>\n");
}

static void
put_bar(struct cm_buf *out, const char *class, int64_t ppm)
{
	cm_buf_printf(out, "</td><td class=\"num\">");
	cm_words_ppm(out, ppm);
	cm_buf_printf(out, "</td><td class=\"bar\"><svg viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"%s\" "
			   "x=\"0\" y=\"1\" width=\"%d\" height=\"10\"/></svg></td></tr>\n", class, (int)(ppm / 1000));
}

void
cm_bars_line(struct cm_buf *out, struct cm_span text, uint64_t n, uint64_t all)
{
	cm_buf_add_str(out, "<tr><td><code>");
	cm_html_span(out, text);
	cm_buf_add_str(out, "</code>");
	put_bar(out, "in", cm_bars_ppm(n, all));
}

void
cm_bars_end(struct cm_buf *out, const char *others, uint64_t rest, uint64_t all)
{
	if (rest > 0) {
		cm_buf_printf(out, "<tr><td><em>%s</em>", others);
		put_bar(out, "rest", cm_bars_ppm(rest, all));
	}
	cm_buf_add_str(out, "</tbody></table>\n");
}

uint64_t
cm_bars_most(const uint64_t *n, uint32_t bars)
{
	uint64_t most = 0;
	uint32_t i;

	for (i = 0; i < bars; i++)
		most = n[i] > most ? n[i] : most;
	return most;
}

void
cm_bars_draw(struct cm_buf *out, const uint64_t *n, uint32_t bars, const char *class, int top, int ground, uint64_t round)
{
	uint32_t i, wide = CM_PIC_RIGHT - CM_PIC_LEFT;

	cm_buf_printf(out, "<path class=\"%s\" d=\"", class);
	for (i = 0; i < bars; i++) {
		uint32_t x = i * wide / bars, next = (i + 1) * wide / bars;

		if (n[i] > 0)
			cm_buf_printf(out, "M%d %dV%dH%dV%dZ", CM_PIC_LEFT + (int)x, ground,
			    ground - cm_axis_height(n[i], round, ground - top), CM_PIC_LEFT + (int)next - 1, ground);
	}
	cm_buf_add_str(out, "\"/>\n");
}
