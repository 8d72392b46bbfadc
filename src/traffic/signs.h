/* traffic/signs.h -- what speaks for and against a flood or scan.  Private to src/traffic. */
#ifndef CM_TRAFFIC_SIGNS_H
#define CM_TRAFFIC_SIGNS_H

#include "base/arena.h"
#include "traffic/traffic.h"

enum cm_traffic_sign_id {
	CM_SIGN_MANY,
	CM_SIGN_UNCOMPLETED,
	CM_SIGN_UNFINISHED,
	CM_SIGN_UNANSWERED,
	CM_SIGN_BARE,
	CM_SIGN_SAME_SHAPE,
	CM_SIGN_SAME_SIZE,
	CM_SIGN_SOURCES_SPREAD,
	CM_SIGN_OCTETS_SPREAD,
	CM_SIGN_PORTS_SPREAD,
	CM_SIGN_UNASKED,
	CM_SIGN_NOTHING_FOLLOWS,
	CM_SIGN_AMPLIFIED,
	CM_SIGN_NEVER_BEGAN,
	CM_SIGN_ONE_WAY,
	CM_SIGN_REFUSED,
	CM_SIGN_UNREACHABLE,
	CM_SIGN_SPEAKS,
	CM_SIGN_TINY,
	CM_SIGN_NO_OPENING,
	CM_SIGN_NOT_TAKEN,
	CM_SIGN_ONE_CLIENT,
	CM_SIGN_CLIENTS_SPREAD,
	CM_SIGN_MORE_THAN_USUAL,
	CM_SIGN_COMPLETED,
	CM_SIGN_FINISHED,
	CM_SIGN_TARGETS_MANY,
	CM_SIGN_TARGETS_UNANSWERED,
	CM_SIGN_TARGETS_REFUSED,
	CM_SIGN_NOTHING_SAID,
	CM_SIGN_HALF_OPEN,
	CM_SIGN_ODD_FLAGS,
	CM_SIGN_NO_OPTIONS,
	CM_SIGN_SMALL,
	CM_TRAFFIC_SIGNS
};

#define CM_SIGNS_MAX 16u

struct cm_sign_list {
	struct cm_traffic_sign at[CM_SIGNS_MAX];
	size_t n;
	bool drawn; /* thinned input: limits are met with a quarter to spare */
};

/* Is ${value} at least (at most) the ${limit}?  Then the sign is in the list. */
bool cm_sign_least(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);
bool cm_sign_most(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);

bool cm_sign_in(const struct cm_sign_list *l, enum cm_traffic_sign_id id);

/* The signs by name, in ${arena}, into ${f}. */
CM_RESULT cm_signs_keep(const struct cm_sign_list *l, struct cm_arena *arena, struct cm_traffic_finding *f);

#endif
