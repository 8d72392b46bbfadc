#include <stdlib.h>

#include "cli/strongest.h"

struct candidate {
	const struct cm_incident *of;
	size_t at; /* in the survey's order */
	size_t place;
};

static int
by_strength(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->of->verdict != y->of->verdict)
		return x->of->verdict < y->of->verdict ? -1 : 1;
	if (x->of->bits != y->of->bits)
		return x->of->bits > y->of->bits ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
by_order(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* All that may be stated; how many. */
static size_t
gather(const struct cm_survey *s, struct candidate *c)
{
	size_t n = 0, k, i;

	for (k = 0; k < s->n; k++) {
		const struct cm_engine *e = s->vantage[k].engine;

		for (i = 0; i < cm_engine_count(e); i++) {
			if (cm_engine_incident(e, i)->verdict == CM_VERDICT_EXPLAINED)
				continue;
			c[n] = (struct candidate) { cm_engine_incident(e, i), n, k };
			n++;
		}
	}
	return n;
}

CM_RESULT
cm_strongest_of(
    const struct cm_survey *s, size_t most, struct cm_arena *arena, struct cm_strongest *out)
{
	size_t all = 0, n, i;
	struct candidate *c;
	struct cm_strong *item;

	for (i = 0; i < s->n; i++)
		all += cm_engine_count(s->vantage[i].engine);
	c = cm_arena_array(arena, all + 1, sizeof(*c));
	item = cm_arena_array(arena, all + 1, sizeof(*item));
	if (c == NULL || item == NULL)
		return CM_E_NOMEM;
	n = gather(s, c);
	qsort(c, n, sizeof(*c), by_strength);
	*out = (struct cm_strongest) { .item = item, .n = n < most ? n : most };
	out->left = n - out->n;
	qsort(c, out->n, sizeof(*c), by_order);
	for (i = 0; i < out->n; i++)
		item[i] = (struct cm_strong) { c[i].of, c[i].place };
	return CM_OK;
}
