#include <stdlib.h>
#include <string.h>

#include "traffic/roster.h"

#define LOOKED_AT 8u

CM_RESULT
cm_roster_init(struct cm_roster *t, size_t entry_size, size_t bytes)
{
	size_t room = bytes / (entry_size + 4 * sizeof(*t->slots)); /* there are two to four slots for each */
	uint32_t n = 16;

	if (room < 8)
		room = 8;
	if (room > CM_ROSTER_MAX)
		room = CM_ROSTER_MAX;
	while (n < room * 2)
		n *= 2;
	t->entry_size = entry_size;
	t->room = (uint32_t)room;
	t->mask = n - 1;
	t->entries = calloc(room, entry_size);
	t->slots = calloc(n, sizeof(*t->slots));
	if (t->entries != NULL && t->slots != NULL)
		return CM_OK;
	cm_roster_fini(t);
	return CM_E_NOMEM;
}

void
cm_roster_fini(struct cm_roster *t)
{
	free(t->entries);
	free(t->slots);
	t->entries = NULL;
	t->slots = NULL;
	t->used = 0;
}

/* Takes entry ${number} out of the slots, and moves up what would no longer be found. */
static void
drop(struct cm_roster *t, uint32_t number)
{
	const struct cm_entry *e = (const struct cm_entry *)cm_roster_at(t, number);
	uint32_t gap = e->place, i;

	while ((t->slots[gap] & 0xfffff) != number + 1)
		gap = (gap + 1) & t->mask;
	for (i = (gap + 1) & t->mask; t->slots[i] != 0; i = (i + 1) & t->mask) {
		const struct cm_entry *o = (const struct cm_entry *)cm_roster_at(t, (t->slots[i] & 0xfffff) - 1);

		if (((i - o->place) & t->mask) < ((i - gap) & t->mask))
			continue;
		t->slots[gap] = t->slots[i];
		gap = i;
	}
	t->slots[gap] = 0;
}

/* The number of an entry that made way. */
static uint32_t
evict(struct cm_roster *t)
{
	uint32_t quiet = t->hand;
	uint64_t least = UINT64_MAX;

	for (uint32_t k = 0; k < LOOKED_AT; k++) {
		uint64_t w = t->weight(cm_roster_at(t, t->hand));

		if (w < least) {
			least = w;
			quiet = t->hand;
		}
		t->hand = t->hand + 1 == t->room ? 0 : t->hand + 1;
	}
	if (t->gone != NULL)
		t->gone(t->arg, cm_roster_at(t, quiet));
	drop(t, quiet);
	t->evicted++;
	return quiet;
}

void *
cm_roster_add(struct cm_roster *t, const struct cm_host *h, uint64_t hash)
{
	uint32_t number = t->used < t->room ? t->used++ : evict(t);
	struct cm_entry *e = (struct cm_entry *)cm_roster_at(t, number);
	uint32_t i = (uint32_t)hash & t->mask;

	memset(e, 0, t->entry_size);
	e->host = *h;
	e->place = i;
	while (t->slots[i] != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = (uint32_t)(hash >> 52) << 20 | (number + 1);
	return e;
}
