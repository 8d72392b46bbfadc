/* Statements under a charter that others sent. */
#include <string.h>

#include "store/case_state.h"
#include "store/ledger.h"

static enum cm_result
has(struct cm_case *c, const char *sql, const uint8_t digest[32], bool *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, sql);
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, out, err);
	cm_query_end(&q);
	return r;
}

/* Others fill half of what cm_team_read reads, and no more: the rest is for the party's own word. */
static enum cm_result
check_room(struct cm_case *c, struct cm_err *err)
{
	int64_t n = 0;
	enum cm_result r = cm_db_int(&c->db, "SELECT count(*) FROM told", &n, err);

	if (r == CM_OK && n >= (int64_t)CM_TEAM_SAID / 2)
		r = cm_err_set(err, CM_E_LIMIT, "the case has %u statements of others, and takes no more", CM_TEAM_SAID / 2);
	return r;
}

static enum cm_result
insert(struct cm_case *c, const struct cm_said *s, struct cm_span receipt, int64_t now, struct cm_err *err)
{
	enum cm_result r = check_room(c, err);
	struct cm_query q;

	if (r != CM_OK)
		return r;
	q = cm_query_of(&c->db,
	    "INSERT INTO told (digest, signer, number, predicate, made, taken, json, sig, receipt)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(s->digest, 32));
	cm_query_text(&q, 2, s->head.by);
	cm_query_int(&q, 3, (int64_t)s->head.number);
	cm_query_text(&q, 4, cm_predicate_word(s->head.type));
	cm_query_int(&q, 5, s->head.made);
	cm_query_int(&q, 6, now);
	cm_query_blob(&q, 7, s->json);
	cm_query_blob(&q, 8, s->sig);
	cm_query_blob(&q, 9, receipt);
	return cm_query_run(&q, err);
}

/* A receipt may come later than what it is of. */
static enum cm_result
add_receipt(struct cm_case *c, const uint8_t digest[32], struct cm_span receipt, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "UPDATE told SET receipt = ? WHERE digest = ? AND length(receipt) = 0");

	cm_query_blob(&q, 1, receipt);
	cm_query_blob(&q, 2, cm_span_of(digest, 32));
	return cm_query_run(&q, err);
}

static enum cm_result
take_inside(struct cm_case *c, const struct cm_said *s, struct cm_span receipt, int64_t now, struct cm_arena *arena,
    enum cm_taken *out, struct cm_err *err)
{
	struct cm_team t = { 0 };
	bool told = false, own = false;
	enum cm_result r = has(c, "SELECT 1 FROM told WHERE digest = ?", s->digest, &told, err);

	if (r == CM_OK)
		r = has(c, "SELECT 1 FROM statement WHERE digest = ?", s->digest, &own, err);
	*out = told || own ? CM_TAKEN_KNOWN : CM_TAKEN_NEW;
	if (r == CM_OK && told && receipt.len > 0)
		r = add_receipt(c, s->digest, receipt, err);
	if (r != CM_OK || told || own)
		return r;
	r = cm_case_team(c, arena, &t, err);
	if (r == CM_OK)
		r = s->head.type == CM_PREDICATE_RECEIPT ? cm_case_receipt_admits(c, &t, s, arena, err) :
							   cm_team_admits(&t, s, arena, err);
	return r == CM_OK ? insert(c, s, receipt, now, err) : r;
}

enum cm_result
cm_case_said_take(struct cm_case *c, struct cm_span json, struct cm_span sig, struct cm_span receipt, int64_t now,
    enum cm_taken *out, struct cm_err *err)
{
	struct cm_team_said_text text = { json, sig };
	struct cm_said s;
	struct cm_arena arena;
	bool own = false;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_said_read(text, &arena, &s, err);
	if (r == CM_OK)
		r = cm_case_enter(c, &own, err);
	if (r == CM_OK)
		r = cm_case_leave(c, own, take_inside(c, &s, receipt, now, &arena, out, err), err);
	cm_arena_fini(&arena);
	return r;
}

enum cm_result
cm_case_said_receipt(struct cm_case *c, const uint8_t digest[32], struct cm_buf *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT receipt FROM told WHERE digest = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && row)
		cm_buf_add_span(out, cm_column_blob(&q, 0));
	cm_query_end(&q);
	if (r == CM_OK && !cm_buf_ok(out))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	return r;
}
