/* charter/obligation.h -- an obligation as a sentence, from how a disclosure states it. */
#ifndef CM_CHARTER_OBLIGATION_H
#define CM_CHARTER_OBLIGATION_H

#include "base/buf.h"
#include "base/result.h"

/* Appends what "retain <= 180d" means; the text itself if the vocabulary has no such thing. */
void cm_obligation_say(const char *text, struct cm_buf *out);

#endif
