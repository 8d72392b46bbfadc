/* dossier/redo_traffic.h -- what was counted, counted again from what is open (docs/formats.md 4.9). */
#ifndef CM_DOSSIER_REDO_TRAFFIC_H
#define CM_DOSSIER_REDO_TRAFFIC_H

#include "dossier/redo.h"

/* Each statement of ${d} about traffic; ${out} has room for all of them.  Time grows with the rows
 * shown, and with the rows of the draws.  CM_E_NOMEM. */
CM_RESULT cm_redo_traffic(const struct cm_dossier *d, struct cm_arena *arena, struct cm_redone *out);

#endif
