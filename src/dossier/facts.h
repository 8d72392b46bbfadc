/* dossier/facts.h -- what a report says, in a form for programs (docs/formats.md 3.3). */
#ifndef CM_DOSSIER_FACTS_H
#define CM_DOSSIER_FACTS_H

#include "base/buf.h"
#include "base/result.h"
#include "dossier/model.h"

/* Appends the facts: one line of JSON without a newline, `<` escaped so that it
 * can stand in HTML.  CM_E_NOMEM. */
CM_RESULT cm_facts_write(const struct cm_dossier *d, struct cm_buf *out);

#endif
