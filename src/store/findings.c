/* Findings, disclosures, and what opens shut texts. */
#include "store/case_state.h"

enum cm_result
cm_case_finding_add(struct cm_case *c, const struct cm_case_finding *in, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT INTO finding (statement, type, verdict, "
						"bits, forged, genuine, suspect, support)"
						" VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(in->statement, 32));
	cm_query_text(&q, 2, in->type);
	cm_query_text(&q, 3, in->verdict);
	cm_query_int(&q, 4, in->bits);
	cm_query_int(&q, 5, (int64_t)in->forged);
	cm_query_int(&q, 6, (int64_t)in->genuine);
	cm_query_int(&q, 7, (int64_t)in->suspect);
	cm_query_int(&q, 8, (int64_t)in->support);
	return cm_query_run(&q, err);
}

static enum cm_result
read_finding(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_finding *out = item;
	enum cm_result r = cm_column_fixed(q, 1, out->statement, 32, err);

	if (r == CM_OK)
		r = cm_column_text(q, 2, arena, &out->type, err);
	if (r == CM_OK)
		r = cm_column_text(q, 3, arena, &out->verdict, err);
	out->id = (uint64_t)cm_column_int(q, 0);
	out->bits = cm_column_int(q, 4);
	out->forged = (uint64_t)cm_column_int(q, 5);
	out->genuine = (uint64_t)cm_column_int(q, 6);
	out->suspect = (uint64_t)cm_column_int(q, 7);
	out->support = (uint64_t)cm_column_int(q, 8);
	return r;
}

enum cm_result
cm_case_findings(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_findings *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT id, statement, type, verdict, bits, "
						"forged, genuine, suspect, support FROM finding"
						" ORDER BY id");
	struct cm_case_list l = { arena, sizeof(*out->item), read_finding, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_findings) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_disclosure_add(struct cm_case *c, const struct cm_case_disclosure *in, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "INSERT INTO disclosure (statement, whom, path, bytes, sha256) VALUES (?, ?, ?, ?, ?)");
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(in->statement, 32));
	cm_query_text(&q, 2, in->to);
	cm_query_text(&q, 3, in->path);
	cm_query_int(&q, 4, (int64_t)in->bytes);
	cm_query_blob(&q, 5, cm_span_of(in->sha256, 32));
	r = cm_query_run(&q, err);
	return r == CM_OK ? cm_case_written_add(c, in->statement, in->sha256, err) : r;
}

enum cm_result
cm_case_disclosure_renewed(struct cm_case *c, const uint8_t statement[32], uint64_t bytes,
    const uint8_t sha256[32], struct cm_err *err)
{
	struct cm_query q = cm_query_of(
	    &c->db, "UPDATE disclosure SET bytes = ?, sha256 = ? WHERE statement = ?");
	enum cm_result r;

	cm_query_int(&q, 1, (int64_t)bytes);
	cm_query_blob(&q, 2, cm_span_of(sha256, 32));
	cm_query_blob(&q, 3, cm_span_of(statement, 32));
	r = cm_query_run(&q, err);
	return r == CM_OK ? cm_case_written_add(c, statement, sha256, err) : r;
}

static enum cm_result
read_disclosure(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_disclosure *out = item;
	enum cm_result r = cm_column_fixed(q, 1, out->statement, 32, err);

	if (r == CM_OK)
		r = cm_column_text(q, 2, arena, &out->to, err);
	if (r == CM_OK)
		r = cm_column_text(q, 3, arena, &out->path, err);
	if (r == CM_OK)
		r = cm_column_fixed(q, 5, out->sha256, 32, err);
	out->id = (uint64_t)cm_column_int(q, 0);
	out->bytes = (uint64_t)cm_column_int(q, 4);
	return r;
}

enum cm_result
cm_case_disclosures(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_disclosures *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(
	    &c->db, "SELECT id, statement, whom, path, bytes, sha256 FROM disclosure ORDER BY id");
	struct cm_case_list l = { arena, sizeof(*out->item), read_disclosure, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_disclosures) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_shut_add(struct cm_case *c, const uint8_t shut[32], const uint8_t r[32], const char *text,
    struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "INSERT INTO shut (digest, r, text) VALUES (?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(shut, 32));
	cm_query_blob(&q, 2, cm_span_of(r, 32));
	cm_query_text(&q, 3, text);
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_shut_text(struct cm_case *c, const uint8_t shut[32], struct cm_arena *arena, uint8_t r[32],
    const char **text, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT r, text FROM shut WHERE digest = ?");
	bool row = false;
	enum cm_result rc;

	cm_query_blob(&q, 1, cm_span_of(shut, 32));
	rc = cm_query_step(&q, &row, err);
	if (rc == CM_OK && !row)
		rc = cm_err_set(err, CM_E_NOTFOUND, "this case can not open that text");
	if (rc == CM_OK)
		rc = cm_column_text(&q, 1, arena, text, err);
	if (rc == CM_OK)
		rc = cm_column_fixed(&q, 0, r, 32, err);
	cm_query_end(&q);
	return rc;
}
