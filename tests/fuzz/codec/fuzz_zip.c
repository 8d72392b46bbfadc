/* A ZIP from others: an error with an offset, or exactly what our writer makes of it. */
#include "base/buf.h"
#include "codec/zip.h"
#include "fuzz.h"

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return cm_buf_ok(arg) ? CM_OK : CM_E_NOMEM;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_buf again = { 0 };
	struct cm_sink out = { to_buf, &again };
	struct cm_err err = { 0 };
	struct cm_zip zip = { 0 };
	struct cm_arena arena;

	cm_arena_init(&arena, (size_t)1 << 20);
	if (cm_zip_read(cm_span_of(data, size), &arena, &zip, &err) == CM_OK) {
		for (size_t i = 0; i < zip.n; i++)
			must(cm_zip_name_ok(zip.entry[i].name));
		must(cm_zip_write(zip.entry, zip.n, &out, NULL) == CM_OK);
		must(cm_span_eq(cm_buf_span(&again), cm_span_of(data, size)));
	} else {
		must(err.code == CM_E_MALFORMED && err.has_offset && err.offset <= size);
	}
	cm_buf_release(&again);
	cm_arena_fini(&arena);
	return 0;
}
