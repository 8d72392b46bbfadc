/* What a flow and a segment take up, measured: the memory of the process before and after.
 *
 *	bench_flows
 *
 * Flows are made without a file; payloads are borrowed, as those of a mapped capture are, or
 * copied, as those of a pipe.  The last lines say how many idle flows a budget holds before the
 * first is judged early. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture/flow.h"

static const uint8_t bytes[1460];

static enum cm_result
ignore(void *arg, const struct cm_flow_view *v)
{
	(void)arg;
	(void)v;
	return CM_OK;
}

/* Resident bytes of this process that belong to no file. */
static size_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long all, here, shared;

	if (f == NULL || fscanf(f, "%lu %lu %lu", &all, &here, &shared) != 3)
		abort();
	fclose(f);
	return (here - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

static struct cm_flow_table *
table(size_t memory)
{
	struct cm_flow_limits limits = { memory, 2048, 0 };
	struct cm_flow_table *t;

	if (cm_flow_table_new(&limits, ignore, NULL, &t) != CM_OK)
		abort();
	return t;
}

/* Packet number ${k} of flow number ${i}. */
static struct cm_packet
packet(uint32_t i, uint32_t k, uint8_t proto, uint32_t payload)
{
	struct cm_packet p = { .id = i, .t_ns = 1, .open = CM_OPEN_ALL, .proto = proto };

	p.src = (struct cm_host) { .addr = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i }, .net = 4 };
	p.dst = (struct cm_host) { .addr = { 192, 0, 2, 1 }, .net = 4 };
	p.sport = 40000;
	p.dport = 443;
	p.flags = CM_TCP_ACK;
	p.seq = k;
	p.payload_len = payload;
	p.payload = cm_span_of(bytes, payload);
	return p;
}

static void
fill(struct cm_flow_table *t, uint32_t flows, uint32_t each, uint8_t proto, uint32_t payload, bool stays)
{
	for (uint32_t k = 0; k < each; k++)
		for (uint32_t i = 0; i < flows; i++) {
			struct cm_packet p = packet(i, k, proto, payload);

			if (cm_flow_table_packet(t, &p, stays) != CM_OK)
				abort();
		}
}

static void
measure(const char *what, uint32_t flows, uint32_t each, uint8_t proto, uint32_t payload, bool stays)
{
	struct cm_flow_table *t = table((size_t)64 << 30);
	size_t before, after;

	malloc_trim(0);
	before = resident();
	fill(t, flows, each, proto, payload, stays);
	after = resident();
	printf("%-44s %8.1f bytes a flow", what, (double)(after - before) / flows);
	if (each > 0 && proto == 6)
		printf(" %8.1f a segment", (double)(after - before) / flows / each);
	printf("\n");
	cm_flow_table_free(t);
}

/* Idle flows of ${each} segments until one is judged early. */
static void
hold(size_t mib, uint32_t each)
{
	struct cm_flow_table *t = table((mib << 20) / 8 * 5); /* as the engine divides it */
	size_t before;
	uint32_t i = 0;

	malloc_trim(0);
	before = resident();
	while (cm_flow_table_stats(t)->evicted == 0)
		for (uint32_t n = 0; n < 1024; n++, i++)
			for (uint32_t k = 0; k < each; k++) {
				struct cm_packet p = packet(i, k, 6, 0);

				if (cm_flow_table_packet(t, &p, true) != CM_OK)
					abort();
			}
	printf("%4zu MiB for all, %u segment%s a flow: %8.3f million idle flows, %zu MiB resident\n", mib, each,
	    each == 1 ? "" : "s", i * 1e-6, (resident() - before) >> 20);
	cm_flow_table_free(t);
}

int
main(void)
{
	printf("a segment is %zu bytes, a packet %zu\n", sizeof(struct cm_segment), sizeof(struct cm_packet));
	measure("idle, UDP (counted only)", 1000000, 1, 17, 0, true);
	measure("idle, 1 segment", 1000000, 1, 6, 0, true);
	measure("idle, 2 segments", 1000000, 2, 6, 0, true);
	measure("idle, handshake (3 segments)", 1000000, 3, 6, 0, true);
	measure("8 segments", 500000, 8, 6, 0, true);
	measure("70 segments", 50000, 70, 6, 1460, true);
	measure("2,000 segments", 1000, 2000, 6, 1460, true);
	measure("40 segments of 1,460 bytes, copied", 20000, 40, 6, 1460, false);
	for (size_t mib = 8; mib <= 512; mib *= 4)
		hold(mib, 1);
	hold(424, 1);
	hold(512, 1);
	hold(512, 3);
	return 0;
}
