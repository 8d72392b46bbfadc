#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/names.h"

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
	n->slot = calloc(CM_NAMES_SLOTS, sizeof(*n->slot));
	return n->slot == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_names_fini(struct cm_names *n)
{
	if (n->slot != NULL)
		explicit_bzero(n->slot, CM_NAMES_SLOTS * sizeof(*n->slot));
	free(n->slot);
	explicit_bzero(n, sizeof(*n));
}

static void
name_of(const struct cm_names *n, int group, struct cm_span value, uint8_t out[CM_HASH_LEN])
{
	uint8_t m[1 + 8 + 1 + CM_HASH_LEN];
	struct cm_sha256 h;

	m[0] = 0x12;
	memcpy(m + 1, n->x8, 8);
	m[9] = (uint8_t)group;
	memcpy(m + 10, n->l, CM_HASH_LEN);
	cm_sha256_init(&h);
	cm_sha256_add(&h, m, sizeof(m));
	cm_sha256_add(&h, value.ptr, value.len);
	cm_sha256_end(&h, out);
	explicit_bzero(m, sizeof(m));
}

void
cm_tie_of(
    int group, const uint8_t name[CM_HASH_LEN], struct cm_span value, uint8_t tie[CM_HASH_LEN])
{
	const uint8_t head[2] = { 0x14, (uint8_t)(0x80 + group) };
	const struct cm_sha256_msg m = { { { head, 2 }, { name, CM_HASH_LEN }, value } };
	uint8_t out[1][CM_HASH_LEN];

	cm_sha256_many(&m, 1, out);
	memcpy(tie, out[0], CM_HASH_LEN);
}

/* FNV-1a; the cache is for speed only. */
static uint32_t
spread(int group, struct cm_span value)
{
	uint32_t h = 2166136261u ^ (uint32_t)group;
	size_t i;

	for (i = 0; i < value.len; i++)
		h = (h ^ value.ptr[i]) * 16777619u;
	return h ^ h >> 16;
}

static bool
slot_holds(const struct cm_names_slot *s, int group, struct cm_span value)
{
	return s->len == value.len + 1 && s->group == group &&
	       (value.len == 0 || memcmp(s->value, value.ptr, value.len) == 0);
}

static const struct cm_names_slot *
look_up(struct cm_names *n, int group, struct cm_span value, struct cm_names_slot *spare)
{
	struct cm_names_slot *s = spare;

	if (value.len <= CM_NAMES_VALUE)
		s = &n->slot[spread(group, value) % CM_NAMES_SLOTS];
	if (s != spare && slot_holds(s, group, value))
		return s;
	name_of(n, group, value, s->name);
	cm_tie_of(group, s->name, value, s->tie);
	if (s == spare)
		return s;
	s->len = (uint8_t)(value.len + 1);
	s->group = (uint8_t)group;
	if (value.len > 0)
		memcpy(s->value, value.ptr, value.len);
	return s;
}

void
cm_names_of(struct cm_names *n, int group, struct cm_span value, uint8_t name[CM_HASH_LEN],
    uint8_t tie[CM_HASH_LEN])
{
	struct cm_names_slot spare = { 0 };
	const struct cm_names_slot *s = look_up(n, group, value, &spare);

	if (name != NULL)
		memcpy(name, s->name, CM_HASH_LEN);
	if (tie != NULL)
		memcpy(tie, s->tie, CM_HASH_LEN);
}
