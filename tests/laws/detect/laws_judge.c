/* Laws of judging, on made-up flows, most of them odd: what a judge may leave out, and what
 * it may bring back, changes nothing.
 *
 *   signs     a walk that is spared would have marked nothing;
 *   again     what is brought back is what judging anew gives, with and without hosts;
 *   reset     an engine that was used before says what a new one says. */
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "detect/engine_state.h"
#include "detect/judged.h"

#define SEGS_MAX 160u
#define BYTES 512u

struct made {
	struct cm_flow_view v;
	struct cm_segment seg[SEGS_MAX];
	uint8_t bytes[BYTES];
};

/* What a direction does until something goes wrong. */
struct sender {
	uint32_t seq, ack, ts;
	uint16_t id;
	uint8_t ttl, opts;
	bool df;
};

static struct sender
make_sender(struct gen *g)
{
	return (struct sender) {
		.seq = gen_one_in(g, 3) ? UINT32_MAX - (uint32_t)gen_below(g, 3000) : (uint32_t)gen_u64(g),
		.ack = (uint32_t)gen_u64(g),
		.ts = gen_one_in(g, 4) ? UINT32_MAX - (uint32_t)gen_below(g, 100) : (uint32_t)gen_u64(g),
		.id = (uint16_t)gen_u64(g),
		.ttl = (uint8_t)(40 + gen_below(g, 60)),
		.opts = gen_one_in(g, 2) ? CM_OPT_TS : 0,
		.df = gen_one_in(g, 2),
	};
}

static uint8_t
make_flags(struct gen *g, uint32_t nth)
{
	if (nth < 2 && !gen_one_in(g, 4))
		return nth == 0 ? CM_TCP_SYN : CM_TCP_SYN | CM_TCP_ACK;
	if (nth < 6 && gen_one_in(g, 5))
		return CM_TCP_SYN | CM_TCP_ACK;
	if (gen_one_in(g, 25))
		return CM_TCP_RST | (gen_one_in(g, 2) ? CM_TCP_ACK : 0);
	if (gen_one_in(g, 40))
		return (uint8_t)gen_u64(g);
	return CM_TCP_ACK | (gen_one_in(g, 2) ? CM_TCP_PSH : 0) | (gen_one_in(g, 15) ? CM_TCP_FIN : 0);
}

/* One field is not what the sender would have written. */
static void
spoil(struct gen *g, struct cm_segment *s)
{
	switch (gen_below(g, 12)) {
	case 0:
		s->ttl = (uint8_t)(s->ttl + 1 + gen_below(g, 12));
		return;
	case 1:
		s->df = !s->df;
		return;
	case 2:
		s->ipid = gen_one_in(g, 2) ? 0x1234 : (uint16_t)(s->ipid - gen_below(g, 5));
		return;
	case 3:
		s->seq -= (uint32_t)gen_below(g, 40);
		return;
	case 4:
		s->seq = (uint32_t)gen_u64(g);
		return;
	case 5:
		s->ack -= (uint32_t)gen_below(g, 60);
		return;
	case 6:
		s->ack = (uint32_t)gen_u64(g);
		return;
	case 7:
		s->opts ^= CM_OPT_TS;
		return;
	case 8:
		s->tsval += (uint32_t)gen_below(g, 4000) - 1500;
		return;
	case 9:
		s->tsecr += (uint32_t)gen_below(g, 20000) - 10000;
		return;
	case 10:
		s->window = (uint16_t)gen_u64(g);
		return;
	default:
		s->checksum = gen_below(g, 3) & 3u;
		s->payload_len = gen_one_in(g, 3) ? (uint32_t)gen_u64(g) : s->payload_len;
		return;
	}
}

static void
make_segment(struct gen *g, struct made *m, struct sender w[2], uint32_t i)
{
	unsigned d = (unsigned)(i < 2 ? i : gen_below(g, 2));
	struct cm_segment *s = &m->seg[i];
	uint32_t at = (uint32_t)gen_below(g, 8), len = gen_one_in(g, 2) ? 0 : (uint32_t)gen_below(g, 60);

	*s = (struct cm_segment) { .id = i + 1, .t_ns = i > 0 ? m->seg[i - 1].t_ns : 1000000000,
		.payload = m->bytes + at, .payload_len = len, .cap_len = len & CM_SEGMENT_CAP_MAX, .seq = w[d].seq,
		.ack = w[!d].seq, .tsval = w[d].ts, .tsecr = w[!d].ts, .window = 8192,
		.ipid = w[d].id, .ttl = w[d].ttl, .flags = make_flags(g, i), .opts = w[d].opts,
		.checksum = CM_CSUM_GOOD, .open = CM_OPEN_ALL, .dir = d & 1u, .df = w[d].df,
		.redirect = gen_one_in(g, 9) };
	s->t_ns += (int64_t)gen_below(g, gen_one_in(g, 30) ? 70000000000u : 3000000u);
	if (gen_one_in(g, 8))
		w[d].ttl++;
	if (!gen_one_in(g, 10))
		w[d].seq = cm_segment_end(s);
	w[d].ts += (uint32_t)gen_below(g, gen_one_in(g, 20) ? 3000 : 5);
	w[d].id = (uint16_t)(w[d].id + (gen_one_in(g, 9) ? 0 : 1 + gen_below(g, 3)));
	if (gen_one_in(g, 4 + i % 13))
		spoil(g, s);
	if (s->cap_len > s->payload_len)
		s->cap_len = s->payload_len & CM_SEGMENT_CAP_MAX;
}

/* Bytes repeat, so that some of what overlaps is equal. */
static struct made *
make_flow(struct gen *g, uint64_t serial)
{
	struct made *m = calloc(1, sizeof(*m));
	struct sender w[2] = { make_sender(g), make_sender(g) };
	uint32_t n = 1 + (uint32_t)gen_below(g, g->size < SEGS_MAX ? g->size + 1 : SEGS_MAX), i;

	if (m == NULL)
		abort();
	for (i = 0; i < BYTES; i++)
		m->bytes[i] = gen_one_in(g, 40) ? (uint8_t)gen_u64(g) : i % 8 == 0 ? 'H' : 0;
	if (gen_one_in(g, 2))
		memcpy(m->bytes, "HTTP/1.1 200 OK", 15);
	for (i = 0; i < n; i++)
		make_segment(g, m, w, i);
	m->v = (struct cm_flow_view) { .serial = serial, .proto = 6, .segs = m->seg, .n = n,
		.first = true, .last = true };
	for (i = 0; i < 2; i++) {
		m->v.end[i].host.net = 4;
		m->v.end[i].host.addr[0] = (uint8_t)(10 + i + 2 * gen_below(g, 2));
		m->v.end[i].port = i == 0 ? 80 : (uint16_t)(1024 + serial);
		m->v.packets[i] = n;
	}
	return m;
}

static const char *
difference(const struct cm_judge *a, const struct cm_judge *b)
{
	size_t n = a->v->n;

	if (a->n_marks != b->n_marks)
		return "how many marks";
	for (size_t i = 0; i < a->n_marks; i++)
		if (a->marks[i].seg != b->marks[i].seg || a->marks[i].cue != b->marks[i].cue ||
		    a->marks[i].bits != b->marks[i].bits || a->marks[i].n_other != b->marks[i].n_other ||
		    memcmp(a->marks[i].other, b->marks[i].other, sizeof(a->marks[i].other)) != 0)
			return "a mark";
	if (a->n_pairs != b->n_pairs)
		return "how many pairs";
	for (size_t i = 0; i < a->n_pairs; i++)
		if (a->pairs[i].a != b->pairs[i].a || a->pairs[i].b != b->pairs[i].b ||
		    a->pairs[i].cue != b->pairs[i].cue || a->pairs[i].excuse != b->pairs[i].excuse)
			return "a pair";
	if (memcmp(a->bits, b->bits, n * sizeof(*a->bits)) != 0 ||
	    memcmp(a->set_aside, b->set_aside, n * sizeof(*a->set_aside)) != 0 ||
	    memcmp(a->cues, b->cues, n * sizeof(*a->cues)) != 0)
		return "the bits";
	if (memcmp(a->kind, b->kind, n) != 0 || memcmp(a->excluded, b->excluded, n) != 0 ||
	    memcmp(a->trigger, b->trigger, n * sizeof(*a->trigger)) != 0)
		return "what the segments are";
	for (uint32_t i = 0; i < n; i++)
		if (cm_stack_baseline(a, i) != cm_stack_baseline(b, i))
			return "the baseline";
	return a->corrupt != b->corrupt || a->client != b->client ? "the flow" : NULL;
}

static const char *
groups_differ(struct cm_judge *a, struct cm_judge *b)
{
	static struct cm_group x[CM_GROUPS_MAX], y[CM_GROUPS_MAX];
	unsigned n = cm_verdict_groups(a, x), k = cm_verdict_groups(b, y);

	if (n != k)
		return "how many groups";
	for (unsigned i = 0; i < n; i++)
		if (x[i].dir != y[i].dir || x[i].trigger != y[i].trigger || x[i].type != y[i].type ||
		    x[i].excuse != y[i].excuse || x[i].undecided != y[i].undecided ||
		    x[i].first != y[i].first)
			return "a group";
	return difference(a, b);
}

static bool
signs(struct gen *g)
{
	struct made *m = make_flow(g, 1);
	struct cm_params params = cm_params_default();
	struct cm_judge quick = { .params = &params }, slow = { .params = &params, .thorough = true };
	const char *what = NULL;

	if (cm_judge_flow(&quick, &m->v) != CM_OK || cm_judge_flow(&slow, &m->v) != CM_OK)
		abort();
	what = difference(&quick, &slow);
	cm_judge_release(&quick);
	cm_judge_release(&slow);
	free(m);
	return what == NULL || gen_fail(g, "not the same without signs: %s", what);
}

#define OTHERS 6u

static struct cm_hosts *
make_hosts(struct gen *g, const struct made *m, struct made *other[OTHERS])
{
	struct cm_hosts *h;

	if (cm_hosts_new(1u << 20, 0, &h) != CM_OK || cm_hosts_add(h, &m->v) != CM_OK)
		abort();
	for (unsigned i = 0; i < OTHERS; i++) {
		other[i] = make_flow(g, i + 2);
		if (cm_hosts_add(h, &other[i]->v) != CM_OK)
			abort();
	}
	cm_hosts_settle(h);
	return h;
}

static bool
again(struct gen *g)
{
	struct made *m = make_flow(g, 1), *other[OTHERS];
	struct cm_hosts *hosts = make_hosts(g, m, other);
	struct cm_params params = cm_params_default();
	struct cm_judge first = { .params = &params }, anew = { .params = &params };
	const char *what = NULL;
	struct cm_judged *p;

	if (cm_judge_flow(&first, &m->v) != CM_OK)
		abort();
	p = cm_judged_of(&first);
	anew.hosts = hosts;
	if (cm_judge_flow(&anew, &m->v) != CM_OK)
		abort();
	first.hosts = hosts;
	if (p != NULL && !cm_judged_is_of(p, &m->v))
		what = "it is not known again";
	if (p != NULL && what == NULL && cm_judged_again(p, &first, &m->v))
		what = groups_differ(&first, &anew);
	cm_judged_free(p);
	cm_judge_release(&first);
	cm_judge_release(&anew);
	cm_hosts_free(hosts);
	for (unsigned i = 0; i < OTHERS; i++)
		free(other[i]);
	free(m);
	return what == NULL || gen_fail(g, "not the same brought back: %s", what);
}

static void
feed(struct cm_engine *e, struct made *const flow[], unsigned n)
{
	for (uint32_t i = 0; i < SEGS_MAX; i++)
		for (unsigned k = 0; k < n; k++)
			if (i < flow[k]->v.n && cm_flow_table_segment(e->flows, &flow[k]->seg[i],
						    flow[k]->v.end, 6) != CM_OK)
				abort();
	if (cm_engine_finish(e) != CM_OK)
		abort();
}

static bool
reset(struct gen *g)
{
	struct cm_params params = cm_params_default();
	struct made *flow[OTHERS];
	struct cm_engine *used, *fresh;
	const char *what = NULL;

	params.support = false;
	for (unsigned i = 0; i < OTHERS; i++)
		flow[i] = make_flow(g, i + 1);
	if (cm_engine_new(&params, &used) != CM_OK || cm_engine_new(&params, &fresh) != CM_OK)
		abort();
	feed(used, flow, (unsigned)gen_upto(g, OTHERS));
	cm_engine_reset(used);
	feed(used, flow, OTHERS);
	feed(fresh, flow, OTHERS);
	if (cm_engine_count(used) != cm_engine_count(fresh))
		what = "how many incidents";
	for (size_t i = 0; what == NULL && i < cm_engine_count(fresh); i++)
		if (!cm_incident_same(cm_engine_incident(used, i), cm_engine_incident(fresh, i)))
			what = "an incident";
	cm_engine_free(used);
	cm_engine_free(fresh);
	for (unsigned i = 0; i < OTHERS; i++)
		free(flow[i]);
	return what == NULL || gen_fail(g, "not the same after a reset: %s", what);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a walk that is spared would have marked nothing", signs, 6000, 160 },
		{ "what is brought back is what judging anew gives", again, 3000, 100 },
		{ "an engine that was used says what a new one says", reset, 1500, 60 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
