/* detect/engine_state.h -- what engine.c and support.c share.  Private. */
#ifndef CM_DETECT_ENGINE_STATE_H
#define CM_DETECT_ENGINE_STATE_H

#include "base/arena.h"
#include "detect/candidate.h"
#include "detect/engine.h"
#include "detect/hosts.h"
#include "detect/judge.h"
#include "detect/parts.h"

/* An incident and where it came from. */
struct cm_found {
	struct cm_incident incident;
	const struct cm_candidate *from;
	unsigned dir; /* accused */
};

struct cm_engine {
	struct cm_params params;
	struct cm_engine_stats stats;
	struct cm_flow_table *flows;
	struct cm_hosts *hosts;
	struct cm_candidates kept;
	struct cm_judge judge;
	struct cm_arena arena;
	struct cm_parts parts; /* of datagrams that came in fragments */
	struct cm_hand *hands;
	size_t n_hands;
	struct cm_found *found;
	size_t n_found, room_found;
	struct cm_engine **reruns; /* engines whose incidents we hand out */
	size_t n_reruns;
	void (*give_back)(void *arg); /* or NULL */
	void *give_back_arg;
	uint64_t judged;
	bool finished;
};

/* Finds what reproduces incident ${i} of ${e}; drops it from the list if nothing
 * does (sets *gone).  CM_E_NOMEM. */
CM_RESULT cm_engine_support(struct cm_engine *e, size_t i, bool *gone);

#endif
