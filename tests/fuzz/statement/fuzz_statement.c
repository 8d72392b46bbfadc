/* A statement from others: an error, or a head and a body that come back when they are
 * written again. */
#include <string.h>

#include "fuzz.h"
#include "statement/custody.h"
#include "statement/key_v1.h"
#include "statement/seal_v1.h"

/* A seal, a hand-over, a key's end; of the other types the common part only. */
static enum cm_result
read_own(const struct cm_statement_doc *d, struct cm_arena *a, struct cm_jsonw *w)
{
	struct cm_seal_v1 seal;
	struct cm_custody custody;
	struct cm_key_v1 key;
	enum cm_result r;

	if (d->head.type == CM_PREDICATE_SEAL) {
		r = cm_seal_v1_read(d, a, &seal, NULL);
		if (r == CM_OK)
			cm_seal_v1_write(w, &seal);
		return r;
	}
	if (d->head.type == CM_PREDICATE_CUSTODY) {
		r = cm_custody_read(d, a, &custody, NULL);
		if (r == CM_OK)
			cm_custody_write(w, &custody);
		return r;
	}
	if (d->head.type == CM_PREDICATE_KEY) {
		r = cm_key_v1_read(d, a, &key, NULL);
		if (r == CM_OK)
			cm_key_v1_write(w, &key);
		return r;
	}
	return CM_E_UNSUPPORTED;
}

static enum cm_result
rewrite(struct cm_span text, struct cm_buf *out)
{
	struct cm_jsonw w = cm_jsonw_of(out, 2);
	struct cm_statement_doc d = { 0 };
	struct cm_arena arena;
	enum cm_result r;

	cm_arena_init(&arena, (size_t)64 << 20);
	r = cm_statement_read(text, &arena, &d, NULL);
	if (r == CM_OK) {
		cm_statement_begin(&w, &d.head);
		r = read_own(&d, &arena, &w);
		cm_statement_end(&w);
	}
	cm_statement_release(&d);
	cm_arena_fini(&arena);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf one = { 0 }, two = { 0 };

	if (rewrite(cm_span_of(data, size), &one) == CM_OK) {
		must(rewrite(cm_buf_span(&one), &two) == CM_OK);
		must(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	}
	cm_buf_release(&one);
	cm_buf_release(&two);
	return 0;
}
