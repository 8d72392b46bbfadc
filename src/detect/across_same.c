/* One body across servers that have nothing to do with one another, and two bodies at one
 * address (R6). */
#include <stdlib.h>
#include <string.h>

#include "detect/across_parts.h"

#define LEAST 3u  /* servers, and sites, and servers with a sign */
#define FLOWS 256u /* kept ones of a server that are looked through for the answer */
#define NEAR 3u
#define STACK_BITS 2
#define STEPS ((size_t)8 << 20) /* answers and segments looked at: then no more is tried */

struct same {
	struct cm_maker *m;
	const struct cm_exchanges *log;
	const struct cm_exchange **by_server; /* all with an answer */
	const struct cm_exchange **away;      /* those that send elsewhere, by template */
	size_t n_all, n_away;
	size_t steps; /* left */
	struct cm_id_set accused; /* packets, by incidents that are forged or a stack break */
	struct cm_id_set told; /* answers that are part of a pattern */
};

static const struct cm_rival same_rivals[] = {
	{ "captive portal", "a network that asks for a login answers for every server until it has it; "
			    "technically that is an injection, too" },
	{ "filter or proxy", "the client's own network or provider blocks or redirects by rule" },
	{ "one owner", "names that look unrelated may be parked, or served, by one company" },
	{ "same software", "many servers run one product, and it answers like this" },
	{ "advertising", "networks of advertisers send readers on to one another" },
};

static const struct cm_rival bodies_rivals[] = {
	{ "login or consent", "the server sends those away who have not been there yet" },
	{ "choice by reader", "by country, language, device, or a test that shows some another page" },
	{ "change", "the server's owner changed what is there" },
	{ "captive portal", "a network that asks for a login answers for every server until it has it" },
};

/* ---- orders ---- */

static int
by_server(const void *a, const void *b)
{
	const struct cm_exchange *x = *(const struct cm_exchange *const *)a;
	const struct cm_exchange *y = *(const struct cm_exchange *const *)b;
	int d = memcmp(x->server.addr, y->server.addr, sizeof(x->server.addr));

	if (d == 0)
		d = (x->server.net * 2 + x->server.tied) - (y->server.net * 2 + y->server.tied);
	if (d == 0 && x->answer != y->answer)
		d = x->answer < y->answer ? -1 : 1;
	return d;
}

static int
by_template(const void *a, const void *b)
{
	const struct cm_exchange *x = *(const struct cm_exchange *const *)a;
	const struct cm_exchange *y = *(const struct cm_exchange *const *)b;

	if (x->template != y->template)
		return x->template < y->template ? -1 : 1;
	return by_server(a, b);
}

static int
by_site(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int
by_answer(const void *a, const void *b)
{
	const struct cm_across_member *x = a, *y = b;

	return x->answer < y->answer ? -1 : x->answer > y->answer;
}

/* The answers of the server of ${x}, as [*first, *first + n). */
static size_t
of_server(struct same *s, const struct cm_exchange *x, size_t *first)
{
	size_t low = 0, high = s->n_all, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct cm_exchange *y = s->by_server[mid];
		int d = memcmp(y->server.addr, x->server.addr, sizeof(x->server.addr));

		if (d == 0)
			d = (y->server.net * 2 + y->server.tied) -
			    (x->server.net * 2 + x->server.tied);
		if (d < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*first = low;
	while (low + n < s->n_all && cm_host_eq(&s->by_server[low + n]->server, &x->server))
		n++;
	s->steps -= n < s->steps ? n : s->steps;
	return n;
}

/* ---- signs ---- */

/* Another answer of the same server: to the same path, better than to another one. */
static const struct cm_exchange *
other_of(struct same *s, const struct cm_exchange *x, uint8_t *sign)
{
	const struct cm_exchange *other = NULL;
	size_t first, n = of_server(s, x, &first);

	*sign = 0;
	for (size_t i = first; i < first + n; i++) {
		const struct cm_exchange *y = s->by_server[i];

		if (y->template == x->template)
			continue;
		if (y->address == x->address) {
			*sign = CM_SIGN_ADDRESS;
			return y;
		}
		if (other == NULL)
			other = y;
	}
	*sign = other == NULL ? 0 : CM_SIGN_SERVER;
	return other;
}

/* The kept flow that holds the answer, and where; NULL: nothing in it was odd. */
static const struct cm_candidate *
flow_of(const struct same *s, const struct cm_exchange *x, uint32_t *at)
{
	const struct cm_host_place *p;
	size_t n = cm_candidates_of(&s->m->e->kept, &x->server, &p);

	for (size_t i = 0; i < n && i < FLOWS; i++) {
		*at = cm_candidate_place(p[i].c, x->answer);
		if (*at != CM_NONE)
			return p[i].c;
	}
	return NULL;
}

/* R2's cues; what bytes say is no word about the stack. */
static bool
is_of_stack(enum cm_cue_id cue)
{
	return cue <= CM_CUE_SAME_HAND && cue != CM_CUE_FIN_REDIRECT && cue != CM_CUE_RESENT_GENUINE;
}

static enum cm_result
stack_differs(struct same *s, const struct cm_candidate *c, uint32_t at, bool *differs)
{
	const struct cm_judge *j = &s->m->e->judge;
	struct cm_flow_view v;
	enum cm_result r = cm_engine_judge(s->m->e, c, &v);
	int bits = 0;

	s->steps -= c->n < s->steps ? c->n : s->steps;
	for (size_t i = 0; i < j->n_marks && r == CM_OK; i++)
		if (j->marks[i].seg == at && is_of_stack((enum cm_cue_id)j->marks[i].cue))
			bits += j->marks[i].bits;
	*differs = r == CM_OK && bits >= STACK_BITS;
	return r;
}

static void
cite_flow(const struct same *s, const struct cm_candidate *c, uint32_t at)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (i < NEAR || (i + NEAR >= at && i <= at + NEAR))
			cm_id_list_add(&s->m->ids, c->segs[i].id);
}

/* ---- one server of a pattern ---- */

static enum cm_result
make_member(struct same *s, const struct cm_exchange *x, struct cm_across_member *o)
{
	const struct cm_exchange *other;
	const struct cm_candidate *c;
	bool differs = false;
	uint32_t at;
	enum cm_result r = CM_OK;

	*o = (struct cm_across_member) { .server = x->server, .request = x->request,
		.answer = x->answer };
	other = other_of(s, x, &o->signs);
	if (other != NULL) {
		o->has_other = true;
		o->other_request = other->request;
		o->other_answer = other->answer;
	}
	if (cm_id_set_has(&s->accused, x->answer))
		o->signs |= CM_SIGN_ACCUSED;
	c = flow_of(s, x, &at);
	if (c != NULL)
		r = stack_differs(s, c, at, &differs);
	if (differs || (x->flags & CM_EX_BARE) != 0)
		o->signs |= CM_SIGN_STACK;
	return r;
}

/* Names it, and collects what shows it. */
static enum cm_result
show_member(const struct same *s, const struct cm_exchange *x, struct cm_across_member *o)
{
	const struct cm_candidate *c;
	uint32_t at;

	o->name = cm_across_text(s->m->a, cm_exchange_name(s->log, x));
	o->path = cm_across_text(s->m->a, cm_exchange_path(s->log, x));
	cm_id_list_add(&s->m->ids, o->request);
	cm_id_list_add(&s->m->ids, o->answer);
	if (o->has_other) {
		cm_id_list_add(&s->m->ids, o->other_request);
		cm_id_list_add(&s->m->ids, o->other_answer);
	}
	if ((o->signs & CM_SIGN_ACCUSED) != 0)
		cm_id_list_add_all(&s->m->ids, &s->m->e->found[cm_id_set_incident(&s->accused,
		    o->answer)].incident.support);
	c = (o->signs & CM_SIGN_STACK) != 0 ? flow_of(s, x, &at) : NULL;
	if (c != NULL)
		cite_flow(s, c, at);
	return o->name == NULL || o->path == NULL ? CM_E_NOMEM : CM_OK;
}

/* Where answers of ${template} send to; NULL: not known. */
static enum cm_result
where_to(const struct same *s, uint64_t template, const char **out)
{
	struct cm_span to = cm_exchanges_to(s->log, template);

	if (to.ptr == NULL)
		return CM_OK;
	*out = cm_across_text(s->m->a, to);
	return *out == NULL ? CM_E_NOMEM : CM_OK;
}

/* ---- one pattern ---- */

struct run {
	const struct cm_exchange **at; /* by server, then answer */
	size_t n;
	cm_packet_id first; /* answer */
	uint32_t servers, sites, clients;
};

/* A script that says nothing of where it leads may be anybody's: there only what stands
 * against the very address counts. */
static bool
counts_as_sign(const struct cm_across_member *o, enum cm_points points)
{
	uint8_t of = points == CM_POINTS_CODE ? (uint8_t)~CM_SIGN_SERVER : UINT8_MAX;

	return (o->signs & of) != 0;
}

static enum cm_result
count_distinct(const struct same *s, struct run *r)
{
	uint64_t *site = malloc(r->n * sizeof(*site));
	uint32_t sites = 0, clients = 0;

	if (site == NULL)
		return CM_E_NOMEM;
	for (unsigned pass = 0; pass < 2; pass++) {
		uint32_t *n = pass == 0 ? &sites : &clients;

		for (size_t i = 0; i < r->n; i++)
			site[i] = pass == 0 ? cm_exchange_site(s->log, r->at[i]) :
				    r->at[i]->client_hash;
		qsort(site, r->n, sizeof(*site), by_site);
		for (size_t i = 0; i < r->n; i++)
			*n += i == 0 || site[i] != site[i - 1];
	}
	free(site);
	r->sites = sites;
	r->clients = clients;
	r->servers = 0;
	for (size_t i = 0; i < r->n; i++)
		r->servers += i == 0 || !cm_host_eq(&r->at[i]->server, &r->at[i - 1]->server);
	return CM_OK;
}

static void
fill_times(const struct run *r, struct cm_across_same *o)
{
	for (size_t i = 0; i < r->n; i++) {
		if (i == 0 || r->at[i]->t_ns < o->first_ns)
			o->first_ns = r->at[i]->t_ns;
		if (i == 0 || r->at[i]->t_ns > o->last_ns)
			o->last_ns = r->at[i]->t_ns;
	}
}

/* The first answer of each server; all of them are counted. */
static enum cm_result
fill_members(struct same *s, const struct run *r, struct cm_across_same *o,
    struct cm_across_member *all)
{
	enum cm_result rc = CM_OK;
	size_t n = 0;

	for (size_t i = 0; i < r->n && rc == CM_OK; i++) {
		if (i > 0 && cm_host_eq(&r->at[i]->server, &r->at[i - 1]->server))
			continue;
		rc = make_member(s, r->at[i], &all[n]);
		o->signed_by += counts_as_sign(&all[n], o->points);
		for (unsigned b = 0; b < 4; b++)
			o->with[b] += (all[n].signs & 1u << b) != 0;
		n++;
	}
	qsort(all, n, sizeof(*all), by_answer);
	return rc;
}

static const struct cm_exchange *
exchange_of(const struct run *r, cm_packet_id answer)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->at[i]->answer == answer)
			return r->at[i];
	return r->at[0];
}

static enum cm_result
finish_pattern(struct same *s, const struct run *r, const struct cm_across_member *all,
    struct cm_across_same *o)
{
	size_t n = o->servers < CM_ACROSS_EXAMPLES ? o->servers : CM_ACROSS_EXAMPLES;
	struct cm_across_member *shown = cm_arena_array(s->m->a, n, sizeof(*shown));
	enum cm_result rc = shown == NULL ? CM_E_NOMEM : where_to(s, r->at[0]->template, &o->to);

	fill_times(r, o);
	o->rivals = same_rivals;
	o->n_rivals = sizeof(same_rivals) / sizeof(same_rivals[0]);
	for (size_t i = 0; i < n && rc == CM_OK; i++) {
		shown[i] = all[i]; /* the earliest */
		rc = show_member(s, exchange_of(r, all[i].answer), &shown[i]);
	}
	o->member = shown;
	o->n_members = n;
	if (rc == CM_OK)
		rc = cm_id_list_take(&s->m->ids, s->m->a, &o->support);
	for (size_t i = 0; i < r->n && rc == CM_OK; i++)
		rc = cm_id_set_add(&s->told, r->at[i]->answer, 0);
	return rc;
}

static enum cm_result
try_run(struct same *s, struct run *r, struct cm_across_same *out)
{
	struct cm_across_same o = { .points = (enum cm_points)r->at[0]->points, .answers = r->n };
	struct cm_across_member *all;
	enum cm_result rc = count_distinct(s, r);

	if (rc != CM_OK || r->servers < LEAST || r->sites < LEAST)
		return rc;
	if (s->m->out->n_same == CM_ACROSS_ITEMS || s->steps == 0) {
		s->m->out->left_off++;
		return CM_OK;
	}
	o.servers = r->servers;
	o.sites = r->sites;
	o.clients = r->clients;
	all = calloc(r->servers, sizeof(*all));
	rc = all == NULL ? CM_E_NOMEM : fill_members(s, r, &o, all);
	if (rc == CM_OK && o.signed_by >= LEAST) {
		rc = finish_pattern(s, r, all, &o);
		out[s->m->out->n_same++] = o;
	}
	free(all);
	return rc;
}

static int
by_servers(const void *a, const void *b)
{
	const struct cm_across_same *x = a, *y = b;

	if (x->signed_by != y->signed_by)
		return x->signed_by > y->signed_by ? -1 : 1;
	return by_answer(&x->member[0], &y->member[0]);
}

static int
by_first(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Those of one template, where there are enough; in order of their first answers. */
static size_t
find_runs(const struct same *s, struct run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_away;) {
		struct run r = { .at = s->away + i, .first = s->away[i]->answer };

		for (; i + r.n < s->n_away && r.at[r.n]->template == r.at[0]->template; r.n++)
			if (r.at[r.n]->answer < r.first)
				r.first = r.at[r.n]->answer;
		i += r.n;
		if (r.n >= LEAST)
			run[n++] = r;
	}
	qsort(run, n, sizeof(*run), by_first);
	return n;
}

static enum cm_result
patterns(struct same *s)
{
	struct cm_across_same *out = cm_arena_array(s->m->a, CM_ACROSS_ITEMS, sizeof(*out));
	struct run *run = malloc((s->n_away / LEAST + 1) * sizeof(*run));
	enum cm_result rc = out == NULL || run == NULL ? CM_E_NOMEM : CM_OK;
	size_t n = rc == CM_OK ? find_runs(s, run) : 0;

	s->m->out->same = out;
	for (size_t i = 0; i < n && rc == CM_OK; i++)
		rc = try_run(s, &run[i], out);
	free(run);
	if (rc == CM_OK && s->m->out->n_same > 1)
		qsort(out, s->m->out->n_same, sizeof(*out), by_servers);
	return rc;
}

/* ---- two bodies at one address ---- */

/* A whole page at the address from which ${x} was sent away, asked for in the same way. */
static const struct cm_exchange *
page_at(struct same *s, const struct cm_exchange *x, uint64_t *pages)
{
	const struct cm_exchange *page = NULL;
	size_t first, n = of_server(s, x, &first);

	*pages = 0;
	for (size_t i = first; i < first + n; i++) {
		const struct cm_exchange *y = s->by_server[i];

		if (y->address != x->address || y->query != x->query ||
		    y->points != CM_POINTS_NOWHERE || y->status != 200)
			continue;
		if ((*pages)++ == 0)
			page = y;
	}
	return page;
}

static enum cm_result
put_bodies(struct same *s, const struct cm_exchange *x, const struct cm_exchange *page,
    struct cm_across_bodies *o)
{
	enum cm_result r = make_member(s, x, &o->at);

	if (r == CM_OK)
		r = where_to(s, x->template, &o->to);
	if (r != CM_OK)
		return r;
	o->at.has_other = true;
	o->at.other_request = page->request;
	o->at.other_answer = page->answer;
	o->points = (enum cm_points)x->points;
	o->rivals = bodies_rivals;
	o->n_rivals = sizeof(bodies_rivals) / sizeof(bodies_rivals[0]);
	r = show_member(s, x, &o->at);
	return r == CM_OK ? cm_id_list_take(&s->m->ids, s->m->a, &o->support) : r;
}

static int
by_order(const void *a, const void *b)
{
	const struct cm_exchange *x = *(const struct cm_exchange *const *)a;
	const struct cm_exchange *y = *(const struct cm_exchange *const *)b;

	return x->answer < y->answer ? -1 : x->answer > y->answer;
}

/* The one of these that tells of it already; of one server and template one is enough. */
static struct cm_across_bodies *
told_before(struct cm_across_bodies *out, const struct cm_exchange *const *of, size_t n,
    const struct cm_exchange *x)
{
	for (size_t i = 0; i < n; i++)
		if (of[i]->template == x->template && cm_host_eq(&of[i]->server, &x->server))
			return &out[i];
	return NULL;
}

static enum cm_result
try_bodies(struct same *s, const struct cm_exchange *x, const struct cm_exchange **of,
    struct cm_across_bodies *out)
{
	size_t *n = &s->m->out->n_bodies;
	struct cm_across_bodies *before = told_before(out, of, *n, x);
	const struct cm_exchange *page;
	uint64_t pages;

	if (before != NULL) {
		before->sent_away += x->address == of[before - out]->address;
		return CM_OK;
	}
	page = s->steps == 0 ? NULL : page_at(s, x, &pages);
	if (page == NULL || *n == CM_ACROSS_ITEMS) {
		s->m->out->left_off += page != NULL;
		return CM_OK;
	}
	of[*n] = x;
	out[*n] = (struct cm_across_bodies) { .sent_away = 1, .other = pages };
	return put_bodies(s, x, page, &out[(*n)++]);
}

static enum cm_result
bodies(struct same *s)
{
	const struct cm_exchange *of[CM_ACROSS_ITEMS];
	struct cm_across_bodies *out = cm_arena_array(s->m->a, CM_ACROSS_ITEMS, sizeof(*out));
	enum cm_result r = out == NULL ? CM_E_NOMEM : CM_OK;

	s->m->out->bodies = out;
	s->steps = STEPS;
	qsort(s->away, s->n_away, sizeof(*s->away), by_order);
	for (size_t i = 0; i < s->n_away && r == CM_OK; i++)
		if (s->away[i]->points != CM_POINTS_CODE && /* scripts are often made anew */
		    !cm_id_set_has(&s->told, s->away[i]->answer))
			r = try_bodies(s, s->away[i], of, out);
	return r;
}

/* ---- all of it ---- */

static enum cm_result
collect_accused(struct same *s)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < s->m->e->n_found && r == CM_OK; i++) {
		const struct cm_incident *x = &s->m->e->found[i].incident;

		if (!cm_found_accuses(&s->m->e->found[i]))
			continue;
		for (size_t k = 0; k < x->forged.n && r == CM_OK; k++)
			r = cm_id_set_add(&s->accused, x->forged.id[k], i);
		for (size_t k = 0; k < x->suspect.n && r == CM_OK; k++)
			r = cm_id_set_add(&s->accused, x->suspect.id[k], i);
	}
	return r;
}

static enum cm_result
collect(struct same *s)
{
	s->by_server = malloc(s->log->n * sizeof(*s->by_server));
	s->away = malloc(s->n_away * sizeof(*s->away));
	if (s->by_server == NULL || s->away == NULL)
		return CM_E_NOMEM;
	s->n_away = 0;
	for (uint32_t i = 0; i < s->log->n; i++) {
		const struct cm_exchange *x = &s->log->item[i];

		if ((x->flags & CM_EX_ANSWERED) == 0)
			continue;
		s->by_server[s->n_all++] = x;
		if (x->points != CM_POINTS_NOWHERE)
			s->away[s->n_away++] = x;
	}
	qsort(s->by_server, s->n_all, sizeof(*s->by_server), by_server);
	qsort(s->away, s->n_away, sizeof(*s->away), by_template);
	return CM_OK;
}

CM_RESULT
cm_across_make_same(struct cm_maker *m)
{
	struct same s = { .m = m, .log = &m->e->exchanges, .steps = STEPS };
	enum cm_result r;

	for (uint32_t i = 0; i < s.log->n; i++)
		s.n_away += s.log->item[i].points != CM_POINTS_NOWHERE;
	if (s.n_away == 0)
		return CM_OK;
	r = collect(&s);
	if (r == CM_OK)
		r = collect_accused(&s);
	if (r == CM_OK)
		r = patterns(&s);
	if (r == CM_OK)
		r = bodies(&s);
	free(s.by_server);
	free(s.away);
	free(s.accused.slot);
	free(s.told.slot);
	return r;
}

const char *
cm_points_word(enum cm_points points)
{
	static const char *const word[] = {
		[CM_POINTS_NOWHERE] = "nowhere",
		[CM_POINTS_REDIRECT] = "redirect",
		[CM_POINTS_REFRESH] = "page that goes on",
		[CM_POINTS_FRAME] = "frame",
		[CM_POINTS_SCRIPT] = "script of another site",
		[CM_POINTS_CODE] = "script",
	};

	return word[points];
}
