/* rules/diagram.h -- functions of requests, as diagrams: which requests are in, which are not.
 *
 * A node looks at one variable (an attribute, whose values are cut into classes) and has a child for each class; below
 * it stand only variables of higher numbers.  Equal nodes are one node, and no node has all children the same, so that
 * two functions are the same just when their numbers are.  A node's children have lower numbers than itself.
 *
 * What does not fit into the limit of nodes or of steps marks the whole room as failed; every function asked for after
 * that is worthless, and who asked looks at cm_diagram_ok before it answers anybody. */
#ifndef CM_RULES_DIAGRAM_H
#define CM_RULES_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

#define CM_DIAGRAM_VARIABLES 32u
#define CM_DIAGRAM_STEPS (UINT64_C(1) << 28)

/* A count of requests; the largest one means that or more. */
__extension__ typedef unsigned __int128 cm_count;
#define CM_COUNT_MAX (~(cm_count)0)

typedef uint32_t cm_node;
#define CM_NODE_NONE 0u /* no request */
#define CM_NODE_ALL 1u	/* every one */

enum cm_diagram_op { CM_DIAGRAM_AND, CM_DIAGRAM_OR, CM_DIAGRAM_LESS /* in the first and not in the second */ };

struct cm_diagram;

/* ${width}: classes of each of ${n} variables, at least 1.  CM_E_NOMEM. */
CM_RESULT cm_diagram_new(const uint32_t *width, size_t n, size_t limit, struct cm_diagram **out, struct cm_err *err);
void cm_diagram_free(struct cm_diagram *d);

/* CM_E_LIMIT, CM_E_NOMEM: what went wrong on the way. */
CM_RESULT cm_diagram_ok(const struct cm_diagram *d, struct cm_err *err);
size_t cm_diagram_nodes(const struct cm_diagram *d);

/* Those of which variable ${v} is in the classes ${in}, an array of as many as it has. */
cm_node cm_diagram_in(struct cm_diagram *d, size_t v, const bool *in);
cm_node cm_diagram_apply(struct cm_diagram *d, enum cm_diagram_op op, cm_node f, cm_node g);
/* Those that would be in ${f} if variable ${v} were of that class. */
cm_node cm_diagram_given(struct cm_diagram *d, cm_node f, size_t v, uint32_t class);

static inline cm_node
cm_diagram_and(struct cm_diagram *d, cm_node f, cm_node g)
{
	return cm_diagram_apply(d, CM_DIAGRAM_AND, f, g);
}

static inline cm_node
cm_diagram_or(struct cm_diagram *d, cm_node f, cm_node g)
{
	return cm_diagram_apply(d, CM_DIAGRAM_OR, f, g);
}

static inline cm_node
cm_diagram_less(struct cm_diagram *d, cm_node f, cm_node g)
{
	return cm_diagram_apply(d, CM_DIAGRAM_LESS, f, g);
}

/* How many, if class c of variable v has weight[v][c] values. */
CM_RESULT cm_diagram_count(const struct cm_diagram *d, cm_node f, const uint64_t *const *weight, cm_count *out, struct cm_err *err);

/* The cheapest one of ${f}, which is not CM_NODE_NONE: its class of each variable, -1 where any will do.  It costs 1 to
 * settle a variable, 64 more for its last class (not known). */
CM_RESULT cm_diagram_cheapest(const struct cm_diagram *d, cm_node f, int32_t *class, struct cm_err *err);

#endif
