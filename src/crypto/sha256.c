#include <stdatomic.h>
#include <string.h>

#include "crypto/sha256.h"
#include "crypto/sha256_impl.h"

typedef void (*compress_fn)(uint32_t state[8], const uint8_t *blocks, size_t n);

/* Not a const table, and yet no state: whoever asks first writes what everybody
 * would write, and asking the processor costs more than a hash. */
static _Atomic(compress_fn) chosen;

static compress_fn
choose(void)
{
	compress_fn f = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (f != NULL)
		return f;
	f = cm_sha256_has_fast() ? cm_sha256_compress_fast : cm_sha256_compress_portable;
	atomic_store_explicit(&chosen, f, memory_order_relaxed);
	return f;
}

size_t
cm_sha256_impls(struct cm_sha256_impl out[2])
{
	size_t n = 0;

	if (cm_sha256_has_fast())
		out[n++] = (struct cm_sha256_impl) { cm_sha256_fast_name, cm_sha256_compress_fast };
	out[n++] = (struct cm_sha256_impl) { "portable", cm_sha256_compress_portable };
	return n;
}

void
cm_sha256_init(struct cm_sha256 *h)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(h->state, start, sizeof(start));
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
		choose()(h->state, h->block, 1);
		p += take;
		len -= take;
	}
	if (len >= CM_SHA256_BLOCK) {
		choose()(h->state, p, len / CM_SHA256_BLOCK);
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
		choose()(h->state, h->block, 1);
		have = 0;
	}
	memset(h->block + have, 0, CM_SHA256_BLOCK - 8 - have);
	cm_put64(h->block + CM_SHA256_BLOCK - 8, h->len * 8);
	choose()(h->state, h->block, 1);
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

void
cm_sha256_many(const struct cm_sha256_msg *msgs, size_t n, uint8_t (*out)[CM_SHA256_LEN])
{
	struct cm_sha256 h;
	size_t i, j;

	for (i = 0; i < n; i++) {
		cm_sha256_init(&h);
		for (j = 0; j < CM_SHA256_PARTS; j++)
			cm_sha256_add(&h, msgs[i].part[j].ptr, msgs[i].part[j].len);
		cm_sha256_end(&h, out[i]);
	}
}
