/* age/bech32.h -- 32 bytes as a word with a checksum (BIP 173), which is how age writes its keys.
 *
 * HRP, "1", 52 characters of data, 6 of checksum.  All of it has the case of the HRP: age writes
 * recipients in lower case and identities in upper case, and no other spelling is read. */
#ifndef CM_AGE_BECH32_H
#define CM_AGE_BECH32_H

#include "base/result.h"
#include "base/span.h"

#define CM_BECH32_TAIL 59 /* what stands behind the HRP */

/* Writes strlen(hrp) + CM_BECH32_TAIL characters and a NUL. */
void cm_bech32_encode(const char *hrp, const uint8_t data[32], char *out);

/* CM_E_MALFORMED: another HRP, length or case, or the checksum is not right; ${out} is then as it
 * was.  The error does not repeat the text, which may be secret. */
CM_RESULT cm_bech32_decode(const char *hrp, struct cm_span text, uint8_t out[32], struct cm_err *err);

#endif
