/* Types of evidence of a case: in brackets where a statement says none, and what they mean below the tables. */
#include <string.h>

#include "cli/paragraph.h"
#include "cli/show_evidence.h"
#include "statement/evidence.h"

/* Does an assessment of the case have its rows there? */
static bool
is_assessment(const struct cm_show *s, const struct cm_case_exhibit *x)
{
	for (size_t i = 0; i < s->n_docs; i++)
		if (s->doc[i].head.type == CM_PREDICATE_ASSESSMENT && memcmp(s->doc[i].head.subject[0].exhibit, x->x, 32) == 0)
			return true;
	return false;
}

struct cm_evidence_said
cm_show_evidence_exhibit(const struct cm_show *s, size_t i)
{
	const char *ours = is_assessment(s, &s->exhibits.item[i]) ? cm_evidence_of_assessment() : cm_evidence_of_exhibit(s->schema[i].kind);

	return (struct cm_evidence_said) { ours, ours, false };
}

static struct cm_evidence_said
said_or(const char *said, const char *ours)
{
	return (struct cm_evidence_said) { said != NULL ? said : ours, ours, said != NULL };
}

CM_RESULT
cm_show_evidence_finding(struct cm_show *s, size_t i, struct cm_evidence_said *out, struct cm_err *err)
{
	const struct cm_case_finding *f = &s->findings.item[i];
	const char *said = NULL;
	enum cm_incident_type type = CM_INCIDENT_INJECTION;
	enum cm_result r = CM_OK;
	size_t k;

	for (k = 0; k < s->n_docs && memcmp(s->doc[k].digest, f->statement, 32) != 0; k++)
		;
	if (k < s->n_docs)
		r = cm_evidence_read(s->doc[k].predicate, &s->arena, &said, err);
	while (type < CM_INCIDENT_HANDSHAKE && strcmp(f->type, cm_incident_type_word(type)) != 0)
		type++;
	*out = said_or(said, cm_evidence_of_incident(type));
	return r;
}

struct cm_evidence_said
cm_show_evidence_traffic(const struct cm_show *s, const struct cm_traffic_v1 *t)
{
	bool lines = true, any = false;

	for (size_t k = 0; k < t->n_seals; k++) {
		if (!t->range[k].any)
			continue;
		any = true;
		for (size_t i = 0; i < s->exhibits.n; i++)
			if (memcmp(s->exhibits.item[i].statement, t->seals[k], 32) == 0)
				lines = lines && s->schema[i].kind == CM_KIND_LINES;
	}
	return said_or(t->evidence, cm_evidence_of_traffic(t->drawn.kind, any && lines));
}

struct cm_evidence_said
cm_show_evidence_chain(const struct cm_chain_v1 *c)
{
	return said_or(c->evidence, cm_evidence_of_chain());
}

const char *
cm_show_evidence_cell(struct cm_show *s, struct cm_evidence_said said)
{
	size_t i = 0;

	while (i < s->n_evidence && strcmp(s->evidence[i], said.id) != 0)
		i++;
	if (i == s->n_evidence && i < CM_SHOW_EVIDENCE)
		s->evidence[s->n_evidence++] = said.id;
	return said.said ? said.id : cm_arena_printf(&s->arena, "(%s)", said.id);
}

void
cm_show_evidence_json(struct cm_jsonw *w, struct cm_evidence_said said)
{
	cm_jsonw_kstr(w, "evidence", said.id);
	cm_jsonw_kbool(w, "evidence_said", said.said);
}

CM_RESULT
cm_show_evidence_text(struct cm_show *s, struct cm_err *err)
{
	struct cm_paragraph p = cm_paragraph_of(s->ctx->out, s->ctx->width);
	struct cm_paint paint = cm_paint_of(s->ctx->out_colour);
	struct cm_registry reg;
	enum cm_result r = s->n_evidence == 0 ? CM_OK : cm_registry_builtin(&s->arena, &reg, err);

	if (r == CM_OK && s->n_evidence > 0)
		fprintf(s->ctx->out, "\n%sTypes of evidence%s (in brackets above: not said, but taken for it)\n", paint.bold,
		    paint.plain);
	for (size_t i = 0; r == CM_OK && i < s->n_evidence; i++) {
		cm_words_evidence_name(&p.text, &reg, s->evidence[i]);
		cm_paragraph_end(&p, 0, 4);
		cm_words_evidence(&p.text, &reg, s->evidence[i]);
		cm_paragraph_end(&p, 4, 4);
	}
	r = r == CM_OK && p.lost ? CM_E_NOMEM : r;
	cm_paragraph_fini(&p);
	return r;
}
