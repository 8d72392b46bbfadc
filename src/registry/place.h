/* registry/place.h -- where in a text something stands, and what was expected there: for readers of texts that
 * people edit, in this room and in those above it. */
#ifndef CM_REGISTRY_PLACE_H
#define CM_REGISTRY_PLACE_H

#include "base/result.h"
#include "base/span.h"

struct cm_place_text {
	struct cm_span in;
	unsigned line; /* number of its first line */
	struct cm_err *err;
};

/* "line 3, column 7: ..." with the offset ${at}; columns count characters from 1.  Returns ${code}. */
enum cm_result cm_place_fail(const struct cm_place_text *t, enum cm_result code, size_t at, const char *fmt, ...)
    CM_PRINTF(4, 5);

/* CM_E_MALFORMED: not UTF-8, or a control character besides newline and tab.  CM_E_LIMIT: longer than ${max}. */
CM_RESULT cm_place_check(const struct cm_place_text *t, size_t max);

/* ${word}, cut so that it fits into an error. */
#define CM_PLACE_WORD(word) (word).len > 60 ? 60 : (int)(word).len, (const char *)(word).ptr

#endif
