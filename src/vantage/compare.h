/* vantage/compare.h -- the same traffic seen at two places: what was born in between.
 *
 * Two captures of one party, A (here) and B (there).  Packets are matched by what no hop
 * changes; then, for each direction of each flow that both saw: which were seen at one place only (lost on
 * the way, dropped by the capture, or born in between), how far apart the places are (TTL),
 * what a NAT, a proxy of SYNs or another middlebox rewrote (addresses, ports, MSS, options, window
 * scale, IPID, DF, sequence numbers by a constant), whether segments were cut anew.
 * A packet counts as born in between only where the other place's capture was running and
 * saw the flow's packets before and after, so that a gap of the capture is no accusation.
 *
 * Pure, bounded by `memory`: the packets of A are read first, then those of B against them. */
#ifndef CM_VANTAGE_COMPARE_H
#define CM_VANTAGE_COMPARE_H

#include "base/arena.h"
#include "base/result.h"
#include "vantage/clock.h"

enum cm_place { CM_PLACE_A, CM_PLACE_B };

struct cm_compare_params {
	size_t memory;
	uint64_t hash_seed;
};

struct cm_compare;
CM_RESULT cm_compare_new(const struct cm_compare_params *params, struct cm_compare **out);
void cm_compare_free(struct cm_compare *c); /* NULL is fine */
CM_RESULT cm_compare_packet(struct cm_compare *c, enum cm_place at, const struct cm_packet *p);
CM_RESULT cm_compare_finish(struct cm_compare *c);

enum cm_between {
	CM_BETWEEN_BORN,       /* seen at the receiver's side only, with its flow whole at the other */
	CM_BETWEEN_SUPPRESSED, /* seen at the sender's side only, and what came after did arrive */
	CM_BETWEEN_LOST,       /* the same, and it was sent again: loss is enough to explain it */
	CM_BETWEEN_REWRITTEN,  /* payload differs */
	CM_BETWEEN_UNSEEN      /* cannot be told: the other capture has a gap, or only one direction */
};

struct cm_compare_finding {
	enum cm_between what;
	struct cm_host src, dst; /* as seen at A, if it was seen there */
	uint16_t sport, dport;
	uint8_t proto;
	const cm_packet_id *frames[2]; /* at A, at B; ascending */
	size_t n_frames[2];
	const char *why; /* what it rests on, and what else could be the cause */
};

/* What one middlebox does to all, told once. */
struct cm_compare_rewrite {
	const char *what; /* "source address and port (NAT)", "MSS 1460 -> 1380", "time stamps removed", ... */
	uint64_t flows, packets;
};

struct cm_compare_direction { /* A to B, B to A */
	uint64_t both, only_a, only_b;
	int hops_least, hops_most, hops_usual; /* TTL here minus TTL there; of the usual, packets: */
	uint64_t hops_usual_n;
};

struct cm_compare_result {
	struct cm_offset clock; /* B minus A */
	struct cm_compare_direction dir[2];
	uint64_t packets[2], flows_both, flows_only[2];
	const struct cm_compare_finding *findings;
	size_t n_findings;
	uint64_t not_listed;
	const struct cm_compare_rewrite *rewrites;
	size_t n_rewrites;
	uint64_t evicted; /* packets that could not be kept: what they would tell is unknown */
};
const struct cm_compare_result *cm_compare_result(const struct cm_compare *c);

#endif
