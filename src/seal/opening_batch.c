#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/opening_batch.h"
#include "seal/tile.h"
#include "merkle/tree.h"

/* Two runs, so that a run that has begun always has room: a seed's rows are never parted. */
#define ROWS (2 * CM_TILE_ROWS)
#define SKIPS 1024u

enum { HEAD = 2 + CM_HASH_LEN };

/* A seed that is to be expanded: its first row's cell, and the seed. */
struct seed {
	uint8_t h, column;
	uint32_t cell;
	uint64_t a;
	uint8_t seed[CM_HASH_LEN];
};

struct skip {
	size_t rows; /* of the batch before it */
	uint64_t at, count;
	const uint8_t *hash;
};

struct cm_batch {
	uint8_t x8[8];
	size_t columns;
	struct cm_tree tree;
	bool has_tail;
	uint8_t tail[CM_HASH_LEN];

	size_t n;	    /* rows, */
	size_t at;	    /* cells of them so far, row by row; of each: */
	uint64_t row[ROWS];
	uint8_t (*cell)[CM_HASH_LEN]; /* its commitment, */
	uint8_t (*head)[HEAD];	      /* 0x14 || c || salt, */
	uint8_t (*tie)[CM_HASH_LEN];

	size_t n_open; /* cells that are hashed; of each: */
	struct cm_sha256_msg *msg;
	uint32_t *where; /* in `cell` */
	uint8_t (*out)[CM_HASH_LEN];

	struct seed *seed;
	size_t n_seeds;
	struct skip skip[SKIPS];
	size_t n_skips;

	/* the seeds of a level, side by side */
	size_t width;
	uint32_t *word[8], *column, *high, *low, *of;

	struct cm_sha256_msg leaf_msg[ROWS];
	uint8_t leaf[ROWS][CM_HASH_LEN];
};

static void *
array(size_t n, size_t size, bool *ok)
{
	void *p = calloc(n + 1, size);

	*ok &= p != NULL;
	return p;
}

enum cm_result
cm_batch_new(const struct cm_seal *seal, uint64_t rows, struct cm_batch **out)
{
	struct cm_batch *b = calloc(1, sizeof(*b));
	size_t n = (rows < ROWS ? (size_t)rows : ROWS) * seal->schema.n, i;
	bool ok = true;

	if (b == NULL)
		return CM_E_NOMEM;
	b->columns = seal->schema.n;
	b->cell = array(n, sizeof(*b->cell), &ok);
	b->head = array(n, sizeof(*b->head), &ok);
	b->tie = array(n, sizeof(*b->tie), &ok);
	b->msg = array(n, sizeof(*b->msg), &ok);
	b->where = array(n, sizeof(*b->where), &ok);
	b->out = array(n, sizeof(*b->out), &ok);
	b->seed = array(n, sizeof(*b->seed), &ok);
	for (i = 0; i < 8; i++)
		b->word[i] = array(n, sizeof(*b->word[i]), &ok);
	b->column = array(n, sizeof(*b->column), &ok);
	b->high = array(n, sizeof(*b->high), &ok);
	b->low = array(n, sizeof(*b->low), &ok);
	b->of = array(n, sizeof(*b->of), &ok);
	if (!ok) {
		cm_batch_free(b);
		return CM_E_NOMEM;
	}
	for (i = 0; i < n; i++) {
		b->head[i][0] = 0x14;
		b->head[i][1] = (uint8_t)(i % b->columns);
	}
	memcpy(b->x8, seal->x, sizeof(b->x8));
	*out = b;
	return CM_OK;
}

void
cm_batch_free(struct cm_batch *b)
{
	size_t i;

	if (b == NULL)
		return;
	free(b->cell);
	free(b->head);
	free(b->tie);
	free(b->msg);
	free(b->where);
	free(b->out);
	free(b->seed);
	for (i = 0; i < 8; i++)
		free(b->word[i]);
	free(b->column);
	free(b->high);
	free(b->low);
	free(b->of);
	free(b);
}

/* From seeds to salts. */

/* The seeds of that height join those that have come down to it. */
static void
join_level(struct cm_batch *b, uint8_t h)
{
	const struct seed *s;
	size_t i, k;

	for (i = 0; i < b->n_seeds; i++) {
		s = &b->seed[i];
		if (s->h != h)
			continue;
		for (k = 0; k < 8; k++)
			b->word[k][b->width] = cm_get32(s->seed + 4 * k);
		b->column[b->width] = (uint32_t)s->column << 8;
		b->high[b->width] = (uint32_t)(s->a >> 32);
		b->low[b->width] = (uint32_t)s->a;
		b->of[b->width++] = s->cell;
	}
}

/* The children of seeds of height h+1: H( 0x11 || b || X8 || c || h || 2a+b || seed ), 52 bytes
 * and so one block, of which the seed is words 5 to 12.  A left one stands where its parent
 * stood, a right one behind all of them. */
static void
next_level(struct cm_batch *b, uint8_t h)
{
	struct cm_sha256_words m = { .same = { [0] = 0x11000000u | cm_get16(b->x8),
					 [1] = cm_get32(b->x8 + 2),
					 [2] = (uint32_t)cm_get16(b->x8 + 6) << 16 | h,
					 [13] = 0x80000000u,
					 [15] = 52 * 8 },
		.row = { [2] = b->column, [3] = b->high, [4] = b->low } };
	const size_t n = b->width;
	uint32_t *right[8];
	size_t i;

	for (i = 0; i < n; i++) {
		b->high[i] = b->high[n + i] = b->high[i] << 1 | b->low[i] >> 31;
		b->low[i] <<= 1;
		b->low[n + i] = b->low[i] | 1;
		b->column[n + i] = b->column[i];
		b->of[n + i] = b->of[i] + (uint32_t)(b->columns << h);
	}
	for (i = 0; i < 8; i++) {
		m.row[5 + i] = b->word[i];
		right[i] = b->word[i] + n;
	}
	m.same[0] |= 1u << 16;
	m.same[4] = 1;
	cm_sha256_words(&m, n, right);
	m.same[0] &= ~(1u << 16);
	m.same[4] = 0;
	cm_sha256_words(&m, n, b->word);
	b->width = 2 * n;
}

static void
make_salts(struct cm_batch *b)
{
	uint8_t h;
	size_t i;

	b->width = 0;
	for (h = CM_BATCH_SEED; h > 0; h--) {
		join_level(b, h);
		if (b->width > 0)
			next_level(b, h - 1);
	}
	join_level(b, 0);
	if (b->width > 0)
		cm_sha256_spell((const uint32_t *const *)b->word, b->width, b->out[0], CM_HASH_LEN);
	for (i = 0; i < b->width; i++)
		memcpy(b->head[b->of[i]] + 2, b->out[i], CM_HASH_LEN);
}

/* From salts and values to the tree. */

static void
make_cells(struct cm_batch *b)
{
	bool all = b->n_open == b->n * b->columns;
	size_t i;

	if (b->n_open > 0)
		cm_sha256_many(b->msg, b->n_open, all ? b->cell : b->out);
	for (i = 0; !all && i < b->n_open; i++)
		memcpy(b->cell[b->where[i]], b->out[i], CM_HASH_LEN);
}

static void
make_leaves(struct cm_batch *b)
{
	static const uint8_t head = 0x00;
	size_t i;

	for (i = 0; i < b->n; i++) {
		b->leaf_msg[i].head = cm_span_of(&head, 1);
		b->leaf_msg[i].body =
		    cm_span_of(b->cell[i * b->columns], b->columns * CM_HASH_LEN);
	}
	if (b->n > 0)
		cm_sha256_many(b->leaf_msg, b->n, b->leaf);
}

static void
add_skip(struct cm_batch *b, const struct skip *s)
{
	if (cm_is_pow2(s->count) && s->at % s->count == 0) {
		cm_tree_add_marked(&b->tree, cm_tree_level(s->count), s->hash);
		return;
	}
	b->has_tail = true;
	memcpy(b->tail, s->hash, CM_HASH_LEN);
}

/* Leaves from ${i} on: a whole run if it is one, or one.  How many were added. */
static size_t
add_leaves(struct cm_batch *b, size_t i)
{
	uint8_t node[CM_HASH_LEN];

	if (b->row[i] % CM_TILE_ROWS != 0 || b->n - i < CM_TILE_ROWS ||
	    b->row[i + CM_TILE_ROWS - 1] != b->row[i] + CM_TILE_ROWS - 1) {
		cm_tree_add(&b->tree, 0, b->leaf[i]);
		return 1;
	}
	cm_tree_of(b->leaf[i], CM_TILE_ROWS, node);
	cm_tree_add(&b->tree, CM_TILE_LEVEL, node);
	return CM_TILE_ROWS;
}

static void
grow_tree(struct cm_batch *b)
{
	size_t i = 0, k = 0;

	while (i < b->n || k < b->n_skips) {
		if (k < b->n_skips && b->skip[k].rows == i)
			add_skip(b, &b->skip[k++]);
		else
			i += add_leaves(b, i);
	}
}

static void
flush(struct cm_batch *b)
{
	make_salts(b);
	make_cells(b);
	make_leaves(b);
	grow_tree(b);
	b->n = b->at = b->n_open = b->n_seeds = b->n_skips = 0;
}

/* Gathering. */

void
cm_batch_row(struct cm_batch *b, uint64_t row)
{
	bool new_run = b->n > 0 && b->row[b->n - 1] / CM_TILE_ROWS != row / CM_TILE_ROWS;

	if (new_run && b->n >= ROWS - CM_TILE_ROWS)
		flush(b);
	b->row[b->n++] = row;
}

void
cm_batch_shut(struct cm_batch *b, const uint8_t commitment[CM_HASH_LEN])
{
	memcpy(b->cell[b->at++], commitment, CM_HASH_LEN);
}

void
cm_batch_open(struct cm_batch *b, struct cm_span value)
{
	b->msg[b->n_open].head = cm_span_of(b->head[b->at], HEAD);
	b->msg[b->n_open].body = value;
	b->where[b->n_open++] = (uint32_t)b->at++;
}

void
cm_batch_tied(struct cm_batch *b, const uint8_t tie[CM_HASH_LEN])
{
	memcpy(b->tie[b->at], tie, CM_HASH_LEN);
	cm_batch_open(b, cm_span_of(b->tie[b->at], CM_HASH_LEN));
}

void
cm_batch_seed(struct cm_batch *b, size_t column, uint8_t h, uint64_t a,
    const uint8_t seed[CM_HASH_LEN])
{
	struct seed *s = &b->seed[b->n_seeds++];

	*s = (struct seed) { .h = h, .column = (uint8_t)column, .cell = (uint32_t)b->at, .a = a };
	memcpy(s->seed, seed, CM_HASH_LEN);
}

bool
cm_batch_skip(struct cm_batch *b, uint64_t at, uint64_t count, const uint8_t hash[CM_HASH_LEN])
{
	/* no seed is live here, so that none is parted */
	if (b->n_skips == SKIPS)
		flush(b);
	b->skip[b->n_skips++] = (struct skip) { b->n, at, count, hash };
	return !b->tree.siblings;
}

bool
cm_batch_root(struct cm_batch *b, uint8_t root[CM_HASH_LEN])
{
	flush(b);
	cm_tree_root(&b->tree, b->has_tail ? b->tail : NULL, root);
	return !b->tree.siblings;
}
