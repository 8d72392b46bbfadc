/* cli/keys.h -- the own keys of a case, and how keys are shown to people. */
#ifndef CM_CLI_KEYS_H
#define CM_CLI_KEYS_H

#include "cli/cli.h"
#include "store/case.h"
#include "store/trust.h"

/* The verifier key in ${folder}/${part}/vkey.  CM_E_NOTFOUND: none is there. */
CM_RESULT cm_cli_vkey(const char *folder, const char *part, struct cm_vkey *out, struct cm_err *err);

/* Statement key, and those of log and witness if there are any: 1 to 3. */
#define CM_CLI_OWN_KEYS 3
CM_RESULT cm_cli_own_keys(struct cm_case *c, struct cm_arena *arena,
    struct cm_trust_key out[CM_CLI_OWN_KEYS], size_t *n, struct cm_err *err);

/* SHA256:... of an Ed25519 key, as `ssh-keygen -l` prints it: what to read out over another
 * channel, whatever the key is for. */
void cm_cli_fingerprint(const uint8_t point[32], char out[CM_FINGERPRINT_LEN + 1]);

/* The lines to give to others: log, witness (if there are any) and allowed signers.  ${url}s may be NULL. */
struct cm_cli_lines {
	const char *log_url, *witness_url;
};
CM_RESULT cm_cli_own_lines(
    struct cm_case *c, const struct cm_cli_lines *in, struct cm_buf *out, struct cm_err *err);

/* One of the first two of these lines, without its newline; ${part} is "log" or "witness". */
CM_RESULT cm_cli_own_line(struct cm_case *c, const char *part, const char *url, struct cm_buf *out,
    struct cm_err *err);

/* What others need of the log or witness that was just made. */
enum cm_exit cm_cli_print_role(
    const struct cm_context *ctx, struct cm_case *c, const char *part, bool json);

#endif
