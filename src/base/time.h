/* base/time.h -- nanoseconds since 1970, as people write them. */
#ifndef CM_BASE_TIME_H
#define CM_BASE_TIME_H

#include "base/result.h"
#include "base/span.h"

#define CM_TIME_TEXT 64
#define CM_TIME_DAY INT64_C(86400) /* seconds */

/* "2015-03-18T11:00:00.123456789Z" (RFC 3339, UTC, always nine digits). */
void cm_time_text(int64_t t_ns, char out[CM_TIME_TEXT]);

/* Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM`, `...:SS`, `...:SS.fraction` (a space may
 * stand for the T; 1 to 9 digits of fraction), with `Z`, an offset `+HH:MM` or
 * nothing (UTC) behind it; or `@SECONDS` or `@SECONDS.fraction` since 1970.
 * CM_E_MALFORMED: anything else, or years outside 1678..2261. */
CM_RESULT cm_time_parse(struct cm_span text, int64_t *out);

#endif
