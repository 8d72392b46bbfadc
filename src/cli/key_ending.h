/* cli/key_ending.h -- parts of `comity key rotate' and `comity key revoke': what a log's or a witness's key needs
 * besides (key_end_role.c). */
#ifndef CM_CLI_KEY_ENDING_H
#define CM_CLI_KEY_ENDING_H

#include "cli/cli.h"
#include "statement/key_v1.h"
#include "store/case.h"
#include "store/witness_files.h"

struct ending {
	const struct cm_context *ctx;
	const char *out;
	bool json, rotate;
	struct cm_case *c;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_key_v1 key;
	struct cm_vkey old, next; /* of a log or witness */
	struct cm_witness_files *witness; /* the one that ends, so that nobody cosigns with it */
	struct cm_case_stated stated;
	struct cm_buf statement, sig, receipt;
	struct cm_err err;
};

/* A log or witness ends, and the next one, which nobody knows yet, is made.  Fills key, old and next, and
 * holds the witness's files.  CM_E_REFUSED: there is no log, one is half made, or its end is stated already. */
CM_RESULT cm_key_end_take_role(struct ending *e);

/* The receipt of its end by the log that ended, into `receipt`; none if it is not logged yet. */
CM_RESULT cm_key_end_prove_log(struct ending *e);

#endif
