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

/* The same of what was counted; its `range` has one for each exhibit of the dossier afterwards.
 * Also CM_E_REFUSED: a row of its support is none that the draw gives. */
CM_RESULT cm_refer_traffic(struct cm_loaded *l, struct cm_traffic_v1 *t, const struct cm_statement *head,
    struct cm_err *err);

/* The same of a chain, after all findings and all traffic; fills ${shown} but statement, by, made and
 * body.  Also CM_E_REFUSED: it joins statements that are not there, or takes rows for a script's
 * that its finding does not accuse. */
CM_RESULT cm_refer_chain(struct cm_loaded *l, struct cm_chain_v1 *c, const struct cm_statement *head,
    struct cm_shown_chain *shown, struct cm_err *err);

/* The exhibit that has its rows, by number.  CM_E_REFUSED: it is not there, or no table of records. */
CM_RESULT cm_refer_assessment(const struct cm_loaded *l, const struct cm_assessment_v1 *a, const struct cm_statement *head,
    size_t *exhibit, struct cm_err *err);

/* CM_E_REFUSED: it is of no exhibit of the dossier, or of one that it calls something else. */
CM_RESULT cm_refer_custody(const struct cm_loaded *l, const struct cm_custody *c,
    const struct cm_statement *head, struct cm_err *err);

/* Everything has been loaded: is each seal there once, do findings ascend by number, and is the
 * case, where one is named, one?  CM_E_REFUSED. */
CM_RESULT cm_refer_parts(const struct cm_loaded *l, struct cm_err *err);

#endif
