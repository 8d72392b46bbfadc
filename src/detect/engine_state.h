/* detect/engine_state.h -- what engine.c and support.c share.  Private. */
#ifndef CM_DETECT_ENGINE_STATE_H
#define CM_DETECT_ENGINE_STATE_H

#include "base/arena.h"
#include "detect/candidate.h"
#include "detect/engine.h"
#include "detect/exchanges.h"
#include "detect/hosts.h"
#include "detect/judge.h"
#include "detect/parts.h"
#include "detect/quotes.h"

#define CM_EXPLAINED_MAX 8u /* of one cause: enough to know what the capture is like */

/* An incident and where it came from. */
struct cm_found {
	struct cm_incident incident;
	const struct cm_candidate *from;
	unsigned dir; /* accused */
	bool anew;    /* the models of its hosts had a say, or could have had */
	bool shown;   /* support was looked for, */
	bool gone;    /* and nothing shows it again */
	uint32_t across; /* number in `across_of`, from 1; 0: none */
};

struct cm_engine {
	struct cm_params params;
	struct cm_engine_stats stats;
	struct cm_flow_table *flows;
	struct cm_hosts *hosts;
	struct cm_candidates kept;
	struct cm_judge judge;
	struct cm_group groups[CM_GROUPS_MAX]; /* of the flow that was judged last */
	struct cm_arena arena;
	struct cm_parts parts; /* of datagrams that came in fragments */
	struct cm_hand *hands;
	size_t n_hands;
	struct cm_found *found;
	size_t n_found, room_found;
	size_t explained[CM_EXCUSE_COUNT * CM_EXPLAINED_MAX]; /* those of `found` that are */
	size_t n_explained;
	struct cm_compared *compared; /* lent to the judges */
	struct cm_engine *again; /* for the reruns of support.c; or NULL */
	struct cm_feeder *feeder; /* while incidents are shown again; else NULL */
	void (*give_back)(void *arg); /* or NULL */
	void *give_back_arg;
	uint64_t judged;
	bool finished;
	bool anew; /* the last kept flow was judged anew, not brought back */
	struct cm_judged *before; /* of a flow in the last run, that may come again; or NULL */
	struct cm_exchanges exchanges; /* filled if `params.support`, as `quotes` is */
	struct cm_quotes quotes;
	struct cm_across_of *across_of; /* what is told of accused incidents; or NULL */
	uint32_t n_across_of, room_across_of;
	struct cm_across *across; /* made of all that by finish; or NULL */
	bool brief; /* incidents are only compared: no words for people are made */
};

/* Makes a finished engine new again: same parameters, no packets, memory kept. */
void cm_engine_reset(struct cm_engine *e);

/* Another flow has been looked at; after so many, pages can go. */
void cm_engine_relieve(struct cm_engine *e);

/* Judges a kept flow with all that is known now; ${v} must stay while the judge is asked. */
CM_RESULT cm_engine_judge(struct cm_engine *e, const struct cm_candidate *c, struct cm_flow_view *v);

/* Looks for what reproduces incidents, one after the other.  NULL: no memory. */
struct cm_feeder;
struct cm_feeder *cm_feeder_new(struct cm_engine *e);
void cm_feeder_free(struct cm_feeder *s); /* NULL is fine */

/* Finds what reproduces ${f}, or marks it as gone.  CM_E_NOMEM. */
CM_RESULT cm_feeder_support(struct cm_feeder *s, struct cm_found *f);

#endif
