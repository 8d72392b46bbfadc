/* gen/sim.h -- the clock, the queue of packets and what a run was asked for.
 *
 * Episodes push packets with times; the queue gives them out in order of time
 * (ties: of pushing) once the clock has passed, which is when frame numbers are
 * known and when IP ids are drawn from counters, so that a host with one counter
 * for all its flows counts in the order of the wire. */
#ifndef GEN_SIM_H
#define GEN_SIM_H

#include "rng.h"
#include "sink.h"
#include "truth.h"
#include "wire.h"

#define GEN_MS 1000000
#define GEN_US 1000
#define GEN_SEC 1000000000
#define GEN_POOL (1u << 20)
#define GEN_HOSTS (1u << 16)

enum gen_ip_choice { GEN_IP_4, GEN_IP_6, GEN_IP_MIX };

struct gen_opts {
	uint64_t seed;
	uint64_t packets; /* stop after so many; 0: no bound */
	uint64_t bytes;
	struct gen_format format;
	uint8_t link;         /* enum gen_link */
	bool mixed_links;     /* each flow its own among those of Ethernet */
	uint8_t ip;           /* enum gen_ip_choice */
	const char *only;     /* one episode of the scenario */
	uint32_t background;  /* ordinary connections beside each episode */
	uint32_t connections; /* great-cannon, http */
	uint32_t rate;        /* great-cannon: injected per 100,000 eligible connections */
	uint32_t mss;         /* no segment is longer; 0: as the stacks have it */
	uint32_t flows;       /* flows: so many in turn; 0: each packet its own */
	bool comments;
	bool unchecked_pad; /* no Ethernet padding */
};

struct gen_frame;
struct gen_host;

struct gen_sim {
	struct gen_opts o;
	struct gen_rng rng;
	struct gen_sink sink;
	struct gen_truth truth;
	struct gen_frame **heap;
	size_t n, cap;
	uint64_t order;
	uint64_t frames;
	int64_t t; /* nothing before this moment will be pushed any more */
	bool failed, full;
	const char *class; /* of marks set from here on */
	uint16_t id_slots[1u << 16];
	uint32_t next_slot;
	uint32_t next_flow;
	uint8_t *pool;          /* text-like bytes, GEN_POOL of them */
	struct gen_host *hosts; /* GEN_HOSTS of them, lent out in turn: frames point into them */
	uint32_t next_host;
	uint8_t scratch[GEN_DGRAM_MAX + 1];
};

/* How a datagram meets the capture. */
struct gen_shot {
	int64_t t;
	uint8_t link;
	bool v6, to_client;
	uint32_t tag;
	uint32_t iface;
	const char *comment;
	uint16_t *id_counter;    /* draw the id from here ... */
	const uint16_t *id_copy; /* ... or copy it from here, plus id_add */
	uint16_t id_add;
	uint16_t *id_save;   /* remember which id it got */
	int64_t dup_dt;      /* captured once more so much later; 0: no */
	uint8_t dup_ttl;     /* with so much less TTL */
	int64_t stamp_shift; /* the time stamp lies by so much */
	uint16_t pad;        /* zero bytes behind the datagram */
};

bool gen_sim_start(struct gen_sim *s, const struct gen_opts *o, int fd);
void gen_sim_shoot(
    struct gen_sim *s, const struct gen_shot *shot, const uint8_t *dgram, size_t len);

/* Writes out everything before ${t}. */
void gen_sim_advance(struct gen_sim *s, int64_t t);
bool gen_sim_end(struct gen_sim *s); /* writes the rest; the truth stays */
void gen_sim_release(struct gen_sim *s);

/* A remembered id, one of 65,536 in turn. */
uint16_t *gen_sim_slot(struct gen_sim *s);

#endif
