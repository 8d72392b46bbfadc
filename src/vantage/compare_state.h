/* vantage/compare_state.h -- what the parts of the comparison share; nobody else includes it.
 *
 * wait.c    packets whose match has not come, found by flow, direction and place in the stream
 * conv.c    flows, each with what both places saw of it
 * meet.c    a packet comes: its match is found, or it waits
 * recut.c   segments that were cut anew
 * judge.c   what is left of a flow when it is over
 * rewrite.c what a middlebox does to all
 * between.c findings, gaps, and the result */
#ifndef CM_VANTAGE_COMPARE_STATE_H
#define CM_VANTAGE_COMPARE_STATE_H

#include <stdbool.h>

#include "capture/flow.h"
#include "vantage/compare.h"
#include "vantage/stream_hash.h"

#define SECOND INT64_C(1000000000)
#define CM_SLACK_NS (2 * SECOND) /* by which two clocks may be apart more than was found */

/* ---- waiting packets ---- */

enum cm_class { CM_CLASS_ACK, CM_CLASS_DATA, CM_CLASS_SYN, CM_CLASS_FIN, CM_CLASS_RST, CM_CLASS_DATAGRAM };

/* One cache line. */
struct cm_wait {
	cm_packet_id id;
	int64_t t_ns;  /* by the clock of its place */
	uint64_t hash; /* of the captured payload */
	uint32_t seq, ack; /* as in the packet; of a datagram seq says which of all */
	uint32_t len : 18;
	uint32_t flags : 6;
	uint32_t place : 1;
	uint32_t dir : 1;
	uint32_t df : 1;
	uint32_t stamped : 1;	   /* has the time stamp option */
	uint32_t contradicted : 1; /* the place has other bytes where these are, and those met */
	uint32_t copied : 1;	   /* the place has one just like it, and that met */
	uint32_t gone : 1;	   /* judging: is accounted for */
	uint32_t none : 1;
	uint32_t cap : 18;
	uint32_t ttl : 8;
	uint32_t class : 3; /* enum cm_class */
	uint32_t pieces : 1; /* came in fragments */
	uint32_t none2 : 2;
	uint16_t ipid, window;
	uint16_t step; /* from the identification of the last one before that met */
	uint16_t head; /* hash of the first 16 bytes */
	uint32_t conv, chain, next, prev; /* 0: none */
};

struct cm_waits {
	struct cm_wait *slot; /* [0] is never used */
	uint32_t *bucket;
	uint32_t mask, room, used, free;
	uint64_t seed;
};

#define CM_CHAIN_MAX 64u /* looked through; more of one key are not kept */

CM_RESULT cm_waits_init(struct cm_waits *w, size_t memory, uint64_t seed);
void cm_waits_fini(struct cm_waits *w);

/* Takes a copy.  0: no room.  ${*crowded}: too many of one key. */
uint32_t cm_waits_put(struct cm_waits *w, const struct cm_wait *r, bool *crowded);
void cm_waits_drop(struct cm_waits *w, uint32_t i);

/* Those that stand where one like ${r} would, with its seq and ack taken to be ${seq} and ${ack}:
 * calls ${each} until it says no. */
typedef bool cm_wait_visit(void *arg, uint32_t i);
void cm_waits_walk(const struct cm_waits *w, const struct cm_wait *r, uint32_t seq, uint32_t ack,
    cm_wait_visit *each, void *arg);

/* ---- stretches of a stream that a place saw ---- */

enum { CM_COVER = 4 };
struct cm_cover {
	uint32_t from[CM_COVER], to[CM_COVER]; /* ascending, apart */
	uint8_t n;
	bool ragged; /* there were more: what it lacks says nothing */
};
void cm_cover_add(struct cm_cover *c, uint32_t from, uint32_t to);
bool cm_cover_has(const struct cm_cover *c, uint32_t from, uint32_t to);     /* all of it */
bool cm_cover_touches(const struct cm_cover *c, uint32_t from, uint32_t to); /* any of it */
bool cm_cover_beyond(const struct cm_cover *c, uint32_t to); /* anything from there on */

/* ---- flows ---- */

struct cm_lately {
	uint64_t hash;
	uint32_t seq, len, ack;
	uint16_t head, ipid;
};
enum { CM_LATELY = 4 };

/* One direction at one place. */
struct cm_sight {
	uint64_t packets;
	struct cm_cover cover;
	uint32_t isn, fin_at, ack_most; /* the furthest that its sender acknowledged */
	bool has_isn, has_fin, has_ack, has_id;
	/* of those that met, but for SYN and RST: */
	uint8_t ttl_least, ttl_most;
	uint8_t hand; /* bits: DF no, yes; stamped no, yes; IPID zero, not */
	uint16_t last_id;
	/* of the SYN: */
	uint16_t mss, layout;
	uint8_t wscale, opts;
	uint8_t lately_at;
	struct cm_lately lately[CM_LATELY]; /* that met */
	uint32_t first; /* of those that wait */
	uint32_t n;
};

/* One direction of a flow, between the places. */
struct cm_course {
	uint64_t met;
	int64_t dt_least, dt_most; /* B minus A */
	int64_t first_ns[2], last_ns[2]; /* of those that met, by the clock of the place */
	int16_t hops_least, hops_most, hops_usual; /* TTL at A minus TTL at B */
	uint32_t hops_votes;
	uint32_t id_kept, id_changed;
	uint16_t step_most;
	uint32_t shift; /* seq at B minus seq at A: only taken for true if packets met by it */
	bool shift_maybe;
	uint32_t shift_met;
};

struct cm_conv {
	struct cm_flow_end end[2][2]; /* at each place: [0] sends direction 0 */
	bool at[2];  /* the place has seen it, and it can be found there */
	bool had[2]; /* has seen it */
	bool crowded; /* packets could not be kept: nothing is said of what is missing */
	bool closed;
	uint8_t proto;
	uint8_t tries; /* at finding it at the other place behind a NAT */
	uint64_t rewrote; /* bits of enum cm_rewrite_kind */
	int64_t seen_ns[2], begun_ns; /* latest at each place, first; by the clock of A */
	uint32_t next_at[2]; /* in the same bucket */
	uint32_t newer, older; /* by latest packet */
	uint32_t settle_at; /* when so many wait */
	struct cm_sight sight[2][2]; /* place, direction */
	struct cm_course course[2];
};

struct cm_convs {
	struct cm_conv *slot; /* [0] is never used */
	uint32_t *bucket[2];
	uint32_t *nat; /* flow that may be found by an address-free key, in sets of 4 */
	uint32_t mask, room, used, free;
	uint32_t newest, oldest;
	uint64_t seed;
};

CM_RESULT cm_convs_init(struct cm_convs *v, size_t memory, uint64_t seed);
void cm_convs_fini(struct cm_convs *v);

/* ---- rewrites ---- */

enum cm_rewrite_kind {
	CM_RW_SOURCE_NAT, CM_RW_TARGET_NAT, CM_RW_SEQ, CM_RW_MSS, CM_RW_WSCALE, CM_RW_SACK, CM_RW_STAMPS, CM_RW_LAYOUT,
	CM_RW_SEGMENT_STAMPS, CM_RW_IPID, CM_RW_DF_CLEARED, CM_RW_DF_SET, CM_RW_WINDOW, CM_RW_CUT, CM_RW_FRAGMENTS,
	CM_RW_TTL_RAISED, CM_RW_KINDS
};

struct cm_rewritten {
	uint64_t flows, packets;
	uint32_t from, to; /* of numbers: the ones most seen */
	uint64_t votes;
	char example[160];
};

/* ---- what is found ---- */

enum cm_cause {
	CM_CAUSE_CONTRADICTED, CM_CAUSE_HAND, CM_CAUSE_PLAIN, /* born */
	CM_CAUSE_REWRITTEN, CM_CAUSE_REPLACED, CM_CAUSE_KEPT_BACK, CM_CAUSE_LOST, CM_CAUSE_LOST_SINGLE, CM_CAUSE_BEFORE,
	CM_CAUSE_OVERLAP, CM_CAUSES
};

/* Of one flow while it is judged. */
struct cm_tally {
	cm_packet_id id[2][CM_COMPARE_FRAMES];
	uint64_t n[2];
	int64_t t_ns[2];
};

/* Time, in stretches: what of each could be matched. */
enum { CM_STRETCHES = 16384 };
struct cm_strip {
	int64_t base_ns, width_ns;
	bool begun;
	uint32_t met[CM_STRETCHES];
	uint32_t left[2][2][CM_STRETCHES]; /* place, direction of travel */
};
size_t cm_strip_at(struct cm_strip *s, int64_t t_ns);
void cm_strip_count(uint32_t *n);

struct cm_found {
	struct cm_compare_finding f;
	enum cm_cause cause;
	uint8_t place; /* that has the frames */
	uint8_t way;   /* direction of travel */
	bool unseen_way;
	int64_t t_a_ns; /* by the clock of A */
	struct cm_found *next;
};

struct cm_compare {
	struct cm_compare_params params;
	struct cm_stream_hash hash;
	struct cm_waits waits;
	struct cm_convs convs;
	struct cm_strip strip;
	int64_t now_ns[2]; /* latest packet of each place, by the clock of A */
	bool has_now[2], over[2];
	struct cm_rewritten rewrote[CM_RW_KINDS];
	uint64_t id_kept, id_changed;
	uint64_t hops[2][512]; /* direction of travel; difference + 256 */
	struct cm_tally tally[CM_CAUSES][2];
	struct cm_arena arena; /* of findings */
	struct cm_found *found;
	uint64_t found_at[CM_CAUSES][2], listed; /* packets by the place that has them; findings */
	bool starved;
	struct cm_compare_result result;
};

/* By the clock of A, and so bounded that two can be subtracted. */
int64_t cm_compare_time(const struct cm_compare *c, unsigned place, int64_t t_ns);

/* conv.c: the flow of ${p} at ${place}, and which of its directions ${p} goes; a new one if need be.
 * 0: no memory. */
uint32_t cm_compare_conv(struct cm_compare *c, unsigned place, const struct cm_packet *p, unsigned *dir);
/* Behind a NAT: looks for the same flow at the other place by what ${r} holds.  The flow that
 * ${conv} is from now on. */
uint32_t cm_compare_seek(struct cm_compare *c, uint32_t conv, const struct cm_wait *r);
void cm_compare_forget(struct cm_compare *c, uint32_t conv);
/* Judges flows that are over; with ${all}, all of them. */
void cm_compare_sweep(struct cm_compare *c, bool all);
/* Gives up the flow that was quiet longest, other than ${but}.  False: there is none. */
bool cm_compare_evict(struct cm_compare *c, uint32_t but);

/* meet.c */
struct cm_wait cm_wait_of(const struct cm_compare *c, unsigned place, const struct cm_packet *p);
void cm_compare_meet(struct cm_compare *c, uint32_t conv, const struct cm_wait *r, const struct cm_packet *p);
/* Two that are the same packet, of which the first waited, or both. */
void cm_compare_met(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *at_a, const struct cm_wait *at_b);
/* Gives up the wait of ${i}. */
void cm_compare_unlink(struct cm_compare *c, uint32_t i);
/* Let ${r} wait. */
void cm_compare_wait(struct cm_compare *c, uint32_t conv, const struct cm_wait *r);
enum cm_alike { CM_ALIKE_NO, CM_ALIKE_UNKNOWN, CM_ALIKE_YES };
enum cm_alike cm_wait_alike(const struct cm_wait *a, const struct cm_wait *b);
/* seq and ack of ${r} as the other place numbers them; only by a shift that packets met by. */
uint32_t cm_wait_seq_there(const struct cm_conv *v, const struct cm_wait *r);

/* recut.c: matches what still can be. */
void cm_compare_recut(struct cm_compare *c, struct cm_conv *v, unsigned dir);

/* compare.c: a flow is over: it is counted. */
void cm_compare_count(struct cm_compare *c, struct cm_conv *v, bool evicted);

/* judge.c: all that waits, or what is older than ${before_ns} by the clock of A. */
void cm_compare_judge(struct cm_compare *c, uint32_t conv, int64_t before_ns);
/* Which place the packets of a direction pass first: CM_PLACE_A, CM_PLACE_B, or 2, nothing says. */
unsigned cm_conv_first(const struct cm_compare *c, const struct cm_conv *v, unsigned dir);

/* rewrite.c */
void cm_rewrite_note(struct cm_compare *c, struct cm_conv *v, enum cm_rewrite_kind kind);
void cm_rewrite_numbers(struct cm_compare *c, struct cm_conv *v, enum cm_rewrite_kind kind, uint32_t from, uint32_t to);
void cm_rewrite_packet(struct cm_compare *c, struct cm_conv *v, const struct cm_wait *a, const struct cm_wait *b);
void cm_rewrite_flow(struct cm_compare *c, struct cm_conv *v);
CM_RESULT cm_rewrite_tell(struct cm_compare *c);

/* between.c */
void cm_compare_tally(struct cm_compare *c, enum cm_cause cause, const struct cm_wait *r);
/* What was tallied of ${v} becomes findings. */
void cm_compare_flush(struct cm_compare *c, const struct cm_conv *v);
CM_RESULT cm_compare_tell(struct cm_compare *c);

#endif
