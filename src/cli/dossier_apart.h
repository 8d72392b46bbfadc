/* cli/dossier_apart.h -- statements that the rows shown with others do not bear out.
 *
 * A host of which few flows are shown can look like a load balancer.  Who makes a dossier sees in a child
 * what a receiver would call contradicted, and leaves that out. */
#ifndef CM_CLI_DOSSIER_APART_H
#define CM_CLI_DOSSIER_APART_H

#include "base/arena.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "dossier/verify.h"

/* What a receiver will not see reproduced; ${left_out}: only what is contradicted, and left out. */
void cm_apart_say(const struct cm_context *ctx, const struct cm_verified *v, bool left_out);

/* Are some statements contradicted, and not all? */
bool cm_apart(const struct cm_verified *v);

/* Tells the parent which: a byte a statement, findings, then traffic, then chains.  A chain that joins one
 * of them is one, too (dossier/redo_chain.h).  False: it could not. */
bool cm_apart_tell(const struct cm_verified *v, int fd);

/* A list of the wish that may lose items. */
struct cm_apart_list {
	uint8_t (*item)[32];
	size_t *n;
};

/* Makes ${*list} a copy that may.  False: out of memory. */
bool cm_apart_list(struct cm_arena *arena, const uint8_t (**list)[32], size_t *n, struct cm_apart_list *out);

/* Takes those that are marked out of a list, the marks from ${*at} on being its own; how many. */
size_t cm_apart_leave_out(struct cm_apart_list *l, const struct cm_buf *marks, size_t *at);

#endif
