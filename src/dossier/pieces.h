/* dossier/pieces.h -- segments of one direction of a connection, put together. */
#ifndef CM_DOSSIER_PIECES_H
#define CM_DOSSIER_PIECES_H

#include "base/arena.h"
#include "base/result.h"
#include "capture/packet.h"

struct cm_piece {
	uint32_t seq;
	struct cm_span data; /* not empty */
	size_t place;	     /* cm_pieces_join sets it */
};

/* The bytes from the lowest sequence number on, as far as they go without a gap; where two differ those
 * of the earlier one, by number and then by place, count.  Sorts ${piece}.  Numbers lie within 2^31 of the first
 * one's.  At most ${max} bytes.  CM_E_NOMEM. */
CM_RESULT cm_pieces_join(struct cm_piece *piece, size_t n, size_t max, struct cm_arena *arena, struct cm_span *out);

#endif
