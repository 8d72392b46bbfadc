#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

#define MS INT64_C(1000000)

void
wire_start(struct wire *w)
{
	memset(w, 0, sizeof(*w));
	w->timestamps = true;
	w->t_ns = INT64_C(1600000000000000000);
	w->ipid[CLIENT] = 1000;
	w->ipid[SERVER] = 20000;
	wire_flow(w, 40001);
}

void
wire_flow(struct wire *w, uint16_t port)
{
	w->port = port;
	w->isn[CLIENT] = 1000000u + port * 7919u;
	w->isn[SERVER] = 0xffffff00u + port * 104729u;
}

static struct cm_packet *
make(struct wire *w, unsigned from)
{
	struct cm_packet *p = &w->p[w->n];

	assert_true(w->n < WIRE_MAX);
	w->t_ns += MS;
	*p = (struct cm_packet) {
		.id = cm_packet_id_of(0, w->n + 1),
		.t_ns = w->t_ns,
		.open = CM_OPEN_ALL,
		.src = { .addr = { from == CLIENT ? 10 : 198, 1 }, .net = w->ipv6 ? 6 : 4 },
		.dst = { .addr = { from == CLIENT ? 198 : 10, 1 }, .net = w->ipv6 ? 6 : 4 },
		.ttl = from == CLIENT ? 64 : 52,
		.df = !w->ipv6,
		.ipid = w->ipv6 ? 0 : w->ipid[from]++,
		.checksum = CM_CSUM_GOOD,
	};
	p->payload.ptr = w->bytes[w->n++];
	return p;
}

struct cm_packet *
wire_tcp(struct wire *w, unsigned from, uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct cm_packet *p = make(w, from);

	p->proto = 6;
	p->sport = from == CLIENT ? w->port : 80;
	p->dport = from == CLIENT ? 80 : w->port;
	p->flags = flags;
	p->seq = w->isn[from] + seq;
	p->ack = (flags & CM_TCP_ACK) != 0 ? w->isn[!from] + ack : 0;
	p->window = 500;
	if (w->timestamps && (flags & CM_TCP_RST) == 0) {
		p->opts = CM_OPT_TS;
		p->tsval = 5000 + w->n + (from == SERVER ? 900000 : 0);
		p->tsecr = 5000 + w->n + (from == SERVER ? 0 : 900000);
	}
	return p;
}

void
wire_fill(struct wire *w, struct cm_packet *p, uint8_t byte, uint32_t len)
{
	memset(w->bytes[p - w->p], byte, len);
	p->payload_len = len;
	p->payload.len = len;
}

struct cm_packet *
wire_data(struct wire *w, unsigned from, uint32_t seq, uint32_t ack, const char *text)
{
	struct cm_packet *p = wire_tcp(w, from, CM_TCP_ACK | CM_TCP_PSH, seq, ack);

	p->payload_len = (uint32_t)strlen(text);
	p->payload.len = p->payload_len;
	memcpy(w->bytes[p - w->p], text, p->payload_len);
	return p;
}

void
wire_handshake(struct wire *w)
{
	wire_tcp(w, CLIENT, CM_TCP_SYN, 0, 0)->opts |= CM_OPT_MSS | CM_OPT_SACK_OK;
	wire_tcp(w, SERVER, CM_TCP_SYN | CM_TCP_ACK, 0, 1)->opts |= CM_OPT_MSS | CM_OPT_SACK_OK;
	wire_tcp(w, CLIENT, CM_TCP_ACK, 1, 1);
}

struct cm_packet *
wire_dns(struct wire *w, unsigned from, uint16_t id, const char *name, uint16_t qtype, uint32_t address)
{
	struct cm_packet *p = make(w, from);
	uint8_t *b = w->bytes[p - w->p];
	size_t n = 12, len = strlen(name);

	p->proto = 17;
	p->sport = from == CLIENT ? w->port : 53;
	p->dport = from == CLIENT ? 53 : w->port;
	cm_put16(b, id);
	cm_put16(b + 2, from == CLIENT ? 0x0100 : 0x8180);
	cm_put16(b + 4, 1);
	cm_put16(b + 6, from == CLIENT ? 0 : 1);
	b[n++] = (uint8_t)len;
	memcpy(b + n, name, len);
	n += len;
	b[n++] = 0;
	cm_put16(b + n, qtype);
	cm_put16(b + n + 2, 1);
	n += 4;
	if (from == SERVER) {
		cm_put16(b + n, 0xc00c);
		cm_put16(b + n + 2, 1);
		cm_put16(b + n + 4, 1);
		cm_put32(b + n + 6, 60);
		cm_put16(b + n + 10, 4);
		cm_put32(b + n + 12, address);
		n += 16;
	}
	p->payload_len = (uint32_t)n;
	p->payload.len = n;
	return p;
}

const struct cm_engine *
wire_judge(struct wire *w)
{
	struct cm_params params = cm_params_default();

	assert_int_equal(cm_engine_new(&params, &w->engine), CM_OK);
	for (unsigned i = 0; i < w->n; i++)
		assert_int_equal(cm_engine_packet(w->engine, &w->p[i], true), CM_OK);
	assert_int_equal(cm_engine_finish(w->engine), CM_OK);
	return w->engine;
}

void
wire_end(struct wire *w)
{
	cm_engine_free(w->engine);
	w->engine = NULL;
}

const struct cm_incident *
wire_only(struct wire *w)
{
	assert_int_equal(cm_engine_count(wire_judge(w)), 1);
	return cm_engine_incident(w->engine, 0);
}

bool
wire_has_cue(const struct cm_incident *x, const char *name)
{
	for (size_t i = 0; i < x->n_cues; i++)
		if (strcmp(x->cues[i].kind->name, name) == 0)
			return true;
	return false;
}

bool
wire_is(const struct cm_ids *ids, size_t n, const unsigned *frames)
{
	if (ids->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (cm_packet_frame(ids->id[i]) != frames[i])
			return false;
	return true;
}
