#include "codec/rfc3339.h"
#include "statement/custody.h"

void
cm_custody_write(struct cm_jsonw *w, const struct cm_custody *c)
{
	cm_jsonw_key(w, "seals");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->seals.n; i++)
		cm_jsonw_hex(w, cm_span_of(c->seals.digest[i], 32));
	cm_jsonw_array_end(w);
	cm_statement_put_claim(w, "from", &c->from);
	cm_statement_put_claim(w, "to_whom", &c->to_whom);
	cm_statement_put_claim(w, "at", &c->at);
	cm_statement_put_claim(w, "how", &c->how);
}

static enum cm_result
read_claim(struct cm_json v, const char *name, struct cm_arena *arena, struct cm_claim_text *out,
    struct cm_err *err)
{
	if (!cm_json_has(v, name))
		return cm_err_set(err, CM_E_MALFORMED, "member `%s' is missing", name);
	return cm_statement_claim(v, name, arena, out, err);
}

enum cm_result
cm_custody_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_custody *out,
    struct cm_err *err)
{
	static const char *const own[] = { "seals", "from", "to_whom", "at", "how", NULL };
	struct cm_custody c = { 0 };
	struct cm_json v = d->predicate;
	enum cm_result r;
	int64_t at;

	if (d->head.type != CM_PREDICATE_CUSTODY)
		return cm_err_set(err, CM_E_MALFORMED, "not a hand-over");
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = cm_statement_digests(v, "seals", CM_STATEMENT_SUBJECTS, arena, &c.seals, err);
	if (r == CM_OK && c.seals.n != d->head.n_subject)
		r = cm_err_set(err, CM_E_MALFORMED, "`seals' are not as many as `subject'");
	if (r == CM_OK)
		r = read_claim(v, "from", arena, &c.from, err);
	if (r == CM_OK)
		r = read_claim(v, "to_whom", arena, &c.to_whom, err);
	if (r == CM_OK)
		r = read_claim(v, "at", arena, &c.at, err);
	if (r == CM_OK)
		r = read_claim(v, "how", arena, &c.how, err);
	if (r == CM_OK && c.at.text != NULL &&
	    cm_rfc3339_parse(cm_span_str(c.at.text), &at) != CM_OK)
		r = cm_err_set(err, CM_E_MALFORMED, "`at' is not a time like 2026-01-31T23:59:59Z");
	if (r == CM_OK)
		*out = c;
	return r;
}
