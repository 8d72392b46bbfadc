/* traffic/asked_names.h -- the names that are asked for, as many as there is room for.
 *
 * When there is none, the name with the fewest requests of some that were not asked for lately goes; which
 * one depends on the order of requests and on nothing else.  A name with an episode stays.
 * Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_NAMES_H
#define CM_TRAFFIC_ASKED_NAMES_H

#include "traffic/asked_parts.h"

struct cm_block {
	int64_t from_ns;     /* where the one before ended */
	int64_t last_ns;
	cm_packet_id first, last;
	uint64_t n;
};

/* What is usual: two spans that follow one another, of which the older one is forgotten in time. */
struct cm_usual {
	uint64_t n[2];
	int64_t ns[2];
	cm_packet_id first[2];
};

struct cm_name {
	uint64_t key;
	uint32_t next; /* in its bucket: index + 1 */
	uint32_t generation;
	uint64_t n; /* requests; halved when it was passed over */
	struct cm_block block;
	struct cm_usual usual;
	struct cm_answers now;	   /* since the block began */
	uint64_t slow;		   /* of them */
	struct cm_answers answers; /* while all is as usual */
	struct cm_episode *episode;
	uint32_t history; /* for the picture: index + 1 */
	uint32_t found; /* the last finding: index + 1; whether it recovered is still seen */
	uint64_t own;	/* key of the referer that asks for parts of pages: its own pages */
	uint32_t own_votes;
	uint8_t len;
	uint8_t text[CM_ASKED_NAME];
};

struct cm_asked_names {
	struct cm_name *all;
	uint32_t *buckets; /* index + 1 */
	uint32_t n, max, mask, hand;
	uint32_t generation;
	uint64_t seed, evicted;
};

CM_RESULT cm_asked_names_init(struct cm_asked_names *s, size_t memory, uint64_t seed);
void cm_asked_names_release(struct cm_asked_names *s);

/* The name with this key, which may be new: then it is zeroed but for key, generation and text, and ${*fresh}. */
struct cm_name *cm_asked_names_get(struct cm_asked_names *s, uint64_t key, struct cm_span text, bool *fresh);

#endif
