#include "agenda.h"

#include <stdlib.h>

static bool
before(const struct gen_event *a, const struct gen_event *b)
{
	return a->t != b->t ? a->t < b->t : a->order < b->order;
}

void
gen_agenda_add(struct gen_agenda *a, int64_t t, gen_act *act, void *who)
{
	struct gen_event e = { t, a->order++, act, who };
	size_t i = a->n;

	if (a->n == a->cap) {
		size_t cap = a->cap == 0 ? 256 : a->cap * 2;
		struct gen_event *more = realloc(a->heap, cap * sizeof(*more));

		if (more == NULL) {
			a->failed = true;
			return;
		}
		a->heap = more;
		a->cap = cap;
	}
	a->n++;
	while (i > 0 && before(&e, &a->heap[(i - 1) / 2])) {
		a->heap[i] = a->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	a->heap[i] = e;
}

int64_t
gen_agenda_next(const struct gen_agenda *a)
{
	return a->n == 0 ? INT64_MAX : a->heap[0].t;
}

struct gen_event
gen_agenda_take(struct gen_agenda *a)
{
	struct gen_event top = a->heap[0];
	struct gen_event last = a->heap[--a->n];
	size_t i = 0;

	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= a->n)
			break;
		if (kid + 1 < a->n && before(&a->heap[kid + 1], &a->heap[kid]))
			kid++;
		if (!before(&a->heap[kid], &last))
			break;
		a->heap[i] = a->heap[kid];
		i = kid;
	}
	a->heap[i] = last;
	return top;
}

void
gen_agenda_release(struct gen_agenda *a)
{
	free(a->heap);
	*a = (struct gen_agenda) { 0 };
}
