/* cli/assess_new.h -- an assessment to begin with, while it is put together. */
#ifndef CM_CLI_ASSESS_NEW_H
#define CM_CLI_ASSESS_NEW_H

#include "base/buf.h"
#include "cli/cli.h"
#include "registry/registry.h"

#define CM_ASSESS_ACTORS 8u

struct cm_assess_begin {
	const struct cm_context *ctx;
	struct cm_arena arena;
	struct cm_registry registry;
	const char *title, *party;
	const char *findings; /* --finding; or NULL */
	unsigned layers;      /* bits 1 << enum cm_layer */
	const char *actor[CM_ASSESS_ACTORS];
	size_t n_actors;
	struct cm_buf text;
};

/* Has an actor at that layer a group that it pays or lets be, and do criminals stand beside them? */
static inline bool
cm_assess_begin_kinds(enum cm_layer layer)
{
	return layer == CM_LAYER_STATE;
}

/* An item for each finding, flood and chain of the case that was asked for.  On anything but CM_EXIT_OK it has been said. */
enum cm_exit cm_assess_begin_items(struct cm_assess_begin *b);

#endif
