#include <sqlite3.h>
#include <string.h>

#include "store/db.h"

#define PATIENCE_MS 60000 /* for another comity that works on this case */

static enum cm_result
say(struct cm_db *db, int code, struct cm_err *err)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return cm_err_set(err, CM_E_NOMEM, "%s: out of memory", db->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return cm_err_set(
		    err, CM_E_MALFORMED, "%s: damaged, or not a case database", db->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return cm_err_set(
		    err, CM_E_IO, "%s: another comity is working on this case", db->path);
	case SQLITE_CONSTRAINT:
		return cm_err_set(err, CM_E_USAGE, "%s: %s", db->path, sqlite3_errmsg(db->h));
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (db->h != NULL && sqlite3_system_errno(db->h) != 0)
			return cm_err_set(err, CM_E_IO, "%s: %s", db->path,
			    strerror(sqlite3_system_errno(db->h)));
		break;
	default:
		break;
	}
	return cm_err_set(err, CM_E_IO, "%s: %s", db->path,
	    db->h != NULL ? sqlite3_errmsg(db->h) : sqlite3_errstr(code));
}

enum cm_result
cm_db_open(const char *path, struct cm_db *out, struct cm_err *err)
{
	struct cm_db db = { .path = path };
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(path, &db.h, flags, NULL);
	enum cm_result r;

	if (code != SQLITE_OK) {
		r = say(&db, code, err);
		sqlite3_close(db.h);
		return r;
	}
	sqlite3_busy_timeout(db.h, PATIENCE_MS);
	sqlite3_db_config(db.h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db.h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* FULL: what is acknowledged has reached the disk.  No write-ahead log, whose shared
	 * memory is a file that takes room: a case must be readable on a full disk.  16 MiB of
	 * cache: the statements of one investigation, which are read again for its dossier, and
	 * would else go to the disk and back before they are committed. */
	r = cm_db_exec(&db,
	    "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
	    err);
	if (r != CM_OK) {
		sqlite3_close(db.h);
		return r;
	}
	*out = db;
	return CM_OK;
}

void
cm_db_close(struct cm_db *db)
{
	sqlite3_close(db->h);
	db->h = NULL;
}

enum cm_result
cm_db_exec(struct cm_db *db, const char *sql, struct cm_err *err)
{
	int code = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? CM_OK : say(db, code, err);
}

bool
cm_db_is_begun(const struct cm_db *db)
{
	return db->h != NULL && sqlite3_get_autocommit(db->h) == 0;
}

enum cm_result
cm_db_int(struct cm_db *db, const char *sql, int64_t *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(db, sql);
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	if (r == CM_OK && row)
		*out = cm_column_int(&q, 0);
	else if (r == CM_OK)
		r = CM_E_NOTFOUND;
	cm_query_end(&q);
	return r;
}

struct cm_query
cm_query_of(struct cm_db *db, const char *sql)
{
	struct cm_query q = { .db = db };

	q.bad = sqlite3_prepare_v2(db->h, sql, -1, &q.s, NULL);
	return q;
}

static void
note(struct cm_query *q, int code)
{
	if (q->bad == SQLITE_OK)
		q->bad = code;
}

void
cm_query_int(struct cm_query *q, int i, int64_t v)
{
	if (q->bad == SQLITE_OK)
		note(q, sqlite3_bind_int64(q->s, i, v));
}

void
cm_query_text(struct cm_query *q, int i, const char *text)
{
	if (q->bad == SQLITE_OK)
		note(q, sqlite3_bind_text64(q->s, i, text, text == NULL ? 0 : strlen(text),
			    SQLITE_STATIC, SQLITE_UTF8));
}

void
cm_query_blob(struct cm_query *q, int i, struct cm_span v)
{
	if (q->bad == SQLITE_OK)
		note(q, sqlite3_bind_blob64(
			    q->s, i, v.len == 0 ? "" : (const void *)v.ptr, v.len, SQLITE_STATIC));
}

enum cm_result
cm_query_step(struct cm_query *q, bool *row, struct cm_err *err)
{
	int code = q->bad;

	if (code == SQLITE_OK)
		code = sqlite3_step(q->s);
	*row = code == SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? CM_OK : say(q->db, code, err);
}

enum cm_result
cm_query_run(struct cm_query *q, struct cm_err *err)
{
	bool row = true;
	enum cm_result r = CM_OK;

	while (r == CM_OK && row)
		r = cm_query_step(q, &row, err);
	cm_query_end(q);
	return r;
}

void
cm_query_end(struct cm_query *q)
{
	sqlite3_finalize(q->s);
	q->s = NULL;
}

int64_t
cm_column_int(struct cm_query *q, int i)
{
	return sqlite3_column_int64(q->s, i);
}

struct cm_span
cm_column_blob(struct cm_query *q, int i)
{
	const void *p = sqlite3_column_blob(q->s, i);

	return p == NULL ? cm_span_of(NULL, 0)
			 : cm_span_of(p, (size_t)sqlite3_column_bytes(q->s, i));
}

enum cm_result
cm_column_fixed(struct cm_query *q, int i, void *out, size_t len, struct cm_err *err)
{
	struct cm_span s = cm_column_blob(q, i);

	if (s.len != len)
		return cm_err_set(err, CM_E_MALFORMED, "%s: a value of %zu bytes where %zu belong",
		    q->db->path, s.len, len);
	memcpy(out, s.ptr, len);
	return CM_OK;
}

enum cm_result
cm_column_text(
    struct cm_query *q, int i, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	struct cm_span s = cm_column_blob(q, i);
	char *copy = cm_arena_alloc(arena, s.len + 1);

	if (copy == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	*out = copy;
	return CM_OK;
}
