#include "statement/detector.h"
#include "statement/finding.h"
#include "statement/statement.h"

void
cm_seals_write(struct cm_jsonw *w, uint8_t (*seals)[32], size_t n)
{
	size_t i;

	cm_jsonw_key(w, "seals");
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		cm_jsonw_hex(w, cm_span_of(seals[i], 32));
	cm_jsonw_array_end(w);
}

CM_RESULT
cm_seals_read(struct cm_json v, struct cm_arena *arena, uint8_t (**seals)[32], size_t *n, struct cm_err *err)
{
	struct cm_digests all = { 0 };
	struct cm_json list;
	enum cm_result rc = cm_json_get_list(v, "seals", &list, err);

	if (rc != CM_OK)
		return rc;
	if (cm_json_len(list) == 0 || cm_json_len(list) > CM_FINDING_SEALS_MAX)
		return cm_err_set(err, CM_E_MALFORMED, "seals: expected 1 to %d", CM_FINDING_SEALS_MAX);
	rc = cm_statement_digests(v, "seals", CM_FINDING_SEALS_MAX, arena, &all, err);
	*seals = all.digest;
	*n = all.n;
	return rc;
}

void
cm_detector_write(struct cm_jsonw *w, const char *name, uint64_t version, const uint8_t source[32])
{
	cm_jsonw_key(w, "detector");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", name);
	cm_jsonw_kuint(w, "version", version);
	cm_jsonw_khex(w, "source", cm_span_of(source, 32));
	cm_jsonw_object_end(w);
}

CM_RESULT
cm_detector_read(struct cm_json v, struct cm_arena *arena, const char **name, uint64_t *version,
    uint8_t source[32], struct cm_err *err)
{
	static const char *const only[] = { "name", "version", "source", NULL };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "detector", &o, err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, err);
	if (rc == CM_OK)
		rc = cm_statement_text(o, "name", arena, name, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "version", CM_JSON_INT_MAX, version, err);
	return rc == CM_OK ? cm_json_get_hex(o, "source", source, 32, err) : rc;
}

void
cm_put_int(struct cm_jsonw *w, const char *name, int64_t v)
{
	cm_jsonw_kint(w, name, v > CM_JSON_INT_MAX ? CM_JSON_INT_MAX : v < -CM_JSON_INT_MAX ? -CM_JSON_INT_MAX : v);
}

void
cm_put_uint(struct cm_jsonw *w, const char *name, uint64_t v)
{
	cm_jsonw_kuint(w, name, v > (uint64_t)CM_JSON_INT_MAX ? (uint64_t)CM_JSON_INT_MAX : v);
}
