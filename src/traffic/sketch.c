#include <stddef.h>

#include "traffic/mix.h"
#include "traffic/sketch.h"

uint32_t
cm_log2_q16(uint64_t x)
{
	unsigned whole;
	uint64_t m;
	uint32_t fraction = 0;

	if (x == 0)
		return 0;
	whole = 63u - (unsigned)__builtin_clzll(x);
	m = whole > 31 ? x >> (whole - 31) : x << (31 - whole); /* 1 <= m / 2^31 < 2 */
	for (unsigned k = 0; k < 16; k++) {
		m = m * m >> 31;
		fraction <<= 1;
		if (m >> 32 != 0) {
			m >>= 1;
			fraction |= 1;
		}
	}
	return whole << 16 | fraction;
}

/* m ln(m / zeros): few different ones fill few registers. */
static uint64_t
few(uint64_t m, unsigned bits, uint64_t zeros)
{
	uint64_t log2 = ((uint64_t)bits << 16) - cm_log2_q16(zeros);

	return (m * log2 / 1000 * 693147 / 1000 + 32768) >> 16;
}

uint64_t
cm_hll_count(const uint8_t *reg, unsigned bits)
{
	uint64_t m = UINT64_C(1) << bits, sum = 0, zeros = 0, alpha, n;

	for (uint64_t i = 0; i < m; i++) {
		sum += reg[i] > 48 ? 1 : UINT64_C(1) << (48 - reg[i]);
		zeros += reg[i] == 0;
	}
	alpha = UINT64_C(721300) * m / (m * 1000 + 1079); /* in thousandths */
	n = (alpha * m * m / 1000 << 32) / (sum >> 16);
	return n * 2 <= 5 * m && zeros != 0 ? few(m, bits, zeros) : n;
}

/* The bins as numbers whose sum is below 2^26. */
static unsigned
shift_of(const struct cm_spread *s, uint64_t *sum)
{
	unsigned shift = 0;

	*sum = 0;
	for (size_t i = 0; i < CM_SPREAD; i++)
		*sum += s->bin[i];
	while (*sum >> shift >= UINT64_C(1) << 26)
		shift++;
	return shift;
}

uint64_t
cm_spread_milli(const struct cm_spread *s)
{
	uint64_t sum, n = 0, same = 0;
	unsigned shift = shift_of(s, &sum);

	for (size_t i = 0; i < CM_SPREAD; i++) {
		uint64_t c = s->bin[i] >> shift;

		n += c;
		same += c == 0 ? 0 : c * (c - 1);
	}
	if (n < 2)
		return n * 1000;
	return same == 0 ? n * 1000 : n * (n - 1) * 1000 / same;
}

uint32_t
cm_entropy_milli(const struct cm_spread *s)
{
	uint64_t sum, n = 0, logs = 0, kinds = 0, h;
	unsigned shift = shift_of(s, &sum);

	for (size_t i = 0; i < CM_SPREAD; i++) {
		uint64_t c = s->bin[i] >> shift;

		n += c;
		kinds += c != 0;
		logs += c * cm_log2_q16(c);
	}
	if (n == 0)
		return 0;
	h = cm_log2_q16(n) - logs / n;
	h += (kinds - 1) * 47274 / n; /* (kinds - 1) / (2 n ln 2) */
	h = h * 1000 >> 16;
	return (uint32_t)(h > 8000 ? 8000 : h);
}

void
cm_top_add(struct cm_top *t, uint32_t key)
{
	unsigned room = CM_TOP;

	t->all++;
	for (unsigned i = 0; i < CM_TOP; i++) {
		if (t->n[i] != 0 && t->key[i] == key) {
			cm_bump(&t->n[i]);
			return;
		}
		if (t->n[i] == 0)
			room = i;
	}
	if (room < CM_TOP) {
		t->key[room] = key;
		t->n[room] = 1;
		return;
	}
	for (unsigned i = 0; i < CM_TOP; i++)
		t->n[i]--;
}

uint64_t
cm_top_most(const struct cm_top *t, uint32_t *key)
{
	unsigned most = 0;

	for (unsigned i = 1; i < CM_TOP; i++)
		if (t->n[i] > t->n[most])
			most = i;
	*key = t->key[most];
	return t->n[most];
}
