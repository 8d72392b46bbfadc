/* Captures as arrays of packets, and the engine run over some of them: for tests and tools. */
#ifndef TESTS_LAWS_TRAFFIC_REPLAY_H
#define TESTS_LAWS_TRAFFIC_REPLAY_H

#include "capture/packet.h"
#include "traffic/traffic.h"

struct replay {
	struct cm_packet *at;
	size_t n, room;
	struct cm_span file; /* their payloads lie in it; or empty */
};

bool replay_read(struct replay *r, const char *path); /* false: not there, or no capture */
void replay_add(struct replay *r, const struct cm_packet *p); /* its id becomes its place + 1 */
void replay_free(struct replay *r);

struct replay_run {
	uint64_t thin, seed; /* thin 0: 1 */
	uint64_t draw_seed;
	const struct cm_traffic_finding *of; /* only what touches it, between first and last; or NULL: all */
	size_t memory; /* 0: the default */
};
/* Aborts if there is no memory.  For the caller to free. */
struct cm_traffic *replay_traffic(const struct replay *r, const struct replay_run *run);

/* Packets that touch a finding, between first and last. */
uint64_t replay_support(const struct replay *r, const struct cm_traffic_finding *f);
/* The smallest power of two that leaves about 4,096 of them. */
uint64_t replay_thin(uint64_t support);
/* Does the engine find it again? */
bool replay_has(const struct cm_traffic *t, const struct cm_traffic_finding *f);

#endif
