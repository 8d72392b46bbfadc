/* assess/check_parts.h -- within the room: remarks while they are collected. */
#ifndef CM_ASSESS_CHECK_PARTS_H
#define CM_ASSESS_CHECK_PARTS_H

#include "assess/check.h"

struct cm_assess_checker {
	const struct cm_assessment *a;
	const struct cm_assess_places *places; /* or NULL */
	const struct cm_registry *registry;
	struct cm_arena *arena;
	struct cm_assess_remark *remark;
	size_t n, left_out;
	bool no_memory; /* looked at once, at the end */
};

void cm_assess_remark(struct cm_assess_checker *c, enum cm_remark_severity severity, unsigned line, const char *fmt, ...)
    CM_PRINTF(4, 5);

unsigned cm_assess_line_of_item(const struct cm_assess_checker *c, size_t item);
unsigned cm_assess_line_of_hypothesis(const struct cm_assess_checker *c, size_t hypothesis);

static inline int64_t
cm_assess_mid(struct cm_assess_range p)
{
	return (p.lo + p.hi) / 2;
}

/* The next hypothesis of the layer from ${from} on that is no deceiver; the number of all if there is none. */
size_t cm_assess_next_own(const struct cm_assessment *a, enum cm_layer layer, size_t from);

/* ---- check_pairs.c ---- */

/* How far one item moves odds at a layer where it speaks. */
void cm_assess_check_ratio(struct cm_assess_checker *c, size_t item, enum cm_layer layer);

/* Who could have made it look like somebody else, and is nowhere considered. */
void cm_assess_check_pairs(struct cm_assess_checker *c);

#endif
