/* capture/flow.h -- packets in, whole connections out.
 *
 * A table of TCP connections and of UDP conversations.  A connection is an
 * epoch of its 4-tuple: a SYN with a new ISN begins the next one, so that port
 * reuse never mixes two.  Of each the segments of both directions are kept in
 * arrival order, and handed to the sink when the connection is over:
 * closed and quiet for CM_FLOW_LINGER_NS, quiet for CM_FLOW_IDLE_NS, replaced,
 * evicted, or at the end of the input.  A connection longer than `window`
 * segments is handed on in parts: the first CM_FLOW_HEAD segments always stay in
 * front (they hold the handshake), then the newer half; `from` says which
 * segments were judged before and are context only.
 *
 * UDP: segments are kept for port 53 only; the rest is counted.
 *
 * Memory: `memory` bytes, divided among CM_FLOW_SHARDS shards by a symmetric
 * hash, each of which evicts its longest quiet flow when its share is used up.
 * The hash seed decides where a flow lies in memory and nothing else.
 * Payloads are borrowed when the caller says they stay (`stable`) or where (`keep` of
 * the packet), else copied: the newest CM_FLOW_HELD bytes a direction, and more while
 * there are few flows.  DNS messages are small and looked at again whatever comes: they
 * are copied even if they could be had again.
 *
 * No output depends on the value of an address, only on equality. */
#ifndef CM_CAPTURE_FLOW_H
#define CM_CAPTURE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/packet.h"

#define CM_FLOW_SHARDS 16u
#define CM_FLOW_HEAD 16u
#define CM_FLOW_HELD 65536u
#define CM_FLOW_IDLE_NS (300 * INT64_C(1000000000))
#define CM_FLOW_LINGER_NS (60 * INT64_C(1000000000))

/* One packet of a flow, all that the detectors look at; one cache line.  For UDP the TCP
 * fields are zero. */
struct cm_segment {
	cm_packet_id id;
	int64_t t_ns;
	const uint8_t *payload; /* cap_len bytes; NULL when none are held */
	uint32_t payload_len;	/* on the wire */
	uint32_t seq, ack;
	uint32_t tsval, tsecr;
	uint32_t ip_len;
	uint16_t window, ipid, mss, opt_layout;
	uint8_t ttl, flags, opts, wscale;
	uint32_t cap_len : 19; /* held; may be less than payload_len */
	uint32_t checksum : 2; /* enum cm_checksum */
	uint32_t open : 4;     /* enum cm_open */
	uint32_t dir : 1;      /* 0: from the flow's end 0, 1: from end 1 */
	uint32_t df : 1;
	uint32_t ipv6 : 1;
	uint32_t copied : 1;   /* payload is the table's own copy, */
	uint32_t again : 1;    /* of what can be had at the address that stands before it */
	uint32_t redirect : 1; /* a FIN, and its payload is an answer that sends away (http.h):
				  noticed when the payload is at hand, for later it may not be */
	uint32_t none : 1;     /* so that all 32 are written, and none is read before */
};

#define CM_SEGMENT_CAP_MAX 0x7ffffu

struct cm_flow_end {
	struct cm_host host;
	uint16_t port;
};

/* What the sink sees; all of it is borrowed for the time of the call. */
struct cm_flow_view {
	uint64_t serial;	   /* 1, 2, ... in order of first packets; same for all parts of a flow */
	struct cm_flow_end end[2]; /* no meaning in the order: see cm_flow_client */
	uint8_t proto;
	const struct cm_segment *segs;
	uint32_t n;
	uint32_t from; /* segs[0..from) were in an earlier part */
	bool first;    /* first part of this flow */
	bool last;
	uint64_t packets[2]; /* of the whole flow so far, by direction */
};

typedef enum cm_result (*cm_flow_sink)(void *ctx, const struct cm_flow_view *v);

struct cm_flow_limits {
	size_t memory;
	uint32_t window; /* at least 4 * CM_FLOW_HEAD */
	uint64_t hash_seed;
};

struct cm_flow_stats {
	uint64_t tcp_flows, udp_flows;
	uint64_t one_sided; /* TCP */
	uint64_t cut_short; /* TCP and DNS segments whose payload was not captured whole */
	uint64_t payload, encrypted; /* bytes on the wire, TCP and UDP */
	uint64_t evicted;
};

struct cm_flow_table;

CM_RESULT cm_flow_table_new(const struct cm_flow_limits *limits, cm_flow_sink sink, void *ctx,
    struct cm_flow_table **out);

/* Has ${expect} called with the ends of flows that will be handed to the sink by and by, and
 * once more, ${soon}, when it is the next flow or nearly so: whoever keeps something for each
 * host can have it fetched.  No more than a hint: some come without it. */
void cm_flow_table_foretell(struct cm_flow_table *t,
    void (*expect)(void *ctx, const struct cm_flow_end end[2], uint8_t proto, bool soon));

/* TCP and UDP only; anything else, quoted packets and parts of datagrams are the
 * caller's to keep away.  CM_E_NOMEM, or what the sink returned. */
CM_RESULT cm_flow_table_packet(struct cm_flow_table *t, const struct cm_packet *p, bool stable);

/* Says that ${n} packets, of any protocol, will come, so that the memory of their flows is
 * fetched for all of them at once.  Notes in each where its flow is looked for. */
void cm_flow_table_expect(const struct cm_flow_table *t, struct cm_packet *p, size_t n);

/* A segment of a view, and the ends and protocol of that view (the same array for the same
 * flow): as the packet that it was, but its payload is borrowed, not looked at again and not
 * counted in the stats. */
CM_RESULT cm_flow_table_segment(struct cm_flow_table *t, const struct cm_segment *g,
    const struct cm_flow_end end[2], uint8_t proto);

/* Hands every flow left to the sink, in order of first packets. */
CM_RESULT cm_flow_table_finish(struct cm_flow_table *t);

/* After a finish: as new, for other packets; memory is kept. */
void cm_flow_table_reset(struct cm_flow_table *t);

const struct cm_flow_stats *cm_flow_table_stats(const struct cm_flow_table *t);
void cm_flow_table_free(struct cm_flow_table *t); /* NULL is fine */

/* Which end (0 or 1) is the client: who sent the SYN, else who was sent the
 * SYN-ACK, else the higher port, else who spoke first. */
unsigned cm_flow_client(const struct cm_flow_view *v);

/* The packet again, as it was handed in (offset and fragment are not kept). */
struct cm_packet cm_segment_packet(const struct cm_segment *s, const struct cm_flow_end end[2],
    uint8_t proto);

/* First sequence number of the payload (a SYN consumes one), and the one after
 * the payload and FIN. */
static inline uint32_t
cm_segment_start(const struct cm_segment *s)
{
	return s->seq + ((s->flags & CM_TCP_SYN) != 0);
}

static inline uint32_t
cm_segment_end(const struct cm_segment *s)
{
	return cm_segment_start(s) + s->payload_len + ((s->flags & CM_TCP_FIN) != 0);
}

/* a - b modulo 2^32: negative when a lies before b. */
static inline int32_t
cm_seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

#endif
