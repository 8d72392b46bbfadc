#include <stdio.h>
#include <string.h>

#include "node/said.h"

#define QUOTED 120u

const char *
cm_said_url(const struct cm_policy_member *m, const char *path, struct cm_arena *arena)
{
	size_t len = strlen(m->url);

	while (len > 0 && m->url[len - 1] == '/')
		len--;
	return cm_arena_printf(arena, "%.*s/%s", (int)len, m->url, path);
}

/* The first line, of printable ASCII; other bytes become '?'. */
static void
quote(struct cm_span body, char out[QUOTED])
{
	size_t n = 0;

	for (; n < body.len && n + 1 < QUOTED && body.ptr[n] != '\n' && body.ptr[n] != '\r'; n++)
		out[n] = body.ptr[n] >= 0x20 && body.ptr[n] < 0x7f ? (char)body.ptr[n] : '?';
	out[n] = '\0';
}

void
cm_said_answer(char out[CM_SAID_MAX], const char *name, const struct cm_http_reply *r)
{
	char words[QUOTED];

	quote(cm_buf_span(&r->body), words);
	snprintf(out, CM_SAID_MAX, "%.100s answers %d%s%s", name, r->status,
	    words[0] == '\0' ? "" : ": ", words);
}

void
cm_said_nothing(
    char out[CM_SAID_MAX], const char *name, const struct cm_http_reply *r, unsigned limit_ms)
{
	if (r->end == CM_HTTP_LATE)
		snprintf(out, CM_SAID_MAX, "%.100s did not answer within %u.%u s", name,
		    limit_ms / 1000, limit_ms % 1000 / 100);
	else
		snprintf(out, CM_SAID_MAX, "%.80s can not be asked: %s", name, r->why);
}
