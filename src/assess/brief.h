/* assess/brief.h -- what a file for those who decide on sanctions says of whom, computed (docs/assessments.md, section on briefs).
 *
 * All of it is of one view.  Nothing of an item outside of that view goes into any of it, but for whether a copy or a
 * report stands on something, and of which group a report is. */
#ifndef CM_ASSESS_BRIEF_H
#define CM_ASSESS_BRIEF_H

#include "assess/confidence.h"
#include "assess/views.h"

/* One layer. */
struct cm_brief_layer {
	enum cm_layer layer;
	struct cm_weigh *w;
	size_t n; /* hypotheses, by place: */
	const size_t *hypothesis;
	struct cm_posterior *share, *open; /* in the view; with what is public only */
	size_t top, open_top;
	size_t about; /* the place that what follows is about: of whom an `entity' names the likeliest, else `top' */
	int64_t *weight; /* of each item: how far it tells hypotheses apart, times its weight, 2^-44; 0: it does not count */
	int64_t total;
	int64_t *against; /* [item][place]: how far it speaks against that one and for `about', 2^-44: what leaving it out undoes */
	int64_t *speaks;  /* of each item: how far for `about' against all others */
	struct cm_left_out left;
	struct cm_flips flips;
	struct cm_confidence confidence;
};

struct cm_brief_entity {
	const char *text;
	const char *name; /* its first word */
	bool *is;	  /* of each hypothesis: does it, or who deceives in it, have that name or actor? */
	bool reached;	  /* at the layer organisation, state or beneficiary */
	bool below;	  /* at the layer machine or operator */
};

/* How an entity stands at a layer where it is named: openly, and as who poses as another, together. */
struct cm_brief_stand {
	const struct cm_brief_entity *entity;
	size_t layer; /* in struct cm_brief */
	struct cm_posterior share, open; /* ends: sums of the ends, so the range may be wider than need be */
	bool leads;  /* nobody else, taken together in the same way, has a larger middle */
	bool likely; /* the whole range is at least "likely" */
};

struct cm_brief {
	const struct cm_assessment *a;
	enum cm_assess_view_of view;
	const char *to;
	bool *in, *open; /* of each item: in the view; public */
	size_t n_in, n_open;
	struct cm_brief_layer layer[CM_LAYERS];
	size_t n_layers;
	struct cm_brief_entity *entity;
	size_t n_entities;
	struct cm_brief_stand *stand;
	size_t n_stands;
	uint64_t work;
};

/* Of a->brief, in the view.  All memory from ${arena}.  CM_E_LIMIT: more work than CM_ASSESS_WORK; CM_E_NOMEM. */
CM_RESULT cm_brief_compute(const struct cm_assessment *a, enum cm_assess_view_of view, const char *to, struct cm_arena *arena,
    struct cm_brief *out, struct cm_err *err);

/* Of a deceiver: the most that the odds of the blamed side against it can be, in thousandths, by evidence alone of classes that are
 * easy to plant (plantability above CM_CONFIDENCE_HARD), however much of it; ${classes}: which, by bit. */
int64_t cm_brief_ceiling(const struct cm_assessment *a, size_t hypothesis, unsigned *classes);

/* Its share of the weight of what counts at a layer, in thousandths. */
int64_t cm_brief_share(const struct cm_brief_layer *l, size_t item);

/* Lines of one field: how many, and the ${k}th. */
size_t cm_brief_count(const struct cm_assessment *a, enum cm_brief_field field);
const char *cm_brief_line(const struct cm_assessment *a, enum cm_brief_field field, size_t k);

/* Does a line `reply' say that there was an answer?  (It has the word "answered".) */
bool cm_brief_answered(const char *text);

/* Does a line `act' begin with a date? */
bool cm_brief_dated(const char *text);

#endif
