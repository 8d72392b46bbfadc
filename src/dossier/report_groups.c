#include <stdlib.h>
#include <string.h>

#include "dossier/report_groups.h"

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_hand(const struct cm_fingerprint *a, const struct cm_fingerprint *b)
{
	return a->known && b->known && same_text(a->ipid, b->ipid) && same_text(a->df, b->df) && same_text(a->ttl, b->ttl) &&
	    same_text(a->window, b->window) && same_text(a->options, b->options) && same_text(a->fin, b->fin) &&
	    same_text(a->name, b->name);
}

static bool
together(const struct cm_dossier *d, const struct cm_groups *g, size_t i, size_t k)
{
	const struct cm_finding *a = d->findings[i].body, *b = d->findings[k].body;

	if (a->type != b->type || a->verdict != b->verdict || g->chain[i] != g->chain[k])
		return false;
	return g->chain[i] != SIZE_MAX || same_hand(&a->fingerprint, &b->fingerprint);
}

static void
mark_chains(const struct cm_dossier *d, struct cm_groups *g)
{
	size_t i, k;

	for (i = 0; i < d->n_findings; i++)
		g->chain[i] = SIZE_MAX;
	for (i = d->n_chains; i-- > 0;)
		for (k = 0; k < d->chains[i].body->n_scripts; k++)
			g->chain[d->chains[i].findings[k]] = i;
}

CM_RESULT
cm_groups_make(const struct cm_dossier *d, struct cm_groups *out)
{
	uint32_t first[CM_GROUPS_MAX], n = 0, k;
	size_t i;

	*out = (struct cm_groups) { .of = calloc(d->n_findings + 1, sizeof(*out->of)),
		.size = calloc(d->n_findings + 1, sizeof(*out->size)), .chain = calloc(d->n_findings + 1, sizeof(*out->chain)) };
	if (out->of == NULL || out->size == NULL || out->chain == NULL)
		return CM_E_NOMEM;
	mark_chains(d, out);
	for (i = 0; i < d->n_findings; i++) {
		for (k = 0; k < n && !together(d, out, first[k], i); k++)
			;
		out->of[i] = k < n ? first[k] : (uint32_t)i;
		out->size[out->of[i]]++;
		if (k == n && n < CM_GROUPS_MAX)
			first[n++] = (uint32_t)i;
	}
	return CM_OK;
}

void
cm_groups_release(struct cm_groups *g)
{
	free(g->of);
	free(g->size);
	free(g->chain);
	*g = (struct cm_groups) { 0 };
}

bool
cm_groups_grouped(const struct cm_groups *g, size_t i)
{
	return g->size[g->of[i]] >= CM_GROUP_LEAST;
}

bool
cm_groups_first(const struct cm_groups *g, size_t i)
{
	return g->of[i] == i;
}
