/* cli/show_evidence.h -- of which types of evidence a case has something. */
#ifndef CM_CLI_SHOW_EVIDENCE_H
#define CM_CLI_SHOW_EVIDENCE_H

#include "cli/show.h"
#include "codec/json_write.h"
#include "dossier/evidence.h"
#include "statement/traffic_v1.h"

/* Of an exhibit: what its kind is by default.  Of a finding: what its statement says, or would. */
struct cm_evidence_said cm_show_evidence_exhibit(const struct cm_show *s, size_t i);
CM_RESULT cm_show_evidence_finding(struct cm_show *s, size_t i, struct cm_evidence_said *out, struct cm_err *err);
struct cm_evidence_said cm_show_evidence_traffic(const struct cm_show *s, const struct cm_traffic_v1 *t);
struct cm_evidence_said cm_show_evidence_chain(const struct cm_chain_v1 *c);

/* "N7", or in brackets where the statement does not say it. */
const char *cm_show_evidence_cell(struct cm_show *s, struct cm_evidence_said said);

/* Members `evidence` and `evidence_said`. */
void cm_show_evidence_json(struct cm_jsonw *w, struct cm_evidence_said said);

/* What the types mean of which something was printed in a table. */
CM_RESULT cm_show_evidence_text(struct cm_show *s, struct cm_err *err);

#endif
