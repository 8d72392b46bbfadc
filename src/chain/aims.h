/* chain/aims.h -- what the scripts of a vantage aim at: one chain begun for each name. */
#ifndef CM_CHAIN_AIMS_H
#define CM_CHAIN_AIMS_H

#include "chain/chain.h"

/* Appends to ${chain}, of which ${out}->n are there and CM_CHAINS_MAX fit, host, paths, scripts and
 * what these have in common.  CM_E_NOMEM. */
CM_RESULT cm_chain_aims(const struct cm_chain_vantage *v, size_t number, struct cm_arena *arena,
    struct cm_chain *chain, struct cm_chain_result *out);

#endif
