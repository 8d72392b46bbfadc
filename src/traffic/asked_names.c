#include <stdlib.h>
#include <string.h>

#include "traffic/asked_names.h"
#include "traffic/mix.h"

#define PASSED 16u /* names that are compared when one must go */

CM_RESULT
cm_asked_names_init(struct cm_asked_names *s, size_t memory, uint64_t seed)
{
	size_t max = memory / (sizeof(struct cm_name) + 8);
	size_t buckets = 64;

	*s = (struct cm_asked_names) { .seed = seed };
	max = max < PASSED * 4 ? PASSED * 4 : max;
	s->max = max > UINT32_MAX / 4 ? UINT32_MAX / 4 : (uint32_t)max;
	while (buckets < s->max)
		buckets *= 2;
	s->mask = (uint32_t)buckets - 1;
	s->all = calloc(s->max, sizeof(*s->all));
	s->buckets = calloc(buckets, sizeof(*s->buckets));
	return s->all != NULL && s->buckets != NULL ? CM_OK : CM_E_NOMEM;
}

void
cm_asked_names_release(struct cm_asked_names *s)
{
	free(s->all);
	free(s->buckets);
	*s = (struct cm_asked_names) { 0 };
}

static uint32_t *
bucket_of(struct cm_asked_names *s, uint64_t key)
{
	return &s->buckets[cm_place(key, s->seed) & s->mask];
}

static void
unlink_name(struct cm_asked_names *s, uint32_t i)
{
	uint32_t *at = bucket_of(s, s->all[i].key);

	while (*at != i + 1)
		at = &s->all[*at - 1].next;
	*at = s->all[i].next;
}

/* The place of the one that goes.  There are far more names than episodes, so one is found. */
static uint32_t
make_room(struct cm_asked_names *s)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t seen = 0; seen < PASSED || best == UINT32_MAX; seen++) {
		uint32_t i = s->hand;

		s->hand = (s->hand + 1) % s->max;
		if (s->all[i].episode != NULL)
			continue;
		if (best == UINT32_MAX || s->all[i].n < s->all[best].n)
			best = i;
		s->all[i].n /= 2;
	}
	s->evicted++;
	unlink_name(s, best);
	return best;
}

struct cm_name *
cm_asked_names_get(struct cm_asked_names *s, uint64_t key, struct cm_span text, bool *fresh)
{
	uint32_t *bucket = bucket_of(s, key), i;
	struct cm_name *name;

	*fresh = false;
	for (i = *bucket; i != 0; i = s->all[i - 1].next)
		if (s->all[i - 1].key == key)
			return &s->all[i - 1];
	*fresh = true;
	i = s->n < s->max ? s->n++ : make_room(s);
	name = &s->all[i];
	*name = (struct cm_name) { .key = key, .next = *bucket, .generation = ++s->generation };
	*bucket = i + 1;
	name->len = (uint8_t)(text.len < CM_ASKED_NAME ? text.len : CM_ASKED_NAME);
	for (size_t k = 0; k < name->len; k++)
		name->text[k] = text.ptr[k] >= 'A' && text.ptr[k] <= 'Z' ? text.ptr[k] | 0x20 : text.ptr[k];
	return name;
}
