/* Entry bundles from others, the first byte saying of how many: what is read is written back as it
 * was, and what is refused is so at a place inside. */
#include "fuzz.h"
#include "log/bundle.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span entries[256], bundle;
	struct cm_buf back = { 0 };
	struct cm_err err = { 0 };
	size_t n, i;

	if (size == 0)
		return 0;
	n = (size_t)data[0] + 1;
	bundle = cm_span_of(data + 1, size - 1);
	if (cm_bundle_read(bundle, n, entries, &err) == CM_OK) {
		for (i = 0; i < n; i++)
			must(cm_bundle_add(entries[i], &back) == CM_OK);
		must(cm_span_eq(cm_buf_span(&back), bundle));
	} else {
		must(err.has_offset && err.offset <= bundle.len);
	}
	cm_buf_release(&back);
	return 0;
}
