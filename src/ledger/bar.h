/* ledger/bar.h -- an exhibit as a row of steps: how much of each stretch of it is open.  Pure. */
#ifndef CM_LEDGER_BAR_H
#define CM_LEDGER_BAR_H

#include "ledger/map.h"

#define CM_BAR_STEPS 40u

enum cm_bar_level {
	CM_BAR_SHUT, /* nothing of these rows */
	CM_BAR_TIED, /* pseudonyms, and nothing else */
	CM_BAR_SOME, /* some cells */
	CM_BAR_MOST, /* half of the cells, or more */
	CM_BAR_ALL   /* all of them: of packets but for checksums */
};

/* Fills at most CM_BAR_STEPS steps, fewer if the exhibit has fewer rows; returns how many. */
size_t cm_bar(const struct cm_map_exhibit *x, enum cm_bar_level out[CM_BAR_STEPS]);

#endif
