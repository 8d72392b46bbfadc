/* log/entry.h -- what a party logs of a statement (FORMATS 2): three lines.
 *
 *	comity statement v1
 *	sha256 <hex: SHA-256 of the statement file followed by its signature file>
 *	key <SHA256:...: the signer's fingerprint>
 *
 * Witnesses and mirrors see no more than that. */
#ifndef CM_LOG_ENTRY_H
#define CM_LOG_ENTRY_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_ENTRY_KEY 50 /* characters of a fingerprint */

struct cm_entry {
	uint8_t digest[32];
	char key[CM_ENTRY_KEY + 1];
};

void cm_entry_digest(struct cm_span statement, struct cm_span signature, uint8_t out[32]);
void cm_entry_write(const struct cm_entry *e, struct cm_buf *out);
CM_RESULT cm_entry_parse(
    struct cm_span text, struct cm_entry *out, struct cm_err *err); /* CM_E_MALFORMED */

#endif
