/* gen/raw.h -- packets without a connection behind them: floods, probes, answers of others. */
#ifndef GEN_RAW_H
#define GEN_RAW_H

#include "world.h"

/* Who sends and who gets it, and how far it came. */
struct gen_raw {
	struct gen_addr src, dst;
	uint16_t sport, dport;
	uint16_t id;
	uint8_t ttl;
	bool df, to_client;
	uint16_t plant;
	int64_t t;
	const uint8_t *data;
	size_t len;
};

struct gen_raw_tcp {
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window;
	uint16_t mss; /* 0: no options */
};

void gen_raw_tcp(struct gen_sim *s, const struct gen_raw *r, const struct gen_raw_tcp *t);
void gen_raw_udp(struct gen_sim *s, const struct gen_raw *r);
/* Type, code and the four bytes behind the checksum; data follow. */
void gen_raw_icmp(
    struct gen_sim *s, const struct gen_raw *r, uint8_t type, uint8_t code, uint32_t rest);
/* An ICMP error of ${r}->src that quotes the last datagram put: header and eight bytes. */
void gen_raw_quote(struct gen_sim *s, const struct gen_raw *r, uint8_t type, uint8_t code);
/* A piece of a datagram. */
void gen_raw_piece(
    struct gen_sim *s, const struct gen_raw *r, uint8_t proto, uint16_t at, bool more);

/* Some address of the whole unicast space: what senders write who lie about theirs. */
struct gen_addr gen_addr_spoofed(struct gen_rng *r);
/* Host n of 100.64.0.0/10, and the TTL its packets have here. */
struct gen_addr gen_addr_other(uint32_t n);
uint8_t gen_ttl_other(uint32_t n);

/* Answers of amplifiers: bytes into ${out} (at most 4,096), and the port they come from. */
struct gen_amplifier {
	const char *name, *service;
	uint16_t port;
	size_t (*write)(struct gen_rng *r, uint8_t *out);
};
extern const struct gen_amplifier gen_amplifiers[]; /* ended by an item without a name */

#endif
