/* Base64 from others: what is read is written back as it was. */
#include "codec/base64.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span text = cm_span_of(data, size);
	struct cm_buf plain = { 0 }, back = { 0 };
	enum cm_result r = cm_base64_decode(text, &plain);

	must((r == CM_OK) == cm_base64_ok(text));
	if (r == CM_OK) {
		cm_base64_encode(cm_buf_span(&plain), &back);
		must(cm_span_eq(cm_buf_span(&back), text));
	}
	cm_buf_release(&plain);
	cm_buf_release(&back);
	return 0;
}
