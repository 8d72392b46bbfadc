#include "base/source.h"

static enum cm_result
fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	const struct cm_span *bytes = arg;

	(void)want;
	(void)err;
	if (offset > bytes->len)
		offset = bytes->len;
	*out = cm_span_part(*bytes, (size_t)offset, bytes->len);
	return CM_OK;
}

struct cm_source
cm_source_of_memory(const struct cm_span *bytes)
{
	/* The callback only reads through its argument. */
	return (struct cm_source) { (void *)(uintptr_t)bytes, fill, true, NULL };
}
