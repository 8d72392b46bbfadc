#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "cli/leaf_places.h"

#define KEY 16u

struct cm_leaf_place {
	uint8_t key[KEY];
	uint64_t place_1; /* one more than the place; 0: free */
};

/* Its slot, or the free one where it belongs.  There always is one. */
static struct cm_leaf_place *
slot_of(const struct cm_leaf_places *t, const uint8_t *leaf)
{
	size_t at = (size_t)cm_get64(leaf) & (t->cap - 1);

	while (t->slot[at].place_1 != 0 && memcmp(t->slot[at].key, leaf, KEY) != 0)
		at = (at + 1) & (t->cap - 1);
	return &t->slot[at];
}

static enum cm_result
grow(struct cm_leaf_places *t)
{
	struct cm_leaf_places more = { NULL, t->cap == 0 ? 64 : 2 * t->cap, t->n };
	size_t i;

	more.slot = calloc(more.cap, sizeof(*more.slot));
	if (more.slot == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < t->cap; i++)
		if (t->slot[i].place_1 != 0)
			*slot_of(&more, t->slot[i].key) = t->slot[i];
	free(t->slot);
	*t = more;
	return CM_OK;
}

enum cm_result
cm_leaf_places_add(
    struct cm_leaf_places *t, const uint8_t leaf[32], uint64_t place, uint64_t *first)
{
	struct cm_leaf_place *s;

	if (t->n >= t->cap / 4 * 3 && grow(t) != CM_OK)
		return CM_E_NOMEM;
	s = slot_of(t, leaf);
	*first = s->place_1 != 0 ? s->place_1 - 1 : place;
	if (s->place_1 != 0)
		return CM_OK;
	memcpy(s->key, leaf, KEY);
	s->place_1 = place + 1;
	t->n++;
	return CM_OK;
}

bool
cm_leaf_places_find(const struct cm_leaf_places *t, const uint8_t leaf[32], uint64_t *place)
{
	const struct cm_leaf_place *s = t->cap > 0 ? slot_of(t, leaf) : NULL;

	if (s == NULL || s->place_1 == 0)
		return false;
	*place = s->place_1 - 1;
	return true;
}

void
cm_leaf_places_fini(struct cm_leaf_places *t)
{
	free(t->slot);
	*t = (struct cm_leaf_places) { 0 };
}
