/* node/said.h -- what a witness answered, in words for people; for gather.c and latest.c. */
#ifndef CM_NODE_SAID_H
#define CM_NODE_SAID_H

#include "log/policy.h"
#include "node/http_client.h"

#define CM_SAID_MAX 512u

/* URL of ${m} with ${path} behind it, one slash between; in the arena.  NULL: no memory. */
const char *cm_said_url(const struct cm_policy_member *m, const char *path, struct cm_arena *arena);

/* "NAME answers 403: not signed by ...": the first words of its body, harmless on a terminal. */
void cm_said_answer(char out[CM_SAID_MAX], const char *name, const struct cm_http_reply *r);
/* Why there is no answer: late, unreachable, too long. */
void cm_said_nothing(
    char out[CM_SAID_MAX], const char *name, const struct cm_http_reply *r, unsigned limit_ms);

#endif
