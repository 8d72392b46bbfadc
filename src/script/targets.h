/* script/targets.h -- the URLs found so far, each once, in order of appearance. */
#ifndef CM_SCRIPT_TARGETS_H
#define CM_SCRIPT_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "script/script.h"
#include "script/url.h"

struct cm_aims {
	struct cm_script_target
	    *list;      /* CM_SCRIPT_TARGETS of them, with their texts in the arena */
	uint64_t *sums; /* of each, to tell most others from it */
	size_t n;
	struct cm_arena *arena;
	bool nomem, full; /* one was not taken in for lack of memory, or of room */
};

CM_RESULT cm_aims_init(struct cm_aims *t, struct cm_arena *arena);

struct cm_script_target *cm_aims_find(const struct cm_aims *t, const struct cm_url *u);

/* Takes it in, or notes that it is used in one more way. */
void cm_aims_add(
    struct cm_aims *t, const struct cm_url *u, unsigned layer, enum cm_script_how how);

#endif
