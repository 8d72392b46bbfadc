#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chain/aims.h"
#include "chain/chain.h"
#include "chain/table.h"

#define PLACES_MAX 64u /* addresses of one name */

/* Floods, of whatever vantage, that ask for what the scripts aim at. */

static bool
is_flood(const struct cm_traffic_finding *f)
{
	return f->verdict != CM_TRAFFIC_SCAN;
}

static bool
same_name(const char *a, const char *b)
{
	struct cm_span x = cm_url_host(cm_span_str(a)), y = cm_url_host(cm_span_str(b));

	return x.len > 0 && x.len == y.len && strncasecmp((const char *)x.ptr, (const char *)y.ptr, x.len) == 0;
}

/* Where a name was asked for, as far as one of the vantages shows. */
struct places {
	struct cm_host at[PLACES_MAX];
	size_t n;
};

static bool
is_at(const struct places *p, const struct cm_host *address)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (cm_host_eq(&p->at[i], address))
			return true;
	return false;
}

static void
find_places(const struct cm_chain_vantage *v, size_t n, const char *name, struct places *out)
{
	size_t i, k;

	out->n = 0;
	for (i = 0; i < n; i++) {
		uint64_t hash = cm_visits_name(v[i].visits, cm_span_str(name));

		for (k = 0; k < cm_visits_n(v[i].visits) && out->n < PLACES_MAX; k++) {
			const struct cm_visit *x = cm_visits_at(v[i].visits, k);

			if (!x->path && x->name == hash && x->server.net != 0 && !is_at(out, &x->server))
				out->at[out->n++] = x->server;
		}
	}
}

/* Is a path of the script's, longer than "/", among those that are asked for most? */
static bool
asks_for_paths(const struct cm_chain *c, const struct cm_traffic_http *h)
{
	size_t i, k;

	for (i = 0; i < c->n_paths; i++) {
		for (k = 0; k < h->n_paths; k++)
			if (c->paths[i][0] != '\0' && c->paths[i][1] != '\0' && strcmp(c->paths[i], h->paths[k].text) == 0)
				return true;
	}
	return false;
}

/* A browser completes its openings, and sends neither fragments nor datagrams at will. */
static bool
is_of_browsers(const struct cm_traffic_finding *f)
{
	return f->kind == CM_TRAFFIC_HTTP || (f->kind == CM_TRAFFIC_VOLUME && (f->proto == 6 || f->proto == 0));
}

static bool
matches(const struct cm_chain *c, const struct places *places, bool is_log, const struct cm_traffic_finding *f,
    enum cm_chain_by *by)
{
	const char *name = f->http == NULL || f->http->name == NULL ? "" : f->http->name;

	*by = CM_CHAIN_BY_NAME;
	if (name[0] != '\0')
		return same_name(name, c->host);
	*by = CM_CHAIN_BY_PATHS;
	if (is_log)
		return f->http != NULL && asks_for_paths(c, f->http);
	*by = CM_CHAIN_BY_ADDRESS;
	return f->target.net != 0 && is_of_browsers(f) && is_at(places, &f->target);
}

static size_t
count_findings(const struct cm_chain_vantage *v, size_t n)
{
	size_t all = 0, i;

	for (i = 0; i < n; i++)
		all += v[i].traffic == NULL ? 0 : cm_traffic_n(v[i].traffic);
	return all;
}

static CM_RESULT
find_floods(const struct cm_chain_vantage *v, size_t n, struct cm_arena *arena, struct cm_chain *c)
{
	struct cm_chain_flood *flood = cm_arena_array(arena, count_findings(v, n) + 1, sizeof(*flood));
	struct places places;
	size_t i, k;

	if (flood == NULL)
		return CM_E_NOMEM;
	find_places(v, n, c->host, &places);
	for (i = 0; i < n; i++) {
		for (k = 0; v[i].traffic != NULL && k < cm_traffic_n(v[i].traffic); k++) {
			const struct cm_traffic_finding *f = cm_traffic_at(v[i].traffic, k);
			struct cm_offset offset;
			enum cm_chain_by by;

			if (!is_flood(f) || !matches(c, &places, v[i].is_log, f, &by))
				continue;
			offset = cm_clock_offset(v[c->vantage].clock, v[i].clock);
			if (offset.starved)
				return CM_E_NOMEM;
			flood[c->n_floods++] = (struct cm_chain_flood) { .vantage = i, .finding = k, .by = by, .offset = offset };
		}
	}
	c->floods = flood;
	return CM_OK;
}

bool
cm_chain_flood_has_clients(const struct cm_chain *c, const struct cm_chain_flood *f)
{
	return f->vantage == c->vantage || f->shared_with_script > 0;
}

bool
cm_chain_made(const struct cm_chain *c)
{
	size_t i;

	if (c->a <= c->before || c->fisher.milli < CM_FISHER_RARE)
		return false;
	for (i = 0; i < c->n_floods; i++)
		if (cm_chain_flood_has_clients(c, &c->floods[i]))
			return true;
	return false;
}

static int
by_weight(const void *a, const void *b)
{
	const struct cm_chain *x = a, *y = b;

	if ((x->n_floods > 0) != (y->n_floods > 0))
		return x->n_floods > 0 ? -1 : 1;
	if (x->n_scripts != y->n_scripts)
		return x->n_scripts > y->n_scripts ? -1 : 1;
	return strcmp(x->host, y->host);
}

CM_RESULT
cm_chain_find(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena,
    struct cm_chain_result *out)
{
	struct cm_chain *chain = cm_arena_array(arena, CM_CHAINS_MAX, sizeof(*chain));
	enum cm_result rc = CM_OK;
	size_t i;

	*out = (struct cm_chain_result) { .chain = chain };
	if (chain == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = cm_chain_aims(&vantage[i], i, arena, chain, out);
	for (i = 0; rc == CM_OK && i < out->n; i++) {
		rc = find_floods(vantage, n, arena, &chain[i]);
		if (rc == CM_OK)
			rc = cm_chain_table(vantage, n, arena, &chain[i]);
	}
	qsort(chain, out->n, sizeof(*chain), by_weight);
	return rc;
}
