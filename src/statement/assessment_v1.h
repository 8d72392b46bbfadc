/* statement/assessment_v1.h -- assessment/v1: whose assessment it is, and which sealed table holds it (docs/formats.md 2.14).
 *
 * The table has the assessment's rows (assess/rows.h): first its frame, then items, then results.  What stands in
 * them is shown by opening rows; how many there are is said here, so that nobody leaves some out unseen. */
#ifndef CM_STATEMENT_ASSESSMENT_V1_H
#define CM_STATEMENT_ASSESSMENT_V1_H

#include "statement/statement.h"

#define CM_ASSESSMENT_NAME "comity-assess"
#define CM_ASSESSMENT_ROWS 65536u /* of each kind */

struct cm_assessment_v1 {
	uint8_t seal[32];   /* SHA-256 of its seal statement; `subject' is that exhibit */
	const char *engine; /* CM_ASSESSMENT_NAME */
	uint64_t version;   /* CM_ASSESS_VERSION */
	uint8_t source[32]; /* source digest of the program */
	const char *evidence; /* of which type it is, where somebody takes it for evidence: G1; or NULL */
	uint64_t frame, items, results; /* rows */
};

extern const char *const cm_assessment_v1_members[];

/* The members behind the common ones. */
void cm_assessment_v1_write(struct cm_jsonw *w, const struct cm_assessment_v1 *a);

/* Memory from ${arena}.  CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_assessment_v1_read(struct cm_json predicate, struct cm_arena *arena, struct cm_assessment_v1 *out, struct cm_err *err);

#endif
