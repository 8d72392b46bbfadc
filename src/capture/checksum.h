/* capture/checksum.h -- the Internet checksum (RFC 1071) of TCP and UDP. */
#ifndef CM_CAPTURE_CHECKSUM_H
#define CM_CAPTURE_CHECKSUM_H

#include <stdint.h>

#include "base/span.h"

/* One's complement sum of the big-endian 16-bit words of ${s} (an odd last byte
 * counts as a word's high half), folded to 16 bits.  ${s.len} < 2^31. */
uint16_t cm_checksum_sum(struct cm_span s);

/* What TCP or UDP calls the checksum: the sum with the pseudo header, which is
 * 0xffff when a correct checksum field was summed along.  ${src}, ${dst} are the
 * 4 or 16 bytes of the addresses. */
uint16_t cm_checksum_transport(struct cm_span src, struct cm_span dst, uint8_t proto,
    struct cm_span segment);

#endif
