/* cli/ended.h -- takes another party's word that a key of it has ended (key/v1). */
#ifndef CM_CLI_ENDED_H
#define CM_CLI_ENDED_H

#include "cli/cli.h"
#include "store/case.h"
#include "store/trust.h"

/* Reads ${path} (NAME.json), its signature beside it, and NAME.tlog-proof if it is there, in a
 * confined child.  The signer must be the key itself or one under the same name in ${trust}, the
 * receipt of a log that it names.  The case takes note; a successor becomes a signer under the
 * same name.  A key that has ended
 * ends no other one, and names no other successor.  Says what it took unless ${quiet}.
 * Of a log or witness, which ${trust} must name, the signer is any signer of it; the receipt is
 * needed, of a log's end that of this log; a successor follows in the trust file.
 * CM_EXIT_OK, or it has been said. */
enum cm_exit cm_cli_take_ended(const struct cm_context *ctx, struct cm_case *c,
    const struct cm_trust *trust, const char *path, bool quiet);

#endif
