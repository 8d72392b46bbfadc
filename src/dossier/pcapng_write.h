/* dossier/pcapng_write.h -- the opened packets as pcapng (docs/formats.md 3.1).
 *
 * For Wireshark and its like: made from checked cells only, with pseudonyms for
 * hosts that are not named, and comments that say what is missing. */
#ifndef CM_DOSSIER_PCAPNG_WRITE_H
#define CM_DOSSIER_PCAPNG_WRITE_H

#include "base/result.h"
#include "base/sink.h"
#include "dossier/model.h"

/* Writes seal-K.pcapng for exhibit ${seal} of ${d}, also if it shows no packet: in two
 * passes over its rows, packet by packet.  The same dossier, the same bytes.
 * CM_E_NOMEM, and what the sink says. */
CM_RESULT cm_pcapng_write(const struct cm_dossier *d, uint32_t seal, const struct cm_sink *out);

#endif
