/* The section `## Evidence types` of a charter: an error within it, or changes that each have an id of the
 * registry and a reason, and a registry that is otherwise the one before. */
#include <string.h>

#include "builtin.h"
#include "fuzz.h"
#include "registry/override.h"

static void
check_change(const struct cm_registry *r, const struct cm_registry_change *c)
{
	must(c->why[0] != '\0' && c->was[0] != '\0' && c->now[0] != '\0');
	must(strcmp(c->what, "plantable") == 0 ? c->id[0] == 'F' : cm_registry_find(r, c->id) != NULL);
}

static bool
same(const struct cm_evidence_type *a, const struct cm_evidence_type *b)
{
	return a->forge_lo == b->forge_lo && a->forge_hi == b->forge_hi && a->cost_lo == b->cost_lo && a->cost_hi == b->cost_hi;
}

static void
check(const struct cm_registry *base, const struct cm_registry *r, const struct cm_registry_changes *c)
{
	size_t differ = 0;

	must(r->n_types == base->n_types);
	for (size_t i = 0; i < r->n_types; i++) {
		const struct cm_evidence_type *t = &r->type[i];

		must(t->id == base->type[i].id && t->forge_lo <= t->forge_hi && t->cost_lo <= t->cost_hi);
		differ += !same(t, &base->type[i]);
	}
	for (unsigned k = 1; k < CM_FORGE_CLASSES; k++)
		must(r->plantable[k] < r->plantable[k - 1]);
	must(differ <= c->n);
	for (size_t i = 0; i < c->n; i++)
		check_change(r, &c->item[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_registry *base = fuzz_registry();
	struct cm_registry_changes changes;
	struct cm_registry r;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;

	if (base == NULL)
		return 0;
	cm_arena_init(&arena, (size_t)8 << 20);
	rc = cm_registry_override(base, cm_span_of(data, size), 3, &arena, &r, &changes, &err);
	must(err.code == rc && (!err.has_offset || err.offset <= size));
	if (rc == CM_OK)
		check(base, &r, &changes);
	cm_arena_fini(&arena);
	return 0;
}
