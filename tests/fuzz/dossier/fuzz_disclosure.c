/* A disclosure's own members: what can be read is written the same again. */
#include "again.h"
#include "fuzz.h"
#include "statement/disclosure.h"

static enum cm_result
read_body(struct cm_json predicate, struct cm_arena *arena, void *out, struct cm_err *err)
{
	return cm_disclosure_read(predicate, arena, out, err);
}

static void
write_body(struct cm_jsonw *w, const void *body)
{
	cm_disclosure_write(w, body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct again kind = { read_body, write_body };
	struct cm_disclosure body;

	again(&kind, data, size, &body);
	return 0;
}
