/* traffic/roster.h -- a table of hosts that has room for so many and no more.
 *
 * Entries lie in order of arrival and each begins with a struct cm_entry.  When there is
 * no room, the quietest of the next few makes way; which these are does not depend on the
 * hash, so the same input gives the same table whatever the seed.  Private to src/traffic. */
#ifndef CM_TRAFFIC_ROSTER_H
#define CM_TRAFFIC_ROSTER_H

#include <stddef.h>

#include "base/result.h"
#include "traffic/mix.h"

#define CM_ROSTER_MAX ((1u << 20) - 2)

struct cm_entry {
	struct cm_host host;
	uint8_t own[2]; /* the table's owner's */
	uint32_t place; /* of its slot, before others were in the way */
};

struct cm_roster {
	uint8_t *entries;
	uint32_t *slots; /* 12 bits of the hash, 20 of the entry's number + 1; 0: free */
	size_t entry_size;
	uint32_t room, used, mask, hand;
	uint64_t seed, evicted;
	uint64_t (*weight)(const void *entry); /* the lightest makes way */
	void (*gone)(void *arg, void *entry);  /* before it does; may be NULL */
	void *arg;
};

/* Room for as many entries of ${entry_size} as fit into ${bytes} (at least 8).  The rest of
 * ${t} is set by the caller before. */
CM_RESULT cm_roster_init(struct cm_roster *t, size_t entry_size, size_t bytes);
void cm_roster_fini(struct cm_roster *t);

void *cm_roster_add(struct cm_roster *t, const struct cm_host *h, uint64_t hash);

static inline void *
cm_roster_at(const struct cm_roster *t, uint32_t i)
{
	return t->entries + (size_t)i * t->entry_size;
}

/* By ${hash} = cm_mix_host(h, t->seed); NULL: not there. */
static inline void *
cm_roster_find(const struct cm_roster *t, const struct cm_host *h, uint64_t hash)
{
	for (uint32_t i = (uint32_t)hash & t->mask; t->slots[i] != 0; i = (i + 1) & t->mask) {
		struct cm_entry *e;

		if (t->slots[i] >> 20 != hash >> 52)
			continue;
		e = (struct cm_entry *)cm_roster_at(t, (t->slots[i] & 0xfffff) - 1);
		if (cm_host_eq(&e->host, h))
			return e;
	}
	return NULL;
}

/* A host with this hash will be looked for: has the processor fetch its slot. */
static inline void
cm_roster_expect_slot(const struct cm_roster *t, uint64_t hash)
{
	__builtin_prefetch(&t->slots[(uint32_t)hash & t->mask]);
}

/* Soon after: its entry, as far as the first slot tells. */
static inline void
cm_roster_expect_entry(const struct cm_roster *t, uint64_t hash)
{
	uint32_t slot = t->slots[(uint32_t)hash & t->mask];
	const uint8_t *e = t->entries + (size_t)((slot & 0xfffff) - 1) * t->entry_size;

	if (slot == 0 || slot >> 20 != (uint32_t)(hash >> 52))
		return;
	__builtin_prefetch(e);
	__builtin_prefetch(e + 64);
}

#endif
