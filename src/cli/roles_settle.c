/* A log or witness whose key has ended leaves its place to the next one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/keys.h"
#include "cli/log.h"
#include "os/private.h"

#define ENDED_MAX 1000u

struct settling {
	struct cm_case *c;
	const char *part;
	char here[PATH_MAX], next[PATH_MAX];
	struct cm_err *err;
};

static enum cm_result
path_of(const struct settling *s, const char *tail, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/%s%s", cm_case_folder(s->c), s->part, tail);

	return n > 0 && n < PATH_MAX ? CM_OK : cm_err_set(s->err, CM_E_IO, "a path that is too long");
}

/* Has the key of the one that is there ended, at a place that is known? */
static enum cm_result
find_end(const struct settling *s, struct cm_vkey *key, bool *out)
{
	char fingerprint[CM_FINGERPRINT_LEN + 1];
	struct cm_case_ended_list list = { 0 };
	struct cm_arena arena;
	enum cm_result r = cm_cli_vkey(cm_case_folder(s->c), s->part, key, s->err);
	size_t i;

	*out = false;
	if (r == CM_E_NOTFOUND) {
		*s->err = (struct cm_err) { 0 };
		return CM_OK; /* a folder that is damaged says so where it is used */
	}
	cm_arena_init(&arena, 0);
	if (r == CM_OK)
		r = cm_case_ended(s->c, &arena, &list, s->err);
	if (r == CM_OK)
		cm_cli_fingerprint(key->key, fingerprint);
	for (i = 0; r == CM_OK && i < list.n; i++)
		*out = *out || (list.item[i].logged && strcmp(list.item[i].fingerprint, fingerprint) == 0);
	cm_arena_fini(&arena);
	return r;
}

/* A name that no earlier one has. */
static enum cm_result
free_name(const struct settling *s, char out[PATH_MAX])
{
	char tail[32];
	unsigned i;

	for (i = 1; i < ENDED_MAX; i++) {
		snprintf(tail, sizeof(tail), ".ended-%u", i);
		if (path_of(s, tail, out) != CM_OK)
			return CM_E_IO;
		if (!cm_path_exists(out))
			return CM_OK;
	}
	return cm_err_set(s->err, CM_E_LIMIT, "more than a thousand %ss have ended here", s->part);
}

static enum cm_result
move(const struct settling *s, const char *from, const char *to)
{
	return rename(from, to) == 0 ? CM_OK : cm_err_set(s->err, CM_E_IO, "%s: %s", from, strerror(errno));
}

/* What must be so before the new one is found in its place; again is as good as once. */
static enum cm_result
prepare(const struct settling *s, const struct cm_vkey *old)
{
	struct cm_vkey next;
	char name[32];
	enum cm_result r = CM_OK;

	snprintf(name, sizeof(name), "%s.next", s->part);
	if (cm_path_exists(s->next)) {
		r = cm_cli_vkey(cm_case_folder(s->c), name, &next, s->err);
		if (r == CM_OK)
			r = cm_trust_succeed(cm_case_folder(s->c), old, &next, s->err);
		if (r == CM_E_NOTFOUND) {
			*s->err = (struct cm_err) { 0 };
			r = CM_OK; /* the own file does not name it */
		}
	}
	return r == CM_OK && strcmp(s->part, "log") == 0 ? cm_case_logged_forget(s->c, s->err) : r;
}

/* The names of the folders, the old one first: whoever is interrupted finds PART.next. */
static enum cm_result
give_names(const struct settling *s, bool leave, bool *moved)
{
	char ended[PATH_MAX];
	enum cm_result r = leave ? free_name(s, ended) : CM_OK;

	if (r == CM_OK && leave)
		r = move(s, s->here, ended);
	if (r == CM_OK && cm_path_exists(s->next)) {
		r = move(s, s->next, s->here);
		*moved = r == CM_OK;
	}
	return r == CM_OK ? cm_whole_settle(cm_case_folder(s->c), s->err) : r;
}

/* Was PART.next made ready?  One that was only made is not named by any statement. */
static enum cm_result
is_ready(const struct settling *s, bool *out)
{
	struct cm_arena arena;
	struct cm_vkey next;
	struct cm_trust t;
	char name[32];
	enum cm_result r;
	size_t i;

	*out = false;
	if (!cm_path_exists(s->next))
		return CM_OK;
	cm_arena_init(&arena, 0);
	snprintf(name, sizeof(name), "%s.next", s->part);
	r = cm_cli_vkey(cm_case_folder(s->c), name, &next, s->err);
	if (r == CM_OK)
		r = cm_trust_read(cm_case_folder(s->c), &arena, &t, s->err);
	for (i = 0; r == CM_OK && i < t.policy.n_logs; i++)
		*out = *out || memcmp(t.policy.log[i].key.key, next.key, 32) == 0;
	for (i = 0; r == CM_OK && i < t.policy.n_members; i++)
		*out = *out || (!t.policy.member[i].is_group && memcmp(t.policy.member[i].key.key, next.key, 32) == 0);
	cm_arena_fini(&arena);
	return r;
}

/* Is there anything to do, and does the one that is there leave? */
static enum cm_result
look(const struct settling *s, struct cm_vkey *old, bool *leave, bool *todo)
{
	*leave = false;
	if (!cm_path_exists(s->here))
		return is_ready(s, todo);
	*todo = false;
	if (find_end(s, old, leave) != CM_OK)
		return s->err->code;
	*todo = *leave;
	return CM_OK;
}

/* Twice begun, since the database must know before the folders change. */
static enum cm_result
settle(const struct settling *s, bool *moved)
{
	struct cm_vkey old;
	bool leave, todo = false;
	enum cm_result r = look(s, &old, &leave, &todo);

	if (r != CM_OK || !todo)
		return r;
	r = cm_case_begin(s->c, s->err);
	if (r == CM_OK)
		r = look(s, &old, &leave, &todo);
	if (r == CM_OK && todo && leave)
		r = prepare(s, &old);
	if (r == CM_OK)
		r = cm_case_commit(s->c, s->err);
	if (r == CM_OK)
		r = cm_case_begin(s->c, s->err);
	if (r == CM_OK)
		r = look(s, &old, &leave, &todo);
	if (r == CM_OK && todo)
		r = give_names(s, leave, moved);
	cm_case_rollback(s->c);
	return r;
}

enum cm_result
cm_cli_roles_settle(struct cm_case *c, bool *log, struct cm_err *err)
{
	static const char *const parts[] = { "log", "witness" };
	struct cm_err why = { 0 };
	enum cm_result r = CM_OK;
	size_t i;

	*log = false;
	for (i = 0; r == CM_OK && i < 2; i++) {
		struct settling s = { .c = c, .part = parts[i], .err = &why };
		bool moved = false;

		r = path_of(&s, "", s.here);
		if (r == CM_OK)
			r = path_of(&s, ".next", s.next);
		if (r == CM_OK)
			r = settle(&s, &moved);
		*log = *log || (moved && i == 0);
	}
	return r == CM_OK ? r : cm_err_set(err, r, "%s", why.text);
}

enum cm_result
cm_cli_roles_ended(struct cm_case *c, const char *part, const struct cm_vkey *key, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_err why = { 0 };
	struct cm_vkey v;
	char name[32];
	unsigned i;

	for (i = 1; i < ENDED_MAX; i++) {
		snprintf(name, sizeof(name), "%s.ended-%u", part, i);
		if (cm_cli_vkey(cm_case_folder(c), name, &v, &why) != CM_OK)
			break;
		if (memcmp(v.key, key->key, 32) != 0)
			continue;
		cm_buf_printf(out, "%s/%s", cm_case_folder(c), name);
		return cm_buf_cstr(out) != NULL ? CM_OK : cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	return cm_err_set(err, CM_E_NOTFOUND, "no folder %s.ended-N of this key", part);
}
