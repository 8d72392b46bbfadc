#include "traffic/judge.h"

#define SECOND UINT64_C(1000000000)
#define FEW 8u /* packets: chance alone can make a bin of fewer loud, or of one kind */

static uint64_t
rate(const struct cm_watch *w, uint32_t i, uint64_t thin)
{
	return cm_per_second(w->bins.bin[i].in * thin, cm_bins_ns(&w->bins, i));
}

static uint64_t
loudest(const struct cm_watch *w, uint64_t thin)
{
	uint64_t top = 0;

	for (uint32_t i = 0; i < w->bins.n; i++) {
		uint64_t r = rate(w, i, thin);

		top = r > top ? r : top;
	}
	return top;
}

/* What is most of the ordinary in a bin. */
static uint64_t
against(const struct cm_bin *b, const struct cm_flood_detector *d)
{
	uint64_t n = 0;

	if ((d->against & CM_ROLE_A) != 0)
		n = b->a;
	if ((d->against & CM_ROLE_B) != 0 && b->b > n)
		n = b->b;
	if ((d->against & CM_ROLE_C) != 0 && b->c > n)
		n = b->c;
	return n;
}

/* The bins from the first to the last that are as loud as ${bar}; ${made}: and little is
 * ordinary in them.  How much came in these. */
static uint64_t
core(struct cm_tally *t, const struct cm_flood_detector *d, uint64_t bar, bool made)
{
	uint64_t in = 0;

	for (uint32_t i = 0; i < t->w->bins.n; i++) {
		const struct cm_bin *b = &t->w->bins.bin[i];

		if (b->in < FEW || rate(t->w, i, t->thin) < bar || (made && against(b, d) * 2 >= b->in))
			continue;
		t->lo = in != 0 ? t->lo : i;
		t->hi = i;
		in += b->in * t->thin;
	}
	return in;
}

/* How far, from a loud bin on, it goes on more quietly: a quarter of what is asked for, and
 * little that is ordinary among it. */
static uint32_t
reach(const struct cm_tally *t, const struct cm_flood_detector *d, uint32_t from, int step)
{
	uint64_t in = 0, other = 0, ns = 0;
	uint32_t best = from;

	for (int64_t i = (int64_t)from + step; i >= 0 && i < t->w->bins.n; i += step) {
		const struct cm_bin *b = &t->w->bins.bin[i];

		in += b->in;
		ns += (uint64_t)cm_bins_ns(&t->w->bins, (uint32_t)i);
		other += against(b, d);
		if (cm_mul_div(in * t->thin, SECOND, ns) >= d->least_per_s / 4 && other * 2 < in)
			best = (uint32_t)i;
	}
	return best;
}

static void
add(struct cm_tally *t, const struct cm_bin *b)
{
	t->in += b->in * t->thin;
	t->a += b->a * t->thin;
	t->b += b->b * t->thin;
	t->c += b->c * t->thin;
	t->opened += b->opened * t->thin;
	t->answered += b->answered * t->thin;
	t->bytes = t->bytes > UINT64_MAX - b->bytes ? UINT64_MAX : t->bytes + b->bytes;
	if (b->from_ns < t->from_ns)
		t->from_ns = b->from_ns;
	if (b->to_ns > t->to_ns)
		t->to_ns = b->to_ns;
}

/* How long a bin and the silence behind it lasted. */
static uint64_t
until_next(const struct cm_watch *w, uint32_t i)
{
	const struct cm_bin *b = &w->bins.bin[i];
	int64_t ns = cm_bin_ns(b);

	if (i + 1 < w->bins.n && b[1].from_ns - b->from_ns > ns)
		ns = b[1].from_ns - b->from_ns;
	return (uint64_t)ns;
}

static void
sum_bins(struct cm_tally *t, uint64_t bar)
{
	const struct cm_watch *w = t->w;
	uint64_t loud = 0, loud_ns = 0;

	t->from_ns = w->bins.bin[t->lo].from_ns;
	t->to_ns = w->bins.bin[t->lo].to_ns;
	for (uint32_t i = 0; i < w->bins.n; i++) {
		const struct cm_bin *b = &w->bins.bin[i];
		uint64_t ns = (uint64_t)cm_bins_ns(&w->bins, i);

		if (i < t->lo || i > t->hi) {
			t->before += b->in * t->thin;
			t->before_ns += until_next(w, i);
			continue;
		}
		add(t, b);
		if (rate(w, i, t->thin) >= bar) {
			loud += b->in * t->thin;
			loud_ns += ns;
		}
	}
	t->per_s = loud_ns == 0 ? 0 : cm_mul_div(loud, SECOND, loud_ns);
}

static int64_t
share(const struct cm_top *top, uint32_t *key)
{
	return cm_ppm(cm_top_most(top, key), top->all);
}

/* Where bins are loud and made of nothing ordinary, that is where; else, and if these are few, where
 * they are loudest. */
static bool
find_core(struct cm_tally *t, const struct cm_flood_detector *d)
{
	uint64_t top = loudest(t->w, t->thin), half = d->least_per_s / 2;
	struct cm_tally plain = *t;
	uint64_t made = core(t, d, top / 32 > half ? top / 32 : half, true);
	uint64_t loud = core(&plain, d, top / 4 > half ? top / 4 : half, false);

	if (made >= d->least / 2 && made >= loud / 4)
		return true;
	*t = plain;
	return loud != 0;
}

bool
cm_tally_watch(struct cm_watch *w, uint64_t thin, const struct cm_flood_detector *d, struct cm_tally *out)
{
	struct cm_tally t = { .w = w, .thin = thin };
	uint64_t rows;
	uint32_t any;

	cm_bins_shrink(&w->bins, CM_BINS_KEPT);
	if (!find_core(&t, d))
		return false;
	t.lo = reach(&t, d, t.lo, -1);
	t.hi = reach(&t, d, t.hi, 1);
	sum_bins(&t, d->least_per_s / 4);
	t.sources_milli = cm_spread_milli(&w->likes.sources);
	t.ports_milli = cm_spread_milli(&w->likes.ports);
	t.port_ppm = share(&w->likes.port, &t.port);
	t.shape_ppm = share(&w->likes.shape, &any);
	t.size_ppm = share(&w->likes.size, &any);
	t.bare_ppm = cm_ppm(w->likes.bare, w->likes.n);
	rows = t.in / thin;
	t.mean_bytes = rows == 0 ? 0 : t.bytes / rows;
	t.bytes = cm_mul_div(t.bytes, thin, 1);
	*out = t;
	return true;
}

bool
cm_tally_unusual(const struct cm_tally *t, struct cm_sign_list *l)
{
	uint64_t usual;

	if (t->before_ns < SECOND)
		return l->drawn;
	usual = cm_mul_div(t->before, SECOND * 1000, t->before_ns);
	return cm_sign_least(l, CM_SIGN_MORE_THAN_USUAL, cm_mul_div(t->per_s, 1000000, usual < 1000 ? 1000 : usual),
	    CM_LIMIT_USUAL);
}
