#include "lose.h"

static uint64_t
below(void *arg, uint64_t n)
{
	struct lose *l = arg;

	if (l->how == LOSE_AT_RANDOM)
		return gen_below(l->g, n);
	/* Beyond the mask its last bit goes on. */
	return l->mask >> (l->at < 63 ? l->at++ : 63) & 1;
}

void
lose_by(struct sim_disk *s, struct lose *l)
{
	s->choose = below;
	s->choose_arg = l;
}
