/* dossier/logged.h -- since when statements existed at the latest, by receipts and time stamps
 * beside them (docs/formats.md 3.5).
 *
 * NAME.tlog-proof proves that NAME.json and its signature are in somebody's log (log/receipt.h);
 * NAME.tsr stamps the checkpoint of that receipt (crypto/timestamp.h).  They prove themselves, so
 * the disclosure does not list them.  What a log or a witness says counts if the receiver's trust
 * file names it, and only then; what a receipt or stamp says falsely refuses the dossier. */
#ifndef CM_DOSSIER_LOGGED_H
#define CM_DOSSIER_LOGGED_H

#include "base/arena.h"
#include "crypto/timestamp.h"
#include "dossier/ended.h"
#include "dossier/load.h"
#include "log/policy.h"

struct cm_logged_in {
	const struct cm_zip *zip;
	const struct cm_loaded_part *part;
	size_t n;
	const struct cm_policy *policy; /* NULL: none was given */
	struct cm_timestamp_ca *tsa;	/* NULL: none was given */
	struct cm_ended_keys ended;	/* keys of logs and witnesses among them */
};

enum cm_logged_how {
	CM_LOGGED_NOT,	   /* there is no receipt */
	CM_LOGGED_UNKNOWN, /* a receipt of a log that the receiver does not know, or whose key had ended
			    * before: no more than none */
	CM_LOGGED_FEW,	   /* logged; but the quorum has not cosigned */
	CM_LOGGED_ENOUGH   /* logged, and cosigned as the receiver's file asks */
};
const char *cm_logged_word(enum cm_logged_how how); /* "no", "unknown-log", "too-few", "yes" */

struct cm_logged_witness {
	const char *name; /* in the receiver's file */
	uint64_t at;
};

/* Of one statement. */
struct cm_logged {
	const char *file; /* "seal-1.json" */
	enum cm_logged_how how;
	bool log_ended; /* then unknown: the end of the log's key is at this place, or before */
	const char *receipt, *origin; /* NULL: none; "seal-1.tlog-proof", and as the checkpoint says */
	uint64_t index, size;
	uint8_t root[32], leaf[32];
	struct cm_span note; /* the checkpoint, with its signatures */
	uint64_t not_later; /* Unix seconds: the quorum had cosigned; 0: no quorum */
	const struct cm_logged_witness *witness; /* all known ones that cosigned */
	size_t n_witnesses;
	const struct cm_timestamp *stamp; /* NULL: none, or nobody's */
	int64_t not_earlier; /* Unix seconds, by the receiver's own log; 0: that says nothing */
	const char *text;		  /* all of it in a sentence */
};

/* Fills ${out}, one for each part.  ${*at} names the file in which an error lies, NULL: in several,
 * which the text names.
 * CM_E_REFUSED: a receipt or stamp is not about this statement, a known key's signature does not
 *   hold, or two receipts show that a log signed two histories.
 * CM_E_MALFORMED, CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_logged_check(const struct cm_logged_in *in, struct cm_arena *arena,
    struct cm_logged *out, const char **at, struct cm_err *err);

/* How many of these the policy's quorum leaves unproven.  The disclosure itself does not count:
 * who reads it knows that it exists. */
size_t cm_logged_lacking(const struct cm_policy *policy, const struct cm_logged *l, size_t n);

#endif
