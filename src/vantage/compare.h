/* vantage/compare.h -- the same traffic seen at two places: what was born in between.
 *
 * Two captures of one party, A (here) and B (there).  Packets come from both, best in
 * order of time; each is matched with the one that the other place has of it, by what no hop changes: the
 * flow, the place in its stream, the bytes.  A match is counted and forgotten.  What is left when
 * a flow is over is judged by its stream, its acknowledgements and its neighbours (docs/vantages.md has
 * the rules): was it lost, not captured, kept back, or born in between?
 *
 * Seen through, and told as what a middlebox does to all: NAT of either end (by ISN and first payloads),
 * sequence numbers shifted by a constant from the handshake on, IPID, DF, window, MSS, window scale, SACK, time stamps and
 * options taken out or rewritten, segments cut anew (bytes are compared over whatever both cut alike).
 *
 * A packet counts as born in between only where the other place's capture was running, had
 * seen its flow before and sees that direction at all, and does not show that it drops packets; so a gap of
 * a capture is no accusation.  Two things stand without that last condition: the other place saw other bytes for the
 * same place of the stream, or the packet does not fit those that came from the same sender.
 *
 * Pure.  Memory: `memory` bytes, half for flows and half for packets whose match has not come (64
 * bytes each).  When either is full the flow that was quiet longest is given up, its packets are counted as
 * `evicted` and accuse nobody.  Flows that are quiet at both places for CM_COMPARE_IDLE_NS are
 * over; so files of any length can be compared if they are read side by side. */
#ifndef CM_VANTAGE_COMPARE_H
#define CM_VANTAGE_COMPARE_H

#include "base/arena.h"
#include "base/result.h"
#include "vantage/clock.h"

#define CM_COMPARE_IDLE_NS (300 * INT64_C(1000000000))
#define CM_COMPARE_FRAMES 64u	    /* of one finding at one place; the others are counted */
#define CM_COMPARE_FINDINGS 10000u  /* listed */

enum cm_place { CM_PLACE_A, CM_PLACE_B };

struct cm_compare_params {
	size_t memory;		/* at least 1 MiB */
	uint64_t hash_seed;	/* secret: what is compared by hash can not be made to collide */
	struct cm_offset clock; /* B minus A, from cm_clock_offset; zero: unknown */
};

struct cm_compare;
CM_RESULT cm_compare_new(const struct cm_compare_params *params, struct cm_compare **out);
void cm_compare_free(struct cm_compare *c); /* NULL is fine */

/* Parts of datagrams (`fragment`) are left out: hand in what they make whole.  CM_E_NOMEM. */
CM_RESULT cm_compare_packet(struct cm_compare *c, enum cm_place at, const struct cm_packet *p);

/* Nothing more comes from this place: flows need not wait for it. */
void cm_compare_over(struct cm_compare *c, enum cm_place at);
CM_RESULT cm_compare_finish(struct cm_compare *c); /* CM_E_NOMEM */

enum cm_between {
	CM_BETWEEN_BORN,       /* seen at the receiver's side only, with its flow whole at the other */
	CM_BETWEEN_SUPPRESSED, /* seen at the sender's side only, and what came after did arrive */
	CM_BETWEEN_LOST,       /* the same, and it was sent again: loss is enough to explain it */
	CM_BETWEEN_REWRITTEN,  /* payload differs */
	CM_BETWEEN_UNSEEN      /* cannot be told: the other capture has a gap, or only one direction */
};

/* All that happened in one way to one direction of one flow. */
struct cm_compare_finding {
	enum cm_between what;
	struct cm_host src, dst; /* as seen at A, if it was seen there */
	uint16_t sport, dport;
	uint8_t proto;
	int64_t t_ns; /* of the first of its frames, by the clock of its place */
	const cm_packet_id *frames[2]; /* at A, at B; ascending */
	size_t n_frames[2];
	uint64_t more[2]; /* frames that are not listed */
	const char *why;   /* what it rests on, */
	const char *rival; /* and what else could be the cause */
};

/* What one middlebox does to all, told once. */
struct cm_compare_rewrite {
	const char *what; /* "source address and port (NAT)", "MSS 1460 -> 1380", "time stamps removed", ... */
	uint64_t flows, packets;
};

struct cm_compare_direction { /* A to B, B to A */
	uint64_t both, only_a, only_b;
	int hops_least, hops_most, hops_usual; /* TTL where it passes first minus TTL where it passes next; of the usual, packets: */
	uint64_t hops_usual_n;
};

struct cm_compare_result {
	struct cm_offset clock; /* B minus A */
	struct cm_compare_direction dir[2];
	uint64_t packets[2], flows_both, flows_only[2];
	int64_t first_ns[2], last_ns[2]; /* by its own clock; 0 where there are no packets */
	const struct cm_compare_finding *findings; /* in order of `what`, then of time by the clock of A */
	size_t n_findings;
	uint64_t not_listed;
	uint64_t count[5]; /* packets by enum cm_between, listed or not */
	const struct cm_compare_rewrite *rewrites;
	size_t n_rewrites;
	uint64_t holes[2];   /* packets that must have passed a place and are not in its capture */
	uint64_t copies;     /* packets that one place has once more than the other, of the same hand */
	uint64_t outside;    /* packets from when the other capture was not running */
	uint64_t untold;     /* packets of flows of which nothing says where they pass first */
	uint64_t evicted; /* packets that could not be kept: what they would tell is unknown */
};
const struct cm_compare_result *cm_compare_result(const struct cm_compare *c);

#endif
