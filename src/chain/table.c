#include <stdlib.h>
#include <string.h>

#include "chain/table.h"

/* The first script that a client got. */
struct got {
	struct cm_host client;
	int64_t t_ns;
	size_t script;
};

struct tabling {
	const struct cm_chain_vantage *vantage;
	size_t n;
	struct cm_chain *c;
	struct got *got; /* by client, each once */
	size_t n_got;
	struct cm_chain_client *client;
	int64_t *lag; /* of all, for the median */
	size_t n_lag;
};

static int
compare_hosts(const struct cm_host *a, const struct cm_host *b)
{
	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	if (a->tied != b->tied)
		return a->tied < b->tied ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int
by_client(const void *a, const void *b)
{
	const struct got *x = a, *y = b;
	int d = compare_hosts(&x->client, &y->client);

	return d != 0 ? d : (x->t_ns > y->t_ns) - (x->t_ns < y->t_ns);
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static CM_RESULT
list_clients(struct tabling *t, struct cm_arena *arena)
{
	const struct cm_chain_vantage *v = &t->vantage[t->c->vantage];
	size_t i, n = 0;

	t->got = cm_arena_array(arena, t->c->n_scripts + 1, sizeof(*t->got));
	t->lag = cm_arena_array(arena, t->c->n_scripts + 1, sizeof(*t->lag));
	if (t->got == NULL || t->lag == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < t->c->n_scripts; i++) {
		const struct cm_chain_script *s = &v->scripts[t->c->scripts[i]];

		t->got[i] = (struct got) { s->client, s->t_ns, t->c->scripts[i] };
	}
	qsort(t->got, t->c->n_scripts, sizeof(*t->got), by_client);
	for (i = 0; i < t->c->n_scripts; i++)
		if (i == 0 || compare_hosts(&t->got[i].client, &t->got[n - 1].client) != 0)
			t->got[n++] = t->got[i];
	t->n_got = n;
	t->c->script_clients = n;
	t->client = cm_arena_array(arena, (n < CM_CHAIN_CLIENTS ? n : CM_CHAIN_CLIENTS) + 1, sizeof(*t->client));
	t->c->clients = t->client;
	return t->client == NULL ? CM_E_NOMEM : CM_OK;
}

static const struct got *
got_script(const struct tabling *t, const struct cm_host *client)
{
	size_t low = 0, high = t->n_got;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_hosts(&t->got[mid].client, client) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->n_got && compare_hosts(&t->got[low].client, client) == 0 ? &t->got[low] : NULL;
}

/* The first request as the script makes them: for one of its paths, with a query if it wants no
 * cache to answer.  A script that does not is known by the name alone. */
static const struct cm_visit *
asked_for(const struct tabling *t, const struct cm_visits *v, const struct cm_host *client, uint64_t name)
{
	const struct cm_visit *x, *first = NULL;
	size_t i;

	if (!t->c->busts_caches)
		return cm_visits_find(v, client, name);
	for (i = 0; i < t->c->n_paths; i++) {
		x = cm_visits_find(v, client, cm_visits_path(v, name, cm_span_str(t->c->paths[i])));
		if (x != NULL && (first == NULL || x->first_ns < first->first_ns))
			first = x;
	}
	return first;
}

/* In a log that says no names the paths are asked of the server whose log it is. */
static const struct cm_visit *
asked_at(const struct tabling *t, size_t place, const struct cm_host *client)
{
	const struct cm_visits *v = t->vantage[place].visits;
	const struct cm_visit *x = asked_for(t, v, client, cm_visits_name(v, cm_span_str(t->c->host)));
	const struct cm_host nobody = { 0 };

	if (x != NULL || !t->vantage[place].is_log)
		return x;
	return asked_for(t, v, client, cm_visits_address(v, &nobody));
}

/* The client's first request to the target: where the script was seen, or else at a flood. */
static const struct cm_visit *
asked(struct tabling *t, const struct cm_host *client, const struct cm_offset **offset, size_t *place)
{
	const struct cm_visit *x = asked_at(t, t->c->vantage, client);
	size_t i;

	*offset = NULL;
	*place = t->c->vantage;
	for (i = 0; x == NULL && i < t->c->n_floods; i++) {
		const struct cm_chain_flood *f = &t->c->floods[i];

		/* those of one vantage stand together, and it is asked once */
		if (f->vantage == t->c->vantage || (i > 0 && f->vantage == f[-1].vantage))
			continue;
		x = asked_at(t, f->vantage, client);
		*offset = &f->offset;
		*place = f->vantage;
	}
	return x;
}

static int64_t
half_width(const struct cm_offset *o)
{
	return o == NULL ? 0 : (o->most_ns - o->least_ns + 1) / 2;
}

static void
note_lag(struct tabling *t, const struct got *g, const struct cm_visit *x, const struct cm_offset *o,
    size_t place)
{
	struct cm_chain *c = t->c;
	bool known = o == NULL || o->how == CM_OFFSET_BOTH_WAYS || o->how == CM_OFFSET_SECONDS;
	int64_t unsure = known ? half_width(o) : 0;
	int64_t lag = x->first_ns - (known && o != NULL ? o->middle_ns : 0) - g->t_ns;

	if (known && lag < -unsure)
		c->before++;
	else if (known)
		t->lag[t->n_lag++] = lag;
	if (unsure > c->lag_unsure_ns)
		c->lag_unsure_ns = unsure;
	if (c->n_clients < CM_CHAIN_CLIENTS)
		t->client[c->n_clients++] = (struct cm_chain_client) { g->script, place, x->first, lag, known };
}

static void
count(struct tabling *t, const struct cm_host *client)
{
	const struct got *g = got_script(t, client);
	const struct cm_offset *offset;
	size_t place;
	const struct cm_visit *x = asked(t, client, &offset, &place);

	if (g == NULL) {
		t->c->c += x != NULL;
		t->c->d += x == NULL;
		return;
	}
	t->c->a += x != NULL;
	t->c->b += x == NULL;
	if (x != NULL)
		note_lag(t, g, x, offset, place);
}

/* Clients stand together in the order of the visits. */
static void
count_visitors(struct tabling *t)
{
	const struct cm_visits *v = t->vantage[t->c->vantage].visits;
	uint64_t target = cm_visits_name(v, cm_span_str(t->c->host));
	size_t i, k;

	for (i = 0; i < cm_visits_n(v); i = k) {
		const struct cm_host *client = &cm_visits_at(v, i)->client;
		bool others = false;

		for (k = i; k < cm_visits_n(v) && cm_host_eq(&cm_visits_at(v, k)->client, client); k++)
			others |= !cm_visits_at(v, k)->path && cm_visits_at(v, k)->name != target;
		if (others && got_script(t, client) == NULL)
			count(t, client);
	}
	for (i = 0; i < t->n_got; i++)
		count(t, &t->got[i].client);
}

/* How many of the flood's clients the script's vantage shows, too. */
static void
count_shared(struct tabling *t, struct cm_chain_flood *f)
{
	const struct cm_visits *here = t->vantage[t->c->vantage].visits;
	size_t i;

	for (i = 0; i < cm_visits_n(here); i++) {
		const struct cm_host *client = &cm_visits_at(here, i)->client;

		if ((i > 0 && cm_host_eq(client, &cm_visits_at(here, i - 1)->client)) ||
		    asked_at(t, f->vantage, client) == NULL)
			continue;
		f->shared_clients++;
		f->shared_with_script += got_script(t, client) != NULL;
	}
}

CM_RESULT
cm_chain_table(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena, struct cm_chain *c)
{
	struct tabling t = { .vantage = vantage, .n = n, .c = c };
	struct cm_chain_flood *flood = cm_arena_copy(arena, c->floods, (c->n_floods + 1) * sizeof(*flood));
	enum cm_result rc = list_clients(&t, arena);
	size_t i;

	if (rc != CM_OK || flood == NULL)
		return CM_E_NOMEM;
	count_visitors(&t);
	for (i = 0; i < c->n_floods; i++) {
		if (i > 0 && flood[i].vantage == flood[i - 1].vantage) {
			flood[i].shared_clients = flood[i - 1].shared_clients;
			flood[i].shared_with_script = flood[i - 1].shared_with_script;
		} else {
			count_shared(&t, &flood[i]);
		}
	}
	c->floods = flood;
	c->fisher = cm_fisher_more(c->a, c->b, c->c, c->d);
	c->lags = t.n_lag;
	if (t.n_lag == 0)
		return CM_OK;
	qsort(t.lag, t.n_lag, sizeof(*t.lag), by_size);
	c->lag_least_ns = t.lag[0];
	c->lag_median_ns = t.lag[t.n_lag / 2];
	c->lag_most_ns = t.lag[t.n_lag - 1];
	return CM_OK;
}
