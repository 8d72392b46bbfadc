/* capture/layers.h -- where everything lies in a captured frame (FORMATS 1.2 "Understood").
 *
 * The one header walk: capture/decode reads fields at these places, seal/cut
 * makes its cells of them, so detector and seal can not disagree on where a
 * payload begins.  Total on any bytes, linear, no allocation.  All places are
 * offsets into the captured bytes handed in (add the record's data_at for an
 * offset into the row).
 *
 * What is understood, link types by their pcap number:
 *   1 Ethernet: 14 bytes, any number of tags 0x8100 and 0x88a8 (4 bytes each,
 *     tag control and next type), then 0x8847/0x8848 MPLS labels (4 bytes each,
 *     to the bottom of the stack; what follows is IP if its first nibble is 4 or
 *     6) or a 0x8864 PPPoE session header (8 bytes: version and type 0x11, code
 *     0, session, length, and the PPP protocol, 0x0021 or 0x0057 being IP);
 *   113 Linux SLL (16 bytes), 276 SLL2 (20): protocol 0x0800 or 0x86dd;
 *   0 BSD null (4 bytes, family in either byte order: 2; 24, 28, 30), 108 loop
 *     (the same, big-endian);
 *   12, 14, 101 raw IP by its first nibble, 228 IPv4 only, 229 IPv6 only.
 * IPv4: version 4, header length at least 20, total length 0 or at least the
 * header length.  IPv6: version 6; payload length 0 means to the end of the
 * captured bytes, as a total length of 0 does.  IPv6 extension headers 0, 43,
 * 44, 60 in any order and number; none is read behind the Fragment header of a
 * later fragment (offset not 0).  TCP: data offset at least 5.  UDP: 8 bytes, whatever its
 * length field says.  ICMP in IPv4, ICMPv6 in IPv6: the first 4 bytes.
 * A header must end inside the captured bytes and inside the datagram; one that
 * does not, or that is not as said here, is payload from its first byte. */
#ifndef CM_CAPTURE_LAYERS_H
#define CM_CAPTURE_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum cm_linktype {
	CM_LINK_NULL = 0,
	CM_LINK_ETHERNET = 1,
	CM_LINK_RAW_BSD = 12,
	CM_LINK_RAW_OPENBSD = 14,
	CM_LINK_RAW = 101,
	CM_LINK_LOOP = 108,
	CM_LINK_SLL = 113,
	CM_LINK_IPV4 = 228,
	CM_LINK_IPV6 = 229,
	CM_LINK_SLL2 = 276
};

enum cm_ip_proto {
	CM_PROTO_HOPOPT = 0,
	CM_PROTO_ICMP = 1,
	CM_PROTO_TCP = 6,
	CM_PROTO_UDP = 17,
	CM_PROTO_ROUTING = 43,
	CM_PROTO_FRAGMENT = 44,
	CM_PROTO_ICMPV6 = 58,
	CM_PROTO_DSTOPTS = 60
};

struct cm_layers {
	uint32_t link_addr_at;	/* link-layer addresses, one run; */
	uint32_t link_addr_len; /* 0: there are none */
	uint8_t net;		/* 4, 6; 0: no IP header was understood, all below but payload is 0 */
	uint8_t proto;		/* what the last network header says comes next */
	bool transport;		/* a TCP, UDP, ICMP or ICMPv6 header was understood, at transport_at */
	bool fragment;		/* part of a fragmented datagram; */
	bool frag_more;		/* not its last part; */
	bool frag_later;	/* not its first: no transport header is read; */
	uint32_t frag_off;	/* bytes of the datagram before this part; 0 in the first part; */
	uint32_t frag_id;	/* identification, 16 (IPv4) or 32 bits (IPv6) */
	uint32_t net_at;	/* of the IP header */
	uint32_t frag_at;	/* of what the fragment carries: behind the (unfragmentable) headers */
	uint32_t src_at;	/* of the outer addresses, */
	uint32_t dst_at;	/* */
	uint32_t addr_len;	/* 4 or 16 bytes each */
	uint32_t transport_at;	/* of the transport header, or where one would stand */
	uint32_t payload_at;	/* from the end of the last header understood */
	uint32_t payload_end;	/* to here; what is captured beyond is trailer (`mask`) */
	uint32_t datagram_end;	/* as the length field says: may lie beyond the captured bytes */
	bool length_known;	/* false: the length field is 0, the datagram ends with the capture */
};

/* Fills ${out} for the captured bytes ${data}, at most 2^31 of them. */
void cm_layers_walk(struct cm_span data, uint16_t linktype, struct cm_layers *out);

/* True if link type ${linktype} is one of those above. */
bool cm_link_known(uint16_t linktype);

/* Called once for each range of the column `mask` inside the captured bytes. */
typedef void cm_mask_visit(void *arg, uint32_t at, uint32_t len);

/* Visits the ranges of `mask` in file order, none empty, none overlapping another
 * or the addresses or the payload: link-layer addresses; IPv4 checksum; IPv4
 * options; bytes 2.. of each extension header but Fragment; transport checksum;
 * the value of each TCP option of a kind other than 0-5 and 8; all that follows
 * the kind byte of end-of-options or of an option whose length is missing, below
 * 2 or beyond the header; captured bytes after the datagram.  (Packet options of
 * pcapng lie outside the captured bytes: seal/cut adds them.)  ${l} must come
 * from cm_layers_walk over the same ${data}.  There may be some 30,000 ranges. */
void cm_layers_mask(struct cm_span data, const struct cm_layers *l, cm_mask_visit *visit, void *arg);

#endif
