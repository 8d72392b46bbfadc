/* assess/views.h -- what an assessment comes to, as different people may see it: public, shared with somebody, panel,
 * all; and which one disclosure more would help most (docs/assessments.md section 2, views).
 *
 * All memory from the arena handed in. */
#ifndef CM_ASSESS_VIEWS_H
#define CM_ASSESS_VIEWS_H

#include "assess/weigh.h"

enum cm_assess_view_of { CM_OF_PUBLIC, CM_OF_SHARED, CM_OF_PANEL, CM_OF_ALL };
#define CM_VIEWS_OF 4

const char *cm_view_of_word(enum cm_assess_view_of v); /* "public", "shared", "panel", "all" */
int cm_view_of_find(const char *word);		 /* -1: no such word */

/* Is the item in it?  ${to}: of `shared', with whom; NULL: with anybody. */
bool cm_view_has(const struct cm_assess_item *item, enum cm_assess_view_of v, const char *to);
/* Fills ${in}; how many are in. */
size_t cm_view_fill(const struct cm_assessment *a, enum cm_assess_view_of v, const char *to, bool *in);
/* Is what a panel has inspected counted whole? */
static inline bool
cm_view_is_panel(enum cm_assess_view_of v)
{
	return v == CM_OF_PANEL || v == CM_OF_ALL;
}

/* One layer of one view. */
struct cm_view_result {
	enum cm_assess_view_of view;
	const char *to; /* of `shared': with whom; NULL: with anybody */
	enum cm_layer layer;
	size_t items;		/* in the view, whether they count or not */
	size_t n;		/* hypotheses of the layer */
	const size_t *hypothesis; /* their numbers in the assessment */
	const struct cm_posterior *share;
	size_t top; /* which of them is likeliest, by the middle */
};

struct cm_views {
	const struct cm_view_result *result; /* by layer, then by view: public, shared (one for each party), panel, all */
	size_t n;
};

/* All layers, all views.  CM_E_LIMIT: too many parties; CM_E_NOMEM. */
CM_RESULT cm_views_compute(const struct cm_assessment *a, struct cm_arena *arena, struct cm_views *out, struct cm_err *err);

/* NULL: there is none. */
const struct cm_view_result *cm_views_find(
    const struct cm_views *v, enum cm_layer layer, enum cm_assess_view_of view, const char *to);

/* What one item more does for a view.  ln odds of the hypothesis that is top in `all', against all others. */
struct cm_one_more {
	size_t item;
	int64_t closes; /* of the gap, in units of 2^-44; below 0: it widens */
};
struct cm_persuasion {
	size_t hypothesis; /* that is top in `all' */
	int64_t gap;	   /* ln odds(all) - ln odds(view), in units of 2^-44 */
	const struct cm_one_more *more; /* items that are not in the view, by what they close, most first */
	size_t n;
	size_t best; /* the place in `more' of the cheapest that closes half of the gap; CM_ASSESS_NONE: none does */
};
CM_RESULT cm_views_persuade(const struct cm_assessment *a, enum cm_layer layer, enum cm_assess_view_of view, const char *to,
    struct cm_arena *arena, struct cm_persuasion *out, struct cm_err *err);

#endif
