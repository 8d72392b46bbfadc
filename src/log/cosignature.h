/* log/cosignature.h -- a witness's signature over a checkpoint, with a time (C2SP tlog-cosignature v1).
 *
 * It says: as of `time`, the largest consistent tree observed for this origin had this root.
 * Signed are "cosignature/v1\n", "time T\n" and the text of the note; behind the key id the line
 * holds the time as u64 and 64 bytes of Ed25519.  The message does not name the cosigner, so a
 * key has one role and one name. */
#ifndef CM_LOG_COSIGNATURE_H
#define CM_LOG_COSIGNATURE_H

#include "log/note.h"

#define CM_COSIGNATURE_HEAD "cosignature/v1\n"
#define CM_COSIGNATURE_LEN (8u + 64u)

/* Appends the line.  ${key} is of type CM_NOTE_COSIGNATURE, ${time} Unix seconds, 1 to 2^63 - 1.
 * CM_E_USAGE: another key or time, or ${text} is no checkpoint; CM_E_NOMEM. */
CM_RESULT cm_cosign(struct cm_span text, const struct cm_vkey *key, const uint8_t seed[32],
    uint64_t time, struct cm_buf *out, struct cm_err *err);

/* When ${key} cosigned, first and last: it may have done so several times.  CM_E_NOTFOUND: no
 * line of it; CM_E_REFUSED: a line of it does not hold, or has a time that can not be; CM_E_NOMEM. */
CM_RESULT cm_cosignature_times(const struct cm_note *n, const struct cm_vkey *key,
    uint64_t *earliest, uint64_t *latest, struct cm_err *err);

/* The same, the latest only. */
CM_RESULT cm_cosignature_verify(
    const struct cm_note *n, const struct cm_vkey *key, uint64_t *time, struct cm_err *err);

#endif
