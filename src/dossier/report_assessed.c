/* Assessments in the report: the sections of dossier/assess_page.h, with what the dossier knows of their items. */
#include "dossier/assess_page.h"
#include "dossier/assessed.h"
#include "dossier/html.h"
#include "dossier/redo_assessment.h"
#include "dossier/report_parts.h"

struct picturing {
	struct cm_buf *out;
	const struct cm_dossier *d;
	const struct cm_report_checks *checks;
	struct cm_arena arena;
	struct cm_buf rows;
};

static enum cm_assess_mark
mark_of(const struct picturing *p, const struct cm_assess_item *item)
{
	const struct cm_redo_assessments_in here = { .dossier = p->d };

	switch (cm_assessed_behind(p->checks != NULL ? p->checks->behind : &here, item)) {
	case CM_BEHIND_REDONE:
		return CM_MARK_REDONE;
	case CM_BEHIND_HERE:
		return CM_MARK_THERE;
	case CM_BEHIND_REPORT:
		return CM_MARK_CLAIMED;
	default:
		return CM_MARK_SHUT;
	}
}

static CM_RESULT
put_marks(struct picturing *p, const struct cm_assessment *a, struct cm_assess_picture *s)
{
	enum cm_assess_mark *mark = cm_arena_array(&p->arena, a->n_items + 1, sizeof(*mark));

	if (mark == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < a->n_items; i++)
		mark[i] = mark_of(p, &a->item[i]);
	s->mark = mark;
	return CM_OK;
}

/* What is too large to be drawn is said, and stays in the rows. */
static CM_RESULT
put_picture(struct picturing *p, size_t i)
{
	const struct cm_shown_assessment *shown = &p->d->assessments[i];
	struct cm_registry registry;
	struct cm_assess_picture s;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_registry_builtin(&p->arena, &registry, &err);

	if (rc == CM_OK)
		rc = cm_assess_picture_of(&shown->read->a, &registry, &p->arena, &s, &err);
	if (rc == CM_E_LIMIT) {
		cm_buf_add_str(p->out, "<p>Not drawn: ");
		cm_html_text(p->out, err.text);
		cm_buf_add_str(p->out, "</p>\n");
		return CM_OK;
	}
	if (rc == CM_OK)
		rc = cm_assessed_rows(p->d, i, &p->rows);
	if (rc == CM_OK)
		rc = put_marks(p, &shown->read->a, &s);
	if (rc != CM_OK)
		return rc;
	s.number = i + 1;
	s.rows = cm_buf_span(&p->rows);
	s.shut = (size_t)(shown->body->items - shown->items_open);
	return cm_assess_section(&s, p->out);
}

static CM_RESULT
put_assessment(struct picturing *p, size_t i)
{
	const struct cm_shown_assessment *shown = &p->d->assessments[i];

	cm_buf_printf(p->out, "<section id=\"a%zu\"><h2>A%zu. Assessment: ", i + 1, i + 1);
	cm_html_text(p->out, shown->read != NULL ? shown->read->a.title : "its title stays shut");
	cm_buf_add_str(p->out, "</h2>\n<p>By the holder of the key <code>");
	cm_html_text(p->out, shown->by);
	cm_buf_add_str(p->out, "</code>, ");
	cm_html_text(p->out, shown->made);
	cm_buf_add_str(p->out, ".</p>\n");
	if (p->checks != NULL) {
		cm_buf_add_str(p->out, "<p><strong>Checked:</strong> ");
		cm_html_text(p->out, p->checks->assessments[i]);
		cm_buf_add_str(p->out, "</p>\n");
	}
	cm_report_evidence_of(p->out, cm_dossier_evidence_assessment(p->d, i));
	cm_buf_add_str(p->out, "</section>\n");
	if (shown->read != NULL)
		return put_picture(p, i);
	cm_buf_add_str(p->out, "<p>It can not be computed: ");
	cm_html_text(p->out, shown->trouble);
	cm_buf_add_str(p->out, "</p>\n");
	return CM_OK;
}

enum cm_result
cm_report_assessments(struct cm_buf *out, const struct cm_dossier *d, const struct cm_report_checks *checks)
{
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < d->n_assessments; i++) {
		struct picturing p = { .out = out, .d = d, .checks = checks };

		cm_arena_init(&p.arena, 0);
		rc = put_assessment(&p, i);
		cm_buf_release(&p.rows);
		cm_arena_fini(&p.arena);
	}
	return rc == CM_OK ? CM_OK : CM_E_NOMEM;
}
