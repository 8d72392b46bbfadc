#include <string.h>

#include "age/keys.h"
#include "charter/members.h"
#include "charter/plain.h"
#include "codec/utf8.h"

#define AGE "age1"
#define AGE_LEN 62u

static const char *const roles[CM_MEMBER_ROLES] = { "victim", "government", "private", "academic", "panel" };

const char *
cm_member_role_word(enum cm_member_role role)
{
	return roles[role];
}

bool
cm_member_role_of_word(const char *word, enum cm_member_role *out)
{
	for (unsigned i = 0; i < CM_MEMBER_ROLES; i++) {
		if (strcmp(word, roles[i]) == 0) {
			*out = (enum cm_member_role)i;
			return true;
		}
	}
	return false;
}

bool
cm_member_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= CM_MEMBER_NAME && name[0] != ' ' && name[len - 1] != ' ' &&
	    strpbrk(name, "\",*?!#\\") == NULL && cm_plain_name(cm_span_str(name));
}

const struct cm_member *
cm_members_named(const struct cm_members *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->item[i].name, name) == 0)
			return &m->item[i];
	return NULL;
}

const struct cm_member *
cm_members_keyed(const struct cm_members *m, const char *fingerprint)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->item[i].print.text, fingerprint) == 0)
			return &m->item[i];
	return NULL;
}

void
cm_member_write(const struct cm_member *m, struct cm_buf *out)
{
	cm_buf_printf(out, "- \"%s\", %s, ", m->name, cm_member_role_word(m->role));
	cm_ssh_public_text(&m->key, out);
	if (m->recipient != NULL)
		cm_buf_printf(out, ", %s", m->recipient);
}

/* Reading one line. */

struct line {
	struct cm_span text; /* of the whole line */
	size_t at;
	size_t number;
	struct cm_arena *arena;
	struct cm_err *err;
};

/* In characters, from 1. */
static size_t
column(const struct line *l, size_t at)
{
	size_t n = 1;

	for (size_t i = 0; i < at; n++) {
		size_t len = cm_utf8_len(cm_span_part(l->text, i, l->text.len));

		i += len == 0 ? 1 : len;
	}
	return n;
}

static enum cm_result
expected(const struct line *l, size_t at, const char *what)
{
	return cm_err_set(l->err, CM_E_MALFORMED, "line %zu, column %zu: expected %s", l->number, column(l, at), what);
}

static struct cm_span
rest(const struct line *l)
{
	return cm_span_part(l->text, l->at, l->text.len);
}

static enum cm_result
take(struct line *l, const char *token, const char *what)
{
	if (!cm_span_eq(cm_span_part(rest(l), 0, strlen(token)), cm_span_str(token)))
		return expected(l, l->at, what);
	l->at += strlen(token);
	return CM_OK;
}

/* Up to ${stop} or the end of the line; the stop is left. */
static struct cm_span
until(struct line *l, char stop)
{
	struct cm_span s = rest(l);
	const uint8_t *end = s.len > 0 ? memchr(s.ptr, stop, s.len) : NULL;
	size_t len = end == NULL ? s.len : (size_t)(end - s.ptr);

	l->at += len;
	return cm_span_part(s, 0, len);
}

static enum cm_result
copy(const struct line *l, struct cm_span s, const char **out)
{
	char *text = cm_arena_alloc(l->arena, s.len + 1);

	if (text == NULL)
		return cm_err_set(l->err, CM_E_NOMEM, "out of memory");
	if (s.len > 0)
		memcpy(text, s.ptr, s.len);
	*out = text;
	return CM_OK;
}

static enum cm_result
read_name(struct line *l, struct cm_member *m)
{
	enum cm_result r = take(l, "- \"", "a member: - \"NAME\", ROLE, KEY");
	size_t at = l->at;

	if (r == CM_OK)
		r = copy(l, until(l, '"'), &m->name);
	if (r == CM_OK && !cm_member_name_ok(m->name))
		return expected(l, at, "a name of 1 to 64 bytes without quotes, commas, *?!#\\ or marks of their own on a letter");
	return r == CM_OK ? take(l, "\", ", "the quote that ends the name, a comma and a blank") : r;
}

static enum cm_result
read_role(struct line *l, struct cm_member *m)
{
	const char *word;
	size_t at = l->at;
	enum cm_result r = copy(l, until(l, ','), &word);

	if (r == CM_OK && !cm_member_role_of_word(word, &m->role))
		return expected(l, at, "a role: victim, government, private, academic or panel");
	return r == CM_OK ? take(l, ", ", "a comma, a blank, and the member's key") : r;
}

/* A key in one spelling: type, blank, base64. */
static enum cm_result
read_key(struct line *l, struct cm_ssh_public *out)
{
	struct cm_err why = { 0 };
	size_t at = l->at;
	struct cm_span key = until(l, ',');
	const uint8_t *blank = key.len > 0 ? memchr(key.ptr, ' ', key.len) : NULL;
	size_t type = blank == NULL ? 0 : (size_t)(blank - key.ptr);
	enum cm_result r;

	if (blank == NULL)
		return expected(l, at, "a key: ssh-ed25519 AAAA... or sk-ssh-ed25519@openssh.com AAAA...");
	r = cm_ssh_public_from_text(cm_span_part(key, 0, type), cm_span_part(key, type + 1, key.len), out, &why);
	if (r == CM_OK || r == CM_E_NOMEM)
		return r == CM_OK ? r : cm_err_set(l->err, r, "out of memory");
	return cm_err_set(l->err, CM_E_MALFORMED, "line %zu, column %zu: %s", l->number, column(l, at), why.text);
}

/* Can something be encrypted to it?  A slip in it that all sign would be found too late. */
static bool
is_age(struct cm_span s)
{
	struct cm_age_recipient r;

	return s.len == AGE_LEN && memcmp(s.ptr, AGE, 4) == 0 && cm_age_recipient_parse(s, &r, NULL) == CM_OK;
}

static enum cm_result
read_recipient(struct line *l, struct cm_member *m)
{
	struct cm_ssh_public key;
	size_t at;
	enum cm_result r;

	if (rest(l).len == 0)
		return CM_OK;
	r = take(l, ", ", "the end of the line, or a comma, a blank, and what to encrypt to");
	at = l->at;
	if (r == CM_OK && !is_age(rest(l))) {
		r = read_key(l, &key);
		if (r == CM_OK && key.kind != CM_SSH_ED25519)
			r = expected(l, at, "an age1... recipient or an ssh-ed25519 key: nothing can be encrypted to others");
		if (r == CM_OK && rest(l).len > 0)
			r = expected(l, l->at, "the end of the line");
	}
	return r == CM_OK ? copy(l, cm_span_part(l->text, at, l->text.len), &m->recipient) : r;
}

static enum cm_result
read_member(struct line *l, struct cm_member *m)
{
	enum cm_result r = read_name(l, m);

	m->line = l->number;
	if (r == CM_OK)
		r = read_role(l, m);
	if (r == CM_OK)
		r = read_key(l, &m->key);
	if (r == CM_OK)
		r = read_recipient(l, m);
	if (r == CM_OK)
		cm_ssh_fingerprint(&m->key, m->print.text);
	return r;
}

/* Who is in twice. */

/* Is the point of ${key} that of what ${recipient} is? */
static bool
is_recipient(const struct cm_ssh_public *key, const char *recipient)
{
	struct cm_ssh_public other;
	const char *blank = recipient == NULL ? NULL : strchr(recipient, ' ');

	return blank != NULL &&
	    cm_ssh_public_from_text(cm_span_of(recipient, (size_t)(blank - recipient)), cm_span_str(blank + 1), &other,
		NULL) == CM_OK &&
	    memcmp(key->point, other.point, sizeof(other.point)) == 0;
}

static bool
share_a_key(const struct cm_member *a, const struct cm_member *b)
{
	return memcmp(a->key.point, b->key.point, sizeof(a->key.point)) == 0 || is_recipient(&a->key, b->recipient) ||
	    is_recipient(&b->key, a->recipient) ||
	    (a->recipient != NULL && b->recipient != NULL && strcmp(a->recipient, b->recipient) == 0);
}

static enum cm_result
check_new(const struct cm_member *all, size_t n, const struct cm_member *m, struct cm_err *err)
{
	if (is_recipient(&m->key, m->recipient))
		return cm_err_set(err, CM_E_MALFORMED,
		    "line %zu: \"%s\" signs and decrypts with one key; a key has one role", m->line, m->name);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, m->name) == 0)
			return cm_err_set(
			    err, CM_E_MALFORMED, "line %zu: \"%s\" is a member already, in line %zu", m->line, m->name, all[i].line);
		if (share_a_key(&all[i], m))
			return cm_err_set(err, CM_E_MALFORMED,
			    "line %zu: a key of \"%s\" is one of \"%s\", too, in line %zu; a key has one role", m->line, m->name,
			    all[i].name, all[i].line);
	}
	return CM_OK;
}

enum cm_result
cm_members_read(
    struct cm_span section, size_t line, struct cm_arena *arena, struct cm_members *out, struct cm_err *err)
{
	struct cm_member *all = cm_arena_array(arena, CM_MEMBERS_MAX, sizeof(*all));
	size_t n = 0;
	enum cm_result r = CM_OK;

	if (all == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t at = 0; r == CM_OK && at < section.len; line++) {
		const uint8_t *end = memchr(section.ptr + at, '\n', section.len - at);
		size_t len = end == NULL ? section.len - at : (size_t)(end - section.ptr) - at;
		struct line l = { cm_span_part(section, at, len), 0, line, arena, err };

		at += len + 1;
		if (len == 0)
			continue;
		if (n == CM_MEMBERS_MAX)
			return cm_err_set(err, CM_E_MALFORMED, "line %zu: more than %u members", line, CM_MEMBERS_MAX);
		r = read_member(&l, &all[n]);
		if (r == CM_OK)
			r = check_new(all, n, &all[n], err);
		n += r == CM_OK;
	}
	if (r == CM_OK && n == 0)
		r = cm_err_set(err, CM_E_MALFORMED, "line %zu: the section has no member", line);
	if (r == CM_OK)
		*out = (struct cm_members) { all, n };
	return r;
}
