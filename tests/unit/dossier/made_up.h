/* A small dossier that no capture stands behind: a race on a web page, for tests
 * of what is written.  Addresses from RFC 5737. */
#ifndef CM_TEST_MADE_UP_H
#define CM_TEST_MADE_UP_H

#include "dossier/model.h"

/* Static storage; ${variant} 0: everything open, 1: addresses tied, payload shut. */
const struct cm_dossier *made_up_dossier(int variant);

#endif
