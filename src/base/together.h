/* base/together.h -- two pieces of work that need not wait for each other, for rooms that know of
 * no threads: their caller says how both are done (os/pool.h), or they are done in turn.
 *
 * They may read the same things, and write none that the other one touches. */
#ifndef CM_BASE_TOGETHER_H
#define CM_BASE_TOGETHER_H

#include <stddef.h>

typedef void cm_work(void *arg);

struct cm_together {
	void (*both)(void *self, cm_work *one, void *one_arg, cm_work *other, void *other_arg);
	void *self;
};

/* Returns when both are done.  ${t} may be NULL. */
static inline void
cm_together_do(
    const struct cm_together *t, cm_work *one, void *one_arg, cm_work *other, void *other_arg)
{
	if (t != NULL) {
		t->both(t->self, one, one_arg, other, other_arg);
		return;
	}
	one(one_arg);
	other(other_arg);
}

#endif
