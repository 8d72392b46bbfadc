/* SHA-256 is SHA-256, by every implementation, however the message is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static void
every_implementation_compresses_alike(void **state)
{
	struct cm_sha256_impl impl[2];
	uint32_t a[8], b[8];
	uint8_t block[5 * 64];
	uint32_t x = 1;
	size_t i, n = cm_sha256_impls(impl);
	int round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		for (i = 0; i < sizeof(block); i++)
			block[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
		for (i = 0; i < 8; i++)
			a[i] = b[i] = (x = x * 1664525 + 1013904223);
		impl[0].compress(a, block, (size_t)round % 6);
		impl[n - 1].compress(b, block, (size_t)round % 6);
		assert_memory_equal(a, b, sizeof(a));
	}
}

static void
a_message_hashes_alike_however_it_is_cut(void **state)
{
	uint8_t msg[300], whole[32], cut[32], many[1][32];
	struct cm_sha256_msg m;
	struct cm_sha256 h;
	size_t len, at;

	(void)state;
	for (len = 0; len < sizeof(msg); len++)
		msg[len] = (uint8_t)(len * 7);
	for (len = 0; len < sizeof(msg); len += 13) {
		cm_sha256(msg, len, whole);
		for (at = 0; at <= len; at++) {
			cm_sha256_init(&h);
			cm_sha256_add(&h, msg, at);
			cm_sha256_add(&h, msg + at, len - at);
			cm_sha256_end(&h, cut);
			assert_memory_equal(cut, whole, 32);
			m = (struct cm_sha256_msg) { { { msg, at / 2 },
			    { msg + at / 2, at - at / 2 }, { msg + at, len - at } } };
			cm_sha256_many(&m, 1, many);
			assert_memory_equal(many[0], whole, 32);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_two_examples_of_fips_180_come_out),
		cmocka_unit_test(the_short_messages_of_cavp_come_out),
		cmocka_unit_test(every_implementation_compresses_alike),
		cmocka_unit_test(a_message_hashes_alike_however_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
