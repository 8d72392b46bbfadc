/* store/log_files_state.h -- the inside of a struct cm_log_files, for its own files and for mirrors. */
#ifndef CM_STORE_LOG_FILES_STATE_H
#define CM_STORE_LOG_FILES_STATE_H

#include "store/key_folder.h"
#include "store/log_files.h"

struct cm_log_files {
	struct cm_key_folder f;
	enum cm_log_open how;
	struct cm_checkpoint head;
	struct cm_buf published;
	struct cm_growth *growth; /* NULL: only read */
	struct cm_buf room;       /* for paths of tiles that are written */
	uint64_t added;           /* entries behind head that the growth holds */
	bool broken;              /* something failed: what is in memory is not what is on disk */
};

/* Reads head or checkpoint and checks the log's signature.  ${bytes} is emptied first. */
CM_RESULT cm_log_files_note(const struct cm_key_folder *f, const char *name, struct cm_buf *bytes,
    struct cm_checkpoint *out, struct cm_err *err);

/* Appends a note of ${c}, signed. */
CM_RESULT cm_log_files_sign(const struct cm_key_folder *f, const struct cm_checkpoint *c,
    struct cm_buf *note, struct cm_err *err);

/* Appends ${folder}/PATH of a tile, then ${tail}; NULL: no memory. */
const char *cm_log_files_tile(const struct cm_key_folder *f, const struct cm_log_tile *t,
    const char *tail, struct cm_buf *room);

/* The tiles in ${f}, which must not move. */
struct cm_tile_source cm_log_files_tiles(const struct cm_key_folder *f);

/* Is ${small} (its checkpoint) the beginning of the log of ${f} at ${big}?  CM_E_REFUSED: no. */
CM_RESULT cm_log_files_begins(const struct cm_key_folder *f, const struct cm_checkpoint *small,
    const struct cm_checkpoint *big, struct cm_err *err);

/* For a struct cm_tile_sink, with ${l}: writes a tile that lies beyond head. */
CM_RESULT cm_log_files_put(
    void *l, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err);
/* Removes partial tiles of a log of ${before} of which there are full ones now. */
void cm_log_files_drop_partials(struct cm_log_files *l, uint64_t before);

/* Removes what an append that did not come to its end left in the unfinished tiles. */
CM_RESULT cm_log_files_sweep(const struct cm_key_folder *f, uint64_t size, struct cm_err *err);

/* Every tile of a log, entries too: CM_LOG_LEVELS of hashes, and one more. */
#define CM_LOG_LEVELS 6u
static inline struct cm_log_tile
cm_log_kind(unsigned i)
{
	return i < CM_LOG_LEVELS
		   ? (struct cm_log_tile) { .level = i, .width = CM_LOG_TILE_WIDTH }
		   : (struct cm_log_tile) { .entries = true, .width = CM_LOG_TILE_WIDTH };
}

#endif
