#include "conn.h"

#include <stdio.h>
#include <string.h>

static void
name_addr(char *out, size_t size, const struct gen_addr *a)
{
	char text[48];

	gen_addr_text(text, sizeof(text), a);
	snprintf(out, size, a->v6 ? "[%s]" : "%s", text);
}

void
gen_conn_start(struct gen_conn *c, struct gen_sim *s, struct gen_host *client,
    struct gen_host *server, uint16_t server_port)
{
	char a[40], b[40];

	*c = (struct gen_conn) {
		.sim = s, .now = s->t, .gap = 12 * (int64_t)GEN_US, .v6 = client->addr.v6
	};
	c->e[0].host = client;
	c->e[1].host = server;
	c->e[0].port = (uint16_t)(32768 + s->next_flow++ % 28000);
	c->e[1].port = server_port;
	for (int i = 0; i < 2; i++) {
		struct gen_end *e = &c->e[i];

		e->isn = (uint32_t)gen_rng_next(&s->rng);
		e->nxt = e->isn;
		e->id = gen_rng_u16(&s->rng);
		e->last_id = gen_sim_slot(s);
		e->ttl = (uint8_t)(e->host->stack->ttl - e->host->hops);
		e->window = e->host->stack->syn_window;
		e->cwnd = 10;
	}
	c->mss = client->stack->mss < server->stack->mss ? client->stack->mss : server->stack->mss;
	if (c->v6)
		c->mss = (uint16_t)(c->mss - 20);
	if (s->o.mss != 0 && s->o.mss < c->mss)
		c->mss = (uint16_t)s->o.mss;
	c->link = gen_sim_pick_link(s);
	c->iface = gen_sim_iface(s, c->e[0].port);
	name_addr(a, sizeof(a), &client->addr);
	name_addr(b, sizeof(b), &server->addr);
	snprintf(c->flow, sizeof(c->flow), "%s:%u>%s:%u", a, c->e[0].port, b, server_port);
}

int64_t
gen_conn_turn(const struct gen_conn *c, enum gen_side e)
{
	return 2 * c->e[e].host->owd;
}

int64_t
gen_conn_rtt(const struct gen_conn *c)
{
	return gen_conn_turn(c, GEN_CLIENT) + gen_conn_turn(c, GEN_SERVER);
}

void
gen_conn_wait(struct gen_conn *c, int64_t ns)
{
	c->now += ns;
}

static uint32_t
clock_of(const struct gen_conn *c, enum gen_side from, int64_t t)
{
	const struct gen_host *h = c->e[from].host;
	int64_t since = t - h->owd - 1704067200ll * GEN_SEC;

	return h->ts_base + (uint32_t)(since / GEN_MS * h->stack->hz / 1000);
}

static uint16_t
raw_window(const struct gen_conn *c, const struct gen_end *e)
{
	uint32_t w = c->scale ? e->window >> e->host->stack->wscale : e->window;

	return w > 65535 ? 65535 : (uint16_t)w;
}

struct gen_seg
gen_conn_next(struct gen_conn *c, enum gen_side from, uint8_t flags)
{
	const struct gen_end *e = &c->e[from];
	const struct gen_stack *st = e->host->stack;
	struct gen_seg seg = { .c = c,
		.from = (uint8_t)from,
		.t = c->now,
		.seq = e->nxt,
		.ack = e->rcv,
		.flags = flags,
		.ttl = e->ttl,
		.df = st->df,
		.window = raw_window(c, e),
		.ts = c->ts,
		.tsecr = e->ts_seen };

	if ((flags & GEN_ACK) == 0)
		seg.ack = 0;
	if ((flags & GEN_RST) != 0) {
		seg.ts = false; /* Linux, Windows and BSD alike leave the options out here */
		seg.window = 0;
	}
	seg.tsval = clock_of(c, from, c->now);
	return seg;
}

static size_t
put_ts(uint8_t *p, const struct gen_seg *seg)
{
	p[0] = 8;
	p[1] = 10;
	cm_put32(p + 2, seg->tsval);
	cm_put32(p + 6, seg->tsecr);
	return 10;
}

static size_t
put_mss(uint8_t *p, const struct gen_seg *seg)
{
	uint16_t mss = seg->c->e[seg->from].host->stack->mss;

	p[0] = 2;
	p[1] = 4;
	cm_put16(p + 2, seg->c->v6 ? (uint16_t)(mss - 20) : mss);
	return 4;
}

/* Options of a SYN, or of a SYN-ACK as far as the SYN offered them. */
static size_t
syn_options(uint8_t *p, const struct gen_seg *seg)
{
	const struct gen_stack *st = seg->c->e[seg->from].host->stack;
	bool answer = (seg->flags & GEN_ACK) != 0;
	bool ts = answer ? seg->c->ts : st->ts;
	bool sack = answer ? seg->c->sack : st->sack;
	bool scale = answer ? seg->c->scale : st->wscale > 0;
	bool early_sack = st->syn_style == GEN_SYN_LINUX;
	size_t n = put_mss(p, seg);

	if (early_sack && sack) {
		p[n++] = 4;
		p[n++] = 2;
	}
	if (early_sack && ts)
		n += put_ts(p + n, seg);
	if (scale) {
		p[n++] = 1;
		p[n++] = 3;
		p[n++] = 3;
		p[n++] = st->wscale;
	}
	if (!early_sack && (sack || ts)) {
		p[n++] = 1;
		p[n++] = 1;
	}
	if (!early_sack && ts)
		n += put_ts(p + n, seg);
	if (!early_sack && sack) {
		p[n++] = 4;
		p[n++] = 2;
	}
	while (n % 4 != 0)
		p[n++] = early_sack ? 1 : 0;
	return n;
}

static size_t
options(uint8_t *p, const struct gen_seg *seg)
{
	if (seg->syn_opts)
		return syn_options(p, seg);
	if (!seg->ts)
		return 0;
	p[0] = 1;
	p[1] = 1;
	return 2 + put_ts(p + 2, seg);
}

static void
choose_id(struct gen_shot *shot, struct gen_ip *ip, const struct gen_seg *seg)
{
	struct gen_end *e = &seg->c->e[seg->from];
	const struct gen_stack *st = e->host->stack;
	bool bare =
	    (seg->flags & GEN_SYN) != 0 && (seg->flags & GEN_ACK) != 0 && st->synack_id_zero;

	shot->id_save = seg->alien ? NULL : e->last_id;
	ip->id = seg->id;
	if (seg->id_how == GEN_HOW_FIXED)
		return;
	if (seg->id_how != GEN_HOW_OWN) {
		shot->id_copy =
		    seg->id_how == GEN_HOW_NEXT ? e->last_id : seg->c->e[!seg->from].last_id;
		shot->id_add = seg->id;
		return;
	}
	ip->id = 0;
	if (bare || st->id_rule == GEN_ID_ZERO ||
	    ((seg->flags & GEN_RST) != 0 && st->synack_id_zero))
		return;
	if (st->id_rule == GEN_ID_RANDOM)
		ip->id = gen_rng_u16(&seg->c->sim->rng);
	else if (st->id_rule == GEN_ID_FLOW)
		ip->id = e->id++;
	else
		shot->id_counter = &e->host->id;
}

/* What the second tap of a translated flow sees, a little further from the client. */
static void
put_translated(
    const struct gen_seg *seg, struct gen_ip *ip, struct gen_tcp *tcp, struct gen_shot *shot)
{
	struct gen_conn *c = seg->c;
	size_t len;

	if (seg->from == GEN_CLIENT) {
		ip->src = c->nat->addr;
		tcp->sport = c->nat_port;
		ip->ttl--;
	} else {
		ip->dst = c->nat->addr;
		tcp->dport = c->nat_port;
		ip->ttl++;
	}
	shot->id_counter = NULL;
	shot->id_copy = c->e[seg->from].last_id;
	shot->id_add = 0;
	shot->id_save = NULL;
	shot->tag = 0;
	shot->iface =
	    c->sim->o.format.interfaces > 1 ? (c->iface + 1) % c->sim->o.format.interfaces : 0;
	shot->t += 30 * GEN_US;
	len = gen_wire_tcp(c->sim->scratch, ip, tcp);
	gen_sim_shoot(c->sim, shot, c->sim->scratch, len);
}

void
gen_conn_put(const struct gen_seg *seg)
{
	struct gen_conn *c = seg->c;
	struct gen_end *e = &c->e[seg->from];
	struct gen_ip ip = { .src = e->host->addr,
		.dst = c->e[!seg->from].host->addr,
		.ttl = seg->ttl,
		.proto = GEN_TCP,
		.df = seg->df };
	struct gen_tcp tcp = { .sport = e->port,
		.dport = c->e[!seg->from].port,
		.seq = seg->seq,
		.ack = seg->ack,
		.flags = seg->flags,
		.window = seg->window,
		.data = seg->data,
		.len = seg->len,
		.csum = seg->csum };
	struct gen_shot shot = { .t = seg->t,
		.link = c->link,
		.v6 = c->v6,
		.to_client = seg->from == GEN_SERVER,
		.tag = seg->tag,
		.iface = c->iface,
		.comment = c->sim->o.comments ? seg->comment : NULL,
		.dup_dt = seg->dup_dt,
		.dup_ttl = seg->dup_ttl,
		.stamp_shift = seg->stamp_shift,
		.plant = c->plant[seg->from],
		.relay = c->relay,
		.pad = seg->pad };
	size_t len;

	if (!seg->alien && seg->ts)
		c->e[!seg->from].ts_seen = seg->tsval;
	if (c->hide[seg->from])
		return;
	tcp.opt_len = options(tcp.opt, seg);
	choose_id(&shot, &ip, seg);
	len = gen_wire_tcp(c->sim->scratch, &ip, &tcp);
	gen_sim_shoot(c->sim, &shot, c->sim->scratch, len);
	if (c->nat != NULL)
		put_translated(seg, &ip, &tcp, &shot);
}

void
gen_conn_handshake(struct gen_conn *c)
{
	const struct gen_stack *a = c->e[0].host->stack;
	const struct gen_stack *b = c->e[1].host->stack;
	struct gen_seg seg = gen_conn_next(c, GEN_CLIENT, GEN_SYN);

	seg.syn_opts = true;
	seg.ts = a->ts;
	gen_conn_put(&seg);
	c->e[0].nxt++;
	c->e[1].rcv = c->e[0].nxt;
	c->ts = a->ts && b->ts && !c->strip_ts;
	c->sack = a->sack && b->sack;
	c->now += gen_conn_turn(c, GEN_SERVER);
	seg = gen_conn_next(c, GEN_SERVER, GEN_SYN | GEN_ACK);
	c->scale = a->wscale > 0 && b->wscale > 0;
	seg.syn_opts = true;
	gen_conn_put(&seg);
	c->e[1].nxt++;
	c->e[0].rcv = c->e[1].nxt;
	c->now += gen_conn_turn(c, GEN_CLIENT);
	gen_conn_ack(c, GEN_CLIENT);
	c->now += 40 * GEN_US;
}

void
gen_conn_ack(struct gen_conn *c, enum gen_side from)
{
	struct gen_seg seg = gen_conn_next(c, from, GEN_ACK);

	gen_conn_put(&seg);
}

/* The receiver opens its window as data comes, up to what it scales. */
static void
grow_window(struct gen_conn *c, enum gen_side e)
{
	uint32_t top = c->scale ? 1048576 : 65535;
	struct gen_end *end = &c->e[e];

	if (end->window < top)
		end->window += end->window / 16;
	if (end->window > top)
		end->window = top;
}

struct burst {
	const uint8_t *data;
	size_t len;
	size_t max; /* bytes in a segment */
};

struct ack_due {
	int64_t t;
	uint32_t rcv, tsval;
};

/* ACKs are put when the burst is out: until one has come the sender can not echo its clock. */
static void
put_acks(struct gen_conn *c, enum gen_side to, const struct ack_due *due, size_t n)
{
	int64_t now = c->now;

	for (size_t i = 0; i < n; i++) {
		struct gen_seg seg;

		c->now = due[i].t;
		c->e[to].ts_seen = due[i].tsval;
		grow_window(c, to);
		seg = gen_conn_next(c, to, GEN_ACK);
		seg.ack = due[i].rcv;
		gen_conn_put(&seg);
	}
	c->now = now;
}

#define CWND_MAX 64u

/* As many segments as the congestion window lets out, with the receiver's ACKs. */
static void
send_burst(struct gen_conn *c, enum gen_side from, struct burst *b)
{
	enum gen_side to = from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
	struct ack_due due[CWND_MAX + 1];
	size_t n_due = 0;
	uint32_t cwnd = c->e[from].cwnd;
	int64_t turn = gen_conn_turn(c, to), start = c->now;

	for (uint32_t i = 0; i < cwnd && b->len > 0; i++) {
		size_t n = b->len < b->max ? b->len : b->max;
		struct gen_seg seg =
		    gen_conn_next(c, from, n == b->len ? GEN_PSH | GEN_ACK : GEN_ACK);

		seg.data = b->data;
		seg.len = n;
		if (c->hook != NULL)
			c->hook(&seg, c->hook_ctx);
		gen_conn_put(&seg);
		c->e[from].nxt += (uint32_t)n;
		c->e[to].rcv = c->e[from].nxt;
		b->data += n;
		b->len -= n;
		if (!c->quiet && (i % 2 == 1 || b->len == 0 || i + 1 == cwnd))
			due[n_due++] = (struct ack_due) { c->now + turn, c->e[to].rcv, seg.tsval };
		if (b->len > 0)
			c->now += c->gap;
	}
	put_acks(c, to, due, n_due);
	if (b->len == 0)
		return;
	if (c->now < start + gen_conn_rtt(c))
		c->now = start + gen_conn_rtt(c);
	c->now += turn + c->gap;
	if (cwnd < CWND_MAX)
		c->e[from].cwnd = cwnd + cwnd / 2 > CWND_MAX ? CWND_MAX : cwnd + cwnd / 2;
}

void
gen_conn_send(struct gen_conn *c, enum gen_side from, const void *data, size_t len)
{
	enum gen_side to = from == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
	struct burst b = { data, len, (size_t)c->mss - (c->ts ? 12u : 0u) };

	while (b.len > 0)
		send_burst(c, from, &b);
	c->now += gen_conn_turn(c, to) + 20 * GEN_US;
}

void
gen_conn_close(struct gen_conn *c, enum gen_side first)
{
	enum gen_side other = first == GEN_CLIENT ? GEN_SERVER : GEN_CLIENT;
	struct gen_seg seg = gen_conn_next(c, first, GEN_FIN | GEN_ACK);

	gen_conn_put(&seg);
	c->e[first].nxt++;
	c->e[other].rcv = c->e[first].nxt;
	c->now += gen_conn_turn(c, other);
	seg = gen_conn_next(c, other, GEN_FIN | GEN_ACK);
	gen_conn_put(&seg);
	c->e[other].nxt++;
	c->e[first].rcv = c->e[other].nxt;
	c->now += gen_conn_turn(c, first);
	gen_conn_ack(c, first);
}

void
gen_conn_reset(struct gen_conn *c, enum gen_side from)
{
	struct gen_seg seg = gen_conn_next(c, from, GEN_RST | GEN_ACK);

	gen_conn_put(&seg);
}

uint32_t
gen_seg_mark(struct gen_seg *seg, enum gen_kind kind, const char *note)
{
	struct gen_mark m = { .class = seg->c->sim->class, .note = note, .kind = (uint8_t)kind };

	snprintf(m.flow, sizeof(m.flow), "%s", seg->c->flow);
	seg->tag = gen_truth_mark(&seg->c->sim->truth, &m);
	seg->comment = note;
	return seg->tag;
}
