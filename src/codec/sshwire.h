/* codec/sshwire.h -- strings of the SSH wire format (RFC 4251 section 5): u32 length, bytes.
 *
 * Numbers are read and written with struct cm_cursor and struct cm_buf. */
#ifndef CM_CODEC_SSHWIRE_H
#define CM_CODEC_SSHWIRE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* The next string; empty, and ${c} bad, if it runs beyond the end. */
struct cm_span cm_sshwire_string(struct cm_cursor *c);

/* Is the next string ${text}?  Reads it either way. */
bool cm_sshwire_is(struct cm_cursor *c, const char *text);

/* Was everything read, and nothing beyond the end? */
bool cm_sshwire_done(const struct cm_cursor *c);

void cm_sshwire_put(struct cm_buf *b, struct cm_span s);
void cm_sshwire_put_str(struct cm_buf *b, const char *text);

#endif
