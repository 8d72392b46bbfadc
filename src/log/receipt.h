/* log/receipt.h -- a .tlog-proof: that an entry is in a log, for use without a network (C2SP tlog-proof).
 *
 *	c2sp.org/tlog-proof@v1
 *	extra <base64>          may be absent, and proves nothing
 *	index <n>
 *	<hash>...               nearest the leaf first
 *	<empty line>
 *	<checkpoint note, with cosignatures> */
#ifndef CM_LOG_RECEIPT_H
#define CM_LOG_RECEIPT_H

#include "log/checkpoint.h"
#include "merkle/proof.h"

#define CM_RECEIPT_BYTES (CM_NOTE_BYTES + 8192u)

struct cm_receipt {
	struct cm_span extra; /* decoded, in the arena; mostly empty */
	uint64_t index;
	struct cm_proof proof;
	struct cm_span checkpoint; /* the bytes of the note */
};

/* Also reads the checkpoint, and checks no signature.  CM_E_MALFORMED with the offset; CM_E_LIMIT;
 * CM_E_NOMEM. */
CM_RESULT cm_receipt_parse(
    struct cm_span bytes, struct cm_arena *arena, struct cm_receipt *out, struct cm_err *err);
void cm_receipt_write(const struct cm_receipt *r, struct cm_buf *out);

/* Does it prove that ${entry} is in a log whose checkpoint this key signed?  CM_E_REFUSED,
 * CM_E_NOTFOUND (another log's), CM_E_MALFORMED, CM_E_NOMEM.  Cosignatures: log/policy.h. */
CM_RESULT cm_receipt_check(const struct cm_receipt *r, struct cm_span entry,
    const struct cm_vkey *log, struct cm_arena *arena, struct cm_checkpoint *out,
    struct cm_note *note, struct cm_err *err);

#endif
