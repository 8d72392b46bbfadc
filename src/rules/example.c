/* Examples in words. */
#include <string.h>

#include "rules/checks.h"

void
cm_example_say(const struct cm_example *e, const struct cm_vocabulary *v, struct cm_buf *out)
{
	bool any = false;

	for (size_t i = 0; i < v->n_attributes; i++) {
		if ((e->matters >> i & 1) == 0)
			continue;
		cm_buf_add_str(out, any ? ", " : "");
		if (e->ask.value[i] < 0) {
			cm_buf_printf(out, "%s not known", v->attribute[i].name);
		} else {
			cm_buf_printf(out, "%s ", v->attribute[i].name);
			cm_attribute_write(&v->attribute[i], e->ask.value[i], out);
		}
		any = true;
	}
	cm_buf_add_str(out, any ? "" : "any request");
}

void
cm_requests_text(cm_count n, char out[CM_COUNT_TEXT])
{
	char digit[CM_COUNT_TEXT];
	size_t len = 0;

	if (n == CM_COUNT_MAX) {
		memcpy(out, "2^128 or more", sizeof("2^128 or more"));
		return;
	}
	do {
		digit[len++] = (char)('0' + (int)(n % 10));
		n /= 10;
	} while (n > 0);
	for (size_t i = 0; i < len; i++)
		out[i] = digit[len - 1 - i];
	out[len] = 0;
}
