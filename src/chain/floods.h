/* chain/floods.h -- floods, of whatever vantage, that ask for what scripts aim at. */
#ifndef CM_CHAIN_FLOODS_H
#define CM_CHAIN_FLOODS_H

#include "chain/chain.h"

/* What is found once and serves many chains; in the arena. */
struct cm_chain_floods {
	const struct cm_chain_vantage *vantage;
	size_t n, findings; /* of all vantages */
	size_t here;	    /* to whose clock these are: */
	struct cm_offset *offset;
	bool *compared; /* which of them are known */
	struct cm_host *aimed; /* at which nameless floods aim, in order, each once */
	bool *asked;	       /* at which of these the name was asked for */
	size_t n_aimed;
};

/* CM_E_NOMEM. */
CM_RESULT cm_chain_floods_of(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena,
    struct cm_chain_floods *out);

/* Fills floods, in order of vantage and finding, but not who is shared; host, paths and vantage must be
 * there.  CM_E_NOMEM. */
CM_RESULT cm_chain_floods_find(struct cm_chain_floods *f, struct cm_arena *arena, struct cm_chain *c);

#endif
