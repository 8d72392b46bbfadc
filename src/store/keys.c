/* The party's statement key and the ones it had, and keys that have ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

enum cm_result
cm_case_key_next(struct cm_case *c, const uint8_t seed[32], uint32_t check, struct cm_ssh_public *out,
    struct cm_err *err)
{
	struct cm_key_new fresh = { .comment = c->self.name, .seed = seed, .check = check };
	struct cm_key key = { 0 };
	char path[PATH_MAX];
	enum cm_result r = named(c, NEXT, "", path, err);

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
	struct cm_query q = cm_query_of(&c->db, "UPDATE party SET fingerprint = ?, public_key = ? WHERE own = 1");

	cm_ssh_fingerprint(next, fingerprint);
	cm_query_text(&q, 1, fingerprint);
	cm_query_blob(&q, 2, cm_ssh_public_blob(next));
	return cm_query_run(&q, err);
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

static enum cm_result
fingerprint_of(const struct cm_case *c, const char *name, char out[CM_FINGERPRINT_LEN + 1])
{
	struct cm_ssh_public key;
	char path[PATH_MAX];
	enum cm_result r = named(c, name, ".pub", path, NULL);

	if (r == CM_OK)
		r = cm_keyring_public(path, &key, NULL);
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

enum cm_result
cm_case_key_settle(struct cm_case *c, struct cm_err *err)
{
	char now[CM_FINGERPRINT_LEN + 1], next[CM_FINGERPRINT_LEN + 1], old[32];
	enum cm_result r;

	/* The usual case: nothing was begun.  A key that was made and never named stays unused. */
	if (fingerprint_of(c, NEXT, next) != CM_OK || strcmp(next, c->self.fingerprint) != 0)
		return CM_OK;
	r = CM_OK;
	if (fingerprint_of(c, "key", now) == CM_OK && strcmp(now, next) != 0) {
		r = old_name(c, old, err);
		if (r == CM_OK)
			r = move(c, "key", old, err);
	}
	if (r == CM_OK)
		r = move(c, NEXT, "key", err);
	if (r == CM_OK)
		r = cm_whole_settle(c->folder, err);
	return r == CM_OK ? write_signers(c, err) : r;
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

	if (r == CM_OK)
		r = cm_column_text(q, 1, arena, &out->origin, err);
	out->place = (uint64_t)cm_column_int(q, 2);
	out->logged = r == CM_OK && out->origin[0] != '\0';
	return r;
}

enum cm_result
cm_case_ended(
    struct cm_case *c, struct cm_arena *arena, struct cm_case_ended_list *out, struct cm_err *err)
{
	struct cm_query q =
	    cm_query_of(&c->db, "SELECT fingerprint, origin, place FROM ended ORDER BY fingerprint");
	struct cm_case_list l = { arena, sizeof(*out->item), read_ended, NULL, 0 };
	enum cm_result r = cm_case_list(&q, &l, err);

	if (r == CM_OK)
		*out = (struct cm_case_ended_list) { l.item, l.n };
	return r;
}
