/* cli/consents.h -- consents, withdrawals, receipts and approvals of a case, in words and in JSON. */
#ifndef CM_CLI_CONSENTS_H
#define CM_CLI_CONSENTS_H

#include "cli/team.h"

/* Does this consent count still, and if not, why?  "in force", "revoked", "replaced", "expired", "does not count". */
const char *cm_consent_state_word(const struct cm_team *t, size_t token, int64_t now);

void cm_consents_print(const struct cm_cli_team *t, FILE *f);
/* Members "consents" and "said". */
void cm_consents_put(struct cm_jsonw *w, const struct cm_cli_team *t);

#endif
