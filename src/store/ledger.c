#include <string.h>

#include "store/case_state.h"
#include "store/ledger.h"

const char cm_case_ledger_schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS opened (statement BLOB PRIMARY KEY REFERENCES statement (digest),"
    " map BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS written (statement BLOB NOT NULL REFERENCES statement (digest),"
    " sha256 BLOB NOT NULL, PRIMARY KEY (statement, sha256)) STRICT;"
    "CREATE TABLE IF NOT EXISTS settled (statement BLOB NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (statement, what)) STRICT;"
    "CREATE TABLE IF NOT EXISTS owed (id INTEGER PRIMARY KEY, disclosure BLOB NOT NULL UNIQUE,"
    " dossier BLOB NOT NULL, receipt BLOB NOT NULL, source TEXT NOT NULL, signer TEXT NOT NULL,"
    " made INTEGER NOT NULL, purpose TEXT NOT NULL, obliges TEXT NOT NULL, found INTEGER NOT NULL,"
    " accepts INTEGER NOT NULL) STRICT;"
    "INSERT OR IGNORE INTO written (statement, sha256) SELECT statement, sha256 FROM disclosure;"
    "PRAGMA user_version = 5;"
    "COMMIT;";

enum cm_result
cm_case_opened_add(struct cm_case *c, const uint8_t statement[32], struct cm_span map, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT INTO opened (statement, map) VALUES (?, ?)");
	struct cm_map read = { 0 };
	enum cm_result r = cm_map_read(map, &read, err);

	cm_map_release(&read);
	if (r != CM_OK) {
		cm_query_end(&q);
		return r;
	}
	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	cm_query_blob(&q, 2, map);
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_opened(struct cm_case *c, const uint8_t statement[32], struct cm_map *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT map FROM opened WHERE statement = ?");
	struct cm_err why = { 0 };
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = CM_E_NOTFOUND;
	else if (r == CM_OK && cm_map_read(cm_column_blob(&q, 0), out, &why) != CM_OK)
		r = cm_err_set(err, why.code, "%s: a map of what was opened: %s", c->db_path, why.text);
	cm_query_end(&q);
	return r;
}

enum cm_result
cm_case_written_add(struct cm_case *c, const uint8_t statement[32], const uint8_t sha256[32], struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT OR IGNORE INTO written (statement, sha256) VALUES (?, ?)");

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	cm_query_blob(&q, 2, cm_span_of(sha256, 32));
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_written_has(
    struct cm_case *c, const uint8_t statement[32], const uint8_t sha256[32], bool *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT 1 FROM written WHERE statement = ? AND sha256 = ?");
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	cm_query_blob(&q, 2, cm_span_of(sha256, 32));
	r = cm_query_step(&q, out, err);
	cm_query_end(&q);
	return r;
}

enum cm_result
cm_case_settle(struct cm_case *c, const uint8_t statement[32], const char *what, int64_t at, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT OR IGNORE INTO settled (statement, what, at) VALUES (?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	cm_query_text(&q, 2, what);
	cm_query_int(&q, 3, at);
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_settled(struct cm_case *c, const uint8_t statement[32], const char *what, int64_t *at, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT at FROM settled WHERE statement = ? AND what = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(statement, 32));
	cm_query_text(&q, 2, what);
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = CM_E_NOTFOUND;
	else if (r == CM_OK)
		*at = cm_column_int(&q, 0);
	cm_query_end(&q);
	return r;
}

enum cm_result
cm_case_owed_add(struct cm_case *c, const struct cm_case_owed *in, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "INSERT INTO owed (disclosure, dossier, receipt, source, signer, made, purpose, obliges, found, accepts)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (disclosure) DO UPDATE SET"
	    " dossier = ?2, receipt = ?3, source = ?4, signer = ?5, made = ?6, purpose = ?7, obliges = ?8, found = ?9,"
	    " accepts = ?10");

	cm_query_blob(&q, 1, cm_span_of(in->disclosure, 32));
	cm_query_blob(&q, 2, cm_span_of(in->dossier, 32));
	cm_query_blob(&q, 3, cm_span_of(in->receipt, 32));
	cm_query_text(&q, 4, in->from);
	cm_query_text(&q, 5, in->by);
	cm_query_int(&q, 6, in->made);
	cm_query_text(&q, 7, in->purpose);
	cm_query_text(&q, 8, in->obliges);
	cm_query_int(&q, 9, in->found);
	cm_query_int(&q, 10, in->accepts);
	return cm_query_run(&q, err);
}

static enum cm_result
read_owed(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_owed *out = item;
	enum cm_result r = cm_column_fixed(q, 1, out->disclosure, 32, err);

	if (r == CM_OK)
		r = cm_column_fixed(q, 2, out->dossier, 32, err);
	if (r == CM_OK)
		r = cm_column_fixed(q, 3, out->receipt, 32, err);
	if (r == CM_OK)
		r = cm_column_text(q, 4, arena, &out->from, err);
	if (r == CM_OK)
		r = cm_column_text(q, 5, arena, &out->by, err);
	if (r == CM_OK)
		r = cm_column_text(q, 7, arena, &out->purpose, err);
	if (r == CM_OK)
		r = cm_column_text(q, 8, arena, &out->obliges, err);
	out->id = (uint64_t)cm_column_int(q, 0);
	out->made = cm_column_int(q, 6);
	out->found = cm_column_int(q, 9) == CM_RECEIPT_HOLDS ? CM_RECEIPT_HOLDS :
	    cm_column_int(q, 9) == CM_RECEIPT_PARTLY	     ? CM_RECEIPT_PARTLY :
							       CM_RECEIPT_REFUSED;
	out->accepts = cm_column_int(q, 10) == 1;
	return r;
}

enum cm_result
cm_case_owed(struct cm_case *c, struct cm_arena *arena, struct cm_case_owed_list *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT id, disclosure, dossier, receipt, source, signer, made, purpose,"
						" obliges, found, accepts FROM owed ORDER BY id");
	struct cm_case_list l = { arena, sizeof(*out->item), read_owed, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_owed_list) { l.item, l.n };
	return r;
}
