/* capture/foreign.h -- recognises files that are no pcap and no pcapng. */
#ifndef CM_CAPTURE_FOREIGN_H
#define CM_CAPTURE_FOREIGN_H

#include "base/result.h"
#include "base/span.h"

/* Enough of a file for cm_foreign_refuse. */
#define CM_FOREIGN_LOOK 4096

/* Why a file called ${name} that begins with ${head} is not read, always with
 * an error in ${err}.  CM_E_UNSUPPORTED: a capture of another format, or a
 * compressed file: the message has the command to run first.  CM_E_MALFORMED:
 * nothing we know. */
CM_RESULT cm_foreign_refuse(struct cm_span head, const char *name, struct cm_err *err);

#endif
