#include <stdlib.h>
#include <string.h>

#include "dossier/plan_pairs.h"

static bool
pair_of(const struct cm_cells *cells, struct cm_plan_pair *out)
{
	struct cm_span src = cells->cell[CM_COL_SRC], dst = cells->cell[CM_COL_DST];
	bool swap;

	if ((src.len != 4 && src.len != 16) || dst.len != src.len)
		return false;
	swap = memcmp(src.ptr, dst.ptr, src.len) > 0;
	memset(out, 0, sizeof(*out));
	out->len = (uint8_t)src.len;
	memcpy(out->addr[swap], src.ptr, src.len);
	memcpy(out->addr[!swap], dst.ptr, dst.len);
	return true;
}

CM_RESULT
cm_plan_pairs_add(struct cm_plan_pairs *p, const struct cm_cells *cells)
{
	struct cm_plan_pair pair, *more;
	size_t room = p->room == 0 ? 16 : 2 * p->room;

	if (!pair_of(cells, &pair))
		return CM_OK;
	/* most rows of a finding are of the hosts of the one before */
	if (p->n > 0 && memcmp(&p->pair[p->n - 1], &pair, sizeof(pair)) == 0)
		return CM_OK;
	if (p->n == p->room) {
		more = realloc(p->pair, room * sizeof(*more));
		if (more == NULL)
			return CM_E_NOMEM;
		p->pair = more;
		p->room = room;
	}
	p->pair[p->n++] = pair;
	return CM_OK;
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct cm_plan_pair));
}

bool
cm_plan_pairs_has(struct cm_plan_pairs *p, const struct cm_cells *cells)
{
	struct cm_plan_pair pair;

	if (p->n == 0 || !pair_of(cells, &pair))
		return false;
	if (!p->sorted)
		qsort(p->pair, p->n, sizeof(pair), by_bytes);
	p->sorted = true;
	return bsearch(&pair, p->pair, p->n, sizeof(pair), by_bytes) != NULL;
}

void
cm_plan_pairs_release(struct cm_plan_pairs *p)
{
	free(p->pair);
	*p = (struct cm_plan_pairs) { 0 };
}
