/* dossier/assessed.h -- an assessment of a dossier, as far as its rows are open (docs/formats.md 2.14).
 *
 * The opening has been checked against the seal; here the open cells become rows of an assessment again, and these the
 * model that assess/weigh.h computes with.  Total: what can not be read is said, and the assessment stays as it is:
 * stated, and not computed. */
#ifndef CM_DOSSIER_ASSESSED_H
#define CM_DOSSIER_ASSESSED_H

#include "dossier/load.h"

/* Fills what the assessments of ${l} show; after the openings.  CM_E_NOMEM. */
CM_RESULT cm_assessed_fill(struct cm_loaded *l, struct cm_err *err);

/* The rows that are open, a JSON object each, for the report: [..., ...].  CM_E_NOMEM. */
CM_RESULT cm_assessed_rows(const struct cm_dossier *d, size_t i, struct cm_buf *out);

#endif
