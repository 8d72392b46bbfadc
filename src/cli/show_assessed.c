#include "cli/show_assessed.h"

#include <string.h>

#include "cli/show_counted.h"
#include "cli/show_evidence.h"
#include "statement/assessment_v1.h"
#include "statement/evidence.h"

/* The number of the exhibit that has its rows; 0: it is not in the case. */
static uint64_t
exhibit_of(const struct cm_show *s, const struct cm_assessment_v1 *v)
{
	for (size_t i = 0; i < s->exhibits.n; i++)
		if (memcmp(s->exhibits.item[i].statement, v->seal, 32) == 0)
			return s->exhibits.item[i].id;
	return 0;
}

/* The next assessment from statement ${*i} on; CM_E_NOTFOUND: there is none. */
static CM_RESULT
next(struct cm_show *s, size_t *i, struct cm_assessment_v1 *v, struct cm_err *err)
{
	while (*i < s->n_docs && s->doc[*i].head.type != CM_PREDICATE_ASSESSMENT)
		(*i)++;
	return *i == s->n_docs ? CM_E_NOTFOUND : cm_assessment_v1_read(s->doc[*i].predicate, &s->arena, v, err);
}

static const char *
number(struct cm_show *s, uint64_t n)
{
	return cm_arena_printf(&s->arena, "%llu", (unsigned long long)n);
}

static struct cm_evidence_said
evidence_of(const struct cm_assessment_v1 *v)
{
	const char *ours = cm_evidence_of_assessment();

	return (struct cm_evidence_said) { v->evidence != NULL ? v->evidence : ours, ours, v->evidence != NULL };
}

enum cm_result
cm_show_assessment_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err)
{
	struct cm_assessment_v1 v;
	enum cm_result r;
	uint64_t n = 0;

	for (size_t i = 0; (r = next(s, &i, &v, err)) == CM_OK; i++) {
		const uint8_t *d = s->doc[i].digest;

		r = cm_table_row(t, (const char *const[]) { number(s, ++n), number(s, exhibit_of(s, &v)), number(s, v.items),
			number(s, v.results), cm_show_evidence_cell(s, evidence_of(&v)),
			cm_arena_printf(&s->arena, "%02x%02x%02x%02x", d[0], d[1], d[2], d[3]) });
		if (r != CM_OK)
			return r;
	}
	return r == CM_E_NOTFOUND ? CM_OK : r;
}

enum cm_result
cm_show_assessment_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err)
{
	struct cm_assessment_v1 v;
	enum cm_result r;
	uint64_t n = 0;

	if (cm_show_count(s, CM_PREDICATE_ASSESSMENT) == 0)
		return CM_OK;
	cm_jsonw_key(w, "assessments");
	cm_jsonw_array(w);
	for (size_t i = 0; (r = next(s, &i, &v, err)) == CM_OK; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "no", ++n);
		cm_jsonw_kuint(w, "exhibit", exhibit_of(s, &v));
		cm_jsonw_kuint(w, "items", v.items);
		cm_jsonw_kuint(w, "results", v.results);
		cm_show_evidence_json(w, evidence_of(&v));
		cm_jsonw_khex(w, "statement", cm_span_of(s->doc[i].digest, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r == CM_E_NOTFOUND ? CM_OK : r;
}
