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
	s->from_ns = from;
	s->width_ns = (to - from) / CM_TRAFFIC_BINS + 1;
	s->n = (uint32_t)((to - from) / s->width_ns) + 1;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t first = place(s, bin[i].from_ns), last = place(s, bin[i].to_ns);

		spread(s->in, first, last, bin[i].in * thin);
		spread(s->rest, first, last, bin[i].rest * thin);
		spread(s->out, first, last, bin[i].out * thin);
	}
	*out = s;
	return CM_OK;
}
