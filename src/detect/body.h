/* detect/body.h -- what a forger sent: the forged segments of an incident as a stream. */
#ifndef CM_DETECT_BODY_H
#define CM_DETECT_BODY_H

#include "base/arena.h"
#include "base/result.h"
#include "detect/engine.h"

#define CM_FORGED_STREAM_MAX ((size_t)1 << 20)

/* The payloads of incident ${i}'s forged packets, and of its suspects (a burst of which one
 * part has fewer bits against it is one answer), in order of sequence numbers, each byte
 * once, up to the first hole.  Empty: nothing forged carries any, or it is not of a stream.  After
 * cm_engine_finish and before cm_engine_trim.  CM_E_NOMEM. */
CM_RESULT cm_engine_forged_stream(
    const struct cm_engine *e, size_t i, struct cm_arena *arena, struct cm_span *out);

#define CM_TRIGGER_BYTES 8192u

/* The packet that incident ${i} answers or races, with as much of its payload as is held, at most
 * CM_TRIGGER_BYTES, in the arena.  CM_E_NOTFOUND: there is none, or it is not held.  CM_E_NOMEM. */
CM_RESULT cm_engine_trigger_packet(
    const struct cm_engine *e, size_t i, struct cm_arena *arena, struct cm_packet *out);

#endif
