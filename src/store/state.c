/* Transactions, and statements: numbered, signed, stored, then copied out. */
#include <string.h>

#include "crypto/sha256.h"
#include "os/private.h"
#include "store/case_state.h"
#include "store/team.h"

enum cm_result
cm_case_begin(struct cm_case *c, struct cm_err *err)
{
	enum cm_result r;

	if (c->begun)
		return cm_err_set(err, CM_E_USAGE, "a change of the case was begun already");
	/* IMMEDIATE: whoever reads the last number is the one who takes the next. */
	r = cm_db_exec(&c->db, "BEGIN IMMEDIATE", err);
	c->begun = r == CM_OK;
	return r;
}

enum cm_result
cm_case_commit(struct cm_case *c, struct cm_err *err)
{
	enum cm_result r = cm_db_exec(&c->db, "COMMIT", err);

	if (r != CM_OK) {
		cm_case_rollback(c);
		return r;
	}
	c->begun = false;
	cm_case_export(c);
	return CM_OK;
}

void
cm_case_rollback(struct cm_case *c)
{
	/* Nothing more can be done if this fails: closing does the same. */
	if (c->begun && cm_db_is_begun(&c->db) && cm_db_exec(&c->db, "ROLLBACK", NULL) != CM_OK)
		cm_db_close(&c->db);
	c->begun = false;
}

enum cm_result
cm_case_enter(struct cm_case *c, bool *own, struct cm_err *err)
{
	*own = !c->begun;
	return *own ? cm_case_begin(c, err) : CM_OK;
}

enum cm_result
cm_case_leave(struct cm_case *c, bool own, enum cm_result r, struct cm_err *err)
{
	if (!own)
		return r;
	if (r == CM_OK)
		return cm_case_commit(c, err);
	cm_case_rollback(c);
	return r;
}

/* Room for one more item; it is full whenever the number is a power of two. */
static enum cm_result
make_room(struct cm_case_list *l)
{
	void *more;

	if (l->n != 0 && (l->n & (l->n - 1)) != 0)
		return CM_OK;
	more = cm_arena_array(l->arena, l->n == 0 ? 1 : 2 * l->n, l->size);
	if (more == NULL)
		return CM_E_NOMEM;
	if (l->n > 0)
		memcpy(more, l->item, l->n * l->size);
	l->item = more;
	return CM_OK;
}

enum cm_result
cm_case_list(struct cm_query *q, struct cm_case_list *l, struct cm_err *err)
{
	bool row;
	enum cm_result r = cm_query_step(q, &row, err);

	while (r == CM_OK && row) {
		r = make_room(l);
		if (r == CM_OK)
			r = l->read(q, l->arena, (uint8_t *)l->item + l->n++ * l->size, err);
		if (r == CM_OK)
			r = cm_query_step(q, &row, err);
	}
	cm_query_end(q);
	return r;
}

/* The number and predecessor that come next for this key. */
static enum cm_result
next_in_line(struct cm_case *c, struct cm_statement *s, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "SELECT number, digest FROM statement WHERE signer = ? ORDER BY number DESC LIMIT 1");
	bool row = false;
	enum cm_result r;

	cm_query_text(&q, 1, s->by);
	r = cm_query_step(&q, &row, err);
	s->number = 1;
	if (r == CM_OK && row) {
		s->number = (uint64_t)cm_column_int(&q, 0) + 1;
		r = cm_column_fixed(&q, 1, s->previous, 32, err);
	}
	cm_query_end(&q);
	return r;
}

static void
write_text(const struct cm_statement *s, const struct cm_case_draft *d, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 2);

	cm_statement_begin(&w, s);
	d->body(d->arg, &w);
	cm_statement_end(&w);
}

/* Whatever a body wrote: what could not be read again is never signed. */
static enum cm_result
check_text(struct cm_span text, const struct cm_statement *want, struct cm_err *err)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_err why = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_statement_read(text, &arena, &doc, &why);
	if (r == CM_OK && (doc.head.number != want->number || doc.head.type != want->type))
		r = CM_E_MALFORMED;
	if (r != CM_OK)
		r = cm_err_set(err, r == CM_E_NOMEM ? r : CM_E_USAGE,
		    "a statement that could not be read again: %s", why.text);
	cm_statement_release(&doc);
	cm_arena_fini(&arena);
	return r;
}

static enum cm_result
insert(struct cm_case *c, const struct cm_case_kept *k, const uint8_t digest[32], struct cm_err *err)
{
	struct cm_buf path = { 0 };
	struct cm_query q;
	enum cm_result r;

	cm_buf_printf(&path, "statements/%06llu-%s-", (unsigned long long)k->number, cm_predicate_word(k->type));
	cm_buf_add_hex(&path, cm_span_of(digest, 4));
	cm_buf_add_str(&path, ".json");
	if (cm_buf_cstr(&path) == NULL) {
		cm_buf_release(&path);
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	q = cm_query_of(&c->db,
	    "INSERT INTO statement (digest, signer, number, predicate, made, path, json, sig)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	cm_query_text(&q, 2, k->by);
	cm_query_int(&q, 3, (int64_t)k->number);
	cm_query_text(&q, 4, cm_predicate_word(k->type));
	cm_query_int(&q, 5, k->made);
	cm_query_text(&q, 6, cm_buf_cstr(&path));
	cm_query_blob(&q, 7, k->json);
	cm_query_blob(&q, 8, k->sig);
	r = cm_query_run(&q, err);
	cm_buf_release(&path);
	return r;
}

static struct cm_statement
head_of(const struct cm_signer *signer, const struct cm_case_draft *d)
{
	struct cm_statement s = { .type = d->type,
		.subject = d->subject,
		.n_subject = d->n_subject,
		.made = d->made,
		.to = d->to,
		.has_case = d->case_id != NULL,
		.has_supersedes = d->supersedes != NULL };

	cm_ssh_fingerprint(&signer->key, s.by);
	memcpy(s.nonce, d->nonce, sizeof(s.nonce));
	if (s.has_case)
		memcpy(s.case_id, d->case_id, 32);
	if (s.has_supersedes)
		memcpy(s.supersedes, d->supersedes, 32);
	return s;
}

/* A key whose end it stated itself states nothing more; those of log and witness it ends, too. */
enum cm_result
cm_case_check_not_ended(struct cm_case *c, const char *by, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT 1 FROM statement s WHERE s.signer = ? AND s.predicate = 'key' AND NOT EXISTS"
				" (SELECT 1 FROM ended e WHERE e.json = s.json AND e.fingerprint <> s.signer)");
	bool row = false;
	enum cm_result r;

	cm_query_text(&q, 1, by);
	r = cm_query_step(&q, &row, err);
	cm_query_end(&q);
	if (r == CM_OK && row)
		r = cm_err_set(err, CM_E_REFUSED, "the key %s has ended and states nothing more", by);
	return r;
}

/* What it can not be older than. */
static enum cm_result
know_others(struct cm_case *c, struct cm_arena *arena, struct cm_statement *s, struct cm_err *err)
{
	struct cm_case_known known;
	enum cm_result r = cm_case_known(c, arena, &known, err);

	if (r != CM_OK)
		return r;
	s->after = known.item;
	s->n_after = known.n;
	return CM_OK;
}

/* Of the statement, and of the statement with its signature: it is read once for both. */
static void
hash_both(struct cm_span json, struct cm_span sig, uint8_t digest[32], uint8_t entry[32])
{
	struct cm_sha256 alone, both;

	cm_sha256_init(&alone);
	cm_sha256_add(&alone, json.ptr, json.len);
	both = alone;
	cm_sha256_end(&alone, digest);
	cm_sha256_add(&both, sig.ptr, sig.len);
	cm_sha256_end(&both, entry);
}

static enum cm_result
insert_entry(struct cm_case *c, const uint8_t digest[32], const uint8_t entry[32], struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT INTO entry (statement, sha256) VALUES (?, ?)");

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	cm_query_blob(&q, 2, cm_span_of(entry, 32));
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_keep(struct cm_case *c, const struct cm_case_kept *k, uint8_t digest[32], struct cm_err *err)
{
	uint8_t entry[32];
	enum cm_result r;

	hash_both(k->json, k->sig, digest, entry);
	r = insert(c, k, digest, err);
	return r == CM_OK ? insert_entry(c, digest, entry, err) : r;
}

/* Under a charter all that is stated names the case. */
static enum cm_result
name_case(struct cm_case *c, struct cm_statement *s, struct cm_err *err)
{
	uint8_t case_id[32], charter[32];
	struct cm_err none = { 0 };
	enum cm_result r = s->has_case ? CM_E_NOTFOUND : cm_case_governed(c, case_id, charter, &none);

	if (r == CM_E_NOTFOUND)
		return CM_OK;
	if (r != CM_OK)
		return cm_err_set(err, r, "%s", none.text);
	s->has_case = true;
	memcpy(s->case_id, case_id, 32);
	return CM_OK;
}

static enum cm_result
state_inside(struct cm_case *c, const struct cm_signer *signer, const struct cm_case_draft *d,
    struct cm_case_stated *out, struct cm_err *err)
{
	struct cm_statement s = head_of(signer, d);
	struct cm_buf json = { 0 }, sig = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_case_check_not_ended(c, s.by, err);
	if (r == CM_OK)
		r = next_in_line(c, &s, err);
	if (r == CM_OK)
		r = name_case(c, &s, err);
	if (r == CM_OK)
		r = know_others(c, &arena, &s, err);
	if (r != CM_OK) {
		cm_arena_fini(&arena);
		return r;
	}
	write_text(&s, d, &json);
	r = cm_buf_ok(&json) ? check_text(cm_buf_span(&json), &s, err) : CM_E_NOMEM;
	if (r == CM_OK)
		r = cm_sshsig_sign(signer, cm_buf_span(&json), &sig, err);
	if (r == CM_OK) {
		struct cm_case_kept kept = { s.type, s.by, s.number, s.made, cm_buf_span(&json), cm_buf_span(&sig) };

		out->number = s.number;
		r = cm_case_keep(c, &kept, out->digest, err);
	}
	cm_buf_release(&json);
	cm_buf_release(&sig);
	cm_arena_fini(&arena);
	return r;
}

enum cm_result
cm_case_state(struct cm_case *c, const struct cm_signer *signer, const struct cm_case_draft *d,
    struct cm_case_stated *out, struct cm_err *err)
{
	struct cm_case_stated stated;
	bool own;
	enum cm_result r = cm_case_enter(c, &own, err);

	if (r != CM_OK)
		return r;
	r = cm_case_leave(c, own, state_inside(c, signer, d, &stated, err), err);
	if (r == CM_OK)
		*out = stated;
	return r;
}

static enum cm_result
copy_out(struct cm_case *c, const char *path, struct cm_span json, struct cm_span sig,
    struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_LOOSE, 0600 };
	char full[PATH_MAX], full_sig[PATH_MAX];
	enum cm_result r = cm_case_path(c->folder, path, full, err);

	if (r == CM_OK && strlen(full) + 5 > sizeof(full_sig))
		r = cm_err_set(err, CM_E_IO, "a path that is too long");
	if (r != CM_OK)
		return r;
	memcpy(full_sig, full, strlen(full) + 1);
	memcpy(full_sig + strlen(full), ".sig", 5);
	r = cm_whole_write(full, json, mode, err);
	return r == CM_OK ? cm_whole_write(full_sig, sig, mode, err) : r;
}

/* The row at hand. */
static enum cm_result
export_one(struct cm_case *c, struct cm_query *q, struct cm_err *err)
{
	struct cm_arena arena;
	const char *path;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_column_text(q, 1, &arena, &path, err);
	if (r == CM_OK)
		r = copy_out(c, path, cm_column_blob(q, 2), cm_column_blob(q, 3), err);
	cm_arena_fini(&arena);
	return r;
}

/* ${*last}: up to which row they were copied; 0: none. */
static enum cm_result
export_missing(struct cm_case *c, int64_t *last, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT rowid, path, json, sig FROM statement "
						"WHERE exported = 0 ORDER BY rowid");
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	while (r == CM_OK && row) {
		r = export_one(c, &q, err);
		if (r == CM_OK)
			*last = cm_column_int(&q, 0);
		if (r == CM_OK)
			r = cm_query_step(&q, &row, err);
	}
	cm_query_end(&q);
	return r;
}

/* What was copied and lasts is marked so. */
static enum cm_result
mark_exported(struct cm_case *c, int64_t last, struct cm_err *err)
{
	struct cm_query q;
	enum cm_result r = cm_whole_settle(c->folder, err);

	if (r != CM_OK)
		return r;
	q = cm_query_of(
	    &c->db, "UPDATE statement SET exported = 1 WHERE exported = 0 AND rowid <= ?");
	cm_query_int(&q, 1, last);
	return cm_query_run(&q, err);
}

/* Under the lock of a transaction, for two processes may find the same copy missing. */
void
cm_case_export(struct cm_case *c)
{
	int64_t missing = 0, last = 0;

	if (cm_db_int(&c->db, "SELECT count(*) FROM statement WHERE exported = 0", &missing,
		NULL) != CM_OK ||
	    missing == 0 || cm_db_exec(&c->db, "BEGIN IMMEDIATE", NULL) != CM_OK)
		return;
	/* If one can not be copied those before it are marked all the same, and if they can not
	 * be marked they are copied again. */
	(void)export_missing(c, &last, NULL);
	if (last > 0)
		(void)mark_exported(c, last, NULL);
	if (cm_db_exec(&c->db, "COMMIT", NULL) == CM_OK)
		return;
	c->begun = true;
	cm_case_rollback(c);
}

enum cm_result
cm_case_read_statement(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_statement *out = item;
	const char *word;
	enum cm_result r = cm_column_fixed(q, 0, out->digest, 32, err);

	if (r == CM_OK)
		r = cm_column_text(q, 1, arena, &out->by, err);
	if (r == CM_OK)
		r = cm_column_text(q, 3, arena, &word, err);
	if (r == CM_OK)
		r = cm_column_text(q, 5, arena, &out->path, err);
	if (r == CM_OK && cm_predicate_of_word(word, &out->type) != CM_OK)
		r = cm_err_set(
		    err, CM_E_MALFORMED, "a statement of an unknown type in the case: %s", word);
	out->number = (uint64_t)cm_column_int(q, 2);
	out->made = cm_column_int(q, 4);
	return r;
}

enum cm_result
cm_case_statements(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_statements *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "SELECT digest, signer, number, predicate, made, path FROM statement"
	    " ORDER BY signer, number, digest");
	struct cm_case_list l = { arena, sizeof(*out->item), cm_case_read_statement, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_statements) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_statement_text(struct cm_case *c, const uint8_t digest[32], struct cm_buf *json,
    struct cm_buf *sig, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT json, sig FROM statement WHERE digest = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, &row, err);
	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_NOTFOUND, "no such statement in this case");
	if (r == CM_OK && json != NULL) {
		cm_buf_add_span(json, cm_column_blob(&q, 0));
		r = cm_buf_ok(json) ? CM_OK : CM_E_NOMEM;
	}
	if (r == CM_OK && sig != NULL) {
		cm_buf_add_span(sig, cm_column_blob(&q, 1));
		r = cm_buf_ok(sig) ? CM_OK : CM_E_NOMEM;
	}
	cm_query_end(&q);
	return r;
}
