/* Floods of single packets: SYNs, answers nobody asked for, datagrams, fragments.
 *
 * Each has the site it meets with its visitors around it; the site suffers (gen_load) and
 * recovers.  Packets are pushed one by one in order of time, so any number of them needs no
 * more memory than one. */
#include "scan.h"

#include <string.h>

#define MS ((int64_t)GEN_MS)
#define SEC ((int64_t)GEN_SEC)

struct flood {
	struct gen_world w;
	struct gen_raw r; /* the packet to be sent: to the site, at t */
	uint32_t level;   /* of load, now */
	const struct gen_amplifier *amp;
	uint8_t body[4104];
	size_t body_len, body_at; /* of a datagram in pieces */
};

static struct gen_raw
back(const struct flood *f)
{
	struct gen_raw r = { .src = f->r.dst,
		.dst = f->r.src,
		.sport = f->r.dport,
		.dport = f->r.sport,
		.ttl = 64,
		.df = true,
		.to_client = true,
		.t = f->r.t + 60 * GEN_US };

	return r;
}

/* Twelve machines send what a thousand addresses seem to. */
static void
pretend(struct flood *f)
{
	static const uint8_t begins[12] = { 52, 49, 241, 113, 54, 117, 47, 235, 51, 112, 55, 244 };
	struct gen_rng *rng = &f->w.s->rng;

	f->r.src = gen_addr_spoofed(rng);
	f->r.ttl = begins[gen_rng_below(rng, 12)];
	f->r.id = gen_rng_u16(rng);
	f->r.sport = (uint16_t)gen_rng_range(rng, 1024, 65535);
}

/* One of ${n} hosts that are who they say. */
static uint32_t
pick(struct flood *f, uint32_t n)
{
	struct gen_rng *rng = &f->w.s->rng;
	uint32_t clients = f->w.s->o.clients != 0 ? f->w.s->o.clients : n;
	uint32_t k = gen_rng_below(rng, clients);

	gen_world_plant(&f->w)->clients = clients;
	f->r.src = gen_addr_other(k);
	f->r.ttl = gen_ttl_other(k);
	f->r.id = gen_rng_u16(rng);
	return k;
}

/* The site answers SYNs as long as it has room for them; few of those it answers are there. */
static void
syn_answered(struct flood *f, uint32_t seq)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw r = back(f);
	struct gen_raw_tcp t = { .flags = GEN_SYN | GEN_ACK,
		.seq = (uint32_t)gen_rng_next(rng),
		.ack = seq + 1,
		.window = 64240,
		.mss = 1460 };

	if (gen_rng_chance(rng, f->level * 95 / 100, 1000))
		return;
	gen_raw_tcp(f->w.s, &r, &t);
	if (gen_rng_chance(rng, 1, 12)) {
		struct gen_raw reset = f->r;
		struct gen_raw_tcp no = { .flags = GEN_RST, .seq = seq + 1 };

		reset.t += 40 * MS + gen_rng_below(rng, 60) * MS;
		reset.plant = 0;
		reset.ttl = gen_ttl_other(cm_get32(f->r.src.b));
		gen_raw_tcp(f->w.s, &reset, &no);
	}
}

static void
syn(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw_tcp t = {
		.flags = GEN_SYN, .seq = (uint32_t)gen_rng_next(rng), .window = 512
	};

	pretend(f);
	f->r.dport = 80;
	gen_raw_tcp(f->w.s, &f->r, &t);
	syn_answered(f, t.seq);
}

static void
syn_bots(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw_tcp t = {
		.flags = GEN_SYN, .seq = (uint32_t)gen_rng_next(rng), .window = 29200, .mss = 1460
	};

	pick(f, 300);
	f->r.df = true;
	f->r.sport = (uint16_t)gen_rng_range(rng, 32768, 60999);
	f->r.dport = 80;
	gen_raw_tcp(f->w.s, &f->r, &t);
	syn_answered(f, t.seq);
}

/* Servers were sent SYNs in the site's name. */
static void
syn_ack(struct flood *f)
{
	static const uint16_t ports[] = { 80, 443, 443, 22, 179, 8080 };
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw_tcp t = { .flags = GEN_SYN | GEN_ACK,
		.seq = (uint32_t)gen_rng_next(rng),
		.ack = (uint32_t)gen_rng_next(rng),
		.window = 65535,
		.mss = 1460 };
	uint32_t k = pick(f, 2000);

	f->r.sport = ports[k % 6];
	f->r.dport = (uint16_t)gen_rng_range(rng, 1024, 65535);
	f->r.df = true;
	f->r.id = 0;
	gen_raw_tcp(f->w.s, &f->r, &t);
	if (!gen_rng_chance(rng, f->level * 9 / 10, 1000)) {
		struct gen_raw r = back(f);
		struct gen_raw_tcp no = { .flags = GEN_RST, .seq = t.ack };

		gen_raw_tcp(f->w.s, &r, &no);
	}
}

static void
resets(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw_tcp t = { .flags = GEN_RST | GEN_ACK, .ack = (uint32_t)gen_rng_next(rng) };
	uint32_t k = pick(f, 2500);

	f->r.sport = k % 3 == 0 ? 443 : 80;
	f->r.dport = (uint16_t)gen_rng_range(rng, 1024, 65535);
	gen_raw_tcp(f->w.s, &f->r, &t);
}

static void
acks(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw_tcp t = { .flags = GEN_ACK,
		.seq = (uint32_t)gen_rng_next(rng),
		.ack = (uint32_t)gen_rng_next(rng),
		.window = 1024 };

	pretend(f);
	f->r.dport = 80;
	gen_raw_tcp(f->w.s, &f->r, &t);
	if (!gen_rng_chance(rng, f->level * 9 / 10, 1000)) {
		struct gen_raw r = back(f);
		struct gen_raw_tcp no = { .flags = GEN_RST, .seq = t.ack };

		gen_raw_tcp(f->w.s, &r, &no);
	}
}

static void
udp_to(struct flood *f, uint16_t port, size_t least, size_t most)
{
	struct gen_rng *rng = &f->w.s->rng;
	uint32_t k = pick(f, 800);

	f->r.sport = (uint16_t)(1024 + gen_mix(k) % 60000);
	f->r.dport = port;
	f->r.len = gen_rng_range(rng, (uint32_t)least, (uint32_t)most);
	f->r.data = f->w.s->pool + gen_rng_below(rng, GEN_POOL / 2);
	gen_raw_udp(f->w.s, &f->r);
}

static void
udp(struct flood *f)
{
	udp_to(f, 9987, 400, 1400);
}

static void
udp_random(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	struct gen_raw r;

	udp_to(f, (uint16_t)gen_rng_range(rng, 1, 65535), 200, 1000);
	if (!gen_rng_chance(rng, 1, 50))
		return;
	r = back(f);
	gen_raw_quote(f->w.s, &r, 3, 3);
}

static void
icmp(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	uint32_t rest = (uint32_t)gen_rng_next(rng);
	struct gen_raw r;

	pick(f, 500);
	f->r.data = f->w.s->pool;
	f->r.len = 1024;
	gen_raw_icmp(f->w.s, &f->r, 8, 0, rest);
	if (gen_rng_chance(rng, f->level * 97 / 100, 1000))
		return;
	r = back(f);
	r.data = f->r.data;
	r.len = f->r.len;
	gen_raw_icmp(f->w.s, &r, 0, 0, rest);
}

/* Later pieces of what never began. */
static void
pieces(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;

	pretend(f);
	f->r.len = 8 * gen_rng_range(rng, 60, 170);
	f->r.data = f->w.s->pool + gen_rng_below(rng, GEN_POOL / 2);
	gen_raw_piece(f->w.s, &f->r, GEN_UDP, (uint16_t)(8 * gen_rng_range(rng, 90, 6000)),
	    gen_rng_chance(rng, 2, 3));
}

/* Tiny ones of TCP that overlap: 24 bytes at 0, 16 and 32. */
static void
tiny_pieces(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;

	if (f->body_at == 0)
		pretend(f);
	f->r.len = 24;
	f->r.data = f->w.s->pool + gen_rng_below(rng, GEN_POOL / 2);
	gen_raw_piece(f->w.s, &f->r, GEN_TCP, (uint16_t)f->body_at, f->body_at < 32);
	f->body_at = f->body_at < 32 ? f->body_at + 16 : 0;
}

/* One packet: a whole answer, or the next piece of a long one. */
static void
amplified(struct flood *f)
{
	struct gen_rng *rng = &f->w.s->rng;
	uint8_t *udp = f->body;

	if (f->body_at >= f->body_len) {
		pick(f, 1200);
		f->body_at = 0;
		f->body_len = 8 + f->amp->write(rng, f->body + 8);
		f->r.sport = f->amp->port;
		f->r.dport = (uint16_t)(f->amp->port == 123 ? 80 : 33000 + gen_rng_below(rng, 64));
	}
	f->r.data = f->body + 8;
	f->r.len = f->body_len - 8;
	if (f->body_len <= 1480) {
		f->body_at = f->body_len;
		gen_raw_udp(f->w.s, &f->r);
		return;
	}
	if (f->body_at == 0) { /* the checksum is that of the whole: let it be made once */
		struct gen_ip ip = { .src = f->r.src, .dst = f->r.dst };

		gen_wire_udp(f->w.s->scratch, &ip, f->r.sport, f->r.dport, f->r.data, f->r.len);
		memcpy(udp, f->w.s->scratch + 20, 8);
	}
	f->r.data = f->body + f->body_at;
	f->r.len = f->body_len - f->body_at > 1480 ? 1480 : f->body_len - f->body_at;
	gen_raw_piece(
	    f->w.s, &f->r, GEN_UDP, (uint16_t)f->body_at, f->body_at + f->r.len < f->body_len);
	f->body_at += f->r.len;
}

static const struct flood_kind {
	struct gen_plan plan;
	void (*send)(struct flood *f);
} kinds[] = {
	{ { "syn-flood", "flood", "syn", NULL, 60000, 3000, 80, GEN_FLOOD }, syn },
	{ { "syn-flood", "flood", "syn-bots", NULL, 60000, 3000, 80, GEN_FLOOD }, syn_bots },
	{ { "reflection", "flood", "syn-ack", NULL, 80000, 4000, 0, GEN_FLOOD }, syn_ack },
	{ { "reflection", "flood", "rst", NULL, 80000, 4000, 0, GEN_FLOOD }, resets },
	{ { "volume-flood", "flood", "udp", NULL, 160000, 8000, 9987, GEN_FLOOD }, udp },
	{ { "volume-flood", "flood", "udp-random", NULL, 160000, 8000, 0, GEN_FLOOD }, udp_random },
	{ { "volume-flood", "flood", "icmp", NULL, 160000, 8000, 0, GEN_FLOOD }, icmp },
	{ { "volume-flood", "flood", "ack", NULL, 160000, 8000, 80, GEN_FLOOD }, acks },
	{ { "fragment-flood", "flood", "fragments", NULL, 160000, 8000, 0, GEN_FLOOD }, pieces },
	{ { "fragment-flood", "flood", "fragments-tiny", NULL, 160000, 8000, 0, GEN_FLOOD },
	    tiny_pieces },
};

static void
suffer(struct gen_world *w, bool syns)
{
	w->site.load = (struct gen_load) { .from = w->from,
		.to = w->to,
		.onset = SEC,
		.relief = 6 * SEC,
		.syn_lost = syns ? 880 : 600,
		.silent = syns ? 100 : 250,
		.slower = (syns ? 400 : 1500) * MS };
}

static void
send_all(struct flood *f, void (*send)(struct flood *f))
{
	struct gen_world *w = &f->w;
	uint32_t step = GEN_SEC / w->pps;
	int64_t t = w->from;

	for (uint64_t i = 0; i < w->n && !gen_world_over(w); i++) {
		t += step / 2 + gen_rng_below(&w->s->rng, step + 1);
		gen_world_run(w, t);
		if ((i & 63) == 0)
			f->level = gen_load_at(&w->site.load, t);
		f->r.t = t;
		send(f);
	}
	w->site.load.to = t;
}

static void
run(struct gen_sim *s, const struct gen_plan *plan, const struct gen_amplifier *amp,
    void (*send)(struct flood *f))
{
	static const struct flood none;
	struct flood f = none;

	f.amp = amp;
	s->o.ip = GEN_IP_4; /* these have no IPv6 */
	if (!gen_world_start(&f.w, s, plan))
		return;
	suffer(&f.w, strcmp(plan->kind, "syn-flood") == 0);
	f.r.dst = f.w.site.host.addr;
	f.r.plant = f.w.plant;
	send_all(&f, send);
	gen_world_end(&f.w);
}

static void
run_flood(struct gen_sim *s)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].plan.name, s->episode) == 0)
			run(s, &kinds[i].plan, NULL, kinds[i].send);
}

/* A flood to hide a scan behind. */
static void
run_mixed(struct gen_sim *s)
{
	static const struct flood none;
	struct gen_plan plan = kinds[0].plan;
	struct flood f = none;
	struct gen_scan x = { .n = 800, .pps = 60 };
	struct gen_plant p = { .kind = "syn-scan",
		.verdict = "scan",
		.name = "mixed",
		.has_target = true,
		.has_source = true,
		.truth = GEN_SCAN };

	plan.name = "mixed";
	s->o.ip = GEN_IP_4;
	if (!gen_world_start(&f.w, s, &plan))
		return;
	suffer(&f.w, true);
	f.r.dst = f.w.site.host.addr;
	f.r.plant = f.w.plant;
	p.target = f.w.site.host.addr;
	(void)gen_scan_begin(&x, &f.w, "syn-vertical", f.w.from + 2 * SEC);
	p.source = x.host.addr;
	x.plant = gen_story_plant(&s->story, &p);
	send_all(&f, syn);
	gen_world_end(&f.w);
}

static void
run_amplified(struct gen_sim *s)
{
	for (const struct gen_amplifier *a = gen_amplifiers; a->name != NULL; a++) {
		struct gen_plan plan = { "amplification", "flood", a->name, a->service, 160000,
			8000, 0, GEN_FLOOD };

		if (strcmp(a->name, s->episode) == 0)
			run(s, &plan, a, amplified);
	}
}

const struct gen_episode gen_flood_episodes[] = {
	{ "flood", "syn", run_flood, "SYNs from addresses that are lies" },
	{ "flood", "syn-bots", run_flood, "SYNs from 300 hosts that are who they say" },
	{ "flood", "syn-ack", run_flood, "SYN-ACKs of servers that were asked in the site's name" },
	{ "flood", "rst", run_flood, "RST/ACKs, likewise" },
	{ "flood", "udp", run_flood, "datagrams to one port" },
	{ "flood", "udp-random", run_flood, "datagrams to all ports" },
	{ "flood", "icmp", run_flood, "echo requests of 1,024 bytes" },
	{ "flood", "ack", run_flood, "ACKs of no connection" },
	{ "flood", "amp-dns", run_amplified, "answers of resolvers, in three pieces each" },
	{ "flood", "amp-ntp", run_amplified, "lists of time servers' clients" },
	{ "flood", "amp-ssdp", run_amplified, "answers of UPnP devices" },
	{ "flood", "amp-snmp", run_amplified, "answers to GetBulk" },
	{ "flood", "amp-cldap", run_amplified, "answers of directories" },
	{ "flood", "amp-memcached", run_amplified, "values of caches" },
	{ "flood", "amp-chargen", run_amplified, "lines of characters" },
	{ "flood", "amp-isakmp", run_amplified, "proposals of VPN gateways" },
	{ "flood", "amp-wsd", run_amplified, "answers of WS-Discovery" },
	{ "flood", "amp-recorder", run_amplified, "answers of video recorders" },
	{ "flood", "fragments", run_flood, "later pieces of what never began" },
	{ "flood", "fragments-tiny", run_flood, "pieces of 24 bytes that overlap" },
	{ "flood", "mixed", run_mixed, "SYNs that are lies, and a scan behind them" },
	{ NULL, NULL, NULL, NULL },
};
