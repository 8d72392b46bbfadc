/* gen/host.h -- hosts whose TCP stacks behave like those of the systems they name. */
#ifndef GEN_HOST_H
#define GEN_HOST_H

#include "sim.h"

enum gen_id_rule { GEN_ID_ZERO, GEN_ID_GLOBAL, GEN_ID_FLOW, GEN_ID_RANDOM };
enum gen_syn_style { GEN_SYN_LINUX, GEN_SYN_WINDOWS, GEN_SYN_BSD, GEN_SYN_PLAIN };

struct gen_stack {
	const char *name;
	uint8_t ttl;
	bool df;
	uint8_t id_rule;     /* enum gen_id_rule */
	bool synack_id_zero; /* Linux answers a SYN before it has a flow to count for */
	bool ts, sack;
	uint8_t wscale; /* 0: window scaling not offered */
	uint16_t hz;    /* of the TSval clock */
	uint16_t syn_window;
	uint16_t mss;
	uint8_t syn_style;
};

enum gen_stack_name {
	GEN_LINUX,
	GEN_LINUX_OLD, /* counts IP ids per flow, TS clock 250 Hz */
	GEN_WINDOWS,
	GEN_FREEBSD,
	GEN_OPENBSD,
	GEN_MACOS,
	GEN_EMBEDDED,
	GEN_ROUTER, /* TTL 255, no options but MSS */
	GEN_STACKS
};

struct gen_host {
	struct gen_addr addr;
	const struct gen_stack *stack;
	uint8_t hops;     /* to the tap */
	int64_t owd;      /* nanoseconds to the tap, one way */
	uint16_t id;      /* counter of the host, where the stack has one */
	uint32_t ts_base; /* TSval at the start of the run */
};

const struct gen_stack *gen_stack_get(enum gen_stack_name name);

/* A host of stack ${name}; hops and delay as told, counters random.  It is lent: after 65,535
 * further ones its memory is used again. */
struct gen_host *gen_host_make(
    struct gen_sim *s, struct gen_addr addr, enum gen_stack_name name, uint8_t hops, int64_t owd);

/* Client number n (198.18.0.0/15 or 2001:db8:c::) near the tap, stack by weight; server number n
 * (203.0.113.0/24, 192.0.2.0/24 or 2001:db8:5::) far from it. */
struct gen_host *gen_host_client(struct gen_sim *s, uint32_t n, bool v6);
struct gen_host *gen_host_server(struct gen_sim *s, uint32_t n, bool v6);

/* As the options say, by draw where they leave it open. */
bool gen_sim_wants_v6(struct gen_sim *s);
uint8_t gen_sim_pick_link(struct gen_sim *s);

/* The interface that captures the flow of a client's ${port}, where a file has several. */
uint32_t gen_sim_iface(const struct gen_sim *s, uint16_t port);

#endif
