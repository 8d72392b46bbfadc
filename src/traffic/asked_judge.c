/* From the sketches of an episode to signs, and from signs to a verdict. */
#include <stdlib.h>
#include <string.h>

#include "traffic/asked_parts.h"

#define LEAST_REQUESTS 300u
#define LEAST_DRAWN 200u
#define LEAST_PER_S 10u
#define JOB_PER_S 50u /* of one source: no person asks so fast */
#define UNIFORM_CLIENTS 20u
#define NEAR_CLOCK 500u /* thousandths of a value's others, for it to be another one each time */
#define SELDOM 500 /* thousandths of a client's others for the same path */
#define NOT_KNOWN CM_ASKED_NOT_KNOWN

struct measures {
	int64_t value[CM_ASKED_SIGNS]; /* NOT_KNOWN: the sign can not be asked for */
	enum cm_buster buster;
	uint32_t busted_ppm;
	uint32_t period_ms, period_ppm;
	uint32_t cookie_ppm;
	bool cookie_known;
	uint64_t mean_milli; /* requests in 1000 s */
	uint64_t times;	     /* what it was before; 0: not known */
};

static uint32_t
ppm(uint64_t part, uint64_t all)
{
	if (all == 0)
		return 0;
	return part >= all ? 1000000 : (uint32_t)(part * 1000000 / all);
}

/* Events in ${ns} as events in 1000 s. */
static uint64_t
milli_of(uint64_t n, int64_t ns)
{
	uint64_t us = ns > 1000000 ? (uint64_t)ns / 1000 : 1000;

	return n > UINT64_MAX / 1000000000 ? n / us * 1000000000 : n * 1000000000 / us;
}

/* Without pauses.  Blocks of a log overlap in time where its lines are out of order; where it has whole
 * seconds, the last one is of it, too. */
static int64_t
active_ns(const struct cm_episode *e)
{
	bool whole = e->from_ns % CM_ASKED_SECOND == 0 && e->to_ns % CM_ASKED_SECOND == 0;
	int64_t all = e->to_ns - e->from_ns + (whole ? CM_ASKED_SECOND : 0);

	return e->active_ns < all ? e->active_ns : all;
}

/* ---- cache-busters ---- */

/* So many others may have a value by chance alone: clocks tick for all. */
static uint64_t
others_allowed(enum cm_buster kind, uint64_t mean_milli)
{
	if (kind == CM_BUSTER_MS_ELSE)
		return NEAR_CLOCK + 2 * mean_milli / 1000;
	if (kind == CM_BUSTER_S_ELSE)
		return NEAR_CLOCK + 2 * mean_milli;
	return NEAR_CLOCK;
}

static void
measure_busters(const struct cm_episode *e, uint64_t thin, struct measures *m)
{
	enum cm_buster best = CM_BUSTER_NONE;

	for (unsigned k = CM_BUSTER_MS; k < CM_BUSTERS; k++)
		if (e->kinds[k] > (best == CM_BUSTER_NONE ? 0 : e->kinds[best]))
			best = (enum cm_buster)k;
	m->value[CM_ASKED_BUSTERS] = 0;
	if (best == CM_BUSTER_NONE)
		return;
	if (best > CM_BUSTER_S &&
	    cm_sample_others_milli(&e->value, best, thin) > others_allowed(best, m->mean_milli))
		return;
	m->buster = best;
	m->busted_ppm = ppm(e->kinds[best], e->sketched);
	m->value[CM_ASKED_BUSTERS] = m->busted_ppm;
}

/* ---- periods ---- */

static int
by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint32_t
median_gap(const struct cm_pace *p)
{
	uint32_t gaps[CM_ASKED_GAPS], n = p->n_gaps < CM_ASKED_GAPS ? p->n_gaps : CM_ASKED_GAPS;

	memcpy(gaps, p->gap_ms, n * sizeof(*gaps));
	qsort(gaps, n, sizeof(*gaps), by_value);
	return gaps[n / 2];
}

/* The span [x, 5/4 x] that holds the most of ${v}, sorted. */
static void
find_mode(const uint32_t *v, uint32_t n, struct measures *m)
{
	uint32_t best = 0, at = 0;

	for (uint32_t i = 0, end = 0; i < n; i++) {
		while (end < n && v[end] <= v[i] + v[i] / 4)
			end++;
		if (end - i > best) {
			best = end - i;
			at = i + best / 2;
		}
	}
	m->period_ppm = ppm(best, n);
	if (m->period_ppm >= 300000)
		m->period_ms = v[at];
	else
		m->period_ppm = 0;
}

/* Of a draw the times between requests say nothing.  Visitors who come now and then are no
 * clients of the flood: who asks less than a quarter of the average is left out. */
static void
measure_period(const struct cm_episode *e, uint64_t thin, struct measures *m)
{
	uint64_t least = cm_sample_others_milli(&e->client, CM_ANY_TAG, thin) / 4000;
	uint32_t medians[1024], n = 0;

	m->value[CM_ASKED_PERIOD] = NOT_KNOWN;
	for (uint32_t i = 0; i < e->pace.size && n < 1024 && thin == 1; i++) {
		const void *slot = e->pace.slots + (size_t)i * e->pace.stride;
		const struct cm_pace *p = slot;

		if (p->slot.key != 0 && p->n_gaps >= 2 && p->slot.n > least)
			medians[n++] = median_gap(p);
	}
	if (n == 0)
		return;
	qsort(medians, n, sizeof(*medians), by_value);
	m->value[CM_ASKED_PERIOD] = medians[n / 2];
	find_mode(medians, n, m);
}

/* ---- referers, cookies, agents, clients, paths ---- */

static uint64_t
most(const struct cm_asked_top *t)
{
	uint64_t best = 0;

	for (uint32_t i = 0; i < t->n; i++)
		best = cm_asked_top_least(t, i) > best ? cm_asked_top_least(t, i) : best;
	return best;
}

/* Where the log does not name its host, own pages can not be told from others but by this: most
 * referers of a site are its own.  Then ${*own} and ${*foreign} are what they would be. */
static void
guess_own(const struct cm_episode *e, bool named, uint64_t *own, uint64_t *foreign, uint64_t *top)
{
	*own = e->own_referer;
	*foreign = e->foreign_referer;
	*top = most(&e->referers);
	if (named || *own > 0 || *top * 10 < *foreign * 6)
		return;
	*own = *top;
	*foreign -= *top;
	*top = 0;
	for (uint32_t i = 0; i < e->referers.n; i++)
		if (cm_asked_top_least(&e->referers, i) != *own && cm_asked_top_least(&e->referers, i) > *top)
			*top = cm_asked_top_least(&e->referers, i);
}

static void
measure_referers(const struct cm_episode *e, bool named, struct measures *m)
{
	uint64_t own, foreign, top;

	guess_own(e, named, &own, &foreign, &top);
	if (e->referer_known * 2 < e->sketched)
		return;
	m->value[CM_ASKED_FOREIGN_REFERERS] = ppm(foreign, e->referer_known);
	m->value[CM_ASKED_NO_REFERERS] = ppm(e->no_referer, e->referer_known);
	m->value[CM_ASKED_OWN_REFERERS] = ppm(own, e->referer_known);
	if (foreign * 2 >= e->referer_known)
		m->value[CM_ASKED_REFERERS_SPREAD] = ppm(top, foreign);
	if (foreign * 20 >= e->referer_known)
		m->value[CM_ASKED_ONE_REFERER] = ppm(top, foreign);
}

static void
measure_clients(const struct cm_episode *e, uint64_t thin, struct measures *m)
{
	if (e->client.n == 0)
		return;
	m->value[CM_ASKED_AGAIN] = (int64_t)(cm_sample_others_milli(&e->again, CM_ANY_TAG, thin) & INT64_MAX);
	if (m->value[CM_ASKED_AGAIN] <= SELDOM)
		m->value[CM_ASKED_ONE_EACH] = (int64_t)(cm_sample_others_milli(&e->client, CM_ANY_TAG, thin) & INT64_MAX);
	m->value[CM_ASKED_SINGLE_SOURCE] = ppm(most(&e->clients), e->sketched);
	if (e->agent_known * 2 >= e->sketched && e->client.n >= UNIFORM_CLIENTS)
		m->value[CM_ASKED_AGENT_UNIFORM] = ppm(most(&e->agents), e->sketched);
}

/* A path that is asked for most is what it is about, be it an image: it counts for no page. */
static void
measure_paths(const struct cm_episode *e, struct measures *m)
{
	uint32_t order[4], n = cm_asked_top_order(&e->paths, order, 4);
	uint64_t top = 0, parts = e->parts;

	for (uint32_t i = 0; i < n; i++)
		top += cm_asked_top_least(&e->paths, order[i]);
	if (n > 0 && e->paths.tag[order[0]] != 0)
		parts -= cm_asked_top_least(&e->paths, order[0]);
	m->value[CM_ASKED_SAME_PATHS] = ppm(top, e->sketched);
	m->value[CM_ASKED_PARTS] = m->value[CM_ASKED_NO_PARTS] = ppm(parts, e->sketched);
}

static void
measure(const struct cm_episode *e, const struct cm_asked_context *c, struct measures *m)
{
	memset(m, 0, sizeof(*m));
	for (unsigned i = 0; i < CM_ASKED_SIGNS; i++)
		m->value[i] = NOT_KNOWN;
	m->mean_milli = milli_of(e->n * c->thin, active_ns(e));
	if (c->base_n > 0 && c->base_ns > 0) {
		uint64_t base = milli_of(c->base_n * c->thin, c->base_ns);

		m->times = m->mean_milli / (base > 0 ? base : 1);
		m->value[CM_ASKED_ABOVE_BASELINE] = (int64_t)m->times;
	}
	m->cookie_known = e->cookie_known * 2 >= e->sketched;
	m->cookie_ppm = ppm(e->cookies, e->cookie_known);
	if (m->cookie_known)
		m->value[CM_ASKED_COOKIES] = m->value[CM_ASKED_NO_COOKIES] = m->cookie_ppm;
	measure_busters(e, c->thin, m);
	measure_period(e, c->thin, m);
	measure_referers(e, c->name.len > 0, m);
	measure_clients(e, c->thin, m);
	measure_paths(e, m);
}

/* ---- verdict ---- */

static bool
is_there(const struct measures *m, enum cm_asked_sign s)
{
	const struct cm_asked_rule *rule = &cm_asked_rules()[s];

	if (m->value[s] == NOT_KNOWN)
		return false;
	return rule->below ? m->value[s] <= rule->limit : m->value[s] >= rule->limit;
}

void
cm_asked_measure(const struct cm_episode *e, const struct cm_asked_context *c, int64_t value[CM_ASKED_SIGNS])
{
	struct measures m;

	measure(e, c, &m);
	memcpy(value, m.value, sizeof(m.value));
}

struct decision {
	enum cm_traffic_verdict verdict;
	bool by_baseline; /* without what was usual it would be another one, or none */
};

static bool
decide(const struct cm_episode *e, const struct cm_asked_context *c, const struct measures *m,
    struct decision *out)
{
	bool draw = c->thin > 1;
	/* What a draw can not show is the word of who drew it. */
	bool above = draw || is_there(m, CM_ASKED_ABOVE_BASELINE), paced = draw || is_there(m, CM_ASKED_PERIOD);
	int score = 0;

	if (e->n < (draw ? LEAST_DRAWN : LEAST_REQUESTS) || m->mean_milli < LEAST_PER_S * 1000u)
		return false;
	for (unsigned i = 0; i < CM_ASKED_SIGNS; i++)
		score += is_there(m, (enum cm_asked_sign)i) ? cm_asked_rules()[i].weight : 0;
	out->by_baseline = false;
	out->verdict = CM_TRAFFIC_FLOOD;
	if (score >= CM_ASKED_FLOOD_SCORE && paced)
		return true;
	if (!above) {
		out->verdict = CM_TRAFFIC_SURGE;
		return is_there(m, CM_ASKED_SINGLE_SOURCE) && m->mean_milli >= JOB_PER_S * 1000u;
	}
	out->by_baseline = true;
	if (score < CM_ASKED_FLOOD_SCORE_ABOVE)
		out->verdict = CM_TRAFFIC_SURGE;
	return true;
}

bool
cm_asked_would(const struct cm_episode *e, const struct cm_asked_context *c)
{
	struct decision decision;
	struct measures m;

	measure(e, c, &m);
	return decide(e, c, &m, &decision);
}

/* ---- the finding ---- */

static void
set_text(char *to, size_t room, struct cm_span s)
{
	size_t n = s.len < room - 1 ? s.len : room - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = s.ptr[i] == 0 ? '?' : (char)s.ptr[i];
	to[n] = 0;
}

static uint32_t
list_top(const struct cm_asked_top *t, uint64_t thin, struct cm_traffic_count *out, char (*text)[CM_TOP_TEXT + 1])
{
	uint32_t order[CM_TRAFFIC_TOP], n = cm_asked_top_order(t, order, CM_TRAFFIC_TOP);

	for (uint32_t i = 0; i < n; i++) {
		out[i].n = cm_asked_top_least(t, order[i]) * thin;
		set_text(text[i], CM_TOP_TEXT + 1, cm_span_of(t->text[order[i]].text, t->text[order[i]].len));
	}
	return n;
}

static void
fill_http(const struct cm_episode *e, const struct cm_asked_context *c, const struct measures *m,
    struct cm_asked_found *out)
{
	struct cm_traffic_http *h = &out->http;

	set_text(out->name, sizeof(out->name), c->name);
	h->n_paths = list_top(&e->paths, c->thin, h->paths, out->text[0]);
	h->n_referers = list_top(&e->referers, c->thin, h->referers, out->text[1]);
	h->n_agents = list_top(&e->agents, c->thin, h->agents, out->text[2]);
	h->paths_seen = cm_sample_distinct(&e->path);
	h->referers_seen = cm_sample_distinct(&e->referer);
	h->agents_seen = cm_sample_distinct(&e->agent);
	h->busted_ppm = m->busted_ppm;
	h->buster = m->buster == CM_BUSTER_NONE ? NULL : cm_buster_word(m->buster);
	h->period_ms = m->period_ms;
	h->period_ppm = m->period_ppm;
	h->with_cookie_ppm = m->cookie_ppm;
	h->cookie_known = m->cookie_known;
	h->requests = e->n * c->thin;
}

/* The server and port that nearly all requests went to. */
static void
fill_ends(const struct cm_episode *e, struct cm_traffic_finding *f)
{
	for (size_t i = 0; i < CM_ASKED_SERVERS; i++)
		if (e->server[i].n * 10 >= e->sketched * 9) {
			f->target = e->server[i].host;
			f->port = e->server[i].port;
		}
	for (uint32_t i = 0; i < e->clients.n; i++)
		if (ppm(cm_asked_top_least(&e->clients, i), e->sketched) >= (uint64_t)cm_asked_rules()[CM_ASKED_SINGLE_SOURCE].limit)
			memcpy(&f->source, e->clients.text[i].text, sizeof(f->source));
}

static void
fill_effect(const struct cm_episode *e, const struct cm_asked_context *c, struct cm_effect *x)
{
	const struct cm_answers *part[2] = { c->base_answers, &e->answers };

	for (int i = 0; i < 2; i++) {
		x->syn_answered_ppm[i] = -1;
		x->answer_ms[i] = cm_answers_median_ms(part[i]);
		x->errors_ppm[i] = cm_answers_error_ppm(part[i]);
		x->answered_ppm[i] = c->from_packets ? cm_answers_answered_ppm(part[i]) : -1;
	}
	/* The server answered before, and does so no more. */
	if (c->from_packets && e->answers.answered == 0 && c->base_answers->answered > 0 && e->answers.asked > 0)
		x->answered_ppm[1] = 0;
	x->degraded = e->degraded;
	x->recovered = e->recovered;
	x->degraded_ns = e->degraded_ns;
	x->recovered_ns = e->recovered_ns;
	if (!c->from_packets)
		x->unseen = "A log has only what the server came to answer.";
	else if (!c->pairs)
		x->unseen = "Of a draw, requests and their answers do not come together.";
	else if (e->answers.answered == 0 && c->base_answers->answered == 0)
		x->unseen = "No answer of the target is in the capture.";
}

/* A fair sample of the referers: those with the lowest keys. */
static void
fill_marks(const struct cm_sample *s, struct cm_asked_found *out)
{
	for (uint32_t i = 0; i < s->size; i++) {
		uint64_t key = cm_sample_at(s, i)->key;
		uint32_t at = out->n_marks;

		if (key == 0 || (at == CM_ASKED_MARKS && key > out->marks[at - 1]))
			continue;
		at = at < CM_ASKED_MARKS ? at : CM_ASKED_MARKS - 1;
		for (; at > 0 && out->marks[at - 1] > key; at--)
			out->marks[at] = out->marks[at - 1];
		out->marks[at] = key;
		out->n_marks += out->n_marks < CM_ASKED_MARKS;
	}
}

void
cm_asked_sign_add(struct cm_asked_found *found, enum cm_asked_sign s, int64_t value)
{
	const struct cm_asked_rule *rule = &cm_asked_rules()[s];
	size_t at = found->f.n_signs;

	for (; at > 0 && strcmp(found->signs[at - 1].kind->name, rule->kind.name) > 0; at--)
		found->signs[at] = found->signs[at - 1];
	found->signs[at] = (struct cm_traffic_sign) { &rule->kind, value, rule->limit };
	found->f.n_signs++;
}

static void
fill_rates(const struct cm_episode *e, const struct cm_asked_context *c, const struct measures *m,
    struct cm_traffic_finding *f)
{
	f->packets = e->n * c->thin;
	f->bytes = e->bytes * c->thin;
	f->mean_per_s = m->mean_milli / 1000;
	f->peak_per_s = e->peak * c->thin;
	if (f->peak_per_s < f->mean_per_s) /* the block that began it is in no second */
		f->peak_per_s = f->mean_per_s;
	f->sources = cm_sample_distinct(&e->client);
	if (c->base_n > 0 && c->base_ns > 0) {
		f->baseline.how = CM_BASELINE_BEFORE;
		f->baseline.milli = milli_of(c->base_n * c->thin, c->base_ns);
		f->baseline.span_ms = (uint64_t)c->base_ns / 1000000;
	}
}

static void
fill_series(const struct cm_episode *e, uint64_t thin, struct cm_traffic_series *s)
{
	*s = e->series;
	for (uint32_t i = 0; i < CM_TRAFFIC_BINS; i++) {
		s->in[i] *= thin;
		s->out[i] *= thin;
	}
}

bool
cm_asked_judge(const struct cm_episode *e, const struct cm_asked_context *c, struct cm_asked_found *out)
{
	struct cm_traffic_finding *f = &out->f;
	struct decision decision;
	struct measures m;

	measure(e, c, &m);
	if (!decide(e, c, &m, &decision))
		return false;
	memset(out, 0, sizeof(*out));
	f->kind = CM_TRAFFIC_HTTP;
	f->verdict = decision.verdict;
	f->proto = c->from_packets ? 6 : 0;
	f->from_ns = e->from_ns;
	f->to_ns = e->to_ns;
	/* What it rests on is part of it. */
	f->first = decision.by_baseline && c->base_n > 0 ? c->base_first : e->first;
	f->last = e->last;
	f->cut_begin = e->cut_begin;
	f->cut_end = c->cut_end;
	fill_rates(e, c, &m, f);
	fill_ends(e, f);
	fill_http(e, c, &m, out);
	fill_effect(e, c, &f->effect);
	fill_series(e, c->thin, &out->series);
	fill_marks(&e->referer, out);
	out->name_key = cm_key_of_folded(c->name, 0);
	for (unsigned i = 0; i < CM_ASKED_SIGNS; i++)
		if (is_there(&m, (enum cm_asked_sign)i))
			cm_asked_sign_add(out, (enum cm_asked_sign)i, m.value[i]);
	return true;
}

void
cm_asked_bind(struct cm_asked_found *found)
{
	struct cm_traffic_http *h = &found->http;

	h->name = found->name;
	h->shared = found->shared[0] != 0 ? found->shared : NULL;
	for (uint32_t i = 0; i < CM_TRAFFIC_TOP; i++) {
		h->paths[i].text = i < h->n_paths ? found->text[0][i] : NULL;
		h->referers[i].text = i < h->n_referers ? found->text[1][i] : NULL;
		h->agents[i].text = i < h->n_agents ? found->text[2][i] : NULL;
	}
	found->f.signs = found->signs;
	found->f.http = h;
	found->f.series = &found->series;
}
