/* cli/acknowledge.h -- the receipt of a dossier that was verified (statement/receipt_v1.h), and what is owed since.
 *
 * The confined child, which verified, says what a receipt needs to say; the parent signs it. */
#ifndef CM_CLI_ACKNOWLEDGE_H
#define CM_CLI_ACKNOWLEDGE_H

#include "base/buf.h"
#include "cli/cli.h"
#include "dossier/load.h"
#include "dossier/verify.h"
#include "store/case.h"

/* In the child.  ${dossier} is what was verified: of an encrypted file what came out of it.  ${v} NULL: it was refused before it could be judged.  Appends nothing if the disclosure could not be
 * read, so that there is nothing to give a receipt for. */
void cm_acknowledge_collect(const struct cm_loaded *held, const struct cm_verified *v, struct cm_span dossier, struct cm_buf *out);

struct cm_acknowledge {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_span record; /* of the child */
	const char *path;      /* of the receipt; the signature goes to PATH.sig */
	bool accepts;
};

/* Whether a receipt can be written there; else it has been said. */
bool cm_acknowledge_ready(const struct cm_context *ctx, const char *path);

/* States, keeps and writes it.  CM_EXIT_OK, or it has been said. */
enum cm_exit cm_acknowledge_state(const struct cm_acknowledge *a);

#endif
