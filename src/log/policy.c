#include <string.h>

#include "log/lines.h"
#include "log/policy.h"

/* ---- words ---- */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next word of ${rest}, which it leaves behind; empty: there is none. */
static struct cm_span
next_word(struct cm_span *rest)
{
	size_t from = 0, to;
	struct cm_span word;

	while (from < rest->len && is_blank(rest->ptr[from]))
		from++;
	to = from;
	while (to < rest->len && !is_blank(rest->ptr[to]))
		to++;
	word = cm_span_part(*rest, from, to - from);
	*rest = cm_span_part(*rest, to, rest->len);
	return word;
}

static size_t
count_words(struct cm_span rest)
{
	size_t n = 0;

	while (next_word(&rest).len > 0)
		n++;
	return n;
}

static bool
is(struct cm_span word, const char *text)
{
	return cm_span_eq(word, cm_span_str(text));
}

/* ---- the file ---- */

struct reader {
	struct cm_lines lines;
	unsigned number;     /* of the line, from 1 */
	size_t at;           /* where it begins */
	struct cm_span rest; /* what of it is not read yet */
	struct cm_arena *arena;
	struct cm_err *err;
	struct cm_policy_log *log;
	struct cm_policy_member *member;
	bool *taken; /* the member is in a group */
	struct cm_policy p;
	bool has_end; /* a line `quorum' */
};

static enum cm_result
fail(struct reader *r, enum cm_result code, const char *why, struct cm_span name)
{
	int n = name.len > 120 ? 120 : (int)name.len;

	return cm_err_at(r->err, code, r->at, "line %u: %s%s%.*s", r->number, why,
	    n > 0 ? ": " : "", n, n > 0 ? (const char *)name.ptr : "");
}

static enum cm_result
malformed(struct reader *r, const char *why, struct cm_span name)
{
	return fail(r, CM_E_MALFORMED, why, name);
}

static enum cm_result
no_memory(struct reader *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "out of memory");
}

/* A copy with a NUL behind it; NULL: out of memory. */
static const char *
text_of(struct reader *r, struct cm_span word)
{
	char *text = cm_arena_alloc(r->arena, word.len + 1);

	if (text != NULL)
		memcpy(text, word.ptr, word.len);
	return text;
}

/* The url that may end the line, and nothing else. */
static enum cm_result
read_url(struct reader *r, const char **out)
{
	struct cm_span word = next_word(&r->rest), more = next_word(&r->rest);

	*out = NULL;
	if (more.len > 0)
		return malformed(r, "more words than such a line has", more);
	if (word.len == 0)
		return CM_OK;
	*out = text_of(r, word);
	return *out == NULL ? no_memory(r) : CM_OK;
}

static bool
same_key(const struct cm_vkey *a, const struct cm_vkey *b)
{
	return memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

/* A note could not tell the two apart. */
static bool
same_id(const struct cm_vkey *a, const struct cm_vkey *b)
{
	return a->id == b->id && strcmp(a->name, b->name) == 0;
}

static enum cm_result
check_other(struct reader *r, const struct cm_vkey *v, const struct cm_vkey *other)
{
	struct cm_span name = cm_span_str(v->name);

	if (same_key(v, other))
		return fail(r, CM_E_REFUSED,
		    "this public key stands in a line before; one key has one role", name);
	if (same_id(v, other))
		return fail(
		    r, CM_E_REFUSED, "a key of this name and id stands in a line before", name);
	return CM_OK;
}

static enum cm_result
check_new(struct reader *r, const struct cm_vkey *v)
{
	enum cm_result code = CM_OK;

	for (size_t i = 0; i < r->p.n_logs && code == CM_OK; i++)
		code = check_other(r, v, &r->log[i].key);
	for (size_t i = 0; i < r->p.n_members && code == CM_OK; i++)
		if (!r->member[i].is_group)
			code = check_other(r, v, &r->member[i].key);
	return code;
}

static enum cm_result
read_vkey(struct reader *r, enum cm_note_type type, struct cm_vkey *out)
{
	struct cm_span word = next_word(&r->rest);
	struct cm_err inner = { 0 };
	enum cm_result code = cm_vkey_parse(word, out, &inner);

	if (code != CM_OK)
		return fail(r, code, inner.text, word);
	if (out->type != type)
		return malformed(r,
		    type == CM_NOTE_ED25519
			? "this is no key of a log (type 0x01), but one of a witness"
			: "this is no key of a witness (type 0x04), but one of a log",
		    word);
	return check_new(r, out);
}

static enum cm_result
read_log(struct reader *r)
{
	struct cm_policy_log *log = &r->log[r->p.n_logs];
	enum cm_result code;

	if (r->p.n_logs == CM_POLICY_LOGS)
		return fail(r, CM_E_LIMIT, "more than 256 logs", r->rest);
	code = read_vkey(r, CM_NOTE_ED25519, &log->key);
	if (code == CM_OK && cm_policy_find_log(&r->p, log->key.name) != NULL)
		return fail(r, CM_E_UNSUPPORTED, "a second key of a log; one is supported",
		    cm_span_str(log->key.name));
	if (code == CM_OK)
		code = read_url(r, &log->url);
	r->p.n_logs += code == CM_OK;
	return code;
}

/* The place of a member; n_members: there is none of this name. */
static size_t
find_member(const struct reader *r, struct cm_span name)
{
	size_t i = 0;

	while (i < r->p.n_members && !is(name, r->member[i].name))
		i++;
	return i;
}

static enum cm_result
read_new_name(struct reader *r, const char **out)
{
	struct cm_span word = next_word(&r->rest);

	if (r->p.n_members == CM_POLICY_MEMBERS)
		return fail(r, CM_E_LIMIT, "more than 256 witnesses and groups", word);
	if (word.len == 0)
		return malformed(r, "a name is missing", word);
	if (is(word, "none") || find_member(r, word) < r->p.n_members)
		return malformed(r, "this name is taken", word);
	*out = text_of(r, word);
	return *out == NULL ? no_memory(r) : CM_OK;
}

static enum cm_result
read_witness(struct reader *r)
{
	struct cm_policy_member m = { 0 };
	enum cm_result code = read_new_name(r, &m.name);

	if (code == CM_OK)
		code = read_vkey(r, CM_NOTE_COSIGNATURE, &m.key);
	if (code == CM_OK)
		code = read_url(r, &m.url);
	if (code == CM_OK)
		r->member[r->p.n_members++] = m;
	return code;
}

/* How many of ${n} parts. */
static enum cm_result
read_k(struct reader *r, struct cm_span word, size_t n, unsigned *out)
{
	uint64_t k = 0;

	if (is(word, "all"))
		k = n;
	else if (is(word, "any"))
		k = 1;
	else if (!cm_decimal_read(word, &k))
		return malformed(r, "not `all', `any' or a number", word);
	if (k < 1 || k > n)
		return malformed(r, "a group can not ask for so many of its members", word);
	*out = (unsigned)k;
	return CM_OK;
}

static enum cm_result
read_parts(struct reader *r, uint16_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cm_span word = next_word(&r->rest);
		size_t at = find_member(r, word);

		if (at == r->p.n_members)
			return malformed(
			    r, "no witness or group of this name in a line before", word);
		if (r->taken[at])
			return malformed(r, "this is a member of a group already", word);
		r->taken[at] = true;
		out[i] = (uint16_t)at;
	}
	return CM_OK;
}

static enum cm_result
read_group(struct reader *r)
{
	struct cm_policy_member m = { .is_group = true };
	enum cm_result code = read_new_name(r, &m.name);
	struct cm_span k = next_word(&r->rest);
	uint16_t *part;

	if (code != CM_OK)
		return code;
	m.n_part = count_words(r->rest);
	if (m.n_part > r->p.n_members)
		return malformed(r, "a group of more members than there are", cm_span_str(m.name));
	code = read_k(r, k, m.n_part, &m.k);
	if (code != CM_OK)
		return code;
	part = cm_arena_array(r->arena, m.n_part, sizeof(*part));
	if (part == NULL)
		return no_memory(r);
	m.part = part;
	code = read_parts(r, part, m.n_part);
	if (code == CM_OK)
		r->member[r->p.n_members++] = m;
	return code;
}

static enum cm_result
read_quorum(struct reader *r)
{
	struct cm_span word = next_word(&r->rest), more = next_word(&r->rest);
	size_t at = find_member(r, word);

	if (r->has_end)
		return malformed(r, "a second quorum; there is one", word);
	if (more.len > 0)
		return malformed(r, "more words than such a line has", more);
	r->has_end = true;
	if (is(word, "none"))
		return CM_OK;
	if (at == r->p.n_members)
		return malformed(r, "no witness or group of this name in a line before", word);
	r->p.has_quorum = true;
	r->p.quorum = (uint16_t)at;
	return CM_OK;
}

static enum cm_result
read_line(struct reader *r)
{
	struct cm_span word = next_word(&r->rest);

	if (word.len == 0 || word.ptr[0] == '#')
		return CM_OK;
	if (is(word, "log"))
		return read_log(r);
	if (is(word, "witness"))
		return read_witness(r);
	if (is(word, "group"))
		return read_group(r);
	if (is(word, "quorum"))
		return read_quorum(r);
	return malformed(r, "not a line of a trust file (log, witness, group, quorum)", word);
}

static enum cm_result
check_bytes(struct cm_span text, struct cm_err *err)
{
	if (text.len > CM_POLICY_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "a trust file of %zu bytes; at most %zu",
		    text.len, CM_POLICY_BYTES);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return cm_err_at(err, CM_E_MALFORMED, i,
			    "a control character, 0x%02x; only tabs and newlines may be there", c);
	}
	return CM_OK;
}

/* How many lines there are: no fewer than logs, or members. */
static size_t
count_lines(struct cm_span text, size_t max)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len && n < max; i++)
		n += text.ptr[i] == '\n';
	return n;
}

static bool
make_room(struct reader *r, struct cm_span text)
{
	size_t logs = count_lines(text, CM_POLICY_LOGS);
	size_t members = count_lines(text, CM_POLICY_MEMBERS);

	r->log = cm_arena_array(r->arena, logs, sizeof(*r->log));
	r->member = cm_arena_array(r->arena, members, sizeof(*r->member));
	r->taken = cm_arena_array(r->arena, members, sizeof(*r->taken));
	r->p.log = r->log;
	r->p.member = r->member;
	return r->log != NULL && r->member != NULL && r->taken != NULL;
}

enum cm_result
cm_policy_parse(
    struct cm_span text, struct cm_arena *arena, struct cm_policy *out, struct cm_err *err)
{
	struct reader r = { .lines = { .in = text }, .arena = arena, .err = err };
	enum cm_result code = check_bytes(text, err);

	if (code != CM_OK)
		return code;
	if (!make_room(&r, text))
		return no_memory(&r);
	while (r.lines.at < text.len && code == CM_OK) {
		r.at = r.lines.at;
		r.number++;
		code = cm_lines_next(&r.lines, "the last line of a trust file", &r.rest, err);
		if (code == CM_OK)
			code = read_line(&r);
	}
	if (code == CM_OK && !r.has_end)
		return cm_err_at(err, CM_E_MALFORMED, text.len,
		    "a trust file without a line `quorum NAME' or `quorum none'");
	if (code == CM_OK)
		*out = r.p;
	return code;
}

const struct cm_policy_log *
cm_policy_find_log(const struct cm_policy *p, const char *origin)
{
	for (size_t i = 0; i < p->n_logs; i++)
		if (strcmp(p->log[i].key.name, origin) == 0)
			return &p->log[i];
	return NULL;
}

/* ---- judging ---- */

#define NEVER UINT64_MAX

/* The k-th smallest time of the parts of ${m}; ${room} is as large as they are many. */
static uint64_t
time_of_group(const struct cm_policy_member *m, const uint64_t *time, uint64_t *room)
{
	for (size_t i = 0; i < m->n_part; i++) {
		uint64_t t = time[m->part[i]];
		size_t at = i;

		for (; at > 0 && room[at - 1] > t; at--)
			room[at] = room[at - 1];
		room[at] = t;
	}
	return room[m->k - 1];
}

static enum cm_result
time_of_witness(
    const struct cm_note *n, const struct cm_vkey *key, uint64_t *out, struct cm_err *err)
{
	struct cm_err inner = { 0 };
	uint64_t last;
	enum cm_result r = cm_cosignature_times(n, key, out, &last, &inner);

	if (r == CM_E_NOTFOUND) {
		*out = NEVER;
		return CM_OK;
	}
	return r == CM_OK ? r : cm_err_set(err, r, "%s", inner.text);
}

enum cm_result
cm_policy_judge_without(const struct cm_policy *p, const struct cm_note *n, const bool *left_out,
    struct cm_arena *arena, struct cm_witnessed *out, struct cm_err *err)
{
	struct cm_witnessed w = { .enough = !p->has_quorum };
	uint64_t *time = cm_arena_array(arena, p->n_members, sizeof(*time));
	uint64_t *room = cm_arena_array(arena, p->n_members, sizeof(*room));
	uint64_t *at = cm_arena_array(arena, p->n_members, sizeof(*at));
	uint16_t *witness = cm_arena_array(arena, p->n_members, sizeof(*witness));
	enum cm_result r;

	if (time == NULL || room == NULL || at == NULL || witness == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n_members; i++) {
		if (p->member[i].is_group) {
			time[i] = time_of_group(&p->member[i], time, room);
			continue;
		}
		time[i] = NEVER;
		if (left_out != NULL && left_out[i])
			continue;
		r = time_of_witness(n, &p->member[i].key, &time[i], err);
		if (r != CM_OK)
			return r;
		if (time[i] == NEVER)
			continue;
		witness[w.n] = (uint16_t)i;
		at[w.n++] = time[i];
	}
	if (p->has_quorum && time[p->quorum] != NEVER) {
		w.enough = true;
		w.time = time[p->quorum];
	}
	w.witness = witness;
	w.at = at;
	*out = w;
	return CM_OK;
}

enum cm_result
cm_policy_judge(const struct cm_policy *p, const struct cm_note *n, struct cm_arena *arena,
    struct cm_witnessed *out, struct cm_err *err)
{
	return cm_policy_judge_without(p, n, NULL, arena, out, err);
}
