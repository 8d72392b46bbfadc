/* A text of a registry: an error within it, or a registry in which every type is whole. */
#include <string.h>

#include "fuzz.h"
#include "registry/registry.h"

static void
check_type(const struct cm_registry *r, const struct cm_evidence_type *t)
{
	char word[CM_EVIDENCE_RANGE];
	unsigned lo, hi;

	must(cm_evidence_id_ok(t->id) && cm_registry_find(r, t->id) == t);
	must(t->layers != 0 && t->layers >> CM_LAYERS == 0 && t->forms != 0);
	must(t->forge_lo <= t->forge_hi && t->forge_hi < CM_FORGE_CLASSES && t->forge_lo >= CM_FORGE_GRADED);
	must(t->cost_lo <= t->cost_hi && t->cost_hi < CM_COST_CLASSES);
	must(cm_registry_group_text(r, t->group) != NULL);
	must(t->name[0] != '\0' && t->supports[0] != '\0' && t->stix[0] != '\0' && t->why[0] != '\0');
	must(t->values != NULL && t->after != NULL && t->forms_text[0] == 'C');
	must(cm_evidence_plantable(r, t, &lo, &hi) == (t->forge_lo != CM_FORGE_GRADED));
	must(t->forge_lo == CM_FORGE_GRADED || (lo >= 1 && lo <= hi && hi <= 999));
	cm_evidence_forge_word(t, word);
	cm_evidence_cost_word(t, word);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_err err = { 0 };
	struct cm_arena arena;
	struct cm_registry r;
	enum cm_result rc;

	cm_arena_init(&arena, (size_t)8 << 20);
	rc = cm_registry_parse(cm_span_of(data, size), &arena, &r, &err);
	must(err.code == rc && (!err.has_offset || err.offset <= size));
	if (rc == CM_OK) {
		must(r.version != 0 && r.n_types > 0);
		for (size_t i = 0; i < r.n_types; i++)
			check_type(&r, &r.type[i]);
	}
	cm_arena_fini(&arena);
	return 0;
}
