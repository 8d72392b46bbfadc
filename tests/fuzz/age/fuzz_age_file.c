/* A whole file from others, read with keys of ours: whole, or one line that says why not. */
#include "fuzz.h"
#include "made.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_age_identity id[2];
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };
	uint8_t one[32] = { 1 };
	enum cm_result r;

	if (cm_age_identity_of_secret(one, &id[0]) != CM_OK || cm_age_identity_of_seed(one, &id[1]) != CM_OK)
		return 0;
	r = made_open(cm_span_of(data, size), id, 2, &text, &err);
	must((r == CM_OK) == (err.code == CM_OK) && (r == CM_OK || err.text[0] != '\0'));
	must(r == CM_OK || r == CM_E_NOTFOUND || (err.has_offset && err.offset <= size));
	must(text.len <= size);
	cm_buf_release(&text);
	return 0;
}
