#include <string.h>

#include "codec/rfc3339.h"
#include "statement/under.h"

#define GIVEN "given"
#define REVOKED "revoked"

bool
cm_words_has(const struct cm_words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->word[i], word) == 0)
			return true;
	return w->n == 0;
}

struct cm_subject
cm_under_subject(const uint8_t charter[32])
{
	struct cm_subject s;

	memcpy(s.exhibit, charter, 32);
	memcpy(s.root, charter, 32);
	return s;
}

static void
put_charter(struct cm_jsonw *w, const uint8_t charter[32])
{
	cm_jsonw_khex(w, "charter", cm_span_of(charter, 32));
}

static void
put_words(struct cm_jsonw *w, const char *name, const struct cm_words *l)
{
	if (l->n == 0)
		return;
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (size_t i = 0; i < l->n; i++)
		cm_jsonw_str(w, l->word[i]);
	cm_jsonw_array_end(w);
}

void
cm_consent_v1_write(struct cm_jsonw *w, const struct cm_consent_v1 *c)
{
	char until[CM_RFC3339_LEN + 1];

	put_charter(w, c->charter);
	cm_jsonw_kstr(w, "says", c->revoked ? REVOKED : GIVEN);
	put_words(w, "types", &c->types);
	put_words(w, "purposes", &c->purposes);
	put_words(w, "to_whom", &c->to);
	if (!c->has_until)
		return;
	cm_rfc3339_format(c->until, until);
	cm_jsonw_kstr(w, "until", until);
}

void
cm_withdrawal_v1_write(struct cm_jsonw *w, const struct cm_withdrawal_v1 *c)
{
	put_charter(w, c->charter);
	cm_statement_put_claim(w, "reason", &c->reason);
}

void
cm_approval_v1_write(struct cm_jsonw *w, const struct cm_approval_v1 *a)
{
	put_charter(w, a->charter);
	cm_jsonw_key(w, "what");
	cm_jsonw_array(w);
	for (size_t i = 0; i < a->what.n; i++)
		cm_jsonw_hex(w, cm_span_of(a->what.digest[i], 32));
	cm_jsonw_array_end(w);
	cm_jsonw_kstr(w, "recipient", a->recipient);
	cm_jsonw_kstr(w, "purpose", a->purpose);
}

void
cm_close_v1_write(struct cm_jsonw *w, const struct cm_close_v1 *c)
{
	put_charter(w, c->charter);
}

/* Type, own members, and what all of them have. */
static enum cm_result
read_under(const struct cm_statement_doc *d, enum cm_predicate type, const char *const *own, uint8_t charter[32],
    struct cm_err *err)
{
	struct cm_subject want;
	enum cm_result r;

	if (d->head.type != type)
		return cm_err_set(err, CM_E_MALFORMED, "not of type %s/v1", cm_predicate_word(type));
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = cm_json_get_hex(d->predicate, "charter", charter, 32, err);
	if (r != CM_OK)
		return r;
	if (!d->head.has_case)
		return cm_err_set(err, CM_E_MALFORMED, "member `case' is missing");
	want = cm_under_subject(charter);
	if (d->head.n_subject != 1 || memcmp(&d->head.subject[0], &want, sizeof(want)) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`subject' is not the charter");
	return CM_OK;
}

static enum cm_result
check_word(const char *name, const char *word, struct cm_err *err)
{
	size_t len = strlen(word);

	return len > 0 && len <= CM_WORD_BYTES
	    ? CM_OK : cm_err_set(err, CM_E_MALFORMED, "`%s' has a word of not 1 to %u bytes", name, CM_WORD_BYTES);
}

static enum cm_result
read_word(struct cm_json v, const char *name, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	enum cm_result r = cm_statement_text(v, name, arena, out, err);

	return r == CM_OK ? check_word(name, *out, err) : r;
}

static enum cm_result
read_words(struct cm_json v, const char *name, struct cm_arena *arena, struct cm_words *out, struct cm_err *err)
{
	const char **word, *text;
	struct cm_json l;
	enum cm_result r;
	size_t n;

	if (!cm_json_has(v, name))
		return CM_OK;
	r = cm_json_get_list(v, name, &l, err);
	n = r == CM_OK ? cm_json_len(l) : 0;
	if (r == CM_OK && (n == 0 || n > CM_WORDS_MAX))
		r = cm_err_set(err, CM_E_MALFORMED, "`%s' has not 1 to %u items; any is said by leaving it out", name,
		    CM_WORDS_MAX);
	word = r == CM_OK ? cm_arena_array(arena, n, sizeof(*word)) : NULL;
	if (r == CM_OK && word == NULL)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		r = cm_json_str(cm_json_at(l, i), name, &text, err);
		if (r == CM_OK)
			r = check_word(name, text, err);
		if (r == CM_OK && (word[i] = cm_arena_copy(arena, text, strlen(text) + 1)) == NULL)
			r = cm_err_set(err, CM_E_NOMEM, "out of memory");
		if (r == CM_OK && i > 0 && strcmp(word[i - 1], word[i]) >= 0)
			r = cm_err_set(err, CM_E_MALFORMED, "`%s' does not ascend, each once", name);
	}
	*out = (struct cm_words) { word, n };
	return r;
}

static enum cm_result
read_until(struct cm_json v, struct cm_consent_v1 *c, struct cm_err *err)
{
	const char *text;
	enum cm_result r;

	c->has_until = cm_json_has(v, "until");
	if (!c->has_until)
		return CM_OK;
	r = cm_json_get_str(v, "until", &text, err);
	if (r == CM_OK && cm_rfc3339_parse(cm_span_str(text), &c->until) != CM_OK)
		r = cm_err_set(err, CM_E_MALFORMED, "`until' is not a time like 2026-01-31T23:59:59Z");
	return r;
}

/* What is revoked stands in what it supersedes: said again, it could say something else. */
static enum cm_result
check_revoked(const struct cm_statement_doc *d, const struct cm_consent_v1 *c, struct cm_err *err)
{
	if (!c->revoked)
		return CM_OK;
	if (!d->head.has_supersedes)
		return cm_err_set(err, CM_E_MALFORMED, "`supersedes' is missing: which consent is revoked");
	if (c->types.n + c->purposes.n + c->to.n > 0 || c->has_until)
		return cm_err_set(err, CM_E_MALFORMED, "what is revoked goes as a whole, without `types' and the like");
	return CM_OK;
}

enum cm_result
cm_consent_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_consent_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "charter", "says", "types", "purposes", "to_whom", "until", NULL };
	static const char *const says[] = { GIVEN, REVOKED };
	struct cm_consent_v1 c = { 0 };
	unsigned word = 0;
	enum cm_result r = read_under(d, CM_PREDICATE_CONSENT, own, c.charter, err);

	if (r == CM_OK)
		r = cm_statement_word(d->predicate, "says", says, 2, &word, err);
	if (r == CM_OK)
		r = read_words(d->predicate, "types", arena, &c.types, err);
	if (r == CM_OK)
		r = read_words(d->predicate, "purposes", arena, &c.purposes, err);
	if (r == CM_OK)
		r = read_words(d->predicate, "to_whom", arena, &c.to, err);
	if (r == CM_OK)
		r = read_until(d->predicate, &c, err);
	c.revoked = word == 1;
	if (r == CM_OK)
		r = check_revoked(d, &c, err);
	if (r == CM_OK)
		*out = c;
	return r;
}

enum cm_result
cm_withdrawal_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_withdrawal_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "charter", "reason", NULL };
	struct cm_withdrawal_v1 w = { 0 };
	enum cm_result r = read_under(d, CM_PREDICATE_WITHDRAWAL, own, w.charter, err);

	if (r == CM_OK)
		r = cm_statement_claim(d->predicate, "reason", arena, &w.reason, err);
	if (r == CM_OK)
		*out = w;
	return r;
}

static enum cm_result
check_what(const struct cm_digests *what, struct cm_err *err)
{
	if (what->n == 0)
		return cm_err_set(err, CM_E_MALFORMED, "`what' is empty");
	for (size_t i = 1; i < what->n; i++)
		if (memcmp(what->digest[i - 1], what->digest[i], 32) >= 0)
			return cm_err_set(err, CM_E_MALFORMED, "`what' does not ascend, each once");
	return CM_OK;
}

enum cm_result
cm_approval_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_approval_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "charter", "what", "recipient", "purpose", NULL };
	struct cm_approval_v1 a = { 0 };
	enum cm_result r = read_under(d, CM_PREDICATE_APPROVAL, own, a.charter, err);

	if (r == CM_OK)
		r = cm_statement_digests(d->predicate, "what", CM_WORDS_MAX, arena, &a.what, err);
	if (r == CM_OK)
		r = check_what(&a.what, err);
	if (r == CM_OK)
		r = read_word(d->predicate, "recipient", arena, &a.recipient, err);
	if (r == CM_OK)
		r = read_word(d->predicate, "purpose", arena, &a.purpose, err);
	if (r == CM_OK)
		*out = a;
	return r;
}

enum cm_result
cm_close_v1_read(
    const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_close_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "charter", NULL };
	struct cm_close_v1 c = { 0 };
	enum cm_result r = read_under(d, CM_PREDICATE_CLOSE, own, c.charter, err);

	(void)arena;
	if (r == CM_OK)
		*out = c;
	return r;
}
