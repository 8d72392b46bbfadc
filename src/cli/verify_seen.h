/* cli/verify_seen.h -- what the receipts of a dossier show of logs, remembered by a receiver who has a
 * case, so that a log that shows two histories in two dossiers is found. */
#ifndef CM_CLI_VERIFY_SEEN_H
#define CM_CLI_VERIFY_SEEN_H

#include "base/buf.h"
#include "cli/cli.h"
#include "dossier/verify.h"

struct cm_verify_seen {
	struct cm_buf records; /* for the parent */
	bool fork;
	char line[600]; /* what is proven then */
};

/* In the child: what is new, and whether it goes with what was seen.  CM_E_NOMEM. */
CM_RESULT cm_verify_seen_collect(const struct cm_verified *v, const struct cm_verify_in *in,
    struct cm_verify_seen *out);

/* In the parent: keeps it in the case here, a fork as evidence with a dossier of its own, whose
 * path is printed.  CM_EXIT_OK, or it has been said. */
enum cm_exit cm_verify_seen_keep(const struct cm_context *ctx, struct cm_span records);

#endif
