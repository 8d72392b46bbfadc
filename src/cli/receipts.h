/* cli/receipts.h -- receipts out of the own log. */
#ifndef CM_CLI_RECEIPTS_H
#define CM_CLI_RECEIPTS_H

#include "crypto/sha256.h"
#include "log/receipt.h"
#include "log/tiles.h"
#include "os/private.h"
#include "store/log_files.h"

#define CM_RECEIPT_STATEMENT_MAX ((size_t)64 << 20)

/* The log as it is published now.  Zero-initialise; ends with cm_receipts_end. */
struct cm_receipts {
	struct cm_arena arena;
	struct cm_buf note;
	struct cm_checkpoint checkpoint;
	struct cm_tiles *tiles;
};
CM_RESULT cm_receipts_begin(struct cm_receipts *r, struct cm_log_files *l, struct cm_err *err);
void cm_receipts_end(struct cm_receipts *r);

/* Appends the receipt of entry ${place}.  CM_E_NOTFOUND: the log is not that long. */
CM_RESULT cm_receipts_make(
    struct cm_receipts *r, uint64_t place, struct cm_buf *out, struct cm_err *err);
/* That the log of size ${from} only grew. */
CM_RESULT cm_receipts_growth(
    struct cm_receipts *r, uint64_t from, struct cm_proof *out, struct cm_err *err);
/* The note, with its signatures. */
struct cm_span cm_receipts_checkpoint(const struct cm_receipts *r);

#endif
