/* store/case_state.h -- the inside of a struct cm_case, for this room only. */
#ifndef CM_STORE_CASE_STATE_H
#define CM_STORE_CASE_STATE_H

#include <limits.h>

#include "store/case.h"
#include "store/db.h"

struct cm_case {
	struct cm_db db;
	struct cm_arena arena;
	struct cm_case_self self;
	char folder[PATH_MAX];
	char db_path[PATH_MAX];
	bool begun;
};

/* ${folder}/${name} to ${out}; CM_E_IO: too long. */
CM_RESULT cm_case_path(
    const char *folder, const char *name, char out[PATH_MAX], struct cm_err *err);

/* Begins unless something was begun; ${*own} says which, for cm_case_leave. */
CM_RESULT cm_case_enter(struct cm_case *c, bool *own, struct cm_err *err);
/* Commits or rolls back what cm_case_enter began; gives ${r}, or why it can not be committed. */
CM_RESULT cm_case_leave(struct cm_case *c, bool own, enum cm_result r, struct cm_err *err);

/* Writes the copies of statements that have none yet.  What can not be copied now (the disk is
 * full) is copied when the case is opened next: the statements themselves are in the database. */
void cm_case_export(struct cm_case *c);

/* A list of items of ${size} bytes, one made by ${read} of each row of a query. */
struct cm_case_list {
	struct cm_arena *arena;
	size_t size;
	enum cm_result (*read)(
	    struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err);
	void *item; /* the list; starts as NULL */
	size_t n;   /* ... and as 0 */
};

/* Who the party is, from the database. */
CM_RESULT cm_case_load_self(struct cm_case *c, struct cm_err *err);

/* Keeps a statement that the party signed: with its entry for the log.  ${number} is 0 of a charter. */
struct cm_case_kept {
	enum cm_predicate type;
	const char *by;
	uint64_t number;
	int64_t made;
	struct cm_span json, sig;
};
CM_RESULT cm_case_keep(struct cm_case *c, const struct cm_case_kept *k, uint8_t digest[32], struct cm_err *err);

/* CM_E_REFUSED: the key ${by} has stated its own end. */
CM_RESULT cm_case_check_not_ended(struct cm_case *c, const char *by, struct cm_err *err);

/* Gives the key files the names that the database wants: a crash may have come in between. */
CM_RESULT cm_case_key_settle(struct cm_case *c, struct cm_err *err);

/* The ends of own keys whose statements have got places in the own log have them, too. */
CM_RESULT cm_case_ended_logged(struct cm_case *c, const char *origin, struct cm_err *err);
/* Has this key, of whatever role, ended at a place that is known? */
CM_RESULT cm_case_ended_has(struct cm_case *c, const char *fingerprint, bool *out, struct cm_err *err);

/* A struct cm_case_statement of columns digest, signer, number, predicate, made, path. */
CM_RESULT cm_case_read_statement(
    struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err);

/* store/ledger.c: its tables, for a case that has all others; and a file of a dossier that was written. */
extern const char cm_case_ledger_schema[];
CM_RESULT cm_case_written_add(
    struct cm_case *c, const uint8_t statement[32], const uint8_t sha256[32], struct cm_err *err);

/* Steps ${q} to its end, and ends it. */
CM_RESULT cm_case_list(struct cm_query *q, struct cm_case_list *l, struct cm_err *err);

#endif
