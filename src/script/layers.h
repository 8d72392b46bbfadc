/* script/layers.h -- a text and what it unpacks to, layer by layer.
 *
 * Passes (script/rewrite.h) are tried in turn until a whole round of them changes nothing, or a
 * bound is reached: CM_SCRIPT_LAYERS texts beside the body, CM_SCRIPT_BYTES in them. */
#ifndef CM_SCRIPT_LAYERS_H
#define CM_SCRIPT_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "script/script.h"

struct cm_layers {
	struct cm_span text[CM_SCRIPT_LAYERS + 1]; /* the body, and what each pass made */
	struct cm_buf own[CM_SCRIPT_LAYERS + 1];
	const char *name[CM_SCRIPT_LAYERS]; /* of the pass that made text[i + 1] */
	unsigned n;                         /* texts */
	size_t made;                        /* bytes of all but the body */
	bool truncated; /* the last one lacks what the one before it ends with */
	bool full;      /* a pass would have made one more */
	const char *cut;
	uint64_t looked;
};

/* The body must outlive ${out}.  CM_E_NOMEM; ${out} is to be released in any case. */
CM_RESULT cm_layers_make(struct cm_span body, struct cm_layers *out);
void cm_layers_release(struct cm_layers *l);

#endif
