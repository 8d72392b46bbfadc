/* detect/quotes.h -- what ICMP errors quote: whose packet went no further, and where.
 *
 * Kept of TCP, for probes whose TTL was limited (across.h): the first CM_QUOTES_MAX of them.
 * Private to src/detect. */
#ifndef CM_DETECT_QUOTES_H
#define CM_DETECT_QUOTES_H

#include "base/result.h"
#include "capture/packet.h"

#define CM_QUOTES_MAX 4096u

struct cm_quote {
	cm_packet_id id;
	struct cm_host router; /* who says so */
	struct cm_host src, dst;
	uint16_t sport, dport;
	uint32_t seq;
};

struct cm_quotes {
	struct cm_quote *item;
	uint32_t n, room;
	uint64_t seen; /* also those beyond */
};

/* Does ${p}, an ICMP error, say that the time of a TCP segment was exceeded, and quote as
 * much of it as this needs?  Untrusted input: total, constant time. */
bool cm_quote_read(const struct cm_packet *p, struct cm_quote *out);

/* Keeps it, if it does.  CM_E_NOMEM. */
CM_RESULT cm_quotes_packet(struct cm_quotes *q, const struct cm_packet *p);
void cm_quotes_release(struct cm_quotes *q);

#endif
