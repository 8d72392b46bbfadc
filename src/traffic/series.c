#include <string.h>

#include "traffic/finding.h"

static uint32_t
place(const struct cm_traffic_series *s, int64_t t_ns)
{
	int64_t i = t_ns <= s->from_ns ? 0 : (t_ns - s->from_ns) / s->width_ns;

	return i >= s->n ? s->n - 1 : (uint32_t)i;
}

void
cm_series_begin(struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns, int64_t grain_ns)
{
	memset(s, 0, sizeof(*s));
	s->from_ns = from_ns;
	s->width_ns = ((to_ns - from_ns) / CM_TRAFFIC_BINS / grain_ns + 1) * grain_ns;
	s->n = (uint32_t)((to_ns - from_ns) / s->width_ns) + 1;
}

/* How many of ${n} evenly from ${from_ns} to ${to_ns} are there before ${t_ns}. */
static uint64_t
until(int64_t t_ns, int64_t from_ns, int64_t to_ns, uint64_t n)
{
	if (t_ns > to_ns)
		return n;
	return t_ns <= from_ns ? 0 : cm_mul_div(n, (uint64_t)(t_ns - from_ns), (uint64_t)(to_ns - from_ns));
}

void
cm_series_spread(const struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns, uint64_t *list, uint64_t n)
{
	int64_t end = s->from_ns + s->width_ns * s->n;
	uint64_t given = until(s->from_ns, from_ns, to_ns, n), now;

	if (n == 0 || from_ns >= end || to_ns < s->from_ns)
		return;
	for (uint32_t i = place(s, from_ns), last = place(s, to_ns); i <= last; i++) {
		now = until(s->from_ns + s->width_ns * ((int64_t)i + 1), from_ns, to_ns, n);
		list[i] += now - given;
		given = now;
	}
}

CM_RESULT
cm_series_make(const struct cm_bin *bin, uint32_t n, uint64_t thin, struct cm_arena *arena,
    const struct cm_traffic_series **out)
{
	struct cm_traffic_series *s = cm_arena_alloc(arena, sizeof(*s));
	int64_t from, to;

	if (s == NULL)
		return CM_E_NOMEM;
	from = bin[0].from_ns;
	to = bin[0].to_ns;
	for (uint32_t i = 1; i < n; i++) {
		from = bin[i].from_ns < from ? bin[i].from_ns : from;
		to = bin[i].to_ns > to ? bin[i].to_ns : to;
	}
	cm_series_begin(s, from, to, 1);
	for (uint32_t i = 0; i < n; i++) {
		const struct cm_bin *b = &bin[i];

		cm_series_spread(s, b->from_ns, b->to_ns, s->in, b->in * thin);
		cm_series_spread(s, b->from_ns, b->to_ns, s->rest, b->rest * thin);
		cm_series_spread(s, b->from_ns, b->to_ns, s->out, b->out * thin);
		cm_series_spread(s, b->from_ns, b->to_ns, s->effect[0], b->opened * thin);
		cm_series_spread(s, b->from_ns, b->to_ns, s->effect[1], b->answered * thin);
		if (b->opened > 0)
			s->effect_is = CM_SERIES_OPENINGS;
	}
	*out = s;
	return CM_OK;
}
