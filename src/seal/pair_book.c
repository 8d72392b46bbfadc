#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "crypto/sha256.h"
#include "seal/names.h"
#include "seal/pair_hash.h"

__extension__ typedef unsigned __int128 u128;

#define SOME 128u /* pairs that are hashed side by side */
#define AHEAD 4u  /* rows, while memory answers */
#define BUCKETS ((size_t)1 << 16)

/* Hashing begins with the third row: most pairs of a flood with made-up sources have fewer. */
struct entry {
	uint64_t word[4];
	uint64_t rows : 56, len : 8;
	uint64_t row[2]; /* the first ones */
	struct cm_pair_count *count;
};

struct cm_pair_book {
	struct cm_seal_secret secret;
	uint64_t mix[4];
	struct entry *entry;
	uint64_t *slot; /* spread, and behind it 1 + the number of an entry; 0: free */
	size_t n, room, slots;
	struct cm_slab counts;
	bool crowded;
};

enum cm_result
cm_pair_book_new(const struct cm_seal_secret *secret, struct cm_pair_book **out)
{
	struct cm_pair_book *b = calloc(1, sizeof(*b));
	uint8_t hash[CM_HASH_LEN];
	size_t i;

	if (b == NULL)
		return CM_E_NOMEM;
	b->secret = *secret;
	/* whoever sends packets must not be able to say which pairs fall into one slot */
	cm_sha256(secret->s, CM_HASH_LEN, hash);
	for (i = 0; i < 4; i++)
		b->mix[i] = cm_get64(hash + 8 * i);
	explicit_bzero(hash, sizeof(hash));
	*out = b;
	return CM_OK;
}

static void
release(struct cm_pair_book *b)
{
	free(b->entry);
	free(b->slot);
	cm_slab_release(&b->counts);
	b->entry = NULL;
	b->slot = NULL;
	b->n = b->room = b->slots = 0;
}

void
cm_pair_book_free(struct cm_pair_book *b)
{
	if (b == NULL)
		return;
	release(b);
	explicit_bzero(b, sizeof(*b));
	free(b);
}

bool
cm_pair_book_crowded(const struct cm_pair_book *b)
{
	return b->crowded;
}

static uint64_t
fold(uint64_t a, uint64_t b)
{
	u128 p = (u128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

struct cm_pair_of
cm_pair_of(const struct cm_pair_book *b, struct cm_span src, struct cm_span dst)
{
	struct cm_pair_of p = { .len = 0 };
	struct cm_span swap = src;

	if ((src.len != 4 && src.len != 16) || dst.len != src.len)
		return p;
	if (memcmp(src.ptr, dst.ptr, src.len) > 0) {
		src = dst;
		dst = swap;
	}
	memcpy(&p.word[0], src.ptr, src.len);
	memcpy(&p.word[2], dst.ptr, dst.len);
	p.len = (uint8_t)src.len;
	p.spread = (uint32_t)fold(fold(p.word[0] ^ b->mix[0], p.word[2] ^ b->mix[1]) ^ b->mix[2],
	    fold(p.word[1] ^ b->mix[3], p.word[3] ^ b->mix[0]) ^ b->mix[1]);
	return p;
}

static bool
is_of(const struct entry *e, const struct cm_pair_of *of)
{
	return e->len == of->len && e->word[0] == of->word[0] && e->word[1] == of->word[1] &&
	       e->word[2] == of->word[2] && e->word[3] == of->word[3];
}

static uint64_t
slot_of(uint32_t spread, size_t number)
{
	return (uint64_t)spread << 32 | (number + 1);
}

/* Where the pair stands, or would stand. */
static uint64_t *
place(const struct cm_pair_book *b, const struct cm_pair_of *of)
{
	size_t i = of->spread & (b->slots - 1);
	uint64_t at;

	while ((at = b->slot[i]) != 0) {
		if (at >> 32 == of->spread && is_of(&b->entry[(uint32_t)at - 1], of))
			break;
		i = (i + 1) & (b->slots - 1);
	}
	return &b->slot[i];
}

/* All slots, among twice as many. */
static CM_RESULT
spread_slots(struct cm_pair_book *b, size_t slots)
{
	uint64_t *slot = calloc(slots, sizeof(*slot));
	size_t i, to;

	if (slot == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < b->slots; i++) {
		if (b->slot[i] == 0)
			continue;
		for (to = (b->slot[i] >> 32) & (slots - 1); slot[to] != 0;)
			to = (to + 1) & (slots - 1);
		slot[to] = b->slot[i];
	}
	free(b->slot);
	b->slot = slot;
	b->slots = slots;
	return CM_OK;
}

static CM_RESULT
make_room(struct cm_pair_book *b)
{
	size_t room = b->room == 0 ? 256 : 2 * b->room;
	struct entry *more;

	if (b->n < b->room)
		return CM_OK;
	more = realloc(b->entry, room * sizeof(*more));
	if (more == NULL)
		return CM_E_NOMEM;
	b->entry = more;
	if (spread_slots(b, 2 * room) != CM_OK)
		return CM_E_NOMEM;
	b->room = room;
	return CM_OK;
}

static CM_RESULT
add_entry(struct cm_pair_book *b, uint64_t row, const struct cm_pair_of *of)
{
	struct entry *e;

	if (b->n == CM_PAIRS_MAX) {
		release(b);
		b->crowded = true;
		return CM_OK;
	}
	if (make_room(b) != CM_OK)
		return CM_E_NOMEM;
	*place(b, of) = slot_of(of->spread, b->n);
	e = &b->entry[b->n++];
	*e = (struct entry) { .row = { row }, .rows = 1, .len = of->len };
	memcpy(e->word, of->word, sizeof(e->word));
	return CM_OK;
}

static CM_RESULT
add_row(struct cm_pair_book *b, struct entry *e, uint64_t row)
{
	if (e->rows == 1) {
		e->row[e->rows++] = row;
		return CM_OK;
	}
	if (e->count == NULL) {
		e->count = cm_slab_take(&b->counts, sizeof(*e->count));
		if (e->count == NULL)
			return CM_E_NOMEM;
		cm_pair_count_begin(e->count);
		cm_pair_count_add(e->count, e->row[0]);
		cm_pair_count_add(e->count, e->row[1]);
	}
	cm_pair_count_add(e->count, row);
	e->rows++;
	return CM_OK;
}

enum cm_result
cm_pair_book_add(struct cm_pair_book *b, uint64_t row, const struct cm_pair_of *of)
{
	uint64_t at;

	if (of->len == 0 || b->crowded)
		return CM_OK;
	at = b->slots == 0 ? 0 : *place(b, of);
	return at == 0 ? add_entry(b, row, of) : add_row(b, &b->entry[(uint32_t)at - 1], row);
}

/* Asks the memory for what rows from here on need: a slot, then the entry that it names, then its count. */
static void
look_ahead(const struct cm_pair_book *b, const struct cm_pair_of *of, size_t left)
{
	uint64_t at;

	if (b->slots == 0)
		return;
	if (left > 3 * AHEAD)
		__builtin_prefetch(&b->slot[of[3 * AHEAD].spread & (b->slots - 1)]);
	at = left > 2 * AHEAD ? b->slot[of[2 * AHEAD].spread & (b->slots - 1)] : 0;
	if (at != 0)
		__builtin_prefetch(&b->entry[(uint32_t)at - 1]);
	at = left > AHEAD ? b->slot[of[AHEAD].spread & (b->slots - 1)] : 0;
	if (at != 0 && b->entry[(uint32_t)at - 1].count != NULL) {
		__builtin_prefetch(b->entry[(uint32_t)at - 1].count);
		__builtin_prefetch((const uint8_t *)b->entry[(uint32_t)at - 1].count + 64);
	}
}

enum cm_result
cm_pair_book_add_all(struct cm_pair_book *b, uint64_t row, const struct cm_pair_of *of, size_t n)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < n; i++) {
		look_ahead(b, of + i, n - i);
		rc = cm_pair_book_add(b, row + i, &of[i]);
	}
	return rc;
}

/* ---- the end ---- */

/* A part of the entries, which one thread turns into pairs, some at a time. */
struct ending {
	const struct cm_pair_book *book;
	const struct entry *entry;
	struct cm_pair *pair;
	size_t n;
	struct cm_names names;
	struct cm_sha256_msg msg[SOME];
	struct cm_span value[2 * SOME];
	uint8_t group[2 * SOME];
	uint8_t tie[2 * SOME][CM_HASH_LEN];
	uint8_t head[SOME][CM_SHA256_HEAD];
	uint8_t hash[SOME][CM_HASH_LEN], salt[SOME][CM_HASH_LEN];
};

static void
make_ties(struct ending *s, const struct entry *e, size_t n)
{
	uint8_t hold[CM_HASH_LEN];
	size_t i;

	for (i = 0; i < n; i++) {
		s->value[2 * i] = cm_span_of(&e[i].word[0], e[i].len);
		s->value[2 * i + 1] = cm_span_of(&e[i].word[2], e[i].len);
	}
	cm_names_ties(&s->names, s->group, s->value, 2 * n, s->tie);
	for (i = 0; i < n; i++) {
		if (memcmp(s->tie[2 * i], s->tie[2 * i + 1], CM_HASH_LEN) <= 0)
			continue;
		memcpy(hold, s->tie[2 * i], CM_HASH_LEN);
		memcpy(s->tie[2 * i], s->tie[2 * i + 1], CM_HASH_LEN);
		memcpy(s->tie[2 * i + 1], hold, CM_HASH_LEN);
	}
}

static void
make_keys(struct ending *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s->head[i][0] = CM_PAIR_KEY;
		memcpy(s->head[i] + 1, s->book->secret.x, 8);
		s->msg[i] = (struct cm_sha256_msg) { { s->head[i], 9 }, { s->tie[2 * i], 2 * CM_HASH_LEN } };
	}
	cm_sha256_many(s->msg, n, s->hash);
}

static void
make_salts(struct ending *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s->head[i][0] = CM_PAIR_SALT;
		memcpy(s->head[i] + 1, s->hash[i], CM_PAIR_SHORT);
		s->msg[i] = (struct cm_sha256_msg) { { s->head[i], 1 + CM_PAIR_SHORT }, { s->book->secret.s, CM_HASH_LEN } };
	}
	cm_sha256_many(s->msg, n, s->salt);
}

/* Of pairs with few rows side by side. */
static void
make_covers(struct ending *s, const struct entry *e, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s->head[i][0] = CM_PAIR_COVER;
		cm_put64(s->head[i] + 1, e[i].row[0]);
		cm_put64(s->head[i] + 9, e[i].row[1]);
		s->msg[i] = (struct cm_sha256_msg) { { s->head[i], e[i].rows == 1 ? 9 : 17 }, { s->salt[i], CM_HASH_LEN } };
	}
	cm_sha256_many(s->msg, n, s->hash);
	for (i = 0; i < n; i++) {
		if (e[i].count == NULL)
			continue;
		cm_sha256_add(&e[i].count->hash, s->salt[i], CM_HASH_LEN);
		cm_sha256_end(&e[i].count->hash, s->hash[i]);
	}
}

static void
end_part(void *arg)
{
	struct ending *s = arg;
	size_t at, n, i;

	for (at = 0; at < s->n; at += n) {
		const struct entry *e = s->entry + at;
		struct cm_pair *out = s->pair + at;

		n = s->n - at < SOME ? s->n - at : SOME;
		make_ties(s, e, n);
		make_keys(s, n);
		for (i = 0; i < n; i++) {
			memcpy(out[i].key, s->hash[i], CM_HASH_LEN);
			out[i].rows = e[i].rows;
		}
		make_salts(s, n);
		make_covers(s, e, n);
		for (i = 0; i < n; i++)
			memcpy(out[i].cover, s->hash[i], CM_HASH_LEN);
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct cm_pair *x = a, *y = b;

	return memcmp(x->key, y->key, CM_HASH_LEN);
}

/* Keys are hashes: by their first 16 bits few are in one bucket. */
static CM_RESULT
sort(struct cm_pair *pair, size_t n)
{
	struct cm_pair *from = malloc((n + 1) * sizeof(*from));
	size_t *end = calloc(BUCKETS + 1, sizeof(*end)), i, first = 0;

	if (from == NULL || end == NULL) {
		free(from);
		free(end);
		return CM_E_NOMEM;
	}
	memcpy(from, pair, n * sizeof(*from));
	for (i = 0; i < n; i++)
		end[cm_get16(from[i].key) + 1]++;
	for (i = 0; i < BUCKETS; i++)
		end[i + 1] += end[i];
	for (i = 0; i < n; i++)
		pair[end[cm_get16(from[i].key)]++] = from[i];
	for (i = 0; i < BUCKETS; first = end[i++]) {
		if (end[i] - first > 1)
			qsort(pair + first, end[i] - first, sizeof(*pair), by_key);
	}
	free(from);
	free(end);
	return CM_OK;
}

static CM_RESULT
end_all(struct cm_pair_book *b, const struct cm_together *together, struct ending half[2], struct cm_pair *pair)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < 2; i++) {
		half[i].book = b;
		half[i].entry = b->entry + (i == 0 ? 0 : b->n / 2);
		half[i].pair = pair + (i == 0 ? 0 : b->n / 2);
		half[i].n = i == 0 ? b->n / 2 : b->n - b->n / 2;
		rc = cm_names_init(&half[i].names, &b->secret);
	}
	if (rc != CM_OK)
		return rc;
	cm_together_do(together, end_part, &half[0], end_part, &half[1]);
	return sort(pair, b->n);
}

enum cm_result
cm_pair_book_end(struct cm_pair_book *b, const struct cm_together *together, struct cm_pair_list *out)
{
	struct ending *half = calloc(2, sizeof(*half));
	struct cm_pair *pair = malloc((b->n + 1) * sizeof(*pair));
	enum cm_result rc = b->crowded ? CM_E_LIMIT : half == NULL || pair == NULL ? CM_E_NOMEM : CM_OK;
	size_t n = b->n;

	if (rc == CM_OK && n > 0)
		rc = end_all(b, together, half, pair);
	if (half != NULL) {
		cm_names_fini(&half[0].names);
		cm_names_fini(&half[1].names);
		explicit_bzero(half, 2 * sizeof(*half));
	}
	free(half);
	if (rc != CM_OK) {
		free(pair);
		return rc;
	}
	release(b);
	*out = (struct cm_pair_list) { pair, n };
	return CM_OK;
}

void
cm_pair_list_release(struct cm_pair_list *l)
{
	free(l->pair);
	*l = (struct cm_pair_list) { 0 };
}

enum cm_result
cm_pair_list_find(const struct cm_pair_list *l, const uint8_t key[CM_HASH_LEN], const struct cm_pair **out)
{
	struct cm_pair want;

	memcpy(want.key, key, CM_HASH_LEN);
	*out = l->n == 0 ? NULL : bsearch(&want, l->pair, l->n, sizeof(want), by_key);
	return *out != NULL ? CM_OK : CM_E_NOTFOUND;
}
