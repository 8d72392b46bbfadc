/* os/lane.h -- one thread beside, that does what it is handed, in the order it is handed it.
 *
 * For work that follows somebody's reading and needs its order, but not its time.  Where there
 * is but one processor, or the system gives no thread, each job is done where it is put: the
 * same comes of it.  Only who made a lane may call what stands here. */
#ifndef CM_OS_LANE_H
#define CM_OS_LANE_H

#include <stdbool.h>

#include "base/result.h"

#define CM_LANE_JOBS 8u /* that wait or are being done; put waits for room */

struct cm_lane;

/* Does one job.  ${alone}: in a thread of its own if there can be one.  CM_E_NOMEM. */
CM_RESULT cm_lane_new(void (*run)(void *job), bool alone, struct cm_lane **out);

/* When it returns, fewer than CM_LANE_JOBS jobs put before this one are not done yet. */
void cm_lane_put(struct cm_lane *l, void *job);

/* Until all that was put is done. */
void cm_lane_wait(struct cm_lane *l);

void cm_lane_free(struct cm_lane *l); /* waits; NULL is fine */

#endif
