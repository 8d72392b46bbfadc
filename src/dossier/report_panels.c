#include <inttypes.h>

#include "dossier/report_panels.h"

#define ENOUGH 12u /* answers or openings, to speak of a share */

bool
cm_panels_of(const struct cm_traffic_series *s, uint32_t most, struct cm_panels *out)
{
	if (s == NULL || s->n == 0 || s->n > CM_TRAFFIC_BINS || s->width_ns < 1 || s->width_ns > INT64_MAX / 4096 ||
	    s->from_ns > INT64_MAX / 2 || s->from_ns < INT64_MIN / 2)
		return false;
	*out = (struct cm_panels) { .s = s, .each = (s->n + most - 1) / most };
	out->n = (s->n + out->each - 1) / out->each;
	out->axis = (struct cm_axis) { s->from_ns, s->from_ns + s->width_ns * s->n };
	return true;
}

int64_t
cm_panels_time(const struct cm_panels *p, uint32_t i)
{
	uint32_t at = i * p->each < p->s->n ? i * p->each : p->s->n;

	return p->s->from_ns + p->s->width_ns * at;
}

uint64_t
cm_panels_sum(const struct cm_panels *p, const uint64_t *list, uint32_t i)
{
	uint64_t sum = 0;
	uint32_t k;

	for (k = i * p->each; k < (i + 1) * p->each && k < p->s->n; k++)
		sum = sum > UINT64_MAX / 2 ? sum : sum + list[k];
	return sum;
}

uint64_t
cm_panels_rate(const struct cm_panels *p, const uint64_t *list, uint32_t i)
{
	uint64_t n = cm_panels_sum(p, list, i), ns = (uint64_t)(cm_panels_time(p, i + 1) - cm_panels_time(p, i));

	return n > UINT64_MAX / 1000000000 ? n / (ns / 1000000000 + 1) : n * 1000000000 / ns;
}

struct share {
	const uint64_t *whole, *part;
	uint64_t n, of;
};

/* Adds a neighbour that has few itself; false: it has enough, or is none. */
static bool
join_few(const struct cm_panels *p, struct share *s, int64_t i)
{
	uint64_t n = i < 0 || i >= (int64_t)p->n ? ENOUGH : cm_panels_sum(p, s->whole, (uint32_t)i);

	if (n >= ENOUGH)
		return false;
	s->n += n;
	s->of += cm_panels_sum(p, s->part, (uint32_t)i);
	return true;
}

int
cm_panels_share(const struct cm_panels *p, uint32_t i)
{
	bool errors = p->s->effect_is == CM_SERIES_ANSWERS, left = true, right = true;
	struct share s = { errors ? p->s->out : p->s->effect[0], errors ? p->s->effect[0] : p->s->effect[1], 0, 0 };
	uint32_t k;

	s.n = cm_panels_sum(p, s.whole, i);
	s.of = cm_panels_sum(p, s.part, i);
	for (k = 1; s.n < ENOUGH && k <= p->n / 16; k++) {
		left = left && join_few(p, &s, (int64_t)i - k);
		right = right && join_few(p, &s, (int64_t)i + k);
	}
	if (s.n == 0)
		return -1;
	return s.of >= s.n ? 1000 : s.of > UINT64_MAX / 1000 ? (int)(s.of / (s.n / 1000 + 1)) : (int)(s.of * 1000 / s.n);
}

int64_t
cm_panels_wait(const struct cm_panels *p, uint32_t i)
{
	const uint64_t *wait = p->s->effect[1];
	uint64_t sum = 0, n = 0;
	uint32_t k;

	for (k = i * p->each; k < (i + 1) * p->each && k < p->s->n; k++) {
		if (wait[k] == 0)
			continue;
		sum += wait[k] > UINT64_MAX / 4096 ? UINT64_MAX / 4096 : wait[k];
		n++;
	}
	return n == 0 ? -1 : (int64_t)((sum / n + 500) / 1000);
}

bool
cm_panels_any_wait(const struct cm_panels *p)
{
	uint32_t i;

	for (i = 0; p->s->effect_is == CM_SERIES_ANSWERS && i < p->s->n; i++)
		if (p->s->effect[1][i] != 0)
			return true;
	return false;
}

/* A closed area, in steps, of what is between two lists; ${under} NULL: from the ground. */
static void
draw_area(struct cm_buf *out, const struct cm_panels *p, const uint64_t *list, const uint64_t *under, const char *class,
    int ground, int height, uint64_t round)
{
	uint32_t i;
	int x;

	cm_buf_printf(out, "<path class=\"%s\" d=\"M%d %d", class, CM_PIC_LEFT, ground);
	for (i = 0; i < p->n; i++) {
		x = cm_axis_x(&p->axis, cm_panels_time(p, i + 1));
		cm_buf_printf(out, "V%dH%d", ground - cm_axis_height(cm_panels_rate(p, list, i) +
		    (under == NULL ? 0 : cm_panels_rate(p, under, i)), round, height), x);
	}
	for (i = p->n; i-- > 0;) {
		x = cm_axis_x(&p->axis, cm_panels_time(p, i));
		cm_buf_printf(out, "V%dH%d", ground - (under == NULL ? 0 :
		    cm_axis_height(cm_panels_rate(p, under, i), round, height)), x);
	}
	cm_buf_add_str(out, "Z\"/>\n");
}

static void
draw_line(struct cm_buf *out, const struct cm_panels *p, const uint64_t *list, int ground, int height, uint64_t round)
{
	uint32_t i;

	cm_buf_add_str(out, "<path class=\"out\" d=\"");
	for (i = 0; i < p->n; i++)
		cm_buf_printf(out, "%s%d %d", i == 0 ? "M" : "L",
		    (cm_axis_x(&p->axis, cm_panels_time(p, i)) + cm_axis_x(&p->axis, cm_panels_time(p, i + 1))) / 2,
		    ground - cm_axis_height(cm_panels_rate(p, list, i), round, height));
	cm_buf_add_str(out, "\"/>\n");
}

void
cm_panel_rates(struct cm_buf *out, const struct cm_panels *p, int top, int ground)
{
	uint64_t most = 0, n, round;
	uint32_t i;

	for (i = 0; i < p->n; i++) {
		n = cm_panels_rate(p, p->s->in, i) + cm_panels_rate(p, p->s->rest, i);
		most = n > most ? n : most;
		n = cm_panels_rate(p, p->s->out, i);
		most = n > most ? n : most;
	}
	round = cm_axis_round(most);
	cm_axis_values(out, top, ground, round, "", "a second");
	draw_area(out, p, p->s->rest, NULL, "rest", ground, ground - top, round);
	draw_area(out, p, p->s->in, p->s->rest, "in", ground, ground - top, round);
	draw_line(out, p, p->s->out, ground, ground - top, round);
}

/* Values that may lack, as a line in steps over an area. */
static void
draw_steps(struct cm_buf *out, const struct cm_panels *p, const int64_t *value, uint64_t round, int top, int ground)
{
	bool on = false;
	uint32_t i;
	int y;

	cm_buf_add_str(out, "<path class=\"effect\" d=\"");
	for (i = 0; i < p->n; i++) {
		if (value[i] >= 0 && !on)
			cm_buf_printf(out, "M%d %d", cm_axis_x(&p->axis, cm_panels_time(p, i)), ground);
		else if (value[i] < 0 && on)
			cm_buf_printf(out, "V%d", ground);
		on = value[i] >= 0;
		if (!on)
			continue;
		y = ground - cm_axis_height((uint64_t)value[i], round, ground - top);
		cm_buf_printf(out, "V%dH%d", y, cm_axis_x(&p->axis, cm_panels_time(p, i + 1)));
	}
	if (on)
		cm_buf_printf(out, "V%d", ground);
	cm_buf_add_str(out, "\"/>\n");
}

void
cm_panel_share(struct cm_buf *out, const struct cm_panels *p, int top, int ground)
{
	int64_t value[CM_TRAFFIC_BINS];
	uint32_t i;

	for (i = 0; i < p->n; i++)
		value[i] = cm_panels_share(p, i);
	cm_axis_values(out, top, ground, 100, " %", p->s->effect_is == CM_SERIES_ANSWERS ?
	    "of the answers are errors (500 and above)" : "of the openings are answered");
	draw_steps(out, p, value, 1000, top, ground);
}

void
cm_panel_wait(struct cm_buf *out, const struct cm_panels *p, int top, int ground)
{
	int64_t value[CM_TRAFFIC_BINS], most = 0;
	uint64_t round;
	uint32_t i;

	for (i = 0; i < p->n; i++) {
		value[i] = cm_panels_wait(p, i);
		most = value[i] > most ? value[i] : most;
	}
	round = cm_axis_round((uint64_t)most);
	cm_axis_values(out, top, ground, round, " ms", "until the answer begins, in the mean");
	draw_steps(out, p, value, round, top, ground);
}
