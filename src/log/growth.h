/* log/growth.h -- how a log's files grow as entries come.
 *
 * Holds the right edge of the tree: of each level the hashes of its last, unfinished tile, and
 * the unfinished entry bundle: less than 17 MiB, mostly less than 100 KiB.  Entries are added,
 * then all files that a log of the new size has and the last one had not are given out: full
 * tiles and bundles, and the partial ones of the new size. */
#ifndef CM_LOG_GROWTH_H
#define CM_LOG_GROWTH_H

#include "log/tiles.h"

#define CM_LOG_SIZE_MAX ((uint64_t)1 << 40)

/* Takes one file of the log, which is never changed later. */
struct cm_tile_sink {
	enum cm_result (*put)(
	    void *arg, const struct cm_log_tile *t, struct cm_span bytes, struct cm_err *err);
	void *arg;
};

struct cm_growth;

/* Goes on from a log of ${size} and ${root}, whose edge is fetched and checked; ${source} is not
 * needed later, and may be NULL for 0.  CM_E_REFUSED: the tiles or entries are not the root's;
 * CM_E_NOTFOUND: one is missing; CM_E_MALFORMED, CM_E_IO; CM_E_LIMIT: too long; CM_E_NOMEM. */
CM_RESULT cm_growth_new(const struct cm_tile_source *source, uint64_t size, const uint8_t root[32],
    struct cm_growth **out, struct cm_err *err);
void cm_growth_free(struct cm_growth *g);

/* Adds entries, hashed side by side, the better the more come at once; full tiles go to ${sink} at
 * once.  CM_E_LIMIT: an entry or the log too long; nothing was added.  After any other failure, which
 * is what the sink says or CM_E_NOMEM, only cm_growth_free makes sense, and all else says it again. */
CM_RESULT cm_growth_add(struct cm_growth *g, const struct cm_span *entries, size_t n,
    const struct cm_tile_sink *sink, struct cm_err *err);

/* Gives out the partial tiles that are new since the last time, and says what the log is now. */
CM_RESULT cm_growth_settle(struct cm_growth *g, const struct cm_tile_sink *sink, uint64_t *size,
    uint8_t root[32], struct cm_err *err);

#endif
