/* A log's tiles from others.  The input: u64 size, 32 bytes of root, then u16 length and bytes of each
 * file in the order in which they are asked for; behind the last one there is none.  An entry that is
 * read has a proof that holds. */
#include <string.h>

#include "fuzz.h"
#include "log/growth.h"

static enum cm_result
fetch(void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err)
{
	struct cm_cursor *c = arg;
	struct cm_span bytes = cm_cursor_take(c, cm_cursor_u16(c));

	must(t->width > 0 && t->width <= CM_LOG_TILE_WIDTH);
	if (c->bad)
		return cm_err_set(err, CM_E_NOTFOUND, "no more files");
	cm_buf_add_span(out, bytes);
	return CM_OK;
}

static void
read_one(struct cm_tiles *t, uint64_t index, uint64_t size, const uint8_t *root)
{
	const struct cm_hashes h = cm_tiles_hashes(t);
	struct cm_err err = { 0 };
	uint8_t leaf[CM_SHA256_LEN];
	struct cm_proof proof;
	struct cm_span e;

	if (cm_tiles_entry(t, index, &e, &err) != CM_OK) {
		must(err.text[0] != '\0');
		return;
	}
	cm_merkle_leaf(e, leaf);
	if (cm_proof_inclusion(&h, index, size, &proof, NULL) == CM_OK)
		must(cm_proof_check_inclusion(index, size, leaf, &proof, root) == CM_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	const struct cm_tile_source source = { fetch, &c };
	uint64_t n = cm_cursor_u64(&c) & INT64_MAX;
	struct cm_span root = cm_cursor_take(&c, CM_SHA256_LEN);
	struct cm_growth *g = NULL;
	struct cm_tiles *t = NULL;

	if (c.bad)
		return 0;
	if (cm_tiles_new(&source, n, root.ptr, &t) == CM_OK) {
		read_one(t, n / 2, n, root.ptr);
		read_one(t, n - (n > 0), n, root.ptr);
		cm_tiles_free(t);
	}
	if (cm_growth_new(&source, n, root.ptr, &g, NULL) == CM_OK)
		cm_growth_free(g);
	return 0;
}
