/* How far away the forger may be (8.5): TTL and delay; and probes with limited TTLs. */
#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "detect/across_parts.h"

/* What a stack of today begins with. */
static uint8_t
initial_of(uint8_t ttl)
{
	return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

static void
cite(const struct cm_flow_look *l, uint32_t i)
{
	if (i != CM_NONE)
		cm_id_list_add(l->ids, l->f->from->segs[i].id);
}

static void
hops_of_forged(const struct cm_candidate *c, const struct cm_ids *ids, uint32_t at,
    struct cm_across_place *o)
{
	uint8_t before = 0;
	size_t n = 0;

	o->rising = ids->n > 1;
	for (size_t i = 0; i < ids->n && at < c->n; at++) {
		uint8_t ttl = c->segs[at].ttl;

		i += c->segs[at].id > ids->id[i]; /* one that was not kept */
		if (i == ids->n || c->segs[at].id != ids->id[i])
			continue;
		i++;
		if (n == 0 || ttl < o->ttl_low)
			o->ttl_low = ttl;
		if (n == 0 || ttl > o->ttl_high)
			o->ttl_high = ttl;
		o->rising &= n == 0 || ttl == before + 1;
		before = ttl;
		n++;
	}
	o->initial = initial_of(o->ttl_high);
	o->hops = o->initial - o->ttl_high;
}

/* The way there and back from where this was captured: of the handshake, or of the genuine
 * answer to a query. */
static void
path_of(const struct cm_flow_look *l, struct cm_across_place *o)
{
	const struct cm_candidate *c = l->f->from;
	uint32_t at[2];

	if (c->proto == 6) {
		o->has_path = cm_across_handshake(c, l->f->dir, at, &o->path_ns);
		if (o->has_path) {
			cite(l, at[0]);
			cite(l, at[1]);
		}
		return;
	}
	if (l->f->incident.genuine.n == 0)
		return;
	at[0] = cm_candidate_place(c, l->f->incident.genuine.id[0]);
	if (at[0] == CM_NONE)
		return;
	o->path_ns = c->segs[at[0]].t_ns - c->segs[l->trigger].t_ns;
	o->has_path = o->path_ns >= 0;
	cite(l, at[0]);
}

/* Rounded away from the capture; more than the whole way is no news. */
static uint32_t
permille_of(int64_t part, int64_t whole)
{
	if (whole <= 0 || part >= whole)
		return 1000;
	while (whole > INT64_MAX / 2000) {
		whole /= 2;
		part = part / 2 + 1;
	}
	return (uint32_t)((part * 1000 + whole - 1) / whole);
}

static void
delay_of(const struct cm_flow_look *l, uint32_t first, struct cm_across_place *o)
{
	const struct cm_segment *segs = l->f->from->segs;

	if (l->trigger == CM_NONE || first == CM_NONE || segs[first].t_ns < segs[l->trigger].t_ns)
		return;
	o->has_delay = true;
	o->delay_ns = segs[first].t_ns - segs[l->trigger].t_ns;
	cite(l, l->trigger);
	path_of(l, o);
	if (o->has_path)
		o->permille = permille_of(o->delay_ns, o->path_ns);
}

CM_RESULT
cm_across_place(const struct cm_flow_look *l, struct cm_across_place *o)
{
	const struct cm_incident *x = &l->f->incident;
	const struct cm_ids *ids = x->forged.n > 0 ? &x->forged : &x->suspect;
	uint32_t first = ids->n > 0 ? cm_candidate_place(l->f->from, ids->id[0]) : CM_NONE;

	hops_of_forged(l->f->from, ids, first, o);
	if (l->plain >= 0) {
		o->has_genuine = true;
		o->genuine_ttl = (uint8_t)(l->plain >> 1);
		o->genuine_initial = initial_of(o->genuine_ttl);
		o->genuine_hops = o->genuine_initial - o->genuine_ttl;
	}
	for (size_t i = 0; i < ids->n && i < CM_ACROSS_EXAMPLES; i++)
		cm_id_list_add(l->ids, ids->id[i]);
	delay_of(l, first, o);
	return cm_id_list_take(l->ids, &l->e->arena, &o->frames);
}

/* ---- probes ---- */

#define PAIRS 256u
#define SLOTS (4 * PAIRS)
#define TTLS 256u
#define PROBES_LEAST 3u /* TTLs: fewer are no probing */

struct at_ttl {
	uint32_t asked, forged;
	cm_packet_id request, forged_request, quoted_request; /* the first ones */
	const struct cm_quote *quote;
};

struct pair {
	struct cm_host client, server;
	struct at_ttl *at; /* TTLS of them; NULL: no request was seen */
};

struct pairs {
	struct cm_maker *m;
	struct pair pair[PAIRS];
	uint32_t n;
	uint16_t slot[SLOTS];
};

static struct pair *
pair_of(struct pairs *s, const struct cm_host *client, const struct cm_host *server, bool add)
{
	uint64_t i = cm_mix_host(cm_mix_host(s->m->e->exchanges.seed, client), server) % SLOTS;

	for (; s->slot[i] != 0; i = (i + 1) % SLOTS) {
		struct pair *p = &s->pair[s->slot[i] - 1];

		if (cm_host_eq(&p->client, client) && cm_host_eq(&p->server, server))
			return p;
	}
	if (!add || s->n == PAIRS)
		return NULL;
	s->pair[s->n] = (struct pair) { *client, *server, NULL };
	s->slot[i] = (uint16_t)++s->n;
	return &s->pair[s->n - 1];
}

static const struct cm_quote *
quote_of(const struct cm_quotes *q, const struct cm_exchange *x)
{
	for (uint32_t i = 0; i < q->n; i++)
		if (q->item[i].seq == x->seq && q->item[i].sport == x->client_port &&
		    q->item[i].dport == x->server_port &&
		    cm_host_eq(&q->item[i].src, &x->client) && cm_host_eq(&q->item[i].dst, &x->server))
			return &q->item[i];
	return NULL;
}

static enum cm_result
count_request(struct pairs *s, const struct cm_exchange *x)
{
	struct pair *p = pair_of(s, &x->client, &x->server, false);
	struct at_ttl *t;

	if (p == NULL)
		return CM_OK;
	if (p->at == NULL)
		p->at = calloc(TTLS, sizeof(*p->at));
	if (p->at == NULL)
		return CM_E_NOMEM;
	t = &p->at[x->ttl];
	if (t->asked++ == 0)
		t->request = x->request;
	if (cm_id_set_has(&s->m->triggers, x->request) && t->forged++ == 0)
		t->forged_request = x->request;
	return CM_OK;
}

/* Only where TTLs were tried: looking up what is quoted takes time. */
static void
find_routers(struct pairs *s)
{
	const struct cm_exchanges *log = &s->m->e->exchanges;
	uint32_t left = CM_QUOTES_MAX;

	for (uint32_t i = 0; i < log->n && left > 0 && s->m->e->quotes.n > 0; i++) {
		const struct cm_exchange *x = &log->item[i];
		struct pair *p = pair_of(s, &x->client, &x->server, false);

		if (p == NULL || p->at == NULL || p->at[x->ttl].quote != NULL)
			continue;
		left--;
		p->at[x->ttl].quote = quote_of(&s->m->e->quotes, x);
		p->at[x->ttl].quoted_request = x->request;
	}
}

static void
add_step(struct pairs *s, const struct at_ttl *t, uint8_t ttl, struct cm_across_step *o)
{
	*o = (struct cm_across_step) { .ttl = ttl, .asked = t->asked, .forged = t->forged };
	cm_id_list_add(&s->m->ids, t->request);
	if (t->forged > 0) {
		cm_id_list_add(&s->m->ids, t->forged_request);
		cm_id_list_add_all(&s->m->ids, &s->m->e->found[cm_id_set_incident(
		    &s->m->triggers, t->forged_request)].incident.support);
	}
	if (t->quote == NULL)
		return;
	o->has_router = true;
	o->router = t->quote->router;
	o->said = t->quote->id;
	cm_id_list_add(&s->m->ids, t->quoted_request);
	cm_id_list_add(&s->m->ids, t->quote->id);
}

static enum cm_result
make_probe(struct pairs *s, const struct pair *p, size_t n_steps, struct cm_across_probe *o)
{
	struct cm_across_step *step = cm_arena_array(s->m->a, n_steps, sizeof(*step));
	size_t n = 0;

	if (step == NULL)
		return CM_E_NOMEM;
	*o = (struct cm_across_probe) { .client = p->client, .server = p->server, .step = step };
	for (unsigned ttl = 0; ttl < TTLS && n < n_steps; ttl++)
		if (p->at[ttl].asked > 0)
			add_step(s, &p->at[ttl], (uint8_t)ttl, &step[n++]);
	o->n_steps = n;
	for (size_t i = n; i-- > 0;)
		if (step[i].forged > 0)
			o->first_forged = step[i].ttl;
	for (size_t i = 0; i < n && o->first_forged > 0 && step[i].ttl < o->first_forged; i++)
		o->last_without = step[i].ttl;
	return cm_id_list_take(&s->m->ids, s->m->a, &o->support);
}

/* Probing is with several TTLs, and something came of it: a forged answer or a router's word. */
static size_t
steps_of(const struct pair *p)
{
	bool of_use = false;
	size_t n = 0;

	for (unsigned ttl = 0; p->at != NULL && ttl < TTLS; ttl++) {
		n += p->at[ttl].asked > 0;
		of_use |= p->at[ttl].forged > 0 || p->at[ttl].quote != NULL;
	}
	return of_use && n >= PROBES_LEAST ? n : 0;
}

static enum cm_result
probe(struct pairs *s)
{
	const struct cm_exchanges *log = &s->m->e->exchanges;
	struct cm_across_probe *out = cm_arena_array(s->m->a, CM_ACROSS_ITEMS, sizeof(*out));
	enum cm_result r = out == NULL ? CM_E_NOMEM : CM_OK;

	for (uint32_t i = 0; i < log->n && r == CM_OK; i++)
		if ((log->item[i].flags & (CM_EX_AGAIN | CM_EX_REPEAT)) == 0)
			r = count_request(s, &log->item[i]);
	if (r == CM_OK)
		find_routers(s);
	s->m->out->probes = out;
	for (uint32_t i = 0; i < s->n && r == CM_OK; i++) {
		size_t n = steps_of(&s->pair[i]);

		if (n == 0)
			continue;
		if (s->m->out->n_probes < CM_ACROSS_ITEMS)
			r = make_probe(s, &s->pair[i], n, &out[s->m->out->n_probes++]);
		else
			s->m->out->left_off++;
	}
	return r;
}

CM_RESULT
cm_across_make_probes(struct cm_maker *m)
{
	struct pairs *s;
	enum cm_result r;

	if (m->e->exchanges.n_low == 0) /* no TTL is that of a probe */
		return CM_OK;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return CM_E_NOMEM;
	s->m = m;
	for (size_t i = 0; i < m->e->n_found; i++)
		if (cm_found_answers(&m->e->found[i]))
			(void)pair_of(s, &m->e->found[i].incident.flow.client,
			    &m->e->found[i].incident.flow.server, true);
	for (uint32_t i = 0; i < m->e->quotes.n; i++)
		(void)pair_of(s, &m->e->quotes.item[i].src, &m->e->quotes.item[i].dst, true);
	r = s->n == 0 ? CM_OK : probe(s);
	for (uint32_t i = 0; i < s->n; i++)
		free(s->pair[i].at);
	free(s);
	return r;
}
