/* Support by doing: the packets of an incident, run through a fresh engine, must
 * give the incident again.  A ladder of ever larger sets is tried; what comes out
 * reproduces by construction. */
#include <stdlib.h>
#include <string.h>

#include "detect/engine_state.h"
#include "detect/report.h"

#define NEAR 3u	      /* segments of each side taken around a cited one */
#define MORE_FLOWS 8u /* other flows of the host, at the second step */
#define ALL_SEGS 20000u

/* A packet to feed again. */
struct feed {
	const struct cm_segment *seg;
	const struct cm_flow_end *end;
	uint8_t proto;
	bool own; /* of the incident's flow */
};

struct feeder {
	struct cm_engine *e;
	const struct cm_found *f;
	struct feed *item;
	size_t n, room;
	bool failed;
};

static void
put(struct feeder *s, const struct cm_segment *seg, const struct cm_flow_end *end, uint8_t proto,
    bool own)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 256 : s->room * 2;
		struct feed *p = realloc(s->item, room * sizeof(*p));

		if (p == NULL) {
			s->failed = true;
			return;
		}
		s->item = p;
		s->room = room;
	}
	s->item[s->n++] = (struct feed) { seg, end, proto, own };
}

static void
put_place(struct feeder *s, const struct cm_candidate *c, uint32_t i)
{
	put(s, &c->segs[i], c->end, c->proto, c == s->f->from);
}

static uint32_t
place_of(const struct cm_candidate *c, cm_packet_id id)
{
	uint32_t low = 0, high = c->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (c->segs[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->n && c->segs[low].id == id ? low : CM_NONE;
}

/* A segment, and the NEAR ones of either side before and behind it. */
static void
put_around(struct feeder *s, const struct cm_candidate *c, uint32_t at)
{
	unsigned n[2] = { 0, 0 };

	put_place(s, c, at);
	for (uint32_t i = at; i-- > 0 && (n[0] < NEAR || n[1] < NEAR);)
		if (n[c->segs[i].dir]++ < NEAR)
			put_place(s, c, i);
	n[0] = n[1] = 0;
	for (uint32_t i = at + 1; i < c->n && (n[0] < NEAR || n[1] < NEAR); i++)
		if (n[c->segs[i].dir]++ < NEAR)
			put_place(s, c, i);
}

static void
put_handshake(struct feeder *s, const struct cm_candidate *c)
{
	for (uint32_t i = 0; i < c->n && i < CM_FLOW_HEAD; i++)
		if (i < 3 || (c->segs[i].flags & CM_TCP_SYN) != 0)
			put_place(s, c, i);
}

/* The packet named by a cue, wherever it was kept. */
static void
put_id(struct feeder *s, cm_packet_id id)
{
	const struct cm_candidate *c = s->f->from;
	const struct cm_host_place *p;
	uint32_t at = place_of(c, id);
	size_t n;

	if (at != CM_NONE) {
		put_around(s, c, at);
		return;
	}
	n = cm_candidates_of(&s->e->kept, &c->end[s->f->dir].host, &p);
	for (size_t i = 0; i < n; i++) {
		at = place_of(p[i].c, id);
		if (at == CM_NONE)
			continue;
		put_handshake(s, p[i].c);
		put_around(s, p[i].c, at);
		return;
	}
}

static void
put_ids(struct feeder *s, const struct cm_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		put_id(s, ids->id[i]);
}

/* Step one: what is named, and its surroundings. */
static void
put_named(struct feeder *s)
{
	const struct cm_incident *x = &s->f->incident;

	put_handshake(s, s->f->from);
	put_ids(s, &x->forged);
	put_ids(s, &x->genuine);
	put_ids(s, &x->suspect);
	for (size_t i = 0; i < x->n_cues; i++)
		for (size_t k = 0; k < x->cues[i].n_frames; k++)
			put_id(s, x->cues[i].frames[k]);
	if (x->has_trigger)
		put_id(s, x->trigger);
}

static void
put_exemplars(struct feeder *s, const struct cm_exemplars *e)
{
	for (unsigned i = 0; i < e->n; i++)
		for (unsigned k = 0; k < e->flow[i]->n; k++)
			put(s, &e->flow[i]->seg[k], e->flow[i]->end, e->flow[i]->proto,
			    e->flow[i]->serial == s->f->from->serial);
}

static const struct cm_host_model *
model_of(const struct feeder *s)
{
	return cm_hosts_find(s->e->hosts, &s->f->from->end[s->f->dir].host, s->f->from->proto);
}

/* Flows in which the host shows two TTLs by itself: they would speak against what
 * rests on TTL or DF, if there were enough of them. */
static void
put_against(struct feeder *s)
{
	const struct cm_host_model *m = model_of(s);

	for (unsigned i = 0; m != NULL && i < m->n_pairs; i++)
		put_exemplars(s, &m->pair[i].show);
}

static void
put_model(struct feeder *s)
{
	const struct cm_host_model *m = model_of(s);

	if (m == NULL)
		return;
	put_against(s);
	put_exemplars(s, &m->plain);
	put_exemplars(s, &m->dns_show);
	for (unsigned i = 0; i < m->n_singles; i++)
		if (m->single[i].n_names >= 3)
			put_exemplars(s, &m->single[i].show);
}

static void
put_flow(struct feeder *s, const struct cm_candidate *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		put_place(s, c, i);
}

static void
put_other_flows(struct feeder *s, size_t most)
{
	const struct cm_host_place *p;
	size_t n = cm_candidates_of(&s->e->kept, &s->f->from->end[s->f->dir].host, &p);

	for (size_t i = 0; i < n && i < most && s->n < ALL_SEGS; i++)
		put_flow(s, p[i].c);
}

static int
by_id(const void *a, const void *b)
{
	const struct feed *x = a, *y = b;

	return x->seg->id < y->seg->id ? -1 : x->seg->id > y->seg->id;
}

static void
tidy(struct feeder *s)
{
	size_t n = 0;

	if (s->n == 0)
		return;
	qsort(s->item, s->n, sizeof(*s->item), by_id);
	for (size_t i = 1; i < s->n; i++) {
		if (s->item[i].seg->id != s->item[n].seg->id)
			s->item[++n] = s->item[i];
		else
			s->item[n].own |= s->item[i].own;
	}
	s->n = n + 1;
}

static enum cm_result
rerun(struct feeder *s, struct cm_engine **out)
{
	struct cm_params params = s->e->params;
	struct cm_engine *e = NULL;
	enum cm_result r;

	params.support = false;
	r = cm_engine_new(&params, &e);
	for (size_t i = 0; r == CM_OK && i < s->n; i++) {
		struct cm_packet p = cm_segment_packet(s->item[i].seg, s->item[i].end,
		    s->item[i].proto);

		r = cm_engine_packet(e, &p, true);
	}
	if (r == CM_OK)
		r = cm_engine_finish(e);
	if (r != CM_OK) {
		cm_engine_free(e);
		return r;
	}
	*out = e;
	return CM_OK;
}

/* ---- the ladder ---- */

static void
step(struct feeder *s, unsigned k)
{
	put_named(s);
	if (k == 1)
		put_model(s);
	if (k >= 2)
		put_flow(s, s->f->from);
	if (k >= 3)
		put_model(s);
	if (k == 3)
		put_other_flows(s, MORE_FLOWS);
	if (k >= 4)
		put_other_flows(s, SIZE_MAX);
}

#define STEPS 5u

static const struct cm_incident *
find_same(const struct cm_engine *e, const struct cm_incident *x)
{
	for (size_t i = 0; i < e->n_found; i++)
		if (cm_incident_same(&e->found[i].incident, x))
			return &e->found[i].incident;
	return NULL;
}

/* How many ids both hold. */
static size_t
shared(const struct cm_ids *a, const struct cm_ids *b)
{
	size_t n = 0, i = 0, k = 0;

	while (i < a->n && k < b->n) {
		n += a->id[i] == b->id[k];
		if (a->id[i] < b->id[k])
			i++;
		else
			k++;
	}
	return n;
}

/* What is left of an incident where less is known: the one that accuses most of its
 * packets, and one of the same verdict before all others. */
static const struct cm_incident *
find_like(const struct cm_engine *e, const struct cm_incident *x)
{
	const struct cm_incident *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < e->n_found; i++) {
		const struct cm_incident *y = &e->found[i].incident;
		size_t n = shared(&x->forged, &y->forged) + shared(&x->forged, &y->suspect) +
		    shared(&x->suspect, &y->suspect) + shared(&x->suspect, &y->forged);

		if (n > 0 && y->verdict == x->verdict)
			n += SIZE_MAX / 2;
		if (n > most) {
			best = y;
			most = n;
		}
	}
	return best;
}

static enum cm_result
keep_ids(struct feeder *s, struct cm_incident *x)
{
	struct cm_arena *a = &s->e->arena;
	cm_packet_id *all = cm_arena_array(a, s->n + 1, sizeof(*all));
	cm_packet_id *host = cm_arena_array(a, s->n + 1, sizeof(*host));
	size_t n = 0;

	if (all == NULL || host == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < s->n; i++) {
		all[i] = s->item[i].seg->id;
		if (!s->item[i].own)
			host[n++] = all[i];
	}
	x->support = (struct cm_ids) { all, s->n };
	x->support_host = (struct cm_ids) { host, n };
	if (cm_parts_join(&s->e->parts, &x->support, a) != CM_OK)
		return CM_E_NOMEM;
	return cm_parts_join(&s->e->parts, &x->support_host, a);
}

/* Which of the support speaks against: exemplars of a balancing host, and what the
 * host's own stack sent again. */
static enum cm_result
keep_against(struct feeder *s, struct cm_incident *x)
{
	struct feeder t = { .e = s->e, .f = s->f };
	cm_packet_id *id;
	size_t n = 0, room;

	if (x->verdict != CM_VERDICT_EXPLAINED)
		put_against(&t);
	room = t.n + x->n_cues + 1;
	id = cm_arena_array(&s->e->arena, room, sizeof(*id));
	if (id == NULL || t.failed) {
		free(t.item);
		return CM_E_NOMEM;
	}
	for (size_t i = 0; i < t.n; i++) {
		struct feed *f = &t.item[i];

		if (f->end != s->f->from->end && !f->own &&
		    bsearch(f, s->item, s->n, sizeof(*f), by_id) != NULL)
			id[n++] = f->seg->id;
	}
	for (size_t i = 0; i < x->n_cues; i++)
		if (x->cues[i].bits < 0 && x->cues[i].n_frames > 1)
			id[n++] = x->cues[i].frames[1];
	free(t.item);
	x->against = (struct cm_ids) { id, cm_ids_sort(id, n) };
	return CM_OK;
}

static enum cm_result
settle(struct feeder *s, struct cm_incident *x)
{
	enum cm_result r = keep_ids(s, x);

	return r == CM_OK ? keep_against(s, x) : r;
}

static enum cm_result
adopt(struct feeder *s, struct cm_engine *again, struct cm_incident *x, const struct cm_incident *y)
{
	struct cm_engine *e = s->e;
	uint64_t rows = x->host_rows;
	struct cm_engine **p = realloc(e->reruns, (e->n_reruns + 1) * sizeof(struct cm_engine *));

	if (p == NULL)
		return CM_E_NOMEM;
	e->reruns = p;
	e->reruns[e->n_reruns++] = again;
	*x = *y;
	x->host_rows = rows;
	return settle(s, x);
}

/* Does a finding that rests on the host also come out with what speaks against it?
 * Then those packets are part of the support. */
static enum cm_result
with_against(struct feeder *s, const struct cm_incident *x)
{
	struct feeder t = { .e = s->e, .f = s->f };
	struct cm_engine *again = NULL;
	enum cm_result r;

	for (size_t i = 0; i < s->n; i++)
		put(&t, s->item[i].seg, s->item[i].end, s->item[i].proto, s->item[i].own);
	put_against(&t);
	tidy(&t);
	if (t.failed || t.n == s->n) {
		free(t.item);
		return t.failed ? CM_E_NOMEM : CM_OK;
	}
	r = rerun(&t, &again);
	if (r == CM_OK && find_same(again, x) != NULL) {
		free(s->item);
		*s = t;
	} else {
		free(t.item);
	}
	cm_engine_free(again);
	return r;
}

static enum cm_result
climb(struct feeder *s, struct cm_incident *x, bool *gone)
{
	const struct cm_incident *like;
	struct cm_engine *again = NULL;
	enum cm_result r;

	for (unsigned k = 0; k < STEPS; k++) {
		cm_engine_free(again);
		again = NULL;
		s->n = 0;
		step(s, k);
		tidy(s);
		if (s->failed)
			return CM_E_NOMEM;
		r = rerun(s, &again);
		if (r != CM_OK)
			return r;
		if (find_same(again, x) == NULL)
			continue;
		cm_engine_free(again);
		r = with_against(s, x);
		return r == CM_OK ? settle(s, x) : r;
	}
	/* What can not be shown again is not said: the weaker finding stands. */
	like = find_like(again, x);
	if (like != NULL)
		return adopt(s, again, x, like);
	cm_engine_free(again);
	*gone = true;
	return CM_OK;
}

CM_RESULT
cm_engine_support(struct cm_engine *e, size_t i, bool *gone)
{
	struct feeder s = { .e = e, .f = &e->found[i] };
	enum cm_result r = climb(&s, &e->found[i].incident, gone);

	free(s.item);
	return r;
}
