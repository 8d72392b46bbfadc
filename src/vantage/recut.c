#include <stdlib.h>

#include "vantage/compare_state.h"

/* A piece of a stream that waits, as A numbers it. */
struct piece {
	uint32_t at; /* from the first of all */
	uint32_t i;
};

struct row {
	struct piece *piece;
	size_t n;
};

static int
by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

static uint32_t
as_at_a(const struct cm_conv *v, const struct cm_wait *r)
{
	return r->place == CM_PLACE_A ? r->seq : cm_wait_seq_there(v, r);
}

/* The earliest of all, wherever the numbers wrap. */
static bool
first_of(const struct cm_compare *c, const struct cm_conv *v, unsigned dir, uint32_t *out)
{
	bool any = false;

	for (unsigned place = 0; place < 2; place++)
		for (uint32_t i = v->sight[place][dir].first; i != 0; i = c->waits.slot[i].next) {
			uint32_t seq = as_at_a(v, &c->waits.slot[i]);

			if (c->waits.slot[i].class != CM_CLASS_DATA)
				continue;
			if (!any || cm_seq_diff(seq, *out) < 0)
				*out = seq;
			any = true;
		}
	return any;
}

static bool
row_of(const struct cm_compare *c, const struct cm_conv *v, unsigned place, unsigned dir, uint32_t base,
    struct row *out)
{
	const struct cm_sight *s = &v->sight[place][dir];

	*out = (struct row) { .piece = calloc((size_t)s->n + 1, sizeof(out->piece[0])) };
	if (out->piece == NULL)
		return false;
	for (uint32_t i = s->first; i != 0; i = c->waits.slot[i].next)
		if (c->waits.slot[i].class == CM_CLASS_DATA)
			out->piece[out->n++] = (struct piece) { as_at_a(v, &c->waits.slot[i]) - base, i };
	qsort(out->piece, out->n, sizeof(out->piece[0]), by_place);
	return true;
}

/* ---- a run: from where both begin to where both end ---- */

struct run {
	const struct row *row;
	size_t from, to; /* pieces [from, to), some of which may be passed over */
	uint32_t end;
	uint64_t hash;
	bool read; /* all of its bytes were captured */
	size_t n;
};

enum { RUN_MAX = 256, PASSED_MAX = 64, PASSES_MAX = 16 };

static void
take(const struct cm_compare *c, struct run *r, size_t k)
{
	const struct cm_wait *w = &c->waits.slot[r->row->piece[k].i];

	r->hash = cm_stream_hash_join(&c->hash, r->hash, w->hash, w->len);
	r->read &= w->cap == w->len;
	r->end = r->row->piece[k].at + w->len;
	r->to = k + 1;
	r->n++;
}

static struct run
run_at(const struct cm_compare *c, const struct row *row, size_t k)
{
	struct run r = { .row = row, .from = k, .read = true };

	take(c, &r, k);
	return r;
}

/* The next piece that begins where the run ends; what was sent twice is passed over. */
static bool
go_on(const struct cm_compare *c, struct run *r)
{
	size_t k = r->to, last = k + PASSED_MAX < r->row->n ? k + PASSED_MAX : r->row->n;

	while (k < last && r->row->piece[k].at < r->end)
		k++;
	if (k == last || r->row->piece[k].at != r->end || r->n == RUN_MAX)
		return false;
	take(c, r, k);
	return true;
}

/* Both runs end at the same place, or false. */
static bool
grow(const struct cm_compare *c, struct run *a, struct run *b)
{
	while (a->end != b->end)
		if (!go_on(c, a->end < b->end ? a : b))
			return false;
	return true;
}

/* Marks what the run is made of. */
static void
mark(struct cm_compare *c, const struct run *r)
{
	uint32_t at = r->row->piece[r->from].at;

	for (size_t k = r->from; k < r->to; k++) {
		struct cm_wait *w = &c->waits.slot[r->row->piece[k].i];

		if (r->row->piece[k].at != at || w->gone)
			continue;
		w->gone = 1;
		at += w->len;
	}
}

/* They are the same bytes: counted, but for the time, which says nothing when a segment waited
 * for others. */
static void
met_in_pieces(struct cm_compare *c, struct cm_conv *v, const struct run *a, const struct run *b)
{
	const struct cm_wait *x = &c->waits.slot[a->row->piece[a->from].i];
	const struct cm_wait *y = &c->waits.slot[b->row->piece[b->from].i];
	size_t more = (a->n > b->n ? a->n : b->n) - 1;

	if (a->n > 1 || b->n > 1)
		cm_rewrite_note(c, v, CM_RW_CUT);
	cm_compare_met(c, v, x, y);
	v->course[x->dir].met += more;
	mark(c, a);
	mark(c, b);
}

/* Other bytes from where both begin to where both end: of these at least one is not the sender's. */
static void
contradict(struct cm_compare *c, const struct run *r)
{
	for (size_t k = r->from; k < r->to; k++)
		c->waits.slot[r->row->piece[k].i].contradicted = 1;
}

static void
match_runs(struct cm_compare *c, struct cm_conv *v, const struct row *a, const struct row *b)
{
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		struct run x, y;
		bool later = a->piece[i].at < b->piece[j].at, whole;

		if (a->piece[i].at != b->piece[j].at) {
			i += later;
			j += !later;
			continue;
		}
		x = run_at(c, a, i);
		y = run_at(c, b, j);
		whole = grow(c, &x, &y);
		if (whole && (x.hash == y.hash || !x.read || !y.read)) {
			met_in_pieces(c, v, &x, &y);
			i = x.to;
			j = y.to;
			continue;
		}
		if (whole) {
			contradict(c, &x);
			contradict(c, &y);
		}
		/* Of several that begin here, others may fit. */
		later = j + 1 < b->n && b->piece[j + 1].at == b->piece[j].at;
		i += !later;
		j += later;
	}
}

static void
sweep(struct cm_compare *c, const struct row *r)
{
	for (size_t k = 0; k < r->n; k++)
		if (c->waits.slot[r->piece[k].i].gone)
			cm_compare_unlink(c, r->piece[k].i);
}

/* False: nothing more was matched. */
static bool
recut_once(struct cm_compare *c, struct cm_conv *v, unsigned dir)
{
	struct row a = { 0 }, b = { 0 };
	uint32_t base = 0, before = v->sight[0][dir].n;

	if (v->sight[0][dir].n == 0 || v->sight[1][dir].n == 0 || !first_of(c, v, dir, &base))
		return false;
	if (row_of(c, v, CM_PLACE_A, dir, base, &a) && row_of(c, v, CM_PLACE_B, dir, base, &b)) {
		match_runs(c, v, &a, &b);
		sweep(c, &a);
		sweep(c, &b);
	} else {
		c->starved = true;
	}
	free(a.piece);
	free(b.piece);
	return v->sight[0][dir].n < before;
}

/* What was sent twice is matched the second time. */
void
cm_compare_recut(struct cm_compare *c, struct cm_conv *v, unsigned dir)
{
	for (unsigned k = 0; k < PASSES_MAX && recut_once(c, v, dir); k++)
		;
}
