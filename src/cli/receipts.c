#include <inttypes.h>

#include "cli/receipts.h"

enum cm_result
cm_receipts_begin(struct cm_receipts *r, struct cm_log_files *l, struct cm_err *err)
{
	struct cm_tile_source source = cm_log_files_source(l);
	enum cm_result rc;

	cm_arena_init(&r->arena, 0);
	rc = cm_log_files_published(l, &r->note, err);
	if (rc == CM_OK)
		rc = cm_checkpoint_open(cm_buf_span(&r->note), cm_log_files_key(l), &r->arena, &r->checkpoint, NULL, err);
	if (rc == CM_OK && cm_tiles_new(&source, r->checkpoint.size, r->checkpoint.root, &r->tiles) != CM_OK)
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	return rc;
}

void
cm_receipts_end(struct cm_receipts *r)
{
	cm_tiles_free(r->tiles);
	cm_buf_release(&r->note);
	cm_arena_fini(&r->arena);
}

enum cm_result
cm_receipts_make(struct cm_receipts *r, uint64_t place, struct cm_buf *out, struct cm_err *err)
{
	struct cm_hashes hashes = cm_tiles_hashes(r->tiles);
	struct cm_receipt receipt = { .index = place, .checkpoint = cm_buf_span(&r->note) };
	enum cm_result rc;

	if (place >= r->checkpoint.size)
		return cm_err_set(err, CM_E_NOTFOUND, "there is no entry %" PRIu64 " in the log, which has %" PRIu64, place,
		    r->checkpoint.size);
	rc = cm_proof_inclusion(&hashes, place, r->checkpoint.size, &receipt.proof, err);
	if (rc != CM_OK)
		return rc;
	cm_receipt_write(&receipt, out);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

enum cm_result
cm_receipts_growth(struct cm_receipts *r, uint64_t from, struct cm_proof *out, struct cm_err *err)
{
	struct cm_hashes hashes = cm_tiles_hashes(r->tiles);

	if (from > r->checkpoint.size)
		return cm_err_set(err, CM_E_NOTFOUND, "the log has %" PRIu64 " entries only", r->checkpoint.size);
	return cm_proof_consistency(&hashes, from, r->checkpoint.size, out, err);
}

struct cm_span
cm_receipts_checkpoint(const struct cm_receipts *r)
{
	return cm_buf_span(&r->note);
}
