/* script/held.h -- literals that a script keeps under a name.
 *
 * The parts of a text that are the value of a name that occurs again (a literal or a list of
 * literals), or what a function of the text itself is called with: a URL there is not used where
 * it stands, but may well be where the name is. */
#ifndef CM_SCRIPT_HELD_H
#define CM_SCRIPT_HELD_H

#include <stddef.h>

#include "script/rewrite.h"

#define CM_HELD_MAX 1024u /* what there is beyond is not told */

struct cm_held_part {
	size_t from, to;
};

struct cm_held {
	struct cm_held_part part[CM_HELD_MAX]; /* ascending */
	size_t n;
};

/* Of rw->in; uses rw's buffers and replaces nothing. */
void cm_held_find(struct cm_rewrite *rw, struct cm_held *h);

#endif
