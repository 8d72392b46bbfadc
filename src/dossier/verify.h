/* dossier/verify.h -- what holds of a dossier, for somebody who trusts nobody (docs/formats.md 4).
 *
 * Runs in the confined process.  Pure: bytes in, words out; no file, no clock. */
#ifndef CM_DOSSIER_VERIFY_H
#define CM_DOSSIER_VERIFY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "base/together.h"
#include "dossier/logged.h"
#include "dossier/obeyed.h"
#include "dossier/receiver.h"
#include "dossier/redo.h"
#include "statement/signers.h"

struct cm_verify_in {
	struct cm_span dossier;
	const struct cm_signers *signers; /* NULL: none are known */
	uint8_t source[32];		  /* source digest of this program */
	const struct cm_policy *policy;	  /* whose logs and witnesses count; NULL: none was given */
	struct cm_timestamp_ca *tsa;	  /* whose time stamps count; NULL: none was given */
	struct cm_receiver receiver;	  /* may be all zero */
	const struct cm_together *together; /* how two things are done at a time; or NULL */
};

enum cm_verify_end {
	CM_VERIFY_HOLDS,  /* all holds, and all was redone */
	CM_VERIFY_PARTLY, /* signatures and openings hold, some findings could not be redone, or some
			   * statements are not shown to be logged as the policy asks */
	CM_VERIFY_REFUSED /* refused, contradicted, or by an unknown signer */
};

/* Who signed one of the statements. */
struct cm_verify_signer {
	const char *file;	 /* "seal-1.json" */
	const char *fingerprint; /* "SHA256:..." */
	const char *principals;	 /* from the receiver's file; NULL: unknown */
	const char *trouble;	 /* why a known key does not count; or NULL */
};

struct cm_verified {
	enum cm_verify_end end;
	const char *line;	 /* the verdict */
	const char *const *done; /* what was checked, a line each */
	size_t n_done;
	const char *const *notes; /* withheld, superseded, other versions, ... */
	size_t n_notes;
	const struct cm_verify_signer *signers;
	const struct cm_logged *logged; /* of the same statements */
	bool policy;			/* the receiver has said whose logs count */
	size_t n_signers;
	const struct cm_redone *findings; /* one for each finding of the dossier */
	const struct cm_redone *traffic, *chains, *assessments; /* the same */
	struct cm_obeyed obeyed; /* its charter */
	const struct cm_dossier *dossier; /* checked; NULL if it was refused before */
};

/* Checks all of it.  Everything in ${out} lives as long as ${arena} and the bytes.
 * CM_OK: it could be judged, ${out}->end says how; ${held} keeps what the dossier
 *   borrows and ends with cm_verify_release.
 * CM_E_MALFORMED: no dossier; CM_E_REFUSED: a signature, digest, proof or rule says no;
 *   ${err} has file, offset and reason.  CM_E_UNSUPPORTED, CM_E_LIMIT, CM_E_NOMEM. */
struct cm_loaded;
CM_RESULT cm_verify(const struct cm_verify_in *in, struct cm_loaded *held, struct cm_verified *out,
    struct cm_err *err);
void cm_verify_release(struct cm_loaded *held);

/* Is there a receipt, or did the receiver ask for some? */
bool cm_verified_speaks_of_logs(const struct cm_verified *v);

/* The receiver's own report.  CM_E_NOMEM. */
CM_RESULT cm_verify_report(const struct cm_verified *v, struct cm_buf *out);

#endif
