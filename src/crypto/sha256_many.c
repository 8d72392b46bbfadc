/* Many messages at once: sorted by length, so that those hashed side by side end together. */
#include "crypto/sha256_impl.h"

enum { SLICE = 2048, EXACT = 64, BUCKETS = EXACT + 4 * 64 };
enum { FEW = 8 };        /* that are not worth putting in order */
enum { LONG = 1 << 16 }; /* blocks of a message that is better off alone */

/* Scratch of two messages, and of a batch of them: they may hold secrets. */
struct pair {
	uint8_t block[2][CM_SHA256_BLOCK];
	uint32_t state[2][8];
};

struct scratch {
	struct pair pair;
	struct cm_sha256_rest rest;
	void *room; /* of a group; NULL: there are to be none */
};

const uint8_t *
cm_sha256_block_at(const struct cm_sha256_msg *m, uint64_t k, uint8_t buf[CM_SHA256_BLOCK])
{
	const uint64_t from = k * CM_SHA256_BLOCK, len = (uint64_t)m->head.len + m->body.len;
	size_t at = 0, part;

	if (from >= m->head.len && len >= from + CM_SHA256_BLOCK)
		return m->body.ptr + (from - m->head.len);
	memset(buf, 0, CM_SHA256_BLOCK);
	if (from < m->head.len) {
		at = m->head.len;
		memcpy(buf, m->head.ptr, at);
	}
	if (from + at < len) {
		part = len - from - at < CM_SHA256_BLOCK - at ? (size_t)(len - from - at)
							      : CM_SHA256_BLOCK - at;
		if (part > 0)
			memcpy(buf + at, m->body.ptr + (from + at - m->head.len), part);
		at += part;
	}
	if (len >= from && len - from < CM_SHA256_BLOCK)
		buf[len - from] = 0x80;
	if (k + 1 == cm_sha256_blocks(m))
		cm_put64(buf + CM_SHA256_BLOCK - 8, len * 8);
	return buf;
}

/* How many blocks from ${k} on lie in one piece, if block ${k} does; else 1. */
static uint64_t
run_from(const struct cm_sha256_msg *m, uint64_t k)
{
	const uint64_t whole = ((uint64_t)m->head.len + m->body.len) / CM_SHA256_BLOCK;

	return k * CM_SHA256_BLOCK >= m->head.len && whole > k ? whole - k : 1;
}

static void
put_state(const uint32_t state[8], uint8_t out[CM_SHA256_LEN])
{
	int i;

	for (i = 0; i < 8; i++)
		cm_put32(out + 4 * i, state[i]);
}

/* From block ${k} to the end. */
static void
finish_one(const struct cm_sha256_impl *by, const struct cm_sha256_msg *m, uint64_t k,
    uint32_t state[8], uint8_t block[CM_SHA256_BLOCK], uint8_t out[CM_SHA256_LEN])
{
	const uint64_t blocks = cm_sha256_blocks(m);
	uint64_t n;

	for (; k < blocks; k += n) {
		n = run_from(m, k);
		by->compress(state, cm_sha256_block_at(m, k, block), (size_t)n);
	}
	put_state(state, out);
}

/* Two from block ${k} on, side by side as far as both go. */
static void
finish_two(const struct cm_sha256_impl *by, const struct cm_sha256_msg *const m[2], uint64_t k,
    uint32_t (*state)[8], uint8_t (*block)[CM_SHA256_BLOCK], uint8_t *const out[2])
{
	const uint64_t b0 = cm_sha256_blocks(m[0]), b1 = cm_sha256_blocks(m[1]);
	uint32_t *const states[2] = { state[0], state[1] };
	const uint8_t *at[2];
	uint64_t n, other;

	for (; k < b0 && k < b1; k += n) {
		n = run_from(m[0], k);
		other = run_from(m[1], k);
		n = n < other ? n : other;
		at[0] = cm_sha256_block_at(m[0], k, block[0]);
		at[1] = cm_sha256_block_at(m[1], k, block[1]);
		by->compress2(states, at, (size_t)n);
	}
	finish_one(by, m[0], k, state[0], block[0], out[0]);
	finish_one(by, m[1], k, state[1], block[1], out[1]);
}

static void
finish(const struct cm_sha256_impl *by, const struct cm_sha256_msg *const *m, size_t n, uint64_t k,
    uint32_t (*state)[8], uint8_t (*block)[CM_SHA256_BLOCK], uint8_t *const *out)
{
	size_t i = 0;

	for (; by->compress2 != NULL && i + 2 <= n; i += 2)
		finish_two(by, m + i, k, state + i, block, out + i);
	for (; i < n; i++)
		finish_one(by, m[i], k, state[i], block[0], out[i]);
}

static void
hash_alone(const struct cm_sha256_impl *by, const struct cm_sha256_msg *m, struct scratch *s,
    uint8_t out[CM_SHA256_LEN])
{
	memcpy(s->pair.state[0], cm_sha256_start, sizeof(cm_sha256_start));
	finish_one(by, m, 0, s->pair.state[0], s->pair.block[0], out);
}

/* A group in order of length, the longest first. */
static void
hash_group(const struct cm_sha256_impl *by, const struct cm_sha256_msg *const *m, size_t n,
    struct scratch *s, uint8_t *const *out)
{
	size_t i;

	if (n > by->few && s->room != NULL) {
		s->rest.few = by->few;
		by->group(m, n, out, &s->rest, s->room);
		if (s->rest.n > 0)
			finish(by->next, m, s->rest.n, s->rest.from, s->rest.state,
			    s->pair.block, out);
		return;
	}
	for (i = 0; i < n; i++)
		memcpy(s->rest.state[i], cm_sha256_start, sizeof(cm_sha256_start));
	finish(by->group != NULL ? by->next : by, m, n, 0, s->rest.state,
	    s->pair.block, out);
}

/* Moves message ${i} of a group to its place among those before it. */
static void
insert(const struct cm_sha256_msg **m, uint8_t **to, size_t i)
{
	const struct cm_sha256_msg *msg = m[i];
	const uint64_t blocks = cm_sha256_blocks(msg);
	uint8_t *out = to[i];

	for (; i > 0 && cm_sha256_blocks(m[i - 1]) < blocks; i--) {
		m[i] = m[i - 1];
		to[i] = to[i - 1];
	}
	m[i] = msg;
	to[i] = out;
}

/* At most CM_SHA256_LANES_MAX messages, msgs[order[i]]; ${sorted}: the longest first. */
static void
hash_some(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, const uint16_t *order,
    size_t n, bool sorted, struct scratch *s, uint8_t (*out)[CM_SHA256_LEN])
{
	const struct cm_sha256_msg *m[CM_SHA256_LANES_MAX];
	uint8_t *to[CM_SHA256_LANES_MAX];
	size_t i, some;

	for (i = 0; i < n; i++) {
		m[i] = &msgs[order[i]];
		to[i] = out[order[i]];
	}
	for (i = 1; !sorted && i < n; i++)
		insert(m, to, i);
	for (i = 0; i < n && cm_sha256_blocks(m[i]) > LONG; i++)
		hash_alone(by, m[i], s, to[i]);
	for (; i < n; i += some) {
		some = n - i < by->lanes ? n - i : by->lanes;
		hash_group(by, m + i, some, s, to + i);
	}
}

/* Longer ones have smaller numbers; only those of many blocks share one. */
static unsigned
bucket(uint64_t blocks)
{
	unsigned log, key;

	if (blocks < EXACT)
		return BUCKETS - 1 - (unsigned)blocks;
	log = 63 - (unsigned)__builtin_clzll(blocks);
	key = EXACT + 4 * (log - 6) + (unsigned)(blocks >> (log - 2) & 3);
	return BUCKETS - 1 - key;
}

static void
sort(const struct cm_sha256_msg *msgs, size_t n, uint16_t *order)
{
	uint16_t key[SLICE], from[BUCKETS] = { 0 }, sum = 0, count;
	size_t i;

	for (i = 0; i < n; i++) {
		key[i] = (uint16_t)bucket(cm_sha256_blocks(&msgs[i]));
		from[key[i]]++;
	}
	for (i = 0; i < BUCKETS; i++) {
		count = from[i];
		from[i] = sum;
		sum = (uint16_t)(sum + count);
	}
	for (i = 0; i < n; i++)
		order[from[key[i]]++] = (uint16_t)i;
}

static void
hash_slice(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    struct scratch *s, uint8_t (*out)[CM_SHA256_LEN])
{
	uint16_t order[SLICE];
	size_t i, some;
	bool sorted;

	sort(msgs, n, order);
	for (i = 0; i < n; i += some) {
		some = n - i < CM_SHA256_LANES_MAX ? n - i : CM_SHA256_LANES_MAX;
		sorted = cm_sha256_blocks(&msgs[order[i]]) < EXACT;
		hash_some(by, msgs, order + i, some, sorted, s, out);
	}
}

static void
hash_slices(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    struct scratch *s, uint8_t (*out)[CM_SHA256_LEN])
{
	static const uint16_t as_is[CM_SHA256_LANES_MAX] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
	size_t some;

	/* few are put in order as they are gathered */
	for (; n > CM_SHA256_LANES_MAX; n -= some, msgs += some, out += some) {
		some = n < SLICE ? n : SLICE;
		hash_slice(by, msgs, some, s, out);
	}
	if (n > 0)
		hash_some(by, msgs, as_is, n, false, s, out);
}

static void
hash_in_lanes(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    uint8_t (*out)[CM_SHA256_LEN])
{
	alignas(64) uint8_t room[CM_SHA256_ROOM];
	struct scratch s;

	s.room = room;
	hash_slices(by, msgs, n, &s, out);
	explicit_bzero(&s, sizeof(s));
	explicit_bzero(room, sizeof(room));
}

/* A few, two by two as they come. */
static void
hash_few(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    uint8_t (*out)[CM_SHA256_LEN])
{
	const struct cm_sha256_msg *m[2];
	uint8_t *to[2];
	struct pair p;
	size_t i, some;

	for (i = 0; i < n; i += some) {
		some = n - i < 2 ? 1 : 2;
		m[0] = &msgs[i];
		m[1] = &msgs[i + some - 1];
		to[0] = out[i];
		to[1] = out[i + some - 1];
		memcpy(p.state[0], cm_sha256_start, sizeof(cm_sha256_start));
		memcpy(p.state[1], cm_sha256_start, sizeof(cm_sha256_start));
		finish(by, m, some, 0, p.state, p.block, to);
	}
	explicit_bzero(&p, sizeof(p));
}

static void
hash_without_lanes(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    uint8_t (*out)[CM_SHA256_LEN])
{
	struct scratch s;

	s.room = NULL;
	hash_slices(by, msgs, n, &s, out);
	explicit_bzero(&s, sizeof(s));
}

void
cm_sha256_many_by(const struct cm_sha256_impl *by, const struct cm_sha256_msg *msgs, size_t n,
    uint8_t (*out)[CM_SHA256_LEN])
{
	if (by->group != NULL && n > by->few)
		hash_in_lanes(by, msgs, n, out);
	else if (n < FEW)
		hash_few(by->group != NULL ? by->next : by, msgs, n, out);
	else
		hash_without_lanes(by, msgs, n, out);
}

void
cm_sha256_many(const struct cm_sha256_msg *msgs, size_t n, uint8_t (*out)[CM_SHA256_LEN])
{
	cm_sha256_many_by(cm_sha256_chosen(), msgs, n, out);
}

/* Message ${k} as bytes. */
static void
block_of_words(const struct cm_sha256_words *in, size_t k, uint8_t block[CM_SHA256_BLOCK])
{
	size_t i;

	for (i = 0; i < 16; i++)
		cm_put32(
		    block + 4 * i, in->same[i] | (in->row[i] == NULL ? 0 : in->row[i][k]));
}

void
cm_sha256_words_by_bytes(const struct cm_sha256_impl *by, const struct cm_sha256_words *in,
    size_t n, uint32_t *const out[8])
{
	uint8_t block[2][CM_SHA256_BLOCK];
	uint32_t state[2][8];
	uint32_t *const states[2] = { state[0], state[1] };
	const uint8_t *const blocks[2] = { block[0], block[1] };
	size_t k, i, j, some;

	for (k = 0; k < n; k += some) {
		some = by->compress2 != NULL && n - k > 1 ? 2 : 1;
		for (j = 0; j < some; j++) {
			block_of_words(in, k + j, block[j]);
			memcpy(state[j], cm_sha256_start, sizeof(state[j]));
		}
		if (some == 2)
			by->compress2(states, blocks, 1);
		else
			by->compress(state[0], block[0], 1);
		for (i = 0; i < 8 * some; i++)
			out[i % 8][k + i / 8] = state[i / 8][i % 8];
	}
	explicit_bzero(block, sizeof(block));
	explicit_bzero(state, sizeof(state));
}

void
cm_sha256_spell_portable(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride)
{
	size_t k, i;

	for (k = 0; k < n; k++, out += stride)
		for (i = 0; i < 8; i++)
			cm_put32(out + 4 * i, word[i][k]);
}
