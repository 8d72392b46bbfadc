/* What others sent, as rows; and what it comes to. */
#include <string.h>

#include "crypto/sha256.h"
#include "statement/charter_v1.h"
#include "store/case_state.h"
#include "store/team.h"

/* Rows as texts in the arena. */

static enum cm_result
copy_blob(struct cm_query *q, int column, struct cm_arena *arena, struct cm_span *out, struct cm_err *err)
{
	struct cm_span v = cm_column_blob(q, column);
	void *copy = cm_arena_alloc(arena, v.len + 1);

	if (copy == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (v.len > 0)
		memcpy(copy, v.ptr, v.len);
	*out = cm_span_of(copy, v.len);
	return CM_OK;
}

static enum cm_result
read_said(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_team_said_text *out = item;
	enum cm_result r = copy_blob(q, 0, arena, &out->json, err);

	return r == CM_OK ? copy_blob(q, 1, arena, &out->sig, err) : r;
}

static enum cm_result
read_charter(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_team_charter_text *out = item;

	out->sigs = cm_span_of(NULL, 0);
	return copy_blob(q, 0, arena, &out->json, err);
}

/* The file of signatures of one charter: ascending by signer, as the database sorts bytes. */
static enum cm_result
join_sigs(struct cm_case *c, const uint8_t digest[32], struct cm_buf *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT sig FROM charter_sig WHERE charter = ? ORDER BY signer COLLATE BINARY");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(digest, 32));
	r = cm_query_step(&q, &row, err);
	while (r == CM_OK && row) {
		cm_buf_add_span(out, cm_column_blob(&q, 0));
		r = cm_query_step(&q, &row, err);
	}
	cm_query_end(&q);
	if (r == CM_OK && !cm_buf_ok(out))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	return r;
}

static enum cm_result
add_sigs(struct cm_case *c, struct cm_arena *arena, struct cm_team_charter_text *t, struct cm_err *err)
{
	struct cm_buf sigs = { 0 };
	uint8_t digest[32];
	enum cm_result r;

	cm_sha256(t->json.ptr, t->json.len, digest);
	r = join_sigs(c, digest, &sigs, err);
	if (r == CM_OK && sigs.len > 0) {
		t->sigs = cm_span_of(cm_arena_copy(arena, sigs.ptr, sigs.len), sigs.len);
		if (t->sigs.ptr == NULL)
			r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	cm_buf_release(&sigs);
	return r;
}

static enum cm_result
read_texts(struct cm_case *c, struct cm_arena *arena, struct cm_team_texts *out, struct cm_err *err)
{
	struct cm_query charters = cm_query_of(&c->db, "SELECT json FROM charter ORDER BY digest");
	struct cm_query said = cm_query_of(&c->db,
	    "SELECT json, sig FROM statement WHERE predicate IN ('consent', 'withdrawal', 'approval', 'close', 'receipt')"
	    " UNION SELECT json, sig FROM told");
	struct cm_case_list l = { arena, sizeof(struct cm_team_charter_text), read_charter, NULL, 0 };
	struct cm_case_list s = { arena, sizeof(struct cm_team_said_text), read_said, NULL, 0 };
	struct cm_team_charter_text *charter;
	enum cm_result r = cm_case_list(&charters, &l, err);

	if (r == CM_OK)
		r = cm_case_list(&said, &s, err);
	else
		cm_query_end(&said);
	charter = l.item;
	for (size_t i = 0; r == CM_OK && i < l.n; i++)
		r = add_sigs(c, arena, &charter[i], err);
	if (r == CM_OK)
		*out = (struct cm_team_texts) { charter, l.n, s.item, s.n };
	return r;
}

enum cm_result
cm_case_team(struct cm_case *c, struct cm_arena *arena, struct cm_team *out, struct cm_err *err)
{
	struct cm_team_texts texts = { 0 };
	enum cm_result r = read_texts(c, arena, &texts, err);

	return r == CM_OK ? cm_team_read(&texts, arena, out, err) : r;
}

enum cm_result
cm_case_governed(struct cm_case *c, uint8_t case_id[32], uint8_t charter[32], struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT case_id, charter FROM governed");
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_NOTFOUND, "no charter is in force");
	if (r == CM_OK)
		r = cm_column_fixed(&q, 0, case_id, 32, err);
	if (r == CM_OK)
		r = cm_column_fixed(&q, 1, charter, 32, err);
	cm_query_end(&q);
	return r;
}

/* Which charter is in force, where every statement that is made looks it up. */
static enum cm_result
note_governed(struct cm_case *c, const struct cm_team *t, struct cm_err *err)
{
	struct cm_query q;
	enum cm_result r = cm_db_exec(&c->db, "DELETE FROM governed", err);

	if (r != CM_OK || t->in_force == NULL)
		return r;
	q = cm_query_of(&c->db, "INSERT INTO governed (id, case_id, charter) VALUES (1, ?, ?)");
	cm_query_blob(&q, 1, cm_span_of(t->case_id, 32));
	cm_query_blob(&q, 2, cm_span_of(t->in_force->file.digest, 32));
	return cm_query_run(&q, err);
}

/* Charters. */

static enum cm_result
add_charter(struct cm_case *c, const struct cm_charter_file *f, int64_t now, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "INSERT OR IGNORE INTO charter (digest, json, taken) VALUES (?, ?, ?)");

	cm_query_blob(&q, 1, cm_span_of(f->digest, 32));
	cm_query_blob(&q, 2, f->json);
	cm_query_int(&q, 3, now);
	return cm_query_run(&q, err);
}

/* The own one is logged, wherever it was made. */
static enum cm_result
keep_own(struct cm_case *c, const struct cm_charter_file *f, const struct cm_sig *s, struct cm_err *err)
{
	struct cm_case_kept kept = { CM_PREDICATE_CHARTER, s->by.text, 0, f->head.made, f->json, s->armour };
	struct cm_query q = cm_query_of(&c->db, "SELECT 1 FROM statement WHERE digest = ?");
	uint8_t digest[32];
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(f->digest, 32));
	r = cm_query_step(&q, &row, err);
	cm_query_end(&q);
	return r == CM_OK && !row ? cm_case_keep(c, &kept, digest, err) : r;
}

/* ${*fresh}: it was not here.  ${twice}: another one of this key is, and stays. */
static enum cm_result
add_sig(struct cm_case *c, const struct cm_charter_file *f, const struct cm_sig *s, int64_t now, bool *fresh,
    bool *twice, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT sig FROM charter_sig WHERE charter = ? AND signer = ?");
	bool row = false;
	enum cm_result r;

	cm_query_blob(&q, 1, cm_span_of(f->digest, 32));
	cm_query_text(&q, 2, s->by.text);
	r = cm_query_step(&q, &row, err);
	*twice = r == CM_OK && row && !cm_span_eq(cm_column_blob(&q, 0), s->armour);
	*fresh = r == CM_OK && !row;
	cm_query_end(&q);
	if (r != CM_OK || row)
		return r;
	q = cm_query_of(&c->db, "INSERT INTO charter_sig (charter, signer, sig, taken) VALUES (?, ?, ?, ?)");
	cm_query_blob(&q, 1, cm_span_of(f->digest, 32));
	cm_query_text(&q, 2, s->by.text);
	cm_query_blob(&q, 3, s->armour);
	cm_query_int(&q, 4, now);
	r = cm_query_run(&q, err);
	return r == CM_OK && strcmp(s->by.text, c->self.fingerprint) == 0 ? keep_own(c, f, s, err) : r;
}

static bool
is_signer(const struct cm_charter_file *f, const char *fingerprint)
{
	for (size_t i = 0; i < f->head.n_signers; i++)
		if (strcmp(f->head.signers[i].text, fingerprint) == 0)
			return true;
	return false;
}

/* What can not be taken in, now that all is known of it. */
static enum cm_result
check_taken(struct cm_case *c, const struct cm_team *t, const struct cm_charter_file *f, struct cm_err *err)
{
	const struct cm_team_charter *mine = cm_team_find(t, f->digest);

	if (mine == NULL)
		return cm_err_set(err, CM_E_NOTFOUND, "the charter is not here");
	if (!is_signer(f, c->self.fingerprint))
		return cm_err_set(err, CM_E_REFUSED, "its `by' has not this party's key, %s: it is no member", c->self.fingerprint);
	if (mine->version == 0)
		return cm_err_set(err, CM_E_REFUSED, "it supersedes a charter that is not here: take that one first");
	if (mine->state == CM_CHARTER_LOOSE)
		return cm_err_set(
		    err, CM_E_REFUSED, "it supersedes a charter that not all have signed yet, or not all whose signatures are here");
	if (mine->sigs.sigs.n == 0)
		return cm_err_set(err, CM_E_REFUSED, "nobody has signed it");
	if (mine->before == NULL && t->in_force != NULL && !cm_team_in_chain(t, f->digest))
		return cm_err_set(err, CM_E_REFUSED, "a first charter, of another case than this one, whose charter is in force");
	return CM_OK;
}

static enum cm_result
take_sigs(struct cm_case *c, const struct cm_charter_file *f, const struct cm_sigs *s, int64_t now, size_t *n,
    struct cm_key_print *twice, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	*n = 0;
	*twice = (struct cm_key_print) { "" };
	for (size_t i = 0; r == CM_OK && i < s->n; i++) {
		bool fresh = false, other = false;

		r = add_sig(c, f, &s->item[i], now, &fresh, &other, err);
		*n += fresh;
		if (other)
			*twice = s->item[i].by;
	}
	return r;
}

/* Put in first and looked at then: what is wrong rolls back, so that nothing but what was looked at stays. */
static enum cm_result
take_inside(struct cm_case *c, const struct cm_charter_file *f, struct cm_span sigs, int64_t now, struct cm_arena *arena,
    enum cm_taken *out, struct cm_key_print *twice, struct cm_err *err)
{
	struct cm_sigs s = { 0 };
	struct cm_team before = { 0 }, after = { 0 };
	size_t n = 0;
	bool known;
	enum cm_result r = cm_case_team(c, arena, &before, err);

	known = r == CM_OK && cm_team_find(&before, f->digest) != NULL;
	if (r == CM_OK)
		r = cm_sigs_read(sigs, arena, &s, err);
	if (r == CM_OK)
		r = cm_sigs_verify(&s, f->json, err);
	if (r == CM_OK)
		r = add_charter(c, f, now, err);
	if (r == CM_OK)
		r = take_sigs(c, f, &s, now, &n, twice, err);
	if (r == CM_OK)
		r = cm_case_team(c, arena, &after, err);
	if (r == CM_OK)
		r = check_taken(c, &after, f, err);
	if (r == CM_OK)
		r = note_governed(c, &after, err);
	*out = !known ? CM_TAKEN_NEW : n > 0 ? CM_TAKEN_MORE : CM_TAKEN_KNOWN;
	return r;
}

enum cm_result
cm_case_charter_take(struct cm_case *c, struct cm_span json, struct cm_span sigs, int64_t now, enum cm_taken *out,
    struct cm_key_print *twice, struct cm_err *err)
{
	struct cm_charter_file f;
	struct cm_key_print other;
	struct cm_arena arena;
	bool own = false;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_charter_file_read(json, &arena, &f, err);
	if (r == CM_OK)
		r = cm_case_enter(c, &own, err);
	if (r == CM_OK)
		r = cm_case_leave(
		    c, own, take_inside(c, &f, sigs, now, &arena, out, twice == NULL ? &other : twice, err), err);
	cm_arena_fini(&arena);
	return r;
}

/* Signs ${f} and takes it in with that. */
static enum cm_result
sign_inside(struct cm_case *c, const struct cm_signer *signer, const struct cm_charter_file *f, int64_t now,
    struct cm_arena *arena, struct cm_err *err)
{
	struct cm_buf armour = { 0 };
	struct cm_key_print twice;
	enum cm_taken taken;
	enum cm_result r = cm_case_check_not_ended(c, c->self.fingerprint, err);

	if (r == CM_OK && !is_signer(f, c->self.fingerprint))
		r = cm_err_set(err, CM_E_REFUSED, "this party, %s, is no member", c->self.fingerprint);
	if (r == CM_OK)
		r = cm_sshsig_sign(signer, f->json, &armour, err);
	if (r == CM_OK)
		r = take_inside(c, f, cm_buf_span(&armour), now, arena, &taken, &twice, err);
	cm_buf_release(&armour);
	return r;
}

static enum cm_result
sign_known(struct cm_case *c, const struct cm_signer *signer, const uint8_t digest[32], int64_t now,
    struct cm_arena *arena, struct cm_err *err)
{
	const struct cm_team_charter *mine;
	struct cm_team t = { 0 };
	enum cm_result r = cm_case_team(c, arena, &t, err);

	if (r != CM_OK)
		return r;
	mine = cm_team_find(&t, digest);
	if (mine == NULL)
		return cm_err_set(err, CM_E_NOTFOUND, "no such charter in this case");
	if (cm_sigs_of(&mine->sigs.sigs, c->self.fingerprint) != NULL)
		return cm_err_set(err, CM_E_USAGE, "this party has signed it already");
	return sign_inside(c, signer, &mine->file, now, arena, err);
}

enum cm_result
cm_case_charter_sign(
    struct cm_case *c, const struct cm_signer *signer, const uint8_t digest[32], int64_t now, struct cm_err *err)
{
	struct cm_arena arena;
	bool own = false;
	enum cm_result r = cm_case_enter(c, &own, err);

	cm_arena_init(&arena, 0);
	if (r == CM_OK)
		r = cm_case_leave(c, own, sign_known(c, signer, digest, now, &arena, err), err);
	cm_arena_fini(&arena);
	return r;
}

/* The file of a new version. */
static enum cm_result
write_charter(struct cm_case *c, const struct cm_team *t, const struct cm_case_charter_draft *d, struct cm_arena *arena,
    struct cm_buf *out, struct cm_err *err)
{
	struct cm_subject subject = cm_charter_v1_subject(d->text);
	struct cm_charter_v1 body = { d->text };
	struct cm_statement head = { .type = CM_PREDICATE_CHARTER, .subject = &subject, .n_subject = 1, .made = d->made };
	const struct cm_charter_file *before = t->in_force == NULL ? NULL : &t->in_force->file;
	struct cm_case_known known = { 0 };
	struct cm_charter says;
	struct cm_jsonw w = cm_jsonw_of(out, 2);
	enum cm_result r = cm_charter_members(d->text, arena, &says, err);

	if (r == CM_OK)
		r = cm_charter_signers(&says, before, t->gone, arena, &head.signers, &head.n_signers, err);
	if (r == CM_OK)
		r = cm_case_known(c, arena, &known, err);
	if (r != CM_OK)
		return r;
	memcpy(head.nonce, d->nonce, sizeof(head.nonce));
	head.has_supersedes = before != NULL;
	if (before != NULL)
		memcpy(head.supersedes, before->digest, 32);
	head.after = known.item;
	head.n_after = known.n;
	cm_statement_begin(&w, &head);
	cm_charter_v1_write(&w, &body);
	cm_statement_end(&w);
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
}

static enum cm_result
propose_inside(struct cm_case *c, const struct cm_signer *signer, const struct cm_case_charter_draft *d,
    struct cm_arena *arena, uint8_t digest[32], struct cm_err *err)
{
	struct cm_charter_file f;
	struct cm_buf json = { 0 };
	struct cm_team t = { 0 };
	enum cm_result r = cm_case_team(c, arena, &t, err);

	if (r == CM_OK)
		r = write_charter(c, &t, d, arena, &json, err);
	if (r == CM_OK)
		r = cm_charter_file_read(cm_buf_span(&json), arena, &f, err);
	if (r == CM_OK)
		r = sign_inside(c, signer, &f, d->made, arena, err);
	if (r == CM_OK)
		memcpy(digest, f.digest, 32);
	cm_buf_release(&json);
	return r;
}

enum cm_result
cm_case_charter_propose(struct cm_case *c, const struct cm_signer *signer, const struct cm_case_charter_draft *d,
    uint8_t digest[32], struct cm_err *err)
{
	struct cm_arena arena;
	bool own = false;
	enum cm_result r = cm_case_enter(c, &own, err);

	cm_arena_init(&arena, 0);
	if (r == CM_OK)
		r = cm_case_leave(c, own, propose_inside(c, signer, d, &arena, digest, err), err);
	cm_arena_fini(&arena);
	return r;
}
