#include <string.h>

#include "traffic/finding.h"

/* Spreads ${n} evenly over the equal bins from ${from} to ${to}. */
static void
spread(uint64_t *bin, uint32_t from, uint32_t to, uint64_t n)
{
	uint64_t wide = (uint64_t)to - from + 1, given = 0;

	for (uint64_t k = 0; k < wide; k++) {
		uint64_t until = cm_mul_div(n, k + 1, wide);

		bin[from + k] += until - given;
		given = until;
	}
}

static uint32_t
place(const struct cm_traffic_series *s, int64_t t_ns)
{
	int64_t i = t_ns <= s->from_ns ? 0 : (t_ns - s->from_ns) / s->width_ns;

	return i >= s->n ? s->n - 1 : (uint32_t)i;
}

void
cm_series_begin(struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns)
{
	memset(s, 0, sizeof(*s));
	s->from_ns = from_ns;
	s->width_ns = (to_ns - from_ns) / CM_TRAFFIC_BINS + 1;
	s->n = (uint32_t)((to_ns - from_ns) / s->width_ns) + 1;
}

void
cm_series_spread(const struct cm_traffic_series *s, const struct cm_bin *b, uint64_t *list, uint64_t n)
{
	int64_t end = s->from_ns + s->width_ns * s->n - 1;
	int64_t from = b->from_ns > s->from_ns ? b->from_ns : s->from_ns, to = b->to_ns < end ? b->to_ns : end;

	if (n == 0 || from > to)
		return;
	if (b->to_ns > b->from_ns)
		n = cm_mul_div(n, (uint64_t)(to - from), (uint64_t)(b->to_ns - b->from_ns));
	spread(list, place(s, from), place(s, to), n);
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
	cm_series_begin(s, from, to);
	for (uint32_t i = 0; i < n; i++) {
		cm_series_spread(s, &bin[i], s->in, bin[i].in * thin);
		cm_series_spread(s, &bin[i], s->rest, bin[i].rest * thin);
		cm_series_spread(s, &bin[i], s->out, bin[i].out * thin);
		cm_series_spread(s, &bin[i], s->effect[0], bin[i].opened * thin);
		cm_series_spread(s, &bin[i], s->effect[1], bin[i].answered * thin);
		if (bin[i].opened > 0)
			s->effect_is = CM_SERIES_OPENINGS;
	}
	*out = s;
	return CM_OK;
}
