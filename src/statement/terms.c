#include <string.h>

#include "statement/statement.h"
#include "statement/terms.h"

static const char *const use_word[] = { "own", "free", "charter" };

static void
write_list(struct cm_jsonw *w, const char *name, const char *const *text, size_t n)
{
	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (size_t i = 0; i < n; i++)
		cm_jsonw_str(w, text[i]);
	cm_jsonw_array_end(w);
}

static void
write_who(struct cm_jsonw *w, const char *name, const char *member, const char *role)
{
	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "member", member);
	cm_jsonw_kstr(w, "role", role);
	cm_jsonw_object_end(w);
}

static void
write_exhibits(struct cm_jsonw *w, const struct cm_terms *t)
{
	cm_jsonw_key(w, "exhibits");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->n_exhibits; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "type", t->exhibit[i].type);
		cm_jsonw_kstr(w, "tlp", t->exhibit[i].tlp);
		cm_jsonw_kstr(w, "pap", t->exhibit[i].pap);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_withheld(struct cm_jsonw *w, const struct cm_terms *t)
{
	cm_jsonw_key(w, "withheld");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->n_withheld; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "content", t->withheld[i].content);
		cm_jsonw_kstr(w, "by", t->withheld[i].by);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
write_charter(struct cm_jsonw *w, const struct cm_terms *t)
{
	cm_jsonw_khex(w, "charter", cm_span_of(t->charter, 32));
	cm_jsonw_kstr(w, "action", t->action);
	cm_jsonw_kstr(w, "purpose", t->purpose);
	write_who(w, "from", t->from, t->from_role);
	write_who(w, "to", t->to, t->to_role);
	cm_jsonw_kstr(w, "phase", t->phase);
	cm_jsonw_kstr(w, "approved", t->approved);
	write_exhibits(w, t);
	write_list(w, "rules", t->rules, t->n_rules);
	write_list(w, "obliges", t->obliges, t->n_obliges);
	write_withheld(w, t);
	cm_jsonw_key(w, "consent");
	cm_jsonw_array(w);
	for (size_t i = 0; i < t->n_consent; i++)
		cm_jsonw_hex(w, cm_span_of(t->consent[i], 32));
	cm_jsonw_array_end(w);
}

void
cm_terms_write(struct cm_jsonw *w, const struct cm_terms *t)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "use", use_word[t->use]);
	if (t->tlp != NULL)
		cm_jsonw_kstr(w, "tlp", t->tlp);
	if (t->pap != NULL)
		cm_jsonw_kstr(w, "pap", t->pap);
	if (t->use == CM_TERMS_CHARTER)
		write_charter(w, t);
	cm_jsonw_object_end(w);
}

struct reading {
	struct cm_arena *arena;
	struct cm_err *err;
};

static CM_RESULT
no_memory(const struct reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "no memory for the terms of a disclosure");
}

static CM_RESULT
keep(const struct reading *r, const char *name, const char *text, const char **out)
{
	if (strlen(text) > CM_TERMS_WORD_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "%s: more than %u bytes", name, CM_TERMS_WORD_MAX);
	*out = cm_arena_copy(r->arena, text, strlen(text) + 1);
	return *out != NULL ? CM_OK : no_memory(r);
}

static CM_RESULT
read_word(const struct reading *r, struct cm_json v, const char *name, const char **out)
{
	const char *text;
	enum cm_result rc = cm_json_get_str(v, name, &text, r->err);

	return rc == CM_OK ? keep(r, name, text, out) : rc;
}

static CM_RESULT
read_list(const struct reading *r, struct cm_json v, const char *name, struct cm_json *list, size_t *n)
{
	enum cm_result rc = cm_json_get_list(v, name, list, r->err);

	if (rc != CM_OK)
		return rc;
	*n = cm_json_len(*list);
	if (*n > CM_TERMS_LIST_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "%s: more than %u", name, CM_TERMS_LIST_MAX);
	return CM_OK;
}

static CM_RESULT
read_words(const struct reading *r, struct cm_json v, const char *name, const char *const **out, size_t *n)
{
	struct cm_json list;
	const char **word, *text;
	enum cm_result rc = read_list(r, v, name, &list, n);

	word = rc == CM_OK ? cm_arena_array(r->arena, *n + 1, sizeof(*word)) : NULL;
	if (rc == CM_OK && word == NULL)
		return no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < *n; i++) {
		rc = cm_json_str(cm_json_at(list, i), name, &text, r->err);
		if (rc == CM_OK)
			rc = keep(r, name, text, &word[i]);
	}
	*out = word;
	return rc;
}

static CM_RESULT
read_who(const struct reading *r, struct cm_json v, const char *name, const char **member, const char **role)
{
	static const char *const only[] = { "member", "role", NULL };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, name, &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = read_word(r, o, "member", member);
	return rc == CM_OK ? read_word(r, o, "role", role) : rc;
}

static CM_RESULT
read_exhibits(const struct reading *r, struct cm_json v, struct cm_terms *t)
{
	static const char *const only[] = { "type", "tlp", "pap", NULL };
	struct cm_terms_exhibit *x;
	struct cm_json list, o;
	enum cm_result rc = read_list(r, v, "exhibits", &list, &t->n_exhibits);

	x = rc == CM_OK ? cm_arena_array(r->arena, t->n_exhibits + 1, sizeof(*x)) : NULL;
	if (rc == CM_OK && x == NULL)
		return no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < t->n_exhibits; i++) {
		o = cm_json_at(list, i);
		rc = cm_json_only(o, only, r->err);
		if (rc == CM_OK)
			rc = read_word(r, o, "type", &x[i].type);
		if (rc == CM_OK)
			rc = read_word(r, o, "tlp", &x[i].tlp);
		if (rc == CM_OK)
			rc = read_word(r, o, "pap", &x[i].pap);
	}
	t->exhibit = x;
	return rc;
}

static CM_RESULT
read_withheld(const struct reading *r, struct cm_json v, struct cm_terms *t)
{
	static const char *const only[] = { "content", "by", NULL };
	struct cm_terms_withheld *x;
	struct cm_json list, o;
	enum cm_result rc = read_list(r, v, "withheld", &list, &t->n_withheld);

	x = rc == CM_OK ? cm_arena_array(r->arena, t->n_withheld + 1, sizeof(*x)) : NULL;
	if (rc == CM_OK && x == NULL)
		return no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < t->n_withheld; i++) {
		o = cm_json_at(list, i);
		rc = cm_json_only(o, only, r->err);
		if (rc == CM_OK)
			rc = read_word(r, o, "content", &x[i].content);
		if (rc == CM_OK)
			rc = read_word(r, o, "by", &x[i].by);
	}
	t->withheld = x;
	return rc;
}

static CM_RESULT
read_consent(const struct reading *r, struct cm_json v, struct cm_terms *t)
{
	struct cm_digests d = { 0 };
	enum cm_result rc = cm_statement_digests(v, "consent", CM_TERMS_LIST_MAX, r->arena, &d, r->err);

	t->consent = d.digest;
	t->n_consent = d.n;
	return rc;
}

static CM_RESULT
read_charter(const struct reading *r, struct cm_json v, struct cm_terms *t)
{
	enum cm_result rc = cm_json_get_hex(v, "charter", t->charter, 32, r->err);

	if (rc == CM_OK)
		rc = read_word(r, v, "action", &t->action);
	if (rc == CM_OK)
		rc = read_word(r, v, "purpose", &t->purpose);
	if (rc == CM_OK)
		rc = read_who(r, v, "from", &t->from, &t->from_role);
	if (rc == CM_OK)
		rc = read_who(r, v, "to", &t->to, &t->to_role);
	if (rc == CM_OK)
		rc = read_word(r, v, "phase", &t->phase);
	if (rc == CM_OK)
		rc = read_word(r, v, "approved", &t->approved);
	if (rc == CM_OK)
		rc = read_exhibits(r, v, t);
	if (rc == CM_OK)
		rc = read_words(r, v, "rules", &t->rules, &t->n_rules);
	if (rc == CM_OK)
		rc = read_words(r, v, "obliges", &t->obliges, &t->n_obliges);
	if (rc == CM_OK)
		rc = read_withheld(r, v, t);
	return rc == CM_OK ? read_consent(r, v, t) : rc;
}

CM_RESULT
cm_terms_read(struct cm_json v, struct cm_arena *arena, struct cm_terms *out, struct cm_err *err)
{
	static const char *const plain[] = { "use", "tlp", "pap", NULL };
	static const char *const all[] = { "use", "tlp", "pap", "charter", "action", "purpose", "from", "to", "phase",
		"approved", "exhibits", "rules", "obliges", "withheld", "consent", NULL };
	struct reading r = { arena, err };
	struct cm_terms t = { 0 };
	unsigned use = 0;
	enum cm_result rc = cm_statement_word(v, "use", use_word, 3, &use, err);

	t.use = (enum cm_terms_use)use;
	if (rc == CM_OK)
		rc = cm_json_only(v, t.use == CM_TERMS_CHARTER ? all : plain, err);
	if (rc == CM_OK && (t.use == CM_TERMS_CHARTER || cm_json_has(v, "tlp")))
		rc = read_word(&r, v, "tlp", &t.tlp);
	if (rc == CM_OK && (t.use == CM_TERMS_CHARTER || cm_json_has(v, "pap")))
		rc = read_word(&r, v, "pap", &t.pap);
	if (rc == CM_OK && t.use == CM_TERMS_CHARTER)
		rc = read_charter(&r, v, &t);
	if (rc == CM_OK)
		*out = t;
	return rc;
}
