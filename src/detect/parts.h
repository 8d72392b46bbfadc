/* detect/parts.h -- of which frames a datagram was put together.
 *
 * A datagram that came in fragments is known by the frame that made it whole; what
 * reproduces it is all of them.  Remembered for CM_PARTS_MAX frames; beyond that
 * nothing is added (a support that needs them will not be called reproduced). */
#ifndef CM_DETECT_PARTS_H
#define CM_DETECT_PARTS_H

#include "base/arena.h"
#include "base/result.h"
#include "capture/packet.h"
#include "detect/incident.h"

#define CM_PARTS_MAX 1000000u

struct cm_parts_of {
	cm_packet_id whole;
	uint32_t from, n; /* in struct cm_parts.id */
};

struct cm_parts {
	struct cm_parts_of *item; /* ascending by whole */
	size_t n, room;
	cm_packet_id *id;
	size_t n_ids, room_ids;
};

/* Remembers the parts of ${p}, whose id is higher than all before.  CM_E_NOMEM. */
CM_RESULT cm_parts_add(struct cm_parts *parts, const struct cm_packet *p);
void cm_parts_release(struct cm_parts *parts);

/* Adds to ${ids}, a sorted set, the parts of all datagrams in it; memory from ${a}. */
CM_RESULT cm_parts_join(const struct cm_parts *parts, struct cm_ids *ids, struct cm_arena *a);

#endif
