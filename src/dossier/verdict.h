/* dossier/verdict.h -- what all the checks of a dossier come to: one word, and the last line that is printed. */
#ifndef CM_DOSSIER_VERDICT_H
#define CM_DOSSIER_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/result.h"
#include "dossier/verify.h"

/* Statements of one kind, or of like kinds, by what redoing them gave. */
struct cm_tally {
	size_t all, of[6]; /* of: by enum cm_outcome */
};

void cm_tally_add(struct cm_tally *t, enum cm_outcome outcome);

struct cm_verdict_in {
	struct cm_tally findings;    /* of packets, of traffic, of chains */
	struct cm_tally assessments;
	const char *unknown;	     /* a key that no one here knows has signed; or NULL */
	const char *void_signer;     /* why a known one does not count; or NULL */
	size_t unlogged, statements; /* not shown to be logged as the trust file asks; of how many */
	size_t breaches;	     /* of the charter */
};

/* "HOLDS: signatures and openings hold; findings: 1 reproduced as shown", in ${a}.  CM_E_NOMEM. */
CM_RESULT cm_verdict(const struct cm_verdict_in *in, struct cm_arena *a, enum cm_verify_end *end, const char **line);

#endif
