/* capture/http.h -- the one thing the detectors ask of HTTP. */
#ifndef CM_CAPTURE_HTTP_H
#define CM_CAPTURE_HTTP_H

#include <stdbool.h>

#include "base/span.h"

/* An answer whose head is whole, says that the connection ends, and has nothing to read
 * but where to go instead.  Untrusted input: total; looks at 2,048 bytes at most. */
bool cm_http_sends_away(struct cm_span text);

#endif
