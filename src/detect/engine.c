#include <stdlib.h>
#include <string.h>

#include "detect/across_parts.h"
#include "detect/engine.h"
#include "detect/engine_state.h"
#include "detect/report.h"

#define MIB ((size_t)1 << 20)
#define KEEP_FROM 2 /* bits that the whole capture can still raise to a verdict */
#define RELIEF_EVERY 16u /* flows looked at */
#define HANDS_MAX 256u
#define INCIDENTS_MAX 100000u

struct cm_params
cm_params_default(void)
{
	return (struct cm_params) {
		.memory = 424 * MIB,
		.window = 2048,
		.forged_bits = 10,
		.break_bits = 6,
		.support = true,
	};
}

void
cm_engine_relieve(struct cm_engine *e)
{
	if (e->give_back != NULL && ++e->judged % RELIEF_EVERY == 0)
		e->give_back(e->give_back_arg);
}

/* A flow, or a part of one, is over: it feeds the models, and is kept if odd. */
static enum cm_result
flow_over(void *ctx, const struct cm_flow_view *v)
{
	struct cm_engine *e = ctx;
	enum cm_result r = cm_hosts_add(e->hosts, v);
	int interest;

	if (r != CM_OK || v->n < 2)
		return r;
	cm_engine_relieve(e);
	e->judge.hosts = NULL;
	e->judge.n_hands = 0;
	if (e->before == NULL || !cm_judged_is_of(e->before, v) ||
	    !cm_judged_again(e->before, &e->judge, v))
		r = cm_judge_flow(&e->judge, v);
	if (r != CM_OK)
		return r;
	interest = cm_judge_interest(&e->judge);
	if (interest < KEEP_FROM)
		return CM_OK;
	cm_hosts_pin(e->hosts, v);
	return cm_candidates_keep(&e->kept, &e->judge, interest);
}

static void
expect(void *ctx, const struct cm_flow_end end[2], uint8_t proto, bool soon)
{
	const struct cm_engine *e = ctx;

	cm_hosts_expect(e->hosts, end, proto, soon);
}

CM_RESULT
cm_engine_new(const struct cm_params *params, struct cm_engine **out)
{
	struct cm_flow_limits limits = { params->memory / 8 * 5, params->window,
		params->hash_seed };
	struct cm_engine *e = calloc(1, sizeof(*e));
	enum cm_result r;

	if (e == NULL)
		return CM_E_NOMEM;
	e->params = *params;
	e->judge.params = &e->params;
	e->kept.memory = params->memory / 8;
	cm_arena_init(&e->arena, 0);
	cm_exchanges_init(&e->exchanges, params->hash_seed);
	r = cm_hosts_new(params->memory / 4, params->hash_seed, &e->hosts);
	if (r == CM_OK)
		r = cm_flow_table_new(&limits, flow_over, e, &e->flows);
	if (r != CM_OK) {
		cm_engine_free(e);
		return r;
	}
	cm_flow_table_foretell(e->flows, expect);
	*out = e;
	return CM_OK;
}

void
cm_engine_trim(struct cm_engine *e)
{
	cm_engine_free(e->again);
	cm_flow_table_free(e->flows);
	cm_hosts_free(e->hosts);
	cm_candidates_release(&e->kept);
	cm_judge_release(&e->judge);
	cm_parts_release(&e->parts);
	cm_exchanges_release(&e->exchanges);
	cm_quotes_release(&e->quotes);
	free(e->hands);
	free(e->compared);
	cm_judged_free(e->before);
	e->again = NULL;
	e->flows = NULL;
	e->hosts = NULL;
	e->hands = NULL;
	e->compared = NULL;
	e->before = NULL;
}

void
cm_engine_free(struct cm_engine *e)
{
	if (e == NULL)
		return;
	cm_engine_trim(e);
	cm_arena_fini(&e->arena);
	free(e->found);
	free(e->across_of);
	free(e);
}

/* The incident's own flow comes again in most reruns, and it is the odd one. */
static void
remember(struct cm_engine *e)
{
	struct cm_judged *p = cm_candidates_take(&e->kept);

	if (p == NULL)
		return;
	cm_judged_free(e->before);
	e->before = p;
}

void
cm_engine_reset(struct cm_engine *e)
{
	remember(e);
	cm_flow_table_reset(e->flows);
	cm_hosts_reset(e->hosts);
	cm_candidates_release(&e->kept);
	cm_parts_release(&e->parts);
	cm_arena_reset(&e->arena);
	e->stats = (struct cm_engine_stats) { 0 };
	e->n_hands = 0;
	e->n_found = e->n_explained = 0;
	e->finished = false;
}

void
cm_engine_expect(const struct cm_engine *e, struct cm_packet *p, size_t n)
{
	cm_flow_table_expect(e->flows, p, n);
}

/* What is only seen across flows. */
static inline enum cm_result
note(struct cm_engine *e, const struct cm_packet *p)
{
	if (p->quoted)
		return cm_quotes_packet(&e->quotes, p);
	return cm_exchanges_wants(p) ? cm_exchanges_packet(&e->exchanges, p) : CM_OK;
}

CM_RESULT
cm_engine_packet(struct cm_engine *e, const struct cm_packet *p, bool stable)
{
	e->stats.packets++;
	if (p->fragment)
		e->stats.fragments++;
	if (p->checksum == CM_CSUM_BAD)
		e->stats.bad_checksums++;
	if (e->params.support && !p->fragment && note(e, p) != CM_OK)
		return CM_E_NOMEM;
	if (p->fragment || p->quoted || (p->proto != 6 && p->proto != 17))
		return CM_OK;
	if (p->proto == 17 && (p->sport == 53 || p->dport == 53))
		e->stats.dns_messages++;
	if (p->n_parts > 0 && cm_parts_add(&e->parts, p) != CM_OK)
		return CM_E_NOMEM;
	return cm_flow_table_packet(e->flows, p, stable);
}

/* ---- judging ---- */

CM_RESULT
cm_engine_judge(struct cm_engine *e, const struct cm_candidate *c, struct cm_flow_view *v)
{
	cm_engine_relieve(e);
	*v = cm_candidate_view(c);
	e->judge.hosts = e->hosts;
	e->judge.hands = e->hands;
	e->judge.n_hands = e->n_hands;
	e->anew = c->judged == NULL || !cm_judged_again(c->judged, &e->judge, v);
	return e->anew ? cm_judge_flow(&e->judge, v) : CM_OK;
}

/* A constant identification is shown by packets of other flows: the first in each
 * of the first two other flows kept that have it. */
static void
show_constant(struct cm_engine *e, const struct cm_candidate *c, struct cm_mark *m)
{
	const struct cm_segment *g = &e->judge.v->segs[m->seg];
	const struct cm_host_place *p;
	size_t n = cm_candidates_of(&e->kept, &c->end[g->dir].host, &p);

	for (size_t i = 0; i < n && m->n_other < 2; i++) {
		const struct cm_candidate *o = p[i].c;

		if (o == c || o->proto != c->proto)
			continue;
		for (uint32_t k = 0; k < o->n; k++) {
			if (o->segs[k].dir != p[i].dir || o->segs[k].ipid != g->ipid)
				continue;
			m->other[m->n_other++] = o->segs[k].id;
			break;
		}
	}
}

static void
show_constants(struct cm_engine *e, const struct cm_candidate *c)
{
	for (size_t m = 0; m < e->judge.n_marks; m++)
		if (e->judge.marks[m].cue == CM_CUE_IPID_CONSTANT ||
		    e->judge.marks[m].cue == CM_CUE_DNS_IPID_CONSTANT)
			show_constant(e, c, &e->judge.marks[m]);
}

static enum cm_result
add_hand(struct cm_engine *e, const struct cm_candidate *c, const struct cm_segment *g)
{
	struct cm_hand h = { c->end[g->dir].host, g->id, g->ipid, g->window, g->df };

	for (size_t i = 0; i < e->n_hands; i++)
		if (e->hands[i].ipid == h.ipid && e->hands[i].window == h.window &&
		    e->hands[i].df == h.df && cm_host_eq(&e->hands[i].host, &h.host))
			return CM_OK;
	if (e->hands == NULL)
		e->hands = malloc(HANDS_MAX * sizeof(*e->hands));
	if (e->hands == NULL)
		return CM_E_NOMEM;
	if (e->n_hands < HANDS_MAX)
		e->hands[e->n_hands++] = h;
	return CM_OK;
}

void
cm_engine_look(struct cm_engine *e,
    bool (*look)(void *arg, const uint8_t *at, size_t len, uint8_t *room), void *arg)
{
	if (e->compared == NULL)
		e->compared = calloc(CM_COMPARED, sizeof(*e->compared)); /* or go without */
	e->judge.compared = e->compared;
	e->judge.look = look;
	e->judge.look_arg = arg;
}

void
cm_engine_relief(struct cm_engine *e, void (*give_back)(void *arg), void *arg)
{
	e->give_back = give_back;
	e->give_back_arg = arg;
}


/* Does it hold a segment with an identification that is constant across its sender's
 * flows? */
static bool
may_show_hand(const struct cm_engine *e, const struct cm_candidate *c)
{
	uint16_t fixed[2] = { 0, 0 };

	for (unsigned d = 0; d < 2; d++) {
		const struct cm_host_model *m = cm_hosts_find(e->hosts, &c->end[d].host, c->proto);

		if (m != NULL && cm_host_id_constant(m, m->ids_top))
			fixed[d] = m->ids_top;
	}
	if (fixed[0] == 0 && fixed[1] == 0)
		return false;
	for (uint32_t i = 0; i < c->n; i++)
		if (c->segs[i].ipid != 0 && c->segs[i].ipid == fixed[c->segs[i].dir])
			return true;
	return false;
}

/* First round: who is known by a constant identification? */
static enum cm_result
find_hands(struct cm_engine *e)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < e->kept.n && r == CM_OK; i++) {
		const struct cm_candidate *c = e->kept.item[i];
		struct cm_flow_view v;

		if (c->proto != 6 || !may_show_hand(e, c))
			continue;
		r = cm_engine_judge(e, c, &v);
		if (r != CM_OK || cm_verdict_groups(&e->judge, e->groups) == 0 || e->judge.corrupt)
			continue;
		for (size_t m = 0; m < e->judge.n_marks && r == CM_OK; m++)
			if (e->judge.marks[m].cue == CM_CUE_IPID_CONSTANT &&
			    e->judge.status[e->judge.marks[m].seg] == CM_FORGED)
				r = add_hand(e, c, &v.segs[e->judge.marks[m].seg]);
	}
	return r;
}

/* One line for a host and a benign cause will do. */
static bool
explained_before(const struct cm_engine *e, const struct cm_candidate *c,
    const struct cm_group *g, const struct cm_incident *x)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_explained; i++) {
		const struct cm_found *f = &e->found[e->explained[i]];

		if (strcmp(f->incident.explained_by, x->explained_by) != 0)
			continue;
		n++;
		if (cm_host_eq(&f->from->end[f->dir].host, &c->end[g->dir].host))
			return true;
	}
	return n >= CM_EXPLAINED_MAX;
}

static enum cm_result
add_found(struct cm_engine *e, const struct cm_candidate *c, const struct cm_group *g,
    uint32_t index)
{
	struct cm_incident x;
	enum cm_result r;

	if (e->n_found == e->room_found) {
		size_t room = e->room_found == 0 ? 16 : e->room_found * 2;
		struct cm_found *p = realloc(e->found, room * sizeof(*p));

		if (p == NULL)
			return CM_E_NOMEM;
		e->found = p;
		e->room_found = room;
	}
	r = cm_report_incident(&e->judge, g, index, &e->arena, &x);
	if (r != CM_OK)
		return r;
	if (x.verdict == CM_VERDICT_EXPLAINED) {
		if (explained_before(e, c, g, &x))
			return CM_OK;
		e->explained[e->n_explained++] = e->n_found;
	}
	if (!e->brief)
		r = cm_report_words(&e->judge, g, index, &e->arena, &x);
	if (r != CM_OK)
		return r;
	e->found[e->n_found++] = (struct cm_found) { .incident = x, .from = c, .dir = g->dir,
		.anew = e->anew };
	return CM_OK;
}

static enum cm_result
report_flow(struct cm_engine *e, const struct cm_candidate *c)
{
	struct cm_group *groups = e->groups;
	struct cm_flow_view v;
	enum cm_result r = cm_engine_judge(e, c, &v);
	unsigned n;

	if (r != CM_OK)
		return r;
	n = cm_verdict_groups(&e->judge, groups);
	if (n > 0)
		show_constants(e, c);
	for (unsigned k = 0; k < n && r == CM_OK; k++) {
		if (e->n_found < INCIDENTS_MAX)
			r = add_found(e, c, &groups[k], k);
		else
			e->stats.not_listed++;
	}
	return r;
}

/* Of incidents from number ${from} on: those that are accused, or all. */
static enum cm_result
show_again(struct cm_engine *e, size_t from, bool all)
{
	enum cm_result r = CM_OK;

	for (size_t i = from; i < e->n_found && r == CM_OK; i++) {
		struct cm_found *f = &e->found[i];

		if (!f->shown && (all || f->incident.verdict != CM_VERDICT_EXPLAINED))
			r = cm_feeder_support(e->feeder, f);
	}
	return r;
}

/* An incident is shown again while its flow is in the cache; what is explained waits until
 * all is reported, for explained_before asks for it as it was found. */
static enum cm_result
report_kept(struct cm_engine *e)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < e->kept.n && r == CM_OK; i++) {
		size_t from = e->n_found;

		cm_candidates_expect(&e->kept, i + 1);
		r = report_flow(e, e->kept.item[i]);
		if (r == CM_OK && e->feeder != NULL)
			r = show_again(e, from, false);
		if (r == CM_OK && e->feeder != NULL)
			r = cm_across_flow(e, from);
	}
	if (r == CM_OK && e->feeder != NULL)
		r = show_again(e, 0, true);
	return r;
}

static enum cm_result
report(struct cm_engine *e)
{
	enum cm_result r = CM_OK;
	size_t n = 0;

	if (e->params.support) {
		e->feeder = cm_feeder_new(e);
		r = e->feeder == NULL ? CM_E_NOMEM : CM_OK;
	}
	if (r == CM_OK)
		r = report_kept(e);
	cm_feeder_free(e->feeder);
	e->feeder = NULL;
	if (r != CM_OK)
		return r;
	for (size_t i = 0; i < e->n_found; i++) {
		if (e->found[i].gone)
			e->stats.unsupported++;
		else
			e->found[n++] = e->found[i];
	}
	e->n_found = n;
	return r;
}

static cm_packet_id
first_id(const struct cm_incident *x)
{
	cm_packet_id a = x->forged.n > 0 ? x->forged.id[0] : UINT64_MAX;
	cm_packet_id b = x->suspect.n > 0 ? x->suspect.id[0] : UINT64_MAX;

	return a < b ? a : b;
}

static int
by_first(const void *a, const void *b)
{
	const struct cm_found *x = a, *y = b;
	cm_packet_id p = first_id(&x->incident), q = first_id(&y->incident);

	if (p != q)
		return p < q ? -1 : 1;
	if (x->incident.type != y->incident.type)
		return x->incident.type < y->incident.type ? -1 : 1;
	return x->incident.verdict < y->incident.verdict ? -1
	    : x->incident.verdict > y->incident.verdict;
}

static void
fill_stats(struct cm_engine *e)
{
	const struct cm_flow_stats *f = cm_flow_table_stats(e->flows);

	e->stats.tcp_flows = f->tcp_flows;
	e->stats.udp_flows = f->udp_flows;
	e->stats.one_sided = f->one_sided;
	e->stats.cut_short = f->cut_short;
	e->stats.payload = f->payload;
	e->stats.encrypted = f->encrypted;
	e->stats.evicted_flows = f->evicted;
	e->stats.evicted_candidates = e->kept.evicted;
	e->stats.evicted_hosts = cm_hosts_forgotten(e->hosts);
}

CM_RESULT
cm_engine_finish(struct cm_engine *e)
{
	enum cm_result r;

	if (e->finished)
		return CM_E_USAGE;
	e->finished = true;
	r = cm_flow_table_finish(e->flows);
	fill_stats(e);
	if (r != CM_OK)
		return r;
	cm_hosts_settle(e->hosts);
	r = cm_candidates_settle(&e->kept);
	if (r == CM_OK)
		r = find_hands(e);
	if (r == CM_OK)
		r = report(e);
	if (r == CM_OK && e->n_found > 1)
		qsort(e->found, e->n_found, sizeof(*e->found), by_first);
	if (r == CM_OK && e->params.support)
		r = cm_across_make(e);
	return r;
}

const struct cm_across *
cm_engine_across(const struct cm_engine *e)
{
	return e->across;
}

size_t
cm_engine_count(const struct cm_engine *e)
{
	return e->n_found;
}

const struct cm_incident *
cm_engine_incident(const struct cm_engine *e, size_t i)
{
	return &e->found[i].incident;
}

const struct cm_engine_stats *
cm_engine_stats(const struct cm_engine *e)
{
	return &e->stats;
}

void
cm_engine_stats_add(struct cm_engine_stats *sum, const struct cm_engine_stats *more)
{
	sum->packets += more->packets;
	sum->tcp_flows += more->tcp_flows;
	sum->udp_flows += more->udp_flows;
	sum->dns_messages += more->dns_messages;
	sum->one_sided += more->one_sided;
	sum->cut_short += more->cut_short;
	sum->encrypted += more->encrypted;
	sum->payload += more->payload;
	sum->fragments += more->fragments;
	sum->fragments_lost += more->fragments_lost;
	sum->bad_checksums += more->bad_checksums;
	sum->evicted_flows += more->evicted_flows;
	sum->evicted_candidates += more->evicted_candidates;
	sum->evicted_hosts += more->evicted_hosts;
	sum->not_listed += more->not_listed;
	sum->unsupported += more->unsupported;
}
