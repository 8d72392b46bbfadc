/* cli/assess_show.h -- an assessment as `comity assess show` has computed it, and the two ways to print it. */
#ifndef CM_CLI_ASSESS_SHOW_H
#define CM_CLI_ASSESS_SHOW_H

#include "assess/ach.h"
#include "assess/brute.h"
#include "assess/confidence.h"
#include "assess/views.h"
#include "cli/assess_load.h"

#define CM_ASSESS_COLUMNS 6u /* views side by side */
#define CM_ASSESS_TO_LOOK_FOR 6u

/* One layer. */
struct cm_assess_shown {
	enum cm_layer layer;
	bool wanted; /* else computed only for what needs it */
	const struct cm_view_result *column[CM_ASSESS_COLUMNS];
	const char *column_name[CM_ASSESS_COLUMNS]; /* views that have the same stand in one: "public, shared" */
	size_t n_columns, left_columns; /* shared with parties that had no room */
	/* in the view that was asked for: */
	struct cm_weigh *w;
	bool *in;
	size_t n_in;
	size_t n; /* hypotheses, */
	const size_t *hypothesis;
	struct cm_posterior *share;
	size_t top;
	struct cm_left_out left;
	const struct cm_left **moves; /* what matters, most first, */
	size_t n_moves;
	struct cm_flips flips;
	struct cm_confidence confidence;
	struct cm_ach ach;
	const struct cm_evidence_type *look_for[CM_ASSESS_TO_LOOK_FOR];
	size_t n_look_for;
	bool tried; /* all corners, */
	uint64_t corners;
	bool same;
	struct cm_persuasion persuade[2]; /* of public, of shared */
};

/* A hypothesis that is likelier than one that it needs. */
struct cm_assess_contradiction {
	size_t hypothesis, needs;
	int64_t share, needed;
};

/* A result that rows claim, computed again. */
struct cm_assess_again {
	const struct cm_assess_claimed *claimed;
	enum { CM_AGAIN_SAME, CM_AGAIN_DIFFERS, CM_AGAIN_LACKS } is; /* LACKS: items or hypotheses that were not shown */
	size_t items; /* that are there */
};

struct cm_assess_show {
	struct cm_assess_file f;
	enum cm_assess_view_of view;
	const char *to; /* --for, or NULL */
	bool one_layer, json, brute;
	const char *html; /* where a page goes, or NULL */
	struct cm_buf page;
	enum cm_layer layer;
	struct cm_views views;
	struct cm_assess_shown shown[CM_LAYERS];
	size_t n_shown;
	struct cm_assess_contradiction *contradiction;
	size_t n_contradictions;
	struct cm_assess_again *again;
	size_t n_again;
};

/* What an output never goes without; ends with NULL. */
extern const char *const cm_assess_limits[];

/* "B, made to look like A", or the name; in the arena, NULL without memory. */
const char *cm_assess_name_of(struct cm_assess_show *s, size_t hypothesis);

/* "shared with B" */
const char *cm_assess_view_name(struct cm_assess_show *s, enum cm_assess_view_of view, const char *to);

/* What is likeliest without the items of a set that flips. */
CM_RESULT cm_assess_without(struct cm_assess_show *s, struct cm_assess_shown *l, const size_t *item, size_t n, size_t *top);

CM_RESULT cm_assess_show_text(const struct cm_context *ctx, struct cm_assess_show *s, struct cm_err *err);
enum cm_exit cm_assess_show_json(const struct cm_context *ctx, struct cm_assess_show *s);

#endif
