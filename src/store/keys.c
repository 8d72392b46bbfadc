/* The party's statement key and the ones it had, and keys that have ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/sha256.h"
#include "os/private.h"
#include "statement/signers.h"
#include "store/case_state.h"

#define NEXT "key.next"

static enum cm_result
named(const struct cm_case *c, const char *name, const char *tail, char out[PATH_MAX], struct cm_err *err)
{
	char file[64];

	snprintf(file, sizeof(file), "%s%s", name, tail);
	return cm_case_path(c->folder, file, out, err);
}

static void
drop(const struct cm_case *c, const char *name)
{
	char path[PATH_MAX];

	if (named(c, name, "", path, NULL) == CM_OK)
		unlink(path);
	if (named(c, name, ".pub", path, NULL) == CM_OK)
		unlink(path);
}

/* Another process may have changed the key since this one opened the case; then key.next may be the
 * only copy of the one that counts. */
static enum cm_result
check_unchanged(struct cm_case *c, struct cm_err *err)
{
	struct cm_query q;
	bool row = false;
	enum cm_result r;

	if (!c->begun)
		return cm_err_set(err, CM_E_USAGE, "a key is made inside of a change of the case");
	q = cm_query_of(&c->db, "SELECT 1 FROM party WHERE own = 1 AND fingerprint = ?");
	cm_query_text(&q, 1, c->self.fingerprint);
	r = cm_query_step(&q, &row, err);
	cm_query_end(&q);
	if (r == CM_OK && !row)
		r = cm_err_set(err, CM_E_REFUSED, "another comity has just changed the key of this case");
	return r == CM_OK ? cm_case_check_not_ended(c, c->self.fingerprint, err) : r;
}

enum cm_result
cm_case_key_next(struct cm_case *c, const uint8_t seed[32], uint32_t check, struct cm_ssh_public *out,
    struct cm_err *err)
{
	struct cm_key_new fresh = { .comment = c->self.name, .seed = seed, .check = check };
	struct cm_key key = { 0 };
	char path[PATH_MAX];
	enum cm_result r = check_unchanged(c, err);

	if (r == CM_OK)
		r = named(c, NEXT, "", path, err);
	if (r != CM_OK)
		return r;
	drop(c, NEXT); /* of a change that was not made */
	fresh.path = path;
	r = cm_keyring_create(&fresh, &key, err);
	if (r == CM_OK)
		*out = key.pub;
	cm_key_wipe(&key);
	return r;
}

enum cm_result
cm_case_key_take(struct cm_case *c, const struct cm_ssh_public *next, struct cm_err *err)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_query former = cm_query_of(&c->db, "UPDATE party SET own = 0 WHERE own = 1 AND fingerprint = ?"), q;
	enum cm_result r;

	cm_query_text(&former, 1, c->self.fingerprint);
	r = cm_query_run(&former, err);
	if (r != CM_OK)
		return r;
	q = cm_query_of(&c->db,
	    "INSERT INTO party (name, role, fingerprint, public_key, own, added)"
	    " SELECT name, role, ?, ?, 1, added FROM party WHERE fingerprint = ?");
	cm_ssh_fingerprint(next, fingerprint);
	cm_query_text(&q, 1, fingerprint);
	cm_query_blob(&q, 2, cm_ssh_public_blob(next));
	cm_query_text(&q, 3, c->self.fingerprint);
	return cm_query_run(&q, err);
}

static enum cm_result
put_line(struct cm_case *c, struct cm_query *q, struct cm_buf *out, struct cm_err *err)
{
	struct cm_ssh_public key;
	enum cm_result r = cm_ssh_public_parse(cm_column_blob(q, 0), &key, err);

	if (r == CM_OK)
		cm_signers_line(c->self.name, &key, out);
	return r;
}

enum cm_result
cm_case_former_lines(struct cm_case *c, struct cm_buf *out, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db, "SELECT public_key FROM party WHERE own = 0 ORDER BY id");
	bool row = false;
	enum cm_result r = cm_query_step(&q, &row, err);

	while (r == CM_OK && row) {
		r = put_line(c, &q, out, err);
		if (r == CM_OK)
			r = cm_query_step(&q, &row, err);
	}
	cm_query_end(&q);
	return r == CM_OK && !cm_buf_ok(out) ? cm_err_set(err, CM_E_NOMEM, "out of memory") : r;
}

/* A name for the old key that no other one has. */
static enum cm_result
old_name(const struct cm_case *c, char out[32], struct cm_err *err)
{
	char path[PATH_MAX];
	enum cm_result r = CM_OK;
	unsigned i;

	for (i = 1; r == CM_OK && i < 1000; i++) {
		snprintf(out, 32, "key.ended-%u", i);
		r = named(c, out, ".pub", path, err);
		if (r == CM_OK && !cm_path_exists(path))
			return CM_OK;
	}
	return r != CM_OK ? r : cm_err_set(err, CM_E_LIMIT, "more than a thousand keys have ended here");
}

/* The secret half first: whoever is interrupted finds the public half still where it was. */
static enum cm_result
move(const struct cm_case *c, const char *from, const char *to, struct cm_err *err)
{
	static const char *const tails[] = { "", ".pub" };
	char a[PATH_MAX], b[PATH_MAX];
	enum cm_result r = CM_OK;
	size_t i;

	for (i = 0; r == CM_OK && i < 2; i++) {
		r = named(c, from, tails[i], a, err);
		if (r == CM_OK)
			r = named(c, to, tails[i], b, err);
		if (r == CM_OK && cm_path_exists(a) && rename(a, b) != 0)
			r = cm_err_set(err, CM_E_IO, "%s: %s", a, strerror(errno));
	}
	return r;
}

/* Of NAME.pub; "" if there is no such file. */
static enum cm_result
fingerprint_of(const struct cm_case *c, const char *name, char out[CM_FINGERPRINT_LEN + 1], struct cm_err *err)
{
	struct cm_ssh_public key;
	char path[PATH_MAX];
	enum cm_result r = named(c, name, ".pub", path, err);

	out[0] = '\0';
	if (r != CM_OK || !cm_path_exists(path))
		return r;
	r = cm_keyring_public(path, &key, err);
	if (r == CM_OK)
		cm_ssh_fingerprint(&key, out);
	return r;
}

static enum cm_result
write_signers(struct cm_case *c, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0644 };
	struct cm_buf line = { 0 };
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(c->folder, "allowed_signers", path, err);

	if (r == CM_OK)
		r = cm_case_signers_line(c, &line, err);
	if (r == CM_OK)
		r = cm_whole_write(path, cm_buf_span(&line), mode, err);
	cm_buf_release(&line);
	return r;
}

/* Is key.next the key that the database names? */
static enum cm_result
is_named(const struct cm_case *c, bool *out, struct cm_err *err)
{
	char next[CM_FINGERPRINT_LEN + 1];
	enum cm_result r = fingerprint_of(c, NEXT, next, err);

	*out = r == CM_OK && strcmp(next, c->self.fingerprint) == 0;
	/* One that can not be read was never named: it is on disk before it is. */
	return r == CM_E_MALFORMED || r == CM_E_UNSUPPORTED ? CM_OK : r;
}

/* All but the last name can be given again: whoever is interrupted finds key.next still there. */
static enum cm_result
give_names(struct cm_case *c, struct cm_err *err)
{
	char now[CM_FINGERPRINT_LEN + 1], old[32];
	enum cm_result r = write_signers(c, err);

	if (r == CM_OK)
		r = fingerprint_of(c, "key", now, err);
	if (r == CM_OK && now[0] != '\0' && strcmp(now, c->self.fingerprint) != 0) {
		r = old_name(c, old, err);
		if (r == CM_OK)
			r = move(c, "key", old, err);
	}
	if (r == CM_OK)
		r = move(c, NEXT, "key", err);
	return r == CM_OK ? cm_whole_settle(c->folder, err) : r;
}

enum cm_result
cm_case_key_settle(struct cm_case *c, struct cm_err *err)
{
	bool named = false;
	enum cm_result r = is_named(c, &named, err);

	/* The usual case: nothing was begun.  A key that was made and never named stays unused. */
	if (r != CM_OK || !named)
		return r;
	/* One process at a time: two that rename would put the new key in the old one's place. */
	r = cm_case_begin(c, err);
	if (r == CM_OK)
		r = cm_case_load_self(c, err);
	if (r == CM_OK)
		r = is_named(c, &named, err);
	if (r == CM_OK && named)
		r = give_names(c, err);
	cm_case_rollback(c); /* nothing was changed but names of files */
	return r;
}

enum cm_result
cm_case_key_done(struct cm_case *c, struct cm_err *err)
{
	enum cm_result r = cm_case_load_self(c, err);

	return r == CM_OK ? cm_case_key_settle(c, err) : r;
}

enum cm_result
cm_case_ended_add(struct cm_case *c, const struct cm_case_ended *in,
    const struct cm_case_ended_texts *texts, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "INSERT INTO ended (fingerprint, origin, place, json, sig, receipt) VALUES (?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT (fingerprint) DO UPDATE SET origin = excluded.origin, place = excluded.place,"
	    " json = excluded.json, sig = excluded.sig, receipt = excluded.receipt WHERE origin IS NULL");

	cm_query_text(&q, 1, in->fingerprint);
	cm_query_text(&q, 2, in->logged ? in->origin : NULL);
	cm_query_int(&q, 3, in->logged ? (int64_t)in->place : 0);
	cm_query_blob(&q, 4, texts->json);
	cm_query_blob(&q, 5, texts->sig);
	cm_query_blob(&q, 6, texts->receipt);
	return cm_query_run(&q, err);
}

static enum cm_result
read_ended(struct cm_query *q, struct cm_arena *arena, void *item, struct cm_err *err)
{
	struct cm_case_ended *out = item;
	enum cm_result r = cm_column_text(q, 0, arena, &out->fingerprint, err);
	struct cm_span json = cm_column_blob(q, 3);

	if (r == CM_OK)
		r = cm_column_text(q, 1, arena, &out->origin, err);

	out->place = (uint64_t)cm_column_int(q, 2);
	cm_sha256(json.ptr, json.len, out->statement);
	out->logged = r == CM_OK && out->origin[0] != '\0';
	return r;
}

enum cm_result
cm_case_ended(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_ended_list *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT fingerprint, origin, place, json FROM ended ORDER BY fingerprint");
	struct cm_case_list l = { arena, sizeof(*out->item), read_ended, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_ended_list) { l.item, l.n };
	return r;
}

enum cm_result
cm_case_ended_logged(struct cm_case *c, const char *origin, struct cm_err *err)
{
	struct cm_query q = cm_query_of(&c->db,
	    "UPDATE ended SET origin = ?, place = own.place FROM"
	    " (SELECT s.json AS json, l.place AS place FROM statement s JOIN logged l ON l.statement = s.digest"
	    " WHERE s.predicate = 'key') AS own WHERE ended.origin IS NULL AND ended.json = own.json");

	cm_query_text(&q, 1, origin);
	return cm_query_run(&q, err);
}

enum cm_result
cm_case_ended_has(struct cm_case *c, const char *fingerprint, bool *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT 1 FROM ended WHERE fingerprint = ? AND origin IS NOT NULL");
	enum cm_result r;

	cm_query_text(&q, 1, fingerprint);
	r = cm_query_step(&q, out, err);
	cm_query_end(&q);
	return r;
}
