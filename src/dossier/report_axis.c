#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dossier/html.h"
#include "dossier/recounted.h"
#include "dossier/report_axis.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define TICKS 8

int
cm_axis_x(const struct cm_axis *a, int64_t t_ns)
{
	uint64_t wide = (uint64_t)a->to_ns - (uint64_t)a->from_ns, at = (uint64_t)t_ns - (uint64_t)a->from_ns;
	unsigned shift = wide >> 50 != 0 ? 14 : 0;

	if (t_ns <= a->from_ns)
		return CM_PIC_LEFT;
	if (t_ns >= a->to_ns)
		return CM_PIC_RIGHT;
	return CM_PIC_LEFT + (int)((at >> shift) * (CM_PIC_RIGHT - CM_PIC_LEFT) / (wide >> shift));
}

static int64_t
step_of(const struct cm_axis *a)
{
	static const int64_t step[] = { MS, 2 * MS, 5 * MS, 10 * MS, 20 * MS, 50 * MS, 100 * MS, 200 * MS, 500 * MS, SECOND,
		2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
		15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY,
		90 * DAY, 365 * DAY, 3650 * DAY };
	uint64_t wide = (uint64_t)a->to_ns - (uint64_t)a->from_ns;
	size_t i, n = sizeof(step) / sizeof(step[0]);

	for (i = 0; i + 1 < n && wide / (uint64_t)step[i] > TICKS; i++)
		;
	return step[i];
}

const char *
cm_clock_text(int64_t t_ns, bool fine, char out[CM_CLOCK_TEXT])
{
	int64_t ms = t_ns / MS - (t_ns % MS < 0), day = 86400000;
	int at = (int)((ms % day + day) % day);

	if (fine)
		snprintf(out, CM_CLOCK_TEXT, "%02d:%02d:%02d.%03d", at / 3600000, at / 60000 % 60, at / 1000 % 60, at % 1000);
	else
		snprintf(out, CM_CLOCK_TEXT, "%02d:%02d:%02d", at / 3600000, at / 60000 % 60, at / 1000 % 60);
	return out;
}

static void
put_tick(struct cm_buf *out, int64_t t_ns, int64_t step)
{
	char day[CM_HTML_TIME], clock[CM_CLOCK_TEXT];

	if (step >= DAY) {
		cm_html_time(t_ns, day);
		cm_buf_printf(out, "%.10s", day);
		return;
	}
	cm_buf_printf(out, step < MINUTE ? "%s" : "%.5s", cm_clock_text(t_ns, step < SECOND, clock));
}

/* The line of a round time, and the beginning of the text under it. */
static void
begin_tick(struct cm_buf *out, int x, int top, int ground)
{
	bool last = x > CM_PIC_RIGHT - 12;

	cm_buf_printf(out, "<path class=\"grid\" d=\"M%d %dV%d\"/><text class=\"tick %s\" x=\"%d\" y=\"%d\">", x, top, ground + 4,
	    last ? "end" : "mid", last ? CM_PIC_RIGHT + 18 : x, ground + 17);
}

void
cm_axis_times(struct cm_buf *out, const struct cm_axis *a, int top, int ground)
{
	int64_t step = step_of(a), t = a->from_ns / step * step;
	int i, x;

	for (i = 0; i < TICKS + 3 && t <= a->to_ns; i++) {
		if (t >= a->from_ns) {
			x = cm_axis_x(a, t);
			begin_tick(out, x, top, ground);
			put_tick(out, t, step);
			cm_buf_add_str(out, "</text>");
		}
		if (__builtin_add_overflow(t, step, &t))
			return;
	}
	cm_buf_add_str(out, "\n");
}

void
cm_axis_seconds(struct cm_buf *out, int64_t most_ns, int top, int ground)
{
	const struct cm_axis a = { 0, most_ns };
	int64_t step = step_of(&a), t;
	int x;

	for (t = 0; t <= most_ns && t <= step * TICKS; t += step) {
		x = cm_axis_x(&a, t);
		begin_tick(out, x, top, ground);
		cm_buf_printf(out, "%" PRId64, t / SECOND);
		if (step < SECOND)
			cm_buf_printf(out, ".%03" PRId64, t / MS % 1000);
		cm_buf_add_str(out, " s</text>");
	}
	cm_buf_add_str(out, "\n");
}

void
cm_axis_caption(struct cm_buf *out, const struct cm_axis *a, int y)
{
	char first[CM_HTML_TIME], last[CM_HTML_TIME];

	cm_html_time(a->from_ns, first);
	cm_html_time(a->to_ns, last);
	cm_buf_printf(out, "<text class=\"axis end\" x=\"%d\" y=\"%d\">time of day, UTC, %.10s", CM_PIC_RIGHT, y, first);
	if (memcmp(first, last, 10) != 0)
		cm_buf_printf(out, " to %.10s", last);
	cm_buf_add_str(out, "</text>\n");
}

uint64_t
cm_axis_round(uint64_t most)
{
	static const uint64_t step[] = { 1, 2, 4, 6, 8 };
	uint64_t ten;
	size_t i;

	for (ten = 1; ten < UINT64_MAX / 100; ten *= 10)
		for (i = 0; i < sizeof(step) / sizeof(step[0]); i++)
			if (step[i] * ten >= most)
				return step[i] * ten;
	return UINT64_MAX;
}

int
cm_axis_height(uint64_t n, uint64_t round, int height)
{
	if (n >= round)
		return height;
	if (n > UINT64_MAX / 1000) {
		n /= 1000;
		round /= 1000;
	}
	return (int)(n * (uint64_t)height / round);
}

void
cm_axis_values(struct cm_buf *out, int top, int ground, uint64_t round, const char *unit, const char *title)
{
	int part, y;

	for (part = 0; part <= 2; part++) {
		if (part == 1 && round == 1)
			continue;
		y = ground - (ground - top) * part / 2;
		cm_buf_printf(out, "<path class=\"grid\" d=\"M%d %dH%d\"/><text class=\"tick end\" x=\"%d\" y=\"%d\">", CM_PIC_LEFT, y,
		    CM_PIC_RIGHT, CM_PIC_LEFT - 6, y + 4);
		cm_words_number(out, part == 0 ? 0 : part == 1 ? round / 2 : round);
		cm_buf_printf(out, "%s</text>", unit);
	}
	cm_buf_printf(out, "<text class=\"axis\" x=\"%d\" y=\"%d\">%s</text>\n", 4, top - 8, title);
}
