#include <string.h>

#include "base/span.h"
#include "crypto/sha256.h"
#include "statement/draw.h"

#define LABEL "comity draw v1"
#define LABEL_LEN (sizeof(LABEL) - 1)
#define HEAD_LEN (LABEL_LEN + 32)
#define AT_ONCE 256u

static uint64_t
key_of(const uint8_t digest[32])
{
	uint64_t key = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		key = key << 8 | digest[i];
	return key;
}

void
cm_draw_keys(const uint8_t seal[32], uint64_t first, size_t n, uint64_t *out)
{
	uint8_t head[HEAD_LEN], row[AT_ONCE][8], digest[AT_ONCE][32];
	struct cm_sha256_msg msg[AT_ONCE];
	size_t i, k, part;

	memcpy(head, LABEL, LABEL_LEN);
	memcpy(head + LABEL_LEN, seal, 32);
	for (i = 0; i < n; i += part) {
		part = n - i < AT_ONCE ? n - i : AT_ONCE;
		for (k = 0; k < part; k++) {
			cm_put64(row[k], first + i + k);
			msg[k] = (struct cm_sha256_msg) { cm_span_of(head, sizeof(head)), cm_span_of(row[k], 8) };
		}
		cm_sha256_many(msg, part, digest);
		for (k = 0; k < part; k++)
			out[i + k] = key_of(digest[k]);
	}
}

uint64_t
cm_draw_key(const uint8_t seal[32], uint64_t row)
{
	uint8_t text[HEAD_LEN + 8], digest[32];

	memcpy(text, LABEL, LABEL_LEN);
	memcpy(text + LABEL_LEN, seal, 32);
	cm_put64(text + HEAD_LEN, row);
	cm_sha256(text, sizeof(text), digest);
	return key_of(digest);
}

bool
cm_draw_thin_ok(uint64_t thin)
{
	return thin >= 1 && thin <= CM_DRAW_THIN_MAX && (thin & (thin - 1)) == 0;
}

uint64_t
cm_draw_count(const uint8_t seal[32], uint64_t thin, uint64_t first, uint64_t last)
{
	uint64_t key[AT_ONCE], at, n = 0;
	size_t i, part;

	if (thin == 1)
		return last - first + 1;
	for (at = first; at <= last; at += part) {
		part = last - at < AT_ONCE ? (size_t)(last - at) + 1 : AT_ONCE;
		cm_draw_keys(seal, at, part, key);
		for (i = 0; i < part; i++)
			n += cm_draw_takes(key[i], thin);
	}
	return n;
}

bool
cm_traffic_drawn(const uint8_t seal[32], uint64_t thin, uint64_t row)
{
	return thin == 1 || cm_draw_takes(cm_draw_key(seal, row), thin);
}
