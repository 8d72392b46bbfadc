/* dossier/verify_terms.h -- what verify says of the terms under which a dossier was given. */
#ifndef CM_DOSSIER_VERIFY_TERMS_H
#define CM_DOSSIER_VERIFY_TERMS_H

#include "dossier/lines.h"
#include "dossier/obeyed.h"
#include "dossier/receiver.h"

struct cm_verify_terms {
	const struct cm_loaded *l;
	const struct cm_zip *zip;
	const struct cm_receiver *receiver;
	const struct cm_policy *policy; /* or NULL */
	const struct cm_logged *disclosed; /* of the disclosure */
	struct cm_lines *done, *notes;
};

/* As cm_obeyed_check. */
CM_RESULT cm_verify_terms(
    const struct cm_verify_terms *in, struct cm_arena *arena, struct cm_obeyed *out, struct cm_err *err);

/* Is a kind of content among what the charter kept back? */
bool cm_terms_withhold(const struct cm_terms *t, const char *content);

/* Members of the charter that is in force for the receiver are known to him by it.  NULL: it is none. */
const char *cm_receiver_member(const struct cm_receiver *r, const char *fingerprint);

#endif
