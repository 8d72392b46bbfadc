/* Names of tiles from others: what is read is written back as it was. */
#include "fuzz.h"
#include "log/tile_path.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_log_tile t = { 0 };
	struct cm_buf back = { 0 };

	if (cm_log_tile_parse(cm_span_of(data, size), &t) == CM_OK) {
		must(cm_log_tile_is_of(&t, INT64_MAX));
		cm_log_tile_path(&t, &back);
		must(cm_span_eq(cm_buf_span(&back), cm_span_of(data, size)));
	}
	cm_buf_release(&back);
	return 0;
}
