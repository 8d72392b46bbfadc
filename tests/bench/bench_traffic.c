/* What counting floods and scans adds to a packet, in nanoseconds of this thread: the best of
 * seven rounds, less what it takes to look at the packets.
 *
 *	bench_traffic */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traffic/traffic.h"

#define N 200000u
#define ROUNDS 7u

struct rnd {
	uint64_t state;
};

static uint64_t
rnd(struct rnd *r)
{
	uint64_t x = r->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static struct cm_host
host(uint32_t net, uint32_t n)
{
	struct cm_host h = { .net = 4 };

	cm_put32(h.addr, net | n);
	return h;
}

static struct cm_packet
base(uint32_t i, uint8_t proto)
{
	return (struct cm_packet) { .id = i + 1, .t_ns = (int64_t)i * 1000, .open = CM_OPEN_ALL, .proto = proto,
		.transport = true, .ttl = 60, .ip_len = 600, .window = 512 };
}

/* Twelve thousand connections of some hundred clients with a thousand servers: mostly data and
 * acknowledgements, both ways; a tenth DNS and other UDP. */
static struct cm_packet
ordinary(struct rnd *r, uint32_t i)
{
	uint32_t flow = (uint32_t)(rnd(r) % 12000), kind = (uint32_t)(rnd(r) % 100);
	struct cm_packet p = base(i, kind < 10 ? 17 : 6);
	bool out = kind % 2 == 0;

	p.src = host(0x0a000000, flow % 300);
	p.dst = host(0xc6336400, flow % 1000);
	p.sport = (uint16_t)(20000 + flow);
	p.dport = kind < 10 ? (kind < 5 ? 53 : 443) : 443;
	p.flags = CM_TCP_ACK;
	p.payload_len = kind % 3 == 0 ? 0 : 500;
	if (kind == 98)
		p.flags = CM_TCP_SYN;
	if (kind == 99)
		p.flags = CM_TCP_SYN | CM_TCP_ACK;
	if (!out) {
		struct cm_host h = p.src;

		p.src = p.dst;
		p.dst = h;
		p.dport = p.sport;
		p.sport = 443;
	}
	return p;
}

static struct cm_packet
syn_flood(struct rnd *r, uint32_t i)
{
	struct cm_packet p = base(i, 6);

	p.src = host(0, (uint32_t)rnd(r));
	p.dst = host(0xc0000200, 1);
	p.sport = (uint16_t)rnd(r);
	p.dport = 80;
	p.flags = CM_TCP_SYN;
	p.ip_len = 40;
	return p;
}

static struct cm_packet
amplification(struct rnd *r, uint32_t i)
{
	struct cm_packet p = base(i, 17);

	p.src = host(0, (uint32_t)(rnd(r) % 5000) * 7919);
	p.dst = host(0xc0000200, 1);
	p.sport = 123;
	p.dport = (uint16_t)rnd(r);
	p.ip_len = 468;
	return p;
}

static struct cm_packet
scan(struct rnd *r, uint32_t i)
{
	struct cm_packet p = base(i, 6);

	p.src = host(0xc6336400, 1);
	p.dst = host(0x0a000000, (uint32_t)rnd(r) & 0xffff);
	p.sport = 40000;
	p.dport = (uint16_t)(rnd(r) % 1000);
	p.flags = CM_TCP_SYN;
	p.ip_len = 44;
	return p;
}

static double
round_of(const struct cm_packet *at, struct cm_traffic *t)
{
	struct timespec a, b;
	uint64_t sum = 0;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (uint32_t i = 0; i < N; i++) {
		struct cm_packet p = at[i];

		if (t == NULL)
			sum += p.id + p.src.addr[3] + p.dst.addr[3] + p.payload_len;
		else if (cm_traffic_packet(t, &p) != CM_OK)
			abort();
		__asm__ volatile("" : : "r"(&p), "r"(sum) : "memory");
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / N;
}

static void
measure(const char *name, struct cm_packet (*make)(struct rnd *, uint32_t))
{
	struct cm_packet *at = malloc(N * sizeof(*at));
	struct rnd r = { 1 };
	double bare = 1e9, best = 1e9;

	if (at == NULL)
		abort();
	for (uint32_t i = 0; i < N; i++)
		at[i] = make(&r, i);
	for (unsigned k = 0; k < ROUNDS; k++) {
		struct cm_traffic_params params = cm_traffic_params_default();
		struct cm_traffic *t;
		double ns;

		params.hash_seed = 12345;
		if (cm_traffic_new(&params, &t) != CM_OK)
			abort();
		ns = round_of(at, NULL);
		bare = ns < bare ? ns : bare;
		(void)round_of(at, t); /* tables are touched for the first time */
		ns = round_of(at, t);
		best = ns < best ? ns : best;
		cm_traffic_free(t);
	}
	printf("%-14s %6.1f ns a packet (%.1f without, taken off)\n", name, best - bare, bare);
	free(at);
}

int
main(void)
{
	measure("ordinary", ordinary);
	measure("syn flood", syn_flood);
	measure("amplification", amplification);
	measure("scan", scan);
	return 0;
}
