/* log/fork.h -- that a log signed two histories: evidence that needs nobody's word.
 *
 * Two notes of one key are a fork if they have one size and two roots, or, of two sizes, if the
 * tree of the larger one begins otherwise than the smaller one says: which is proven by the root
 * that it does begin with, and the proof of consistency from there (RFC 9162, 2.1.4).
 * As a text, between the notes:
 *
 *	comity fork v1
 *	key <vkey>
 *	root <base64>		only if the sizes differ: what the larger tree begins with,
 *	<base64>...		and the proof */
#ifndef CM_LOG_FORK_H
#define CM_LOG_FORK_H

#include "log/checkpoint.h"
#include "merkle/proof.h"

#define CM_FORK_TEXT_BYTES 8192u

struct cm_fork {
	struct cm_vkey key;
	struct cm_span one, two; /* notes, signed by ${key} */
	bool has_root;
	uint8_t root[32]; /* of as many leaves as the smaller one has */
	struct cm_proof proof;
};

/* What was proven. */
struct cm_forked {
	struct cm_checkpoint small, large; /* equal sizes: as given */
};

/* CM_E_REFUSED: it proves nothing, with the reason.  CM_E_MALFORMED, CM_E_NOTFOUND (a note not
 * signed by the key), CM_E_NOMEM. */
CM_RESULT cm_fork_check(const struct cm_fork *f, struct cm_arena *arena, struct cm_forked *out,
    struct cm_err *err);

void cm_fork_write(const struct cm_fork *f, struct cm_buf *out);
/* Reads the text; the notes are the caller's to set.  CM_E_MALFORMED. */
CM_RESULT cm_fork_parse(struct cm_span text, struct cm_fork *out, struct cm_err *err);

#endif
