#include <stdlib.h>
#include <string.h>

#include "capture/flow_table.h"

#define SLOTS_FIRST 32u
#define CHUNK_BYTES (CM_FLOW_CHUNK * sizeof(struct flow))

_Static_assert(sizeof(struct flow) == 128, "a flow takes two cache lines");

/* ---- the index ---- */

static bool
is_it(const struct flow *f, const struct cm_flow_end end[2], uint8_t proto)
{
	return f->proto == proto && f->end[0].port == end[0].port && f->end[1].port == end[1].port &&
	    cm_host_eq(&f->end[0].host, &end[0].host) && cm_host_eq(&f->end[1].host, &end[1].host);
}

uint32_t
cm_shard_find(const struct shard *s, uint32_t hash, const struct cm_flow_end end[2], uint8_t proto)
{
	uint32_t i = hash;

	if (s->n_slots == 0)
		return 0;
	for (;; i++) {
		const struct flow_slot *slot = &s->slot[i & (s->n_slots - 1)];

		if (slot->flow == 0)
			return 0;
		if (slot->hash == hash && is_it(cm_shard_flow(s, slot->flow), end, proto))
			return slot->flow;
	}
}

static void
put_slot(struct flow_slot *slot, uint32_t n_slots, struct flow_slot it)
{
	uint32_t i = it.hash & (n_slots - 1);

	while (slot[i].flow != 0)
		i = (i + 1) & (n_slots - 1);
	slot[i] = it;
}

/* At most two thirds of the slots are in use. */
static bool
grow_index(struct shard *s)
{
	uint32_t n = s->n_slots == 0 ? SLOTS_FIRST : s->n_slots * 2;
	struct flow_slot *slot;

	if ((uint64_t)(s->n_flows + 1) * 3 <= (uint64_t)s->n_slots * 2)
		return true;
	slot = n == 0 ? NULL : calloc(n, sizeof(*slot));
	if (slot == NULL)
		return s->n_flows + 1 < s->n_slots;
	for (uint32_t i = 0; i < s->n_slots; i++)
		if (s->slot[i].flow != 0)
			put_slot(slot, n, s->slot[i]);
	free(s->slot);
	s->used += (n - s->n_slots) * sizeof(*slot);
	s->slot = slot;
	s->n_slots = n;
	return true;
}

/* Takes a number out, and moves up what would no longer be found behind the gap. */
static void
drop_slot(struct shard *s, uint32_t hash, uint32_t number)
{
	uint32_t mask = s->n_slots - 1, gap = hash & mask, i;

	while (s->slot[gap].flow != number)
		gap = (gap + 1) & mask;
	for (i = (gap + 1) & mask; s->slot[i].flow != 0; i = (i + 1) & mask) {
		if (((i - s->slot[i].hash) & mask) < ((i - gap) & mask))
			continue;
		s->slot[gap] = s->slot[i];
		gap = i;
	}
	s->slot[gap] = (struct flow_slot) { 0 };
}

/* ---- numbers ---- */

static void
expect_flow(const struct flow *f)
{
	__builtin_prefetch(&f->end, 1);
	__builtin_prefetch(&f->last_ns, 1);
}

static bool
add_chunk(struct shard *s)
{
	struct flow *chunk;

	if (s->n_chunks == s->room_chunks) {
		uint32_t room = s->room_chunks == 0 ? 8 : s->room_chunks * 2;
		struct flow **more = realloc(s->chunk, room * sizeof(struct flow *));

		if (more == NULL)
			return false;
		s->chunk = more;
		s->room_chunks = room;
	}
	chunk = cm_slab_take(&s->slab, CHUNK_BYTES);
	if (chunk == NULL)
		return false;
	s->chunk[s->n_chunks++] = chunk;
	if (s->begun == 0)
		s->begun = 1;
	return true;
}

static uint32_t
take_number(struct shard *s)
{
	uint32_t number = s->freed;

	if (number != 0) {
		s->freed = cm_shard_flow(s, number)->older;
		if (s->freed != 0)
			expect_flow(cm_shard_flow(s, s->freed));
		return number;
	}
	if (s->begun == s->n_chunks * CM_FLOW_CHUNK && (s->begun > UINT32_MAX - CM_FLOW_CHUNK || !add_chunk(s)))
		return 0;
	return s->begun++;
}

/* ---- the list ---- */

static void
set_oldest(struct shard *s, uint32_t number)
{
	s->oldest = number;
	if (number != 0)
		s->oldest_ns = cm_shard_flow(s, number)->last_ns;
}

static void
unlink_flow(struct shard *s, struct flow *f)
{
	if (f->older != 0)
		cm_shard_flow(s, f->older)->newer = f->newer;
	else
		set_oldest(s, f->newer);
	if (f->newer != 0)
		cm_shard_flow(s, f->newer)->older = f->older;
	else
		s->newest = f->older;
}

static void
link_newest(struct shard *s, struct flow *f, uint32_t number)
{
	f->older = s->newest;
	f->newer = 0;
	if (s->newest != 0)
		cm_shard_flow(s, s->newest)->newer = number;
	else
		set_oldest(s, number);
	s->newest = number;
}

void
cm_shard_touch(struct shard *s, uint32_t number)
{
	struct flow *f = cm_shard_flow(s, number);

	unlink_flow(s, f);
	link_newest(s, f, number);
}

/* ---- flows ---- */

uint32_t
cm_shard_add(struct shard *s, uint32_t hash, const struct cm_flow_end end[2], uint8_t proto)
{
	uint32_t number;
	struct flow *f;

	if (!grow_index(s))
		return 0;
	number = take_number(s);
	if (number == 0)
		return 0;
	f = cm_shard_flow(s, number);
	*f = (struct flow) { .end = { end[0], end[1] }, .hash = hash, .proto = proto };
	put_slot(s->slot, s->n_slots, (struct flow_slot) { hash, number });
	link_newest(s, f, number);
	s->n_flows++;
	s->used += sizeof(*f);
	return number;
}

void
cm_shard_remove(struct shard *s, uint32_t number)
{
	struct flow *f = cm_shard_flow(s, number);

	drop_slot(s, f->hash, number);
	unlink_flow(s, f);
	f->older = s->freed;
	s->freed = number;
	s->n_flows--;
	s->used -= sizeof(*f);
}

void
cm_shard_clear(struct shard *s)
{
	if (s->n_flows == 0)
		return;
	memset(s->slot, 0, s->n_slots * sizeof(*s->slot));
	s->used -= s->n_flows * sizeof(struct flow);
	s->n_flows = s->oldest = s->newest = s->freed = 0;
	s->begun = 1;
}

void
cm_shard_reset(struct shard *s)
{
	if (s->n_slots > SLOTS_FIRST)
		s->n_slots = SLOTS_FIRST; /* those behind stay empty */
	s->used = s->n_slots * sizeof(*s->slot);
}

void
cm_shard_release(struct shard *s)
{
	for (uint32_t i = 0; i < s->n_chunks; i++)
		cm_slab_give(&s->slab, s->chunk[i], CHUNK_BYTES);
	free(s->chunk);
	free(s->slot);
	cm_slab_release(&s->slab);
	*s = (struct shard) { 0 };
}

/* ---- expecting ---- */

void
cm_shard_expect_slot(const struct shard *s, uint32_t hash)
{
	if (s->n_slots != 0)
		__builtin_prefetch(&s->slot[hash & (s->n_slots - 1)]);
}

/* The first flow of this hash, which nearly always is the one. */
static const struct flow *
likely(const struct shard *s, uint32_t hash)
{
	uint32_t i = hash;

	if (s->n_slots == 0)
		return NULL;
	for (;; i++) {
		const struct flow_slot *slot = &s->slot[i & (s->n_slots - 1)];

		if (slot->flow == 0)
			return NULL;
		if (slot->hash == hash)
			return cm_shard_flow(s, slot->flow);
	}
}

void
cm_shard_expect_flow(const struct shard *s, uint32_t hash)
{
	const struct flow *f = likely(s, hash);

	if (f != NULL)
		expect_flow(f);
}

void
cm_shard_expect_segments(const struct shard *s, uint32_t hash)
{
	const struct flow *f = likely(s, hash);

	if (f == NULL)
		return;
	cm_flow_expect_segment(f);
	if (f->older != 0)
		__builtin_prefetch(&cm_shard_flow(s, f->older)->newer, 1);
	if (f->newer != 0)
		__builtin_prefetch(&cm_shard_flow(s, f->newer)->older, 1);
}

void
cm_shard_expect_end(const struct shard *s, uint32_t number)
{
	const struct flow *f = cm_shard_flow(s, number);

	cm_shard_expect_slot(s, f->hash);
	if (f->newer != 0)
		expect_flow(cm_shard_flow(s, f->newer));
	cm_flow_expect_all(f);
}
