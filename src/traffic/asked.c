/* From requests to episodes: blocks, and what is usual. */
#include <stdlib.h>
#include <string.h>

#include "traffic/asked_history.h"

#define SECOND CM_ASKED_SECOND
#define LEAST_MEMORY ((size_t)2 << 20)
#define BLOCK_REQUESTS 32u
#define BLOCK_MANY 512u /* so many begin an episode sooner */
#define BLOCK_NS (2 * SECOND)
#define FAST_MILLI 10000u /* requests in 1000 s */
#define PAUSE_NS (60 * SECOND)
#define USUAL_REQUESTS 2048u /* of one of the two spans: together all, where all is little enough to be shown as it is */
#define SPLIT_REQUESTS 320u
#define SPLIT_NS (10 * SECOND)
#define LONG_NS (600 * SECOND)
#define BACKWARDS_NS (300 * SECOND) /* lines of a log are written when they were answered, or given up */
#define SLOW_NS SECOND

struct cm_asked {
	struct cm_traffic_params params;
	int64_t gap_ns; /* no request for so long ends an episode */
	struct cm_asked_names names;
	struct cm_histories histories;
	struct cm_scripts *scripts;
	struct cm_waiting *waiting;
	void *scratch;
	struct cm_episode *spare;
	uint32_t n_episodes, max_episodes;
	struct cm_asked_found **found; /* max_found of them, n_found are there */
	uint32_t n_found, max_found;
	uint64_t not_listed, no_episode;
	bool from_packets;
	bool over;
	int64_t first_ns, last_ns;
};

/* ---- life ---- */

static enum cm_result
make_parts(struct cm_asked *a, size_t memory)
{
	uint64_t seed = a->params.hash_seed;
	size_t episodes = memory * 7 / 16 / cm_episode_bytes(a->params.thin > 1), found = memory / 8 / sizeof(struct cm_asked_found);

	a->max_episodes = (uint32_t)(episodes > 1024 ? 1024 : episodes);
	a->max_found = (uint32_t)(found > CM_TRAFFIC_FINDINGS ? CM_TRAFFIC_FINDINGS : found);
	a->scripts = cm_scripts_new(memory / 16, seed);
	a->waiting = cm_waiting_new(memory / 16, seed);
	a->scratch = malloc(cm_episode_scratch_bytes(a->params.thin > 1));
	a->found = calloc(a->max_found, sizeof(struct cm_asked_found *));
	if (a->scripts == NULL || a->waiting == NULL || a->scratch == NULL || a->found == NULL)
		return CM_E_NOMEM;
	if (cm_histories_init(&a->histories, memory / 16) != CM_OK)
		return CM_E_NOMEM;
	return cm_asked_names_init(&a->names, memory / 4, seed);
}

CM_RESULT
cm_asked_new(const struct cm_traffic_params *params, struct cm_asked **out)
{
	struct cm_asked *a = calloc(1, sizeof(*a));
	size_t memory = params->memory / 4 > LEAST_MEMORY ? params->memory / 4 : LEAST_MEMORY;

	if (a == NULL)
		return CM_E_NOMEM;
	a->params = *params;
	if (a->params.thin == 0)
		a->params.thin = 1;
	/* A block at half the least rate takes so long, in a draw as in the whole. */
	a->gap_ns = a->params.thin > (1u << 30) ? INT64_MAX / 4 : (int64_t)(a->params.thin * BLOCK_REQUESTS) * (SECOND / 5);
	if (a->gap_ns < PAUSE_NS)
		a->gap_ns = PAUSE_NS;
	if (make_parts(a, memory) != CM_OK) {
		cm_asked_free(a);
		return CM_E_NOMEM;
	}
	*out = a;
	return CM_OK;
}

void
cm_asked_free(struct cm_asked *a)
{
	if (a == NULL)
		return;
	for (uint32_t i = 0; i < a->names.n; i++)
		cm_episode_free(a->names.all[i].episode);
	while (a->spare != NULL) {
		struct cm_episode *next = a->spare->next;

		cm_episode_free(a->spare);
		a->spare = next;
	}
	for (uint32_t i = 0; i < a->n_found; i++)
		free(a->found[i]);
	free(a->found);
	free(a->scratch);
	cm_scripts_free(a->scripts);
	cm_waiting_free(a->waiting);
	cm_histories_release(&a->histories);
	cm_asked_names_release(&a->names);
	free(a);
}

/* Times of files can be anything: these can be subtracted, and added up, without end. */
#define TIME_MAX (INT64_MAX / 4)

static int64_t
bounded(int64_t t_ns)
{
	return t_ns < 0 ? 0 : t_ns > TIME_MAX ? TIME_MAX : t_ns;
}

/* ---- what is usual ---- */

static void
add_usual(struct cm_name *name, uint64_t n, int64_t ns, cm_packet_id first)
{
	struct cm_usual *u = &name->usual;

	if (u->n[1] >= USUAL_REQUESTS) {
		u->n[0] = u->n[1];
		u->ns[0] = u->ns[1];
		u->first[0] = u->first[1];
		u->n[1] = 0;
		u->ns[1] = 0;
	}
	if (u->n[1] == 0)
		u->first[1] = first;
	u->n[1] += n;
	u->ns[1] = bounded(u->ns[1] + (ns > 0 ? ns : 0));
}

static uint64_t
rate_milli(const struct cm_asked *a, uint64_t n, int64_t ns)
{
	uint64_t ms = ns > SECOND / 4 ? (uint64_t)ns / 1000000 : 250;

	if (n > UINT64_MAX / 1000000 / a->params.thin)
		return UINT64_MAX / 8;
	return n * a->params.thin * 1000000 / ms;
}

static uint64_t
usual_milli(const struct cm_asked *a, const struct cm_name *name)
{
	const struct cm_usual *u = &name->usual;

	return u->n[0] + u->n[1] == 0 ? 0 : rate_milli(a, u->n[0] + u->n[1], u->ns[0] + u->ns[1]);
}

static struct cm_asked_context
context_of(const struct cm_asked *a, const struct cm_name *name)
{
	const struct cm_usual *u = &name->usual;

	return (struct cm_asked_context) { .name = cm_span_of(name->text, name->len), .thin = a->params.thin,
		.base_n = u->n[0] + u->n[1], .base_ns = u->ns[0] + u->ns[1], .base_first = u->n[0] > 0 ? u->first[0] : u->first[1],
		.base_answers = &name->answers, .from_packets = a->from_packets, .pairs = a->params.thin == 1 };
}

/* ---- episodes ---- */

static struct cm_episode *
take_episode(struct cm_asked *a)
{
	struct cm_episode *e = a->spare;

	if (e != NULL) {
		a->spare = e->next;
		return e;
	}
	if (a->n_episodes == a->max_episodes || (e = cm_episode_new(a->params.thin > 1)) == NULL)
		return NULL;
	a->n_episodes++;
	return e;
}

/* A name that asks for an episode when all are in use goes without: what is seen of it is usual. */
static bool
begin_episode(struct cm_asked *a, struct cm_name *name, bool at_start)
{
	struct cm_episode *e = take_episode(a);
	int64_t median = cm_answers_median_ms(&name->answers);

	if (e == NULL) {
		a->no_episode++;
		return false;
	}
	cm_episode_begin(e, a->params.thin > 1, a->params.hash_seed);
	e->from_ns = name->block.from_ns;
	e->first = name->block.first;
	e->last = name->block.last;
	e->to_ns = name->block.last_ns;
	e->n = name->block.n;
	e->active_ns = name->block.last_ns - name->block.from_ns;
	e->cut_begin = at_start && name->block.from_ns - a->first_ns < SECOND;
	e->slow_ns = median * 4000000 > SLOW_NS ? median * 4000000 : SLOW_NS;
	name->episode = e;
	name->found = 0;
	return true;
}

/* The finding with the fewest requests gives way if there is no room. */
static uint32_t
place_of_found(struct cm_asked *a, const struct cm_asked_found *found)
{
	uint32_t least = 0;

	if (a->n_found < a->max_found)
		return a->n_found++;
	a->not_listed++;
	for (uint32_t i = 1; i < a->n_found; i++)
		if (a->found[i]->http.requests < a->found[least]->http.requests)
			least = i;
	if (a->found[least]->http.requests >= found->http.requests)
		return UINT32_MAX;
	for (uint32_t i = 0; i < a->names.n; i++)
		if (a->names.all[i].found == least + 1)
			a->names.all[i].found = 0;
	free(a->found[least]);
	return least;
}

static void
draw_series(const struct cm_asked *a, struct cm_asked_found *found)
{
	const struct cm_name *name = &a->names.all[found->name_at];
	const struct cm_history *h = cm_history_of(&a->histories, &a->names, name);
	const int64_t seen[2] = { a->first_ns, a->last_ns };

	if (h != NULL && name->generation == found->generation)
		cm_history_series(h, found->f.from_ns, found->f.to_ns, seen, &found->series);
}

static enum cm_result
end_episode(struct cm_asked *a, struct cm_name *name, bool cut_end)
{
	struct cm_episode *e = name->episode;
	struct cm_asked_context c = context_of(a, name);
	struct cm_asked_found *found = malloc(sizeof(*found));
	uint32_t at;

	if (found == NULL)
		return CM_E_NOMEM;
	c.cut_end = cut_end;
	name->episode = NULL;
	e->next = a->spare;
	a->spare = e;
	if (!cm_asked_judge(e, &c, found)) {
		free(found);
		add_usual(name, e->n, e->active_ns, e->first);
		cm_answers_merge(&name->answers, &e->answers);
		return CM_OK;
	}
	found->name_at = (uint32_t)(name - a->names.all);
	found->generation = name->generation;
	draw_series(a, found);
	at = place_of_found(a, found);
	if (at == UINT32_MAX) {
		free(found);
		return CM_OK;
	}
	a->found[at] = found;
	name->found = at + 1;
	return CM_OK;
}

/* ---- health ---- */

static bool
is_bad(const struct cm_answers *h, uint64_t slow, bool was_answered)
{
	if (h->errors >= 4 && h->errors * 5 >= h->answered)
		return true;
	if (was_answered && h->answered * 2 < h->asked)
		return true;
	return slow * 2 >= h->answered && slow >= 4;
}

static void
note_health(bool bad, int64_t t_ns, bool *degraded, int64_t *degraded_ns, bool *recovered, int64_t *recovered_ns)
{
	if (bad && !*degraded) {
		*degraded = true;
		*degraded_ns = t_ns;
	}
	if (bad)
		*recovered = false;
	else if (*degraded && !*recovered) {
		*recovered = true;
		*recovered_ns = t_ns;
	}
}

static void
look_at_health(struct cm_asked *a, struct cm_name *name)
{
	struct cm_episode *e = name->episode;
	const struct cm_answers *h = &name->now;
	bool was = name->answers.answered > 0 || (e != NULL && e->answers.answered > 0);
	struct cm_effect *x = name->found != 0 ? &a->found[name->found - 1]->f.effect : NULL;
	bool bad = is_bad(h, name->slow, was);

	if (h->asked < BLOCK_REQUESTS / 2)
		return;
	if (e != NULL)
		note_health(bad, name->block.from_ns, &e->degraded, &e->degraded_ns, &e->recovered, &e->recovered_ns);
	else if (x != NULL && x->degraded)
		note_health(bad, name->block.from_ns, &x->degraded, &x->degraded_ns, &x->recovered, &x->recovered_ns);
}

/* ---- blocks ---- */

/* What a block must come to: to begin an episode, to go on with a paused one, to stay in one.  An
 * episode is not kept alive by what is small beside itself, nor, if it rose above what was usual, by that. */
static uint64_t
bound_of(const struct cm_asked *a, const struct cm_name *name)
{
	const struct cm_episode *e = name->episode;
	uint64_t usual = usual_milli(a, name), least, mean;

	if (e == NULL)
		return FAST_MILLI;
	mean = rate_milli(a, e->paused ? e->n : e->n - name->block.n, e->active_ns);
	least = e->paused ? FAST_MILLI : FAST_MILLI / 2;
	if (mean >= usual * 3 && usual + usual / 2 > least)
		least = usual + usual / 2;
	mean /= e->paused ? 4 : 8;
	return mean > least ? mean : least;
}

static void
add_block(struct cm_episode *e, const struct cm_block *b)
{
	e->active_ns = bounded(e->active_ns + b->last_ns - b->from_ns);
	e->to_ns = b->last_ns;
	e->last = b->last;
	e->paused = false;
}

/* Was what went before only the usual (or a page that loaded), and this is far more, or it goes on for
 * long?  Then it was no episode, and the next one is judged for itself. */
static enum cm_result
split(struct cm_asked *a, struct cm_name *name, uint64_t rate)
{
	struct cm_episode *e = name->episode;
	struct cm_asked_context c = context_of(a, name);
	uint64_t before = e->n - name->block.n;
	bool small = before < SPLIT_REQUESTS, draw = a->params.thin > 1;

	if (small ? draw : e->active_ns < SPLIT_NS)
		return CM_OK;
	if ((small || e->active_ns < LONG_NS) && rate < 4 * rate_milli(a, before, e->active_ns))
		return CM_OK;
	if (!small && cm_asked_would(e, &c))
		return CM_OK;
	e->n = before;
	if (end_episode(a, name, false) != CM_OK)
		return CM_E_NOMEM;
	(void)begin_episode(a, name, false);
	return CM_OK;
}

/* Answers of a block belong to what it turned out to be; those that come after a finding are neither
 * usual nor its own. */
static void
settle_answers(struct cm_name *name)
{
	if (name->episode != NULL && !name->episode->paused)
		cm_answers_merge(&name->episode->answers, &name->now);
	else if (name->episode == NULL && name->found == 0)
		cm_answers_merge(&name->answers, &name->now);
	name->now = (struct cm_answers) { 0 };
	name->slow = 0;
}

static enum cm_result
close_block(struct cm_asked *a, struct cm_name *name)
{
	struct cm_block *b = &name->block;
	struct cm_episode *e = name->episode;
	int64_t ns = b->last_ns - b->from_ns;
	uint64_t rate = rate_milli(a, b->n, ns);
	bool fast = rate >= bound_of(a, name);
	enum cm_result rc = CM_OK;

	look_at_health(a, name);
	if (a->params.thin == 1)
		cm_history_begin(&a->histories, &a->names, name);
	if (e == NULL && fast) {
		if (!begin_episode(a, name, name->usual.n[1] == 0))
			add_usual(name, b->n, ns, b->first);
	} else if (e != NULL && fast) {
		rc = split(a, name, rate);
		if (name->episode == e)
			add_block(e, b);
	} else if (e != NULL && !e->paused) {
		e->paused = true;
		e->paused_ns = b->last_ns;
		e->last = b->last; /* its requests are counted */
		if (a->params.thin == 1 && e->n < SPLIT_REQUESTS) /* a page that loaded, no more */
			rc = end_episode(a, name, false);
	} else if (e == NULL) {
		add_usual(name, b->n, ns, b->first);
	}
	settle_answers(name);
	*b = (struct cm_block) { .from_ns = b->last_ns, .last_ns = b->last_ns, .first = b->last, .last = b->last };
	return rc;
}

/* The block that is not full yet belongs to it, too, if it is fast. */
static enum cm_result
finish_episode(struct cm_asked *a, struct cm_name *name, bool cut_end)
{
	struct cm_block *b = &name->block;

	if (!name->episode->paused && b->n >= BLOCK_REQUESTS / 4 &&
	    rate_milli(a, b->n, b->last_ns - b->from_ns) >= bound_of(a, name))
		add_block(name->episode, b);
	else if (!name->episode->paused && b->n > 0)
		name->episode->last = b->last;
	cm_answers_merge(&name->episode->answers, &name->now);
	name->now = (struct cm_answers) { 0 };
	name->slow = 0;
	return end_episode(a, name, cut_end);
}

static bool
is_full(const struct cm_asked *a, const struct cm_name *name)
{
	const struct cm_block *b = &name->block;
	int64_t ns = b->last_ns - b->from_ns;

	if (name->episode == NULL && b->n >= BLOCK_MANY)
		return true;
	return ns >= a->gap_ns || (b->n >= BLOCK_REQUESTS && ns >= BLOCK_NS);
}

/* Times that run backwards begin a block anew; a few seconds of it are order of writing. */
static enum cm_result
place_in_block(struct cm_asked *a, struct cm_name *name, const struct cm_request *r)
{
	struct cm_block *b = &name->block;
	struct cm_episode *e = name->episode;
	enum cm_result rc = CM_OK;

	if (e != NULL && (r->t_ns - b->last_ns > a->gap_ns || (e->paused && r->t_ns - e->paused_ns > a->gap_ns)))
		rc = finish_episode(a, name, false);
	if (r->t_ns < b->from_ns - BACKWARDS_NS || name->n == 0)
		*b = (struct cm_block) { .from_ns = r->t_ns, .last_ns = r->t_ns };
	if (b->n == 0)
		b->first = r->id;
	b->last = r->id;
	if (r->t_ns > b->last_ns)
		b->last_ns = r->t_ns;
	b->n++;
	name->n++;
	return rc;
}

/* ---- one request ---- */

static struct cm_name *
name_of(struct cm_asked *a, const struct cm_request *r, bool *fresh)
{
	struct cm_span host = r->host;

	while (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	if (host.len > 0)
		return cm_asked_names_get(&a->names, cm_key_of_folded(host, 0), host, fresh);
	return cm_asked_names_get(&a->names,
	    cm_key_of(cm_span_of(&r->server, sizeof(r->server)), (uint64_t)r->server_port + 1), cm_span_of(NULL, 0), fresh);
}

/* A page's parts are asked for by the page, so who asks for most parts is the site itself: for logs
 * that do not say which host they are of. */
static void
vote_own(struct cm_name *name, uint64_t referer)
{
	if (name->own == referer)
		name->own_votes += name->own_votes < 1000;
	else if (name->own_votes > 0)
		name->own_votes--;
	else {
		name->own = referer;
		name->own_votes = 1;
	}
}

static void
look_at_referer(struct cm_asked *a, struct cm_name *name, struct cm_asked_look *l)
{
	const struct cm_request *r = l->r;
	struct cm_span host = cm_url_host(cm_span_part(r->referer, 0, CM_QUERY_MAX)), own = cm_span_of(name->text, name->len);

	if (r->referer.ptr == NULL || host.len == 0) {
		l->referer_is = r->referer_known ? CM_REFERER_NONE : CM_REFERER_UNKNOWN;
		return;
	}
	l->referer_host = host;
	l->referer = cm_key_of_folded(host, 0);
	l->referer_is = own.len > 0 && cm_same_site(host, own) ? CM_REFERER_OWN : CM_REFERER_FOREIGN;
	if (own.len == 0) {
		if (l->part)
			vote_own(name, l->referer);
		if (name->own_votes >= 3 && name->own == l->referer)
			l->referer_is = CM_REFERER_OWN;
	} else if (l->referer_is == CM_REFERER_FOREIGN && cm_path_is_script(l->path)) {
		cm_scripts_add(a->scripts, l->referer, own);
	}
}

static void
count_answer(struct cm_asked *a, struct cm_name *name, uint16_t status, int64_t t_ns, int64_t took_ns)
{
	cm_history_answer(cm_history_of(&a->histories, &a->names, name), t_ns, status >= 500, took_ns);
	name->now.answered++;
	name->now.errors += status >= 500;
	name->slow += took_ns > (name->episode != NULL ? name->episode->slow_ns : SLOW_NS);
	cm_answers_add_time(&name->now, took_ns);
}

static void
note_answer(struct cm_asked *a, struct cm_name *name, const struct cm_request *r)
{
	bool packet = r->client_port != 0 && r->server_port != 0 && r->status == 0;

	if (!packet && r->status == 0)
		return;
	if (packet && a->params.thin != 1)
		return;
	name->now.asked++;
	if (packet)
		cm_waiting_put(a->waiting, r, (struct cm_wait) { .t_ns = r->t_ns,
			.name = (uint32_t)(name - a->names.all), .generation = name->generation });
	else
		count_answer(a, name, r->status, r->t_ns, r->took_ns);
}

static enum cm_result
count_request(struct cm_asked *a, const struct cm_request *r)
{
	uint8_t path[CM_PATH_MAX];
	struct cm_asked_look l = { .r = r };
	bool fresh;
	struct cm_name *name = name_of(a, r, &fresh);
	enum cm_result rc;

	a->from_packets |= r->status == 0 && r->client_port != 0;
	if (a->names.n == 1 && fresh)
		a->first_ns = r->t_ns;
	a->last_ns = r->t_ns;
	rc = place_in_block(a, name, r);
	cm_history_ask(cm_history_of(&a->histories, &a->names, name), r->t_ns);
	note_answer(a, name, r);
	l.path = cm_path_shape(r->target, path);
	l.part = cm_path_is_part(l.path);
	look_at_referer(a, name, &l);
	if (name->episode != NULL && !name->episode->paused) {
		l.path_key = cm_key_of(l.path, 1);
		if (r->client.net != 0)
			l.client = cm_key_of(cm_span_of(&r->client, sizeof(r->client)), 2);
		cm_episode_add(name->episode, &l, a->params.thin > 1, a->scratch);
	}
	if (rc == CM_OK && is_full(a, name))
		rc = close_block(a, name);
	return rc;
}

CM_RESULT
cm_asked_request(struct cm_asked *a, const struct cm_request *r)
{
	struct cm_request odd;

	if (r->t_ns == bounded(r->t_ns))
		return count_request(a, r);
	odd = *r;
	odd.t_ns = bounded(r->t_ns);
	return count_request(a, &odd);
}

/* ---- answers ---- */

static void
take_answer(struct cm_asked *a, const struct cm_packet *p)
{
	uint16_t status = cm_answer_status(p->payload);
	struct cm_name *name;
	struct cm_wait wait;

	/* 1xx is followed by the answer. */
	if (status < 200 || p->quoted || p->fragment || !cm_waiting_take(a->waiting, p, &wait))
		return;
	name = &a->names.all[wait.name];
	if (name->generation == wait.generation)
		count_answer(a, name, status, bounded(p->t_ns), bounded(p->t_ns) - wait.t_ns);
}

CM_RESULT
cm_asked_packet(struct cm_asked *a, const struct cm_packet *p)
{
	if (p->payload.len > 12 && p->payload.ptr[0] == 'H' && p->proto == 6)
		take_answer(a, p);
	return CM_OK;
}

/* ---- the end ---- */

static enum cm_result
end_all(struct cm_asked *a)
{
	for (uint32_t i = 0; i < a->names.n; i++) {
		struct cm_name *name = &a->names.all[i];
		bool going = name->episode != NULL && !name->episode->paused;

		if (name->episode != NULL &&
		    finish_episode(a, name, going && a->last_ns - name->block.last_ns < SECOND) != CM_OK)
			return CM_E_NOMEM;
	}
	return CM_OK;
}

static int
by_time(const void *x, const void *y)
{
	const struct cm_asked_found *const *a = x, *const *b = y;

	if ((*a)->f.from_ns != (*b)->f.from_ns)
		return (*a)->f.from_ns < (*b)->f.from_ns ? -1 : 1;
	return strcmp((*a)->name, (*b)->name);
}

/* Where nothing of the same name came before, what the others' requests come to. */
static void
set_baseline(struct cm_asked *a, struct cm_asked_found *found)
{
	struct cm_baseline *b = &found->f.baseline;
	uint64_t n = 0;
	int64_t span = a->last_ns - a->first_ns;

	if (b->how != CM_BASELINE_NONE || a->names.n < 2 || span < SECOND)
		return;
	for (uint32_t i = 0; i < a->names.n; i++)
		if (a->names.all[i].key != found->name_key)
			n += a->names.all[i].n;
	b->how = CM_BASELINE_OTHERS;
	b->milli = rate_milli(a, n, span) / (a->names.n - 1);
	b->span_ms = (uint64_t)span / 1000000;
}

CM_RESULT
cm_asked_findings(struct cm_asked *a, struct cm_arena *arena, struct cm_traffic_finding *out, size_t max, size_t *n)
{
	*n = 0;
	if (!a->over && end_all(a) != CM_OK)
		return CM_E_NOMEM;
	a->over = true;
	qsort(a->found, a->n_found, sizeof(struct cm_asked_found *), by_time);
	for (uint32_t i = 0; i < a->n_found; i++) {
		struct cm_asked_found *copy;

		if (i >= max) {
			a->not_listed += a->n_found - i;
			break;
		}
		draw_series(a, a->found[i]);
		copy = cm_arena_copy(arena, a->found[i], sizeof(*copy));
		if (copy == NULL)
			return CM_E_NOMEM;
		set_baseline(a, copy);
		cm_scripts_share(a->scripts, copy);
		cm_asked_bind(copy);
		out[i] = copy->f;
		*n = i + 1;
	}
	return CM_OK;
}

void
cm_asked_add_stats(const struct cm_asked *a, struct cm_traffic_stats *stats)
{
	stats->names_evicted += a->names.evicted + a->no_episode + cm_scripts_lost(a->scripts);
	stats->not_listed += a->not_listed;
}

/* ---- what belongs to a finding ---- */

bool
cm_asked_touches_request(const struct cm_traffic_finding *f, const struct cm_request *r)
{
	struct cm_span host = r->host, name;

	while (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	if (f->http == NULL)
		return false;
	name = cm_span_str(f->http->name);
	if (name.len == 0)
		return host.len == 0 && (f->target.net == 0 || (cm_host_eq(&f->target, &r->server) && f->port == r->server_port));
	if (host.len > CM_ASKED_NAME)
		host.len = CM_ASKED_NAME;
	return cm_key_of_folded(host, 0) == cm_key_of_folded(name, 0);
}

bool
cm_asked_touches(const struct cm_traffic_finding *f, const struct cm_packet *p)
{
	struct cm_request r;

	if (p->proto != 6 || p->payload.len == 0 || f->http == NULL)
		return false;
	if (cm_request_of_packet(p, &r))
		return cm_asked_touches_request(f, &r);
	return f->target.net != 0 && p->sport == f->port && cm_host_eq(&p->src, &f->target) && cm_answer_status(p->payload) != 0;
}
