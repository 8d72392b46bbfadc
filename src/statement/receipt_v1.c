#include "statement/receipt_v1.h"

static const char *const found_words[] = { "holds", "partly", "refused" };

const char *
cm_receipt_found_word(enum cm_receipt_found found)
{
	return found_words[found];
}

void
cm_receipt_v1_write(struct cm_jsonw *w, const struct cm_receipt_v1 *r)
{
	cm_jsonw_khex(w, "disclosure", cm_span_of(r->disclosure, 32));
	cm_jsonw_khex(w, "dossier", cm_span_of(r->dossier, 32));
	cm_jsonw_kstr(w, "found", found_words[r->found]);
	cm_jsonw_kbool(w, "accepts", r->accepts);
}

enum cm_result
cm_receipt_v1_read(const struct cm_statement_doc *d, struct cm_receipt_v1 *out, struct cm_err *err)
{
	static const char *const own[] = { "disclosure", "dossier", "found", "accepts", NULL };
	struct cm_receipt_v1 v = { 0 };
	unsigned found = 0;
	enum cm_result r;

	if (d->head.type != CM_PREDICATE_RECEIPT)
		return cm_err_set(err, CM_E_MALFORMED, "not a receipt");
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = cm_json_get_hex(d->predicate, "disclosure", v.disclosure, 32, err);
	if (r == CM_OK)
		r = cm_json_get_hex(d->predicate, "dossier", v.dossier, 32, err);
	if (r == CM_OK)
		r = cm_statement_word(d->predicate, "found", found_words, 3, &found, err);
	if (r == CM_OK)
		r = cm_json_get_bool(d->predicate, "accepts", &v.accepts, err);
	v.found = (enum cm_receipt_found)found;
	if (r == CM_OK)
		*out = v;
	return r;
}
