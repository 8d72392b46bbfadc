/* Armour from others: an error with an offset, or bytes that are written back as the text, but for the ends of
 * its lines. */
#include <string.h>

#include "age/armor.h"
#include "codec/base64.h"
#include "fuzz.h"

static void
put_armour(struct cm_span bytes, struct cm_buf *out)
{
	cm_buf_add_str(out, "-----BEGIN AGE ENCRYPTED FILE-----\n");
	for (size_t at = 0; at < bytes.len; at += 48) {
		cm_base64_encode(cm_span_part(bytes, at, 48), out);
		cm_buf_add_u8(out, '\n');
	}
	cm_buf_add_str(out, "-----END AGE ENCRYPTED FILE-----");
}

/* Without carriage returns before line breaks, nor the last line break. */
static void
put_plain(struct cm_span text, struct cm_buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n')
			cm_buf_add_u8(out, text.ptr[i]);
	if (out->len > 0 && out->ptr[out->len - 1] == '\n')
		out->len--;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span in = cm_span_of(data, size), part;
	struct cm_buf bytes = { 0 }, again = { 0 }, plain = { 0 };
	struct cm_age_armor a;
	struct cm_err err = { 0 };
	struct cm_source s;
	enum cm_result r;

	cm_age_armor_init(&a, cm_source_of_memory(&in));
	s = cm_age_armor_source(&a);
	do {
		/* What is asked for is had, or all there is. */
		r = s.fill(s.arg, bytes.len, 50, &part, &err);
		if (r == CM_OK)
			cm_buf_add_span(&bytes, cm_span_part(part, 0, 50));
	} while (r == CM_OK && part.len >= 50 && cm_buf_ok(&bytes));
	if (r == CM_OK) {
		put_armour(cm_buf_span(&bytes), &again);
		put_plain(in, &plain);
		must(cm_span_eq(cm_buf_span(&again), cm_buf_span(&plain)));
	} else {
		must(r == CM_E_MALFORMED && err.has_offset && err.offset <= size);
	}
	cm_age_armor_fini(&a);
	cm_buf_release(&bytes);
	cm_buf_release(&again);
	cm_buf_release(&plain);
	return 0;
}
