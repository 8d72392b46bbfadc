#include <string.h>

#include "seal/slices.h"
#include "worker/guess.h"

static bool
is_capture(struct cm_span head)
{
	static const uint8_t magic[][4] = { { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 }, { 0x0a, 0x0d, 0x0d, 0x0a } };
	size_t i;

	for (i = 0; head.len >= 4 && i < sizeof(magic) / sizeof(magic[0]); i++) {
		if (memcmp(head.ptr, magic[i], 4) == 0)
			return true;
	}
	return false;
}

/* No text has a NUL, or control bytes other than those that move or colour it. */
static bool
is_text(struct cm_span head)
{
	size_t i;
	uint8_t b;

	for (i = 0; i < head.len; i++) {
		b = head.ptr[i];
		if (b == 0x7f || (b < 0x20 && (b < '\t' || b > '\r') && b != 0x1b))
			return false;
	}
	return true;
}

/* Is each of the first lines one JSON object?  The last one may go on behind the window. */
static bool
is_json_lines(struct cm_span head, bool whole)
{
	struct cm_schema none = { .kind = CM_KIND_RECORDS, .n = 1 };
	struct cm_slice slice[1];
	const uint8_t *end;
	struct cm_span line;
	size_t n, seen = 0;

	while (head.len > 0 && seen < CM_GUESS_LINES) {
		end = memchr(head.ptr, '\n', head.len);
		if (end == NULL && !whole)
			break;
		line = cm_span_part(head, 0, end == NULL ? head.len : (size_t)(end - head.ptr) + 1);
		if (!cm_slices_find(&none, line, false, slice, &n))
			return false;
		head = cm_span_part(head, line.len, head.len);
		seen++;
	}
	return seen > 0;
}

enum cm_result
cm_guess_kind(struct cm_source source, struct cm_guess *out, struct cm_err *err)
{
	struct cm_span head = { 0 };
	enum cm_result rc = source.fill(source.arg, 0, CM_GUESS_WINDOW, &head, err);
	bool whole = head.len < CM_GUESS_WINDOW;

	if (rc != CM_OK)
		return rc;
	head = cm_span_part(head, 0, CM_GUESS_WINDOW);
	*out = (struct cm_guess) { CM_KIND_LINES, false };
	if (is_capture(head))
		out->kind = CM_KIND_CAPTURE;
	else if (!is_text(head))
		out->kind = CM_KIND_BLOB;
	else
		out->json = is_json_lines(head, whole);
	return CM_OK;
}
