#include <stdlib.h>
#include <string.h>

#include "traffic/likeness.h"
#include "traffic/scanners.h"
#include "traffic/services.h"

#define SEVERAL 8u	    /* targets from which a source's other packets are looked at */
#define SEEN_BITS 14u
#define TRACEROUTE_TTL 32u
#define TRACEROUTE_PORT 33434u
#define WELL_KNOWN 1024u

static uint64_t
scanner_weight(const void *entry)
{
	const struct cm_scanner *c = entry;

	return (c->sketch != 0 ? UINT64_C(1) << 40 : 0) + (uint64_t)c->n * 256 + c->probes;
}

static void
drop_sketch(struct cm_scanners *s, uint32_t i)
{
	free(s->sketch[i]);
	s->sketch[i] = NULL;
	s->n_sketches--;
	s->evicted++;
}

static void
scanner_gone(void *arg, void *entry)
{
	const struct cm_scanner *c = entry;

	if (c->sketch != 0)
		drop_sketch(arg, c->sketch - 1);
}

CM_RESULT
cm_scanners_init(struct cm_scanners *s, uint8_t proto, size_t memory, uint64_t seed)
{
	size_t seen = proto == 17 ? sizeof(*s->seen) << SEEN_BITS : 0;
	size_t left = memory > seen * 2 ? memory - seen : memory / 2;
	size_t sketches = left / 2 / (sizeof(struct cm_scan_sketch) + sizeof(struct cm_scan_sketch *));

	*s = (struct cm_scanners) { .proto = proto };
	s->hosts.seed = seed;
	s->hosts.weight = scanner_weight;
	s->hosts.gone = scanner_gone;
	s->hosts.arg = s;
	s->max_sketches = sketches < 4 ? 4 : sketches > 65536 ? 65536 : (uint32_t)sketches;
	s->sketch = calloc(s->max_sketches, sizeof(struct cm_scan_sketch *));
	s->seen = seen == 0 ? NULL : calloc(1, seen);
	if (s->sketch == NULL || (seen != 0 && s->seen == NULL))
		return CM_E_NOMEM;
	return cm_roster_init(&s->hosts, sizeof(struct cm_scanner), left / 2);
}

void
cm_scanners_fini(struct cm_scanners *s)
{
	for (uint32_t i = 0; s->sketch != NULL && i < s->max_sketches; i++)
		free(s->sketch[i]);
	free(s->sketch);
	free(s->seen);
	s->sketch = NULL;
	s->seen = NULL;
	cm_roster_fini(&s->hosts);
}

/* ---- targets of a source ---- */

static uint64_t
target_mix(uint32_t host, uint16_t port)
{
	return cm_mix((uint64_t)host << 16 | port);
}

/* Was this target, or one of the same hash, not tried before?  It is from now on. */
static bool
is_new(struct cm_scan_sketch *k, uint32_t host, uint16_t port)
{
	uint64_t t = target_mix(host, port), bit = UINT64_C(1) << (t & 63);
	uint64_t *word = &k->known[t >> 6 & 63];
	bool fresh = (*word & bit) == 0;

	*word |= bit;
	return fresh;
}

static void
sketch_add(struct cm_scan_sketch *k, enum cm_tried what, uint32_t host, uint16_t port)
{
	uint64_t t = target_mix(host, port);

	if (what != CM_TRIED) {
		cm_hll_add(k->became[what - 1], CM_SCAN_BITS_SMALL, t);
		return;
	}
	cm_hll_add(k->targets, CM_SCAN_BITS, t);
	cm_hll_add(k->hosts, CM_SCAN_BITS_SMALL, cm_mix(host));
	cm_hll_add(k->ports, CM_SCAN_BITS_SMALL, cm_mix(port));
}

static struct cm_scanner *
owner_of(const struct cm_scanners *s, uint32_t sketch)
{
	return (struct cm_scanner *)cm_roster_at(&s->hosts, s->sketch[sketch]->owner);
}

/* A number that no sketch has; of eight the one whose source tried least makes way. */
static uint32_t
room_for_sketch(struct cm_scanners *s)
{
	uint32_t quiet = s->hand;

	for (uint32_t k = 0; k < s->max_sketches; k++) {
		uint32_t i = s->hand;

		if (k >= 8 && s->n_sketches == s->max_sketches)
			break;
		s->hand = s->hand + 1 == s->max_sketches ? 0 : s->hand + 1;
		if (s->sketch[i] == NULL)
			return i;
		if (owner_of(s, i)->probes < owner_of(s, quiet)->probes)
			quiet = i;
	}
	owner_of(s, quiet)->sketch = 0;
	drop_sketch(s, quiet);
	return quiet;
}

/* From the list to sketches. */
static CM_RESULT
begin_sketch(struct cm_scanners *s, struct cm_scanner *c)
{
	uint32_t i = room_for_sketch(s);
	struct cm_scan_sketch *k = calloc(1, sizeof(*k));
	struct cm_bin *b;

	if (k == NULL)
		return CM_E_NOMEM;
	s->sketch[i] = k;
	s->n_sketches++;
	c->sketch = i + 1;
	k->owner = (uint32_t)(((uint8_t *)c - s->hosts.entries) / (ptrdiff_t)sizeof(*c));
	for (uint32_t m = 0; m < c->n; m++) {
		(void)is_new(k, c->tried_host[m], c->tried_port[m]);
		for (unsigned what = 0; what < CM_TRIED_KINDS; what++)
			if ((c->became[what] >> m & 1) != 0)
				sketch_add(k, (enum cm_tried)what, c->tried_host[m], c->tried_port[m]);
	}
	b = cm_bins_open(&k->bins, c->first_ns);
	*b = (struct cm_bin) { c->first_ns, c->last_ns, c->first, c->last, c->bytes, c->probes, 0, 0, 0, 0,
		cm_add_u32(c->accepted, c->refused), 0, 0 };
	return CM_OK;
}

static struct cm_scan_sketch *
sketch_of(const struct cm_scanners *s, const struct cm_scanner *c)
{
	return c->sketch == 0 ? NULL : s->sketch[c->sketch - 1];
}

/* The place of a target in the list; c->n: not there. */
static uint32_t
place_of(const struct cm_scanner *c, uint32_t host, uint16_t port)
{
	uint32_t i = 0;

	while (i < c->n && (c->tried_host[i] != host || c->tried_port[i] != port))
		i++;
	return i;
}

/* A target is tried; ${fresh}: for the first time. */
static CM_RESULT
try_target(struct cm_scanners *s, struct cm_scanner *c, uint32_t host, uint16_t port, bool *fresh)
{
	uint32_t i;

	if (c->sketch == 0) {
		i = place_of(c, host, port);
		*fresh = i == c->n;
		if (!*fresh)
			return CM_OK;
		if (i < CM_SCAN_FEW) {
			c->tried_host[i] = host;
			c->tried_port[i] = port;
			c->became[CM_TRIED] |= UINT32_C(1) << i;
			c->n++;
			return CM_OK;
		}
		if (begin_sketch(s, c) != CM_OK)
			return CM_E_NOMEM;
	}
	*fresh = is_new(sketch_of(s, c), host, port);
	sketch_add(sketch_of(s, c), CM_TRIED, host, port);
	return CM_OK;
}

/* Something becomes of a target, if it was tried. */
static void
target_did(struct cm_scanners *s, struct cm_scanner *c, enum cm_tried what, uint32_t host, uint16_t port)
{
	uint32_t i;

	if (c->sketch != 0) {
		sketch_add(sketch_of(s, c), what, host, port);
		return;
	}
	i = place_of(c, host, port);
	if (i < c->n)
		c->became[what] |= UINT32_C(1) << i;
}

uint64_t
cm_scanner_tried(const struct cm_scanners *s, const struct cm_scanner *c, enum cm_tried what)
{
	const struct cm_scan_sketch *k = sketch_of(s, c);

	if (k == NULL)
		return (uint64_t)__builtin_popcount(c->became[what]);
	return what == CM_TRIED ? cm_hll_count(k->targets, CM_SCAN_BITS) :
				  cm_hll_count(k->became[what - 1], CM_SCAN_BITS_SMALL);
}

uint64_t
cm_scanner_hosts(const struct cm_scanners *s, const struct cm_scanner *c)
{
	const struct cm_scan_sketch *k = sketch_of(s, c);
	uint64_t n = 0;

	if (k != NULL)
		return cm_hll_count(k->hosts, CM_SCAN_BITS_SMALL);
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t m = 0;

		while (c->tried_host[m] != c->tried_host[i])
			m++;
		n += m == i;
	}
	return n;
}

uint64_t
cm_scanner_ports(const struct cm_scanners *s, const struct cm_scanner *c)
{
	const struct cm_scan_sketch *k = sketch_of(s, c);
	uint64_t n = 0;

	if (k != NULL)
		return cm_hll_count(k->ports, CM_SCAN_BITS_SMALL);
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t m = 0;

		while (c->tried_port[m] != c->tried_port[i])
			m++;
		n += m == i;
	}
	return n;
}

/* ---- packets ---- */

static uint32_t
host32(const struct cm_host *h)
{
	return (uint32_t)(cm_mix_host(h, 0) >> 32);
}

/* R. S. Boyer, J S. Moore, 1981: whoever has most votes in the end may have the majority. */
static void
vote(struct cm_scanner *c, const struct cm_packet *p)
{
	c->fresh++;
	c->few_options += p->proto == 6 && (p->opts & (CM_OPT_TS | CM_OPT_SACK_OK | CM_OPT_WSCALE)) == 0;
	if (c->host_votes == 0)
		c->host = p->dst;
	c->host_votes = cm_host_eq(&c->host, &p->dst) ? c->host_votes + 1 : c->host_votes - 1;
	if (c->port_votes == 0)
		c->port = p->dport;
	c->port_votes = c->port == p->dport ? c->port_votes + 1 : c->port_votes - 1;
}

static CM_RESULT
probe(struct cm_scanners *s, const struct cm_seen *e, uint32_t second)
{
	const struct cm_packet *p = e->p;
	struct cm_scanner *c = cm_roster_find(&s->hosts, &p->src, e->src);
	struct cm_scan_sketch *k;
	bool fresh = false;
	enum cm_result r;

	if (c == NULL) {
		c = cm_roster_add(&s->hosts, &p->src, e->src);
		c->first_ns = c->last_ns = e->t_ns;
		c->first = p->id;
	}
	if (c->second != second) {
		c->second = second;
		c->now = 0;
	}
	c->now++;
	c->peak = c->now > c->peak ? c->now : c->peak;
	c->last = p->id;
	c->last_ns = e->t_ns > c->last_ns ? e->t_ns : c->last_ns;
	c->bytes += p->ip_len;
	cm_bump(&c->probes);
	if (p->proto == 6) {
		c->odd += cm_flags_odd(p->flags);
		cm_likeness_count(c->likeness, p);
	}
	r = try_target(s, c, host32(&p->dst), p->dport, &fresh);
	if (fresh)
		vote(c, p);
	if (c->n == SEVERAL) {
		uint64_t bit = cm_mix_host(&p->src, 0);

		s->several[bit & 63] |= UINT64_C(1) << (bit >> 6 & 63);
	}
	k = sketch_of(s, c);
	if (k != NULL) {
		struct cm_bin *b = cm_bins_at(&k->bins, e->t_ns);

		cm_bump(&b->in);
		b->bytes += p->ip_len;
	}
	return r;
}

static void
answer(struct cm_scanners *s, const struct cm_seen *e, enum cm_tried what)
{
	const struct cm_packet *p = e->p;
	struct cm_scanner *c = cm_roster_find(&s->hosts, &p->dst, e->dst);
	struct cm_scan_sketch *k;

	if (c == NULL)
		return;
	cm_bump(what == CM_TRIED_ACCEPTS ? &c->accepted : &c->refused);
	c->last = p->id;
	k = sketch_of(s, c);
	if (k != NULL)
		cm_bump(&cm_bins_at(&k->bins, e->t_ns)->out);
	if (!p->quoted)
		target_did(s, c, what, host32(&p->src), p->sport);
}

/* A source with several targets acknowledges, or says something. */
static void
talk(struct cm_scanners *s, const struct cm_seen *e)
{
	const struct cm_packet *p = e->p;
	uint64_t bit = cm_mix_host(&p->src, 0);
	struct cm_scanner *c;

	if ((s->several[bit & 63] >> (bit >> 6 & 63) & 1) == 0)
		return;
	c = cm_roster_find(&s->hosts, &p->src, e->src);
	if (c == NULL)
		return;
	cm_bump(&c->acks);
	if (p->payload_len != 0)
		target_did(s, c, CM_TRIED_SAID, host32(&p->dst), p->dport);
}

CM_RESULT
cm_scanners_tcp(struct cm_scanners *s, const struct cm_seen *e, uint32_t second)
{
	if (e->is == CM_CLASS_SYN || (e->is == CM_CLASS_TCP && cm_flags_odd(e->p->flags)))
		return probe(s, e, second);
	if (e->is == CM_CLASS_ANSWER)
		answer(s, e, (e->p->flags & CM_TCP_RST) != 0 ? CM_TRIED_REFUSES : CM_TRIED_ACCEPTS);
	else if (e->is == CM_CLASS_TCP)
		talk(s, e);
	return CM_OK;
}

/* Could this datagram be a probe?  Not an answer of a server, nor what traceroute sends. */
static bool
could_probe(const struct cm_packet *p)
{
	if (p->sport < WELL_KNOWN || cm_service_of(p->sport) != NULL)
		return p->sport == p->dport;
	return !(p->ttl <= TRACEROUTE_TTL && p->dport >= TRACEROUTE_PORT && p->dport < TRACEROUTE_PORT + 256);
}

CM_RESULT
cm_scanners_udp(struct cm_scanners *s, const struct cm_seen *e, uint32_t second)
{
	const struct cm_packet *p = e->p;
	uint64_t from, to, flow;
	uint32_t *seen, tag, direction;

	if (e->is == CM_CLASS_ICMP) {
		if (p->quoted)
			answer(s, e, CM_TRIED_REFUSES);
		return CM_OK;
	}
	from = cm_mix_host(&p->src, 0) + p->sport * UINT64_C(0x9e3779b97f4a7c15);
	to = cm_mix_host(&p->dst, 0) + p->dport * UINT64_C(0x9e3779b97f4a7c15);
	flow = cm_mix(from + to);
	seen = &s->seen[flow >> (64 - SEEN_BITS)];
	tag = (uint32_t)flow | 3;
	direction = from < to ? 1 : 2;
	if ((*seen | 3) == tag && (*seen & direction) != 0)
		return CM_OK;
	if ((*seen | 3) == tag) {
		*seen |= direction;
		answer(s, e, CM_TRIED_ACCEPTS);
		return CM_OK;
	}
	*seen = (tag & ~UINT32_C(3)) | direction;
	return could_probe(p) ? probe(s, e, second) : CM_OK;
}

enum cm_scan_role
cm_scan_role(const struct cm_host *source, uint8_t proto, enum cm_class is, const struct cm_packet *p)
{
	bool from = cm_host_eq(&p->src, source), to = cm_host_eq(&p->dst, source);

	if (proto == 17 && (is == CM_CLASS_UDP || is == CM_CLASS_SERVICE))
		return from ? CM_SCAN_PROBE : to ? CM_SCAN_WEIGHS : CM_SCAN_NONE;
	if (proto == 17)
		return to && is == CM_CLASS_ICMP && p->quoted ? CM_SCAN_WEIGHS : CM_SCAN_NONE;
	if (from && (is == CM_CLASS_SYN || (is == CM_CLASS_TCP && cm_flags_odd(p->flags))))
		return CM_SCAN_PROBE;
	if ((from && is == CM_CLASS_TCP) || (to && is == CM_CLASS_ANSWER))
		return CM_SCAN_WEIGHS;
	return CM_SCAN_NONE;
}
