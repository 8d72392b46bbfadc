/* statement/comparison_v1.h -- comparison/v1: two assessments laid side by side (docs/formats.md 2.15).
 *
 * Signed by who did it, usually one of the two.  `subject' has two items, of which name and digest
 * "comity-statement" are the SHA-256 of an assessment's statement file; `result' is what came out, a text of JSON that
 * whoever has both assessments makes again.  It merges nothing. */
#ifndef CM_STATEMENT_COMPARISON_V1_H
#define CM_STATEMENT_COMPARISON_V1_H

#include "statement/statement.h"

#define CM_COMPARISON_NAME "comity-assess-compare"
#define CM_COMPARISON_RESULT ((size_t)4 << 20) /* bytes */

struct cm_comparison_v1 {
	const char *engine;
	uint64_t version;
	uint8_t source[32];
	const char *result;
};

struct cm_subject cm_comparison_v1_subject(const uint8_t assessment[32]);

/* The members behind the common ones. */
void cm_comparison_v1_write(struct cm_jsonw *w, const struct cm_comparison_v1 *c);

/* CM_E_MALFORMED with the member's name: also if it has not two subjects; CM_E_NOMEM. */
CM_RESULT cm_comparison_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_comparison_v1 *out,
    struct cm_err *err);

#endif
