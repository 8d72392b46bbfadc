#include "host.h"

static const struct gen_stack stacks[GEN_STACKS] = {
	[GEN_LINUX] = { .name = "linux",
	    .ttl = 64,
	    .df = true,
	    .id_rule = GEN_ID_FLOW,
	    .synack_id_zero = true,
	    .ts = true,
	    .sack = true,
	    .wscale = 7,
	    .hz = 1000,
	    .syn_window = 64240,
	    .mss = 1460,
	    .syn_style = GEN_SYN_LINUX },
	[GEN_LINUX_OLD] = { .name = "linux-old",
	    .ttl = 64,
	    .df = true,
	    .id_rule = GEN_ID_FLOW,
	    .synack_id_zero = true,
	    .ts = true,
	    .sack = true,
	    .wscale = 7,
	    .hz = 250,
	    .syn_window = 14600,
	    .mss = 1460,
	    .syn_style = GEN_SYN_LINUX },
	[GEN_WINDOWS] = { .name = "windows",
	    .ttl = 128,
	    .df = true,
	    .id_rule = GEN_ID_GLOBAL,
	    .sack = true,
	    .wscale = 8,
	    .hz = 1000,
	    .syn_window = 64240,
	    .mss = 1460,
	    .syn_style = GEN_SYN_WINDOWS },
	[GEN_FREEBSD] = { .name = "freebsd",
	    .ttl = 64,
	    .df = true,
	    .id_rule = GEN_ID_ZERO,
	    .ts = true,
	    .sack = true,
	    .wscale = 6,
	    .hz = 1000,
	    .syn_window = 65535,
	    .mss = 1460,
	    .syn_style = GEN_SYN_BSD },
	[GEN_OPENBSD] = { .name = "openbsd",
	    .ttl = 64,
	    .df = true,
	    .id_rule = GEN_ID_RANDOM,
	    .ts = true,
	    .sack = true,
	    .wscale = 6,
	    .hz = 1000,
	    .syn_window = 16384,
	    .mss = 1460,
	    .syn_style = GEN_SYN_BSD },
	[GEN_MACOS] = { .name = "macos",
	    .ttl = 64,
	    .df = true,
	    .id_rule = GEN_ID_ZERO,
	    .ts = true,
	    .sack = true,
	    .wscale = 6,
	    .hz = 1000,
	    .syn_window = 65535,
	    .mss = 1460,
	    .syn_style = GEN_SYN_BSD },
	[GEN_EMBEDDED] = { .name = "embedded",
	    .ttl = 255,
	    .id_rule = GEN_ID_GLOBAL,
	    .hz = 10,
	    .syn_window = 5840,
	    .mss = 1460,
	    .syn_style = GEN_SYN_PLAIN },
	[GEN_ROUTER] = { .name = "router",
	    .ttl = 255,
	    .id_rule = GEN_ID_FLOW,
	    .hz = 10,
	    .syn_window = 4128,
	    .mss = 536,
	    .syn_style = GEN_SYN_PLAIN },
};

const struct gen_stack *
gen_stack_get(enum gen_stack_name name)
{
	return &stacks[name];
}

struct gen_host *
gen_host_make(
    struct gen_sim *s, struct gen_addr addr, enum gen_stack_name name, uint8_t hops, int64_t owd)
{
	struct gen_host *h = &s->hosts[s->next_host++ % GEN_HOSTS];

	*h = (struct gen_host) { .addr = addr, .stack = &stacks[name], .hops = hops, .owd = owd };
	h->id = gen_rng_u16(&s->rng);
	h->ts_base = (uint32_t)gen_rng_next(&s->rng) >> 1;
	return h;
}

struct gen_host *
gen_host_client(struct gen_sim *s, uint32_t n, bool v6)
{
	static const uint8_t mix[8] = { GEN_WINDOWS, GEN_LINUX, GEN_WINDOWS, GEN_MACOS, GEN_LINUX,
		GEN_WINDOWS, GEN_MACOS, GEN_OPENBSD };
	struct gen_addr a =
	    v6 ? gen_addr_v6(0x000c0000, n + 16) : gen_addr_v4(0xc6120000 + (n + 16) % 0x1fff0);
	uint8_t hops = (uint8_t)gen_rng_below(&s->rng, 4);

	return gen_host_make(s, a, (enum gen_stack_name)mix[gen_rng_below(&s->rng, 8)], hops,
	    gen_rng_range(&s->rng, 60, 900) * (int64_t)GEN_US);
}

struct gen_host *
gen_host_server(struct gen_sim *s, uint32_t n, bool v6)
{
	static const uint8_t mix[8] = { GEN_LINUX, GEN_LINUX, GEN_LINUX_OLD, GEN_LINUX, GEN_WINDOWS,
		GEN_FREEBSD, GEN_LINUX, GEN_OPENBSD };
	uint32_t net = n / 200 % 2 == 0 ? 0xcb007100u : 0xc0000200u;
	struct gen_addr a = v6 ? gen_addr_v6(0x00050000, n + 10) : gen_addr_v4(net + 10 + n % 200);
	uint8_t hops = (uint8_t)gen_rng_range(&s->rng, 7, 24);

	return gen_host_make(s, a, (enum gen_stack_name)mix[gen_rng_below(&s->rng, 8)], hops,
	    gen_rng_range(&s->rng, 3000, 95000) * (int64_t)GEN_US);
}

bool
gen_sim_wants_v6(struct gen_sim *s)
{
	if (s->o.ip == GEN_IP_MIX)
		return gen_rng_chance(&s->rng, 1, 4);
	return s->o.ip == GEN_IP_6;
}

uint8_t
gen_sim_pick_link(struct gen_sim *s)
{
	if (!s->o.mixed_links)
		return s->o.link;
	return gen_rng_chance(&s->rng, 3, 4) ? GEN_LINK_ETHER
					     : (uint8_t)gen_rng_below(&s->rng, GEN_LINK_MPLS + 1);
}

uint32_t
gen_sim_iface(const struct gen_sim *s, uint16_t port)
{
	return s->o.format.interfaces > 1 ? port % s->o.format.interfaces : 0;
}
