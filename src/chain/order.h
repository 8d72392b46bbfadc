/* chain/order.h -- in which order hosts stand in the lists of this room. */
#ifndef CM_CHAIN_ORDER_H
#define CM_CHAIN_ORDER_H

#include "capture/packet.h"

/* As memcmp says it. */
static inline int
cm_chain_host_order(const struct cm_host *a, const struct cm_host *b)
{
	int d = memcmp(a->addr, b->addr, sizeof(a->addr));

	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	if (a->tied != b->tied)
		return a->tied < b->tied ? -1 : 1;
	return d;
}

#endif
