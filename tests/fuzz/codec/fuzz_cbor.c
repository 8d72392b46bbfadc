/* What the CBOR reader accepts, the writer writes again, byte for byte. */
#include <string.h>

#include "codec/cbor.h"
#include "fuzz.h"

static void
put(struct cm_buf *b, const struct cm_cbor_head *h, struct cm_span s)
{
	cm_cbor_put_head(b, h->type, h->value);
	cm_buf_add_span(b, s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cbor c = { cm_span_of(data, size), 0 };
	struct cm_buf b = { 0 };
	struct cm_cbor_head head;
	struct cm_err err = { 0 };
	struct cm_span s;
	size_t good = 0;

	while (cm_cbor_head(&c, &head, &err) == CM_OK) {
		s = (struct cm_span) { 0 };
		if ((head.type == CM_CBOR_BYTES || head.type == CM_CBOR_TEXT) &&
		    cm_cbor_content(&c, &head, &s, &err) != CM_OK)
			break;
		put(&b, &head, s);
		good = c.at;
	}
	must(err.has_offset && err.offset <= size && err.text[0] != '\0');
	must(good <= size && b.len == good && (good == 0 || memcmp(b.ptr, data, good) == 0));
	cm_buf_release(&b);
	return 0;
}
