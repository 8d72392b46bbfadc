#include "statement/assessment_v1.h"

#include <string.h>

#include "statement/detector.h"
#include "statement/evidence.h"

const char *const cm_assessment_v1_members[] = { "seals", "detector", "evidence", "frame", "items", "results", NULL };

void
cm_assessment_v1_write(struct cm_jsonw *w, const struct cm_assessment_v1 *a)
{
	uint8_t seal[1][32];

	memcpy(seal[0], a->seal, 32);
	cm_seals_write(w, seal, 1);
	cm_detector_write(w, a->engine, a->version, a->source);
	cm_evidence_write(w, a->evidence);
	cm_jsonw_kuint(w, "frame", a->frame);
	cm_jsonw_kuint(w, "items", a->items);
	cm_jsonw_kuint(w, "results", a->results);
}

enum cm_result
cm_assessment_v1_read(struct cm_json predicate, struct cm_arena *arena, struct cm_assessment_v1 *out, struct cm_err *err)
{
	struct cm_assessment_v1 a = { .frame = 0 };
	uint8_t (*seal)[32] = NULL;
	size_t n = 0;
	enum cm_result rc = cm_seals_read(predicate, arena, &seal, &n, err);

	if (rc == CM_OK && n != 1)
		return cm_err_set(err, CM_E_MALFORMED, "`seals' has not one item");
	if (rc == CM_OK)
		rc = cm_detector_read(predicate, arena, &a.engine, &a.version, a.source, err);
	if (rc == CM_OK)
		rc = cm_evidence_read(predicate, arena, &a.evidence, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(predicate, "frame", CM_ASSESSMENT_ROWS, &a.frame, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(predicate, "items", CM_ASSESSMENT_ROWS, &a.items, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(predicate, "results", CM_ASSESSMENT_ROWS, &a.results, err);
	if (rc != CM_OK)
		return rc;
	memcpy(a.seal, seal[0], 32);
	*out = a;
	return CM_OK;
}
