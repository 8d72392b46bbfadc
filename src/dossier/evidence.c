#include <string.h>

#include "dossier/evidence.h"
#include "statement/evidence.h"

static struct cm_evidence_said
said_or(const char *said, const char *ours)
{
	return (struct cm_evidence_said) { .id = said != NULL ? said : ours, .ours = ours, .said = said != NULL };
}

static enum cm_kind
kind_of(const struct cm_dossier *d, size_t k)
{
	return d->exhibits[k].schema == NULL ? CM_KIND_CAPTURE : d->exhibits[k].schema->kind;
}

struct cm_evidence_said
cm_dossier_evidence_exhibit(const struct cm_dossier *d, size_t k)
{
	for (size_t i = 0; i < d->n_assessments; i++)
		if (d->assessments[i].exhibit == k)
			return said_or(NULL, cm_evidence_of_assessment());
	return said_or(NULL, cm_evidence_of_exhibit(kind_of(d, k)));
}

struct cm_evidence_said
cm_dossier_evidence_finding(const struct cm_dossier *d, size_t i)
{
	const struct cm_finding *f = d->findings[i].body;

	return said_or(f->evidence, cm_evidence_of_incident(f->type));
}

struct cm_evidence_said
cm_dossier_evidence_traffic(const struct cm_dossier *d, size_t i)
{
	const struct cm_traffic_v1 *t = d->traffic[i].body;
	bool lines = true, any = false;

	for (size_t k = 0; k < d->n_exhibits && t->range != NULL; k++) {
		if (!t->range[k].any)
			continue;
		any = true;
		lines = lines && kind_of(d, k) == CM_KIND_LINES;
	}
	return said_or(t->evidence, cm_evidence_of_traffic(t->drawn.kind, any && lines));
}

struct cm_evidence_said
cm_dossier_evidence_chain(const struct cm_dossier *d, size_t i)
{
	return said_or(d->chains[i].body->evidence, cm_evidence_of_chain());
}

struct cm_evidence_said
cm_dossier_evidence_assessment(const struct cm_dossier *d, size_t i)
{
	return said_or(d->assessments[i].body->evidence, cm_evidence_of_assessment());
}

struct using {
	struct cm_evidence_used *list;
	size_t n;
};

static struct cm_evidence_used *
use(struct using *u, struct cm_evidence_said s, bool statement)
{
	size_t i = 0;

	while (i < u->n && strcmp(u->list[i].id, s.id) != 0)
		i++;
	if (i == u->n)
		u->list[u->n++].id = s.id;
	u->list[i].derived += statement && !s.said;
	u->list[i].other += s.said && strcmp(s.id, s.ours) != 0;
	return &u->list[i];
}

CM_RESULT
cm_dossier_evidence(const struct cm_dossier *d, struct cm_arena *arena, struct cm_evidence_used **out, size_t *n)
{
	struct using u = { .list = cm_arena_array(arena, d->n_exhibits + d->n_findings + d->n_traffic + d->n_chains +
			       d->n_assessments + 1,
			       sizeof(*u.list)) };
	size_t i;

	if (u.list == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < d->n_exhibits; i++)
		use(&u, cm_dossier_evidence_exhibit(d, i), false)->exhibits++;
	for (i = 0; i < d->n_assessments; i++)
		use(&u, cm_dossier_evidence_assessment(d, i), true)->assessments++;
	for (i = 0; i < d->n_chains; i++)
		use(&u, cm_dossier_evidence_chain(d, i), true)->chains++;
	for (i = 0; i < d->n_traffic; i++)
		use(&u, cm_dossier_evidence_traffic(d, i), true)->traffic++;
	for (i = 0; i < d->n_findings; i++)
		use(&u, cm_dossier_evidence_finding(d, i), true)->findings++;
	*out = u.list;
	*n = u.n;
	return CM_OK;
}

void
cm_words_evidence_name(struct cm_buf *out, const struct cm_registry *r, const char *id)
{
	const struct cm_evidence_type *t = cm_registry_find(r, id);

	cm_buf_printf(out, "%s, %s", id, t != NULL ? t->name : "a type of evidence that this program does not know");
}

static void
put_layers(struct cm_buf *out, const struct cm_evidence_type *t)
{
	bool any = false;

	for (unsigned k = 0; k < CM_LAYERS; k++) {
		if ((t->layers & 1u << k) == 0)
			continue;
		cm_buf_printf(out, "%s%s", any ? ", " : "", cm_layer_word((enum cm_layer)k));
		any = true;
	}
}

void
cm_words_evidence(struct cm_buf *out, const struct cm_registry *r, const char *id)
{
	const struct cm_evidence_type *t = cm_registry_find(r, id);
	char forge[CM_EVIDENCE_RANGE], cost[CM_EVIDENCE_RANGE];

	if (t == NULL) {
		cm_buf_add_str(out, "What it supports, and how easily it is planted, this program can not say.");
		return;
	}
	cm_evidence_forge_word(t, forge);
	cm_evidence_cost_word(t, cost);
	cm_buf_printf(out, "Supports: %s (layer: ", t->supports);
	put_layers(out, t);
	cm_buf_printf(out, "). Forge class %s, disclosure cost %s: %s (%s.)", forge, cost, t->why, t->values);
}

static void
put_count(struct cm_buf *out, size_t n, const char *one, const char *many, bool *any)
{
	if (n == 0)
		return;
	cm_buf_printf(out, "%s%zu %s", *any ? ", " : "", n, n == 1 ? one : many);
	*any = true;
}

void
cm_words_evidence_used(struct cm_buf *out, const struct cm_evidence_used *u)
{
	bool any = false;

	put_count(out, u->exhibits, "exhibit", "exhibits", &any);
	put_count(out, u->assessments, "assessment", "assessments", &any);
	put_count(out, u->chains, "chain", "chains", &any);
	put_count(out, u->traffic, "flood or scan", "floods and scans", &any);
	put_count(out, u->findings, "finding", "findings", &any);
	if (u->derived > 0)
		cm_buf_printf(out, "; %zu of the statements name%s no type, and this program takes them for it", u->derived,
		    u->derived == 1 ? "s" : "");
	if (u->other > 0)
		cm_buf_printf(out, "; %zu of the statements name%s it where this program would name another", u->other,
		    u->other == 1 ? "s" : "");
}
