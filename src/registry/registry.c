#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "registry/registry.h"

/* Made of data/evidence-types.txt. */
extern const struct cm_embedded cm_registry_files[];

CM_RESULT
cm_registry_builtin(struct cm_arena *arena, struct cm_registry *out, struct cm_err *err)
{
	return cm_registry_parse(cm_registry_files[0].bytes, arena, out, err);
}

const struct cm_evidence_type *
cm_registry_find(const struct cm_registry *r, const char *id)
{
	for (size_t i = 0; i < r->n_types; i++)
		if (strcmp(r->type[i].id, id) == 0)
			return &r->type[i];
	return NULL;
}

const char *
cm_registry_group_text(const struct cm_registry *r, const char *group)
{
	for (size_t i = 0; i < r->n_groups; i++)
		if (strcmp(r->group[i].name, group) == 0)
			return r->group[i].text;
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
cm_evidence_id_ok(const char *id)
{
	if (id[0] < 'A' || id[0] > 'Z' || !is_digit(id[1]) || id[1] == '0')
		return false;
	return id[2] == '\0' || (is_digit(id[2]) && id[3] == '\0');
}

bool
cm_evidence_plantable(const struct cm_registry *r, const struct cm_evidence_type *t, unsigned *lo, unsigned *hi)
{
	if (t->forge_lo == CM_FORGE_GRADED)
		return false;
	/* the higher the class, the harder it is to plant */
	*lo = r->plantable[t->forge_hi];
	*hi = r->plantable[t->forge_lo];
	return true;
}

static void
range(char letter, int lo, int hi, char out[CM_EVIDENCE_RANGE])
{
	if (lo == hi)
		snprintf(out, CM_EVIDENCE_RANGE, "%c%d", letter, lo % 10);
	else
		snprintf(out, CM_EVIDENCE_RANGE, "%c%d to %c%d", letter, lo % 10, letter, hi % 10);
}

void
cm_evidence_forge_word(const struct cm_evidence_type *t, char out[CM_EVIDENCE_RANGE])
{
	if (t->forge_lo == CM_FORGE_GRADED)
		snprintf(out, CM_EVIDENCE_RANGE, "graded");
	else
		range('F', t->forge_lo, t->forge_hi, out);
}

void
cm_evidence_cost_word(const struct cm_evidence_type *t, char out[CM_EVIDENCE_RANGE])
{
	range('D', t->cost_lo, t->cost_hi, out);
}

const char *
cm_layer_word(enum cm_layer layer)
{
	static const char *const word[CM_LAYERS] = { "machine", "operator", "organisation", "state", "beneficiary" };

	return word[layer];
}

const char *
cm_mictic_word(enum cm_mictic aspect)
{
	static const char *const word[CM_MICTICS] = { "malware", "infrastructure", "control", "telemetry",
		"intelligence", "cui-bono" };

	return word[aspect];
}

char
cm_mictic_letter(enum cm_mictic aspect)
{
	return "MICTIU"[aspect];
}
