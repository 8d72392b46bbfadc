/* vantage/sketch.h -- the marks with the smallest keys, of however many.
 *
 * Kept are, of each flow, the `per_flow` marks of smallest key, and of all these the
 * `kept` smallest.  What is kept does not depend on the order in which they came. */
#ifndef CM_VANTAGE_SKETCH_H
#define CM_VANTAGE_SKETCH_H

#include <stddef.h>

#include "base/result.h"

struct cm_mark {
	uint64_t key;
	int64_t t_ns;
	uint32_t flow; /* of addresses and ports, */
	uint32_t pair; /* of addresses only: the same both ways */
	uint8_t ttl;
	uint8_t dir;   /* which way, between the two of the pair */
	bool again;    /* the key came more than once */
	bool whole;    /* the time is whole seconds */
};

struct cm_sketch {
	struct cm_mark *mark; /* by key once it was settled */
	size_t n, room;
	size_t kept, per_flow;
	uint64_t below; /* keys from here on are not kept; 0: all are */
	bool starved;	/* there was no memory for all marks */
	bool settled;
};

void cm_sketch_add(struct cm_sketch *s, const struct cm_mark *m);
void cm_sketch_settle(struct cm_sketch *s); /* before `mark` is read */
void cm_sketch_fini(struct cm_sketch *s);

#endif
