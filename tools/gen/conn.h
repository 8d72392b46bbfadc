/* gen/conn.h -- one TCP connection, told as a story.
 *
 * The clock `now` is the moment at the tap.  A reply of end e to a packet seen at
 * t is seen at t + 2 * owd(e): to the end and back.  gen_conn_send and the others
 * play both ends with the manners of their stacks; gen_conn_next gives the
 * segment that end would send now, to be changed (or forged) and put by hand. */
#ifndef GEN_CONN_H
#define GEN_CONN_H

#include "host.h"

enum gen_side { GEN_CLIENT, GEN_SERVER };

struct gen_end {
	struct gen_host *host;
	uint16_t port;
	uint32_t isn, nxt, rcv; /* rcv: next byte expected from the other end */
	uint32_t window;        /* bytes */
	uint8_t ttl;            /* at the tap */
	uint16_t id;            /* counter of the flow */
	uint16_t *last_id;      /* of the last packet of this end that was written */
	uint32_t ts_seen;       /* TSval last received */
	uint32_t cwnd;          /* segments */
};

struct gen_seg;

/* Looks at a data segment of gen_conn_send before it is put, and may put others. */
typedef void gen_seg_hook(struct gen_seg *seg, void *ctx);

struct gen_conn {
	struct gen_sim *sim;
	struct gen_end e[2];
	int64_t now;
	int64_t gap; /* between segments of a burst */
	uint16_t mss;
	bool ts, scale, sack;
	bool strip_ts; /* a middlebox takes TSopt out of the SYN on its way to the server */
	bool hide[2];  /* asymmetric capture: packets of this end are not seen */
	bool quiet;    /* no pure ACKs from gen_conn_send */
	uint8_t link;
	bool v6;
	uint32_t iface;
	struct gen_host *nat; /* a second tap sees the client with this address */
	uint16_t nat_port;
	gen_seg_hook *hook;
	void *hook_ctx;
	uint16_t plant[2]; /* of the story: what this end sends is part of it; 0: of nothing */
	uint8_t relay;     /* a second place sees it, too (sim.h) */
	char flow[104];
};

enum gen_id_how { GEN_HOW_OWN, GEN_HOW_FIXED, GEN_HOW_NEXT, GEN_HOW_PEER };

struct gen_seg {
	struct gen_conn *c;
	uint8_t from; /* enum gen_side: whose address it bears */
	int64_t t;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window; /* raw */
	uint8_t ttl;
	bool df;
	uint8_t
	    id_how; /* enum gen_id_how: as the stack does; `id`; last id + `id`; the other end's + `id` */
	uint16_t id;
	bool ts;
	uint32_t tsval, tsecr;
	bool syn_opts;
	const uint8_t *data;
	size_t len;
	uint8_t csum;
	uint32_t tag;
	int64_t dup_dt;
	uint8_t dup_ttl;
	int64_t stamp_shift;
	uint16_t pad;
	const char *comment;
	bool alien; /* not by the end's stack: TSvals and counters stay as they were */
};

/* Ports: 0 for the client takes the next of the run. */
void gen_conn_start(struct gen_conn *c, struct gen_sim *s, struct gen_host *client,
    struct gen_host *server, uint16_t server_port);
struct gen_seg gen_conn_next(struct gen_conn *c, enum gen_side from, uint8_t flags);
void gen_conn_put(const struct gen_seg *seg);

void gen_conn_handshake(struct gen_conn *c);
void gen_conn_send(struct gen_conn *c, enum gen_side from, const void *data, size_t len);
void gen_conn_ack(struct gen_conn *c, enum gen_side from);
void gen_conn_wait(struct gen_conn *c, int64_t ns);

/* FIN of ${first}, FIN of the other, last ACK. */
void gen_conn_close(struct gen_conn *c, enum gen_side first);
void gen_conn_reset(struct gen_conn *c, enum gen_side from);

/* A reply of ${e} to what is seen now, seen that much later. */
int64_t gen_conn_turn(const struct gen_conn *c, enum gen_side e);
int64_t gen_conn_rtt(const struct gen_conn *c);

/* Marks ${seg} in the truth file; the comment goes into pcapng when asked for. */
uint32_t gen_seg_mark(struct gen_seg *seg, enum gen_kind kind, const char *note);

#endif
