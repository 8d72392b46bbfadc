/* os/agent.h -- one question to an ssh-agent over its Unix socket (draft-miller-ssh-agent).
 *
 * Only transport: statement/agent.h knows what to ask.  The agent is the user's
 * own, but its answers are read as any other bytes. */
#ifndef CM_OS_AGENT_H
#define CM_OS_AGENT_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_AGENT_MESSAGE_MAX (256u << 10)
#define CM_AGENT_PATIENCE 300 /* seconds; a person may have to touch a key */

/* Sends ${request} (length in front is added here), appends the answer without its length.
 * CM_E_NOTFOUND: no agent listens there; CM_E_IO; CM_E_LIMIT; CM_E_NOMEM. */
CM_RESULT cm_agent_ask(
    const char *socket_path, struct cm_span request, struct cm_buf *answer, struct cm_err *err);

#endif
