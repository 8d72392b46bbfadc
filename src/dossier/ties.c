#include <stdlib.h>
#include <string.h>

#include "dossier/ties.h"

struct cm_ties_taken {
	uint8_t len; /* 0: free */
	uint8_t addr[16];
};

/* Ties are hashes, and so are their first bytes a hash; a pseudonym holds some of
 * them, and whoever makes many alike pays 2^28 seals for a slow look-up. */
static size_t
place(const uint8_t *key, size_t cap)
{
	return (size_t)(cm_get64(key) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (cap - 1);
}

/* Where the number of a tie stands, or would stand. */
static uint32_t *
find(const struct cm_ties *t, const uint8_t key[32])
{
	size_t i;

	for (i = place(key, t->cap); t->slot[i] != 0; i = (i + 1) & (t->cap - 1)) {
		if (memcmp(t->tie[t->slot[i] - 1].key, key, 32) == 0)
			break;
	}
	return &t->slot[i];
}

static CM_RESULT
grow_slots(struct cm_ties *t)
{
	size_t cap = t->cap == 0 ? 64 : 2 * t->cap, i;
	uint32_t *slot;

	if (2 * (t->n + 1) <= t->cap)
		return CM_OK;
	slot = calloc(cap, sizeof(*slot));
	if (slot == NULL)
		return CM_E_NOMEM;
	free(t->slot);
	t->slot = slot;
	t->cap = cap;
	for (i = 0; i < t->n; i++)
		*find(t, t->tie[i].key) = (uint32_t)i + 1;
	return CM_OK;
}

static CM_RESULT
grow_ties(struct cm_ties *t)
{
	size_t room = t->room == 0 ? 32 : t->room + t->room / 2;
	struct cm_tie *p;

	if (t->n < t->room)
		return CM_OK;
	if (t->n >= UINT32_MAX - 1)
		return CM_E_NOMEM;
	p = realloc(t->tie, room * sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	t->tie = p;
	t->room = room;
	return CM_OK;
}

static CM_RESULT
tie_of(struct cm_ties *t, const uint8_t key[32], uint32_t *id)
{
	enum cm_result rc;

	*id = t->cap == 0 ? 0 : *find(t, key);
	if (*id != 0)
		return CM_OK;
	rc = grow_slots(t);
	if (rc == CM_OK)
		rc = grow_ties(t);
	if (rc != CM_OK)
		return rc;
	t->tie[t->n] = (struct cm_tie) { 0 };
	memcpy(t->tie[t->n].key, key, 32);
	*id = (uint32_t)++t->n;
	*find(t, key) = *id;
	return CM_OK;
}

CM_RESULT
cm_ties_name(struct cm_ties *t, const uint8_t tie[32], struct cm_span address)
{
	enum cm_result rc;
	uint32_t id;

	if (address.len != 4 && address.len != 16)
		return CM_OK;
	rc = tie_of(t, tie, &id);
	if (rc != CM_OK)
		return rc;
	memcpy(t->tie[id - 1].address, address.ptr, address.len);
	t->tie[id - 1].len = (uint8_t)address.len;
	return CM_OK;
}

CM_RESULT
cm_ties_id(struct cm_ties *t, const uint8_t tie[32], uint32_t *out)
{
	return tie_of(t, tie, out);
}

struct cm_span
cm_ties_find(const struct cm_ties *t, const uint8_t tie[32])
{
	return cm_ties_address(t, t->cap == 0 ? 0 : *find(t, tie));
}

struct cm_span
cm_ties_address(const struct cm_ties *t, uint32_t id)
{
	if (id == 0 || id > t->n || t->tie[id - 1].len == 0)
		return cm_span_of(NULL, 0);
	return cm_span_of(t->tie[id - 1].address, t->tie[id - 1].len);
}

static struct cm_ties_taken *
find_taken(struct cm_ties_taken *taken, size_t cap, const uint8_t addr[16], uint8_t len)
{
	size_t i;

	for (i = (place(addr, cap) + place(addr + 8, cap)) & (cap - 1); taken[i].len != 0;
	    i = (i + 1) & (cap - 1)) {
		if (taken[i].len == len && memcmp(taken[i].addr, addr, 16) == 0)
			break;
	}
	return &taken[i];
}

static CM_RESULT
grow_taken(struct cm_ties *t)
{
	size_t cap = t->cap_taken == 0 ? 64 : 2 * t->cap_taken, i;
	struct cm_ties_taken *p;

	if (2 * (t->n_taken + 1) <= t->cap_taken)
		return CM_OK;
	p = calloc(cap, sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < t->cap_taken; i++) {
		if (t->taken[i].len != 0)
			*find_taken(p, cap, t->taken[i].addr, t->taken[i].len) = t->taken[i];
	}
	free(t->taken);
	t->taken = p;
	t->cap_taken = cap;
	return CM_OK;
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

/* The first one from the tie's own on that nobody has. */
static CM_RESULT
take_alias(struct cm_ties *t, const uint8_t tie[32], uint8_t len, uint8_t addr[16])
{
	struct cm_ties_taken *at;
	enum cm_result rc = grow_taken(t);

	if (rc != CM_OK)
		return rc;
	first_try(tie, len, addr);
	for (;;) {
		at = find_taken(t->taken, t->cap_taken, addr, len);
		if (at->len == 0 && !host_is_zero(len, addr))
			break;
		step(len, addr);
	}
	at->len = len;
	memcpy(at->addr, addr, 16);
	t->n_taken++;
	return CM_OK;
}

CM_RESULT
cm_ties_pseudonym(struct cm_ties *t, const uint8_t tie[32], uint8_t len, struct cm_pseudonym *out)
{
	uint8_t addr[16] = { 0 };
	struct cm_tie *s;
	enum cm_result rc;
	uint32_t id;

	rc = tie_of(t, tie, &id);
	if (rc != CM_OK)
		return rc;
	s = &t->tie[id - 1];
	if (!s->has_alias[len == 16]) {
		rc = take_alias(t, tie, len, addr);
		if (rc != CM_OK)
			return rc;
		s->has_alias[len == 16] = true;
		memcpy(len == 16 ? s->alias6 : s->alias4, addr, len);
	}
	*out = (struct cm_pseudonym) { .len = len };
	memcpy(out->addr, len == 16 ? s->alias6 : s->alias4, len);
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
	free(t->tie);
	free(t->slot);
	free(t->taken);
	*t = (struct cm_ties) { 0 };
}
