/* statement/sigs.h -- the signatures of many over one file: NAME.json.sigs (docs/formats.md 2.8).
 *
 * Armoured SSH signatures (statement/sshsig.h) one after another, nothing between them, ascending by the
 * fingerprint of their keys, each key once: a set of signatures has one spelling.  Pure. */
#ifndef CM_STATEMENT_SIGS_H
#define CM_STATEMENT_SIGS_H

#include "base/arena.h"
#include "statement/sshsig.h"
#include "statement/statement.h"

struct cm_sig {
	struct cm_key_print by;
	struct cm_span armour; /* in the text that was read */
	struct cm_sshsig sig;
};
struct cm_sigs {
	const struct cm_sig *item; /* ascending */
	size_t n;		   /* at most CM_STATEMENT_SIGNERS */
};

/* CM_E_MALFORMED, CM_E_UNSUPPORTED, CM_E_REFUSED: which of them can not be read; they do not ascend; two of
 * one key.  CM_E_LIMIT, CM_E_NOMEM.  An empty text has none. */
CM_RESULT cm_sigs_read(struct cm_span text, struct cm_arena *arena, struct cm_sigs *out, struct cm_err *err);

/* Are all of them over ${message}?  CM_E_REFUSED: whose is not.  CM_E_NOMEM. */
CM_RESULT cm_sigs_verify(const struct cm_sigs *s, struct cm_span message, struct cm_err *err);

/* Appends the file of these and one more, which takes its place in the order.  CM_E_USAGE: its key has signed. */
CM_RESULT cm_sigs_with(const struct cm_sigs *s, const struct cm_sig *more, struct cm_buf *out, struct cm_err *err);

/* Of this key; NULL: it has not signed. */
const struct cm_sig *cm_sigs_of(const struct cm_sigs *s, const char *fingerprint);

#endif
