/* detect/judge.h -- one flow before the detectors.
 *
 * A detector is a pure function of a flow's segments and of the host models: it
 * marks segments with cues and pairs of segments with conflicts.  What the marks
 * add up to is decided in verdict.c.  Private to src/detect. */
#ifndef CM_DETECT_JUDGE_H
#define CM_DETECT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/flow.h"
#include "detect/cues.h"
#include "detect/engine.h"
#include "detect/hosts.h"

#define CM_NONE UINT32_MAX /* no segment */
#define CM_MARK_OTHERS 4u
#define CM_PAIRS_MAX 1024u
#define CM_CONFLICT_MARGIN 4 /* bits; by so much is the odder of two decidedly odder (E12) */
#define CM_NEAR_IPID 63u /* so far apart at most are packets that overtook one another */

/* One cue on one segment. */
struct cm_mark {
	uint32_t seg;
	uint8_t cue; /* enum cm_cue_id */
	int8_t bits;
	uint8_t n_other;
	cm_packet_id other[CM_MARK_OTHERS]; /* what it was seen against */
};

/* Why two segments with different bytes are no conflict. */
enum cm_excuse {
	CM_EXCUSE_NONE,
	CM_EXCUSE_KEEPALIVE,
	CM_EXCUSE_PADDING,
	CM_EXCUSE_REUSE,
	CM_EXCUSE_OFFLOAD,
	CM_EXCUSE_SYN_PROXY,
	CM_EXCUSE_ROTATION, /* DNS: same answers, or a repeated query */
	CM_EXCUSE_BALANCER,
	CM_EXCUSE_COUNT
};

struct cm_pair {
	uint32_t a, b; /* a arrived first */
	uint8_t cue;   /* CM_CUE_CONFLICT, _WEAK, TWO_ENDS, SYNACK_TWICE, DNS_CONFLICT */
	uint8_t excuse;
};

#define CM_SIDE_CLASSES 8u
#define CM_ECR_SLACK 5000u   /* ticks; 5 s at 1000 Hz */
#define CM_TICKS_SLACK 1000u

/* What a direction shows, without which a detector's own walk over it would mark
 * nothing (sort.c).  One that is true without cause costs time, no more. */
struct cm_signs {
	bool reset;
	bool second_synack;
	bool overlap;	 /* bytes before the end of those that came before */
	bool two_ends;	 /* data beyond the end of data with a FIN */
	bool unaware;	 /* a pure ACK or FIN stands before the end of what was sent */
	bool ack_back;
	bool clock;	 /* a timestamp that may be out of reach */
	bool ttl_rising;
	bool id_again;
};

/* One direction of the flow. */
struct cm_side {
	uint16_t class[CM_SIDE_CLASSES]; /* (TTL, DF) of the segments in the baseline */
	uint32_t count[CM_SIDE_CLASSES];
	unsigned n_classes;
	uint32_t n_base; /* segments in the baseline */

	uint32_t *at;	 /* its segments, in arrival order */
	uint32_t n;
	uint32_t syn;	 /* its first SYN or SYN-ACK; CM_NONE */
	bool syn_echo;	 /* a SYN-ACK built from the SYN: no baseline */
	bool mostly_bad; /* checksums: offloaded at the capturing host */
	bool ts_agreed;	 /* timestamps, by the handshake */
	bool ts_midstream; /* no handshake seen, but both sides use them */
	uint32_t n_ts, n_rst;
	struct cm_signs signs;
	int plain; /* the class of the baseline for whatever has it; -1: look closer */
	const struct cm_host_model *model;
	uint16_t fixed_id; /* constant across the host's flows; 0: none is */
};

/* A forged segment with a constant identification, known from another flow. */
struct cm_hand {
	struct cm_host host;
	cm_packet_id id;
	uint16_t ipid, window;
	bool df;
};

#define CM_ASKED_MAX 8u

/* Two classes, (TTL, DF), of which it was asked whether the host balances between them. */
struct cm_asked {
	uint16_t base, own;
	uint8_t dir;
};

#define CM_COMPARED 65536u /* a power of two */

/* Two borrowed places that were compared.  The same two come again when a flow is judged
 * again; reading them is what costs. */
struct cm_compared {
	const uint8_t *a, *b;
	uint32_t len;
	bool equal;
};

/* Borrowed payload, read again. */
struct cm_seen {
	const uint8_t *at; /* NULL: nothing yet */
	size_t len;
	uint8_t *bytes;
	size_t room;
};

struct cm_judge {
	const struct cm_flow_view *v;
	const struct cm_hosts *hosts; /* NULL: not known yet, cues that need them stay silent */
	const struct cm_params *params;
	const struct cm_hand *hands;
	size_t n_hands;
	bool thorough; /* nothing is spared, for the laws */
	unsigned client;
	bool corrupt; /* E13 */
	struct cm_side side[2];
	struct cm_asked asked[CM_ASKED_MAX]; /* each once */
	unsigned n_asked;
	bool asked_much; /* more than that, or something else, of the models */

	/* per segment, v->n each */
	int16_t *bits;
	int16_t *set_aside; /* bits that a load balancer explains */
	bool *excluded;	    /* from the baseline (E3) */
	uint32_t *trigger;  /* last real data of the other side before it; CM_NONE */
	uint8_t *kind;	    /* enum cm_seg_kind */
	uint32_t *order;    /* storage of side[].at */
	uint64_t *cues;	    /* bit per enum cm_cue_id marked */
	uint8_t *status;    /* enum cm_status, by verdict.c */
	uint32_t *group;    /* index of its incident, by verdict.c; CM_NONE */
	size_t room;

	struct cm_mark *marks;
	size_t n_marks, room_marks;
	struct cm_pair *pairs;
	size_t n_pairs, room_pairs;
	bool (*look)(void *arg, const uint8_t *at, size_t len, uint8_t *room); /* or NULL */
	void *look_arg;
	struct cm_seen seen[2];
	uint32_t n_seen;
	struct cm_compared *compared; /* CM_COMPARED, each where its hash says; or NULL */
	bool failed; /* no memory */
};

enum cm_status { CM_CLEAR, CM_SUSPECT, CM_FORGED };

enum cm_seg_kind {
	CM_SEG_ACK,	  /* nothing but acknowledgement */
	CM_SEG_DATA,	  /* carries data of the stream */
	CM_SEG_FIN,	  /* FIN without data */
	CM_SEG_RST,
	CM_SEG_SYN,	  /* SYN or SYN-ACK */
	CM_SEG_KEEPALIVE, /* one byte, or none, just before what comes next */
	CM_SEG_PADDING,	  /* up to six zero bytes that are no data */
	CM_SEG_BROKEN	  /* bad checksum from a host that is not the capturing one */
};

/* What stands in the table of detectors.c. */
struct cm_detector {
	const char *name;
	uint8_t proto;
	void (*look)(struct cm_judge *j);
};

extern const struct cm_detector *const cm_detectors[];
extern const size_t cm_n_detectors;

extern const struct cm_detector cm_detector_stack;
extern const struct cm_detector cm_detector_conflict;
extern const struct cm_detector cm_detector_reset;
extern const struct cm_detector cm_detector_handshake;
extern const struct cm_detector cm_detector_dns;

/* Prepares ${j} for ${v} (j->hosts, hands and params set by the caller) and runs
 * every detector.  A zeroed judge may be used again and again. */
CM_RESULT cm_judge_flow(struct cm_judge *j, const struct cm_flow_view *v);
void cm_judge_release(struct cm_judge *j);

/* How odd the flow is: the bits of its oddest segment, at least 2 if anything in it
 * conflicts; 0: there is nothing to judge. */
int cm_judge_interest(const struct cm_judge *j);

/* A cause found in the flow; its segments are those with group[seg] == its index. */
struct cm_group {
	unsigned dir;
	uint32_t trigger;
	uint8_t type;	/* enum cm_incident_type */
	uint8_t excuse; /* CM_EXCUSE_NONE: accused or undecided */
	bool undecided; /* pairs of which neither is accused */
	uint32_t first; /* segment */
};

#define CM_GROUPS_MAX 256u

/* Fills status and group of every segment, after cm_judge_flow; returns the number
 * of groups written to ${out} (room for CM_GROUPS_MAX). */
unsigned cm_verdict_groups(struct cm_judge *j, struct cm_group *out);

/* After cm_verdict_groups: a segment that is not accused conflicts with one that is,
 * which is clearly the odder one.  Nothing else makes it genuine. */
bool cm_verdict_vouched(const struct cm_judge *j, uint32_t seg);

/* Adds a mark and its bits.  ${others} are ids of at most CM_MARK_OTHERS packets. */
void cm_judge_mark(struct cm_judge *j, uint32_t seg, enum cm_cue_id cue, int bits,
    const cm_packet_id *others, unsigned n);
void cm_judge_mark1(struct cm_judge *j, uint32_t seg, enum cm_cue_id cue, int bits,
    uint32_t other); /* CM_NONE: none */
void cm_judge_pair(struct cm_judge *j, uint32_t a, uint32_t b, enum cm_cue_id cue,
    enum cm_excuse excuse);
/* For judged.c: sets what the hosts say of direction ${dir} in ${s}; makes room. */
void cm_judge_model(const struct cm_judge *j, struct cm_side *s, unsigned dir);
bool cm_judge_room(struct cm_judge *j, size_t segs, size_t marks, size_t pairs);

/* Fills side, kind, trigger, corrupt (sort.c). */
void cm_judge_sort(struct cm_judge *j);

/* Are ${len} bytes of ${a}'s payload from ${from_a} on those of ${b}'s from ${from_b} on? */
bool cm_judge_equal(struct cm_judge *j, const struct cm_segment *a, uint32_t from_a,
    const struct cm_segment *b, uint32_t from_b, uint32_t len);

/* Does the payload of ${g} begin with ${word}? */
bool cm_judge_begins(struct cm_judge *j, const struct cm_segment *g, const char *word);

/* Forgets all marks, for the second pass. */
void cm_judge_reset(struct cm_judge *j);
bool cm_judge_has(const struct cm_judge *j, uint32_t seg, enum cm_cue_id cue);

/* Up to six zero bytes and no push: link-layer padding counted as payload. */
bool cm_segment_is_padding(const struct cm_segment *g);

/* The marks of one segment's IP header against its side's baseline: DF, TTL,
 * constant identification.  A reset's DF weighs less. */
void cm_stack_header_marks(struct cm_judge *j, uint32_t seg);

/* The parts of stack.c that look at a whole direction: stack_order.c. */
void cm_stack_clock(struct cm_judge *j, unsigned dir);	   /* TSval, TSecr, ACK number */
void cm_stack_repeats(struct cm_judge *j, unsigned dir);   /* E2; stack_ids.c */
void cm_stack_unaware(struct cm_judge *j, unsigned dir);   /* E1 */
void cm_stack_rising(struct cm_judge *j, unsigned dir);	   /* TTL +1 per packet */
void cm_stack_early(struct cm_judge *j, unsigned dir);	   /* against the round trip */
void cm_stack_ack_first(struct cm_judge *j, unsigned dir); /* E8 */
void cm_stack_resent(struct cm_judge *j, unsigned dir);	   /* -6 */

/* The baseline class (cm_ttl_class) for segment ${seg}; -1: there is none. */
int cm_stack_baseline(const struct cm_judge *j, uint32_t seg);

/* Its identification lies among those that its sender gave to the segments around it,
 * or near them: a counter may have given it. */
bool cm_stack_id_fits(const struct cm_judge *j, uint32_t seg);

/* R7 (a), for two segments that differ: this one's identification is not among those
 * around it, and that of its rival is near three of those. */
bool cm_stack_id_apart(const struct cm_judge *j, uint32_t seg, uint32_t rival);

/* Its identification is not among those around it, though these are near one another before
 * and behind it: the sender's counter went on without it. */
bool cm_stack_id_foreign(const struct cm_judge *j, uint32_t seg);

/* The identifications of the segments around it rise, or are 0: nothing here is drawn at
 * random. */
bool cm_stack_others_count(const struct cm_judge *j, uint32_t seg);

/* Its IPID and window are those of segment ${other}, and its side otherwise has an
 * IPID sequence of its own. */
bool cm_stack_echoes(const struct cm_judge *j, uint32_t seg, uint32_t other);

#endif
