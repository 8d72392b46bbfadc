#include <string.h>

#include "codec/rfc3339.h"
#include "crypto/sha256.h"
#include "statement/statement.h"

#define IN_TOTO "https://in-toto.io/Statement/v1"
#define OWN_MAX 32

static const struct {
	const char *uri, *word;
	const char *digest; /* the name of a subject's digest */
} predicates[CM_PREDICATES] = {
	[CM_PREDICATE_SEAL] = { "urn:x-comity:seal/v1", "seal", "comity-seal" },
	[CM_PREDICATE_FINDING] = { "urn:x-comity:finding/v1", "finding", "comity-seal" },
	[CM_PREDICATE_CUSTODY] = { "urn:x-comity:custody/v1", "custody", "comity-seal" },
	[CM_PREDICATE_DISCLOSURE] = { "urn:x-comity:disclosure/v1", "disclosure", "comity-seal" },
	[CM_PREDICATE_KEY] = { "urn:x-comity:key/v1", "key", "comity-key" },
	[CM_PREDICATE_TRAFFIC] = { "urn:x-comity:traffic/v1", "traffic", "comity-seal" },
	[CM_PREDICATE_CHAIN] = { "urn:x-comity:chain/v1", "chain", "comity-seal" },
	[CM_PREDICATE_CHARTER] = { "urn:x-comity:charter/v1", "charter", "comity-text" },
	[CM_PREDICATE_CONSENT] = { "urn:x-comity:consent/v1", "consent", "comity-charter" },
	[CM_PREDICATE_WITHDRAWAL] = { "urn:x-comity:withdrawal/v1", "withdrawal", "comity-charter" },
	[CM_PREDICATE_RECEIPT] = { "urn:x-comity:receipt/v1", "receipt", "comity-seal" },
	[CM_PREDICATE_APPROVAL] = { "urn:x-comity:approval/v1", "approval", "comity-charter" },
	[CM_PREDICATE_CLOSE] = { "urn:x-comity:close/v1", "close", "comity-charter" },
	[CM_PREDICATE_ASSESSMENT] = { "urn:x-comity:assessment/v1", "assessment", "comity-seal" },
	[CM_PREDICATE_COMPARISON] = { "urn:x-comity:comparison/v1", "comparison", "comity-statement" },
};

const char *
cm_predicate_uri(enum cm_predicate p)
{
	return predicates[p].uri;
}

const char *
cm_predicate_word(enum cm_predicate p)
{
	return predicates[p].word;
}

enum cm_result
cm_predicate_of_word(const char *word, enum cm_predicate *out)
{
	for (unsigned p = 0; p < CM_PREDICATES; p++) {
		if (strcmp(word, predicates[p].word) == 0) {
			*out = (enum cm_predicate)p;
			return CM_OK;
		}
	}
	return CM_E_NOTFOUND;
}

static struct cm_span
hash_span(const uint8_t digest[32])
{
	return cm_span_of(digest, 32);
}

static void
put_subjects(struct cm_jsonw *w, const struct cm_statement *s)
{
	cm_jsonw_key(w, "subject");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_subject; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "name", hash_span(s->subject[i].exhibit));
		cm_jsonw_key(w, "digest");
		cm_jsonw_object(w);
		cm_jsonw_khex(w, predicates[s->type].digest, hash_span(s->subject[i].root));
		cm_jsonw_object_end(w);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_after(struct cm_jsonw *w, const struct cm_statement *s)
{
	cm_jsonw_key(w, "after");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_after; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "origin", s->after[i].origin);
		cm_jsonw_kuint(w, "size", s->after[i].size);
		cm_jsonw_khex(w, "root", cm_span_of(s->after[i].root, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

/* One name, or of a charter the list of all. */
static void
put_by(struct cm_jsonw *w, const struct cm_statement *s)
{
	if (s->type != CM_PREDICATE_CHARTER) {
		cm_jsonw_kstr(w, "by", s->by);
		return;
	}
	cm_jsonw_key(w, "by");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_signers; i++)
		cm_jsonw_str(w, s->signers[i].text);
	cm_jsonw_array_end(w);
}

void
cm_statement_begin(struct cm_jsonw *w, const struct cm_statement *s)
{
	char made[CM_RFC3339_LEN + 1];

	cm_rfc3339_format(s->made, made);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "_type", IN_TOTO);
	put_subjects(w, s);
	cm_jsonw_kstr(w, "predicateType", cm_predicate_uri(s->type));
	cm_jsonw_key(w, "predicate");
	cm_jsonw_object(w);
	put_by(w, s);
	cm_jsonw_khex(w, "nonce", cm_span_of(s->nonce, sizeof(s->nonce)));
	cm_jsonw_kstr(w, "made", made);
	if (s->type != CM_PREDICATE_CHARTER)
		cm_jsonw_kuint(w, "number", s->number);
	if (s->type != CM_PREDICATE_CHARTER && s->number > 1)
		cm_jsonw_khex(w, "previous", hash_span(s->previous));
	if (s->has_case)
		cm_jsonw_khex(w, "case", hash_span(s->case_id));
	if (s->to != NULL)
		cm_jsonw_kstr(w, "to", s->to);
	if (s->has_supersedes)
		cm_jsonw_khex(w, "supersedes", hash_span(s->supersedes));
	if (s->n_after > 0)
		put_after(w, s);
}

void
cm_statement_end(struct cm_jsonw *w)
{
	cm_jsonw_object_end(w);
	cm_jsonw_object_end(w);
	cm_buf_add_u8(w->out, '\n');
}

static enum cm_result
read_type(struct cm_json root, enum cm_predicate *out, struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(root, "_type", &text, err);

	if (r == CM_OK && strcmp(text, IN_TOTO) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`_type' is not " IN_TOTO);
	if (r == CM_OK)
		r = cm_json_get_str(root, "predicateType", &text, err);
	if (r != CM_OK)
		return r;
	for (unsigned p = 0; p < CM_PREDICATES; p++) {
		if (strcmp(text, predicates[p].uri) == 0) {
			*out = (enum cm_predicate)p;
			return CM_OK;
		}
	}
	return cm_err_set(
	    err, CM_E_UNSUPPORTED, "a statement of a type not known here: %.80s", text);
}

static enum cm_result
read_subject(struct cm_json v, enum cm_predicate type, struct cm_subject *out, struct cm_err *err)
{
	static const char *const members[] = { "name", "digest", NULL };
	const char *const digests[] = { predicates[type].digest, NULL };
	struct cm_json digest;
	enum cm_result r = cm_json_only(v, members, err);

	if (r == CM_OK)
		r = cm_json_get_hex(v, "name", out->exhibit, 32, err);
	if (r == CM_OK)
		r = cm_json_get_object(v, "digest", &digest, err);
	if (r == CM_OK)
		r = cm_json_only(digest, digests, err);
	if (r == CM_OK)
		r = cm_json_get_hex(digest, digests[0], out->root, 32, err);
	return r;
}

static enum cm_result
read_subjects(
    struct cm_json root, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	struct cm_subject *list;
	struct cm_json v;
	enum cm_result r = cm_json_get_list(root, "subject", &v, err);
	size_t n;

	if (r != CM_OK)
		return r;
	n = cm_json_len(v);
	if (n == 0 || n > CM_STATEMENT_SUBJECTS)
		return cm_err_set(
		    err, CM_E_MALFORMED, "`subject' has not 1 to %u items", CM_STATEMENT_SUBJECTS);
	list = cm_arena_array(arena, n, sizeof(*list));
	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n && r == CM_OK; i++)
		r = read_subject(cm_json_at(v, i), out->type, &list[i], err);
	out->subject = list;
	out->n_subject = n;
	return r;
}

static enum cm_result
read_made(struct cm_json v, int64_t *out, struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(v, "made", &text, err);

	if (r == CM_OK && cm_rfc3339_parse(cm_span_str(text), out) != CM_OK)
		return cm_err_set(
		    err, CM_E_MALFORMED, "`made' is not a time like 2026-01-31T23:59:59Z");
	return r;
}

static enum cm_result
read_number(struct cm_json v, struct cm_statement *out, struct cm_err *err)
{
	enum cm_result r = cm_json_get_u64(v, "number", CM_JSON_INT_MAX, &out->number, err);

	if (r != CM_OK)
		return r;
	if (out->number == 0)
		return cm_err_set(err, CM_E_MALFORMED, "`number' is 0; it counts from 1");
	if (out->number == 1 && cm_json_has(v, "previous"))
		return cm_err_set(err, CM_E_MALFORMED, "`previous' in a statement of number 1");
	return out->number == 1 ? CM_OK : cm_json_get_hex(v, "previous", out->previous, 32, err);
}

static enum cm_result
read_optional_hex(
    struct cm_json v, const char *name, bool *has, uint8_t out[32], struct cm_err *err)
{
	*has = cm_json_has(v, name);
	return *has ? cm_json_get_hex(v, name, out, 32, err) : CM_OK;
}

static enum cm_result
copy_str(struct cm_arena *arena, const char *text, const char **out)
{
	*out = cm_arena_copy(arena, text, strlen(text) + 1);
	return *out == NULL ? CM_E_NOMEM : CM_OK;
}

static enum cm_result
read_to(struct cm_json v, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	const char *text;
	enum cm_result r;

	if (!cm_json_has(v, "to"))
		return CM_OK;
	r = cm_json_get_str(v, "to", &text, err);
	if (r != CM_OK)
		return r;
	if (text[0] == '\0' || strlen(text) > CM_STATEMENT_TO)
		return cm_err_set(
		    err, CM_E_MALFORMED, "`to' has not 1 to %u bytes", CM_STATEMENT_TO);
	return copy_str(arena, text, out);
}

static enum cm_result
read_checkpoint(struct cm_json v, struct cm_arena *arena, struct cm_after *out, struct cm_err *err)
{
	static const char *const members[] = { "origin", "size", "root", NULL };
	const char *origin = "";
	enum cm_result r = cm_json_only(v, members, err);

	if (r == CM_OK)
		r = cm_json_get_str(v, "origin", &origin, err);
	if (r == CM_OK)
		r = copy_str(arena, origin, &out->origin);
	if (r == CM_OK)
		r = cm_json_get_u64(v, "size", CM_JSON_INT_MAX, &out->size, err);
	if (r == CM_OK)
		r = cm_json_get_hex(v, "root", out->root, 32, err);
	return r;
}

static enum cm_result
read_after(struct cm_json v, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	struct cm_after *list;
	struct cm_json l;
	enum cm_result r;
	size_t n;

	if (!cm_json_has(v, "after"))
		return CM_OK;
	r = cm_json_get_list(v, "after", &l, err);
	if (r != CM_OK)
		return r;
	n = cm_json_len(l);
	if (n == 0 || n > CM_AFTER_MAX)
		return cm_err_set(
		    err, CM_E_MALFORMED, "`after' has not 1 to %u items", CM_AFTER_MAX);
	list = cm_arena_array(arena, n, sizeof(*list));
	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n && r == CM_OK; i++)
		r = read_checkpoint(cm_json_at(l, i), arena, &list[i], err);
	out->after = list;
	out->n_after = n;
	return r;
}

static enum cm_result
check_fingerprint(const char *by, struct cm_err *err)
{
	return cm_ssh_fingerprint_ok(by)
	    ? CM_OK : cm_err_set(err, CM_E_MALFORMED, "`by' is not a fingerprint SHA256:...");
}

/* Ascending, each once: one set of signers has one spelling. */
static enum cm_result
read_signers(struct cm_json v, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	struct cm_key_print *list;
	struct cm_json l;
	const char *by;
	enum cm_result r = cm_json_get_list(v, "by", &l, err);
	size_t n = r == CM_OK ? cm_json_len(l) : 0;

	if (r != CM_OK)
		return r;
	if (n == 0 || n > CM_STATEMENT_SIGNERS)
		return cm_err_set(err, CM_E_MALFORMED, "`by' has not 1 to %u items", CM_STATEMENT_SIGNERS);
	list = cm_arena_array(arena, n, sizeof(*list));
	if (list == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		r = cm_json_str(cm_json_at(l, i), "by", &by, err);
		if (r == CM_OK)
			r = check_fingerprint(by, err);
		if (r != CM_OK)
			return r;
		memcpy(list[i].text, by, sizeof(list[i].text));
		if (i > 0 && strcmp(list[i - 1].text, list[i].text) >= 0)
			return cm_err_set(err, CM_E_MALFORMED, "`by' does not ascend, each key once");
	}
	memcpy(out->by, list[0].text, sizeof(out->by));
	out->signers = list;
	out->n_signers = n;
	return CM_OK;
}

static enum cm_result
read_by(struct cm_json v, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	const char *by;
	enum cm_result r;

	if (out->type == CM_PREDICATE_CHARTER)
		return read_signers(v, arena, out, err);
	r = cm_json_get_str(v, "by", &by, err);
	if (r == CM_OK)
		r = check_fingerprint(by, err);
	if (r == CM_OK)
		memcpy(out->by, by, sizeof(out->by));
	return r;
}

/* What a charter has not: it is nobody's alone, and names no case, being what names one. */
static enum cm_result
read_place(struct cm_json v, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	enum cm_result r = read_number(v, out, err);

	if (r == CM_OK)
		r = read_optional_hex(v, "case", &out->has_case, out->case_id, err);
	return r == CM_OK ? read_to(v, arena, &out->to, err) : r;
}

static enum cm_result
read_common(struct cm_json v, struct cm_arena *arena, struct cm_statement *out, struct cm_err *err)
{
	enum cm_result r = read_by(v, arena, out, err);

	if (r == CM_OK)
		r = cm_json_get_hex(v, "nonce", out->nonce, sizeof(out->nonce), err);
	if (r == CM_OK)
		r = read_made(v, &out->made, err);
	if (r == CM_OK && out->type != CM_PREDICATE_CHARTER)
		r = read_place(v, arena, out, err);
	if (r == CM_OK)
		r = read_optional_hex(v, "supersedes", &out->has_supersedes, out->supersedes, err);
	if (r == CM_OK)
		r = read_after(v, arena, out, err);
	return r;
}

static enum cm_result
read_root(
    struct cm_json root, struct cm_arena *arena, struct cm_statement_doc *d, struct cm_err *err)
{
	static const char *const members[] = { "_type", "subject", "predicateType", "predicate",
		NULL };
	enum cm_result r = cm_json_only(root, members, err);

	if (r == CM_OK)
		r = read_type(root, &d->head.type, err);
	if (r == CM_OK)
		r = read_subjects(root, arena, &d->head, err);
	if (r == CM_OK)
		r = cm_json_get_object(root, "predicate", &d->predicate, err);
	if (r == CM_OK)
		r = read_common(d->predicate, arena, &d->head, err);
	return r;
}

enum cm_result
cm_statement_read(
    struct cm_span text, struct cm_arena *arena, struct cm_statement_doc *out, struct cm_err *err)
{
	struct cm_statement_doc d = { 0 };
	enum cm_result r = cm_json_parse(text, &d.doc, err);

	if (r != CM_OK)
		return r;
	r = read_root(cm_json_root(&d.doc), arena, &d, err);
	if (r != CM_OK) {
		cm_statement_release(&d);
		return r;
	}
	cm_sha256(text.ptr, text.len, d.digest);
	*out = d;
	return CM_OK;
}

void
cm_statement_release(struct cm_statement_doc *d)
{
	cm_json_release(&d->doc);
}

enum cm_result
cm_statement_only(const struct cm_statement_doc *d, const char *const *own, struct cm_err *err)
{
	/* A charter has only the first five. */
	static const char *const common[] = { "by", "nonce", "made", "supersedes", "after", "number",
		"previous", "case", "to" };
	const char *names[sizeof(common) / sizeof(common[0]) + OWN_MAX + 1];
	size_t n = 0, n_common = d->head.type == CM_PREDICATE_CHARTER ? 5 : sizeof(common) / sizeof(common[0]);

	for (size_t i = 0; i < n_common; i++)
		names[n++] = common[i];
	for (size_t i = 0; own[i] != NULL && i < OWN_MAX; i++)
		names[n++] = own[i];
	names[n] = NULL;
	return cm_json_only(d->predicate, names, err);
}

enum cm_result
cm_statement_digests(struct cm_json v, const char *name, size_t max, struct cm_arena *arena,
    struct cm_digests *out, struct cm_err *err)
{
	struct cm_digests d;
	struct cm_json list;
	enum cm_result r = cm_json_get_list(v, name, &list, err);

	if (r != CM_OK)
		return r;
	d.n = cm_json_len(list);
	if (d.n > max)
		return cm_err_set(err, CM_E_MALFORMED, "`%s' has more than %zu items", name, max);
	d.digest = cm_arena_array(arena, d.n + 1, sizeof(*d.digest));
	if (d.digest == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < d.n && r == CM_OK; i++)
		r = cm_json_hex(cm_json_at(list, i), name, d.digest[i], 32, err);
	if (r == CM_OK)
		*out = d;
	return r;
}

enum cm_result
cm_statement_text(struct cm_json v, const char *name, struct cm_arena *arena, const char **out,
    struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(v, name, &text, err);

	if (r == CM_OK && copy_str(arena, text, &text) != CM_OK)
		r = cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (r == CM_OK)
		*out = text;
	return r;
}

enum cm_result
cm_statement_word(struct cm_json v, const char *name, const char *const *words, unsigned n,
    unsigned *out, struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(v, name, &text, err);

	for (unsigned i = 0; r == CM_OK && i < n; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return CM_OK;
		}
	}
	return r != CM_OK ? r : cm_err_set(err, CM_E_MALFORMED, "%s: unknown word", name);
}

enum cm_result
cm_statement_claim(struct cm_json v, const char *name, struct cm_arena *arena,
    struct cm_claim_text *out, struct cm_err *err)
{
	static const char *const members[] = { "shut", NULL };
	struct cm_claim_text c = { 0 };
	struct cm_json m;
	const char *text;
	enum cm_result r = CM_OK;

	if (cm_json_has(v, name))
		r = cm_json_get(v, name, &m, err);
	if (r != CM_OK || !cm_json_has(v, name)) {
		*out = c;
		return r;
	}
	if (cm_json_type(m) == CM_JSON_OBJECT) {
		c.is_shut = true;
		r = cm_json_only(m, members, err);
		if (r == CM_OK)
			r = cm_json_get_hex(m, "shut", c.shut, sizeof(c.shut), err);
	} else {
		r = cm_json_str(m, name, &text, err);
		if (r == CM_OK)
			r = copy_str(arena, text, &c.text);
	}
	if (r == CM_OK)
		*out = c;
	return r;
}

void
cm_statement_put_claim(struct cm_jsonw *w, const char *name, const struct cm_claim_text *c)
{
	if (c->is_shut) {
		cm_jsonw_key(w, name);
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "shut", hash_span(c->shut));
		cm_jsonw_object_end(w);
	} else if (c->text != NULL) {
		cm_jsonw_kstr(w, name, c->text);
	}
}

void
cm_shut_text(const uint8_t r[32], struct cm_span text, uint8_t out[32])
{
	static const uint8_t tag = 0x17;
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, &tag, 1);
	cm_sha256_add(&h, r, 32);
	cm_sha256_add(&h, text.ptr, text.len);
	cm_sha256_end(&h, out);
}
