/* statement/seal_v1.h -- seal/v1: this exhibit existed, in this form (docs/formats.md 2.1). */
#ifndef CM_STATEMENT_SEAL_V1_H
#define CM_STATEMENT_SEAL_V1_H

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_write.h"
#include "seal/schema.h"
#include "statement/statement.h"

/* What the collector claims of how the exhibit came about, in the order it is written. */
enum cm_collected {
	CM_COLLECTED_BY,
	CM_COLLECTED_VANTAGE,
	CM_COLLECTED_TOOL,
	CM_COLLECTED_CLOCK,
	CM_COLLECTED_FROM,
	CM_COLLECTED_TO,
	CM_COLLECTED_FILTER,
	CM_COLLECTED_DROPS
};
#define CM_COLLECTED_N 8
const char *cm_collected_word(enum cm_collected c); /* the member's name */

struct cm_seal_v1 {
	struct cm_seal seal; /* names in the arena; `statement` filled by the reader */
	bool has_collected;  /* the member is there, perhaps empty */
	struct cm_claim_text collected[CM_COLLECTED_N];
	const char *tool_name, *tool_version;
	uint8_t tool_source[32];
};

/* The members behind the common ones.  The caller began the statement with one subject:
 * seal.x and seal.root. */
void cm_seal_v1_write(struct cm_jsonw *w, const struct cm_seal_v1 *s);

/* CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_seal_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena,
    struct cm_seal_v1 *out, struct cm_err *err);

#endif
