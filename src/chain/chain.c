#include <stdlib.h>
#include <string.h>

#include "chain/aims.h"
#include "chain/chain.h"
#include "chain/floods.h"
#include "chain/table.h"

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
	struct cm_chain_floods floods;
	enum cm_result rc;
	size_t i;

	*out = (struct cm_chain_result) { .chain = chain };
	if (chain == NULL)
		return CM_E_NOMEM;
	rc = cm_chain_floods_of(vantage, n, arena, &floods);
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = cm_chain_aims(&vantage[i], i, arena, chain, out);
	for (i = 0; rc == CM_OK && i < out->n; i++) {
		rc = cm_chain_floods_find(&floods, arena, &chain[i]);
		if (rc == CM_OK)
			rc = cm_chain_table(vantage, n, arena, &chain[i]);
	}
	qsort(chain, out->n, sizeof(*chain), by_weight);
	return rc;
}
