/* capture/host.h -- an address, for people. */
#ifndef CM_CAPTURE_HOST_H
#define CM_CAPTURE_HOST_H

#include "capture/packet.h"

#define CM_HOST_TEXT 48

/* "192.0.2.1", "2001:db8::1" (RFC 5952), or "tied:0123456789abcdef" for a host whose
 * address is shut; never more than CM_HOST_TEXT with its NUL. */
void cm_host_text(const struct cm_host *h, char out[CM_HOST_TEXT]);

/* "tcp", "udp", "icmp", "icmpv6"; else "ip". */
const char *cm_proto_word(uint8_t proto);

#endif
