/* traffic/asked.h -- requests counted: the HTTP part of traffic.c (F4).
 *
 * Per name asked for (or server, where no name is known): rates, paths, queries, referers, agents,
 * clients and their periods, all in sketches of fixed size, for as many names as the
 * memory allows; those asked for least are evicted.  A quarter of `params.memory` is used, and 2 MiB at
 * least.  Rules, weights and limits: docs/floods.md.  Private to src/traffic. */
#ifndef CM_TRAFFIC_ASKED_H
#define CM_TRAFFIC_ASKED_H

#include "base/arena.h"
#include "traffic/traffic.h"

struct cm_asked;
CM_RESULT cm_asked_new(const struct cm_traffic_params *params, struct cm_asked **out);
void cm_asked_free(struct cm_asked *a); /* NULL is fine */

/* A request, of a packet or of a log. */
CM_RESULT cm_asked_request(struct cm_asked *a, const struct cm_request *r);

/* A payload segment that is no request: an answer's beginning tells status and time. Cheap
 * for all others. */
CM_RESULT cm_asked_packet(struct cm_asked *a, const struct cm_packet *p);

/* The findings, kind CM_TRAFFIC_HTTP, into ${out} (room for ${max}); ${n} of them, ordered by time and name.  All they
 * point to lives in ${arena}.  Ends what is going on: call once. */
CM_RESULT cm_asked_findings(struct cm_asked *a, struct cm_arena *arena,
    struct cm_traffic_finding *out, size_t max, size_t *n);

/* Is it a request that this finding of kind CM_TRAFFIC_HTTP counts: for its name, or where it has none,
 * its server?  Is ${p} a packet with such a request, or the beginning of an answer of its target? */
bool cm_asked_touches_request(const struct cm_traffic_finding *f, const struct cm_request *r);
bool cm_asked_touches(const struct cm_traffic_finding *f, const struct cm_packet *p);

void cm_asked_add_stats(const struct cm_asked *a, struct cm_traffic_stats *stats);

#endif
