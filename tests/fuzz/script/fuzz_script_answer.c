/* Any bytes as an HTTP answer: a body of bounded length, whole and cut alike. */
#include "../fuzz.h"

#include "script/script.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span stream = cm_span_of(data, size);
	struct cm_arena arena = { 0 };
	struct cm_script_answer a;
	struct cm_script s;
	enum cm_result r = cm_script_body(stream, &arena, &a);

	must(r == CM_OK);
	if (r == CM_OK) {
		must(a.body.len <= CM_SCRIPT_BYTES || a.body.len <= size);
		must(a.location.len <= size);
		r = cm_script_of(stream, &arena, &s);
		must(r == CM_OK && (a.location.len == 0 || s.redirects));
		must(a.cut == NULL || s.cut == a.cut);
	}
	cm_arena_fini(&arena);
	return 0;
}
