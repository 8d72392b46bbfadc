#include <stdlib.h>

#include "vantage/sketch.h"

enum { ROOM_FIRST = 1024 };

static int
order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_key(const void *a, const void *b)
{
	const struct cm_mark *x = a, *y = b;
	int d = order(x->key, y->key);

	return d != 0 ? d : order((uint64_t)x->t_ns ^ UINT64_C(1) << 63, (uint64_t)y->t_ns ^ UINT64_C(1) << 63);
}

static int
by_flow(const void *a, const void *b)
{
	const struct cm_mark *x = a, *y = b;
	int d = order(x->flow, y->flow);

	return d != 0 ? d : order(x->key, y->key);
}

/* One of each key, of the smallest flow that had it, whatever came first. */
static void
merge_equal(struct cm_sketch *s)
{
	size_t n = 0;

	qsort(s->mark, s->n, sizeof(s->mark[0]), by_key);
	for (size_t i = 0; i < s->n; i++) {
		struct cm_mark *last = n > 0 ? &s->mark[n - 1] : NULL;

		if (last == NULL || last->key != s->mark[i].key) {
			s->mark[n++] = s->mark[i];
			continue;
		}
		last->again = true;
		if (s->mark[i].flow < last->flow)
			last->flow = s->mark[i].flow;
	}
	s->n = n;
}

static void
cut_flows(struct cm_sketch *s)
{
	size_t n = 0, same = 0;

	qsort(s->mark, s->n, sizeof(s->mark[0]), by_flow);
	for (size_t i = 0; i < s->n; i++) {
		same = i > 0 && s->mark[i].flow == s->mark[i - 1].flow ? same + 1 : 0;
		/* Kept ones move down: never over one that is still to be compared. */
		if (same < s->per_flow)
			s->mark[n++] = s->mark[i];
	}
	s->n = n;
}

void
cm_sketch_settle(struct cm_sketch *s)
{
	if (s->settled || s->n == 0)
		return;
	merge_equal(s);
	cut_flows(s);
	qsort(s->mark, s->n, sizeof(s->mark[0]), by_key);
	if (s->n > s->kept) {
		s->below = s->mark[s->kept].key;
		s->n = s->kept;
	}
	s->settled = true;
}

static bool
make_room(struct cm_sketch *s)
{
	size_t room = s->room == 0 ? ROOM_FIRST : 2 * s->room;
	struct cm_mark *more;

	if (s->n < s->room)
		return true;
	if (s->room >= 2 * s->kept) {
		cm_sketch_settle(s);
		return true;
	}
	more = realloc(s->mark, room * sizeof(*more));
	if (more == NULL) {
		s->starved = true;
		return false;
	}
	s->mark = more;
	s->room = room;
	return true;
}

void
cm_sketch_add(struct cm_sketch *s, const struct cm_mark *m)
{
	if ((s->below != 0 && m->key >= s->below) || !make_room(s))
		return;
	s->mark[s->n++] = *m;
	s->settled = false;
}

void
cm_sketch_fini(struct cm_sketch *s)
{
	free(s->mark);
	*s = (struct cm_sketch) { 0 };
}
