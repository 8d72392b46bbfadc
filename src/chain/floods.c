#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chain/floods.h"
#include "chain/order.h"

static bool
is_flood(const struct cm_traffic_finding *f)
{
	return f->verdict != CM_TRAFFIC_SCAN;
}

/* A browser completes its openings, and sends neither fragments nor datagrams at will. */
static bool
is_of_browsers(const struct cm_traffic_finding *f)
{
	return f->kind == CM_TRAFFIC_HTTP || (f->kind == CM_TRAFFIC_VOLUME && (f->proto == 6 || f->proto == 0));
}

static const char *
name_of(const struct cm_traffic_finding *f)
{
	return f->http == NULL || f->http->name == NULL ? "" : f->http->name;
}

static size_t
count_findings(const struct cm_chain_vantage *v)
{
	return v->traffic == NULL ? 0 : cm_traffic_n(v->traffic);
}

static int
by_host(const void *a, const void *b)
{
	return cm_chain_host_order(a, b);
}

/* Those that a chain may be found for by address alone. */
static void
list_aimed(struct cm_chain_floods *f)
{
	size_t i, k, n = 0;

	for (i = 0; i < f->n; i++) {
		for (k = 0; k < count_findings(&f->vantage[i]); k++) {
			const struct cm_traffic_finding *x = cm_traffic_at(f->vantage[i].traffic, k);

			if (is_flood(x) && is_of_browsers(x) && x->target.net != 0 && name_of(x)[0] == '\0')
				f->aimed[n++] = x->target;
		}
	}
	qsort(f->aimed, n, sizeof(*f->aimed), by_host);
	for (i = 0; i < n; i++)
		if (i == 0 || !cm_host_eq(&f->aimed[i], &f->aimed[f->n_aimed - 1]))
			f->aimed[f->n_aimed++] = f->aimed[i];
}

CM_RESULT
cm_chain_floods_of(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena,
    struct cm_chain_floods *out)
{
	struct cm_chain_floods f = { .vantage = vantage, .n = n, .here = SIZE_MAX };
	size_t i;

	for (i = 0; i < n; i++)
		f.findings += count_findings(&vantage[i]);
	f.offset = cm_arena_array(arena, n + 1, sizeof(*f.offset));
	f.compared = cm_arena_array(arena, n + 1, sizeof(*f.compared));
	f.aimed = cm_arena_array(arena, f.findings + 1, sizeof(*f.aimed));
	f.asked = cm_arena_array(arena, f.findings + 1, sizeof(*f.asked));
	if (f.offset == NULL || f.compared == NULL || f.aimed == NULL || f.asked == NULL)
		return CM_E_NOMEM;
	list_aimed(&f);
	*out = f;
	return CM_OK;
}

/* Comparing two clocks takes time: once for each pair of vantages. */
static struct cm_offset
offset_of(struct cm_chain_floods *f, size_t here, size_t there)
{
	if (f->here != here)
		memset(f->compared, 0, f->n * sizeof(*f->compared));
	f->here = here;
	if (!f->compared[there])
		f->offset[there] = cm_clock_offset(f->vantage[here].clock, f->vantage[there].clock);
	f->compared[there] = true;
	return f->offset[there];
}

static struct cm_host *
find_aimed(const struct cm_chain_floods *f, const struct cm_host *address)
{
	return bsearch(address, f->aimed, f->n_aimed, sizeof(*f->aimed), by_host);
}

/* At which addresses the name was asked for, as far as any vantage shows. */
static void
mark_asked(struct cm_chain_floods *f, const char *name)
{
	size_t i, k;

	memset(f->asked, 0, f->n_aimed * sizeof(*f->asked));
	for (i = 0; f->n_aimed > 0 && i < f->n; i++) {
		uint64_t hash = cm_visits_name(f->vantage[i].visits, cm_span_str(name));

		for (k = 0; k < cm_visits_n(f->vantage[i].visits); k++) {
			const struct cm_visit *x = cm_visits_at(f->vantage[i].visits, k);
			const struct cm_host *at = x->path || x->name != hash ? NULL : find_aimed(f, &x->server);

			if (at != NULL)
				f->asked[at - f->aimed] = true;
		}
	}
}

static bool
same_name(const char *a, const char *b)
{
	struct cm_span x = cm_url_host(cm_span_str(a)), y = cm_url_host(cm_span_str(b));

	return x.len > 0 && x.len == y.len && strncasecmp((const char *)x.ptr, (const char *)y.ptr, x.len) == 0;
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

static bool
matches(const struct cm_chain_floods *f, const struct cm_chain *c, size_t at, const struct cm_traffic_finding *x,
    enum cm_chain_by *by)
{
	const char *name = name_of(x);
	const struct cm_host *aimed;

	*by = CM_CHAIN_BY_NAME;
	if (name[0] != '\0')
		return same_name(name, c->host);
	*by = CM_CHAIN_BY_PATHS;
	if (f->vantage[at].is_log)
		return x->http != NULL && asks_for_paths(c, x->http);
	*by = CM_CHAIN_BY_ADDRESS;
	aimed = x->target.net != 0 && is_of_browsers(x) ? find_aimed(f, &x->target) : NULL;
	return aimed != NULL && f->asked[aimed - f->aimed];
}

CM_RESULT
cm_chain_floods_find(struct cm_chain_floods *f, struct cm_arena *arena, struct cm_chain *c)
{
	struct cm_chain_flood *flood = cm_arena_array(arena, f->findings + 1, sizeof(*flood));
	size_t i, k;

	if (flood == NULL)
		return CM_E_NOMEM;
	mark_asked(f, c->host);
	for (i = 0; i < f->n; i++) {
		for (k = 0; k < count_findings(&f->vantage[i]); k++) {
			const struct cm_traffic_finding *x = cm_traffic_at(f->vantage[i].traffic, k);
			struct cm_offset offset;
			enum cm_chain_by by;

			if (!is_flood(x) || !matches(f, c, i, x, &by))
				continue;
			offset = offset_of(f, c->vantage, i);
			if (offset.starved)
				return CM_E_NOMEM;
			flood[c->n_floods++] = (struct cm_chain_flood) { .vantage = i, .finding = k, .by = by, .offset = offset };
		}
	}
	c->floods = flood;
	return CM_OK;
}
