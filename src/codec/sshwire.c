#include "codec/sshwire.h"

struct cm_span
cm_sshwire_string(struct cm_cursor *c)
{
	uint32_t len = cm_cursor_u32(c);

	return cm_cursor_take(c, len);
}

bool
cm_sshwire_is(struct cm_cursor *c, const char *text)
{
	struct cm_span s = cm_sshwire_string(c);

	return !c->bad && cm_span_eq(s, cm_span_str(text));
}

bool
cm_sshwire_done(const struct cm_cursor *c)
{
	return !c->bad && cm_cursor_left(c) == 0;
}

void
cm_sshwire_put(struct cm_buf *b, struct cm_span s)
{
	if (s.len > UINT32_MAX) {
		b->failed = true;
		return;
	}
	cm_buf_add_u32(b, (uint32_t)s.len);
	cm_buf_add_span(b, s);
}

void
cm_sshwire_put_str(struct cm_buf *b, const char *text)
{
	cm_sshwire_put(b, cm_span_str(text));
}
