/* What the sealer keeps of the pairs, at the end of his index: 72 bytes a pair (key, rows, cover), how many
 * there are, u64, and a word that no place (seal/places.h) can end with: it would be more frames than
 * there are numbers of rows. */
#include <stdlib.h>
#include <string.h>

#include "seal/pairs.h"

#define MAGIC "CMpairs1"

enum { RECORD = CM_HASH_LEN + 8 + CM_HASH_LEN, TAIL = 16 };

enum cm_result
cm_pair_list_write(const struct cm_pair_list *l, const struct cm_sink *out)
{
	uint8_t record[RECORD], tail[TAIL];
	enum cm_result rc = CM_OK;
	struct cm_buf some = { 0 };
	size_t i;

	for (i = 0; rc == CM_OK && i < l->n; i++) {
		memcpy(record, l->pair[i].key, CM_HASH_LEN);
		cm_put64(record + CM_HASH_LEN, l->pair[i].rows);
		memcpy(record + CM_HASH_LEN + 8, l->pair[i].cover, CM_HASH_LEN);
		cm_buf_add(&some, record, sizeof(record));
		if (some.len < 1u << 16 && i + 1 < l->n)
			continue;
		rc = cm_buf_ok(&some) ? cm_sink_write(out, some.ptr, some.len) : CM_E_NOMEM;
		cm_buf_clear(&some);
	}
	cm_buf_release(&some);
	cm_put64(tail, l->n);
	memcpy(tail + 8, MAGIC, 8);
	return rc == CM_OK ? cm_sink_write(out, tail, sizeof(tail)) : rc;
}

enum cm_result
cm_pair_list_cut(struct cm_span *index, struct cm_span *notes)
{
	uint64_t n;
	size_t len;

	*notes = cm_span_of(NULL, 0);
	if (index->len < TAIL || memcmp(index->ptr + index->len - 8, MAGIC, 8) != 0)
		return CM_OK;
	n = cm_get64(index->ptr + index->len - TAIL);
	if (n > CM_PAIRS_MAX || n * RECORD > index->len - TAIL)
		return CM_E_MALFORMED;
	len = (size_t)n * RECORD + TAIL;
	*notes = cm_span_part(*index, index->len - len, len);
	*index = cm_span_part(*index, 0, index->len - len);
	return CM_OK;
}

enum cm_result
cm_pair_list_read(struct cm_span notes, struct cm_pair_list *out, struct cm_err *err)
{
	size_t n = notes.len < TAIL ? 0 : (notes.len - TAIL) / RECORD, i;
	struct cm_pair *pair = calloc(n + 1, sizeof(*pair));
	const uint8_t *at = notes.ptr;

	if (pair == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the pairs of hosts");
	for (i = 0; i < n; i++, at += RECORD) {
		memcpy(pair[i].key, at, CM_HASH_LEN);
		pair[i].rows = cm_get64(at + CM_HASH_LEN);
		memcpy(pair[i].cover, at + CM_HASH_LEN + 8, CM_HASH_LEN);
		if (i > 0 && memcmp(pair[i - 1].key, pair[i].key, CM_HASH_LEN) >= 0) {
			free(pair);
			return cm_err_set(err, CM_E_MALFORMED, "the index of the case: pairs of hosts that do not ascend");
		}
	}
	*out = (struct cm_pair_list) { pair, n };
	return CM_OK;
}
