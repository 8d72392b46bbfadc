/* log/checkpoint.h -- what a log commits to: its origin, size and root (C2SP tlog-checkpoint v1.0.0).
 *
 * Text of a note: origin, size in decimal, root in base64, a line each, then extension lines,
 * which are carried. */
#ifndef CM_LOG_CHECKPOINT_H
#define CM_LOG_CHECKPOINT_H

#include "log/note.h"

struct cm_checkpoint {
	char origin[CM_NOTE_NAME + 1];
	uint64_t size; /* up to 2^63 - 1 */
	uint8_t root[32];
	struct cm_span extensions; /* lines; mostly none */
};

/* Reads the text of a note.  CM_E_MALFORMED with the offset; CM_E_LIMIT: its origin is too long. */
CM_RESULT cm_checkpoint_parse(struct cm_span text, struct cm_checkpoint *out, struct cm_err *err);
void cm_checkpoint_write(const struct cm_checkpoint *c, struct cm_buf *out);

/* Reads a whole note, and checks no signature.  ${base} is where it begins in what is read, for
 * the offset of an error.  ${note} may be NULL.  As cm_note_parse and cm_checkpoint_parse. */
CM_RESULT cm_checkpoint_read(struct cm_span bytes, size_t base, struct cm_arena *arena,
    struct cm_checkpoint *out, struct cm_note *note, struct cm_err *err);

/* Reads a whole note and checks that ${key} signed it and is named like its origin.  ${note} may
 * be NULL.  CM_E_MALFORMED, CM_E_LIMIT, CM_E_REFUSED, CM_E_NOTFOUND (another log's, or no line of
 * this key), CM_E_NOMEM. */
CM_RESULT cm_checkpoint_open(struct cm_span bytes, const struct cm_vkey *key,
    struct cm_arena *arena, struct cm_checkpoint *out, struct cm_note *note, struct cm_err *err);

#endif
