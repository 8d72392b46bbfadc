/* dossier/rests.h -- how much of a host a finding that rests on the host was shown. */
#ifndef CM_DOSSIER_RESTS_H
#define CM_DOSSIER_RESTS_H

#include "base/buf.h"
#include "dossier/model.h"

/* Rows are counted once for all findings of ${d}, which must outlive it.  CM_E_NOMEM. */
struct cm_host_tally;
CM_RESULT cm_host_tally_new(const struct cm_dossier *d, struct cm_host_tally **out);
void cm_host_tally_free(struct cm_host_tally *r); /* NULL is fine */

/* Appends a clause about the host that the first accused packet names: how many rows of it are
 * open, and how many rows of its captures are shut.  Nothing if no accused packet is shown.
 * CM_E_NOMEM. */
CM_RESULT cm_rests_say(struct cm_host_tally *r, const struct cm_finding *f, struct cm_buf *out);

#endif
