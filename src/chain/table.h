/* chain/table.h -- who got the script and who asked the target: the fourfold table and the lags. */
#ifndef CM_CHAIN_TABLE_H
#define CM_CHAIN_TABLE_H

#include "chain/chain.h"

/* Fills a to d, fisher, clients, before, lags and the floods' shared counts; scripts and
 * floods must be there.
 * Who counts: every client of the scripts' vantage that asked anybody else over HTTP, or got the script.
 * CM_E_NOMEM. */
CM_RESULT cm_chain_table(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena,
    struct cm_chain *c);

#endif
