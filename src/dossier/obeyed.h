/* dossier/obeyed.h -- was a dossier disclosed as its charter allows?  (docs/formats.md 4, step 11)
 *
 * The receiver reads the charter in the dossier, looks whether all have signed it, and asks its rules again for
 * every kind of content that is open, with all that he can see.  What he can not see (whether a cell is about the
 * victim, attacks, shows a third party) is taken in the sender's favour: so a breach that is reported is one, and a
 * disclosure that is not reported may still be one.  So with obligations: what every way obliges to in which it is
 * allowed, and what the rules oblige to that the sender names, has to be stated.  Kinds and markings of the exhibits,
 * the phase and approvals are the sender's word.  Pure. */
#ifndef CM_DOSSIER_OBEYED_H
#define CM_DOSSIER_OBEYED_H

#include "charter/charter.h"
#include "dossier/load.h"
#include "registry/override.h"

#define CM_BREACHES_MAX 32u

struct cm_obeyed {
	bool governed;
	const char *title; /* of the charter */
	struct cm_members members; /* whose keys are known to whoever accepts that charter */
	size_t signatures;
	struct cm_registry_changes changes; /* of the registry of evidence types, by the charter */
	struct cm_span armour; /* the discloser's own signature on it */
	bool first;	    /* it is the first version: its digest is the case's name */
	const char *breach[CM_BREACHES_MAX]; /* a line each */
	size_t n_breaches;
};

/* ${l} was loaded, with the disclosure.  CM_E_REFUSED: the charter is missing, is another one than the
 * disclosure names, lacks signatures; the discloser is no member; a consent is not the victim's.
 * CM_E_MALFORMED, CM_E_LIMIT, CM_E_NOMEM.  What only breaks a rule is a breach, and CM_OK. */
CM_RESULT cm_obeyed_check(const struct cm_loaded *l, const struct cm_zip *zip, struct cm_arena *arena,
    struct cm_obeyed *out, struct cm_err *err);

#endif
