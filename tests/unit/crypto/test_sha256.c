/* SHA-256 is SHA-256, by every way this machine can go, however messages are cut and mixed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "base/hex.h"
#include "crypto/sha256.h"

static void
assert_digest(const uint8_t got[32], const char *hex)
{
	char text[65] = { 0 };

	cm_hex_encode(cm_span_of(got, 32), text);
	assert_string_equal(text, hex);
}

static void
the_two_examples_of_fips_180_come_out(void **state)
{
	uint8_t d[32];

	(void)state;
	cm_sha256("abc", 3, d);
	assert_digest(d, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	cm_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, d);
	assert_digest(d, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static FILE *
vectors(void)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[4096];

	if (shared == NULL)
		shared = "../shared";
	snprintf(path, sizeof(path), "%s/vectors/sha2/SHA256ShortMsg.rsp", shared);
	return fopen(path, "r");
}

static void
the_short_messages_of_cavp_come_out(void **state)
{
	char line[512], want[65];
	uint8_t msg[256], d[32];
	unsigned bits = 0, seen = 0;
	size_t hex;
	FILE *f = vectors();

	(void)state;
	if (f == NULL)
		skip();
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Len = %u", &bits) == 1)
			continue;
		if (strncmp(line, "Msg = ", 6) == 0) {
			hex = strcspn(line + 6, "\r\n");
			assert_true(hex / 2 <= sizeof(msg));
			assert_int_equal(
			    cm_hex_decode(cm_span_of(line + 6, hex), msg, hex / 2), CM_OK);
		}
		if (sscanf(line, "MD = %64s", want) == 1) {
			cm_sha256(msg, bits / 8, d);
			assert_digest(d, want);
			seen++;
		}
	}
	fclose(f);
	assert_int_equal(seen, 65);
}

static uint32_t seed = 1;

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static void
fill(void *to, size_t len)
{
	uint8_t *p = to;

	while (len-- > 0)
		*p++ = (uint8_t)below(256);
}

static void
every_way_compresses_alike(void **state)
{
	const struct cm_sha256_impl *impl[CM_SHA256_IMPLS];
	uint32_t start[8], want[8], got[8];
	uint8_t block[5 * 64];
	size_t n = cm_sha256_impls(impl), i;
	int round;

	(void)state;
	assert_string_equal(cm_sha256_impl_name(impl[n - 1]), "portable");
	for (round = 0; round < 500; round++) {
		fill(block, sizeof(block));
		fill(start, sizeof(start));
		memcpy(want, start, sizeof(start));
		cm_sha256_compress_by(impl[n - 1], want, block, (size_t)round % 6);
		for (i = 0; i + 1 < n; i++) {
			memcpy(got, start, sizeof(start));
			cm_sha256_compress_by(impl[i], got, block, (size_t)round % 6);
			assert_memory_equal(got, want, sizeof(want));
		}
	}
}

static void
a_message_hashes_alike_however_it_is_cut(void **state)
{
	uint8_t msg[300], whole[32], cut[32];
	struct cm_sha256 h;
	size_t len, at;

	(void)state;
	fill(msg, sizeof(msg));
	for (len = 0; len < sizeof(msg); len += 13) {
		cm_sha256(msg, len, whole);
		for (at = 0; at <= len; at++) {
			cm_sha256_init(&h);
			cm_sha256_add(&h, msg, at);
			cm_sha256_add(&h, msg + at, len - at);
			cm_sha256_end(&h, cut);
			assert_memory_equal(cut, whole, 32);
		}
	}
}

enum { MANY = 5000, LONG = 70000, POOL = 4096 };

/* A batch of messages, by OpenSSL. */
struct batch {
	uint8_t pool[POOL + LONG];
	struct cm_sha256_msg msg[MANY];
	uint8_t want[MANY][32], got[MANY][32];
	size_t n;
};

static void
set_message(struct batch *b, size_t i, size_t head, size_t body)
{
	const struct cm_span h = cm_span_of(b->pool + below(POOL - 64), head);
	const struct cm_span v = cm_span_of(b->pool + below(POOL), body);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	b->msg[i] = (struct cm_sha256_msg) { h, v };
	assert_non_null(ctx);
	assert_int_equal(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, h.ptr, h.len), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, v.ptr, v.len), 1);
	assert_int_equal(EVP_DigestFinal_ex(ctx, b->want[i], NULL), 1);
	EVP_MD_CTX_free(ctx);
}

static void
assert_batch(struct batch *b)
{
	const struct cm_sha256_impl *impl[CM_SHA256_IMPLS];
	size_t n = cm_sha256_impls(impl), i, k;

	for (i = 0; i < n; i++) {
		memset(b->got, 0xee, sizeof(b->got));
		cm_sha256_many_by(impl[i], b->msg, b->n, b->got);
		for (k = 0; k < b->n; k++)
			if (memcmp(b->got[k], b->want[k], 32) != 0)
				fail_msg("%s: message %zu of %zu, %zu and %zu bytes",
				    cm_sha256_impl_name(impl[i]), k, b->n, b->msg[k].head.len,
				    b->msg[k].body.len);
		for (; k < MANY; k++)
			assert_int_equal(b->got[k][0], 0xee);
	}
	memset(b->got, 0xee, sizeof(b->got));
	cm_sha256_many(b->msg, b->n, b->got);
	assert_memory_equal(b->got, b->want, b->n * 32);
}

static struct batch *
new_batch(void)
{
	struct batch *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	fill(b->pool, sizeof(b->pool));
	return b;
}

static void
every_length_hashes_as_openssl_says(void **state)
{
	struct batch *b = new_batch();
	size_t head, len;

	(void)state;
	for (head = 0; head <= CM_SHA256_HEAD; head += head == 1 ? 33 : head < 34 ? 1 : 15) {
		for (b->n = 0, len = 0; len <= 300; len++, b->n++)
			set_message(b, b->n, head, len);
		assert_batch(b);
	}
	/* one by one: each alone in its lane */
	for (len = 0; len <= 300; len++) {
		set_message(b, 0, len % 65, len);
		b->n = 1;
		assert_batch(b);
	}
	free(b);
}

/* Few and many, alike and different, some long: whatever may fill lanes or leave them empty. */
static void
any_batch_in_any_order_hashes_as_openssl_says(void **state)
{
	static const uint32_t most[] = { 1, 30, 300, 2000 };
	struct batch *b = new_batch();
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 120; round++) {
		b->n = round % 8 == 7 ? 1 + below(MANY) : 1 + below(50);
		for (i = 0; i < b->n; i++)
			set_message(b, i, below(65), below(40) == 0 && b->n < 60
				    ? below(LONG)
				    : below(most[round % 4]));
		assert_batch(b);
	}
	b->n = 0;
	assert_batch(b);
	free(b);
}

/* One that is too long for a lane, among short ones. */
static void
a_very_long_message_hashes_as_openssl_says(void **state)
{
	const struct cm_sha256_impl *impl[CM_SHA256_IMPLS];
	size_t n = cm_sha256_impls(impl), len = (4u << 20) + 77, i, k;
	uint8_t *long_one = malloc(len), want[2][32], got[20][32];
	struct cm_sha256_msg msg[20];

	(void)state;
	assert_non_null(long_one);
	fill(long_one, len);
	assert_int_equal(EVP_Digest(long_one, len, want[0], NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_Digest(long_one, 150, want[1], NULL, EVP_sha256(), NULL), 1);
	for (k = 0; k < 20; k++)
		msg[k] = (struct cm_sha256_msg) { cm_span_of(long_one, k),
			cm_span_of(long_one + k, (k == 7 ? len : 150) - k) };
	for (i = 0; i < n; i++) {
		cm_sha256_many_by(impl[i], msg, 20, got);
		for (k = 0; k < 20; k++)
			assert_memory_equal(got[k], want[k == 7 ? 0 : 1], 32);
	}
	free(long_one);
}

enum { WORDS = 100 };

/* Messages of one block, ${len} bytes of which the last are in no row, and their padding. */
struct worded {
	struct cm_sha256_words in;
	uint32_t row[16][WORDS];
	uint32_t out[8][WORDS];
	size_t len;
};

static void
some_words(struct worded *w)
{
	const size_t last = below(14);
	size_t i;

	fill(w->row, sizeof(w->row));
	fill(w->in.same, sizeof(w->in.same));
	memset(w->out, 0, sizeof(w->out));
	w->len = last * 4 + below(4);
	for (i = 0; i < 16; i++)
		w->in.row[i] = i < last && below(2) != 0 ? w->row[i] : NULL;
	for (i = last; i < 16; i++)
		w->in.same[i] = 0;
	w->in.same[last] = 0x80000000u >> w->len % 4 * 8;
	w->in.same[15] = (uint32_t)w->len * 8;
}

static void
assert_words(const struct cm_sha256_impl *by, struct worded *w, size_t n)
{
	uint8_t block[64], got[WORDS + 1][40], want[32];
	const uint32_t *word[8];
	uint32_t *out[8];
	size_t i, k;

	for (i = 0; i < 8; i++)
		word[i] = out[i] = w->out[i];
	cm_sha256_words_by(by, &w->in, n, out);
	memset(got, 0xee, sizeof(got));
	cm_sha256_spell_by(by, word, n, got[0], sizeof(got[0]));
	for (k = 0; k < n; k++) {
		for (i = 0; i < 16; i++)
			cm_put32(block + 4 * i,
			    w->in.same[i] | (w->in.row[i] == NULL ? 0 : w->in.row[i][k]));
		cm_sha256(block, w->len, want);
		assert_memory_equal(got[k], want, 32);
		assert_int_equal(got[k][32], 0xee);
	}
	/* nothing behind them is touched */
	assert_int_equal(got[n][0], 0xee);
	for (i = 0; i < 8; i++)
		assert_int_equal(w->out[i][n], 0);
	/* the same, written over what is read */
	for (i = 0; i < 8; i++)
		out[i] = w->row[i];
	cm_sha256_words_by(by, &w->in, n, out);
	for (i = 0; i < 8; i++)
		assert_memory_equal(w->row[i], w->out[i], n * sizeof(w->row[i][0]));
}

static void
words_hash_as_their_bytes(void **state)
{
	const struct cm_sha256_impl *impl[CM_SHA256_IMPLS];
	static struct worded w;
	size_t n_impl = cm_sha256_impls(impl), by, n;

	(void)state;
	for (by = 0; by < n_impl; by++) {
		for (n = 0; n < WORDS; n++) {
			some_words(&w);
			assert_words(impl[by], &w, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_two_examples_of_fips_180_come_out),
		cmocka_unit_test(the_short_messages_of_cavp_come_out),
		cmocka_unit_test(every_way_compresses_alike),
		cmocka_unit_test(a_message_hashes_alike_however_it_is_cut),
		cmocka_unit_test(every_length_hashes_as_openssl_says),
		cmocka_unit_test(any_batch_in_any_order_hashes_as_openssl_says),
		cmocka_unit_test(a_very_long_message_hashes_as_openssl_says),
		cmocka_unit_test(words_hash_as_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
