/* gen/agenda.h -- who acts next: what is to be done at which moment.
 *
 * Episodes of a few packets push them at once; where thousands of hosts act for minutes, each
 * puts down when it acts next, so that memory is that of the hosts and not of their packets. */
#ifndef GEN_AGENDA_H
#define GEN_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gen_world;
typedef void gen_act(struct gen_world *w, void *who);

struct gen_event {
	int64_t t;
	uint64_t order; /* of equal moments the one put down first */
	gen_act *act;
	void *who;
};

struct gen_agenda {
	struct gen_event *heap;
	size_t n, cap;
	uint64_t order;
	bool failed;
};

void gen_agenda_add(struct gen_agenda *a, int64_t t, gen_act *act, void *who);
/* The moment of the next one; INT64_MAX: there is none. */
int64_t gen_agenda_next(const struct gen_agenda *a);
struct gen_event gen_agenda_take(struct gen_agenda *a); /* there must be one */
void gen_agenda_release(struct gen_agenda *a);

#endif
