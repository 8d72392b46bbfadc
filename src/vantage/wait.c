#include <stdlib.h>

#include "capture/mix.h"
#include "vantage/compare_state.h"

/* The place is left out: those of both lie in one chain. */
static uint32_t
bucket_of(const struct cm_waits *w, const struct cm_wait *r, uint32_t seq, uint32_t ack)
{
	uint64_t h = cm_mix(w->seed, (uint64_t)r->conv << 8 | (unsigned)r->class << 1 | r->dir);

	/* Bare ACKs of a transfer all stand at one place. */
	h = cm_mix(h, (uint64_t)seq << 32 | (r->class == CM_CLASS_ACK ? ack : 0));
	return (uint32_t)h & w->mask;
}

CM_RESULT
cm_waits_init(struct cm_waits *w, size_t memory, uint64_t seed)
{
	size_t room = memory / (sizeof(w->slot[0]) + 2 * sizeof(w->bucket[0])), buckets = 1;

	if (room > UINT32_MAX / 2)
		room = UINT32_MAX / 2;
	while (2 * buckets <= room)
		buckets *= 2;
	*w = (struct cm_waits) { .room = (uint32_t)room, .mask = (uint32_t)(buckets - 1), .used = 1, .seed = seed };
	w->slot = calloc(room + 1, sizeof(w->slot[0]));
	w->bucket = calloc(buckets, sizeof(w->bucket[0]));
	return w->slot == NULL || w->bucket == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_waits_fini(struct cm_waits *w)
{
	free(w->slot);
	free(w->bucket);
	*w = (struct cm_waits) { 0 };
}

static bool
same_place(const struct cm_wait *e, const struct cm_wait *r, uint32_t seq, uint32_t ack)
{
	return e->conv == r->conv && e->dir == r->dir && e->class == r->class && e->seq == seq &&
	    (r->class != CM_CLASS_ACK || e->ack == ack);
}

uint32_t
cm_waits_put(struct cm_waits *w, const struct cm_wait *r, bool *crowded)
{
	uint32_t *head = &w->bucket[bucket_of(w, r, r->seq, r->ack)], i = *head;
	unsigned looked = 0;

	for (*crowded = false; i != 0; i = w->slot[i].chain)
		if (++looked >= CM_CHAIN_MAX) {
			*crowded = true;
			return 0;
		}
	i = w->free;
	if (i != 0)
		w->free = w->slot[i].chain;
	else if (w->used <= w->room)
		i = w->used++;
	else
		return 0;
	w->slot[i] = *r;
	w->slot[i].chain = *head;
	*head = i;
	return i;
}

void
cm_waits_drop(struct cm_waits *w, uint32_t i)
{
	struct cm_wait *r = &w->slot[i];
	uint32_t *at = &w->bucket[bucket_of(w, r, r->seq, r->ack)];

	while (*at != i)
		at = &w->slot[*at].chain;
	*at = r->chain;
	r->chain = w->free;
	w->free = i;
}

void
cm_waits_walk(const struct cm_waits *w, const struct cm_wait *r, uint32_t seq, uint32_t ack,
    cm_wait_visit *each, void *arg)
{
	uint32_t i = w->bucket[bucket_of(w, r, seq, ack)];

	for (; i != 0; i = w->slot[i].chain)
		if (same_place(&w->slot[i], r, seq, ack) && !each(arg, i))
			return;
}
