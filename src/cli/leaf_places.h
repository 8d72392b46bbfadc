/* cli/leaf_places.h -- where each leaf of a tree stands first, in memory: 32 to 64 bytes a leaf.
 *
 * By the first 16 bytes of the leaf's hash.  Who fills a log can not choose them, so neither are two of
 * them equal by intent, nor do they crowd into one corner of the table. */
#ifndef CM_CLI_LEAF_PLACES_H
#define CM_CLI_LEAF_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct cm_leaf_place;

/* Zero-initialise; ends with cm_leaf_places_fini. */
struct cm_leaf_places {
	struct cm_leaf_place *slot;
	size_t cap, n;
};

/* ${*first}: where it stood already, or ${place}.  CM_E_NOMEM. */
CM_RESULT cm_leaf_places_add(
    struct cm_leaf_places *t, const uint8_t leaf[32], uint64_t place, uint64_t *first);
bool cm_leaf_places_find(const struct cm_leaf_places *t, const uint8_t leaf[32], uint64_t *place);
void cm_leaf_places_fini(struct cm_leaf_places *t);

#endif
