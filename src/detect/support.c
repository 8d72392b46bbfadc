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
#define FEW 64u

/* A packet to feed again. */
struct feed {
	const struct cm_segment *seg;
	const struct cm_flow_end *end;
	uint32_t nth; /* put */
	uint8_t proto;
	bool own; /* of the incident's flow */
};

struct feeds {
	struct feed *item;
	size_t n, room;
};

/* Packets are collected as bits of the incident's own flow and as a list of others, and
 * then laid in one row, `set`.  One feeder serves all incidents. */
struct cm_feeder {
	struct cm_engine *e;
	struct cm_found *f;
	uint64_t *own;
	uint8_t *around; /* of each segment of it: how many were put around it; 0: not yet */
	size_t own_room; /* words */
	struct feeds other, set, wider;
	size_t puts; /* with repeats */
	bool failed;
};

static bool
reserve(struct cm_feeder *s, struct feeds *l, size_t n)
{
	size_t room = l->room == 0 ? 256 : l->room;
	struct feed *p;

	if (n <= l->room)
		return true;
	while (room < n)
		room *= 2;
	p = realloc(l->item, room * sizeof(*p));
	if (p == NULL) {
		s->failed = true;
		return false;
	}
	l->item = p;
	l->room = room;
	return true;
}

static size_t
own_words(const struct cm_feeder *s)
{
	return s->f->from->n / 64 + 1;
}

/* Nothing is collected yet. */
static bool
begin(struct cm_feeder *s)
{
	size_t n = own_words(s);

	s->other.n = s->puts = 0;
	if (n > s->own_room) {
		free(s->own);
		free(s->around);
		s->own = malloc(n * sizeof(*s->own));
		s->around = malloc(n * 64);
		s->own_room = n;
	}
	if (s->own == NULL || s->around == NULL) {
		s->failed = true;
		return false;
	}
	memset(s->own, 0, n * sizeof(*s->own));
	memset(s->around, 0, n * 64);
	return true;
}

static void
put(struct cm_feeder *s, const struct cm_segment *seg, const struct cm_flow_end *end, uint8_t proto,
    bool own)
{
	s->puts++;
	if (!reserve(s, &s->other, s->other.n + 1))
		return;
	s->other.item[s->other.n] = (struct feed) { seg, end, (uint32_t)s->other.n, proto, own };
	s->other.n++;
}

static void
put_place(struct cm_feeder *s, const struct cm_candidate *c, uint32_t i)
{
	if (c != s->f->from) {
		put(s, &c->segs[i], c->end, c->proto, false);
		return;
	}
	s->puts++;
	s->own[i / 64] |= UINT64_C(1) << (i % 64);
}

/* A segment, and the NEAR ones of either side before and behind it. */
static void
put_around(struct cm_feeder *s, const struct cm_candidate *c, uint32_t at)
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

/* The same packet is cited again and again. */
static void
put_around_once(struct cm_feeder *s, uint32_t at)
{
	size_t before = s->puts;

	if (s->around[at] != 0) {
		s->puts += s->around[at];
		return;
	}
	put_around(s, s->f->from, at);
	s->around[at] = (uint8_t)(s->puts - before);
}

static void
put_handshake(struct cm_feeder *s, const struct cm_candidate *c)
{
	for (uint32_t i = 0; i < c->n && i < CM_FLOW_HEAD; i++)
		if (i < 3 || (c->segs[i].flags & CM_TCP_SYN) != 0)
			put_place(s, c, i);
}

/* The packet named by a cue, wherever it was kept. */
static void
put_id(struct cm_feeder *s, cm_packet_id id)
{
	const struct cm_candidate *c = s->f->from;
	const struct cm_host_place *p;
	uint32_t at = cm_candidate_place(c, id);
	size_t n;

	if (at != CM_NONE) {
		put_around_once(s, at);
		return;
	}
	n = cm_candidates_of(&s->e->kept, &c->end[s->f->dir].host, &p);
	for (size_t i = 0; i < n; i++) {
		at = cm_candidate_place(p[i].c, id);
		if (at == CM_NONE)
			continue;
		put_handshake(s, p[i].c);
		put_around(s, p[i].c, at);
		return;
	}
}

static void
put_ids(struct cm_feeder *s, const struct cm_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		put_id(s, ids->id[i]);
}

/* Step one: what is named, and its surroundings. */
static void
put_named(struct cm_feeder *s)
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
put_exemplars(struct cm_feeder *s, const struct cm_exemplars *e, unsigned most)
{
	for (unsigned i = 0; i < e->n && i < most; i++)
		for (unsigned k = 0; k < e->flow[i]->n; k++)
			put(s, &e->flow[i]->seg[k], e->flow[i]->end, e->flow[i]->proto,
			    e->flow[i]->serial == s->f->from->serial);
}

static const struct cm_host_model *
model_of(const struct cm_feeder *s)
{
	return cm_hosts_find(s->e->hosts, &s->f->from->end[s->f->dir].host, s->f->from->proto);
}

/* Flows in which the host shows two TTLs by itself: they would speak against what
 * rests on TTL or DF, if there were enough of them. */
static void
put_against(struct cm_feeder *s)
{
	const struct cm_host_model *m = model_of(s);

	for (unsigned i = 0; m != NULL && i < m->n_pairs; i++)
		put_exemplars(s, &m->pair[i].show, CM_HOST_EXEMPLARS);
}

/* Then it takes flows that show nothing, too, to see that it does (E16): without them the
 * rerun would blame what the whole capture excuses. */
static bool
balances(const struct cm_host_model *m)
{
	uint32_t showing, flows;

	for (unsigned i = 0; i < m->n_pairs; i++)
		if (cm_host_balances(m, m->pair[i].low, m->pair[i].high, &showing, &flows))
			return true;
	return false;
}

static void
put_model(struct cm_feeder *s)
{
	const struct cm_host_model *m = model_of(s);

	if (m == NULL)
		return;
	put_against(s);
	put_exemplars(s, &m->plain, balances(m) ? CM_HOST_PLAIN : 1);
	put_exemplars(s, &m->dns_show, CM_HOST_EXEMPLARS);
	for (unsigned i = 0; i < m->n_singles; i++)
		if (m->single[i].n_names >= 3)
			put_exemplars(s, &m->single[i].show, CM_HOST_EXEMPLARS);
}

static void
put_flow(struct cm_feeder *s, const struct cm_candidate *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		put_place(s, c, i);
}

static void
put_other_flows(struct cm_feeder *s, size_t most)
{
	const struct cm_host_place *p;
	size_t n = cm_candidates_of(&s->e->kept, &s->f->from->end[s->f->dir].host, &p);

	for (size_t i = 0; i < n && i < most && s->puts < ALL_SEGS; i++)
		put_flow(s, p[i].c);
}

/* ---- one row of them ---- */

static int
by_id(const void *a, const void *b)
{
	const struct feed *x = a, *y = b;

	if (x->seg->id != y->seg->id)
		return x->seg->id < y->seg->id ? -1 : 1;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

/* They come in short runs that ascend. */
static void
sort_few(struct feeds *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct feed f = l->item[i];
		size_t k = i;

		for (; k > 0 && by_id(&f, &l->item[k - 1]) < 0; k--)
			l->item[k] = l->item[k - 1];
		l->item[k] = f;
	}
}

/* Of two for one packet the first stays. */
static void
sort_others(struct feeds *l)
{
	size_t n = 0;

	if (l->n <= FEW)
		sort_few(l);
	else
		qsort(l->item, l->n, sizeof(*l->item), by_id);
	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && l->item[i].seg->id == l->item[n - 1].seg->id) {
			l->item[n - 1].own |= l->item[i].own;
			continue;
		}
		l->item[n] = l->item[i];
		l->item[n].nth = (uint32_t)n;
		n++;
	}
	l->n = n;
}

/* Appends those of the others that come before ${id}; not that one itself. */
static size_t
append_others(const struct cm_feeder *s, struct feeds *set, size_t k, cm_packet_id id)
{
	while (k < s->other.n && s->other.item[k].seg->id < id)
		set->item[set->n++] = s->other.item[k++];
	return k < s->other.n && s->other.item[k].seg->id == id ? k + 1 : k;
}

/* Lays in a row what was collected, each packet once. */
static bool
lay(struct cm_feeder *s, struct feeds *set)
{
	const struct cm_candidate *c = s->f->from;
	size_t k = 0, n = 0;

	sort_others(&s->other);
	for (size_t w = 0; w < own_words(s); w++)
		n += (size_t)__builtin_popcountll(s->own[w]);
	set->n = 0;
	if (s->failed || !reserve(s, set, n + s->other.n))
		return false;
	for (size_t w = 0; w < own_words(s); w++) {
		for (uint64_t bits = s->own[w]; bits != 0; bits &= bits - 1) {
			const struct cm_segment *g = &c->segs[w * 64 +
			    (size_t)__builtin_ctzll(bits)];

			k = append_others(s, set, k, g->id);
			set->item[set->n++] = (struct feed) { g, c->end, 0, c->proto, true };
		}
	}
	(void)append_others(s, set, k, UINT64_MAX);
	return true;
}

static enum cm_result
again_of(struct cm_engine *e, struct cm_engine **out)
{
	struct cm_params params = e->params;
	enum cm_result r = CM_OK;

	params.support = false;
	if (e->again == NULL)
		r = cm_engine_new(&params, &e->again);
	else
		cm_engine_reset(e->again);
	*out = e->again;
	return r;
}

static enum cm_result
rerun(struct cm_feeder *s, const struct feeds *set, bool brief)
{
	struct cm_engine *e;
	enum cm_result r = again_of(s->e, &e);

	if (r != CM_OK)
		return r;
	e->brief = brief;
	e->judge.look = s->e->judge.look;
	e->judge.look_arg = s->e->judge.look_arg;
	e->judge.compared = s->e->compared;
	for (size_t i = 0; r == CM_OK && i < set->n; i++)
		r = cm_flow_table_segment(e->flows, set->item[i].seg, set->item[i].end,
		    set->item[i].proto);
	return r == CM_OK ? cm_engine_finish(e) : r;
}

/* ---- the ladder ---- */

static void
step(struct cm_feeder *s, unsigned k)
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

static const struct cm_found *
find_same(const struct cm_engine *e, const struct cm_incident *x)
{
	for (size_t i = 0; i < e->n_found; i++)
		if (cm_incident_same(&e->found[i].incident, x))
			return &e->found[i];
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
keep_ids(struct cm_feeder *s, struct cm_incident *x)
{
	struct cm_arena *a = &s->e->arena;
	const struct feeds *set = &s->set;
	cm_packet_id *all = cm_arena_array(a, set->n + 1, sizeof(*all));
	cm_packet_id *host = cm_arena_array(a, set->n + 1, sizeof(*host));
	size_t n = 0;

	if (all == NULL || host == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < set->n; i++) {
		all[i] = set->item[i].seg->id;
		if (!set->item[i].own)
			host[n++] = all[i];
	}
	x->support = (struct cm_ids) { all, set->n };
	x->support_host = (struct cm_ids) { host, n };
	if (cm_parts_join(&s->e->parts, &x->support, a) != CM_OK)
		return CM_E_NOMEM;
	return cm_parts_join(&s->e->parts, &x->support_host, a);
}

static bool
is_in(const struct feeds *set, cm_packet_id id)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->item[mid].seg->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < set->n && set->item[low].seg->id == id;
}

/* Which of the support speaks against: exemplars of a balancing host, and what the
 * host's own stack sent again. */
static enum cm_result
keep_against(struct cm_feeder *s, struct cm_incident *x)
{
	cm_packet_id *id;
	size_t n = 0;

	s->other.n = 0;
	if (x->verdict != CM_VERDICT_EXPLAINED)
		put_against(s);
	id = cm_arena_array(&s->e->arena, s->other.n + x->n_cues + 1, sizeof(*id));
	if (id == NULL || s->failed)
		return CM_E_NOMEM;
	for (size_t i = 0; i < s->other.n; i++)
		if (!s->other.item[i].own && is_in(&s->set, s->other.item[i].seg->id))
			id[n++] = s->other.item[i].seg->id;
	for (size_t i = 0; i < x->n_cues; i++)
		if (x->cues[i].bits < 0 && x->cues[i].n_frames > 1)
			id[n++] = x->cues[i].frames[1];
	x->against = (struct cm_ids) { id, cm_ids_sort(id, n) };
	return CM_OK;
}

static enum cm_result
settle(struct cm_feeder *s, struct cm_incident *x)
{
	enum cm_result r = keep_ids(s, x);

	return r == CM_OK ? keep_against(s, x) : r;
}

/* What the last rerun said stands in place of ${x}. */
static enum cm_result
adopt(struct cm_feeder *s, struct cm_incident *x, const struct cm_incident *y)
{
	uint64_t rows = x->host_rows;
	enum cm_result r;

	*x = *y;
	x->host_rows = rows;
	r = cm_incident_move(x, &s->e->arena);
	return r == CM_OK ? settle(s, x) : r;
}

/* ---- what speaks against ---- */

static bool
same_ends(const struct cm_flow_end *a, const struct cm_flow_end *b)
{
	return a == b || (a[0].port == b[0].port && a[1].port == b[1].port &&
	    cm_host_eq(&a[0].host, &b[0].host) && cm_host_eq(&a[1].host, &b[1].host));
}

/* The narrow set holds packets of the incident's own flow and nothing else, and the wider
 * one adds none between the same ends. */
static bool
adds_other_flows(const struct cm_feeder *s)
{
	size_t own = 0;

	for (size_t i = 0; i < s->set.n; i++)
		own += s->set.item[i].own;
	if (own != s->set.n)
		return false;
	for (size_t i = 0; i < s->wider.n; i++) {
		const struct feed *f = &s->wider.item[i];

		own -= f->own;
		if (!f->own && f->proto == s->f->from->proto && same_ends(f->end, s->f->from->end))
			return false;
	}
	return own == 0;
}

/* ${y} came out of the wider set.  It comes out of the narrow one just the same, which need
 * not be run, if its flow was the very same there, judged without the models of its hosts
 * having a say, and no hand was known from elsewhere: one flow alone makes no model that
 * speaks, and no hand. */
static bool
came_of_its_flow(const struct cm_feeder *s, const struct cm_found *y)
{
	const struct cm_engine *e = s->e->again;

	return !y->anew && y->from->proto == 6 && y->from->n == s->set.n && e->n_hands == 0 &&
	    e->stats.evicted_flows == 0 && e->stats.evicted_candidates == 0 &&
	    e->stats.evicted_hosts == 0 && adds_other_flows(s);
}

static enum cm_result
comes_out(struct cm_feeder *s, const struct feeds *set, const struct cm_found **out)
{
	enum cm_result r = rerun(s, set, true);

	*out = r == CM_OK ? find_same(s->e->again, &s->f->incident) : NULL;
	return r;
}

static void
widen(struct cm_feeder *s)
{
	struct feeds narrow = s->set;

	s->set = s->wider;
	s->wider = narrow;
}

/* Does the finding come out of what was collected?  Does it also, if it rests on the host,
 * with what speaks against it?  Then those packets are part of the support. */
static enum cm_result
try_set(struct cm_feeder *s, bool *found)
{
	const struct cm_found *wide, *narrow;
	enum cm_result r;

	if (!lay(s, &s->set))
		return CM_E_NOMEM;
	put_against(s);
	if (!lay(s, &s->wider))
		return CM_E_NOMEM;
	if (s->wider.n == s->set.n) {
		r = comes_out(s, &s->set, &narrow);
		*found = narrow != NULL;
		return r;
	}
	r = comes_out(s, &s->wider, &wide);
	if (r != CM_OK)
		return r;
	if (wide != NULL && came_of_its_flow(s, wide)) {
		widen(s);
		*found = true;
		return CM_OK;
	}
	r = comes_out(s, &s->set, &narrow);
	*found = narrow != NULL;
	if (wide != NULL && narrow != NULL)
		widen(s);
	return r;
}

static enum cm_result
climb(struct cm_feeder *s, bool *gone)
{
	struct cm_incident *x = &s->f->incident;
	enum cm_result r;

	for (unsigned k = 0; k < STEPS; k++) {
		bool found;

		if (!begin(s))
			return CM_E_NOMEM;
		step(s, k);
		r = try_set(s, &found);
		if (r != CM_OK)
			return r;
		if (found)
			return settle(s, x);
	}
	/* What can not be shown again is not said: the weaker finding stands. */
	if (find_like(s->e->again, x) == NULL) {
		*gone = true;
		return CM_OK;
	}
	r = rerun(s, &s->set, false);
	return r == CM_OK ? adopt(s, x, find_like(s->e->again, x)) : r;
}

struct cm_feeder *
cm_feeder_new(struct cm_engine *e)
{
	struct cm_feeder *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->e = e;
	return s;
}

void
cm_feeder_free(struct cm_feeder *s)
{
	if (s == NULL)
		return;
	free(s->own);
	free(s->around);
	free(s->other.item);
	free(s->set.item);
	free(s->wider.item);
	free(s);
}

CM_RESULT
cm_feeder_support(struct cm_feeder *s, struct cm_found *f)
{
	enum cm_result r;

	s->f = f;
	f->shown = true;
	r = climb(s, &f->gone);
	cm_engine_relieve(s->e);
	return r;
}
