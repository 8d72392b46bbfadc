#include <string.h>

#include "crypto/sha256.h"
#include "seal/seeds.h"

void
cm_seeds_init(struct cm_seeds *s, const struct cm_seal_secret *secret, uint8_t column)
{
	uint8_t m[1 + 8 + 1 + CM_HASH_LEN];

	m[0] = 0x10;
	memcpy(m + 1, secret->x, 8);
	m[9] = column;
	memcpy(m + 10, secret->s, CM_HASH_LEN);
	memcpy(s->x8, secret->x, 8);
	s->column = column;
	s->top = s->low = CM_SEED_TOP;
	s->row = 0;
	cm_sha256(m, sizeof(m), s->path[CM_SEED_TOP]);
	explicit_bzero(m, sizeof(m));
}

void
cm_seeds_from(struct cm_seeds *s, const uint8_t x[CM_HASH_LEN], uint8_t column, uint8_t h,
    uint64_t a, const uint8_t seed[CM_HASH_LEN])
{
	memcpy(s->x8, x, 8);
	s->column = column;
	s->top = s->low = h;
	s->row = a << h;
	memcpy(s->path[h], seed, CM_HASH_LEN);
}

/* path[h], from path[h+1], for the row the walker stands on */
static void
descend(struct cm_seeds *s, uint8_t h)
{
	uint8_t m[1 + 1 + 8 + 1 + 1 + 8 + CM_HASH_LEN];
	uint64_t a = s->row >> h;

	m[0] = 0x11;
	m[1] = (uint8_t)(a & 1);
	memcpy(m + 2, s->x8, 8);
	m[10] = s->column;
	m[11] = h;
	cm_put64(m + 12, a);
	memcpy(m + 20, s->path[h + 1], CM_HASH_LEN);
	cm_sha256(m, sizeof(m), s->path[h]);
}

const uint8_t *
cm_seeds_at(struct cm_seeds *s, uint8_t h, uint64_t a)
{
	uint64_t row = a << h, differs = row ^ s->row;
	uint8_t shared = h;

	/* the lowest height at which both rows lie below one seed */
	if (differs >> h != 0)
		shared = (uint8_t)(64 - __builtin_clzll(differs));
	if (s->low < shared)
		s->low = shared;
	s->row = row;
	while (s->low > h)
		descend(s, --s->low);
	return s->path[h];
}

void
cm_seeds_fini(struct cm_seeds *s)
{
	explicit_bzero(s, sizeof(*s));
}
