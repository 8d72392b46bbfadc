/* cli/stamp.h -- a time stamp over the newest checkpoint, from the authority that the case names.
 *
 *	tsa		the URL to ask, a line (`comity trust tsa')
 *	tsa.pem		the roots that its stamps must lead to
 *	stamp.tsr	the newest stamp
 *	stamp.txt	what it is over; written last */
#ifndef CM_CLI_STAMP_H
#define CM_CLI_STAMP_H

#include "base/buf.h"
#include "cli/cli.h"

struct cm_cli_stamp {
	const struct cm_context *ctx;
	const char *folder; /* of the case */
	struct cm_span text; /* of the checkpoint */
	unsigned wait_ms;
};

/* Appends the stamp over ${in->text}: the one that is there, or one that is asked for now; nothing if
 * no authority is named, or if it gives none that holds, which has been said.  CM_E_NOMEM, CM_E_IO. */
CM_RESULT cm_cli_stamp(const struct cm_cli_stamp *in, struct cm_buf *out, struct cm_err *err);

#endif
