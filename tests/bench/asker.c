#include <stdlib.h>
#include <string.h>

#include "asker.h"
#include "crypto/ed25519.h"
#include "merkle/tree.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

struct asker
asker_of(const char *origin, uint8_t n, uint64_t forks_at)
{
	struct asker a = { .forks_at = forks_at };
	uint8_t point[32];

	memset(a.seed, n, sizeof(a.seed));
	must(cm_ed25519_public(a.seed, point) == CM_OK);
	must(cm_vkey_of(cm_span_str(origin), CM_NOTE_ED25519, point, &a.key, NULL) == CM_OK);
	return a;
}

struct history {
	const struct asker *a;
	bool other;
};

static enum cm_result
hash_at(void *arg, unsigned level, uint64_t n, uint8_t out[32], struct cm_err *err)
{
	const struct history *h = arg;
	struct cm_tree t = { 0 };
	uint8_t leaf[32], entry[9];

	(void)err;
	for (uint64_t i = n << level; i < (n + 1) << level; i++) {
		cm_put64(entry, i);
		entry[8] = h->other && i >= h->a->forks_at;
		cm_merkle_leaf(cm_span_of(entry, sizeof(entry)), leaf);
		cm_tree_add(&t, 0, leaf);
	}
	cm_tree_root(&t, NULL, out);
	return CM_OK;
}

void
asker_root(const struct asker *a, uint64_t size, bool other, uint8_t out[32])
{
	struct history h = { a, other };
	struct cm_hashes hashes = { hash_at, &h };

	must(cm_merkle_root(&hashes, size, out, NULL) == CM_OK);
}

static void
put_note(const struct asker *a, uint64_t size, bool other, struct cm_buf *out)
{
	struct cm_checkpoint c = { .size = size };
	struct cm_buf text = { 0 };

	memcpy(c.origin, a->key.name, sizeof(c.origin));
	asker_root(a, size, other, c.root);
	cm_checkpoint_write(&c, &text);
	cm_buf_add_span(out, cm_buf_span(&text));
	cm_buf_add_u8(out, '\n');
	must(cm_note_sign(cm_buf_span(&text), &a->key, a->seed, out, NULL) == CM_OK);
	cm_buf_release(&text);
}

void
asker_request(const struct asker *a, uint64_t old, uint64_t size, bool other, struct cm_buf *out)
{
	struct history h = { a, other };
	struct cm_hashes hashes = { hash_at, &h };
	struct cm_proof proof = { 0 };
	struct cm_buf note = { 0 };

	if (old <= size)
		must(cm_proof_consistency(&hashes, old, size, &proof, NULL) == CM_OK);
	put_note(a, size, other, &note);
	cm_buf_clear(out);
	cm_witness_request_write(old, &proof, cm_buf_span(&note), out);
	must(cm_buf_ok(out));
	cm_buf_release(&note);
}
