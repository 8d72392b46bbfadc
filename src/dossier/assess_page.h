/* dossier/assess_page.h -- an assessment for people: sections of a report, and a page of its own (docs/assessments.md).
 *
 * Pure functions: the same assessment gives the same bytes.  A page is self-contained, can be read and printed without
 * script, in light or dark, and its policy lets nothing be loaded and no script run but the one that computes again.
 * What is large is bounded, and what is left out is counted.  Every text of an author is escaped.
 *
 *	cm_assess_picture_of(&a, &registry, &arena, &shown, &err)    computes what there is to show
 *	shown.mark = ...                                            what the caller knows besides
 *	cm_assess_page(&shown, &buf)
 *
 * In a report that has sections the head carries cm_assess_css_put and cm_assess_policy_put, and the last thing in the
 * body is cm_assess_script_put. */
#ifndef CM_DOSSIER_ASSESS_PAGE_H
#define CM_DOSSIER_ASSESS_PAGE_H

#include "assess/compare.h"
#include "assess/leave.h"
#include "assess/rows.h"
#include "base/buf.h"

/* What a dossier knows of the statement behind an item. */
enum cm_assess_mark {
	CM_MARK_NONE, /* nothing is said */
	CM_MARK_REDONE,
	CM_MARK_THERE,	 /* the statement is in this dossier, but was not redone */
	CM_MARK_SHUT,
	CM_MARK_CLAIMED
};

struct cm_assess_picture {
	const struct cm_assessment *a;
	size_t number;	     /* of the assessment in the page, from 1 */
	struct cm_span rows; /* JSON objects, a line each, as cm_assess_rows_write has them; or an array, as cm_assessed_rows */
	const struct cm_views *views;
	const struct cm_left_out *left[CM_LAYERS]; /* by layer; NULL: nothing is said of it */
	const struct cm_flips *flips[CM_LAYERS];
	const struct cm_registry *registry;	 /* what types, classes and costs mean; NULL: their ids only */
	const enum cm_assess_mark *mark;	 /* of each item; or NULL */
	const char *const *claim;		 /* what the author computed against what the sums give, a plain line each */
	size_t n_claims;
	size_t shut; /* items that are in the assessment, but not here */
};

/* Fills ${out} for number 1; marks, claims and what is shut are for the caller to add.  Memory from ${arena}, and ${a}
 * and ${registry} (which may be NULL) are borrowed.  CM_E_NOMEM. */
CM_RESULT cm_assess_picture_of(const struct cm_assessment *a, const struct cm_registry *registry, struct cm_arena *arena,
    struct cm_assess_picture *out, struct cm_err *err);

/* Appends sections: layers, items, a place for the reader's own sums, and the rows for them.  CM_E_NOMEM. */
CM_RESULT cm_assess_section(const struct cm_assess_picture *s, struct cm_buf *out);

/* A whole page.  CM_E_NOMEM. */
CM_RESULT cm_assess_page(const struct cm_assess_picture *s, struct cm_buf *out);

/* Two sides of one case, layer by layer as cm_assess_compare had them: where they part, and what would reconcile them.  Nothing is
 * merged.  Sections without a script; the page may run none.  CM_E_USAGE: no layer; CM_E_NOMEM. */
CM_RESULT cm_assess_pair_section(const struct cm_assess_compared *c, struct cm_buf *out);
CM_RESULT cm_assess_pair_page(const struct cm_assess_compared *layer, size_t n_layers, struct cm_buf *out);

/* For whoever writes the rest of the page: what goes into <style>; "script-src 'sha256-...'; require-..." for the
 * policy; and <script>, once, at the end. */
void cm_assess_css_put(struct cm_buf *out);
void cm_assess_policy_put(struct cm_buf *out);
void cm_assess_script_put(struct cm_buf *out);

/* What no output of an assessment may leave out. */
void cm_assess_limits_put(struct cm_buf *out);

#endif
