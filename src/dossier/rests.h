/* dossier/rests.h -- how much of a host a finding that rests on the host was shown. */
#ifndef CM_DOSSIER_RESTS_H
#define CM_DOSSIER_RESTS_H

#include "base/buf.h"
#include "dossier/model.h"

/* Appends a clause about the host that the first accused packet names: how many rows of it are
 * open, and how many rows of its captures are shut.  Nothing if no accused packet is shown. */
void cm_rests_say(const struct cm_dossier *d, const struct cm_finding *f, struct cm_buf *out);

#endif
