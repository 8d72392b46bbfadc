/* cli/verify_own.h -- what a receiver who has a case knows by himself, for `verify'. */
#ifndef CM_CLI_VERIFY_OWN_H
#define CM_CLI_VERIFY_OWN_H

#include "base/arena.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "dossier/receiver.h"
#include "store/team.h"

/* Zero-initialise; ends with cm_verify_own_release.  All of it zero: there is no case. */
struct cm_verify_own {
	bool there;
	struct cm_arena arena;
	const char *folder;
	struct cm_buf signers; /* allowed signers: the own key, and those that were added */
	struct cm_buf trust;   /* C2SP tlog-policy; may be empty */
	struct cm_buf tsa;     /* roots of time-stamp authorities, PEM; may be empty */
	struct cm_receiver receiver;
	struct cm_team team; /* the case, if a charter is in force */
};

/* Looks for a case here or above.  One that can not be used is said, and left out.  False: no
 * memory. */
bool cm_verify_own_read(const struct cm_context *ctx, struct cm_verify_own *out);
void cm_verify_own_release(struct cm_verify_own *o);

#endif
