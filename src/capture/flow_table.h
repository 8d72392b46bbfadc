/* capture/flow_table.h -- where the flows lie: what flow.c and flow_store.c share.  Private.
 *
 * A shard holds its flows in chunks, by number (0 is none), so that what points to one
 * takes 4 bytes; an index with open addressing finds the number by hash and ends; a list
 * orders them by last packet.  A flow takes two cache lines, the first of which is all
 * that a look-up needs. */
#ifndef CM_CAPTURE_FLOW_TABLE_H
#define CM_CAPTURE_FLOW_TABLE_H

#include "base/slab.h"
#include "capture/flow.h"

struct flow {
	struct cm_flow_end end[2]; /* end 0 is the smaller one, for look-up only */
	uint32_t hash;
	uint32_t older, newer; /* in the shard, by last packet */
	uint32_t n;	       /* segments */
	union {
		struct cm_segment *one;	 /* room for CM_FLOW_RUN or fewer; */
		struct cm_segment **run; /* for more: a table of runs of so many */
	} segs;

	int64_t last_ns;
	uint64_t serial;
	uint64_t packets[2];
	uint32_t syn_seq[2], synack_ack;
	uint32_t held[2];   /* payload bytes copied, by direction */
	uint32_t held_from; /* no copied payload before this segment */
	uint32_t room;	    /* for segments */
	uint8_t order;	    /* 1 << order runs fit in the table */
	uint8_t proto;
	uint8_t has_syn; /* a bit for each direction */
	bool has_synack : 1;
	bool closed : 1;
	bool encrypted : 1;
	bool handed : 1;
	bool slid : 1; /* the first CM_FLOW_HEAD segments were handed on before */
};

struct flow_slot {
	uint32_t hash;
	uint32_t flow; /* 0: empty */
};

struct shard {
	struct flow_slot *slot;
	uint32_t n_slots; /* a power of two, or 0 */
	uint32_t n_flows;
	uint32_t oldest, newest;
	int64_t oldest_ns; /* when the oldest had its last packet, which is asked for each one */
	struct flow **chunk;
	uint32_t n_chunks, room_chunks;
	uint32_t begun; /* numbers ever given out */
	uint32_t freed; /* list of those that came back, by `older` */
	size_t used;	/* bytes */
	struct cm_slab slab;
};

#define CM_FLOW_CHUNK 64u
#define CM_FLOW_RUN 8u

static inline struct flow *
cm_shard_flow(const struct shard *s, uint32_t number)
{
	return &s->chunk[number / CM_FLOW_CHUNK][number % CM_FLOW_CHUNK];
}

/* The number of the flow with these ends; 0: there is none. */
uint32_t cm_shard_find(const struct shard *s, uint32_t hash, const struct cm_flow_end end[2],
    uint8_t proto);

/* A new flow, zeroed but for its ends, hash and protocol, the newest of its shard; 0: no memory. */
uint32_t cm_shard_add(struct shard *s, uint32_t hash, const struct cm_flow_end end[2], uint8_t proto);

/* Makes it the newest, which it is not. */
void cm_shard_touch(struct shard *s, uint32_t number);

/* Forgets it; its segments must be gone. */
void cm_shard_remove(struct shard *s, uint32_t number);

/* Forgets all flows; their segments must be gone. */
void cm_shard_clear(struct shard *s);

/* All flows are gone: counts as a new one does, and keeps its memory. */
void cm_shard_reset(struct shard *s);
void cm_shard_release(struct shard *s);

/* Segment number ${i} of those there is room for. */
static inline struct cm_segment *
cm_flow_segment(const struct flow *f, uint32_t i)
{
	return f->room <= CM_FLOW_RUN ? &f->segs.one[i] : &f->segs.run[i / CM_FLOW_RUN][i % CM_FLOW_RUN];
}

/* Room for one more segment.  CM_E_NOMEM. */
CM_RESULT cm_flow_reserve(struct shard *s, struct flow *f);

/* Takes out ${gap} segments from number ${from} on; copies of payloads must be gone. */
void cm_flow_cut(struct shard *s, struct flow *f, uint32_t from, uint32_t gap);

/* Takes out all, and their room. */
void cm_flow_drop_segments(struct shard *s, struct flow *f);

/* All segments one behind the other: where they lie, or copied to ${to}, room for n of them. */
const struct cm_segment *cm_flow_in_a_row(const struct flow *f, struct cm_segment *to);

/* Has the processor fetch where the next segment goes. */
void cm_flow_expect_segment(const struct flow *f);

/* Has the processor fetch what will be read of its segments: all of them if they are few,
 * else where they are. */
void cm_flow_expect_all(const struct flow *f);

/* Has the processor fetch what will be read when this flow ends, and of the one after it, the
 * flow itself. */
void cm_shard_expect_end(const struct shard *s, uint32_t number);

/* Has the processor fetch what finding a flow reads first; then what lies behind. */
void cm_shard_expect_slot(const struct shard *s, uint32_t hash);
void cm_shard_expect_flow(const struct shard *s, uint32_t hash);
void cm_shard_expect_segments(const struct shard *s, uint32_t hash);

#endif
