#include <stdlib.h>
#include <string.h>

#include "dossier/ties.h"

/* Ties are hashes, and so are their first bytes a hash; a pseudonym holds some of
 * them, and whoever makes many alike pays 2^28 seals for a slow look-up. */
static size_t
place(const uint8_t *key, size_t cap)
{
	return (size_t)(cm_get64(key) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (cap - 1);
}

static struct cm_ties_slot *
find(struct cm_ties_slot *slot, size_t cap, const uint8_t key[32])
{
	size_t i;

	if (cap == 0)
		return NULL;
	for (i = place(key, cap); slot[i].used; i = (i + 1) & (cap - 1)) {
		if (memcmp(slot[i].key, key, 32) == 0)
			return &slot[i];
	}
	return &slot[i];
}

static CM_RESULT
reserve(struct cm_ties_slot **slot, size_t n, size_t *cap)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap, i;
	struct cm_ties_slot *p;

	if (2 * (n + 1) <= *cap)
		return CM_OK;
	p = calloc(more, sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < *cap; i++) {
		if ((*slot)[i].used)
			*find(p, more, (*slot)[i].key) = (*slot)[i];
	}
	free(*slot);
	*slot = p;
	*cap = more;
	return CM_OK;
}

static CM_RESULT
slot_of(struct cm_ties *t, const uint8_t tie[32], struct cm_ties_slot **out)
{
	enum cm_result rc = reserve(&t->slot, t->n, &t->cap);

	if (rc != CM_OK)
		return rc;
	*out = find(t->slot, t->cap, tie);
	if (!(*out)->used) {
		(*out)->used = true;
		memcpy((*out)->key, tie, 32);
		(*out)->id = (uint32_t)++t->n;
	}
	return CM_OK;
}

CM_RESULT
cm_ties_name(struct cm_ties *t, const uint8_t tie[32], struct cm_span address)
{
	struct cm_ties_slot *s;
	enum cm_result rc;

	if (address.len != 4 && address.len != 16)
		return CM_OK;
	rc = slot_of(t, tie, &s);
	if (rc != CM_OK)
		return rc;
	memcpy(s->kept, address.ptr, address.len);
	s->address.len = address.len;
	return CM_OK;
}

CM_RESULT
cm_ties_id(struct cm_ties *t, const uint8_t tie[32], uint32_t *out)
{
	struct cm_ties_slot *s;
	enum cm_result rc = slot_of(t, tie, &s);

	if (rc == CM_OK)
		*out = s->id;
	return rc;
}

struct cm_span
cm_ties_find(const struct cm_ties *t, const uint8_t tie[32])
{
	const struct cm_ties_slot *s = find(t->slot, t->cap, tie);

	if (s == NULL || !s->used || s->address.len == 0)
		return cm_span_of(NULL, 0);
	return cm_span_of(s->kept, s->address.len);
}

/* 240.0.0.0/4 with 28 bits of the tie, 2001:db8::/32 with 96. */
static void
first_try(const uint8_t tie[32], uint8_t len, uint8_t out[16])
{
	memset(out, 0, 16);
	if (len == 4) {
		cm_put32(out, 0xf0000000u | cm_get32(tie) >> 4);
		return;
	}
	cm_put32(out, 0x20010db8u);
	memcpy(out + 4, tie, 12);
}

/* Adds one to the host part, back to zero at its end. */
static void
step(uint8_t len, uint8_t a[16])
{
	size_t i = len, low = len == 4 ? 1 : 4;

	if (len == 4 && (cm_get32(a) & 0x0fffffffu) == 0x0fffffffu) {
		cm_put32(a, 0xf0000000u);
		return;
	}
	while (i-- > (len == 4 ? 0 : low)) {
		if (++a[i] != 0)
			return;
	}
}

static bool
host_is_zero(uint8_t len, const uint8_t a[16])
{
	static const uint8_t zero[12];

	return len == 4 ? (cm_get32(a) & 0x0fffffffu) == 0 : memcmp(a + 4, zero, 12) == 0;
}

CM_RESULT
cm_ties_pseudonym(struct cm_ties *t, const uint8_t tie[32], uint8_t len, struct cm_pseudonym *out)
{
	struct cm_ties_slot *s, *other;
	uint8_t key[32] = { 0 };
	enum cm_result rc = slot_of(t, tie, &s);

	if (rc == CM_OK)
		rc = reserve(&t->taken, t->n_taken, &t->cap_taken);
	if (rc != CM_OK)
		return rc;
	if (s->alias.len == len) {
		*out = s->alias;
		return CM_OK;
	}
	first_try(tie, len, key);
	key[31] = len;
	for (;;) {
		other = find(t->taken, t->cap_taken, key);
		if (!other->used && !host_is_zero(len, key))
			break;
		step(len, key);
	}
	other->used = true;
	memcpy(other->key, key, 32);
	t->n_taken++;
	s->alias.len = len;
	memcpy(s->alias.addr, key, 16);
	*out = s->alias;
	return CM_OK;
}

struct cm_pseudonym
cm_pseudonym_shut(uint8_t len)
{
	struct cm_pseudonym p = { .len = len };

	cm_put32(p.addr, len == 4 ? 0xf0000000u : 0x20010db8u);
	return p;
}

void
cm_ties_release(struct cm_ties *t)
{
	free(t->slot);
	free(t->taken);
	*t = (struct cm_ties) { 0 };
}
