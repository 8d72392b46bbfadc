/* R4: two different answers to one DNS question, or one that the server's own
 * stack would not have given (E14; "Hold-On", Duan et al. 2012).
 *
 * Order is no sign: forged answers come before and after the genuine one. */
#include <stdlib.h>
#include <string.h>

#include "capture/dns.h"
#include "detect/judge.h"

#define WITHIN_NS (INT64_C(5) * 1000000000)
#define PARTNERS 64u /* messages looked at on either side */

/* One message, parsed when it is needed: a flow has few. */
static bool
parse(const struct cm_segment *g, struct cm_dns *d)
{
	return g->payload != NULL &&
	    cm_dns_parse(cm_span_of(g->payload, g->cap_len), d) == CM_OK;
}

static uint32_t
query_of(const struct cm_judge *j, uint32_t i, const struct cm_dns *d, struct cm_dns *q)
{
	const struct cm_segment *g = &j->v->segs[i];

	for (uint32_t k = i, n = 0; k-- > 0 && n < PARTNERS; n++) {
		const struct cm_segment *o = &j->v->segs[k];

		if (o->dir != g->dir && g->t_ns - o->t_ns <= WITHIN_NS && parse(o, q) &&
		    !q->response && q->id == d->id && q->name == d->name)
			return k;
	}
	return CM_NONE;
}

static bool
ipid_constant(const struct cm_judge *j, uint32_t i)
{
	const struct cm_segment *g = &j->v->segs[i];

	return !g->ipv6 && g->ipid != 0 && cm_host_id_constant(j->side[g->dir].model, g->ipid);
}

static void
header_marks(struct cm_judge *j, uint32_t i, uint32_t query)
{
	const struct cm_segment *g = &j->v->segs[i];
	int64_t fastest;
	int ttl = cm_host_dns_expected(j->side[g->dir].model, g->t_ns, &fastest);

	if (ttl >= 0 && abs(ttl - g->ttl) > 1)
		cm_judge_mark(j, i, CM_CUE_DNS_TTL, 4, NULL, 0);
	if (query != CM_NONE && ttl >= 0 && ttl != g->ttl && fastest > 0 &&
	    (g->t_ns - j->v->segs[query].t_ns) * 2 < fastest)
		cm_judge_mark1(j, i, CM_CUE_DNS_EARLY, 2, query);
	if (ipid_constant(j, i))
		cm_judge_mark(j, i, CM_CUE_DNS_IPID_CONSTANT, 4, NULL, 0);
	if (query != CM_NONE && !g->ipv6 && g->ipid > 1 && g->ipid == j->v->segs[query].ipid)
		cm_judge_mark1(j, i, CM_CUE_DNS_IPID_ECHO, 4, query);
}

static void
content_marks(struct cm_judge *j, uint32_t i, const struct cm_dns *d, uint32_t query,
    const struct cm_dns *q)
{
	const struct cm_exemplars *show;

	if (query != CM_NONE && q->qtype != d->qtype)
		cm_judge_mark1(j, i, CM_CUE_DNS_QTYPE, 4, query);
	if (d->qtype == CM_DNS_AAAA && d->n_a > 0)
		cm_judge_mark(j, i, CM_CUE_DNS_A_FOR_AAAA, 4, NULL, 0);
	if (query != CM_NONE && q->spelling != d->spelling)
		cm_judge_mark1(j, i, CM_CUE_DNS_CASE, 2, query);
	if (d->n_answers == 1 && d->n_a == 1 &&
	    cm_host_dns_names(j->side[j->v->segs[i].dir].model, d->first_a, &show) >= 3)
		cm_judge_mark(j, i, CM_CUE_DNS_SAME_ADDRESS, 3, NULL, 0);
}

/* Was the same question asked again in between?  Then both answers are due. */
static bool
asked_again(const struct cm_judge *j, uint32_t a, uint32_t b, const struct cm_dns *d)
{
	struct cm_dns q;

	for (uint32_t k = a + 1; k < b; k++) {
		const struct cm_segment *o = &j->v->segs[k];

		if (o->dir != j->v->segs[a].dir && parse(o, &q) && !q.response && q.id == d->id &&
		    q.name == d->name)
			return true;
	}
	return false;
}

static bool
was_asked_twice(const struct cm_judge *j, uint32_t a, const struct cm_dns *d)
{
	struct cm_dns q;
	unsigned n = 0;

	for (uint32_t k = a, m = 0; k-- > 0 && m < PARTNERS; m++) {
		const struct cm_segment *o = &j->v->segs[k];

		if (o->dir != j->v->segs[a].dir && j->v->segs[a].t_ns - o->t_ns <= WITHIN_NS &&
		    parse(o, &q) && !q.response && q.id == d->id && q.name == d->name &&
		    q.qtype == d->qtype)
			n++;
	}
	return n >= 2;
}

static void
find_conflicts(struct cm_judge *j, uint32_t a, const struct cm_dns *d)
{
	const struct cm_segment *x = &j->v->segs[a];
	struct cm_dns e;

	for (uint32_t b = a + 1; b < j->v->n && b - a <= PARTNERS; b++) {
		const struct cm_segment *y = &j->v->segs[b];
		bool again;

		if (y->dir != x->dir || y->t_ns - x->t_ns > WITHIN_NS || y->t_ns < x->t_ns ||
		    !parse(y, &e) || !e.response || e.id != d->id || e.name != d->name)
			continue;
		if (e.answers == d->answers && e.rcode == d->rcode && e.qtype == d->qtype)
			continue;
		/* Cut short, or too long to fit: then it may be the same answer. */
		if (d->n_read < d->n_answers || e.n_read < e.n_answers || d->tc || e.tc)
			continue;
		again = asked_again(j, a, b, d) || was_asked_twice(j, a, d);
		cm_judge_pair(j, a, b, CM_CUE_DNS_CONFLICT,
		    again ? CM_EXCUSE_ROTATION : CM_EXCUSE_NONE);
	}
}

static void
look(struct cm_judge *j)
{
	unsigned server = !j->client;

	if (j->v->end[server].port != 53)
		return;
	for (uint32_t i = 0; i < j->v->n; i++) {
		struct cm_dns d, q;
		uint32_t query;

		if (j->v->segs[i].dir != server || j->kind[i] == CM_SEG_BROKEN ||
		    !parse(&j->v->segs[i], &d) || !d.response)
			continue;
		query = query_of(j, i, &d, &q);
		j->trigger[i] = query;
		header_marks(j, i, query);
		content_marks(j, i, &d, query, &q);
		find_conflicts(j, i, &d);
	}
	for (size_t k = 0; k < j->n_pairs; k++) {
		struct cm_pair p = j->pairs[k];

		if (p.excuse != CM_EXCUSE_NONE)
			continue;
		if (!cm_judge_has(j, p.a, CM_CUE_DNS_CONFLICT))
			cm_judge_mark1(j, p.a, CM_CUE_DNS_CONFLICT, 3, p.b);
		if (!cm_judge_has(j, p.b, CM_CUE_DNS_CONFLICT))
			cm_judge_mark1(j, p.b, CM_CUE_DNS_CONFLICT, 3, p.a);
	}
}

const struct cm_detector cm_detector_dns = { "dns", 17, look };
