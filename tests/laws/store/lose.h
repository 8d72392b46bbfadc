/* tests/laws/store/lose.h -- how the disk in memory chooses what is lost. */
#ifndef TESTS_LOSE_H
#define TESTS_LOSE_H

#include "../gen.h"
#include "sim_disk.h"

enum lose_how {
	LOSE_BY_MASK, /* the i-th change is kept if bit i is set; nothing is torn */
	LOSE_AT_RANDOM
};
struct lose {
	enum lose_how how;
	uint64_t mask;
	unsigned at;
	struct gen *g;
};

/* Makes ${s} choose so; ${l} must outlive that. */
void lose_by(struct sim_disk *s, struct lose *l);

#endif
