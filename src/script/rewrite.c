#include "script/literal.h"
#include "script/rewrite.h"
#include "script/script.h"

void
cm_rewrite_begin(struct cm_rewrite *rw, struct cm_span in, size_t max)
{
	*rw = (struct cm_rewrite) {
		.in = in,
		.out.max = max,
		.a.max = CM_SCRIPT_BYTES,
		.b.max = CM_SCRIPT_BYTES,
		.ab.max = CM_SCRIPT_BYTES,
	};
	/* A bound of 0 would be none. */
	if (max == 0)
		rw->out.failed = rw->out.over = true;
}

struct cm_lex
cm_rewrite_words(struct cm_rewrite *rw)
{
	return cm_lex_of(rw->in, &rw->looked);
}

bool
cm_rewrite_failed(const struct cm_rewrite *rw)
{
	return rw->out.failed || rw->a.failed || rw->b.failed || rw->ab.failed;
}

/* As much of ${s} as there is room for. */
static void
copy(struct cm_buf *out, struct cm_span s)
{
	size_t room = out->failed ? 0 : out->max - out->len;

	if (s.len > room) {
		cm_buf_add(out, s.ptr, room);
		out->failed = out->over = true;
		return;
	}
	cm_buf_add_span(out, s);
}

void
cm_rewrite_at(struct cm_rewrite *rw, size_t from, size_t to)
{
	copy(&rw->out, cm_span_part(rw->in, rw->done, from - rw->done));
	rw->done = to;
}

void
cm_rewrite_literal(struct cm_rewrite *rw, size_t from, size_t to, struct cm_span content)
{
	cm_rewrite_at(rw, from, to);
	cm_literal_write(content, &rw->out);
}

bool
cm_rewrite_end(struct cm_rewrite *rw)
{
	if (rw->done == 0)
		return false;
	copy(&rw->out, cm_span_part(rw->in, rw->done, rw->in.len));
	return true;
}

void
cm_rewrite_release(struct cm_rewrite *rw)
{
	cm_buf_release(&rw->out);
	cm_buf_release(&rw->a);
	cm_buf_release(&rw->b);
	cm_buf_release(&rw->ab);
}

struct cm_span
cm_rewrite_read(const struct cm_lex *l, struct cm_token literal, struct cm_buf *b)
{
	cm_buf_clear(b);
	cm_literal_read(cm_token_text(l, literal), b);
	return cm_buf_span(b);
}
