/* dossier/mapped.h -- the map (ledger/map.h) of what a plan opens.
 *
 * Made where the exhibit can be read: ties and marks are made of its rows, as the opening will show them.  Pure. */
#ifndef CM_DOSSIER_MAPPED_H
#define CM_DOSSIER_MAPPED_H

#include "ledger/map.h"
#include "seal/cut.h"

struct cm_mapped_exhibit {
	const struct cm_seal *seal;
	const struct cm_seal_secret *secret;
	const struct cm_plan *plan;
	struct cm_cut_rows *rows; /* from the first one on, or with an index */
};

/* Adds the exhibit, unless the plan opens nothing of it.  CM_E_REFUSED: a row is missing; CM_E_LIMIT, CM_E_NOMEM; what
 * the source says. */
CM_RESULT cm_mapped_add(struct cm_map *m, const struct cm_mapped_exhibit *x, struct cm_err *err);

#endif
