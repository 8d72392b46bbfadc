/* worker/counting.h -- floods, scans and visits of a vantage, counted beside the thread that follows flows.
 *
 * Packets are handed over a batch at a time, copied, with what of their payload counting looks
 * at: heads of requests and answers, leases.  What comes out is what would come out if each were
 * counted where it is read.  Memory: CM_LANE_JOBS and two batches of some 200 KB. */
#ifndef CM_WORKER_COUNTING_H
#define CM_WORKER_COUNTING_H

#include "base/result.h"
#include "chain/visits.h"
#include "traffic/traffic.h"

struct cm_counting;

/* ${alone}: in a thread of its own if there can be one.  ${traffic} and ${visits} are not to be touched
 * until cm_counting_end.  CM_E_NOMEM. */
CM_RESULT cm_counting_new(struct cm_traffic *traffic, struct cm_visits *visits, bool alone,
    struct cm_counting **out);

/* CM_E_NOMEM, perhaps of what came earlier. */
CM_RESULT cm_counting_packet(struct cm_counting *c, const struct cm_packet *p);

/* A log's: counted where this is called.  Not for one that packets are counted of, too. */
CM_RESULT cm_counting_request(struct cm_counting *c, const struct cm_request *r);

/* All that was handed over is counted. */
CM_RESULT cm_counting_end(struct cm_counting *c);
void cm_counting_free(struct cm_counting *c); /* waits; NULL is fine */

#endif
