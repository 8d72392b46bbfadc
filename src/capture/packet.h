/* capture/packet.h -- what the detectors see of one IP datagram.
 *
 * Made by capture/decode from a record, or by the verifier from the opened
 * cells of a row: then `open` says which parts are known.  Detectors ask it
 * before they read payload or checksum, and never look at an address except to
 * compare it: a tied host has a pseudonym there. */
#ifndef CM_CAPTURE_PACKET_H
#define CM_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/span.h"

/* Which exhibit of a run, and which frame (or, in a verifier, row) of it. */
typedef uint64_t cm_packet_id;

static inline cm_packet_id
cm_packet_id_of(uint32_t file, uint64_t frame)
{
	return (uint64_t)file << 44 | (frame & 0xfffffffffffu);
}

static inline uint32_t
cm_packet_file(cm_packet_id id)
{
	return (uint32_t)(id >> 44);
}

static inline uint64_t
cm_packet_frame(cm_packet_id id)
{
	return id & 0xfffffffffffu;
}

struct cm_host {
	uint8_t addr[16]; /* IPv4 in the first four, rest zero; or a tie's first 16 bytes */
	uint8_t net;	  /* 4 or 6 */
	bool tied;	  /* addr is a pseudonym: equal means the same host, no more */
};

/* Parts of a packet that may be shut in a row opened to a verifier. */
enum cm_open {
	CM_OPEN_HEADERS = 1,
	CM_OPEN_ADDRESSES = 2, /* at least tied */
	CM_OPEN_MASK = 4,      /* checksums and the like */
	CM_OPEN_PAYLOAD = 8,
	CM_OPEN_ALL = 15
};

enum cm_tcp_flag {
	CM_TCP_FIN = 1,
	CM_TCP_SYN = 2,
	CM_TCP_RST = 4,
	CM_TCP_PSH = 8,
	CM_TCP_ACK = 16,
	CM_TCP_URG = 32
};

enum cm_checksum { CM_CSUM_UNKNOWN, CM_CSUM_GOOD, CM_CSUM_BAD };

enum cm_tcp_opt { CM_OPT_MSS = 1, CM_OPT_WSCALE = 2, CM_OPT_SACK_OK = 4, CM_OPT_TS = 8, CM_OPT_BROKEN = 16 };

/* Where a flow table looks for the flow of a packet; see cm_flow_table_expect. */
struct cm_flow_place {
	uint32_t hash;
	uint8_t shard;
	bool known;
};

struct cm_packet {
	cm_packet_id id;
	uint64_t offset; /* of the record in its file */
	int64_t t_ns;
	uint8_t open; /* enum cm_open */

	/* network */
	struct cm_host src, dst;
	uint8_t proto; /* 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6; else not looked into */
	uint8_t ttl;
	bool df;
	bool fragment; /* this frame alone is a part; see capture/fragment.h */
	const cm_packet_id *parts; /* made whole from these, in order of arrival, `id` being the last; */
	uint32_t n_parts;	   /* 0: it came in one frame */
	bool quoted;   /* an ICMP error: its payload quotes a packet, never a segment of that flow */
	bool transport; /* the transport header is there; else the fields from sport on are 0 */
	uint16_t ipid; /* IPv4; 0 for IPv6 */
	uint32_t ip_len; /* whole datagram as its header says */

	/* transport */
	uint16_t sport, dport; /* ICMP: type and code */
	uint8_t flags; /* enum cm_tcp_flag */
	uint8_t opts;  /* enum cm_tcp_opt: which are there */
	uint8_t wscale;
	uint8_t checksum; /* enum cm_checksum */
	uint16_t mss;
	uint16_t window; /* raw */
	uint16_t opt_layout; /* 16-bit hash of the option kinds in order */
	uint32_t seq, ack;
	uint32_t tsval, tsecr;

	uint32_t payload_len;	/* by the IP length, not by what was captured */
	struct cm_span payload; /* captured part; empty when shut */
	const uint8_t *keep; /* where these bytes stay when the span does not; or NULL */
	struct cm_flow_place place;
};

static inline bool
cm_host_eq(const struct cm_host *a, const struct cm_host *b)
{
	return a->net == b->net && a->tied == b->tied &&
	    memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

#endif
