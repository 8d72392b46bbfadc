#include <stdlib.h>

#include "traffic/asked.h"
#include "traffic/finding.h"

#define DAY INT64_C(86400000000000)
#define FAR (30 * DAY) /* ahead or back: a broken clock, unless FAR_MANY packets in a row agree */
#define FAR_MANY 64u
#define TIME_MAX (INT64_C(1) << 61)

struct cm_traffic {
	struct cm_traffic_params params;
	struct cm_traffic_stats stats;
	struct cm_targets targets;
	struct cm_scanners tcp, udp;
	struct cm_asked *asked;
	struct cm_findings findings;
	struct cm_arena requests; /* what findings about these point to */
	bool begun;
	unsigned far;	/* packets in a row whose time is far from `now_ns` */
	int64_t from_ns, now_ns, to_ns;
};

struct cm_traffic_params
cm_traffic_params_default(void)
{
	return (struct cm_traffic_params) { .memory = (size_t)64 << 20, .thin = 1 };
}

#define DRESSED 8192u /* bytes, or fewer, for signs and series of a finding */

/* As many findings as fit into ${part} bytes, and as are dressed in two. */
static CM_RESULT
findings_init(struct cm_findings *f, size_t part)
{
	size_t listed = part * 2 / DRESSED;

	f->room = part / sizeof(*f->at);
	f->room = f->room > CM_FINDINGS_MADE ? CM_FINDINGS_MADE : f->room < 8 ? 8 : f->room;
	f->listed_max = listed > CM_TRAFFIC_FINDINGS ? CM_TRAFFIC_FINDINGS : listed < 4 ? 4 : listed;
	cm_arena_init(&f->arena, f->listed_max * DRESSED + 65536);
	f->at = calloc(f->room, sizeof(*f->at));
	return f->at == NULL ? CM_E_NOMEM : CM_OK;
}

/* Half for requests; of the rest 12 parts of 24 for targets, 3 and 2 for sources, 3 for findings,
 * 2 for what those about requests point to; the rest is spare. */
CM_RESULT
cm_traffic_new(const struct cm_traffic_params *params, struct cm_traffic **out)
{
	struct cm_traffic *t = calloc(1, sizeof(*t));
	struct cm_traffic_params half;
	size_t part;

	if (t == NULL)
		return CM_E_NOMEM;
	t->params = *params;
	t->params.thin = params->thin == 0 ? 1 : params->thin > UINT32_MAX ? UINT32_MAX : params->thin;
	half = t->params;
	half.memory /= 2;
	part = half.memory / 24;
	cm_arena_init(&t->requests, part * 2 < 65536 ? 65536 : part * 2);
	if (findings_init(&t->findings, part) == CM_OK && cm_asked_new(&half, &t->asked) == CM_OK &&
	    cm_targets_init(&t->targets, part * 12, params->hash_seed, t->params.thin) == CM_OK &&
	    cm_scanners_init(&t->tcp, 6, part * 3, params->hash_seed) == CM_OK &&
	    cm_scanners_init(&t->udp, 17, part * 2, params->hash_seed) == CM_OK) {
		*out = t;
		return CM_OK;
	}
	cm_traffic_free(t);
	return CM_E_NOMEM;
}

/* What was counted with; findings do not need it. */
static void
release_tables(struct cm_traffic *t)
{
	cm_targets_fini(&t->targets);
	cm_scanners_fini(&t->tcp);
	cm_scanners_fini(&t->udp);
	cm_asked_free(t->asked);
	t->asked = NULL;
}

void
cm_traffic_free(struct cm_traffic *t)
{
	if (t == NULL)
		return;
	release_tables(t);
	cm_arena_fini(&t->findings.arena);
	cm_arena_fini(&t->requests);
	free(t->findings.at);
	free(t);
}

/* The time of a packet, as far as it is believed: one that is a month away from the others
 * is taken as of now, until many in a row are. */
static int64_t
clock_of(struct cm_traffic *t, int64_t t_ns)
{
	t_ns = t_ns > TIME_MAX ? TIME_MAX : t_ns < -TIME_MAX ? -TIME_MAX : t_ns;
	if (!t->begun) {
		t->begun = true;
		t->from_ns = t->to_ns = t->now_ns = t_ns;
		return t_ns;
	}
	if (t_ns - t->now_ns > FAR || t->now_ns - t_ns > FAR) {
		if (++t->far < FAR_MANY)
			return t->now_ns;
	}
	t->far = 0;
	t->now_ns = t_ns;
	t->from_ns = t_ns < t->from_ns ? t_ns : t->from_ns;
	t->to_ns = t_ns > t->to_ns ? t_ns : t->to_ns;
	return t_ns;
}

/* HTTP, over TCP. */
static CM_RESULT
look_for_request(struct cm_traffic *t, const struct cm_packet *p)
{
	struct cm_request r;

	if (p->payload_len == 0 || p->payload.len == 0 || (p->open & CM_OPEN_PAYLOAD) == 0)
		return CM_OK;
	if (p->payload.ptr[0] >= 'A' && p->payload.ptr[0] <= 'Z' && cm_request_of_packet(p, &r)) {
		t->stats.requests++;
		return cm_asked_request(t->asked, &r);
	}
	return cm_asked_packet(t->asked, p);
}

CM_RESULT
cm_traffic_packet(struct cm_traffic *t, const struct cm_packet *p)
{
	struct cm_seen s = { .p = p, .is = cm_class_of(p) };
	enum cm_result r;

	t->stats.packets++;
	if (s.is == CM_CLASS_NONE)
		return CM_OK;
	s.t_ns = clock_of(t, p->t_ns);
	s.src = cm_mix_host(&p->src, t->params.hash_seed);
	s.dst = cm_mix_host(&p->dst, t->params.hash_seed);
	r = cm_targets_packet(&t->targets, &s);
	if (r != CM_OK || !p->transport)
		return r;
	if (p->proto == 6) {
		r = cm_scanners_tcp(&t->tcp, &s, t->targets.second);
		return r != CM_OK ? r : look_for_request(t, p);
	}
	if (p->proto == 17 || s.is == CM_CLASS_ICMP)
		return cm_scanners_udp(&t->udp, &s, t->targets.second);
	return CM_OK;
}

CM_RESULT
cm_traffic_request(struct cm_traffic *t, const struct cm_request *r)
{
	t->stats.requests++;
	return cm_asked_request(t->asked, r);
}

/* What requests showed of a server goes with what packets showed, at the same time. */
static void
join_effect(struct cm_findings *f, const struct cm_traffic_finding *h)
{
	for (size_t i = 0; i < f->n; i++) {
		struct cm_traffic_finding *p = &f->at[i].f;

		if (p->verdict == CM_TRAFFIC_SCAN || p->target.net == 0 || !cm_host_eq(&p->target, &h->target) ||
		    p->from_ns > h->to_ns || h->from_ns > p->to_ns)
			continue;
		for (unsigned w = 0; w < 2; w++) {
			p->effect.answer_ms[w] = h->effect.answer_ms[w];
			p->effect.errors_ppm[w] = h->effect.errors_ppm[w];
			p->effect.answered_ppm[w] = h->effect.answered_ppm[w];
		}
	}
}

static CM_RESULT
find_requests(struct cm_traffic *t)
{
	struct cm_findings *f = &t->findings;
	size_t max = f->listed_max, n = 0;
	struct cm_traffic_finding *at = calloc(max, sizeof(*at));
	enum cm_result r = CM_E_NOMEM;

	if (at != NULL)
		r = cm_asked_findings(t->asked, &t->requests, at, max, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		join_effect(f, &at[i]);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		struct cm_made *m = cm_findings_more(f, at[i].packets);

		if (m != NULL)
			m->f = at[i];
	}
	free(at);
	return r;
}

CM_RESULT
cm_traffic_finish(struct cm_traffic *t)
{
	struct cm_capture_seen seen = { t->from_ns, t->to_ns, t->params.thin, t->targets.hosts.used, { 0 } };
	struct cm_traffic_stats *s = &t->stats;

	for (unsigned i = 0; i < CM_CLASSES; i++)
		seen.all[i] = t->targets.all[i];
	cm_floods_find(&t->targets, &seen, &t->findings);
	if (find_requests(t) != CM_OK)
		return CM_E_NOMEM;
	cm_scans_find(&t->tcp, &seen, &t->findings);
	cm_scans_find(&t->udp, &seen, &t->findings);
	if (cm_findings_settle(&t->findings, t->params.thin) != CM_OK)
		return CM_E_NOMEM;
	s->targets_evicted = t->targets.hosts.evicted + t->targets.evicted;
	s->sources_evicted = t->tcp.hosts.evicted + t->udp.hosts.evicted;
	s->scans_evicted = t->tcp.evicted + t->udp.evicted;
	s->not_listed = t->findings.not_listed;
	cm_asked_add_stats(t->asked, s);
	release_tables(t);
	return CM_OK;
}

size_t
cm_traffic_n(const struct cm_traffic *t)
{
	return t->findings.n;
}

const struct cm_traffic_finding *
cm_traffic_at(const struct cm_traffic *t, size_t i)
{
	return i < t->findings.n ? &t->findings.at[i].f : NULL;
}

const struct cm_traffic_stats *
cm_traffic_get_stats(const struct cm_traffic *t)
{
	return &t->stats;
}
