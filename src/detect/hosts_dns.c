/* The DNS part of the host models: what a name server answers with. */
#include <stdlib.h>
#include <string.h>

#include "capture/dns.h"
#include "detect/hosts_parts.h"

static bool
answer_of(const struct cm_segment *g, struct cm_dns *d)
{
	return g->payload != NULL && cm_dns_parse(cm_span_of(g->payload, g->cap_len), d) == CM_OK &&
	    d->response;
}

/* The query that ${at} answers: the last one before it with its id. */
static uint32_t
query_before(const struct cm_flow_view *v, uint32_t at, uint16_t id)
{
	for (uint32_t i = at; i-- > 0 && at - i < 64;) {
		const struct cm_segment *g = &v->segs[i];

		if (g->dir != v->segs[at].dir && g->payload != NULL && g->cap_len >= 12 &&
		    cm_get16(g->payload) == id)
			return i;
	}
	return v->n;
}

static enum cm_result
count_single(struct cm_host_model *m, const struct cm_flow_view *v, const struct cm_dns *d,
    const uint32_t at[2], size_t *used)
{
	struct cm_host_single *s = NULL;

	if (m->single == NULL) {
		m->single = calloc(CM_HOST_SINGLES, sizeof(*m->single));
		if (m->single == NULL)
			return CM_E_NOMEM;
		*used += CM_HOST_SINGLES * sizeof(*m->single);
	}
	for (unsigned i = 0; i < m->n_singles && s == NULL; i++)
		if (memcmp(m->single[i].addr, d->first_a, 4) == 0)
			s = &m->single[i];
	if (s == NULL) {
		if (m->n_singles == CM_HOST_SINGLES)
			return CM_OK;
		s = &m->single[m->n_singles++];
		*s = (struct cm_host_single) { 0 };
		memcpy(s->addr, d->first_a, 4);
	}
	for (unsigned i = 0; i < s->n_names; i++)
		if (s->name[i] == d->name)
			return CM_OK;
	if (s->n_names == 3)
		return CM_OK;
	s->name[s->n_names++] = d->name;
	return cm_exemplars_add(&s->show, v, at, at[0] == at[1] ? 1 : 2, used);
}

CM_RESULT
cm_host_dns_add(struct cm_host_model *m, const struct cm_flow_view *v, uint32_t i, size_t *used)
{
	const struct cm_segment *g = &v->segs[i];
	struct cm_host_answer *a;
	struct cm_dns d;
	uint32_t q, at[2];
	enum cm_result r;

	if (!answer_of(g, &d))
		return CM_OK;
	if (m->answers == NULL) {
		m->answers = calloc(CM_HOST_ANSWERS, sizeof(*m->answers));
		if (m->answers == NULL)
			return CM_E_NOMEM;
		*used += CM_HOST_ANSWERS * sizeof(*m->answers);
	}
	q = query_before(v, i, d.id);
	at[0] = q < v->n ? q : i;
	at[1] = i;
	if (m->n_answers < CM_HOST_ANSWERS) {
		a = &m->answers[m->n_answers++];
		*a = (struct cm_host_answer) { .t_ns = g->t_ns, .ipid = g->ipid, .ttl = g->ttl };
		a->echo = q < v->n && g->ipid != 0 && g->ipid == v->segs[q].ipid;
		a->rtt_ns = q < v->n ? g->t_ns - v->segs[q].t_ns : -1;
	}
	r = cm_exemplars_add(&m->dns_show, v, at, at[0] == at[1] ? 1 : 2, used);
	if (r == CM_OK && d.n_answers == 1 && d.n_a == 1)
		r = count_single(m, v, &d, at, used);
	return r;
}

static bool
answer_plain(const struct cm_host_model *m, const struct cm_host_answer *a)
{
	if (a->echo)
		return false;
	return a->ipid == 0 || !cm_host_id_constant(m, a->ipid);
}

static bool
answer_near(const struct cm_host_answer *a, int64_t t_ns, int64_t reach)
{
	return a->t_ns - t_ns <= reach && t_ns - a->t_ns <= reach;
}

static int
answers_mode(const struct cm_host_model *m, int64_t t_ns, int64_t reach)
{
	uint16_t count[256] = { 0 };
	unsigned total = 0;
	int best = -1;

	for (uint32_t i = 0; i < m->n_answers; i++) {
		const struct cm_host_answer *a = &m->answers[i];

		if (!answer_plain(m, a) || !answer_near(a, t_ns, reach))
			continue;
		total++;
		count[a->ttl]++;
		if (best < 0 || count[a->ttl] > count[best])
			best = a->ttl;
	}
	if (total < 2)
		return -2;
	return count[best] * 2u > total ? best : -1;
}

int
cm_host_dns_expected(const struct cm_host_model *m, int64_t t_ns, int64_t *fastest_ns)
{
	int64_t reach = CM_HOST_NEAR_NS;
	int ttl;

	*fastest_ns = 0;
	if (m == NULL)
		return -1;
	ttl = answers_mode(m, t_ns, reach);
	if (ttl == -2) {
		reach = INT64_MAX / 2;
		ttl = answers_mode(m, t_ns, reach);
	}
	for (uint32_t i = 0; ttl >= 0 && i < m->n_answers; i++) {
		const struct cm_host_answer *a = &m->answers[i];

		if (a->ttl == ttl && a->rtt_ns > 0 && answer_plain(m, a) &&
		    answer_near(a, t_ns, reach) &&
		    (*fastest_ns == 0 || a->rtt_ns < *fastest_ns))
			*fastest_ns = a->rtt_ns;
	}
	return ttl < 0 ? -1 : ttl;
}

unsigned
cm_host_dns_names(const struct cm_host_model *m, const uint8_t addr[4],
    const struct cm_exemplars **show)
{
	for (unsigned i = 0; m != NULL && i < m->n_singles; i++) {
		if (memcmp(m->single[i].addr, addr, 4) != 0)
			continue;
		*show = &m->single[i].show;
		return m->single[i].n_names;
	}
	return 0;
}
