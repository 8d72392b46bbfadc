/* A header from others: an error with an offset, or stanzas of which each is as its type says. */
#include "age/header.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span file = cm_span_of(data, size);
	unsigned n[CM_AGE_TYPES] = { 0 };
	struct cm_age_header h;
	struct cm_age_stanza s;
	struct cm_err err = { 0 };
	struct cm_buf whom = { 0 };
	size_t at = 0, last = 0;

	if (cm_age_header_read(file, &h, &err) != CM_OK) {
		must(err.has_offset && err.offset <= size && err.text[0] != '\0');
		return 0;
	}
	must(cm_age_header_is(file) && h.len <= size && h.len <= CM_AGE_HEADER_BYTES && h.text.len + 45 == h.len);
	while (cm_age_header_next(&h, &at, &s)) {
		must(at > last && at <= h.text.len && s.at < at);
		last = at;
		n[s.type]++;
	}
	/* all of them were gone through */
	must(n[0] == h.n[0] && n[1] == h.n[1] && n[2] == h.n[2]);
	must(last + 3 == h.text.len && n[0] + n[1] + n[2] > 0 && n[0] + n[1] + n[2] <= CM_AGE_STANZAS);
	cm_age_header_whom(&h, &whom);
	cm_buf_release(&whom);
	return 0;
}
