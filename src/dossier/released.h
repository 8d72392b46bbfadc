/* dossier/released.h -- what of a plan a charter lets out, cell by cell.
 *
 * Each cell that would be opened is an object (charter/release.h): of the type and marking of its exhibit,
 * about the victim if an address or name of it stands there in any spelling; personal data unless it is headers or a
 * tie, which names nobody; a third party's unless it is marked otherwise; code that attacks if its rows are marked so,
 * and then handed out as it is (C1).  What is denied
 * falls back: a name to a tie, a tie to nothing. */
#ifndef CM_DOSSIER_RELEASED_H
#define CM_DOSSIER_RELEASED_H

#include "charter/release.h"
#include "dossier/leaks.h"
#include "seal/plan.h"

struct cm_released_exhibit {
	struct cm_mark_exhibit mark;
	size_t type; /* in the release's list */
};

struct cm_released_in {
	struct cm_release *release;
	const struct cm_marks *marks;
	const struct cm_released_exhibit *exhibit; /* in the order of the selection */
};

/* Zero-initialise; ends with cm_released_fini. */
struct cm_released {
	struct cm_released_in in;
	struct cm_leaks victim; /* its addresses, as what is looked for */
};

/* CM_E_NOMEM */
CM_RESULT cm_released_init(struct cm_released *r, const struct cm_released_in *in);
void cm_released_fini(struct cm_released *r);

struct cm_released_row {
	uint32_t seal;
	uint64_t row;
	const struct cm_schema *schema;
	const struct cm_cells *cells;
	bool is_packet;
};

/* Takes out of ${open} and ${tied} what may not leave.  CM_E_NOMEM. */
CM_RESULT cm_released_cells(
    struct cm_released *r, const struct cm_released_row *row, cm_columns *open, cm_columns *tied);

/* An open cell stays shut, since what is hidden shows in it; or since its checksums cover what is hidden. */
CM_RESULT cm_released_echo(struct cm_released *r, const struct cm_released_row *row, size_t column);
CM_RESULT cm_released_cover(struct cm_released *r, const struct cm_released_row *row, size_t column);

#endif
