#include <string.h>
#include <strings.h>

#include "capture/http.h"

#define HEAD_MAX 2048u

static bool
contains(struct cm_span s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.len; i++)
		if (strncasecmp((const char *)s.ptr + i, word, n) == 0)
			return true;
	return false;
}

bool
cm_http_sends_away(struct cm_span text)
{
	static const char *const status[] = { "301", "302", "303", "307", "308" };
	struct cm_span end = cm_span_str("\r\n\r\n");
	bool whole = false;

	if (text.len < 16 || memcmp(text.ptr, "HTTP/1.", 7) != 0)
		return false;
	text = cm_span_part(text, 0, text.len < HEAD_MAX ? text.len : HEAD_MAX);
	for (size_t i = 0; i + 4 <= text.len && !whole; i++)
		whole = cm_span_eq(cm_span_part(text, i, 4), end);
	if (!whole || !contains(text, "\r\nConnection: close"))
		return false;
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		if (memcmp(text.ptr + 9, status[i], 3) == 0)
			return true;
	return contains(text, "\r\nContent-Length: 0\r\n");
}
