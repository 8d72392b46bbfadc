#include <stdatomic.h>

#include "crypto/sha256_impl.h"

const uint32_t cm_sha256_start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
	0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

/* Not a const table, and yet no state: whoever asks first writes what everybody
 * would write, and asking the processor costs more than a hash. */
static _Atomic(const struct cm_sha256_impl *) chosen;

const struct cm_sha256_impl *
cm_sha256_chosen(void)
{
	const struct cm_sha256_impl *by = atomic_load_explicit(&chosen, memory_order_relaxed);
	const struct cm_sha256_impl *all[CM_SHA256_IMPLS];

	if (by != NULL)
		return by;
	cm_sha256_impls_here(all);
	atomic_store_explicit(&chosen, all[0], memory_order_relaxed);
	return all[0];
}

static void
compress(uint32_t state[8], const uint8_t *blocks, size_t n)
{
	cm_sha256_chosen()->compress(state, blocks, n);
}

size_t
cm_sha256_impls(const struct cm_sha256_impl *out[CM_SHA256_IMPLS])
{
	return cm_sha256_impls_here(out);
}

const char *
cm_sha256_impl_name(const struct cm_sha256_impl *by)
{
	return by->name;
}

void
cm_sha256_compress_by(
    const struct cm_sha256_impl *by, uint32_t state[8], const uint8_t *blocks, size_t n)
{
	by->compress(state, blocks, n);
}

void
cm_sha256_words_by(const struct cm_sha256_impl *by, const struct cm_sha256_words *in, size_t n,
    uint32_t *const out[8])
{
	if (by->words != NULL)
		by->words(in, n, out);
	else
		cm_sha256_words_by_bytes(by, in, n, out);
}

void
cm_sha256_words(const struct cm_sha256_words *in, size_t n, uint32_t *const out[8])
{
	cm_sha256_words_by(cm_sha256_chosen(), in, n, out);
}

void
cm_sha256_spell_by(const struct cm_sha256_impl *by, const uint32_t *const word[8], size_t n,
    uint8_t *out, size_t stride)
{
	if (by->spell != NULL)
		by->spell(word, n, out, stride);
	else
		cm_sha256_spell_portable(word, n, out, stride);
}

void
cm_sha256_spell(const uint32_t *const word[8], size_t n, uint8_t *out, size_t stride)
{
	cm_sha256_spell_by(cm_sha256_chosen(), word, n, out, stride);
}

void
cm_sha256_init(struct cm_sha256 *h)
{
	memcpy(h->state, cm_sha256_start, sizeof(cm_sha256_start));
	h->len = 0;
}

void
cm_sha256_add(struct cm_sha256 *h, const void *ptr, size_t len)
{
	const uint8_t *p = ptr;
	size_t have = h->len % CM_SHA256_BLOCK, take;

	if (len == 0)
		return;
	h->len += len;
	if (have > 0) {
		take = CM_SHA256_BLOCK - have < len ? CM_SHA256_BLOCK - have : len;
		memcpy(h->block + have, p, take);
		if (have + take < CM_SHA256_BLOCK)
			return;
		compress(h->state, h->block, 1);
		p += take;
		len -= take;
	}
	if (len >= CM_SHA256_BLOCK) {
		compress(h->state, p, len / CM_SHA256_BLOCK);
		p += len - len % CM_SHA256_BLOCK;
		len %= CM_SHA256_BLOCK;
	}
	memcpy(h->block, p, len);
}

void
cm_sha256_end(struct cm_sha256 *h, uint8_t out[CM_SHA256_LEN])
{
	size_t have = h->len % CM_SHA256_BLOCK;
	int i;

	h->block[have++] = 0x80;
	if (have > CM_SHA256_BLOCK - 8) {
		memset(h->block + have, 0, CM_SHA256_BLOCK - have);
		compress(h->state, h->block, 1);
		have = 0;
	}
	memset(h->block + have, 0, CM_SHA256_BLOCK - 8 - have);
	cm_put64(h->block + CM_SHA256_BLOCK - 8, h->len * 8);
	compress(h->state, h->block, 1);
	for (i = 0; i < 8; i++)
		cm_put32(out + 4 * i, h->state[i]);
	explicit_bzero(h, sizeof(*h));
}

void
cm_sha256(const void *ptr, size_t len, uint8_t out[CM_SHA256_LEN])
{
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, ptr, len);
	cm_sha256_end(&h, out);
}
