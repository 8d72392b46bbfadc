/* dossier/of_traffic.h -- what was counted of a whole capture, as a statement about a draw of its rows.
 *
 * A draw needs the seal, so it is made after the seals are stated, in a second pass over the
 * vantage's files: one struct cm_drawn for each finding takes what touches it.  Memory: 4,096 rows
 * each, of requests with their bytes.
 *
 * Life: new, packet or line... in order of the files, state, free. */
#ifndef CM_DOSSIER_OF_TRAFFIC_H
#define CM_DOSSIER_OF_TRAFFIC_H

#include "base/arena.h"
#include "base/result.h"
#include "statement/traffic_v1.h"

struct cm_drawn;

/* ${whole}, a finding of the first pass, and ${seals}, the digests of the seal statements in
 * order of the vantage's files, must outlive it.  CM_E_NOMEM. */
CM_RESULT cm_drawn_new(const struct cm_traffic_finding *whole, const uint8_t (*seals)[32], size_t n_seals,
    struct cm_drawn **out);
void cm_drawn_free(struct cm_drawn *d); /* NULL is fine */

/* The packet of row ${row} of seal ${seal}, its id as in the first pass, nothing put together of
 * fragments.  Takes it if it touches the finding, lies in it and is drawn.  CM_E_NOMEM. */
CM_RESULT cm_drawn_packet(struct cm_drawn *d, uint32_t seal, uint64_t row, const struct cm_packet *p);

/* The same of a line of a log and what it says. */
CM_RESULT cm_drawn_line(struct cm_drawn *d, uint32_t seal, uint64_t row, struct cm_span line,
    const struct cm_request *r);

/* Runs the detectors over the draw.  ${out} lives as long as ${d}, ${whole} and the arena; its
 * seals are copied.  Call once.  ${memory}: of the parameters, as in the first pass.
 * CM_E_NOTFOUND: the draw does not show it, so there is nothing to state.  CM_E_NOMEM. */
CM_RESULT cm_drawn_state(struct cm_drawn *d, uint64_t memory, const uint8_t source[32], struct cm_arena *arena,
    struct cm_traffic_v1 *out);

#endif
