/* log/tiles.h -- a log read through its tiles: hashes for proofs, with a few tiles kept.
 *
 * The tiles come from a folder, from a server or from an archive, and whoever gives them may
 * lie: each tile is checked against the root of the checkpoint before its hashes are used. */
#ifndef CM_LOG_TILES_H
#define CM_LOG_TILES_H

#include "base/buf.h"
#include "log/checkpoint.h"
#include "log/tile_path.h"
#include "merkle/proof.h"

/* Fetches one file of a log and appends it.  CM_E_NOTFOUND: there is none; CM_E_IO. */
struct cm_tile_source {
	enum cm_result (*fetch)(
	    void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err);
	void *arg;
};

struct cm_tiles;

/* A tree of ${size} and ${root} in these tiles.  Memory: up to 64 tiles.  CM_E_NOMEM. */
CM_RESULT cm_tiles_new(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32],
    struct cm_tiles **out);
void cm_tiles_free(struct cm_tiles *t);

/* For merkle/proof.h.  CM_E_REFUSED: a tile that is not the root's. */
struct cm_hashes cm_tiles_hashes(struct cm_tiles *t);

/* Entry ${index}, checked; lives until the next call.  CM_E_REFUSED, CM_E_MALFORMED, CM_E_NOTFOUND, CM_E_IO. */
CM_RESULT cm_tiles_entry(struct cm_tiles *t, uint64_t index, struct cm_span *out, struct cm_err *err);

#endif
