/* Log entries from others: what is read is written back as it was. */
#include "fuzz.h"
#include "log/entry.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_entry e = { 0 };
	struct cm_buf back = { 0 };
	struct cm_err err = { 0 };

	if (cm_entry_parse(cm_span_of(data, size), &e, &err) == CM_OK) {
		cm_entry_write(&e, &back);
		must(cm_span_eq(cm_buf_span(&back), cm_span_of(data, size)));
	} else {
		must(err.has_offset && err.offset <= size && err.text[0] != '\0');
	}
	cm_buf_release(&back);
	return 0;
}
