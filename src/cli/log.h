/* cli/log.h -- the party's own log, for subcommands that work on it. */
#ifndef CM_CLI_LOG_H
#define CM_CLI_LOG_H

#include "cli/case.h"
#include "cli/cli.h"
#include "log/receipt.h"
#include "store/log_files.h"
#include "store/trust.h"

/* A case and its log, opened.  Zero-initialise with ctx; ends with cm_cli_log_close. */
struct cm_cli_log {
	const struct cm_context *ctx;
	struct cm_case *c;
	struct cm_log_files *files; /* NULL until opened */
	char *folder;               /* of the log */
	struct cm_arena arena;
	struct cm_err err;
};

/* CM_EXIT_OK, or it has been said why not. */
enum cm_exit cm_cli_log_open(struct cm_cli_log *l, enum cm_log_open how);
/* The case only; the log's folder is known, and may not be there. */
enum cm_exit cm_cli_log_case(struct cm_cli_log *l);
void cm_cli_log_close(struct cm_cli_log *l);
/* Says l->err, and what to do if there is no log. */
enum cm_exit cm_cli_log_error(const struct cm_cli_log *l);

/* Makes log and witness of a case, where there are none yet.  ${origin} and ${witness} may be
 * NULL; "%h" in them stands for the SHA-256 of the key in hexadecimal.  The case trusts its own log. */
struct cm_cli_roles {
	const char *origin, *witness;
	bool log_only, witness_only;
};
CM_RESULT cm_cli_roles_make(struct cm_case *c, const struct cm_cli_roles *in, struct cm_err *err);

/* The log or witness that is to follow the one there is, in the folder PART.next; one that is there
 * already, of a rotation that was not finished, is taken.  A witness knows the same logs.  ${out} is
 * its verifier key. */
CM_RESULT cm_cli_roles_next(struct cm_case *c, const char *part, struct cm_vkey *out, struct cm_err *err);

/* Where the end of the key of log or witness is logged, the folder becomes PART.ended-N, and PART.next,
 * if there is one, takes its place: the case trusts it, and everything that was stated is to be
 * logged anew in a new log.  Usually nothing is to be done.  What a crash left is done by whoever comes
 * next; one process at a time.  ${*log}: another log is there now. */
CM_RESULT cm_cli_roles_settle(struct cm_case *c, bool *log, struct cm_err *err);

/* The folder PART.ended-N of this key.  CM_E_NOTFOUND. */
CM_RESULT cm_cli_roles_ended(struct cm_case *c, const char *part, const struct cm_vkey *key,
    struct cm_buf *out, struct cm_err *err);

/* The entry of a statement and its signature (log/entry.h), with its signer's fingerprint. */
CM_RESULT cm_cli_entry(struct cm_span json, struct cm_span sig, struct cm_buf *out, struct cm_err *err);

#endif
