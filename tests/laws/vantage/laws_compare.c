/* Laws of the comparison, on made-up connections over a way that loses, doubles and reorders:
 *
 *   honest    what only a way did accuses nobody;
 *   swap      A and B for each other swap everything;
 *   shift     another clock at B changes nothing but the offset;
 *   gap       packets taken out of B's capture, among them one that leaves a hole, make nothing born;
 *   forged    one packet from another hand, put in anywhere at A, is born, and nothing else is;
 *   order     the clocks' sketch does not depend on the order of packets. */
#include <stdlib.h>
#include <string.h>

#include "../../unit/vantage/made.h"
#include "../gen.h"

#define ACK CM_TCP_ACK

/* Of one connection under way. */
struct talk {
	uint32_t seq[2]; /* next of client and server */
	uint16_t cport;
	bool open;
	uint32_t hole_at; /* stream place of a server's segment in the midst; 0: none */
};

enum { TALKS = 4, SEGMENT = 700 };

static struct made *
begin(struct gen *g)
{
	struct made *m = malloc(sizeof(*m));

	if (m == NULL)
		abort();
	made_init(m);
	m->hops = 1 + (int)gen_below(g, 20);
	m->skew = (int64_t)gen_below(g, 20000000000u) - 10000000000;
	return m;
}

static void
open_talk(struct made *m, struct gen *g, struct talk *t, unsigned nth)
{
	t->cport = (uint16_t)(30000 + nth);
	t->seq[0] = (uint32_t)gen_u64(g);
	t->seq[1] = (uint32_t)gen_u64(g);
	t->open = true;
	m->cport = t->cport;
	made_tcp(m, 0, CM_TCP_SYN, t->seq[0]++, 0, NULL, 0, AT_BOTH);
	made_tcp(m, 1, CM_TCP_SYN | ACK, t->seq[1]++, t->seq[0], NULL, 0, AT_BOTH);
	made_tcp(m, 0, ACK, t->seq[0], t->seq[1], NULL, 0, AT_BOTH);
}

/* Lost on the way it is seen at its sender's side, and sent again. */
static void
send(struct made *m, struct gen *g, struct talk *t, unsigned from)
{
	uint8_t data[SEGMENT];
	size_t len = 1 + gen_below(g, SEGMENT);
	unsigned near = from == 0 ? AT_A : AT_B;

	gen_bytes(g, data, len);
	m->cport = t->cport;
	while (gen_one_in(g, 6))
		made_tcp(m, from, ACK, t->seq[from], t->seq[!from], data, len, near);
	made_tcp(m, from, ACK, t->seq[from], t->seq[!from], data, len, AT_BOTH);
	t->seq[from] += (uint32_t)len;
	if (gen_one_in(g, 12))
		made_tcp(m, from, ACK, t->seq[from] - (uint32_t)len, t->seq[!from], data, len, AT_BOTH);
	if (gen_one_in(g, 2))
		made_tcp(m, !from, ACK, t->seq[!from], t->seq[from], NULL, 0, gen_one_in(g, 5) ? AT_BOTH ^ near : AT_BOTH);
	if (gen_one_in(g, 10) && m->n[0] > 1 && m->n[1] > 1)
		m->now -= 3 * MADE_WAY; /* the next overtakes */
}

static void
close_talk(struct made *m, struct gen *g, struct talk *t)
{
	m->cport = t->cport;
	t->open = false;
	if (gen_one_in(g, 4)) {
		made_tcp(m, 0, CM_TCP_RST | ACK, t->seq[0], t->seq[1], NULL, 0, AT_BOTH);
		return;
	}
	made_tcp(m, 1, ACK | CM_TCP_FIN, t->seq[1]++, t->seq[0], NULL, 0, AT_BOTH);
	made_tcp(m, 0, ACK | CM_TCP_FIN, t->seq[0]++, t->seq[1], NULL, 0, AT_BOTH);
	made_tcp(m, 1, ACK, t->seq[1], t->seq[0], NULL, 0, AT_BOTH);
}

static struct made *
make(struct gen *g)
{
	struct made *m = begin(g);
	struct talk talk[TALKS] = { 0 };
	unsigned n = 1 + (unsigned)gen_below(g, TALKS);

	for (unsigned i = 0; i < n; i++)
		open_talk(m, g, &talk[i], i);
	for (uint64_t k = 0; k < 4 + g->size; k++) {
		struct talk *t = &talk[gen_below(g, n)];

		if (t->open)
			send(m, g, t, gen_one_in(g, 3) ? 0 : 1);
		if (t->open && gen_one_in(g, 40))
			close_talk(m, g, t);
	}
	for (unsigned i = 0; i < n; i++)
		if (talk[i].open)
			close_talk(m, g, &talk[i]);
	m->cport = 29999;
	made_tcp(m, 0, CM_TCP_SYN, 1, 0, NULL, 0, AT_BOTH);
	made_tcp(m, 1, CM_TCP_RST | ACK, 0, 2, NULL, 0, AT_BOTH);
	return m;
}

static uint64_t
accused(const struct cm_compare_result *r)
{
	return r->count[CM_BETWEEN_BORN] + r->count[CM_BETWEEN_SUPPRESSED] + r->count[CM_BETWEEN_REWRITTEN];
}

static const char *
first_why(const struct cm_compare_result *r)
{
	return r->n_findings == 0 ? "-" : r->findings[0].why;
}

static bool
honest(struct gen *g)
{
	struct made *m = make(g);
	struct cm_compare *c = made_compare(m);
	const struct cm_compare_result *r = c == NULL ? NULL : cm_compare_result(c);
	bool ok = r != NULL && accused(r) == 0 && r->evicted == 0 &&
	    r->dir[0].both + r->dir[0].only_a + r->dir[1].both + r->dir[1].only_a + r->outside + r->copies >= m->n[0] &&
	    r->dir[0].hops_usual == m->hops && r->dir[1].hops_usual == m->hops;

	if (!ok && r != NULL)
		gen_fail(g, "%llu accused: %s", (unsigned long long)accused(r), first_why(r));
	cm_compare_free(c);
	free(m);
	return ok;
}

static void
swap(struct made *m)
{
	struct cm_packet *p = malloc(sizeof(m->p[0]));
	size_t n = m->n[0];

	if (p == NULL)
		abort();
	memcpy(p, m->p[0], sizeof(m->p[0]));
	memcpy(m->p[0], m->p[1], sizeof(m->p[0]));
	memcpy(m->p[1], p, sizeof(m->p[0]));
	m->n[0] = m->n[1];
	m->n[1] = n;
	for (unsigned place = 0; place < 2; place++)
		for (size_t i = 0; i < m->n[place]; i++)
			m->p[place][i].id = cm_packet_id_of(place, cm_packet_frame(m->p[place][i].id));
	m->skew = -m->skew;
	free(p);
}

/* Something forged, something rewritten, somewhere. */
static void
disturb(struct made *m, struct gen *g)
{
	for (unsigned i = 0; i < 3; i++) {
		size_t at = 3 + gen_below(g, m->n[0] - 3);
		struct cm_packet p = m->p[0][at];

		if (p.payload_len > 2)
			p.payload = cm_span_of(m->bytes + gen_below(g, 100), p.payload.len);
		p.ttl = (uint8_t)(p.ttl - 3 * i);
		p.ipid = (uint16_t)(p.ipid + i * 1000);
		p.t_ns += 1000;
		p.id = cm_packet_id_of(0, m->n[0] + 1);
		m->p[0][m->n[0]++] = p;
	}
}

static bool
same_way(const struct cm_compare_direction *x, const struct cm_compare_direction *y)
{
	return x->both == y->both && x->only_a == y->only_b && x->only_b == y->only_a &&
	    x->hops_usual == y->hops_usual && x->hops_least == y->hops_least && x->hops_most == y->hops_most;
}

/* A bound that there is, so much later; one that there is not is 0. */
static int64_t
moved(int64_t bound, int64_t by)
{
	return bound == INT64_MIN || bound == INT64_MAX ? 0 : bound + by;
}

static bool
swapped(struct gen *g, const struct cm_compare_result *x, const struct cm_compare_result *y)
{
	for (unsigned k = 0; k < 5; k++)
		if (x->count[k] != y->count[k])
			return gen_fail(g, "count %u: %llu, %llu", k, (unsigned long long)x->count[k],
			    (unsigned long long)y->count[k]);
	if (!same_way(&x->dir[0], &y->dir[1]) || !same_way(&x->dir[1], &y->dir[0]))
		return gen_fail(g, "ways");
	if (x->clock.how != y->clock.how || moved(x->clock.least_ns, 0) != -moved(y->clock.most_ns, 0) ||
	    moved(x->clock.most_ns, 0) != -moved(y->clock.least_ns, 0))
		return gen_fail(g, "clocks");
	return x->n_findings == y->n_findings && x->flows_both == y->flows_both && x->copies == y->copies &&
	    x->holes[0] == y->holes[1] && x->holes[1] == y->holes[0];
}

static bool
swap_law(struct gen *g)
{
	struct made *m = make(g);
	struct cm_compare *c, *d;
	bool ok;

	disturb(m, g);
	c = made_compare(m);
	swap(m);
	d = made_compare(m);
	ok = c != NULL && d != NULL && swapped(g, cm_compare_result(c), cm_compare_result(d));
	cm_compare_free(c);
	cm_compare_free(d);
	free(m);
	return ok;
}

static bool
same_findings(const struct cm_compare_result *x, const struct cm_compare_result *y)
{
	if (x->n_findings != y->n_findings)
		return false;
	for (size_t i = 0; i < x->n_findings; i++) {
		const struct cm_compare_finding *a = &x->findings[i], *b = &y->findings[i];

		if (a->what != b->what || a->n_frames[0] != b->n_frames[0] || a->n_frames[1] != b->n_frames[1] ||
		    a->why != b->why)
			return false;
		for (unsigned k = 0; k < 2; k++)
			if (a->n_frames[k] > 0 &&
			    memcmp(a->frames[k], b->frames[k], a->n_frames[k] * sizeof(cm_packet_id)) != 0)
				return false;
	}
	return true;
}

static bool
shift(struct gen *g)
{
	struct made *m = make(g);
	struct cm_compare *c, *d;
	const struct cm_compare_result *x, *y;
	int64_t by = (int64_t)gen_below(g, 7200000000000u) - 3600000000000;
	bool ok;

	disturb(m, g);
	c = made_compare(m);
	for (size_t i = 0; i < m->n[1]; i++)
		m->p[1][i].t_ns += by;
	m->skew += by;
	d = made_compare(m);
	if (c == NULL || d == NULL)
		return gen_fail(g, "no memory");
	x = cm_compare_result(c);
	y = cm_compare_result(d);
	ok = same_findings(x, y) && x->dir[0].both == y->dir[0].both && x->dir[1].only_a == y->dir[1].only_a;
	if (moved(x->clock.least_ns, by) != moved(y->clock.least_ns, 0) ||
	    moved(x->clock.most_ns, by) != moved(y->clock.most_ns, 0) || x->clock.middle_ns + by != y->clock.middle_ns)
		ok = gen_fail(g, "the offset did not move by %lld", (long long)by);
	cm_compare_free(c);
	cm_compare_free(d);
	free(m);
	return ok;
}

/* A segment of the server that was sent once, and behind which the server sent more that B keeps. */
static bool
is_midst(const struct made *m, const struct cm_packet *p)
{
	bool more = false;
	unsigned times = 0;

	if (p->sport != m->sport || p->payload_len == 0)
		return false;
	for (size_t i = 0; i < m->n[1]; i++) {
		const struct cm_packet *q = &m->p[1][i];

		if (q->sport != m->sport || q->dport != p->dport)
			continue;
		times += q->payload_len > 0 && q->seq == p->seq;
		more |= q->payload_len > 0 && (int32_t)(q->seq - p->seq) > 0 && (int32_t)(q->seq - p->seq) < 1 << 24;
	}
	return more && times == 1;
}

static void
remove_at(struct made *m, size_t at)
{
	memmove(&m->p[1][at], &m->p[1][at + 1], (m->n[1] - at - 1) * sizeof(m->p[1][0]));
	m->n[1]--;
}

/* The hole is made last: what shows it stays. */
static bool
make_gaps(struct made *m, struct gen *g)
{
	uint64_t one_in = 2 + gen_below(g, 20);
	size_t n = 0;

	for (size_t i = 0; i < m->n[1]; i++)
		if (i < 3 || i + 2 >= m->n[1] || !gen_one_in(g, one_in))
			m->p[1][n++] = m->p[1][i];
	m->n[1] = n;
	for (size_t i = 3; i + 2 < m->n[1]; i++)
		if (is_midst(m, &m->p[1][i])) {
			remove_at(m, i);
			return true;
		}
	return false;
}

static bool
gap(struct gen *g)
{
	struct made *m = make(g);
	struct cm_compare *c;
	const struct cm_compare_result *r;
	bool ok = true;

	if (make_gaps(m, g)) {
		c = made_compare(m);
		r = c == NULL ? NULL : cm_compare_result(c);
		ok = r != NULL && r->holes[1] > 0 && r->count[CM_BETWEEN_BORN] == 0 && r->count[CM_BETWEEN_REWRITTEN] == 0;
		if (!ok && r != NULL)
			gen_fail(g, "%llu holes, %llu born: %s", (unsigned long long)r->holes[1],
			    (unsigned long long)r->count[CM_BETWEEN_BORN], first_why(r));
		cm_compare_free(c);
	}
	free(m);
	return ok;
}

static bool
forged(struct gen *g)
{
	struct made *m = make(g);
	struct cm_compare *c;
	const struct cm_compare_result *r;
	size_t at = 3 + gen_below(g, m->n[0] - 5);
	struct cm_packet p = m->p[0][at];
	bool ok;

	/* As if from the server, in a flow that goes on. */
	if (p.sport != m->sport) {
		free(m);
		return true;
	}
	p.flags = gen_one_in(g, 3) ? CM_TCP_RST : ACK;
	p.ttl = (uint8_t)(p.ttl + 1 + gen_below(g, 30));
	p.ipid = (uint16_t)gen_u64(g);
	p.payload = cm_span_of(m->bytes, (p.flags & CM_TCP_RST) != 0 ? 0 : 100);
	p.payload_len = (uint32_t)p.payload.len;
	p.t_ns += 5;
	p.id = cm_packet_id_of(0, m->n[0] + 1);
	m->p[0][m->n[0]++] = p;
	c = made_compare(m);
	r = c == NULL ? NULL : cm_compare_result(c);
	ok = r != NULL && made_finding(c, CM_BETWEEN_BORN, 0, cm_packet_frame(p.id)) != NULL && accused(r) == 1;
	if (!ok && r != NULL)
		gen_fail(g, "%llu accused: %s", (unsigned long long)accused(r), first_why(r));
	cm_compare_free(c);
	free(m);
	return ok;
}

static bool
order(struct gen *g)
{
	struct made *m = make(g);
	struct cm_offset a = made_offset(m), b;

	for (size_t i = m->n[0] - 1; i > 0; i--) {
		size_t k = gen_below(g, i + 1);
		struct cm_packet p = m->p[0][i];

		m->p[0][i] = m->p[0][k];
		m->p[0][k] = p;
	}
	b = made_offset(m);
	free(m);
	return a.how == b.how && a.least_ns == b.least_ns && a.most_ns == b.most_ns && a.matched == b.matched &&
	    a.misfits == b.misfits;
}

int
main(void)
{
	const struct law laws[] = {
		{ "what only a way did accuses nobody", honest, 150, 250 },
		{ "A and B for each other swap everything", swap_law, 100, 250 },
		{ "another clock changes nothing but the offset", shift, 100, 250 },
		{ "a capture that shows that it drops makes nothing born", gap, 200, 250 },
		{ "one packet from another hand is born, and nothing else", forged, 150, 250 },
		{ "the clocks do not depend on the order of packets", order, 60, 250 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
