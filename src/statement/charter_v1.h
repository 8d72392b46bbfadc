/* statement/charter_v1.h -- charter/v1: the rules of a case, signed by all its members (docs/formats.md 2.8).
 *
 * The only member of its own is `text`, which people read and sign; src/charter reads members and rules
 * out of it.  `subject` has one item: name and digest "comity-text" are the SHA-256 of the text.  `by` lists
 * the keys of all who have to sign: the members, and in a version that supersedes another also the
 * members of that one. */
#ifndef CM_STATEMENT_CHARTER_V1_H
#define CM_STATEMENT_CHARTER_V1_H

#include "statement/statement.h"

#define CM_CHARTER_TEXT ((size_t)256 << 10) /* bytes of one */

struct cm_charter_v1 {
	struct cm_span text; /* ends with NUL, not counted */
};

struct cm_subject cm_charter_v1_subject(struct cm_span text);

/* The members behind the common ones. */
void cm_charter_v1_write(struct cm_jsonw *w, const struct cm_charter_v1 *c);

/* CM_E_MALFORMED with the member's name; CM_E_NOMEM. */
CM_RESULT cm_charter_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_charter_v1 *out,
    struct cm_err *err);

#endif
