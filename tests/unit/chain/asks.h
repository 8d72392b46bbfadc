/* Requests and scripts by hand, for the tests of the chain room. */
#ifndef TESTS_UNIT_CHAIN_ASKS_H
#define TESTS_UNIT_CHAIN_ASKS_H

#include "chain/chain.h"

#define SECOND INT64_C(1000000000)

static inline struct cm_host
host_of(uint8_t a, uint8_t b)
{
	return (struct cm_host) { .addr = { 198, 51, a, b }, .net = 4 };
}

static inline struct cm_request
ask(struct cm_host client, const char *name, int64_t t_ns, uint64_t frame)
{
	return (struct cm_request) { .id = cm_packet_id_of(0, frame), .t_ns = t_ns, .client = client,
		.target = cm_span_str("/"), .server = { .addr = { 203, 0, 113, 7 }, .net = 4 }, .host = cm_span_str(name), .took_ns = -1 };
}

#endif
