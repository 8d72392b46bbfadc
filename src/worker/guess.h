/* worker/guess.h -- which kind of exhibit a file is, by its first bytes.
 *
 * A guess is a convenience: it is said, and whoever seals may say otherwise.  Runs in the
 * confined process. */
#ifndef CM_WORKER_GUESS_H
#define CM_WORKER_GUESS_H

#include "base/source.h"
#include "seal/schema.h"

#define CM_GUESS_WINDOW ((size_t)1 << 16) /* bytes looked at */
#define CM_GUESS_LINES 16u		  /* lines of which each must be a JSON object */

struct cm_guess {
	enum cm_kind kind; /* never CM_KIND_RECORDS: what its members are must be said */
	bool json;    /* CM_KIND_LINES: each of the first lines is one JSON object */
};

/* CM_E_IO, CM_E_NOMEM: it can not be read. */
CM_RESULT cm_guess_kind(struct cm_source source, struct cm_guess *out, struct cm_err *err);

#endif
