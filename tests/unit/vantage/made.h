/* tests/unit/vantage/made.h -- packets as two places see them, without bytes of frames.
 *
 * A is the client's side, B the server's.  Time goes on by 10 ms with each packet; a packet that passes A
 * first passes B MADE_WAY later.  B's clock is `skew` ahead. */
#ifndef TESTS_VANTAGE_MADE_H
#define TESTS_VANTAGE_MADE_H

#include "vantage/compare.h"

#define MADE_MAX 4096u
#define MADE_WAY INT64_C(7000000)
#define MADE_STEP INT64_C(10000000)

enum { AT_A = 1, AT_B = 2, AT_BOTH = 3 };

struct made {
	struct cm_packet p[2][MADE_MAX];
	size_t n[2];
	uint8_t bytes[1 << 18];
	size_t used;
	int64_t now, skew;
	int hops;
	uint16_t ipid[2]; /* of the client, of the server */
	struct cm_host client, server;
	uint16_t cport, sport;
	uint64_t memory;
};

void made_init(struct made *m);

/* From the client (0) or the server (1).  ${where}: the places that see it.  The last one made at a
 * place is m->p[place][m->n[place] - 1], for a test to change; it is frame number m->n[place]. */
void made_tcp(struct made *m, unsigned from, unsigned flags, uint32_t seq, uint32_t ack, const void *data, size_t len,
    unsigned where);
void made_udp(struct made *m, unsigned from, const void *data, size_t len, unsigned where);

/* SYN, SYN-ACK, ACK; the client's ISN is 1000, the server's 5000. */
void made_handshake(struct made *m);

struct cm_packet *made_last(struct made *m, unsigned place);

/* The clocks, and the comparison with them, in order of time.  The caller frees it. */
struct cm_offset made_offset(const struct made *m);
struct cm_compare *made_compare(struct made *m);

/* The only finding of this kind that has frame ${frame} at ${place}; NULL: none. */
const struct cm_compare_finding *made_finding(const struct cm_compare *c, enum cm_between what, unsigned place,
    uint64_t frame);

#endif
