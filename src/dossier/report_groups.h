/* dossier/report_groups.h -- findings of one hand or cause, together.  For report_*.c only. */
#ifndef CM_DOSSIER_REPORT_GROUPS_H
#define CM_DOSSIER_REPORT_GROUPS_H

#include "base/result.h"
#include "dossier/model.h"

#define CM_GROUP_LEAST 3u /* fewer are listed one by one */

/* Findings are of one group if they are of one type and verdict, and either carry the script of the same chain
 * or show the same fingerprint.  So many groups are looked for at most; other findings are each for themselves. */
#define CM_GROUPS_MAX 256u

struct cm_groups {
	uint32_t *of;	/* of each finding: the number of its first one */
	uint32_t *size; /* of the group of each first finding */
	size_t *chain;	/* of each finding; SIZE_MAX: of none */
};

/* Ends with cm_groups_release, also if it fails.  CM_E_NOMEM. */
CM_RESULT cm_groups_make(const struct cm_dossier *d, struct cm_groups *out);
void cm_groups_release(struct cm_groups *g);

/* Is finding ${i} one of at least CM_GROUP_LEAST, and is it the first of them? */
bool cm_groups_grouped(const struct cm_groups *g, size_t i);
bool cm_groups_first(const struct cm_groups *g, size_t i);

#endif
