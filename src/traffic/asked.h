/* traffic/asked.h -- requests counted: the HTTP part of traffic.c (F4).
 *
 * Per name asked for (or server, where no name is known): rates, paths, queries, referers, agents,
 * clients and their periods, all in sketches of fixed size, for as many names as the
 * memory allows; those asked for least are evicted.  Private to src/traffic. */
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

/* The findings, kind CM_TRAFFIC_HTTP, into ${out} (room for ${max}); ${n} of them.  All they
 * point to lives in ${arena}. */
CM_RESULT cm_asked_findings(struct cm_asked *a, struct cm_arena *arena,
    struct cm_traffic_finding *out, size_t max, size_t *n);

void cm_asked_add_stats(const struct cm_asked *a, struct cm_traffic_stats *stats);

#endif
