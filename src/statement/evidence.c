#include "registry/registry.h"
#include "statement/evidence.h"
#include "statement/statement.h"

const char *
cm_evidence_of_exhibit(enum cm_kind kind)
{
	switch (kind) {
	case CM_KIND_CAPTURE:
		return "N1";
	case CM_KIND_LINES:
	case CM_KIND_RECORDS:
		return "H2";
	case CM_KIND_BLOB:
		break;
	}
	return "M1";
}

/* All four say the same of what was seen: packets that one kind of program makes, and not the host they name. */
const char *
cm_evidence_of_incident(enum cm_incident_type type)
{
	(void)type;
	return "N7";
}

/* A count supports what the packets or lines support that were counted, and is as easily planted. */
const char *
cm_evidence_of_traffic(enum cm_traffic_kind kind, bool lines)
{
	(void)kind;
	return lines ? "H2" : "N1";
}

/* Somebody's attribution, where another takes it for evidence. */
const char *
cm_evidence_of_assessment(void)
{
	return "G1";
}

const char *
cm_evidence_of_chain(void)
{
	return "N8";
}

void
cm_evidence_write(struct cm_jsonw *w, const char *id)
{
	if (id != NULL)
		cm_jsonw_kstr(w, "evidence", id);
}

CM_RESULT
cm_evidence_read(struct cm_json predicate, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	const char *id;
	enum cm_result rc;

	*out = NULL;
	if (!cm_json_has(predicate, "evidence"))
		return CM_OK;
	rc = cm_statement_text(predicate, "evidence", arena, &id, err);
	if (rc == CM_OK && !cm_evidence_id_ok(id))
		return cm_err_set(err, CM_E_MALFORMED, "evidence: expected an id like N1");
	if (rc == CM_OK)
		*out = id;
	return rc;
}
