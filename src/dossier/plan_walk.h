/* dossier/plan_walk.h -- within the planner: what it knows, and how it goes over rows.  For plan.c, plan_walk.c and
 * plan_release.c only. */
#ifndef CM_DOSSIER_PLAN_WALK_H
#define CM_DOSSIER_PLAN_WALK_H

#include "dossier/cited.h"
#include "dossier/datagrams.h"
#include "dossier/echoes.h"
#include "dossier/model.h"
#include "dossier/plan.h"
#include "dossier/plan_pairs.h"

#define COL(c) cm_column_bit(CM_COL_##c)
#define ADDRESSES (COL(SRC) | COL(DST))
#define ALL_CAPTURE (COL(HEADERS) | ADDRESSES | COL(MASK) | COL(PAYLOAD))

struct cm_plan_host {
	uint8_t len; /* 0: not known (yet) */
	uint8_t addr[16];
};

struct cm_want {
	cm_columns open, tied; /* tied: only where nothing names it */
	bool by_row;
};

struct cm_select {
	const struct cm_select_in *in;
	struct cm_plan_host *host;	 /* of each finding: whose address the accused packets bear */
	struct cm_plan_host *any;	 /* of all of them, ascending, once they are known */
	size_t n_any;
	bool any_known;
	struct cm_cited accused, support; /* rows of findings */
	struct cm_cited counted;	  /* rows of sets */
	struct cm_leaks hidden; /* only for its set of hosts */
	struct cm_echoes echoes;
	bool ready; /* echoes can be searched for */
	struct cm_datagrams parted; /* not all parts of these are opened in full; */
	struct cm_plan_pairs pairs; /* hosts between which packets are accused, if they matter */
	bool needs_parts;	    /* and it matters: some row opened in full is a part */
};

/* One go over the rows of an exhibit. */
struct cm_walk {
	struct cm_select *s;
	const struct cm_select_exhibit *x;
	struct cm_plan *plan;
	struct cm_select_sum *sum;
	const struct cm_plan *done;
	struct cm_leaks *leaks;
	struct cm_err *err;
	uint64_t *asked; /* rows by number, ascending */
	size_t n_asked;
	size_t range; /* of `done` */
};

typedef enum cm_result cm_visit_fn(struct cm_walk *w, uint64_t row, const struct cm_cells *cells);

CM_RESULT cm_walk_no_memory(struct cm_walk *w);

/* Every row, until the exhibit ends. */
CM_RESULT cm_walk_rows(struct cm_walk *w, cm_visit_fn *visit);
/* One row.  CM_E_REFUSED: it is missing. */
CM_RESULT cm_walk_row(struct cm_walk *w, uint64_t row, cm_visit_fn *visit);
/* Those that statements cite and that were asked for, ascending. */
CM_RESULT cm_walk_wanted(struct cm_walk *w, cm_visit_fn *visit);

/* Fills in which rows were asked for by number; the caller frees w->asked. */
CM_RESULT cm_walk_find_asked(struct cm_walk *w);
bool cm_walk_asked_for(const struct cm_walk *w, uint64_t row);
bool cm_walk_is_whole(const struct cm_walk *w); /* all rows of the exhibit are asked for */

bool cm_walk_is_packet(const struct cm_cells *c);
/* Is the row visited last a part of a datagram?  ${key}: of which. */
bool cm_walk_is_fragment(const struct cm_walk *w, const struct cm_cells *cells, uint64_t *key);

/* The range of w->done in which the row lies, rows being asked for in order; NULL: none. */
const struct cm_plan_range *cm_walk_range(struct cm_walk *w, uint64_t row);

/* Puts the row behind w->plan. */
CM_RESULT cm_walk_add(struct cm_walk *w, uint64_t row, const struct cm_want *want);

/* plan_release.c: takes out of ${want} what the charter does not let out. */
CM_RESULT cm_plan_release_row(struct cm_walk *w, uint64_t row, const struct cm_cells *cells, struct cm_want *want);

#endif
