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
#include "story.h"
#include "truth.h"
#include "wire.h"

#define GEN_MS 1000000
#define GEN_US 1000
#define GEN_SEC 1000000000
#define GEN_POOL (1u << 20)
#define GEN_HOSTS (1u << 16)

enum gen_log_form { GEN_LOG_COMMON, GEN_LOG_COMBINED, GEN_LOG_JSON, GEN_LOG_VHOST, GEN_LOG_TIMED };
enum gen_ip_choice { GEN_IP_4, GEN_IP_6, GEN_IP_MIX };

struct gen_opts {
	uint64_t seed;
	uint64_t packets; /* stop after so many; 0: no bound */
	uint64_t bytes;
	struct gen_format format;
	uint8_t link;           /* enum gen_link */
	bool mixed_links;       /* each flow its own among those of Ethernet */
	uint8_t ip;             /* enum gen_ip_choice */
	const char *only;       /* one episode of the scenario */
	uint32_t background;    /* ordinary connections beside each episode */
	uint32_t connections;   /* great-cannon, http */
	uint32_t rate;          /* great-cannon: injected per 100,000 eligible connections */
	uint32_t mss;           /* no segment is longer; 0: as the stacks have it */
	uint32_t flows;         /* flows: so many in turn; 0: each packet its own */
	uint64_t planted;       /* flood, scan, crowd: packets of it; 0: as the episode has it */
	uint32_t pps;           /* of what is planted; 0: as the episode has it */
	uint32_t clients;       /* likewise */
	uint32_t before, after; /* seconds of ordinary traffic around it */
	bool begin_inside;      /* the capture begins and ends in the midst of it */
	uint32_t elsewhere;     /* chain: clients of the flood that are no bystanders */
	int64_t skew;           /* of the second capture's clock */
	int64_t drift_ppb;
	uint8_t log_form; /* enum gen_log_form */
	int second;       /* descriptor of the second capture */
	bool second_pcapng;
	FILE *log;         /* NULL: none */
	FILE *truth_b;     /* of the second capture; NULL: none */
	bool mark_planted; /* each frame of it stands in the truth file */
	bool comments;
	bool unchecked_pad; /* no Ethernet padding */
};

struct gen_frame;
struct gen_host;
struct gen_shot;
struct gen_sim;

/* Is told each datagram that was written and that a second place sees, too: another sim. */
typedef void gen_relay_hook(
    struct gen_sim *s, const struct gen_shot *shot, const uint8_t *dgram, size_t len);

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
	bool unknown;        /* there is no such episode */
	const char *class;   /* of marks set from here on */
	const char *episode; /* the one that runs */
	uint16_t id_slots[1u << 16];
	uint32_t next_slot;
	uint32_t next_flow;
	uint8_t *pool;          /* text-like bytes, GEN_POOL of them */
	struct gen_host *hosts; /* GEN_HOSTS of them, lent out in turn: frames point into them */
	uint32_t next_host;
	struct gen_story story;
	bool
	    server_near; /* the tap stands beside the servers: link headers are the other way round */
	int64_t since, until;  /* only frames of this time are written; 0: all */
	int64_t skew;          /* the capture's clock is ahead by so much at t0, ... */
	int64_t drift_ppb, t0; /* ... and gains so much */
	gen_relay_hook *relay;
	void *relay_ctx;
	int64_t lag; /* another sim may still push what is so much earlier */
	FILE *notes; /* lines of gen_sim_note go here */
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
	uint16_t plant;      /* of the story; 0: none */
	uint8_t relay; /* enum gen_relay (path.h) and a way of changing it; > 0: the hook is told */
	bool note;     /* no datagram but a line of text */
	uint64_t mac;  /* Ethernet: broadcast by this station; 0: as the link has it */
};

bool gen_sim_start(struct gen_sim *s, const struct gen_opts *o, int fd);
void gen_sim_shoot(
    struct gen_sim *s, const struct gen_shot *shot, const uint8_t *dgram, size_t len);

/* Writes out everything before ${t}. */
void gen_sim_advance(struct gen_sim *s, int64_t t);
bool gen_sim_end(struct gen_sim *s); /* writes the rest; the truth stays */
void gen_sim_release(struct gen_sim *s);

/* The capture's clock when it is ${t}. */
int64_t gen_sim_clock(const struct gen_sim *s, int64_t t);

/* A line of text for s->notes, written in order of time with the frames. */
void gen_sim_note(struct gen_sim *s, int64_t t, const char *text, size_t len);

/* A remembered id, one of 65,536 in turn. */
uint16_t *gen_sim_slot(struct gen_sim *s);

#endif
