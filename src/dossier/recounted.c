#include <stdlib.h>

#include "dossier/recounted.h"

CM_RESULT
cm_counted_rows(const struct cm_dossier *d, const struct cm_ids *set, struct cm_counted **out, size_t *n)
{
	struct cm_counted *row = calloc(set->n + 1, sizeof(*row));
	size_t i;

	*n = 0;
	if (row == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < set->n; i++)
		*n += cm_dossier_counted(d, set->id[i], &row[*n]);
	*out = row;
	return CM_OK;
}

CM_RESULT
cm_recount_shown(const struct cm_dossier *d, size_t i, struct cm_recounted *out)
{
	const struct cm_traffic_v1 *t = d->traffic[i].body;
	enum cm_result rc = cm_counted_rows(d, &t->support, &out->row, &out->n);
	size_t k;

	for (k = 0; rc == CM_OK && k < out->n; k++)
		if (!out->row[k].is_line)
			out->row[k] = cm_counted_of(t->drawn.kind, &out->row[k].packet);
	if (rc == CM_OK)
		rc = cm_recount(out->row, out->n, t->thin, t->memory, &out->traffic);
	if (rc == CM_OK)
		out->found = cm_recount_match(out->traffic, &t->drawn, false);
	return rc;
}

void
cm_recounted_free(struct cm_recounted *r)
{
	cm_traffic_free(r->traffic);
	free(r->row);
	*r = (struct cm_recounted) { 0 };
}
