#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/private.h"
#include "store/case_state.h"
#include "store/trust.h"

#define KEYS "-keys" /* behind a witness's name: it and the key that followed */
#define NEXT "-2"
#define HEAD \
	"# Whose logs count, whose witnesses are asked, how many of them are enough (C2SP tlog-policy).\n"

/* One of the files, whole; empty if it is not there. */
static enum cm_result
read_file(const char *folder, const char *name, size_t max, struct cm_buf *out, struct cm_err *err)
{
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(folder, name, path, err);

	if (r != CM_OK || !cm_path_exists(path))
		return r;
	return cm_whole_read(path, max, out, err);
}

static enum cm_result
write_file(const char *folder, const char *name, struct cm_buf *text, struct cm_err *err)
{
	struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	char path[PATH_MAX];
	enum cm_result r = cm_case_path(folder, name, path, err);

	if (r == CM_OK && !cm_buf_ok(text))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	return r == CM_OK ? cm_whole_write(path, cm_buf_span(text), mode, err) : r;
}

static enum cm_result
named(struct cm_err *err, const char *name, const struct cm_err *why, enum cm_result r)
{
	return cm_err_set(err, r, "%s: %s", name, why->text);
}

/* The texts must live as long as what is read from them: copies in the arena. */
static enum cm_result
keep(const struct cm_buf *text, struct cm_arena *arena, struct cm_span *out)
{
	void *copy = cm_arena_copy(arena, text->ptr != NULL ? (const void *)text->ptr : "", text->len);

	*out = cm_span_of(copy, text->len);
	return copy != NULL || text->len == 0 ? CM_OK : CM_E_NOMEM;
}

static enum cm_result
parse(const struct cm_buf *trust, const struct cm_buf *signers, struct cm_arena *arena,
    struct cm_trust *out, struct cm_err *err)
{
	struct cm_err why = { 0 };
	struct cm_span text;
	enum cm_result r = keep(trust, arena, &text);

	*out = (struct cm_trust) { 0 };
	if (r == CM_OK && text.len > 0)
		r = cm_policy_parse(text, arena, &out->policy, &why);
	if (r != CM_OK)
		return named(err, CM_TRUST_FILE, &why, r);
	r = keep(signers, arena, &text);
	if (r == CM_OK && text.len > 0)
		r = cm_signers_parse(text, arena, &out->signers, &why);
	return r == CM_OK ? CM_OK : named(err, CM_TRUST_SIGNERS, &why, r);
}

/* Both files as they are. */
static enum cm_result
read_both(const char *folder, struct cm_buf *trust, struct cm_buf *signers, struct cm_err *err)
{
	enum cm_result r = read_file(folder, CM_TRUST_FILE, CM_POLICY_BYTES, trust, err);

	return r == CM_OK ? read_file(folder, CM_TRUST_SIGNERS, CM_SIGNERS_BYTES, signers, err) : r;
}

enum cm_result
cm_trust_read(const char *folder, struct cm_arena *arena, struct cm_trust *out, struct cm_err *err)
{
	struct cm_buf trust = { 0 }, signers = { 0 };
	enum cm_result r = read_both(folder, &trust, &signers, err);

	if (r == CM_OK)
		r = parse(&trust, &signers, arena, out, err);
	cm_buf_release(&trust);
	cm_buf_release(&signers);
	return r;
}

/* Keys. */

const char *
cm_trust_role_word(enum cm_trust_role role)
{
	static const char *const words[] = { [CM_TRUST_STATEMENT] = "statement key",
		[CM_TRUST_LOG] = "log", [CM_TRUST_WITNESS] = "witness" };

	return words[role];
}

/* Own keys may stand in the files, too, in their own role. */
static bool
is_same(const struct cm_trust_key *a, const struct cm_trust_key *b)
{
	return a->role == b->role && (a->own || b->own || strcmp(a->name, b->name) == 0);
}

static enum cm_result
add_key(struct cm_trust_keys *keys, struct cm_trust_key *list, const struct cm_trust_key *k,
    struct cm_err *err)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (memcmp(list[i].point, k->point, 32) != 0)
			continue;
		if (is_same(&list[i], k))
			return CM_OK;
		return cm_err_set(err, CM_E_REFUSED,
		    "one key in two places: %s of %.80s%s, and %s of %.80s; each role needs a key of its own",
		    cm_trust_role_word(list[i].role), list[i].name, list[i].own ? " (yours)" : "",
		    cm_trust_role_word(k->role), k->name);
	}
	list[keys->n++] = *k;
	return CM_OK;
}

static enum cm_result
add_point(struct cm_trust_keys *keys, struct cm_trust_key *list, enum cm_trust_role role,
    const char *name, const uint8_t point[32], struct cm_err *err)
{
	struct cm_trust_key k = { .role = role, .name = name };

	memcpy(k.point, point, 32);
	return add_key(keys, list, &k, err);
}

static enum cm_result
add_all(const struct cm_trust *t, struct cm_trust_keys *keys, struct cm_trust_key *list, struct cm_err *err)
{
	const struct cm_policy *p = &t->policy;
	enum cm_result r = CM_OK;
	size_t i;

	for (i = 0; r == CM_OK && i < t->signers.n; i++)
		r = add_point(keys, list, CM_TRUST_STATEMENT, t->signers.line[i].principals,
		    t->signers.line[i].key.point, err);
	for (i = 0; r == CM_OK && i < p->n_logs; i++)
		r = add_point(keys, list, CM_TRUST_LOG, p->log[i].key.name, p->log[i].key.key, err);
	for (i = 0; r == CM_OK && i < p->n_members; i++)
		if (!p->member[i].is_group)
			r = add_point(keys, list, CM_TRUST_WITNESS, p->member[i].key.name,
			    p->member[i].key.key, err);
	return r;
}

enum cm_result
cm_trust_keys(const struct cm_trust *t, const struct cm_trust_key *own, size_t n_own,
    struct cm_arena *arena, struct cm_trust_keys *out, struct cm_err *err)
{
	size_t most = n_own + t->signers.n + t->policy.n_logs + t->policy.n_members + 1;
	struct cm_trust_key *list = cm_arena_array(arena, most, sizeof(*list));
	enum cm_result r = CM_OK;

	*out = (struct cm_trust_keys) { list, 0 };
	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; r == CM_OK && i < n_own; i++)
		r = add_key(out, list, &own[i], err);
	return r == CM_OK ? add_all(t, out, list, err) : r;
}

/* Changing them. */

/* Word ${n} of a line, from 0; empty: it has not so many. */
static struct cm_span
word_of(struct cm_span line, size_t n)
{
	size_t from = 0, to = 0, i;

	for (i = 0; i <= n; i++) {
		for (from = to; from < line.len && (line.ptr[from] == ' ' || line.ptr[from] == '\t'); from++)
			;
		for (to = from; to < line.len && line.ptr[to] != ' ' && line.ptr[to] != '\t'; to++)
			;
	}
	return cm_span_part(line, from, to - from);
}

static bool
has_word(struct cm_span line, size_t n, const char *word)
{
	return cm_span_eq(word_of(line, n), cm_span_str(word));
}

static size_t
count_words(struct cm_span line)
{
	size_t n = 0;

	while (word_of(line, n).len > 0)
		n++;
	return n;
}

static struct cm_span
next_line(struct cm_span *left)
{
	const uint8_t *end = left->len == 0 ? NULL : memchr(left->ptr, '\n', left->len);
	size_t len = end == NULL ? left->len : (size_t)(end - left->ptr);
	struct cm_span line = cm_span_part(*left, 0, len);

	*left = cm_span_part(*left, len + (end != NULL), left->len);
	return line;
}

static bool
has_line(const struct cm_buf *text, struct cm_span line)
{
	struct cm_span left = cm_buf_span(text);

	while (left.len > 0)
		if (cm_span_eq(next_line(&left), line))
			return true;
	return false;
}

/* "group NAME-keys any NAME NEXT": a witness and the key that followed its own. */
static bool
is_pair(struct cm_span line)
{
	struct cm_span group = word_of(line, 1), name = word_of(line, 3);

	return has_word(line, 0, "group") && has_word(line, 2, "any") && count_words(line) == 5 &&
	    group.len == name.len + strlen(KEYS) && memcmp(group.ptr, name.ptr, name.len) == 0 &&
	    memcmp(group.ptr + name.len, KEYS, strlen(KEYS)) == 0;
}

/* What the file has of its own making, and what is kept up to date here. */
struct kept_lines {
	struct cm_span group;  /* "group witnesses ..." */
	struct cm_span quorum; /* "quorum ..." */
	size_t others;	       /* other groups */
	size_t witnesses;      /* all keys of one count once */
};

static struct kept_lines
find_kept(const struct cm_buf *text)
{
	struct cm_span left = cm_buf_span(text), line;
	struct kept_lines k = { 0 };

	while (left.len > 0) {
		line = next_line(&left);
		if (has_word(line, 0, "witness"))
			k.witnesses++;
		else if (has_word(line, 0, "quorum"))
			k.quorum = line;
		else if (has_word(line, 0, "group") && has_word(line, 1, CM_TRUST_GROUP))
			k.group = line;
		else if (is_pair(line))
			k.witnesses--;
		else if (has_word(line, 0, "group"))
			k.others++;
	}
	return k;
}

/* Is the quorum the group of all witnesses, or none, and no group made by hand? */
static bool
is_ours(const struct kept_lines *k)
{
	bool all = k->group.len == 0 || count_words(k->group) == 3 + k->witnesses;

	return k->others == 0 && all &&
	    (k->quorum.len == 0 || has_word(k->quorum, 1, "none") || has_word(k->quorum, 1, CM_TRUST_GROUP));
}

/* How many are enough now: "none", "all" or a number. */
static void
many_of(const struct kept_lines *k, char out[16])
{
	struct cm_span many = word_of(k->group, 2);

	if (k->quorum.len == 0 || has_word(k->quorum, 1, "none"))
		snprintf(out, 16, "none");
	else if (many.len == 0 || many.len > 15 || has_word(k->group, 2, "any"))
		snprintf(out, 16, "1");
	else
		snprintf(out, 16, "%.*s", (int)many.len, (const char *)many.ptr);
}

/* Every line but the two that are kept up to date. */
static void
copy_others(const struct cm_buf *text, const struct kept_lines *k, struct cm_buf *out)
{
	struct cm_span left = cm_buf_span(text), line;

	while (left.len > 0) {
		line = next_line(&left);
		if (line.ptr == k->group.ptr || line.ptr == k->quorum.ptr)
			continue;
		cm_buf_add_span(out, line);
		cm_buf_add_str(out, "\n");
	}
}

/* Is it a part of a pair? */
static bool
is_paired(const struct cm_buf *text, struct cm_span name)
{
	struct cm_span left = cm_buf_span(text), line;

	while (left.len > 0) {
		line = next_line(&left);
		if (is_pair(line) && (cm_span_eq(word_of(line, 3), name) || cm_span_eq(word_of(line, 4), name)))
			return true;
	}
	return false;
}

/* The names of all witnesses in ${text}, or of their pairs. */
static size_t
put_names(const struct cm_buf *text, struct cm_buf *out)
{
	struct cm_span left = cm_buf_span(text), line;
	size_t n = 0;

	while (left.len > 0) {
		line = next_line(&left);
		if ((!has_word(line, 0, "witness") && !is_pair(line)) || is_paired(text, word_of(line, 1)))
			continue;
		cm_buf_add_str(out, " ");
		cm_buf_add_span(out, word_of(line, 1));
		n++;
	}
	return n;
}

/* Puts group and quorum behind the other lines. */
static void
put_kept(struct cm_buf *out, const char *many)
{
	struct cm_buf names = { 0 };
	size_t n = put_names(out, &names);
	const char *all = n > 0 ? cm_buf_cstr(&names) : "";

	if (all == NULL)
		out->failed = true;
	else if (n == 0 || strcmp(many, "none") == 0)
		cm_buf_printf(out, "%s%s%squorum none\n", n > 0 ? "group " CM_TRUST_GROUP " any" : "", all,
		    n > 0 ? "\n" : "");
	else
		cm_buf_printf(out, "group " CM_TRUST_GROUP " %s%s\nquorum " CM_TRUST_GROUP "\n", many, all);
	cm_buf_release(&names);
}

/* Of ${n} witnesses.  The party's own one is among them, and so is that of each log's owner, whose
 * word on his own log is worth nothing: with two of them one must be somebody else's. */
static const char *
usual_of(size_t n)
{
	static const char *const many[] = { "none", "none", "1", "2" };

	return many[n < 3 ? n : 3];
}

/* How many are enough with ${more} of them: who chose a number, or none, is left alone. */
static void
enough_of(const struct kept_lines *k, size_t more, char out[16])
{
	many_of(k, out);
	if (strcmp(out, usual_of(k->witnesses)) == 0)
		snprintf(out, 16, "%s", usual_of(k->witnesses + more));
}

static void
add_to_policy(const struct cm_buf *text, struct cm_span line, struct cm_buf *out)
{
	struct kept_lines k = find_kept(text);
	bool ours = is_ours(&k);
	char many[16];

	enough_of(&k, has_word(line, 0, "witness"), many);
	if (!ours)
		k.group = k.quorum = cm_span_of(NULL, 0);
	if (text->len == 0)
		cm_buf_add_str(out, HEAD);
	copy_others(text, &k, out);
	cm_buf_add_span(out, line);
	cm_buf_add_str(out, "\n");
	if (ours)
		put_kept(out, many);
}

/* A last line without an end is one all the same. */
static void
add_to_signers(const struct cm_buf *text, struct cm_span line, struct cm_buf *out)
{
	cm_buf_add_span(out, cm_buf_span(text));
	if (text->len > 0 && text->ptr[text->len - 1] != '\n')
		cm_buf_add_str(out, "\n");
	cm_buf_add_span(out, line);
	cm_buf_add_str(out, "\n");
}

/* Everything holds with the new texts? */
static enum cm_result
check_texts(const struct cm_buf *trust, const struct cm_buf *signers, const struct cm_trust_key *own,
    size_t n_own, struct cm_err *err)
{
	struct cm_trust_keys keys;
	struct cm_arena arena;
	struct cm_trust t;
	enum cm_result r;

	if (!cm_buf_ok(trust) || !cm_buf_ok(signers))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	cm_arena_init(&arena, 0);
	r = parse(trust, signers, &arena, &t, err);
	if (r == CM_OK)
		r = cm_trust_keys(&t, own, n_own, &arena, &keys, err);
	cm_arena_fini(&arena);
	return r;
}

/* Both texts while lines are added to them. */
struct adding {
	struct cm_buf trust, signers;
	bool trust_changed, signers_changed;
	const struct cm_trust_key *own;
	size_t n_own;
	struct cm_err *err;
};

static enum cm_result
check_line(struct cm_span line, struct cm_err *err)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if ((line.ptr[i] < 0x20 && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
			return cm_err_set(err, CM_E_MALFORMED, "a line with a control character, 0x%02x", line.ptr[i]);
	if (has_word(line, 0, "group") || has_word(line, 0, "quorum"))
		return cm_err_set(err, CM_E_MALFORMED,
		    "a group or quorum is not added: `comity trust quorum', or change the file " CM_TRUST_FILE);
	return CM_OK;
}

/* A line that would be read and skipped would be added in vain. */
static enum cm_result
check_signer(struct cm_span line, struct cm_err *err)
{
	struct cm_signers one = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, 0);
	r = cm_signers_parse(line, &arena, &one, err);
	if (r == CM_OK && one.n == 0)
		r = cm_err_set(err, CM_E_UNSUPPORTED,
		    "no key that signs statements: an ssh-ed25519 one is needed, not for another namespace");
	cm_arena_fini(&arena);
	return r;
}

/* The line of the same name and key, which may have another address; empty: none. */
static struct cm_span
same_but_address(const struct cm_buf *text, struct cm_span line)
{
	size_t words = has_word(line, 0, "log") ? 2 : 3, i;
	struct cm_span left = cm_buf_span(text), old;

	while (left.len > 0) {
		old = next_line(&left);
		for (i = 0; i < words && cm_span_eq(word_of(old, i), word_of(line, i)); i++)
			;
		if (i == words && word_of(line, words - 1).len > 0)
			return old;
	}
	return cm_span_of(NULL, 0);
}

/* Log or witness has moved: the line stays in its place.  A line without address says nothing of it. */
static void
move_to_address(const struct cm_buf *text, struct cm_span old, struct cm_span line, struct cm_buf *out)
{
	bool told = count_words(line) > (has_word(line, 0, "log") ? 2u : 3u);
	size_t at = (size_t)(old.ptr - text->ptr);

	cm_buf_add_span(out, cm_span_part(cm_buf_span(text), 0, at));
	cm_buf_add_span(out, told ? line : old);
	cm_buf_add_span(out, cm_span_part(cm_buf_span(text), at + old.len, text->len));
}

static void
add_or_move(const struct cm_buf *text, struct cm_span line, struct cm_buf *out)
{
	struct cm_span old = same_but_address(text, line);

	if (old.len > 0)
		move_to_address(text, old, line, out);
	else
		add_to_policy(text, line, out);
}

/* The texts with one line more, if they hold then. */
static enum cm_result
try_line(struct adding *a, struct cm_span line, struct cm_err *why)
{
	bool policy = has_word(line, 0, "log") || has_word(line, 0, "witness");
	struct cm_buf *old = policy ? &a->trust : &a->signers, text = { 0 };
	enum cm_result r = check_line(line, why);

	if (r == CM_OK && !policy)
		r = check_signer(line, why);
	if (r != CM_OK || has_line(old, line))
		return r;
	if (policy)
		add_or_move(old, line, &text);
	else
		add_to_signers(old, line, &text);
	r = check_texts(policy ? &text : &a->trust, policy ? &a->signers : &text, a->own, a->n_own, why);
	if (r != CM_OK) {
		cm_buf_release(&text);
		return r;
	}
	cm_buf_release(old);
	*old = text;
	*(policy ? &a->trust_changed : &a->signers_changed) = true;
	return CM_OK;
}

static enum cm_result
add_line(struct adding *a, struct cm_span line)
{
	struct cm_err why = { 0 };
	enum cm_result r = try_line(a, line, &why);

	if (r == CM_OK || r == CM_E_NOMEM)
		return r == CM_OK ? r : cm_err_set(a->err, r, "out of memory");
	return cm_err_set(a->err, r, "`%.*s%s': %s", (int)(line.len < 40 ? line.len : 40), (const char *)line.ptr,
	    line.len > 40 ? "..." : "", why.text);
}

static enum cm_result
add_lines(struct adding *a, struct cm_span left)
{
	/* What is there has to hold: a file that was cut short is not to be made whole here. */
	enum cm_result r = check_texts(&a->trust, &a->signers, NULL, 0, a->err);
	struct cm_span line;

	while (r == CM_OK && left.len > 0) {
		line = next_line(&left);
		while (line.len > 0 && memchr(" \t\r", line.ptr[line.len - 1], 3) != NULL)
			line.len--;
		if (line.len > 0 && word_of(line, 0).ptr[0] != '#')
			r = add_line(a, line);
	}
	return r;
}

enum cm_result
cm_trust_add(const char *folder, struct cm_span lines, const struct cm_trust_key *own, size_t n_own,
    struct cm_err *err)
{
	struct adding a = { .own = own, .n_own = n_own, .err = err };
	enum cm_result r = read_both(folder, &a.trust, &a.signers, err);

	if (r == CM_OK)
		r = add_lines(&a, lines);
	if (r == CM_OK && a.signers_changed)
		r = write_file(folder, CM_TRUST_SIGNERS, &a.signers, err);
	if (r == CM_OK && a.trust_changed)
		r = write_file(folder, CM_TRUST_FILE, &a.trust, err);
	cm_buf_release(&a.trust);
	cm_buf_release(&a.signers);
	return r;
}

/* Keys that follow others. */

/* The line of the witness with this key; empty: none. */
static struct cm_span
line_of(const struct cm_buf *text, const char *vkey)
{
	struct cm_span left = cm_buf_span(text), line;

	while (left.len > 0) {
		line = next_line(&left);
		if (has_word(line, 0, "witness") && has_word(line, 2, vkey))
			return line;
	}
	return cm_span_of(NULL, 0);
}

/* The old line, the new one with its address, and the group of both. */
static void
put_pair(struct cm_span old, const char *vkey, struct cm_buf *out)
{
	struct cm_span name = word_of(old, 1), key = word_of(old, 2), url = word_of(old, 3);
	const char *n = (const char *)name.ptr;
	int len = (int)name.len;

	cm_buf_printf(out, "witness %.*s %.*s\n", len, n, (int)key.len, (const char *)key.ptr);
	cm_buf_printf(out, "witness %.*s" NEXT " %s%s%.*s\n", len, n, vkey, url.len > 0 ? " " : "", (int)url.len,
	    (const char *)url.ptr);
	cm_buf_printf(out, "group %.*s" KEYS " any %.*s %.*s" NEXT "\n", len, n, len, n, len, n);
}

/* A line with the pair in the place of ${name}, from word ${first} on. */
static void
put_with_pair(struct cm_span line, size_t first, struct cm_span name, struct cm_buf *out)
{
	size_t n = count_words(line), i;

	for (i = 0; i < n; i++) {
		struct cm_span word = word_of(line, i);

		cm_buf_add_str(out, i > 0 ? " " : "");
		cm_buf_add_span(out, word);
		if (i >= first && cm_span_eq(word, name))
			cm_buf_add_str(out, KEYS);
	}
	cm_buf_add_str(out, "\n");
}

static void
succeed(const struct cm_buf *text, struct cm_span old, const char *vkey, struct cm_buf *out)
{
	struct cm_span left = cm_buf_span(text), name = word_of(old, 1), line;

	while (left.len > 0) {
		line = next_line(&left);
		if (line.ptr == old.ptr)
			put_pair(old, vkey, out);
		else if (has_word(line, 0, "group"))
			put_with_pair(line, 3, name, out);
		else if (has_word(line, 0, "quorum"))
			put_with_pair(line, 1, name, out);
		else {
			cm_buf_add_span(out, line);
			cm_buf_add_str(out, "\n");
		}
	}
}

static enum cm_result
succeed_witness(const char *folder, const char *old, const char *next, struct cm_err *err)
{
	struct cm_buf trust = { 0 }, signers = { 0 }, text = { 0 };
	struct cm_span line;
	enum cm_result r = read_both(folder, &trust, &signers, err);

	if (r == CM_OK)
		r = check_texts(&trust, &signers, NULL, 0, err);
	line = line_of(&trust, old);
	if (r == CM_OK && line.len == 0)
		r = cm_err_set(err, CM_E_NOTFOUND, "no line of the witness %s in the file " CM_TRUST_FILE, old);
	if (r == CM_OK && line_of(&trust, next).len == 0) {
		succeed(&trust, line, next, &text);
		r = check_texts(&text, &signers, NULL, 0, err);
		if (r == CM_OK)
			r = write_file(folder, CM_TRUST_FILE, &text, err);
	}
	cm_buf_release(&trust);
	cm_buf_release(&signers);
	cm_buf_release(&text);
	return r;
}

enum cm_result
cm_trust_succeed(const char *folder, const struct cm_vkey *old, const struct cm_vkey *next, struct cm_err *err)
{
	struct cm_buf from = { 0 }, to = { 0 }, line = { 0 };
	enum cm_result r = CM_E_NOMEM;

	cm_vkey_write(old, &from);
	cm_vkey_write(next, &to);
	cm_buf_add_str(&line, "log ");
	cm_vkey_write(next, &line);
	if (cm_buf_cstr(&from) == NULL || cm_buf_cstr(&to) == NULL || !cm_buf_ok(&line))
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else if (next->type == CM_NOTE_COSIGNATURE)
		r = succeed_witness(folder, cm_buf_cstr(&from), cm_buf_cstr(&to), err);
	else
		r = cm_trust_add(folder, cm_buf_span(&line), NULL, 0, err);
	cm_buf_release(&from);
	cm_buf_release(&to);
	cm_buf_release(&line);
	return r;
}

static enum cm_result
new_quorum(const struct cm_buf *text, const char *many, struct cm_buf *out, struct cm_err *err)
{
	struct kept_lines k = find_kept(text);
	unsigned long want = strtoul(many, NULL, 10);
	char number[24];

	if (!is_ours(&k))
		return cm_err_set(err, CM_E_REFUSED,
		    "groups or a quorum made by hand, `%.*s': change the file " CM_TRUST_FILE, (int)k.quorum.len,
		    (const char *)k.quorum.ptr);
	if (k.witnesses == 0)
		return cm_err_set(err, CM_E_USAGE, "no witness is known: `comity trust add' first");
	snprintf(number, sizeof(number), "%lu", want);
	if (strcmp(many, "all") != 0 && strcmp(many, "none") != 0) {
		if (strspn(many, "0123456789") != strlen(many) || want == 0 || want > k.witnesses)
			return cm_err_set(err, CM_E_USAGE, "a quorum is 1 to %zu, all, or none", k.witnesses);
		many = number;
	}
	copy_others(text, &k, out);
	put_kept(out, many);
	return CM_OK;
}

enum cm_result
cm_trust_quorum(const char *folder, const char *many, struct cm_err *err)
{
	struct cm_buf trust = { 0 }, signers = { 0 }, text = { 0 };
	enum cm_result r = read_both(folder, &trust, &signers, err);

	if (r == CM_OK)
		r = check_texts(&trust, &signers, NULL, 0, err);
	if (r == CM_OK)
		r = new_quorum(&trust, many, &text, err);
	if (r == CM_OK)
		r = check_texts(&text, &signers, NULL, 0, err);
	if (r == CM_OK)
		r = write_file(folder, CM_TRUST_FILE, &text, err);
	cm_buf_release(&trust);
	cm_buf_release(&signers);
	cm_buf_release(&text);
	return r;
}
