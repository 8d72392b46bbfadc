/* node/trouble.h -- whom a site tells what went wrong on its own side.
 *
 * Whoever asks is told no more than that (500); the reason is for the operator. */
#ifndef CM_NODE_TROUBLE_H
#define CM_NODE_TROUBLE_H

#include <stddef.h>

#include "base/result.h"

/* From any thread, several at once. */
struct cm_trouble {
	void (*say)(void *arg, const struct cm_err *err); /* NULL: nobody */
	void *arg;
};

static inline void
cm_trouble_say(const struct cm_trouble *t, const struct cm_err *err)
{
	if (t->say != NULL)
		t->say(t->arg, err);
}

#endif
