#include <string.h>

#include "crypto/sha256.h"
#include "statement/charter_v1.h"

struct cm_subject
cm_charter_v1_subject(struct cm_span text)
{
	struct cm_subject s;

	cm_sha256(text.ptr, text.len, s.exhibit);
	memcpy(s.root, s.exhibit, 32);
	return s;
}

void
cm_charter_v1_write(struct cm_jsonw *w, const struct cm_charter_v1 *c)
{
	cm_jsonw_key(w, "text");
	cm_jsonw_span(w, c->text);
}

enum cm_result
cm_charter_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_charter_v1 *out,
    struct cm_err *err)
{
	static const char *const own[] = { "text", NULL };
	struct cm_subject want;
	const char *text;
	struct cm_span span;
	enum cm_result r;

	if (d->head.type != CM_PREDICATE_CHARTER)
		return cm_err_set(err, CM_E_MALFORMED, "not a charter");
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = cm_statement_text(d->predicate, "text", arena, &text, err);
	if (r != CM_OK)
		return r;
	span = cm_span_str(text);
	if (span.len == 0 || span.len > CM_CHARTER_TEXT)
		return cm_err_set(err, CM_E_MALFORMED, "`text' has not 1 to %zu bytes", CM_CHARTER_TEXT);
	want = cm_charter_v1_subject(span);
	if (d->head.n_subject != 1 || memcmp(&d->head.subject[0], &want, sizeof(want)) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`subject' is not this text");
	out->text = span;
	return CM_OK;
}
