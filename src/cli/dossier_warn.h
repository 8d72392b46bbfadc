/* cli/dossier_warn.h -- before a dossier leaves: does it name what a warning list knows? */
#ifndef CM_CLI_DOSSIER_WARN_H
#define CM_CLI_DOSSIER_WARN_H

#include "cli/dossier.h"
#include "warning/gate.h"

/* Zero-initialise; ends with cm_dossier_warn_fini.  In the confined child. */
struct cm_dossier_warn {
	struct cm_warnings *lists;
	struct cm_gate *gate;
};

/* CM_E_MALFORMED with the list's path; CM_E_NOMEM.  Without lists in the wish nothing is asked. */
CM_RESULT cm_dossier_warn_init(struct cm_dossier_warn *w, const struct cm_dossier_wish *wish, struct cm_err *err);
void cm_dossier_warn_fini(struct cm_dossier_warn *w);

/* Says on ctx->err what it is.  False: the charter obliges to let nothing of the kind out, which has been said. */
bool cm_dossier_warn_say(
    const struct cm_dossier_warn *w, const struct cm_context *ctx, const struct cm_dossier_wish *wish);

#endif
