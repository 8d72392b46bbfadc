/* vantage/offset.h -- from packets that two places saw to what lies between their clocks.
 *
 * The rules stand in vantage/clock.h.  Integers only: the same on every machine. */
#ifndef CM_VANTAGE_OFFSET_H
#define CM_VANTAGE_OFFSET_H

#include <stddef.h>

#include "vantage/clock.h"

struct cm_match {
	int64_t t_ns, there_ns;
	int64_t dt_ns; /* set by these functions, without the drift */
	uint32_t pair; /* of hosts; */
	uint8_t dir;   /* and which way between them */
	int8_t way;    /* set: 1 from here to there, -1 back, 0 unknown */
	bool misfit;   /* set */
	int16_t hops;  /* TTL here minus TTL there */
	bool whole_here, whole_there; /* the times are whole seconds */
};

/* Both change ${m}, of which there are ${n} > 0. */
struct cm_offset cm_offset_of_packets(struct cm_match *m, size_t n);
struct cm_offset cm_offset_of_requests(struct cm_match *m, size_t n);

/* Do four or more, and more than half of them, say the same time, by a second? */
bool cm_offset_agree(const struct cm_match *m, size_t n, const struct cm_offset *o);

#endif
