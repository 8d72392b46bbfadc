/* An HTTP answer's first packet, from a server whose name and path are the first two lines. */
#include "../fuzz.h"

#include <string.h>

#include "detect/answer.h"

static struct cm_span
line_of(struct cm_span *rest)
{
	const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
	struct cm_span line = *rest;

	if (end == NULL) {
		*rest = cm_span_of(NULL, 0);
		return line;
	}
	line.len = (size_t)(end - rest->ptr);
	*rest = cm_span_part(*rest, line.len + 1, rest->len);
	return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_span rest = cm_span_of(data, size);
	struct cm_own own;
	struct cm_answer a, b;
	bool is, again;

	own.name = line_of(&rest);
	own.path = line_of(&rest);
	is = cm_answer_read(rest, (uint32_t)rest.len, (size & 1) != 0, &own, 7, &a);
	again = cm_answer_read(rest, (uint32_t)rest.len, (size & 1) != 0, &own, 7, &b);
	must(is == again && a.template == b.template && a.points == b.points);
	if (!is)
		return 0;
	must(a.status >= 100 && a.template != 0);
	must(a.points == CM_POINTS_NOWHERE || a.whole);
	must(a.to.len == 0 || (a.to.ptr >= rest.ptr && a.to.ptr + a.to.len <= rest.ptr + rest.len));
	must(rest.len <= CM_ANSWER_SMALL || a.points == CM_POINTS_NOWHERE);
	return 0;
}
