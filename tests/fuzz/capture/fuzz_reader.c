/* Rows join to the input and keep their bounds, and what is cut can be decoded. */
#include <string.h>

#include "capture/decode.h"
#include "capture/reader.h"
#include "fuzz.h"

static void
look(const struct cm_record *r)
{
	struct cm_frame f = cm_frame_of(r, 1);
	struct cm_layers l;
	struct cm_packet p;

	must(r->bytes.len > 0 && r->bytes.len <= (r->cut ? CM_PACKET_ROW_MAX : CM_OTHER_ROW_MAX));
	must(!r->is_frame || (size_t)r->data_at + r->cap_len <= r->bytes.len);
	must(!r->cut || (r->is_frame && r->trouble == NULL));
	if (r->is_frame)
		(void)cm_decode(&f, &p, &l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span file = cm_span_of(data, size);
	struct cm_reader *reader;
	struct cm_record r;
	struct cm_err err = { 0 };
	uint64_t at = 0;
	enum cm_result rc;

	if (cm_reader_new(cm_source_of_memory(&file), "x", &reader, &err) != CM_OK) {
		must(err.code != CM_OK && err.text[0] != 0);
		return 0;
	}
	while ((rc = cm_reader_next(reader, &r, &err)) == CM_OK) {
		must(r.offset == at && r.bytes.ptr == data + at);
		at += r.bytes.len;
		look(&r);
	}
	must(rc == CM_E_NOTFOUND && at == size);
	cm_reader_free(reader);
	return 0;
}
