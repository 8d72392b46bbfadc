/* A few packets between a client and a server, written down by hand.
 *
 * wire_start gives both ends a plain stack: client TTL 64, server TTL 52, DF set,
 * counting IP identifications, TCP timestamps.  Each packet made takes the next
 * frame number and a millisecond; the returned pointer may be changed until the
 * next one is made.  Sequence numbers are relative: 0 is the ISN. */
#ifndef CM_TEST_WIRE_H
#define CM_TEST_WIRE_H

#include "detect/engine.h"

#define WIRE_MAX 4000u

enum { CLIENT, SERVER };

struct wire {
	struct cm_packet p[WIRE_MAX];
	uint8_t bytes[WIRE_MAX][1600];
	unsigned n;
	uint16_t port;
	uint16_t ipid[2];
	uint32_t isn[2];
	int64_t t_ns;
	bool timestamps;
	bool ipv6;
	struct cm_engine *engine;
};

void wire_start(struct wire *w);

/* A new connection: another client port, other ISNs. */
void wire_flow(struct wire *w, uint16_t port);

struct cm_packet *wire_tcp(struct wire *w, unsigned from, uint8_t flags, uint32_t seq, uint32_t ack);
struct cm_packet *wire_data(struct wire *w, unsigned from, uint32_t seq, uint32_t ack, const char *text);
void wire_handshake(struct wire *w); /* SYN, SYN-ACK, ACK */
void wire_fill(struct wire *w, struct cm_packet *p, uint8_t byte, uint32_t len);
struct cm_packet *wire_dns(struct wire *w, unsigned from, uint16_t id, const char *name, uint16_t qtype, uint32_t address);

/* Runs the engine; incidents live until wire_end. */
const struct cm_engine *wire_judge(struct wire *w);
void wire_end(struct wire *w);

/* The only incident; fails the test if there is none or another. */
const struct cm_incident *wire_only(struct wire *w);

bool wire_has_cue(const struct cm_incident *x, const char *name);
bool wire_is(const struct cm_ids *ids, size_t n, const unsigned *frames);

#endif
