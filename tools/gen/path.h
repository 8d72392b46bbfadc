/* gen/path.h -- from one capture to another: hops, milliseconds, a queue.
 *
 * The first sim writes what its tap sees; of what the second place sees, too, it tells a hook
 * (sim.h), which carries the datagram over and pushes it into the second sim. */
#ifndef GEN_PATH_H
#define GEN_PATH_H

#include "host.h"

/* How a packet of a connection is seen: c->relay, lower two bits. */
enum gen_relay { GEN_HERE_ONLY, GEN_BOTH, GEN_THERE_ONLY };

#define GEN_QUEUE_MAX (3 * (int64_t)GEN_MS)

/* A host's delay as the first place has it must hold the least way, the longest queue and what
 * is left beyond the second place: else an answer would be there before its question. */
struct gen_path {
	int hops;
	int64_t least; /* the way without a queue: gen_path_least */
	uint32_t seed;
};

/* Of a host that is ${here} from the first place and ${there} from the second. */
int64_t gen_path_least(int64_t here, int64_t there);

/* The way at ${t}: the queue changes slowly, so that nothing overtakes; at most
 * GEN_QUEUE_MAX of it. */
int64_t gen_path_way(const struct gen_path *p, int64_t t);

/* When the second place sees what the first sees at ${t}. */
int64_t gen_path_time(const struct gen_path *p, int64_t t, bool to_client);

/* Sets the TTL of a datagram of the first place to what it is at the second. */
void gen_path_ttl(const struct gen_path *p, uint8_t *dgram, bool to_client);

/* The shot of the second place; tag, ids and copies are left out. */
struct gen_shot gen_path_shot(
    const struct gen_path *p, const struct gen_sim *there, const struct gen_shot *shot);

#endif
