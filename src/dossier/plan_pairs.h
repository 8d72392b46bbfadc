/* dossier/plan_pairs.h -- the hosts between which findings accuse packets, for dossier/plan.c: of these
 * `whole_pair` shows every row. */
#ifndef CM_DOSSIER_PLAN_PAIRS_H
#define CM_DOSSIER_PLAN_PAIRS_H

#include "seal/schema.h"

/* Zero-initialise; ends with cm_plan_pairs_release. */
struct cm_plan_pairs {
	struct cm_plan_pair {
		uint8_t len, addr[2][16]; /* the smaller one first */
	} *pair;
	size_t n, room;
	bool sorted;
};

/* The hosts of a row, which may have none.  CM_E_NOMEM. */
CM_RESULT cm_plan_pairs_add(struct cm_plan_pairs *p, const struct cm_cells *cells);

/* Is it a row of two of them?  Nothing is added after this has been asked. */
bool cm_plan_pairs_has(struct cm_plan_pairs *p, const struct cm_cells *cells);

void cm_plan_pairs_release(struct cm_plan_pairs *p);

#endif
