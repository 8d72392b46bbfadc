#include <string.h>

#include "codec/rfc3339.h"
#include "statement/signers.h"
#include "statement/sshsig.h"

/* Iterative, so that no pattern makes it slow or deep: on a mismatch go back to the last
 * star and let it eat one more character. */
static bool
match_one(struct cm_span pattern, struct cm_span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, eaten = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			eaten = t;
		} else if (p < pattern.len &&
			   (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++eaten;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

/* The part of ${*rest} before the next ${sep}; what is behind it stays in ${*rest}. */
static struct cm_span
take_until(struct cm_span *rest, char sep)
{
	struct cm_span part;
	size_t n = 0;

	while (n < rest->len && rest->ptr[n] != (uint8_t)sep)
		n++;
	part = cm_span_part(*rest, 0, n);
	*rest = cm_span_part(*rest, n + 1, rest->len);
	return part;
}

bool
cm_signers_match(struct cm_span patterns, struct cm_span text)
{
	bool found = false;

	while (patterns.len > 0) {
		struct cm_span p = take_until(&patterns, ',');
		bool not = p.len > 0 && p.ptr[0] == '!';

		if (not )
			p = cm_span_part(p, 1, p.len);
		if (p.len == 0 || !match_one(p, text))
			continue;
		if (not )
			return false;
		found = true;
	}
	return found;
}

/* One line being read. */
struct reader {
	struct cm_span rest;
	struct cm_arena *arena;
	struct cm_err *err;
	size_t line;
	bool skip;
};

static enum cm_result
bad(const struct reader *r, enum cm_result code, const char *what)
{
	return cm_err_set(r->err, code, "allowed signers, line %zu: %s", r->line, what);
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(struct reader *r)
{
	while (r->rest.len > 0 && blank(r->rest.ptr[0]))
		r->rest = cm_span_part(r->rest, 1, r->rest.len);
}

/* A field ends at a blank that is not inside double quotes. */
static enum cm_result
take_field(struct reader *r, struct cm_span *out)
{
	bool quoted = false;
	size_t n = 0;

	skip_blanks(r);
	for (; n < r->rest.len && (quoted || !blank(r->rest.ptr[n])); n++)
		if (r->rest.ptr[n] == '"')
			quoted = !quoted;
	if (quoted)
		return bad(r, CM_E_MALFORMED, "a quote that does not end");
	if (n == 0)
		return bad(
		    r, CM_E_MALFORMED, "cut short; expected: principals [options] keytype key");
	*out = cm_span_part(r->rest, 0, n);
	r->rest = cm_span_part(r->rest, n, r->rest.len);
	return CM_OK;
}

/* "..." to its inside; anything else stays. */
static struct cm_span
unquote(struct cm_span s)
{
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return cm_span_part(s, 1, s.len - 2);
	return s;
}

static bool
has_byte(struct cm_span s, uint8_t c)
{
	return s.len > 0 && memchr(s.ptr, c, s.len) != NULL;
}

static enum cm_result
read_principals(struct reader *r, const char **out)
{
	struct cm_span field;
	enum cm_result rc = take_field(r, &field);
	char *copy;

	if (rc != CM_OK)
		return rc;
	field = unquote(field);
	if (field.len == 0 || field.len > CM_SIGNERS_PRINCIPALS || has_byte(field, '"') ||
	    has_byte(field, 0))
		return bad(r, CM_E_MALFORMED, "principals that can not be read");
	copy = cm_arena_alloc(r->arena, field.len + 1);
	if (copy == NULL)
		return CM_E_NOMEM;
	memcpy(copy, field.ptr, field.len);
	*out = copy;
	return CM_OK;
}

static int
digits(const uint8_t *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

/* YYYYMMDD[HHMM[SS]]Z */
static enum cm_result
read_time(const struct reader *r, struct cm_span s, int64_t *out)
{
	struct cm_date d = { 0 };
	size_t n = s.len - 1;

	if (s.len == 0 || s.ptr[n] != 'Z')
		return bad(r, CM_E_UNSUPPORTED,
		    "a time without Z at its end means another moment on another machine");
	if (n != 8 && n != 12 && n != 14)
		return bad(r, CM_E_MALFORMED, "a time is written YYYYMMDD[HHMM[SS]]Z");
	d.year = digits(s.ptr, 4);
	d.month = digits(s.ptr + 4, 2);
	d.day = digits(s.ptr + 6, 2);
	d.hour = n > 8 ? digits(s.ptr + 8, 2) : 0;
	d.minute = n > 8 ? digits(s.ptr + 10, 2) : 0;
	d.second = n > 12 ? digits(s.ptr + 12, 2) : 0;
	if (cm_date_to_unix(&d, out) != CM_OK)
		return bad(r, CM_E_MALFORMED, "a time that there is not");
	return CM_OK;
}

static bool
takes(struct cm_span *option, const char *name)
{
	size_t n = strlen(name);

	if (option->len < n || strncasecmp((const char *)option->ptr, name, n) != 0)
		return false;
	*option = unquote(cm_span_part(*option, n, option->len));
	return true;
}

static enum cm_result
read_option(struct reader *r, struct cm_span o, struct cm_signer_line *out)
{
	if (takes(&o, "namespaces=")) {
		r->skip |= !cm_signers_match(o, cm_span_str(CM_SSHSIG_NAMESPACE));
		return CM_OK;
	}
	if (takes(&o, "valid-after=")) {
		if (out->has_after)
			return bad(r, CM_E_MALFORMED, "valid-after stands twice");
		out->has_after = true;
		return read_time(r, o, &out->after);
	}
	if (takes(&o, "valid-before=")) {
		if (out->has_before)
			return bad(r, CM_E_MALFORMED, "valid-before stands twice");
		out->has_before = true;
		return read_time(r, o, &out->before);
	}
	if (o.len == 14 && takes(&o, "cert-authority")) {
		r->skip = true;
		return CM_OK;
	}
	return bad(r, CM_E_UNSUPPORTED, "an option that is not known");
}

/* Options are separated by commas that are not inside quotes. */
static enum cm_result
read_options(struct reader *r, struct cm_span s, struct cm_signer_line *out)
{
	while (s.len > 0) {
		bool quoted = false;
		size_t n = 0;
		enum cm_result rc;

		for (; n < s.len && (quoted || s.ptr[n] != ','); n++)
			if (s.ptr[n] == '"')
				quoted = !quoted;
		rc = read_option(r, cm_span_part(s, 0, n), out);
		if (rc != CM_OK)
			return rc;
		if (n + 1 == s.len)
			return bad(r, CM_E_MALFORMED, "a comma with no option behind it");
		s = cm_span_part(s, n + 1, s.len);
	}
	return CM_OK;
}

/* What a key type looks like; everything else in its place is options. */
static bool
is_key_type(struct cm_span s)
{
	static const char *const heads[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (cm_span_eq(cm_span_part(s, 0, strlen(heads[i])), cm_span_str(heads[i])))
			return true;
	return false;
}

static enum cm_result
read_key(struct reader *r, struct cm_span type, struct cm_signer_line *out)
{
	struct cm_err why = { 0 };
	struct cm_span base64;
	enum cm_result rc = take_field(r, &base64);

	if (rc != CM_OK)
		return rc;
	rc = cm_ssh_public_from_text(type, base64, &out->key, &why);
	if (rc == CM_E_UNSUPPORTED) {
		r->skip = true;
		return CM_OK;
	}
	return rc == CM_OK || rc == CM_E_NOMEM ? rc : bad(r, rc, why.text);
}

static enum cm_result
read_line(struct reader *r, struct cm_signer_line *out)
{
	struct cm_span field;
	enum cm_result rc = read_principals(r, &out->principals);

	if (rc == CM_OK)
		rc = take_field(r, &field);
	if (rc != CM_OK)
		return rc;
	if (!is_key_type(field)) {
		rc = read_options(r, field, out);
		if (rc == CM_OK)
			rc = take_field(r, &field);
		if (rc == CM_OK && !is_key_type(field))
			rc = bad(r, CM_E_MALFORMED, "no key where one was expected");
	}
	return rc == CM_OK ? read_key(r, field, out) : rc;
}

static enum cm_result
check_unique(const struct reader *r, const struct cm_signer_line *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cm_ssh_public_same(&line[i].key, &line[n].key) &&
		    strcmp(line[i].principals, line[n].principals) != 0)
			return bad(r, CM_E_REFUSED, "this key stands above under another name");
	return CM_OK;
}

static bool
is_comment(struct cm_span line)
{
	size_t i = 0;

	while (i < line.len && (blank(line.ptr[i]) || line.ptr[i] == '\r'))
		i++;
	return i == line.len || line.ptr[i] == '#';
}

static size_t
count_lines(struct cm_span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n;
}

enum cm_result
cm_signers_parse(
    struct cm_span text, struct cm_arena *arena, struct cm_signers *out, struct cm_err *err)
{
	struct reader r = { .arena = arena, .err = err };
	struct cm_signers s = { 0 };
	struct cm_signer_line *line;
	size_t room = count_lines(text);

	if (text.len > CM_SIGNERS_BYTES || room > CM_SIGNERS_LINES)
		return cm_err_set(err, CM_E_LIMIT,
		    "allowed signers: more than %zu bytes or %u lines", CM_SIGNERS_BYTES,
		    CM_SIGNERS_LINES);
	line = cm_arena_array(arena, room, sizeof(*line));
	if (line == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	while (text.len > 0) {
		enum cm_result rc;

		r.rest = take_until(&text, '\n');
		r.line++;
		r.skip = false;
		if (is_comment(r.rest))
			continue;
		if (r.rest.ptr[r.rest.len - 1] == '\r')
			r.rest.len--;
		line[s.n] = (struct cm_signer_line) { .line = r.line };
		rc = read_line(&r, &line[s.n]);
		if (rc == CM_OK && !r.skip)
			rc = check_unique(&r, line, s.n);
		if (rc != CM_OK)
			return cm_err_set(err, rc, "allowed signers: out of memory");
		s.n += r.skip ? 0 : 1;
		s.skipped += r.skip ? 1 : 0;
	}
	s.line = line;
	*out = s;
	return CM_OK;
}

enum cm_result
cm_signers_find(const struct cm_signers *s, const struct cm_ssh_public *key, int64_t when,
    const struct cm_signer_line **out, struct cm_err *err)
{
	size_t seen = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct cm_signer_line *l = &s->line[i];

		if (!cm_ssh_public_same(&l->key, key))
			continue;
		if ((!l->has_after || when >= l->after) && (!l->has_before || when <= l->before)) {
			*out = l;
			return CM_OK;
		}
		seen = l->line;
	}
	if (seen == 0)
		return CM_E_NOTFOUND;
	return cm_err_set(
	    err, CM_E_REFUSED, "the key of line %zu was not valid when this was signed", seen);
}

void
cm_signers_line(const char *principals, const struct cm_ssh_public *key, struct cm_buf *out)
{
	bool quote = strpbrk(principals, " \t") != NULL;

	cm_buf_printf(out, "%s%s%s namespaces=\"" CM_SSHSIG_NAMESPACE "\" ", quote ? "\"" : "",
	    principals, quote ? "\"" : "");
	cm_ssh_public_text(key, out);
	cm_buf_add_u8(out, '\n');
}
