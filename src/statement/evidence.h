/* statement/evidence.h -- of which evidence type (registry/registry.h) an exhibit, a finding, a count is.
 *
 * docs/evidence-types.md says why.  Statements say their type in the member `evidence`; older ones do not, and
 * then it is derived by what stands here.  An id that is spelled as one is kept, also if the registry does not
 * know it: the registry grows, and a statement by a newer program stays readable.  It is shown as unknown, and
 * what decides by type treats it as it treats any value it does not know. */
#ifndef CM_STATEMENT_EVIDENCE_H
#define CM_STATEMENT_EVIDENCE_H

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "detect/incident.h"
#include "seal/schema.h"
#include "traffic/traffic.h"

const char *cm_evidence_of_exhibit(enum cm_kind kind);
const char *cm_evidence_of_incident(enum cm_incident_type type);
/* ${lines}: all that was counted are lines of logs. */
const char *cm_evidence_of_traffic(enum cm_traffic_kind kind, bool lines);
const char *cm_evidence_of_chain(void);
const char *cm_evidence_of_assessment(void); /* and of its rows */

/* The member `evidence`; nothing if ${id} is NULL. */
void cm_evidence_write(struct cm_jsonw *w, const char *id);

/* NULL if the member is absent.  CM_E_MALFORMED: it is not spelled as an id; CM_E_NOMEM. */
CM_RESULT cm_evidence_read(struct cm_json predicate, struct cm_arena *arena, const char **out, struct cm_err *err);

#endif
