/* codec/base64.h -- base64 (RFC 4648 section 4), so that each value has one spelling.
 *
 * Padded; the reader refuses a missing pad, white space, and trailing bits that
 * are not zero. */
#ifndef CM_CODEC_BASE64_H
#define CM_CODEC_BASE64_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

void cm_base64_encode(struct cm_span s, struct cm_buf *out);

/* The same to ${out}, which has room for 4 * ((len + 2) / 3) characters and a NUL. */
void cm_base64_encode_fixed(struct cm_span s, char *out);

/* Would cm_base64_decode read it? */
bool cm_base64_ok(struct cm_span text);

/* Appends what ${text} stands for; on CM_E_MALFORMED ${out} is as it was.  CM_E_NOMEM also
 * beyond out->max. */
CM_RESULT cm_base64_decode(struct cm_span text, struct cm_buf *out);

/* How many bytes ${text} stands for, if it is base64 at all. */
size_t cm_base64_decoded_len(struct cm_span text);

/* Reads exactly ${len} bytes.  CM_E_MALFORMED: another length, or no base64; ${out} is then
 * undefined. */
CM_RESULT cm_base64_decode_fixed(struct cm_span text, uint8_t *out, size_t len);

#endif
