#include <string.h>

#include "traffic/asked_sketch.h"
#include "traffic/mix.h"

#define ODD_A UINT64_C(0x9e3779b97f4a7c15)
#define ODD_B UINT64_C(0xff51afd7ed558ccd)

uint64_t
cm_key_mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ (b + ODD_A + (a << 6) + (a >> 2))) * ODD_B;

	h = (h ^ h >> 32) * ODD_A;
	h ^= h >> 29;
	return h == 0 ? 1 : h;
}

static uint64_t
fold_eight(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = w & (ones * 0x7f);
	uint64_t from_a = low + ones * (0x80 - 'A'), beyond_z = low + ones * (0x80 - 'Z' - 1);

	return w | (((from_a & ~beyond_z & ~w) & (ones * 0x80)) >> 2);
}

static uint64_t
hash(struct cm_span s, uint64_t h, bool fold)
{
	h ^= s.len * ODD_A;
	while (s.len > 0) {
		uint8_t eight[8] = { 0 };
		size_t n = s.len < 8 ? s.len : 8;
		uint64_t w;

		memcpy(eight, s.ptr, n);
		w = cm_get64(eight);
		h = (h ^ (fold ? fold_eight(w) : w)) * ODD_B;
		h ^= h >> 32;
		s = cm_span_of(s.ptr + n, s.len - n);
	}
	return cm_key_mix(h, ODD_A);
}

uint64_t
cm_key_of(struct cm_span s, uint64_t basis)
{
	return hash(s, basis, false);
}

uint64_t
cm_key_of_folded(struct cm_span s, uint64_t basis)
{
	return hash(s, basis, true);
}

static struct cm_sample_slot *
place(const struct cm_sample *s, uint64_t key)
{
	uint64_t at = cm_place(key, s->seed);

	for (;; at++) {
		void *slot = s->slots + (size_t)(at & (s->size - 1)) * s->stride;
		struct cm_sample_slot *here = slot;

		if (here->key == key || here->key == 0)
			return here;
	}
}

static bool
is_of(const struct cm_sample *s, uint64_t key)
{
	return (key & ((UINT64_C(1) << s->level) - 1)) == 0;
}

/* Half of the keys go. */
static void
thin_out(struct cm_sample *s, uint8_t *scratch)
{
	size_t bytes = (size_t)s->size * s->stride;

	memcpy(scratch, s->slots, bytes);
	memset(s->slots, 0, bytes);
	s->level++;
	s->n = 0;
	for (size_t at = 0; at < bytes; at += s->stride) {
		const void *old = scratch + at;
		const struct cm_sample_slot *was = old;

		if (was->key == 0 || !is_of(s, was->key))
			continue;
		memcpy(place(s, was->key), was, s->stride);
		s->n++;
	}
}

void *
cm_sample_add(struct cm_sample *s, uint64_t key, void *scratch)
{
	struct cm_sample_slot *slot;

	if (key == 0)
		key = 1;
	if (!is_of(s, key))
		return NULL;
	slot = place(s, key);
	if (slot->key == 0) {
		slot->key = key;
		s->n++;
		if (s->n > s->size / 4 * 3 && s->level < 60) {
			thin_out(s, scratch);
			if (!is_of(s, key))
				return NULL;
			slot = place(s, key);
		}
	}
	slot->n += slot->n < UINT32_MAX;
	return slot;
}

const void *
cm_sample_find(const struct cm_sample *s, uint64_t key)
{
	const struct cm_sample_slot *slot;

	if (!is_of(s, key))
		return NULL;
	slot = place(s, key);
	return slot->key != 0 ? slot : NULL;
}

uint64_t
cm_sample_distinct(const struct cm_sample *s)
{
	return (uint64_t)s->n << s->level;
}

uint64_t
cm_sample_others_milli(const struct cm_sample *s, uint32_t tag, uint64_t thin)
{
	uint64_t all = 0, pairs = 0;

	for (uint32_t i = 0; i < s->size; i++) {
		const struct cm_sample_slot *slot = cm_sample_at(s, i);
		uint64_t n = slot->key != 0 && (tag == CM_ANY_TAG || slot->tag == tag) ? slot->n : 0;

		all += n;
		if (n > 1 && pairs < UINT64_MAX / 4)
			pairs += n * (n - 1);
	}
	if (all == 0)
		return 0;
	if (pairs > UINT64_MAX / 1000 / thin)
		return pairs / all > UINT64_MAX / 1000 / thin ? UINT64_MAX : pairs / all * thin * 1000;
	return pairs * thin * 1000 / all;
}

static void
set_text(struct cm_asked_top *t, uint32_t i, uint64_t key, struct cm_span text, uint32_t tag)
{
	size_t n = text.len < CM_TOP_TEXT ? text.len : CM_TOP_TEXT;

	t->key[i] = key;
	t->tag[i] = tag;
	t->text[i].len = (uint8_t)n;
	if (n > 0)
		memcpy(t->text[i].text, text.ptr, n);
}

void
cm_asked_top_add(struct cm_asked_top *t, uint64_t key, struct cm_span text, uint32_t tag)
{
	uint32_t least = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		if (t->key[i] == key) {
			t->count[i]++;
			return;
		}
		if (t->count[i] < t->count[least])
			least = i;
	}
	if (t->n < CM_TOP_SLOTS) {
		least = t->n++;
		t->count[least] = 0;
	}
	t->over[least] = t->count[least];
	t->count[least]++;
	set_text(t, least, key, text, tag);
}

static bool
comes_first(const struct cm_asked_top *t, uint32_t a, uint32_t b)
{
	uint64_t x = cm_asked_top_least(t, a), y = cm_asked_top_least(t, b);

	if (x != y)
		return x > y;
	return cm_span_cmp(cm_span_of(t->text[a].text, t->text[a].len), cm_span_of(t->text[b].text, t->text[b].len)) < 0;
}

uint32_t
cm_asked_top_order(const struct cm_asked_top *t, uint32_t *out, uint32_t max)
{
	uint32_t order[CM_TOP_SLOTS] = { 0 };

	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t at = i;

		for (; at > 0 && comes_first(t, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	max = max < t->n ? max : t->n;
	memcpy(out, order, max * sizeof(*out));
	return max;
}
