/* dossier/datagrams.h -- datagrams in fragments of which not all parts are shown.
 *
 * `mask` of a fragment holds the checksum of the whole datagram, so it opens only where
 * all parts do (docs/formats.md 1.2).  Known by a hash: two that have the same one are
 * taken for one, which opens less, never more. */
#ifndef CM_DOSSIER_DATAGRAMS_H
#define CM_DOSSIER_DATAGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"
#include "capture/layers.h"

#define CM_DATAGRAMS_MAX ((size_t)1 << 20) /* beyond, all count as incomplete */

/* Zero-initialise; ends with cm_datagrams_release. */
struct cm_datagrams {
	uint64_t *slot; /* open addressing; 0: free */
	size_t n, cap;
	bool full;
};

/* Which datagram the fragment ${l} between these addresses is a part of. */
uint64_t cm_datagram_key(const struct cm_layers *l, struct cm_span src, struct cm_span dst);

/* CM_E_NOMEM. */
CM_RESULT cm_datagrams_add(struct cm_datagrams *d, uint64_t key);
bool cm_datagrams_has(const struct cm_datagrams *d, uint64_t key);
void cm_datagrams_release(struct cm_datagrams *d);

#endif
