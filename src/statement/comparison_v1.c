#include "statement/comparison_v1.h"

#include <string.h>

#include "statement/detector.h"

struct cm_subject
cm_comparison_v1_subject(const uint8_t assessment[32])
{
	struct cm_subject s;

	memcpy(s.exhibit, assessment, 32);
	memcpy(s.root, assessment, 32);
	return s;
}

void
cm_comparison_v1_write(struct cm_jsonw *w, const struct cm_comparison_v1 *c)
{
	cm_detector_write(w, c->engine, c->version, c->source);
	cm_jsonw_kstr(w, "result", c->result);
}

static bool
subjects_fit(const struct cm_statement *head)
{
	for (size_t i = 0; i < head->n_subject; i++)
		if (memcmp(head->subject[i].exhibit, head->subject[i].root, 32) != 0)
			return false;
	return head->n_subject == 2;
}

enum cm_result
cm_comparison_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_comparison_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "detector", "result", NULL };
	struct cm_comparison_v1 c = { .engine = NULL };
	enum cm_result rc;

	if (d->head.type != CM_PREDICATE_COMPARISON || !subjects_fit(&d->head))
		return cm_err_set(err, CM_E_MALFORMED, "not a comparison of two assessments");
	rc = cm_statement_only(d, own, err);
	if (rc == CM_OK)
		rc = cm_detector_read(d->predicate, arena, &c.engine, &c.version, c.source, err);
	if (rc == CM_OK)
		rc = cm_statement_text(d->predicate, "result", arena, &c.result, err);
	if (rc == CM_OK && strlen(c.result) > CM_COMPARISON_RESULT)
		return cm_err_set(err, CM_E_MALFORMED, "`result' is too long");
	if (rc == CM_OK)
		*out = c;
	return rc;
}
