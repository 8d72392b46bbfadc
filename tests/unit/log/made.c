#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "made.h"

struct made_key
made_key(const char *name, enum cm_note_type type, uint8_t n)
{
	struct made_key k;
	uint8_t key[32];

	memset(k.seed, n, sizeof(k.seed));
	if (cm_ed25519_public(k.seed, key) != CM_OK ||
	    cm_vkey_of(cm_span_str(name), type, key, &k.v, NULL) != CM_OK)
		abort();
	return k;
}

void
made_text(const char *origin, uint64_t size, uint8_t root, struct cm_buf *out)
{
	struct cm_checkpoint c = { .size = size };

	memcpy(c.origin, origin, strlen(origin) + 1);
	memset(c.root, root, sizeof(c.root));
	cm_checkpoint_write(&c, out);
}

void
made_note(struct cm_span text, const struct made_key *log, struct cm_buf *out)
{
	cm_buf_add_span(out, text);
	cm_buf_add_u8(out, '\n');
	if (cm_note_sign(text, &log->v, log->seed, out, NULL) != CM_OK)
		abort();
}

static enum cm_result
hash_at(void *arg, unsigned level, uint64_t n, uint8_t out[CM_SHA256_LEN], struct cm_err *err)
{
	uint8_t bytes[1 + 2 * CM_SHA256_LEN] = { 1 };

	if (level == 0) {
		cm_put64(bytes, n);
		cm_merkle_leaf(cm_span_of(bytes, 8), out);
		return CM_OK;
	}
	if (hash_at(arg, level - 1, 2 * n, bytes + 1, err) != CM_OK ||
	    hash_at(arg, level - 1, 2 * n + 1, bytes + 1 + CM_SHA256_LEN, err) != CM_OK)
		abort();
	cm_sha256(bytes, sizeof(bytes), out);
	return CM_OK;
}

const struct cm_hashes made_tree = { .at = hash_at };
