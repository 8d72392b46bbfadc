/* JSON from others: an error, or a value in which all numbers are integers, no string
 * holds a NUL, and nothing nests deeper than said. */
#include <string.h>

#include "codec/json_read.h"
#include "codec/json_write.h"
#include "fuzz.h"

static void walk(struct cm_json v, int depth, struct cm_jsonw *w);

static void
walk_object(struct cm_json v, int depth, struct cm_jsonw *w)
{
	const char *name = NULL;
	struct cm_json m;

	cm_jsonw_object(w);
	while (cm_json_next(v, &name, &m)) {
		must(cm_json_has(v, name));
		cm_jsonw_key(w, name);
		walk(m, depth + 1, w);
	}
	cm_jsonw_object_end(w);
}

static void
walk(struct cm_json v, int depth, struct cm_jsonw *w)
{
	const char *text = NULL;
	bool b = false;
	int64_t n = 0;

	must(depth <= CM_JSON_DEPTH);
	switch (cm_json_type(v)) {
	case CM_JSON_OBJECT:
		walk_object(v, depth, w);
		return;
	case CM_JSON_LIST:
		cm_jsonw_array(w);
		for (size_t i = 0; i < cm_json_len(v); i++)
			walk(cm_json_at(v, i), depth + 1, w);
		cm_jsonw_array_end(w);
		return;
	case CM_JSON_STR:
		must(cm_json_str(v, "s", &text, NULL) == CM_OK);
		cm_jsonw_str(w, text);
		return;
	case CM_JSON_INT:
		must(cm_json_int(v, "n", -CM_JSON_INT_MAX, CM_JSON_INT_MAX, &n, NULL) == CM_OK);
		cm_jsonw_int(w, n);
		return;
	case CM_JSON_BOOL:
		must(cm_json_bool(v, "b", &b, NULL) == CM_OK);
		cm_jsonw_bool(w, b);
		return;
	case CM_JSON_NULL:
		cm_jsonw_null(w);
	}
}

/* What was read and written is read again, and then written the same. */
static void
write_out(struct cm_span text, struct cm_buf *out, bool again)
{
	struct cm_json_doc doc = { 0 };
	struct cm_err err = { 0 };
	struct cm_jsonw w = cm_jsonw_of(out, 0);
	enum cm_result r = cm_json_parse(text, &doc, &err);

	must(r == CM_OK || err.code != CM_OK);
	must(r == CM_OK || !again);
	if (r == CM_OK)
		walk(cm_json_root(&doc), 0, &w);
	cm_json_release(&doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf one = { 0 }, two = { 0 };

	write_out(cm_span_of(data, size), &one, false);
	if (one.len > 0 && cm_buf_ok(&one)) {
		write_out(cm_buf_span(&one), &two, true);
		must(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
	}
	cm_buf_release(&one);
	cm_buf_release(&two);
	return 0;
}
