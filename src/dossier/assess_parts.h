/* dossier/assess_parts.h -- the pieces of an assessment's page, for assess_*.c only. */
#ifndef CM_DOSSIER_ASSESS_PARTS_H
#define CM_DOSSIER_ASSESS_PARTS_H

#include "assess/weigh.h"
#include "dossier/assess_page.h"

#define CM_SHOWN_ITEMS 40u	/* columns of a matrix */
#define CM_SHOWN_ACROSS 22u	/* of which so many stand side by side */
#define CM_SHOWN_ROWS 60u	/* hypotheses of a picture */
#define CM_SHOWN_LEFT 20u	/* bars of what is left out */
#define CM_SHOWN_SETS 12u	/* sets that turn the answer */
#define CM_SHOWN_VIEWS 6u	/* views side by side */
#define CM_SHOWN_LIST 100u	/* items in the list, beside those in a matrix */

/* One layer, as it is being written. */
struct cm_assess_layer {
	const struct cm_assess_picture *s;
	struct cm_arena *arena;
	struct cm_buf *out;
	enum cm_layer layer;
	const struct cm_view_result *all;
	size_t n;	     /* hypotheses of the layer: places */
	const size_t *order; /* places, the likeliest first */
	size_t other;	     /* place of `other' */
	struct cm_weigh *w;
	bool *in;      /* all items */
	int64_t *cost; /* of each place, from all items */
	bool *listed;  /* of each item of the assessment: it is in a matrix */
};

/* The hypothesis at a place. */
static inline const struct cm_hypothesis *
cm_assess_at(const struct cm_assess_layer *l, size_t place)
{
	return &l->s->a->hypothesis[l->all->hypothesis[place]];
}

/* Each writes one figure with its heading. */
void cm_assess_put_answer(const struct cm_assess_layer *l);
void cm_assess_put_confidence(const struct cm_assess_layer *l);
void cm_assess_put_views(const struct cm_assess_layer *l);
void cm_assess_put_matrix(const struct cm_assess_layer *l);
void cm_assess_put_left(const struct cm_assess_layer *l);
void cm_assess_put_flips(const struct cm_assess_layer *l);
void cm_assess_put_items(const struct cm_assess_picture *s, const bool *listed, struct cm_buf *out);

/* The sections of a pair. */
void cm_assess_put_parting(const struct cm_assess_compared *c, struct cm_buf *out);
void cm_assess_put_pair_items(const struct cm_assess_compared *c, struct cm_buf *out);
void cm_assess_put_reconciling(const struct cm_assess_compared *c, struct cm_buf *out);
/* The party of side 0 or 1, or what stands for it. */
void cm_assess_put_side(struct cm_buf *out, const struct cm_assess_compared *c, int side);
/* "X against Y", of which the odds are. */
void cm_assess_put_odds_of(struct cm_buf *out, const struct cm_assess_compared *c);
/* Head of a page up to its heading, with the policy ${script}; then the title. */
void cm_assess_put_head(struct cm_buf *out, bool script, const char *title);

/* Of a share: "95.1 %". */
void cm_assess_put_percent(struct cm_buf *out, int64_t p);
/* "0.25", without needless zeros; ${digits} behind the point. */
void cm_assess_put_decimal(struct cm_buf *out, int64_t value, unsigned digits);
/* "+13", "0": decibans of so many units of 2^-44, to the nearest. */
void cm_assess_put_bans(struct cm_buf *out, int64_t cost);
/* "+1.3": with tenths. */
void cm_assess_put_tenths(struct cm_buf *out, int64_t cost);
/* The same rounded, to compare. */
int64_t cm_assess_bans(int64_t cost);
/* A name in bold, isolated; and what a hypothesis is, in words: its text, or of whom it is made up. */
void cm_assess_put_name(struct cm_buf *out, const char *name);
void cm_assess_put_meaning(struct cm_buf *out, const struct cm_assessment *a, const struct cm_hypothesis *h);
/* "state": with a capital letter, for headings. */
const char *cm_assess_layer_head(enum cm_layer layer);
/* "1 item", "4 items". */
void cm_assess_put_many(struct cm_buf *out, uint64_t n, const char *one, const char *more);

#endif
