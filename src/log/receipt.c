#include <inttypes.h>

#include "codec/base64.h"
#include "log/lines.h"
#include "log/receipt.h"

#define HEAD "c2sp.org/tlog-proof@v1"

static enum cm_result
read_head(struct cm_lines *l, struct cm_err *err)
{
	struct cm_span line;
	enum cm_result r = cm_lines_next(l, "the line `" HEAD "'", &line, err);

	if (r != CM_OK || cm_span_eq(line, cm_span_str(HEAD)))
		return r;
	return cm_err_at(err, CM_E_MALFORMED, 0, "the first line is not `" HEAD "'");
}

static enum cm_result
read_extra(struct cm_lines *l, struct cm_arena *arena, struct cm_span *out, struct cm_err *err)
{
	size_t at = l->at, len;
	struct cm_span text;
	uint8_t *bytes;
	enum cm_result r;

	if (!cm_lines_begins(l, "extra"))
		return CM_OK;
	r = cm_lines_value(l, "extra", &text, err);
	if (r != CM_OK)
		return r;
	len = cm_base64_decoded_len(text);
	if (len == 0 || !cm_base64_ok(text))
		return cm_err_at(err, CM_E_MALFORMED, at,
		    "`extra' is not base64; a receipt without it has no such line");
	bytes = cm_arena_alloc(arena, len);
	if (bytes == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	*out = cm_span_of(bytes, len);
	return cm_base64_decode_fixed(text, bytes, len);
}

enum cm_result
cm_receipt_parse(
    struct cm_span bytes, struct cm_arena *arena, struct cm_receipt *out, struct cm_err *err)
{
	struct cm_lines l = { .in = bytes };
	struct cm_checkpoint checkpoint;
	struct cm_receipt p = { 0 };
	enum cm_result r;

	if (bytes.len > CM_RECEIPT_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "a receipt of %zu bytes; at most %zu", bytes.len,
		    CM_RECEIPT_BYTES);
	r = read_head(&l, err);
	if (r == CM_OK)
		r = read_extra(&l, arena, &p.extra, err);
	if (r == CM_OK)
		r = cm_lines_number(&l, "index", &p.index, err);
	if (r == CM_OK)
		r = cm_lines_proof(&l, &p.proof, err);
	if (r != CM_OK)
		return r;
	p.checkpoint = cm_span_part(bytes, l.at, bytes.len);
	r = cm_checkpoint_read(p.checkpoint, l.at, arena, &checkpoint, NULL, err);
	if (r == CM_OK)
		*out = p;
	return r;
}

void
cm_receipt_write(const struct cm_receipt *r, struct cm_buf *out)
{
	cm_buf_add_str(out, HEAD "\n");
	if (r->extra.len > 0) {
		cm_buf_add_str(out, "extra ");
		cm_base64_encode(r->extra, out);
		cm_buf_add_u8(out, '\n');
	}
	cm_buf_printf(out, "index %" PRIu64 "\n", r->index);
	cm_lines_put_proof(&r->proof, out);
	cm_buf_add_span(out, r->checkpoint);
}

enum cm_result
cm_receipt_check(const struct cm_receipt *r, struct cm_span entry, const struct cm_vkey *log,
    struct cm_arena *arena, struct cm_checkpoint *out, struct cm_note *note, struct cm_err *err)
{
	uint8_t leaf[CM_SHA256_LEN];
	struct cm_checkpoint c;
	struct cm_note n;
	enum cm_result code = cm_checkpoint_open(r->checkpoint, log, arena, &c, &n, err);

	if (code != CM_OK)
		return code;
	cm_merkle_leaf(entry, leaf);
	code = cm_proof_check_inclusion(r->index, c.size, leaf, &r->proof, c.root);
	if (code != CM_OK)
		return cm_err_set(err, code,
		    "the receipt does not prove that this is entry %" PRIu64 " of the %" PRIu64
		    " in the log %.120s",
		    r->index, c.size, c.origin);
	*out = c;
	if (note != NULL)
		*note = n;
	return CM_OK;
}
