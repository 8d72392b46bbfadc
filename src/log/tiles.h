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

/* Fetches one file of a log and appends it.  CM_E_NOTFOUND: there is none; CM_E_IO.  ${out} has a
 * `max`: what is longer need not be fetched to its end. */
struct cm_tile_source {
	enum cm_result (*fetch)(
	    void *arg, const struct cm_log_tile *t, struct cm_buf *out, struct cm_err *err);
	void *arg;
};

/* The t->width hashes of a tile into ${out}, unchecked.  A partial tile that is not there may have
 * been dropped for the full one (tlog-tiles allows it): then that one's beginning is taken.  What
 * the source says; CM_E_MALFORMED: another length. */
CM_RESULT cm_tile_fetch(const struct cm_tile_source *source, const struct cm_log_tile *t,
    struct cm_buf *out, struct cm_err *err);

/* The same of a bundle of t->width entries, which borrow from ${out}. */
CM_RESULT cm_tile_fetch_entries(const struct cm_tile_source *source, const struct cm_log_tile *t,
    struct cm_buf *out, struct cm_span *entries, struct cm_err *err);

struct cm_tiles;

/* A tree of ${size} and ${root} in these tiles, none of which is fetched yet.  Memory: up to 64
 * tiles with the nodes over them, 1 MiB, and one bundle.  CM_E_NOMEM; CM_E_USAGE: beyond 2^63 - 1. */
CM_RESULT cm_tiles_new(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32],
    struct cm_tiles **out);
void cm_tiles_free(struct cm_tiles *t);

/* For merkle/proof.h.  CM_E_REFUSED: a tile is not the root's; CM_E_MALFORMED: or no tile at all;
 * CM_E_NOTFOUND, CM_E_IO; CM_E_USAGE: no such node in this tree. */
struct cm_hashes cm_tiles_hashes(struct cm_tiles *t);

/* Entry ${index}, checked; lives until the next call.  CM_E_USAGE: beyond the size; else as above. */
CM_RESULT cm_tiles_entry(
    struct cm_tiles *t, uint64_t index, struct cm_span *out, struct cm_err *err);

#endif
