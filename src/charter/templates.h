/* charter/templates.h -- charters to start from: the files of data/charters, built into the program.
 *
 * Members' keys are still to be put in.  Ascending by name, such as "joint-team.md". */
#ifndef CM_CHARTER_TEMPLATES_H
#define CM_CHARTER_TEMPLATES_H

#include "base/embedded.h"

extern const struct cm_embedded cm_charter_templates[];
extern const size_t cm_charter_templates_n;

/* By its name, with or without ".md"; NULL: none. */
const struct cm_embedded *cm_charter_template(const char *name);

#endif
