/* tests/unit/node/grove.h -- trees in memory, for tests: leaf i is made of i alone. */
#ifndef TEST_NODE_GROVE_H
#define TEST_NODE_GROVE_H

#include "merkle/proof.h"

/* The tree number ${*salt}: leaves from 5 on differ from those of other trees. */
struct cm_hashes grove_hashes(const unsigned *salt);
void grove_root(unsigned salt, uint64_t size, uint8_t out[32]);

#endif
