#include "charter/weighed.h"

static CM_RESULT
list_ids(const struct cm_registry *r, struct cm_arena *arena, const char *const **out, struct cm_err *err)
{
	const char **id = cm_arena_array(arena, r->n_types + 1, sizeof(*id));

	if (id == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n_types; i++)
		id[i] = r->type[i].id;
	*out = id;
	return CM_OK;
}

enum cm_result
cm_charter_weigh(struct cm_span text, struct cm_arena *arena, struct cm_weighed *out, struct cm_err *err)
{
	struct cm_weighed w = { 0 };
	struct cm_registry usual = { 0 };
	const char *const *ids = NULL;
	enum cm_result rc = cm_registry_builtin(arena, &usual, err);

	if (rc == CM_OK)
		rc = list_ids(&usual, arena, &ids, err);
	if (rc == CM_OK)
		rc = cm_charter_read(text, ids, usual.n_types, arena, &w.says, err);
	w.registry = usual;
	if (rc == CM_OK && w.says.types_line != 0)
		rc = cm_registry_override(
		    &usual, w.says.types, (unsigned)w.says.types_line, arena, &w.registry, &w.changes, err);
	if (rc == CM_OK)
		*out = w;
	return rc;
}

size_t
cm_weighed_type(const struct cm_registry *r, const char *id)
{
	const struct cm_evidence_type *t = id == NULL ? NULL : cm_registry_find(r, id);

	return t == NULL ? SIZE_MAX : (size_t)(t - r->type);
}
