#include <arpa/inet.h>
#include <stdio.h>

#include "base/hex.h"
#include "capture/host.h"
#include "capture/layers.h"

void
cm_host_text(const struct cm_host *h, char out[CM_HOST_TEXT])
{
	char hex[17] = { 0 };

	if (h->tied) {
		cm_hex_encode(cm_span_of(h->addr, 8), hex);
		snprintf(out, CM_HOST_TEXT, "tied:%s", hex);
		return;
	}
	if (inet_ntop(h->net == 6 ? AF_INET6 : AF_INET, h->addr, out, CM_HOST_TEXT) == NULL)
		out[0] = 0;
}

const char *
cm_proto_word(uint8_t proto)
{
	switch (proto) {
	case CM_PROTO_TCP:
		return "tcp";
	case CM_PROTO_UDP:
		return "udp";
	case CM_PROTO_ICMP:
		return "icmp";
	case CM_PROTO_ICMPV6:
		return "icmpv6";
	default:
		return "ip";
	}
}
