/* A payload by somebody who has the file key: the input says how chunks are sealed, and with which faults.  It opens if
 * they are the chunks of a text in their order, the last one marked, none but a lone one empty; and only then. */
#include <string.h>

#include "fuzz.h"
#include "made.h"

static const uint8_t zeros[CM_AGE_CHUNK];

/* Four bytes a box: its number, whether it is marked, its length (two bytes; 0xffff: a whole chunk). */
static bool
put_boxes(struct cm_cursor *c, struct cm_buf *file, size_t *len)
{
	bool good = true, ended = false;
	uint64_t n;

	for (n = 0; n < 3 && cm_cursor_left(c) >= 4; n++) {
		uint64_t number = cm_cursor_u8(c);
		bool last = (cm_cursor_u8(c) & 1) != 0;
		size_t size = cm_cursor_u16(c);

		size = size == 0xffff ? CM_AGE_CHUNK : size;
		good = good && !ended && number == n && (last || size == CM_AGE_CHUNK) && (size > 0 || n == 0);
		ended = last;
		*len += size;
		made_box(number, last, cm_span_of(zeros, size), file);
	}
	return good && ended;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	struct cm_age_identity k;
	struct cm_buf file = { 0 }, text = { 0 };
	struct cm_err err = { 0 };
	uint8_t one[32] = { 1 };
	size_t len = 0;
	bool good;
	enum cm_result r;

	if (fuzz_starved() || cm_age_identity_of_secret(one, &k) != CM_OK)
		return 0;
	if (!cm_buf_reserve(&file, 4 * CM_AGE_BOX)) /* what is made here does not fail */
		return 0;
	made_begin(&file);
	made_stanza(&k.to, &file);
	made_end(&file);
	good = put_boxes(&c, &file, &len);
	r = made_open(cm_buf_span(&file), &k, 1, &text, &err);
	must((r == CM_OK) == good && (r == CM_OK || r == CM_E_REFUSED));
	must(!good || text.len == len);
	cm_buf_release(&file);
	cm_buf_release(&text);
	return 0;
}
