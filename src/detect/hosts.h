/* detect/hosts.h -- what the whole capture says about each sender.
 *
 * One model per (address, protocol): how many flows, which pairs of (TTL, DF) one
 * flow shows (a load balancer shows the same pair again and again), and in how
 * many flows each IP identification occurs.  For DNS servers also the TTLs and
 * the fastest of their plain answers.  Models are built from flows as they end
 * and asked when all are in.
 *
 * A few flows are kept as exemplars (the ones seen first), so that a finding can
 * show the packets that speak for and against it.
 *
 * Bounded: at most `memory` bytes; then the hosts that were quiet longest are
 * forgotten, and identification tables stop growing (the host then counts as
 * one that uses many).  Nothing depends on the value of an address, nor on the
 * order in which flows end. */
#ifndef CM_DETECT_HOSTS_H
#define CM_DETECT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/flow.h"

#define CM_HOST_PAIRS 8u
#define CM_HOST_EXEMPLARS 6u /* flows kept per class */
#define CM_HOST_PLAIN 3u	/* and of flows that show nothing: E16 wants five, two of them showing */
#define CM_EXEMPLAR_SEGS 2u
#define CM_HOST_ANSWERS 256u
#define CM_HOST_NEAR_NS (300 * INT64_C(1000000000))
#define CM_HOST_SINGLES 16u

/* A flow cut down to the packets that show a class. */
struct cm_exemplar {
	uint64_t serial;
	struct cm_flow_end end[2];
	uint8_t proto;
	uint8_t n;
	struct cm_segment seg[CM_EXEMPLAR_SEGS]; /* payloads copied when `copied` */
};

struct cm_exemplars {
	struct cm_exemplar *flow[CM_HOST_EXEMPLARS]; /* ascending serial */
	uint8_t n;
	bool few; /* CM_HOST_PLAIN are enough */
};

/* (TTL, DF) packed: ttl << 1 | df. */
struct cm_host_pair {
	uint16_t low, high; /* low < high */
	uint32_t flows;
	struct cm_exemplars show;
};

struct cm_host_class {
	uint16_t class;
	uint32_t flows;
};

struct cm_host_id {
	uint16_t id;
	uint16_t flows; /* saturates; 0: empty slot */
	uint32_t last;	/* serial, low 32 bits, that was counted last */
};

struct cm_host_answer {
	int64_t t_ns;
	int64_t rtt_ns; /* after the query; negative: query not seen */
	uint16_t ipid;
	uint8_t ttl;
	bool echo; /* IP identification of the query */
};

struct cm_host_single { /* one address given as only answer for several names */
	uint8_t addr[4];
	uint64_t name[3];
	unsigned n_names; /* up to 3 */
	uint64_t serial;
	struct cm_exemplars show;
};

struct cm_host_model {
	struct cm_host_model *next;	    /* in the bucket */
	struct cm_host_model *older, *newer; /* by last flow that ended */
	struct cm_host host;
	uint8_t proto;
	uint64_t hash;
	uint64_t packets; /* it sent */
	bool pinned;	  /* something odd was kept of it: forgotten last */
	uint32_t flows;	  /* with two or more packets of its own */
	struct cm_host_class class[CM_HOST_PAIRS]; /* (TTL, DF) and how many flows show it */
	unsigned n_classes;
	struct cm_host_pair *pair; /* CM_HOST_PAIRS of them; NULL: none */
	unsigned n_pairs;
	struct cm_exemplars plain; /* flows that show one (TTL, DF) only */
	struct cm_host_id *ids;
	uint32_t ids_cap, n_ids;
	bool ids_full;
	uint16_t ids_top;	     /* after cm_hosts_settle: in most flows; */
	uint32_t ids_most, ids_next; /* in how many, and the next one */
	/* DNS servers: their answers, those of the first flows */
	struct cm_host_answer *answers;
	uint32_t n_answers;
	struct cm_exemplars dns_show;
	struct cm_host_single *single; /* CM_HOST_SINGLES of them; NULL: none */
	unsigned n_singles;
};

struct cm_hosts;

CM_RESULT cm_hosts_new(size_t memory, uint64_t hash_seed, struct cm_hosts **out);
void cm_hosts_free(struct cm_hosts *h); /* NULL is fine */

/* Forgets all of them. */
void cm_hosts_reset(struct cm_hosts *h);

/* A flow between these ends will be added; ${soon}: as one of the next.  Has the processor
 * fetch what finding their models reads first, then the models. */
void cm_hosts_expect(const struct cm_hosts *h, const struct cm_flow_end end[2], uint8_t proto,
    bool soon);

/* Adds what one part of a flow says of its two senders. */
CM_RESULT cm_hosts_add(struct cm_hosts *h, const struct cm_flow_view *v);

/* Keeps the models of both ends while others can be forgotten. */
void cm_hosts_pin(struct cm_hosts *h, const struct cm_flow_view *v);

/* Models that were forgotten for want of memory: what their hosts did before is not known. */
uint64_t cm_hosts_forgotten(const struct cm_hosts *h);

/* All flows are in: works out what is asked below. */
void cm_hosts_settle(struct cm_hosts *h);

/* NULL: nothing is known of it. */
const struct cm_host_model *cm_hosts_find(const struct cm_hosts *h, const struct cm_host *host,
    uint8_t proto);

/* E16: the same host shows these two classes in so many flows that it is the
 * host's own doing.  Counts are for the report. */
bool cm_host_balances(const struct cm_host_model *m, uint16_t class_a, uint16_t class_b,
    uint32_t *showing, uint32_t *flows);

/* In how many of the host's flows this class was seen. */
uint32_t cm_host_shows(const struct cm_host_model *m, uint16_t class);

/* E7: this IP identification (not 0) is constant across the host's flows. */
bool cm_host_id_constant(const struct cm_host_model *m, uint16_t id);

/* What the server's plain answers look like within CM_HOST_NEAR_NS of ${t_ns} (in the
 * whole capture, if fewer than two are known there): their commonest TTL, and the
 * fastest of these in ns (0: no query seen).  Plain: the identification neither
 * repeats nor is the query's (E14).  -1: fewer than two, or no majority. */
int cm_host_dns_expected(const struct cm_host_model *m, int64_t t_ns, int64_t *fastest_ns);

/* How many names (up to 3) this host answered with just this IPv4 address. */
unsigned cm_host_dns_names(const struct cm_host_model *m, const uint8_t addr[4],
    const struct cm_exemplars **show);

static inline uint16_t
cm_ttl_class(const struct cm_segment *s)
{
	return (uint16_t)(s->ttl << 1 | s->df);
}

#endif
