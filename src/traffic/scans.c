/* F6: one source, many hosts or ports, and nothing said. */
#include "traffic/finding.h"
#include "traffic/likeness.h"

#define MANY 20	       /* targets */
#define MANY_PLAIN 40  /* of openings as an operating system makes them */
#define FEW_ODD 5      /* with flags that none makes */
#define TRIES 8u       /* in vain, on the same target: who comes more often is no stranger */
#define WELL_KNOWN 256u /* nobody has so many old friends that are all away */
#define SECOND UINT64_C(1000000000)
#define SLOW_NS (10 * SECOND) /* between two probes */

struct scan {
	const struct cm_scanners *s;
	const struct cm_scanner *c;
	uint64_t tried, hosts, ports, accepts, refuses, said;
	bool one_host, one_port;
};

/* Four fifths of the targets are of one host (port). */
static bool
most(uint32_t votes, uint32_t fresh)
{
	return (uint64_t)votes * 10 >= (uint64_t)fresh * 6;
}

/* A target that takes what comes may be visited as often as one likes. */
static bool
visits(const struct scan *k)
{
	uint32_t vain = k->c->probes > k->c->accepted ? k->c->probes - k->c->accepted : 0;

	return vain / (k->tried < WELL_KNOWN ? TRIES : TRIES * TRIES) > k->tried;
}

static struct scan
scan_of(const struct cm_scanners *s, const struct cm_scanner *c)
{
	return (struct scan) {
		.s = s,
		.c = c,
		.tried = cm_scanner_tried(s, c, CM_TRIED),
		.accepts = cm_scanner_tried(s, c, CM_TRIED_ACCEPTS),
		.refuses = cm_scanner_tried(s, c, CM_TRIED_REFUSES),
		.said = cm_scanner_tried(s, c, CM_TRIED_SAID),
		.hosts = cm_scanner_hosts(s, c),
		.ports = cm_scanner_ports(s, c),
		.one_host = most(c->host_votes, c->fresh),
		.one_port = most(c->port_votes, c->fresh),
	};
}

static bool
is_tcp(const struct scan *k, struct cm_sign_list *l)
{
	const struct cm_scanner *c = k->c;
	bool odd, plain, silent, closed, half;

	odd = c->odd >= 3 && cm_sign_least(l, CM_SIGN_ODD_FLAGS, (uint64_t)cm_ppm(c->odd, c->probes), 250000);
	plain = !cm_sign_least(l, CM_SIGN_NO_OPTIONS, (uint64_t)cm_ppm(c->few_options, c->fresh), 500000);
	silent = cm_sign_most(l, CM_SIGN_NOTHING_SAID, (uint64_t)cm_ppm(k->said, k->tried), 250000);
	closed = cm_sign_most(l, CM_SIGN_TARGETS_UNANSWERED, (uint64_t)cm_ppm(k->accepts, k->tried), 500000);
	cm_sign_least(l, CM_SIGN_TARGETS_REFUSED, (uint64_t)cm_ppm(k->refuses, k->tried), 250000);
	half = c->accepted > 0 && cm_sign_most(l, CM_SIGN_HALF_OPEN, (uint64_t)cm_ppm(c->acks, c->accepted), 250000);
	if (!silent || (!closed && !(half && !plain)))
		return false;
	return cm_sign_least(l, CM_SIGN_TARGETS_MANY, k->tried, odd ? FEW_ODD : plain ? MANY_PLAIN : MANY);
}

/* Many ports of few hosts, or few ports of many; both is what peers do among themselves. */
static bool
is_udp(const struct scan *k, struct cm_sign_list *l)
{
	bool closed = cm_sign_most(l, CM_SIGN_TARGETS_UNANSWERED, (uint64_t)cm_ppm(k->accepts, k->tried), 200000);

	bool small = cm_sign_most(l, CM_SIGN_SMALL, k->c->bytes / k->c->probes, CM_LIMIT_PROBE);

	cm_sign_least(l, CM_SIGN_UNREACHABLE, (uint64_t)cm_ppm(k->c->refused, k->c->probes), 10000);
	if (!small || !closed || !(k->one_host ? k->ports >= MANY : k->one_port && k->c->accepted + k->c->refused > 0))
		return false;
	return cm_sign_least(l, CM_SIGN_TARGETS_MANY, k->tried, k->one_host ? MANY : MANY_PLAIN);
}

/* Completed, as connect() does, or half-open?  The options tell; where they are a system's, what
 * became of what accepts. */
static enum cm_traffic_kind
kind_of(const struct scan *k)
{
	const struct cm_scanner *c = k->c;

	if (k->s->proto == 17)
		return CM_TRAFFIC_SCAN_UDP;
	if (c->odd >= 3 || (uint64_t)c->few_options * 2 >= c->fresh)
		return CM_TRAFFIC_SCAN_SYN;
	if ((uint64_t)c->accepted * 100 < c->probes || (uint64_t)c->acks * 8 >= c->accepted)
		return CM_TRAFFIC_SCAN_CONNECT;
	return CM_TRAFFIC_SCAN_SYN;
}

static void
fill_rates(const struct cm_scanner *c, uint64_t thin, struct cm_traffic_finding *f)
{
	uint64_t ns = c->last_ns > c->first_ns ? (uint64_t)(c->last_ns - c->first_ns) : 0;

	f->packets = c->probes * thin;
	f->bytes = cm_mul_div(c->bytes, thin, 1);
	f->peak_per_s = c->peak * thin;
	f->mean_per_s = cm_per_second(f->packets, ns < (uint64_t)CM_BIN_GRAIN ? CM_BIN_GRAIN : (int64_t)ns);
	f->slow = ns / SLOW_NS > f->packets;
}

static void
keep(const struct scan *k, const struct cm_sign_list *l, const struct cm_capture_seen *seen, struct cm_findings *out)
{
	const struct cm_scanner *c = k->c;
	struct cm_made *m = cm_findings_more(out, c->probes * seen->thin);
	struct cm_traffic_finding *f;

	if (m == NULL)
		return;
	f = &m->f;
	f->kind = kind_of(k);
	f->verdict = CM_TRAFFIC_SCAN;
	f->source = c->at.host;
	if (k->one_host)
		f->target = c->host;
	f->port = k->one_port ? c->port : 0;
	f->proto = k->s->proto;
	f->from_ns = c->first_ns;
	f->to_ns = c->last_ns;
	f->first = c->first;
	f->last = c->last;
	f->sources = 1;
	f->targets = k->tried;
	f->hosts = k->hosts;
	f->ports = k->ports;
	fill_rates(c, seen->thin, f);
	f->cut_begin = c->first_ns - seen->from_ns < (int64_t)SECOND;
	f->cut_end = seen->to_ns - c->last_ns < (int64_t)SECOND;
	f->effect = cm_effect_unknown("a scan is not judged by its effect");
	f->name = cm_likeness_name(c->likeness, c->probes, true);
	m->signs = *l;
	m->n_bins = 1;
	m->one = (struct cm_bin) { .from_ns = c->first_ns, .to_ns = c->last_ns, .in = c->probes,
		.out = cm_add_u32(c->accepted, c->refused) };
	if (c->sketch == 0)
		return;
	m->bin = k->s->sketch[c->sketch - 1]->bins.bin;
	m->n_bins = k->s->sketch[c->sketch - 1]->bins.n;
}

bool
cm_scan_is(const struct cm_scanners *s, const struct cm_scanner *c, struct cm_sign_list *l)
{
	const struct scan k = scan_of(s, c);

	return (s->proto == 17 ? is_udp(&k, l) : is_tcp(&k, l)) && !visits(&k);
}

static void
judge_source(const struct cm_scanners *s, const struct cm_scanner *c, const struct cm_capture_seen *seen, struct cm_findings *out)
{
	struct cm_sign_list l = { .drawn = seen->thin > 1 };
	struct scan k;

	if (c->n < FEW_ODD || (c->n < CM_SCAN_FEW - CM_SCAN_FEW / 4 && c->odd < 3))
		return;
	if (!cm_scan_is(s, c, &l))
		return;
	k = scan_of(s, c);
	keep(&k, &l, seen, out);
}

void
cm_scans_find(struct cm_scanners *s, const struct cm_capture_seen *seen, struct cm_findings *out)
{
	for (uint32_t i = 0; i < s->hosts.used; i++)
		judge_source(s, (const struct cm_scanner *)cm_roster_at(&s->hosts, i), seen, out);
}
