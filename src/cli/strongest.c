#include <stdlib.h>

#include "cli/strongest.h"

struct candidate {
	const struct cm_incident *of;
	size_t at; /* in the engine's order */
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

CM_RESULT
cm_strongest_of(
    const struct cm_engine *e, size_t most, struct cm_arena *arena, struct cm_strongest *out)
{
	size_t all = cm_engine_count(e), n = 0, i;
	struct candidate *c = cm_arena_array(arena, all + 1, sizeof(*c));

	*out = (struct cm_strongest) { .item = cm_arena_array(arena, all + 1, sizeof(out->item[0])) };
	if (c == NULL || out->item == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < all; i++)
		if (cm_engine_incident(e, i)->verdict != CM_VERDICT_EXPLAINED)
			c[n++] = (struct candidate) { cm_engine_incident(e, i), i };
	qsort(c, n, sizeof(*c), by_strength);
	out->n = n < most ? n : most;
	out->left = n - out->n;
	qsort(c, out->n, sizeof(*c), by_order);
	for (i = 0; i < out->n; i++)
		out->item[i] = c[i].of;
	return CM_OK;
}
