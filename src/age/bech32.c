#include <string.h>

#include "age/bech32.h"

#define DATA 52u /* characters of five bits for 256 of them */
#define SUM 6u

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static bool
is_upper(const char *hrp)
{
	return hrp[0] >= 'A' && hrp[0] <= 'Z';
}

/* One step of the checksum: ${v} is five bits. */
static uint32_t
step(uint32_t sum, uint8_t v)
{
	static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		if ((top >> i & 1) != 0)
			sum ^= generator[i];
	return sum;
}

/* Of the HRP, as if it were lower case, then of ${n} values. */
static uint32_t
checksum(const char *hrp, const uint8_t *v, size_t n)
{
	uint32_t sum = 1;

	for (const char *p = hrp; *p != '\0'; p++)
		sum = step(sum, lower((uint8_t)*p) >> 5);
	sum = step(sum, 0);
	for (const char *p = hrp; *p != '\0'; p++)
		sum = step(sum, lower((uint8_t)*p) & 31);
	for (size_t i = 0; i < n; i++)
		sum = step(sum, v[i]);
	return sum;
}

/* Five bits from bit ${at} on; zeros behind the end. */
static uint8_t
five(const uint8_t data[32], size_t at)
{
	uint32_t two = (uint32_t)data[at / 8] << 8;

	if (at / 8 + 1 < 32)
		two |= data[at / 8 + 1];
	return (uint8_t)(two >> (11 - at % 8) & 31);
}

void
cm_bech32_encode(const char *hrp, const uint8_t data[32], char *out)
{
	uint8_t v[DATA + SUM] = { 0 };
	uint32_t sum;
	size_t i;

	for (i = 0; i < DATA; i++)
		v[i] = five(data, 5 * i);
	sum = checksum(hrp, v, sizeof(v)) ^ 1;
	for (i = 0; i < SUM; i++)
		v[DATA + i] = (uint8_t)(sum >> 5 * (SUM - 1 - i) & 31);
	memcpy(out, hrp, strlen(hrp));
	out += strlen(hrp);
	*out++ = '1';
	for (i = 0; i < sizeof(v); i++)
		*out++ = (char)(is_upper(hrp) ? upper((uint8_t)letters[v[i]]) : (uint8_t)letters[v[i]]);
	*out = '\0';
	explicit_bzero(v, sizeof(v));
}

/* What ${c} stands for, 0 to 31; 255: nothing. */
static uint8_t
value(uint8_t c, bool want_upper)
{
	const char *at;

	if (c == '\0' || c != (want_upper ? upper(c) : lower(c)))
		return 255;
	at = strchr(letters, lower(c));
	return at == NULL ? 255 : (uint8_t)(at - letters);
}

static enum cm_result
read_values(const char *hrp, struct cm_span text, uint8_t v[DATA + SUM], struct cm_err *err)
{
	size_t head = strlen(hrp);

	if (text.len < head + 1 || memcmp(text.ptr, hrp, head) != 0 || text.ptr[head] != '1')
		return cm_err_set(err, CM_E_MALFORMED, "it does not begin with %s1", hrp);
	if (text.len != head + CM_BECH32_TAIL)
		return cm_err_set(err, CM_E_MALFORMED, "it has %zu characters, not %zu", text.len,
		    head + CM_BECH32_TAIL);
	for (size_t i = 0; i < DATA + SUM; i++) {
		v[i] = value(text.ptr[head + 1 + i], is_upper(hrp));
		if (v[i] > 31)
			return cm_err_at(err, CM_E_MALFORMED, head + 1 + i, "a character that it can not have");
	}
	return CM_OK;
}

enum cm_result
cm_bech32_decode(const char *hrp, struct cm_span text, uint8_t out[32], struct cm_err *err)
{
	uint8_t v[DATA + SUM] = { 0 }, data[33] = { 0 };
	enum cm_result r = read_values(hrp, text, v, err);

	if (r == CM_OK && checksum(hrp, v, sizeof(v)) != 1)
		r = cm_err_set(err, CM_E_MALFORMED, "its checksum is not right");
	for (size_t i = 0; r == CM_OK && i < DATA; i++) {
		uint32_t two = (uint32_t)v[i] << (11 - 5 * i % 8);

		data[5 * i / 8] |= (uint8_t)(two >> 8);
		if (5 * i / 8 + 1 < sizeof(data))
			data[5 * i / 8 + 1] |= (uint8_t)two;
	}
	/* Bits that belong to no byte have one spelling. */
	if (r == CM_OK && data[32] != 0)
		r = cm_err_set(err, CM_E_MALFORMED, "its last bits are not zero");
	if (r == CM_OK)
		memcpy(out, data, 32);
	explicit_bzero(v, sizeof(v));
	explicit_bzero(data, sizeof(data));
	return r;
}
