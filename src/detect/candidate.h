/* detect/candidate.h -- odd flows, kept until the whole capture is known.
 *
 * A kept flow holds copies of its segments; of a long one only its head and what
 * lies around the odd places.  Bounded: beyond `memory` bytes the least odd go
 * first (the later ones of equals).  Private to src/detect. */
#ifndef CM_DETECT_CANDIDATE_H
#define CM_DETECT_CANDIDATE_H

#include "detect/judge.h"
#include "detect/judged.h"

struct cm_candidate {
	uint64_t serial;
	struct cm_flow_end end[2];
	uint8_t proto;
	int interest;
	uint64_t packets[2];
	struct cm_segment *segs;
	uint32_t n, room;
	size_t bytes; /* payload copies */
	struct cm_judged *judged; /* of all its segments; or NULL */
};

struct cm_candidates {
	struct cm_candidate **item; /* ascending serial once settled */
	size_t n, room;
	size_t memory, used;
	uint64_t evicted;
	size_t judged; /* bytes of what was judged, of `memory` / 2 beyond `memory` at most */
	struct cm_host_place *place; /* by host, then serial; once settled */
	size_t n_places;
};

struct cm_host_place {
	struct cm_candidate *c;
	unsigned dir;
};

/* Keeps (more of) the flow just judged by ${j}. */
CM_RESULT cm_candidates_keep(struct cm_candidates *c, const struct cm_judge *j, int interest);

/* Sorts, and indexes by host. */
CM_RESULT cm_candidates_settle(struct cm_candidates *c);

/* The places of ${host} as [*first, *first + n). */
size_t cm_candidates_of(const struct cm_candidates *c, const struct cm_host *host,
    const struct cm_host_place **first);

/* What was found in the first kept flow that has it, now the caller's; or NULL. */
struct cm_judged *cm_candidates_take(struct cm_candidates *c);

/* Number ${i} is looked at soon, and those behind it later: has the processor fetch where
 * its segments begin. */
void cm_candidates_expect(const struct cm_candidates *c, size_t i);

/* Which of its segments is packet ${id}; CM_NONE: none. */
static inline uint32_t
cm_candidate_place(const struct cm_candidate *c, cm_packet_id id)
{
	uint32_t low = 0, high = c->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (c->segs[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->n && c->segs[low].id == id ? low : CM_NONE;
}

struct cm_flow_view cm_candidate_view(const struct cm_candidate *c);
void cm_candidates_release(struct cm_candidates *c);

#endif
