/* detect/judged.h -- what a judge found in a flow, kept for when the flow comes again.
 *
 * A flow is judged when it ends, without the models of its hosts; again, with them, for the
 * report; and again and again in the reruns that look for its support.  Where the models
 * have nothing to say to what was asked of them, all of these give the same, and the first
 * is brought back instead.  TCP only.  Private to src/detect. */
#ifndef CM_DETECT_JUDGED_H
#define CM_DETECT_JUDGED_H

#include "detect/judge.h"

struct cm_judged;

/* A copy of what ${j}, without hosts, made of its flow; NULL: no memory, or not of use. */
struct cm_judged *cm_judged_of(const struct cm_judge *j);
void cm_judged_free(struct cm_judged *p); /* NULL is fine */
size_t cm_judged_bytes(const struct cm_judged *p);

/* Is ${v} the flow that ${p} was made of, segment for segment? */
bool cm_judged_is_of(const struct cm_judged *p, const struct cm_flow_view *v);

/* Makes ${j} as cm_judge_flow would leave it after ${v}, the flow of ${p}.  False: the
 * models of ${j}->hosts may have a say, or there is no memory: judge it. */
bool cm_judged_again(const struct cm_judged *p, struct cm_judge *j, const struct cm_flow_view *v);

#endif
