/* gen/wire.h -- datagrams and link headers as bytes, with valid checksums.
 *
 * IPv4 RFC 791, IPv6 RFC 8200, TCP RFC 9293, UDP RFC 768, ICMP RFC 792/4443;
 * 802.1Q and 802.1ad tags, PPPoE RFC 2516, MPLS RFC 3032; Linux cooked captures
 * and the loopback headers as the list of link types of tcpdump.org has them. */
#ifndef GEN_WIRE_H
#define GEN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GEN_LINK_MAX 40u /* longest link header */
#define GEN_DGRAM_MAX 65535u

enum gen_link {
	GEN_LINK_ETHER,
	GEN_LINK_VLAN,
	GEN_LINK_QINQ,
	GEN_LINK_PPPOE,
	GEN_LINK_PPPOE_QINQ,
	GEN_LINK_MPLS,
	GEN_LINK_SLL,
	GEN_LINK_SLL2,
	GEN_LINK_RAW,
	GEN_LINK_NULL,
	GEN_LINK_LOOP,
	GEN_LINK_COUNT
};

struct gen_addr {
	uint8_t b[16]; /* IPv4 in the first four, the rest zero */
	bool v6;
};

enum gen_proto {
	GEN_ICMP = 1,
	GEN_TCP = 6,
	GEN_UDP = 17,
	GEN_FRAGMENT = 44,
	GEN_ICMP6 = 58,
	GEN_DSTOPTS = 60
};
enum gen_flag { GEN_FIN = 1, GEN_SYN = 2, GEN_RST = 4, GEN_PSH = 8, GEN_ACK = 16 };
enum gen_csum { GEN_CSUM_GOOD, GEN_CSUM_ZERO, GEN_CSUM_BAD, GEN_CSUM_PARTIAL };

struct gen_ip {
	struct gen_addr src, dst;
	uint8_t ttl, proto;
	bool df;
	bool more;           /* fragments follow */
	bool ext;            /* IPv6: a destination options header first */
	uint16_t id;         /* IPv4; the low half of a fragment's id in IPv6 */
	uint16_t frag_bytes; /* offset of this fragment; a multiple of 8 */
	bool is_fragment;
};

struct gen_tcp {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	uint8_t opt[40];
	size_t opt_len; /* a multiple of 4 */
	const uint8_t *data;
	size_t len;
	uint8_t csum; /* enum gen_csum */
};

/* All three write a whole datagram and return its length.  ${out} has room for GEN_DGRAM_MAX. */
size_t gen_wire_tcp(uint8_t *out, const struct gen_ip *ip, const struct gen_tcp *tcp);
size_t gen_wire_udp(uint8_t *out, const struct gen_ip *ip, uint16_t sport, uint16_t dport,
    const uint8_t *data, size_t len);

/* IP header around ${body}, whatever it is (a fragment, an ICMP message). */
size_t gen_wire_ip(uint8_t *out, const struct gen_ip *ip, const uint8_t *body, size_t len);

/* Where the transport begins in a datagram made by the above without fragmenting. */
size_t gen_wire_ip_len(const struct gen_ip *ip);

/* RFC 1071 sum of ${len} bytes on top of ${sum}; fold and complement with gen_wire_fold. */
uint64_t gen_wire_sum(uint64_t sum, const uint8_t *p, size_t len);
uint16_t gen_wire_fold(uint64_t sum);
uint64_t gen_wire_pseudo(const struct gen_ip *ip, uint8_t proto, size_t len);

/* Sets the id of the IPv4 header at ${p} and mends its checksum. */
void gen_wire_set_id(uint8_t *p, uint16_t id);
void gen_wire_set_ttl(uint8_t *p, uint8_t ttl);

/* The flow of a datagram as the truth file names it, ports where there are some. */
void gen_wire_flow(char *out, size_t size, const uint8_t *ip);

/* Writes the link header so that it ends at ${end}; returns its length. */
size_t gen_wire_link(uint8_t *end, enum gen_link link, bool v6, bool to_client);
uint16_t gen_wire_linktype(enum gen_link link);
const char *gen_wire_link_name(enum gen_link link);

struct gen_addr gen_addr_v4(uint32_t addr);
struct gen_addr gen_addr_v6(uint32_t net, uint32_t host);             /* 2001:db8:NET::HOST */
void gen_addr_text(char *out, size_t size, const struct gen_addr *a); /* without brackets */

#endif
