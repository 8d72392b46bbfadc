#include <stdlib.h>
#include <string.h>

#include "traffic/asked_parts.h"

#define SAMPLES 7u
#define AT_ONCE_NS INT64_C(100000000) /* requests of a client nearer than that are one moment */

/* Slots of the samples, of which three quarters are used.  A draw has some thousand requests, and pairs among
 * them are few: it keeps all of its clients with their paths and all values, and no times. */
static const struct plan {
	uint32_t slots, stride;
} plans[2][SAMPLES] = {
	{ { 4096, sizeof(struct cm_sample_slot) }, { 2048, sizeof(struct cm_sample_slot) }, { 2048, sizeof(struct cm_sample_slot) },
	    { 1024, sizeof(struct cm_sample_slot) }, { 1024, sizeof(struct cm_sample_slot) },
	    { 1024, sizeof(struct cm_sample_slot) }, { 1024, sizeof(struct cm_pace) } },
	{ { 8192, sizeof(struct cm_sample_slot) }, { 8192, sizeof(struct cm_sample_slot) },
	    { 8192, sizeof(struct cm_sample_slot) }, { 1024, sizeof(struct cm_sample_slot) },
	    { 1024, sizeof(struct cm_sample_slot) }, { 1024, sizeof(struct cm_sample_slot) }, { 8, sizeof(struct cm_pace) } },
};

static size_t
plan_bytes(bool draw, size_t i)
{
	return (size_t)plans[draw][i].slots * plans[draw][i].stride;
}

static size_t
samples_bytes(bool draw)
{
	size_t all = 0;

	for (size_t i = 0; i < SAMPLES; i++)
		all += plan_bytes(draw, i);
	return all;
}

size_t
cm_episode_bytes(bool draw)
{
	return sizeof(struct cm_episode) + samples_bytes(draw);
}

size_t
cm_episode_scratch_bytes(bool draw)
{
	size_t most = 0;

	for (size_t i = 0; i < SAMPLES; i++)
		most = plan_bytes(draw, i) > most ? plan_bytes(draw, i) : most;
	return most;
}

struct cm_episode *
cm_episode_new(bool draw)
{
	struct cm_episode *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->samples = malloc(samples_bytes(draw));
	if (e->samples == NULL) {
		free(e);
		return NULL;
	}
	return e;
}

void
cm_episode_free(struct cm_episode *e)
{
	if (e == NULL)
		return;
	free(e->samples);
	free(e);
}

void
cm_episode_begin(struct cm_episode *e, bool draw, uint64_t seed)
{
	struct cm_sample *const samples[SAMPLES] = { &e->client, &e->again, &e->value, &e->referer, &e->agent, &e->path, &e->pace };
	uint8_t *at = e->samples;

	memset(e, 0, sizeof(*e));
	e->samples = at;
	memset(at, 0, samples_bytes(draw));
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct plan *p = &plans[draw][i];

		*samples[i] = (struct cm_sample) { .slots = at, .size = p->slots, .stride = p->stride, .seed = seed };
		at += plan_bytes(draw, i);
	}
}

/* ---- rates ---- */

static void
widen(struct cm_traffic_series *s)
{
	for (uint32_t i = 0; i < CM_TRAFFIC_BINS; i++) {
		uint32_t a = 2 * i, b = a + 1;

		s->in[i] = b < CM_TRAFFIC_BINS ? s->in[a] + s->in[b] : 0;
		s->out[i] = b < CM_TRAFFIC_BINS ? s->out[a] + s->out[b] : 0;
	}
	s->width_ns *= 2;
	s->n = (s->n + 1) / 2;
}

static void
count_series(struct cm_traffic_series *s, int64_t t_ns, uint64_t *bins)
{
	uint64_t at;

	if (t_ns < s->from_ns)
		t_ns = s->from_ns;
	while (((uint64_t)t_ns - (uint64_t)s->from_ns) / (uint64_t)s->width_ns >= CM_TRAFFIC_BINS)
		widen(s);
	at = ((uint64_t)t_ns - (uint64_t)s->from_ns) / (uint64_t)s->width_ns;
	bins[at]++;
	if (at >= s->n)
		s->n = (uint32_t)at + 1;
}

static void
count_rate(struct cm_episode *e, int64_t t_ns)
{
	int64_t at = t_ns / CM_ASKED_SECOND;
	struct cm_asked_second *second = &e->second[(uint64_t)at % CM_ASKED_SECONDS];

	if (second->at != at)
		*second = (struct cm_asked_second) { .at = at };
	if (++second->n > e->peak)
		e->peak = second->n;
	if (e->series.width_ns == 0) {
		e->series.width_ns = CM_ASKED_SECOND / 8;
		e->series.from_ns = t_ns;
	}
	count_series(&e->series, t_ns, e->series.in);
}

/* ---- what they have in common ---- */

static void
add_pace(struct cm_pace *p, int64_t t_ns)
{
	if (p->slot.n > 1 && t_ns >= p->last_ns) {
		int64_t ms = (t_ns - p->last_ns) / 1000000;

		if (t_ns - p->last_ns < AT_ONCE_NS)
			return;
		p->gap_ms[p->n_gaps++ % CM_ASKED_GAPS] = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
		if (p->n_gaps == 2 * CM_ASKED_GAPS)
			p->n_gaps = CM_ASKED_GAPS;
	}
	p->last_ns = t_ns;
}

static void
add_client(struct cm_episode *e, const struct cm_asked_look *l, bool draw, void *scratch)
{
	struct cm_pace *pace;

	if (l->client == 0)
		return;
	(void)cm_sample_add(&e->client, l->client, scratch);
	(void)cm_sample_add(&e->again, cm_key_mix(l->client, l->path_key), scratch);
	cm_asked_top_add(&e->clients, l->client, cm_span_of(&l->r->client, sizeof(l->r->client)), 0);
	if (draw)
		return;
	pace = cm_sample_add(&e->pace, l->client, scratch);
	if (pace != NULL)
		add_pace(pace, l->r->t_ns);
}

static void
add_query(struct cm_episode *e, const struct cm_asked_look *l, void *scratch)
{
	struct cm_query q = cm_query_look(l->r->target, l->r->t_ns);
	struct cm_sample_slot *slot;

	e->kinds[q.kind]++;
	if (q.kind == CM_BUSTER_NONE || q.kind == CM_BUSTER_MS || q.kind == CM_BUSTER_S)
		return;
	slot = cm_sample_add(&e->value, cm_key_of(q.value, (uint64_t)q.kind), scratch);
	if (slot != NULL)
		slot->tag = q.kind;
}

static void
add_referer(struct cm_episode *e, const struct cm_asked_look *l, void *scratch)
{
	e->referer_known += l->referer_is != CM_REFERER_UNKNOWN;
	e->no_referer += l->referer_is == CM_REFERER_NONE;
	e->own_referer += l->referer_is == CM_REFERER_OWN;
	e->foreign_referer += l->referer_is == CM_REFERER_FOREIGN;
	if (l->referer_is != CM_REFERER_FOREIGN)
		return;
	(void)cm_sample_add(&e->referer, l->referer, scratch);
	cm_asked_top_add(&e->referers, l->referer, l->referer_host, 0);
}

static void
add_server(struct cm_episode *e, const struct cm_request *r)
{
	size_t i;

	for (i = 0; i < CM_ASKED_SERVERS && e->server[i].n > 0; i++)
		if (e->server[i].port == r->server_port && cm_host_eq(&e->server[i].host, &r->server))
			break;
	if (i == CM_ASKED_SERVERS)
		return;
	e->server[i].host = r->server;
	e->server[i].port = r->server_port;
	e->server[i].n++;
}

void
cm_episode_add(struct cm_episode *e, const struct cm_asked_look *l, bool draw, void *scratch)
{
	const struct cm_request *r = l->r;

	e->n++;
	e->sketched++;
	count_rate(e, r->t_ns);
	e->bytes += r->answered;
	e->cookie_known += r->cookie_known;
	e->cookies += r->has_cookie;
	e->parts += l->part;
	add_server(e, r);
	add_client(e, l, draw, scratch);
	add_query(e, l, scratch);
	add_referer(e, l, scratch);
	(void)cm_sample_add(&e->path, l->path_key, scratch);
	cm_asked_top_add(&e->paths, l->path_key, l->path, l->part);
	if (r->agent.ptr != NULL) {
		uint64_t agent = cm_key_of(r->agent, 0);

		e->agent_known++;
		(void)cm_sample_add(&e->agent, agent, scratch);
		cm_asked_top_add(&e->agents, agent, r->agent, 0);
	}
}
