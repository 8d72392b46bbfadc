/* node/log_fetch.h -- reads another party's log over HTTP, as C2SP tlog-tiles has it.
 *
 * Whoever serves it may be anybody: each file has a bound in bytes and in time, and of bundles no
 * more than CM_LOG_FETCH_BUNDLES are on their way or wait for their turn. */
#ifndef CM_NODE_LOG_FETCH_H
#define CM_NODE_LOG_FETCH_H

#include "log/tiles.h"
#include "node/http_client.h"

#define CM_LOG_FETCH_BUNDLES 4u /* each at most 16 MiB, mostly 30 KiB */

struct cm_log_fetch {
	struct cm_http_client *http; /* with nothing else under way */
	const char *url;             /* with or without a slash behind it */
	unsigned limit_ms;           /* for each file */
};

/* Appends the checkpoint's note, unchecked.  CM_E_NOTFOUND: there is none (404); CM_E_MALFORMED:
 * too long; CM_E_IO: late, unreachable, no URL, or another answer than a file; CM_E_NOMEM.  The
 * same below. */
CM_RESULT cm_log_fetch_checkpoint(
    const struct cm_log_fetch *f, struct cm_buf *out, struct cm_err *err);

/* Its files one at a time, for log/tiles.h; lives as long as ${f}. */
struct cm_tile_source cm_log_fetch_tiles(struct cm_log_fetch *f);

/* Takes entries in their order; what it says but CM_OK ends the fetching and is returned. */
struct cm_entry_sink {
	enum cm_result (*put)(
	    void *arg, const struct cm_span *entries, size_t n, struct cm_err *err);
	void *arg;
};

/* Entries [${from}, ${to}), unchecked, from as few bundles as they are in, several at a time.
 * ${from} < ${to}. */
CM_RESULT cm_log_fetch_entries(const struct cm_log_fetch *f, uint64_t from, uint64_t to,
    const struct cm_entry_sink *sink, struct cm_err *err);

#endif
