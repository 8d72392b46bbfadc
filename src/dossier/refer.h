/* dossier/refer.h -- what statements of a dossier say of one another (docs/formats.md 2.2, 2.3, 4.4). */
#ifndef CM_DOSSIER_REFER_H
#define CM_DOSSIER_REFER_H

#include "base/result.h"
#include "dossier/load.h"

/* Row sets of ${f} count by the seals it cites; afterwards they count by those of the
 * dossier, whose seals have been loaded.  CM_E_REFUSED: it cites a seal that is not there, is
 * about another exhibit than its seals, or contradicts itself.  CM_E_NOMEM. */
CM_RESULT cm_refer_finding(struct cm_loaded *l, struct cm_finding *f, const struct cm_statement *head,
    struct cm_err *err);

/* CM_E_REFUSED: it is of no exhibit of the dossier, or of one that it calls something else. */
CM_RESULT cm_refer_custody(const struct cm_loaded *l, const struct cm_custody *c,
    const struct cm_statement *head, struct cm_err *err);

/* Everything has been loaded: is each seal there once, do findings ascend by number, and is the
 * case, where one is named, one?  CM_E_REFUSED. */
CM_RESULT cm_refer_parts(const struct cm_loaded *l, struct cm_err *err);

#endif
