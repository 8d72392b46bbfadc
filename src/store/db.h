/* store/db.h -- the little of SQLite that the store needs.
 *
 * A query is made, bound, stepped and ended; what goes wrong before a step is kept
 * and comes out of the step.  Column values live until the next step. */
#ifndef CM_STORE_DB_H
#define CM_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

struct sqlite3;
struct sqlite3_stmt;

struct cm_db {
	struct sqlite3 *h;
	const char *path; /* borrowed, for messages */
};

/* Opens what is there.  CM_E_IO, CM_E_MALFORMED: not a database; CM_E_NOMEM. */
CM_RESULT cm_db_open(const char *path, struct cm_db *out, struct cm_err *err);
void cm_db_close(struct cm_db *db); /* a zeroed one is fine */

/* Statements without values or rows. */
CM_RESULT cm_db_exec(struct cm_db *db, const char *sql, struct cm_err *err);

/* Is a transaction open?  SQLite ends one itself where it finds the disk full. */
bool cm_db_is_begun(const struct cm_db *db);

/* The single integer that ${sql} gives. */
CM_RESULT cm_db_int(struct cm_db *db, const char *sql, int64_t *out, struct cm_err *err);

struct cm_query {
	struct cm_db *db;
	struct sqlite3_stmt *s;
	int bad; /* SQLite's code; 0: fine */
};

/* ${sql} is a constant: values are bound, never pasted. */
struct cm_query cm_query_of(struct cm_db *db, const char *sql);
/* Parameters count from 1.  What is bound must live until the query ends. */
void cm_query_int(struct cm_query *q, int i, int64_t v);
void cm_query_text(struct cm_query *q, int i, const char *text); /* NULL: null */
void cm_query_blob(struct cm_query *q, int i, struct cm_span v);

/* ${*row}: there is one more.  CM_E_USAGE: a constraint says no. */
CM_RESULT cm_query_step(struct cm_query *q, bool *row, struct cm_err *err);

/* Steps to the end, whatever rows there are, and ends. */
CM_RESULT cm_query_run(struct cm_query *q, struct cm_err *err);
void cm_query_end(struct cm_query *q);

/* Columns count from 0. */
int64_t cm_column_int(struct cm_query *q, int i);
struct cm_span cm_column_blob(struct cm_query *q, int i);
/* Exactly ${len} bytes, else CM_E_MALFORMED: somebody else wrote to the database. */
CM_RESULT cm_column_fixed(struct cm_query *q, int i, void *out, size_t len, struct cm_err *err);
/* A copy in the arena; "" for null. */
CM_RESULT cm_column_text(
    struct cm_query *q, int i, struct cm_arena *arena, const char **out, struct cm_err *err);

#endif
