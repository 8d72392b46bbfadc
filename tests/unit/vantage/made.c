#include <stdlib.h>
#include <string.h>

#include "made.h"

void
made_init(struct made *m)
{
	memset(m, 0, sizeof(*m));
	m->now = INT64_C(1700000000000000000);
	m->skew = 3250000123;
	m->hops = 5;
	m->client = (struct cm_host) { .addr = { 192, 0, 2, 1 }, .net = 4 };
	m->server = (struct cm_host) { .addr = { 198, 51, 100, 7 }, .net = 4 };
	m->cport = 40000;
	m->sport = 80;
	m->ipid[0] = 100;
	m->ipid[1] = 60000;
	m->memory = 8 << 20;
}

static struct cm_packet
base(struct made *m, unsigned from, const void *data, size_t len)
{
	struct cm_packet p = { .open = CM_OPEN_ALL, .transport = true, .df = true, .ttl = 60, .ipid = m->ipid[from]++,
		.payload_len = (uint32_t)len, .checksum = CM_CSUM_GOOD };

	if (m->used + len > sizeof(m->bytes) || m->n[0] >= MADE_MAX || m->n[1] >= MADE_MAX)
		abort();
	if (len > 0)
		memcpy(m->bytes + m->used, data, len);
	p.payload = cm_span_of(m->bytes + m->used, len);
	m->used += len;
	p.src = from == 0 ? m->client : m->server;
	p.dst = from == 0 ? m->server : m->client;
	p.sport = from == 0 ? m->cport : m->sport;
	p.dport = from == 0 ? m->sport : m->cport;
	return p;
}

static void
put(struct made *m, unsigned from, const struct cm_packet *p, unsigned where)
{
	for (unsigned place = 0; place < 2; place++) {
		struct cm_packet q = *p;

		if ((where & 1u << place) == 0)
			continue;
		q.id = cm_packet_id_of(place, m->n[place] + 1);
		q.t_ns = m->now + (place == from ? 0 : MADE_WAY) + (place == 1 ? m->skew : 0);
		if (place != from)
			q.ttl = (uint8_t)(q.ttl - m->hops);
		m->p[place][m->n[place]++] = q;
	}
	m->now += MADE_STEP;
}

void
made_tcp(struct made *m, unsigned from, unsigned flags, uint32_t seq, uint32_t ack, const void *data, size_t len,
    unsigned where)
{
	struct cm_packet p = base(m, from, data, len);

	p.proto = 6;
	p.flags = (uint8_t)flags;
	p.seq = seq;
	p.ack = ack;
	p.window = 500;
	p.ip_len = (uint32_t)(40 + len);
	if ((flags & CM_TCP_SYN) != 0) {
		p.opts = CM_OPT_MSS;
		p.mss = 1460;
		p.opt_layout = 77;
	}
	put(m, from, &p, where);
}

void
made_udp(struct made *m, unsigned from, const void *data, size_t len, unsigned where)
{
	struct cm_packet p = base(m, from, data, len);

	p.proto = 17;
	p.ip_len = (uint32_t)(28 + len);
	put(m, from, &p, where);
}

void
made_handshake(struct made *m)
{
	made_tcp(m, 0, CM_TCP_SYN, 1000, 0, NULL, 0, AT_BOTH);
	made_tcp(m, 1, CM_TCP_SYN | CM_TCP_ACK, 5000, 1001, NULL, 0, AT_BOTH);
	made_tcp(m, 0, CM_TCP_ACK, 1001, 5001, NULL, 0, AT_BOTH);
}

struct cm_packet *
made_last(struct made *m, unsigned place)
{
	return &m->p[place][m->n[place] - 1];
}

struct cm_offset
made_offset(const struct made *m)
{
	struct cm_offset o = { .starved = true };
	struct cm_clock *c[2] = { NULL, NULL };

	if (cm_clock_new(&c[0]) == CM_OK && cm_clock_new(&c[1]) == CM_OK) {
		for (unsigned place = 0; place < 2; place++)
			for (size_t i = 0; i < m->n[place]; i++)
				cm_clock_packet(c[place], &m->p[place][i]);
		o = cm_clock_offset(c[0], c[1]);
	}
	cm_clock_free(c[0]);
	cm_clock_free(c[1]);
	return o;
}

static int
by_time(const void *a, const void *b)
{
	const struct cm_packet *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

struct cm_compare *
made_compare(struct made *m)
{
	struct cm_compare_params params = { .memory = m->memory, .hash_seed = 42, .clock = made_offset(m) };
	struct cm_compare *c = NULL;
	size_t at[2] = { 0, 0 };
	enum cm_result rc = cm_compare_new(&params, &c);

	for (unsigned place = 0; place < 2; place++)
		qsort(m->p[place], m->n[place], sizeof(m->p[place][0]), by_time);
	while (rc == CM_OK && (at[0] < m->n[0] || at[1] < m->n[1])) {
		unsigned next = at[0] == m->n[0] ||
		    (at[1] < m->n[1] && m->p[1][at[1]].t_ns - m->skew < m->p[0][at[0]].t_ns);

		rc = cm_compare_packet(c, next == 0 ? CM_PLACE_A : CM_PLACE_B, &m->p[next][at[next]]);
		at[next]++;
	}
	if (rc == CM_OK)
		rc = cm_compare_finish(c);
	if (rc == CM_OK)
		return c;
	cm_compare_free(c);
	return NULL;
}

const struct cm_compare_finding *
made_finding(const struct cm_compare *c, enum cm_between what, unsigned place, uint64_t frame)
{
	const struct cm_compare_result *r = cm_compare_result(c);

	for (size_t i = 0; i < r->n_findings; i++)
		for (size_t k = 0; k < r->findings[i].n_frames[place]; k++)
			if (r->findings[i].what == what && cm_packet_frame(r->findings[i].frames[place][k]) == frame)
				return &r->findings[i];
	return NULL;
}
