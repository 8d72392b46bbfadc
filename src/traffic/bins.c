#include "traffic/bins.h"
#include "traffic/mix.h"

#define FEW 16u	   /* packets, from which on a bin's own times tell its rate */
#define UNLIKE 64u /* times dearer: neighbours whose rates differ by four or more, and are not 0 */

int64_t
cm_bin_ns(const struct cm_bin *b)
{
	uint64_t ns = (uint64_t)b->to_ns - (uint64_t)b->from_ns;

	if (b->to_ns <= b->from_ns || ns < (uint64_t)CM_BIN_GRAIN)
		return CM_BIN_GRAIN;
	return ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

uint64_t
cm_per_second(uint64_t in, int64_t ns)
{
	return cm_mul_div(in, 1000000000, (uint64_t)ns);
}

int64_t
cm_bins_ns(const struct cm_bins *b, uint32_t i)
{
	const struct cm_bin *at = &b->bin[i];
	int64_t ns = cm_bin_ns(at);

	if (at->in < FEW && i + 1 < b->n && at[1].from_ns - at->from_ns > ns)
		return at[1].from_ns - at->from_ns;
	return ns;
}

static uint64_t
cost(const struct cm_bins *b, uint32_t i)
{
	uint64_t ra = cm_per_second((uint64_t)b->bin[i].in * 1000, cm_bins_ns(b, i));
	uint64_t rb = cm_per_second((uint64_t)b->bin[i + 1].in * 1000, cm_bins_ns(b, i + 1));
	uint64_t n = (uint64_t)b->bin[i].in + b->bin[i + 1].in + 1;

	return ra != 0 && rb != 0 && (ra / 4 > rb || rb / 4 > ra) ? n * UNLIKE : n;
}

static void
join(struct cm_bin *a, const struct cm_bin *b)
{
	if (b->from_ns < a->from_ns)
		a->from_ns = b->from_ns;
	if (b->to_ns > a->to_ns)
		a->to_ns = b->to_ns;
	if (a->first == 0)
		a->first = b->first;
	if (b->last != 0)
		a->last = b->last;
	a->bytes += b->bytes;
	a->in = cm_add_u32(a->in, b->in);
	a->a = cm_add_u32(a->a, b->a);
	a->b = cm_add_u32(a->b, b->b);
	a->c = cm_add_u32(a->c, b->c);
	a->rest = cm_add_u32(a->rest, b->rest);
	a->out = cm_add_u32(a->out, b->out);
	a->opened = cm_add_u32(a->opened, b->opened);
	a->answered = cm_add_u32(a->answered, b->answered);
}

void
cm_bins_shrink(struct cm_bins *b, uint32_t n)
{
	uint64_t price[CM_BINS];

	for (uint32_t i = 0; i + 1 < b->n; i++)
		price[i] = cost(b, i);
	while (b->n > 1) {
		uint32_t best = 0;

		for (uint32_t i = 1; i + 1 < b->n; i++)
			if (price[i] < price[best])
				best = i;
		if (b->n <= n && price[best] > FEW)
			return;
		join(&b->bin[best], &b->bin[best + 1]);
		for (uint32_t i = best + 1; i + 1 < b->n; i++)
			b->bin[i] = b->bin[i + 1];
		for (uint32_t i = best; i + 2 < b->n; i++)
			price[i] = price[i + 1];
		b->n--;
		if (best > 0)
			price[best - 1] = cost(b, best - 1);
		if (best + 1 < b->n)
			price[best] = cost(b, best);
	}
}

struct cm_bin *
cm_bins_open(struct cm_bins *b, int64_t t_ns)
{
	struct cm_bin *n;

	if (b->n == CM_BINS)
		cm_bins_shrink(b, CM_BINS_KEPT);
	n = &b->bin[b->n++];
	*n = (struct cm_bin) { .from_ns = t_ns, .to_ns = t_ns };
	return n;
}
