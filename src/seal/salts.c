#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/salts.h"

static enum cm_result
make_rows(struct cm_salts *s)
{
	size_t half = s->columns << s->height >> 1, n = half, i;
	uint8_t level;

	for (i = 0; i < 8; i++) {
		s->word[i] = calloc(2 * half + s->columns, sizeof(*s->word[i]));
		if (s->word[i] == NULL)
			return CM_E_NOMEM;
	}
	s->column = calloc(half + 1, sizeof(*s->column));
	if (s->column == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < half; i++)
		s->column[i] = (uint32_t)(i % s->columns) << 8;
	for (level = 0; level < s->height; level++) {
		n = s->columns << level;
		s->number[level] = calloc(n, sizeof(*s->number[level]));
		if (s->number[level] == NULL)
			return CM_E_NOMEM;
		/* those of the level before, and their siblings behind them */
		for (i = 0; level > 0 && i < n; i++)
			s->number[level][i] =
			    2 * (s->number[level - 1][i % (n / 2)] | (i >= n / 2 ? 1u : 0u));
	}
	return CM_OK;
}

enum cm_result
cm_salts_init(
    struct cm_salts *s, const struct cm_seal_secret *secret, size_t columns, uint8_t most)
{
	size_t c;

	memset(s, 0, sizeof(*s));
	memcpy(s->x8, secret->x, sizeof(s->x8));
	s->columns = columns;
	while (s->height < most && columns << (s->height + 1) <= CM_SALTS_MAX)
		s->height++;
	s->seed = calloc(columns, sizeof(*s->seed));
	if (s->seed == NULL)
		return CM_E_NOMEM;
	for (c = 0; c < columns; c++)
		cm_seeds_init(&s->seed[c], secret, (uint8_t)c);
	return make_rows(s);
}

void
cm_salts_fini(struct cm_salts *s)
{
	size_t i;

	for (i = 0; s->seed != NULL && i < s->columns; i++)
		cm_seeds_fini(&s->seed[i]);
	for (i = 0; i < 8; i++) {
		if (s->word[i] != NULL)
			explicit_bzero(
			    s->word[i], (s->columns << s->height) * sizeof(*s->word[i]));
		free(s->word[i]);
		free(s->number[i]);
	}
	free(s->column);
	free(s->seed);
	memset(s, 0, sizeof(*s));
}

/* The children of the seeds of ${level}, which counts down from the run: H( 0x11 || b || X8 ||
 * c || height || number || seed ), 52 bytes and so one block, of which the seed is words 5
 * to 12. */
static void
next_level(struct cm_salts *s, uint64_t run, uint8_t level)
{
	const size_t n = s->columns << level;
	const uint64_t number = run << (level + 1);
	struct cm_sha256_words m = { .same = { [0] = 0x11000000u | cm_get16(s->x8),
					 [1] = cm_get32(s->x8 + 2),
					 [2] = (uint32_t)cm_get16(s->x8 + 6) << 16 |
					       (s->height - 1u - level),
					 [3] = (uint32_t)(number >> 32),
					 [13] = 0x80000000u,
					 [15] = 52 * 8 },
		.row = { [2] = s->column, [4] = s->number[level] } };
	uint32_t *right[8];
	size_t i;

	for (i = 0; i < 8; i++) {
		m.row[5 + i] = s->word[i];
		right[i] = s->word[i] + n;
	}
	m.same[0] |= 1u << 16;
	m.same[4] = (uint32_t)number | 1u;
	cm_sha256_words(&m, n, right);
	m.same[0] &= ~(1u << 16);
	m.same[4] = (uint32_t)number;
	cm_sha256_words(&m, n, s->word);
}

void
cm_salts_of_run(struct cm_salts *s, uint64_t run, uint8_t *out, size_t stride)
{
	const uint8_t *seed;
	uint8_t level;
	size_t c, i;

	for (c = 0; c < s->columns; c++) {
		seed = cm_seeds_at(&s->seed[c], s->height, run);
		for (i = 0; i < 8; i++)
			s->word[i][c] = cm_get32(seed + 4 * i);
	}
	for (level = 0; level < s->height; level++)
		next_level(s, run, level);
	cm_sha256_spell((const uint32_t *const *)s->word, s->columns << s->height, out, stride);
}
