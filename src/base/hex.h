/* base/hex.h -- lower-case hexadecimal, the only form our files know. */
#ifndef CM_BASE_HEX_H
#define CM_BASE_HEX_H

#include "base/result.h"
#include "base/span.h"

/* Writes 2 * s.len characters to ${out}, without a NUL. */
void cm_hex_encode(struct cm_span s, char *out);

/* Reads exactly 2 * ${len} lower-case digits.  CM_E_MALFORMED: another length,
 * or any other character; ${out} is then undefined. */
CM_RESULT cm_hex_decode(struct cm_span text, uint8_t *out, size_t len);

#endif
