/* assess/brute.h -- the ends of ranges by trying every corner: slow, simple, and to be compared with cm_weigh_ranges. */
#ifndef CM_ASSESS_BRUTE_H
#define CM_ASSESS_BRUTE_H

#include "assess/weigh.h"

#define CM_BRUTE_CELLS 16u /* ranges that are tried at both their ends: 65,536 corners */

/* As cm_weigh_ranges.  ${corners}: how many were looked at.  CM_E_LIMIT: more ranges; CM_E_NOMEM. */
CM_RESULT cm_brute_ranges(struct cm_weigh *w, const bool *in, struct cm_arena *arena, struct cm_posterior *out, uint64_t *corners,
    struct cm_err *err);

#endif
