#include <string.h>

#include "base/span.h"

struct cm_span
cm_span_str(const char *text)
{
	return cm_span_of(text, strlen(text));
}

bool
cm_span_eq(struct cm_span a, struct cm_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int
cm_span_cmp(struct cm_span a, struct cm_span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);

	if (d != 0)
		return d;
	return (a.len > b.len) - (a.len < b.len);
}
