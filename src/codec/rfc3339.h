/* codec/rfc3339.h -- points in time as statements write them: UTC, whole seconds.
 *
 * `2026-11-23T22:20:00Z`, years 1970 to 9999, no leap second: each second has one
 * spelling, and Unix time is what the program calculates with. */
#ifndef CM_CODEC_RFC3339_H
#define CM_CODEC_RFC3339_H

#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_RFC3339_LEN 20
#define CM_RFC3339_MAX INT64_C(253402300799) /* the end of 9999 */

/* ${t} is clamped to 0..CM_RFC3339_MAX.  Writes 20 characters and a NUL. */
void cm_rfc3339_format(int64_t t, char out[CM_RFC3339_LEN + 1]);

/* CM_E_MALFORMED: any other spelling, or no such day. */
CM_RESULT cm_rfc3339_parse(struct cm_span text, int64_t *out);

/* Unix time of a date and time of day in UTC.  CM_E_MALFORMED: there is none such. */
struct cm_date {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};
CM_RESULT cm_date_to_unix(const struct cm_date *d, int64_t *out);

#endif
