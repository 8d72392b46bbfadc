/* Where statements stand in the log, and the newest checkpoints known of others. */
#include <string.h>

#include "log/entry.h"
#include "store/case_state.h"

enum cm_result
cm_case_unlogged(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_statements *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "SELECT digest, signer, number, predicate, made, path FROM statement"
	    " WHERE digest NOT IN (SELECT statement FROM logged) ORDER BY signer, number, digest");
	struct cm_case_list l = { arena, sizeof(*out->item), cm_case_read_statement, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_statements) { l.item, l.n };
	return r;
}

/* Of statements that an older program stored it is made now. */
static enum cm_result
make_entry(struct cm_case *c, const uint8_t digest[32], uint8_t out[32], struct cm_err *err)
{
	struct cm_buf json = { 0 }, sig = { 0 };
	enum cm_result r = cm_case_statement_text(c, digest, &json, &sig, err);

	if (r == CM_OK)
		cm_entry_digest(cm_buf_span(&json), cm_buf_span(&sig), out);
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return r;
}

enum cm_result
cm_case_entry(struct cm_case *c, const uint8_t digest[32], uint8_t out[32], struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT sha256 FROM entry WHERE statement = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && row)
		r = cm_column_fixed(&q, 0, out, 32, err);
	cm_query_end(&q);
	return r == CM_OK && !row ? make_entry(c, digest, out, err) : r;
}

enum cm_result
cm_case_logged_add(struct cm_case *c, const uint8_t digest[32], uint64_t place, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT INTO logged (statement, place) VALUES (?, ?)");

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	cm_query_int(&q, 2, (int64_t)place);
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_logged_at(
    struct cm_case *c, const uint8_t digest[32], uint64_t *place, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT place FROM logged WHERE statement = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_NOTFOUND, "this statement is not in the log yet");
	if (r == CM_OK)
		*place = (uint64_t)cm_column_int(&q, 0);
	cm_query_end(&q);
	return r;
}

enum cm_result
cm_case_logged_next(struct cm_case *c, uint64_t *next, struct cm_err *err)
{
	int64_t n = 0;
	enum cm_result r =
	    cm_db_int(&c->db, "SELECT coalesce(max(place) + 1, 0) FROM logged", &n, err);

	if (r == CM_OK)
		*next = (uint64_t)n;
	return r;
}

enum cm_result
cm_case_logged_forget(struct cm_case *c, struct cm_err *err)
{
	bool own = false;
	enum cm_result r = cm_case_enter(c, &own, err);

	if (r == CM_OK)
		r = cm_db_exec(&c->db,
		    "DELETE FROM logged; UPDATE ended SET origin = NULL, place = 0"
		    " WHERE json IN (SELECT json FROM statement WHERE predicate = 'key' AND signer = ended.fingerprint)",
		    err);
	return cm_case_leave(c, own, r, err);
}

enum cm_result
cm_case_head_add(struct cm_case *c, const struct cm_after *checkpoint, int64_t made, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "INSERT OR IGNORE INTO head (origin, size, root, made) VALUES (?, ?, ?, ?)");

	cm_query_text(&q, 1, checkpoint->origin);
	cm_query_int(&q, 2, (int64_t)checkpoint->size);
	cm_query_blob(&q, 3, cm_span_of(checkpoint->root, 32));
	cm_query_int(&q, 4, made);
	return cm_query_run(&q, err);
}

static enum cm_result
read_head(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_head *out = item;
	enum cm_result r = cm_column_text(q, 0, arena, &out->of.origin, err);

	out->of.size = (uint64_t)cm_column_int(q, 1);
	out->made = cm_column_int(q, 3);
	return r == CM_OK ? cm_column_fixed(q, 2, out->of.root, 32, err) : r;
}

enum cm_result
cm_case_heads(struct cm_case *c, struct cm_arena *arena, struct cm_case_heads *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT origin, size, root, made FROM head ORDER BY origin, size");
	struct cm_case_list l = { arena, sizeof(*out->item), read_head, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_heads) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_seen_add(struct cm_case *c, const struct cm_case_seen *in, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "INSERT OR IGNORE INTO seen (origin, size, root, note) VALUES (?, ?, ?, ?)");

	cm_query_text(&q, 1, in->of.origin);
	cm_query_int(&q, 2, (int64_t)in->of.size);
	cm_query_blob(&q, 3, cm_span_of(in->of.root, 32));
	cm_query_blob(&q, 4, in->note);
	return cm_query_run(&q, err);
}

static enum cm_result
read_seen(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_seen *out = item;
	struct cm_span note = cm_column_blob(q, 3);
	enum cm_result r = cm_column_text(q, 0, arena, &out->of.origin, err);

	out->of.size = (uint64_t)cm_column_int(q, 1);
	if (r == CM_OK)
		r = cm_column_fixed(q, 2, out->of.root, 32, err);
	if (r != CM_OK)
		return r;
	out->note = cm_span_of(cm_arena_copy(arena, note.ptr, note.len), note.len);
	return out->note.ptr != NULL || note.len == 0 ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

enum cm_result
cm_case_seen(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_seen_list *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT origin, size, root, note FROM seen ORDER BY origin, size");
	struct cm_case_list l = { arena, sizeof(*out->item), read_seen, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_seen_list) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_known_set(
    struct cm_case *c, const struct cm_after *checkpoint, int64_t seen, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "INSERT INTO known (origin, size, root, seen) VALUES (?, ?, ?, ?)"
	    " ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root,"
	    " seen = excluded.seen WHERE excluded.size > size");

	cm_query_text(&q, 1, checkpoint->origin);
	cm_query_int(&q, 2, (int64_t)checkpoint->size);
	cm_query_blob(&q, 3, cm_span_of(checkpoint->root, 32));
	cm_query_int(&q, 4, seen);
	return cm_query_run(&q, err);
}

static enum cm_result
read_known(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_after *out = item;
	enum cm_result r = cm_column_text(q, 0, arena, &out->origin, err);

	out->size = (uint64_t)cm_column_int(q, 1);
	return r == CM_OK ? cm_column_fixed(q, 2, out->root, 32, err) : r;
}

enum cm_result
cm_case_known(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_known *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "SELECT origin, size, root FROM known ORDER BY seen DESC, origin LIMIT 64");
	struct cm_case_list l = { arena, sizeof(*out->item), read_known, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_known) { l.item, l.n };
	return r;
}
