/* Packets made from bytes, 20 bytes for each and how often it comes, with any times, lengths,
 * flags and parts open: nothing crashes, and what is found is in order, lies among what was fed,
 * and is the same with another seed. */
#include "../fuzz.h"

#include <string.h>

#include "traffic/traffic.h"

#define STEP 20u
#define PACKETS 6000u

static struct cm_host
host_of(const uint8_t *b, unsigned k)
{
	struct cm_host h = { .net = (uint8_t)(b[0] & 1 ? 6 : 4), .tied = (b[0] & 2) != 0 };

	h.addr[0] = b[k];
	h.addr[3] = b[k + 1];
	return h;
}

static struct cm_packet
packet_of(const uint8_t *b)
{
	struct cm_packet p = { .open = (uint8_t)(b[1] & 0x80 ? b[1] & 15 : CM_OPEN_ALL) };

	p.src = host_of(b, 2);
	p.dst = host_of(b, 4);
	p.proto = b[6] & 3 ? (b[6] & 1 ? 6 : 17) : b[6] & 4 ? 1 : b[6];
	p.flags = b[7];
	p.transport = (b[8] & 7) != 0;
	p.fragment = (b[8] & 8) != 0;
	p.quoted = (b[8] & 16) != 0;
	p.opts = b[8] & 32 ? CM_OPT_MSS : 0;
	p.ttl = b[9];
	p.sport = cm_get16(b + 10);
	p.dport = cm_get16(b + 12);
	p.seq = cm_get32(b + 10);
	p.window = cm_get16(b + 9);
	p.ip_len = b[9] & 1 ? UINT32_MAX : b[14];
	p.payload_len = b[14];
	p.payload = cm_span_of(b, STEP < p.payload_len ? STEP : p.payload_len);
	return p;
}

/* From one packet to the next of the same bytes: its source, ports, address go on. */
static void
vary(struct cm_packet *p, const uint8_t *b, unsigned i)
{
	if (b[15] & 1)
		cm_put16(p->src.addr + 1, (uint16_t)(i * 2654435761u >> 13));
	if (b[15] & 2)
		p->sport = (uint16_t)(p->sport + i);
	if (b[15] & 4)
		p->dport = (uint16_t)(p->dport + i);
	if (b[15] & 8)
		cm_put16(p->dst.addr + 1, (uint16_t)i);
}

static struct cm_traffic *
run(const uint8_t *data, size_t size, uint64_t seed)
{
	struct cm_traffic_params params = { .memory = (size_t)1 << 20, .thin = 1, .hash_seed = seed };
	struct cm_traffic *t = NULL;
	unsigned n = 0;
	int64_t t_ns = 0;

	params.thin = size > 0 && data[0] & 0x80 ? (uint64_t)1 << (data[0] >> 2 & 31) : 1;
	if (cm_traffic_new(&params, &t) != CM_OK)
		return NULL;
	for (; size >= STEP; data += STEP, size -= STEP) {
		unsigned times = 1u << (data[16] & 15);

		for (unsigned i = 0; i < times && n < PACKETS; i++) {
			struct cm_packet p = packet_of(data);

			t_ns = data[17] & 0x80 ? (int64_t)(cm_get64(data + 12) + i) : t_ns + data[17] * 1000 * data[18];
			p.t_ns = t_ns;
			p.id = ++n;
			vary(&p, data, i);
			if (cm_traffic_packet(t, &p) != CM_OK) {
				must(false);
				cm_traffic_free(t);
				return NULL;
			}
		}
		if (t_ns > INT64_MAX / 2 || t_ns < 0)
			t_ns = 0;
	}
	if (cm_traffic_finish(t) == CM_OK)
		return t;
	must(false);
	cm_traffic_free(t);
	return NULL;
}

static void
check(const struct cm_traffic *t, const struct cm_traffic_finding *f, const uint8_t *data)
{
	struct cm_packet p = packet_of(data);

	must(f->first != 0 && f->first <= f->last && f->last <= cm_traffic_get_stats(t)->packets);
	must(f->from_ns <= f->to_ns);
	must(f->packets > 0 && f->series != NULL && f->series->n > 0 && f->series->n <= CM_TRAFFIC_BINS);
	must(f->n_signs > 0);
	for (size_t i = 1; i < f->n_signs; i++)
		must(strcmp(f->signs[i - 1].kind->name, f->signs[i].kind->name) < 0);
	must(cm_traffic_same(f, f));
	must(cm_traffic_kind_word(f->kind) != NULL && cm_traffic_verdict_word(f->verdict) != NULL);
	(void)cm_traffic_touches(f, &p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_traffic *a = run(data, size, 1), *b = run(data, size, 0x123456789abcdefu);

	for (size_t i = 0; a != NULL && i < cm_traffic_n(a); i++)
		check(a, cm_traffic_at(a, i), data);
	if (a != NULL && b != NULL) {
		must(cm_traffic_n(a) == cm_traffic_n(b));
		for (size_t i = 0; i < cm_traffic_n(a) && i < cm_traffic_n(b); i++)
			must(cm_traffic_same(cm_traffic_at(a, i), cm_traffic_at(b, i)));
	}
	cm_traffic_free(a);
	cm_traffic_free(b);
	return 0;
}
