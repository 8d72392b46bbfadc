#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/names.h"

enum { NAME_HEAD = 1 + 8 + 1 + CM_HASH_LEN, TIE_HEAD = 2 + CM_HASH_LEN, MISSING_MAX = 256 };
enum { ASKED_MAX = 32 }; /* at once */

/* A value of at most 16 bytes, so that two are compared by words. */
struct key {
	uint64_t value[2];
	uint8_t len; /* plus one; 0: an empty slot */
	uint8_t group;
};

/* What is looked for most lies in one line of the processor's memory. */
struct cm_names_slot {
	alignas(64) struct key key;
	uint16_t awaited; /* 1 + the place among those missing that will fill it; 0: it is full */
	uint8_t tie[CM_HASH_LEN];
	uint8_t name[CM_HASH_LEN];
};

/* Values that no slot has, until they are hashed; and who waits for them. */
struct cm_names_missing {
	size_t n, n_waiting;
	struct cm_span value[MISSING_MAX];
	uint8_t group[MISSING_MAX];
	struct cm_names_slot *slot[MISSING_MAX]; /* NULL: it is not kept */
	struct {
		uint8_t *tie;
		uint16_t missing;
	} waiting[4 * MISSING_MAX];
	struct cm_sha256_msg msg[MISSING_MAX];
	uint8_t head[MISSING_MAX][NAME_HEAD];
	uint8_t name[MISSING_MAX][CM_HASH_LEN];
	uint8_t tie[MISSING_MAX][CM_HASH_LEN];
};

enum cm_result
cm_names_init(struct cm_names *n, const struct cm_seal_secret *secret)
{
	uint8_t m[1 + 8 + CM_HASH_LEN];

	memcpy(n->x8, secret->x, 8);
	m[0] = 0x13;
	memcpy(m + 1, secret->x, 8);
	memcpy(m + 9, secret->s, CM_HASH_LEN);
	cm_sha256(m, sizeof(m), n->l);
	explicit_bzero(m, sizeof(m));
	n->slot = aligned_alloc(alignof(struct cm_names_slot), 2 * CM_NAMES_SETS * sizeof(*n->slot));
	if (n->slot != NULL)
		memset(n->slot, 0, 2 * CM_NAMES_SETS * sizeof(*n->slot));
	n->missing = calloc(1, sizeof(*n->missing));
	return n->slot == NULL || n->missing == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_names_fini(struct cm_names *n)
{
	if (n->slot != NULL)
		explicit_bzero(n->slot, 2 * CM_NAMES_SETS * sizeof(*n->slot));
	if (n->missing != NULL)
		explicit_bzero(n->missing, sizeof(*n->missing));
	free(n->slot);
	free(n->missing);
	explicit_bzero(n, sizeof(*n));
}

static void
put_name_head(const struct cm_names *n, uint8_t group, uint8_t head[NAME_HEAD])
{
	head[0] = 0x12;
	memcpy(head + 1, n->x8, 8);
	head[9] = group;
	memcpy(head + 10, n->l, CM_HASH_LEN);
}

static void
put_tie_head(uint8_t group, const uint8_t name[CM_HASH_LEN], uint8_t head[TIE_HEAD])
{
	head[0] = 0x14;
	head[1] = (uint8_t)(0x80 + group);
	memcpy(head + 2, name, CM_HASH_LEN);
}

void
cm_tie_of(
    int group, const uint8_t name[CM_HASH_LEN], struct cm_span value, uint8_t tie[CM_HASH_LEN])
{
	uint8_t head[TIE_HEAD], out[1][CM_HASH_LEN];
	const struct cm_sha256_msg m = { { head, TIE_HEAD }, value };

	put_tie_head((uint8_t)group, name, head);
	cm_sha256_many(&m, 1, out);
	memcpy(tie, out[0], CM_HASH_LEN);
}

static struct key
key_of(uint8_t group, struct cm_span value)
{
	struct key k = { .len = (uint8_t)(value.len + 1), .group = group };

	/* the lengths of addresses, for which the compiler has something better */
	if (value.len == 4)
		memcpy(k.value, value.ptr, 4);
	else if (value.len == 16)
		memcpy(k.value, value.ptr, 16);
	else if (value.len > 0)
		memcpy(k.value, value.ptr, value.len);
	return k;
}

static bool
same_key(const struct key *a, const struct key *b)
{
	return a->value[0] == b->value[0] && a->value[1] == b->value[1] && a->len == b->len &&
	       a->group == b->group;
}

/* For speed only: any spread is right. */
static uint32_t
spread(const struct key *k)
{
	uint64_t h = (k->value[0] ^ k->value[1] * 0xff51afd7ed558ccdu ^
			 ((uint64_t)k->len << 8 | k->group)) *
		     0x9e3779b97f4a7c15u;

	return (uint32_t)(h >> 40);
}

static struct cm_names_slot *
set_of(struct cm_names *n, const struct key *k)
{
	return &n->slot[2 * (spread(k) % CM_NAMES_SETS)];
}

/* The slot of the set that has ${k}, or the one that gets it: the first, in place of the
 * older one, which is the second. */
static struct cm_names_slot *
slot_of(struct cm_names_slot *s, const struct key *k, bool *has)
{
	*has = true;
	if (same_key(&s[0].key, k))
		return &s[0];
	if (same_key(&s[1].key, k))
		return &s[1];
	*has = false;
	if (s[1].awaited == 0 && s[0].awaited == 0)
		s[1] = s[0];
	return &s[0];
}

/* Hashes what is missing and gives it to those who wait. */
static void
hash_missing(struct cm_names *n)
{
	struct cm_names_missing *m = n->missing;
	size_t i;

	for (i = 0; i < m->n; i++) {
		put_name_head(n, m->group[i], m->head[i]);
		m->msg[i] = (struct cm_sha256_msg) { { m->head[i], NAME_HEAD }, m->value[i] };
	}
	cm_sha256_many(m->msg, m->n, m->name);
	for (i = 0; i < m->n; i++) {
		put_tie_head(m->group[i], m->name[i], m->head[i]);
		m->msg[i].head.len = TIE_HEAD;
	}
	cm_sha256_many(m->msg, m->n, m->tie);
	for (i = 0; i < m->n; i++) {
		if (m->slot[i] == NULL || m->slot[i]->awaited != i + 1)
			continue;
		m->slot[i]->awaited = 0;
		memcpy(m->slot[i]->name, m->name[i], CM_HASH_LEN);
		memcpy(m->slot[i]->tie, m->tie[i], CM_HASH_LEN);
	}
	for (i = 0; i < m->n_waiting; i++)
		memcpy(m->waiting[i].tie, m->tie[m->waiting[i].missing], CM_HASH_LEN);
	m->n = m->n_waiting = 0;
}

/* Its place among those missing. */
static size_t
add_missing(struct cm_names *n, uint8_t group, struct cm_span value, struct cm_names_slot *slot)
{
	struct cm_names_missing *m = n->missing;

	m->value[m->n] = value;
	m->group[m->n] = group;
	m->slot[m->n] = slot;
	return m->n++;
}

/* A value that is asked for. */
struct asked {
	struct key key;
	struct cm_names_slot *set; /* NULL: too long to be kept */
};

static struct asked
asked_of(struct cm_names *n, uint8_t group, struct cm_span value)
{
	struct asked a = { 0 };

	if (value.len > CM_NAMES_VALUE)
		return a;
	a.key = key_of(group, value);
	a.set = set_of(n, &a.key);
	__builtin_prefetch(a.set);
	return a;
}

static void
answer(struct cm_names *n, const struct asked *a, uint8_t group, struct cm_span value,
    uint8_t tie[CM_HASH_LEN])
{
	struct cm_names_missing *m = n->missing;
	struct cm_names_slot *slot = NULL;
	bool has = false;
	size_t i;

	if (a->set != NULL)
		slot = slot_of(a->set, &a->key, &has);
	if (has && slot->awaited == 0) {
		memcpy(tie, slot->tie, CM_HASH_LEN);
		return;
	}
	i = has ? slot->awaited - 1u : add_missing(n, group, value, slot);
	if (!has && slot != NULL) {
		slot->key = a->key;
		slot->awaited = (uint16_t)(i + 1);
	}
	m->waiting[m->n_waiting].tie = tie;
	m->waiting[m->n_waiting++].missing = (uint16_t)i;
	if (m->n == MISSING_MAX || m->n_waiting == 4 * MISSING_MAX)
		hash_missing(n);
}

void
cm_names_ties(struct cm_names *n, const uint8_t *group, const struct cm_span *value, size_t count,
    uint8_t (*tie)[CM_HASH_LEN])
{
	struct asked a[ASKED_MAX];
	size_t at, some, i;

	for (at = 0; at < count; at += some) {
		some = count - at < ASKED_MAX ? count - at : ASKED_MAX;
		for (i = 0; i < some; i++)
			a[i] = asked_of(n, group[at + i], value[at + i]);
		for (i = 0; i < some; i++)
			answer(n, &a[i], group[at + i], value[at + i], tie[at + i]);
	}
	hash_missing(n);
}

void
cm_names_of(struct cm_names *n, int group, struct cm_span value, uint8_t name[CM_HASH_LEN],
    uint8_t tie[CM_HASH_LEN])
{
	struct cm_names_slot spare = { 0 }, *slot = &spare;
	const struct asked a = asked_of(n, (uint8_t)group, value);
	bool has = false;

	if (a.set != NULL)
		slot = slot_of(a.set, &a.key, &has);
	if (!has) {
		slot->key = a.key;
		slot->awaited = 1;
		add_missing(n, (uint8_t)group, value, slot);
		hash_missing(n);
	}
	if (name != NULL)
		memcpy(name, slot->name, CM_HASH_LEN);
	if (tie != NULL)
		memcpy(tie, slot->tie, CM_HASH_LEN);
}
