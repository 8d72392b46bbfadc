/* Strings put together, and turned about, by their own methods. */
#include <string.h>

#include "codec/utf8.h"
#include "script/literal.h"
#include "script/rewrite.h"

/* .name( */
static bool
take_method(struct cm_lex *l, const char *name)
{
	struct cm_lex ahead = *l;

	if (!cm_lex_take_mark(&ahead, '.') || !cm_lex_take_name(&ahead, name) ||
	    !cm_lex_take_mark(&ahead, '('))
		return false;
	*l = ahead;
	return true;
}

/* .name() */
static bool
take_bare_method(struct cm_lex *l, const char *name)
{
	struct cm_lex ahead = *l;

	if (!take_method(&ahead, name) || !cm_lex_take_mark(&ahead, ')'))
		return false;
	*l = ahead;
	return true;
}

/* .name("literal") */
static bool
take_method_of(struct cm_lex *l, const char *name, struct cm_token *literal)
{
	struct cm_lex ahead = *l;

	if (!take_method(&ahead, name) || !cm_lex_take(&ahead, CM_LEX_STRING, literal) ||
	    !cm_lex_take_mark(&ahead, ')'))
		return false;
	*l = ahead;
	return true;
}

/* ---- joined ---- */

/* Does what stands next take hold of the operand before it, more than + does? */
static bool
binds_closer(const struct cm_lex *l)
{
	struct cm_token t = cm_lex_peek(l);

	return t.kind == CM_LEX_MARK && strchr(".[(*/%-", t.mark) != NULL;
}

/* + "literal", or + 8080: appended to ${out}. */
static bool
take_addend(struct cm_lex *l, struct cm_buf *out)
{
	struct cm_lex ahead = *l;
	struct cm_token t;
	uint64_t v;

	if (!cm_lex_take_mark(&ahead, '+'))
		return false;
	t = cm_lex_next(&ahead);
	if ((t.kind != CM_LEX_STRING && t.kind != CM_LEX_NUMBER) || binds_closer(&ahead))
		return false;
	if (t.kind == CM_LEX_STRING)
		cm_literal_read(cm_token_text(l, t), out);
	else if (cm_lex_number(cm_token_text(l, t), &v))
		cm_buf_printf(out, "%llu", (unsigned long long)v);
	else
		return false;
	*l = ahead;
	return true;
}

/* "a" + "b" + "c"; ${t} is the first. */
static bool
join_sum(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	bool any = false;

	if (cm_lex_peek(l).mark != '+')
		return false;
	cm_rewrite_read(l, t, &rw->a);
	while (take_addend(l, &rw->a))
		any = true;
	if (any)
		cm_rewrite_literal(rw, t.from, l->at, cm_buf_span(&rw->a));
	return any;
}

/* "a".concat("b", "c") */
static bool
join_concat(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	struct cm_lex ahead = *l;
	struct cm_token part;

	if (!take_method(&ahead, "concat"))
		return false;
	cm_rewrite_read(l, t, &rw->a);
	do {
		if (!cm_lex_take(&ahead, CM_LEX_STRING, &part))
			return false;
		cm_literal_read(cm_token_text(l, part), &rw->a);
	} while (cm_lex_take_mark(&ahead, ','));
	if (!cm_lex_take_mark(&ahead, ')'))
		return false;
	*l = ahead;
	cm_rewrite_literal(rw, t.from, l->at, cm_buf_span(&rw->a));
	return true;
}

/* Moves ${l}, behind a [, behind its ]; ${n}: how many literals, and nothing else, stand there. */
static bool
take_literals(struct cm_lex *l, size_t *n)
{
	struct cm_token t;

	*n = 0;
	do {
		if (!cm_lex_take(l, CM_LEX_STRING, &t))
			break;
		++*n;
	} while (cm_lex_take_mark(l, ','));
	return *n > 0 && cm_lex_take_mark(l, ']');
}

/* ["a", "b"].join("x"), and the same with .reverse() in between; ${t} is the bracket. */
static bool
join_array(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	struct cm_lex ahead = *l, part = *l;
	struct cm_token sep, literal;
	size_t n;

	if (!take_literals(&ahead, &n))
		return false;
	if (take_bare_method(&ahead, "join")) {
		cm_buf_clear(&rw->b);
		cm_buf_add_u8(&rw->b, ',');
	} else if (take_method_of(&ahead, "join", &sep)) {
		cm_rewrite_read(l, sep, &rw->b);
	} else {
		return false;
	}
	cm_buf_clear(&rw->a);
	for (size_t i = 0; i < n && !rw->a.failed; i++) {
		literal = cm_lex_next(&part);
		(void)cm_lex_next(&part);
		if (i > 0)
			cm_buf_add_span(&rw->a, cm_buf_span(&rw->b));
		cm_literal_read(cm_token_text(l, literal), &rw->a);
	}
	*l = ahead;
	cm_rewrite_literal(rw, t.from, l->at, cm_buf_span(&rw->a));
	return true;
}

/* ("a") */
static bool
join_bracket(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	struct cm_lex ahead = *l;
	struct cm_token literal;

	if (!cm_lex_take(&ahead, CM_LEX_STRING, &literal) || !cm_lex_take_mark(&ahead, ')'))
		return false;
	*l = ahead;
	cm_rewrite_literal(rw, t.from, l->at, cm_rewrite_read(l, literal, &rw->a));
	return true;
}

/* Is that bracket one of an index or a call? */
static bool
is_taken(const struct cm_lex *l, struct cm_token before)
{
	return before.kind != CM_LEX_STRING && cm_token_ends_operand(l, before);
}

void
cm_pass_joined(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw);
	struct cm_token t, before = { 0 };

	for (; !cm_rewrite_failed(rw); before = t) {
		t = cm_lex_next(&l);
		if (t.kind == CM_LEX_END)
			return;
		if (t.kind == CM_LEX_STRING)
			(void)(join_sum(rw, &l, t) || join_concat(rw, &l, t));
		else if (t.mark == '[' && !is_taken(&l, before))
			(void)join_array(rw, &l, t);
		else if (t.mark == '(' && !is_taken(&l, before))
			(void)join_bracket(rw, &l, t);
	}
}

/* ---- turned ---- */

/* Characters, last first.  (Scripts turn UTF-16 units; a pair turned is no text.) */
static void
turn(struct cm_span s, struct cm_buf *out)
{
	uint8_t *to = cm_buf_grow(out, s.len);
	size_t n;

	if (to == NULL)
		return;
	for (to += s.len; s.len > 0; s = cm_span_part(s, n, s.len)) {
		n = cm_utf8_len(s);
		if (n == 0)
			n = 1;
		to -= n;
		memcpy(to, s.ptr, n);
	}
}

void
cm_pass_turned(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw), ahead;
	struct cm_token t, split, join;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		ahead = l;
		if (t.kind != CM_LEX_STRING || !take_method_of(&ahead, "split", &split) ||
		    !take_bare_method(&ahead, "reverse") || !take_method_of(&ahead, "join", &join))
			continue;
		if (split.to - split.from != 2 || join.to - join.from != 2)
			continue;
		l = ahead;
		cm_buf_clear(&rw->b);
		turn(cm_rewrite_read(&l, t, &rw->a), &rw->b);
		cm_rewrite_literal(rw, t.from, l.at, cm_buf_span(&rw->b));
	}
}

/* ---- replaced ---- */

struct swap {
	struct cm_span needle, by;
	bool all;
};

/* The text an expression stands for, if it is nothing but text; into ${out}. */
static bool
read_plain_regex(struct cm_span regex, struct cm_buf *out, bool *all)
{
	const uint8_t *end = memrchr(regex.ptr, '/', regex.len);
	struct cm_span flags, body;

	body = cm_span_part(regex, 1, (size_t)(end - regex.ptr) - 1);
	flags = cm_span_part(regex, body.len + 2, regex.len);
	*all = cm_span_eq(flags, cm_span_str("g"));
	if (flags.len > 0 && !*all)
		return false;
	cm_buf_clear(out);
	for (size_t i = 0; i < body.len; i++) {
		uint8_t c = body.ptr[i];

		if (c == 0 || strchr("^$.*+?()[]{}|", c) != NULL)
			return false;
		if (c == '\\' && (++i == body.len || cm_lex_is_word(body.ptr[i])))
			return false;
		cm_buf_add_u8(out, body.ptr[i]);
	}
	return true;
}

/* .replace(/x/g, "y"), .replace("x", "y"), .replaceAll("x", "y"), .split("x").join("y") */
static bool
take_swap(struct cm_rewrite *rw, struct cm_lex *l, struct swap *s)
{
	struct cm_token what, by;
	struct cm_lex split = *l;

	if (take_method_of(&split, "split", &what) && take_method_of(&split, "join", &by)) {
		*l = split;
		*s = (struct swap) { .all = true };
	} else {
		s->all = take_method(l, "replaceAll");
		if (!s->all && !take_method(l, "replace"))
			return false;
		what = cm_lex_next(l);
		if (!cm_lex_take_mark(l, ',') || !cm_lex_take(l, CM_LEX_STRING, &by) ||
		    !cm_lex_take_mark(l, ')'))
			return false;
	}
	s->by = cm_rewrite_read(l, by, &rw->ab);
	if (what.kind == CM_LEX_REGEX && !read_plain_regex(cm_token_text(l, what), &rw->b, &s->all))
		return false;
	if (what.kind == CM_LEX_STRING)
		cm_rewrite_read(l, what, &rw->b);
	s->needle = cm_buf_span(&rw->b);
	/* $1 and $& would be filled in. */
	return (what.kind == CM_LEX_REGEX || what.kind == CM_LEX_STRING) && s->needle.len > 0 &&
	       (s->by.len == 0 || memchr(s->by.ptr, '$', s->by.len) == NULL);
}

static void
put_swapped(struct cm_span s, const struct swap *w, struct cm_buf *out)
{
	bool once = false;

	while (s.len > 0 && !out->failed && !(once && !w->all)) {
		const uint8_t *p = memmem(s.ptr, s.len, w->needle.ptr, w->needle.len);

		if (p == NULL)
			break;
		once = true;
		cm_buf_add(out, s.ptr, (size_t)(p - s.ptr));
		cm_buf_add_span(out, w->by);
		s = cm_span_part(s, (size_t)(p - s.ptr) + w->needle.len, s.len);
	}
	cm_buf_add_span(out, s);
}

void
cm_pass_replaced(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw), ahead;
	struct cm_token t;
	struct swap s;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		struct cm_buf made = { .max = rw->a.max };

		ahead = l;
		if (t.kind != CM_LEX_STRING || cm_lex_peek(&l).mark != '.' ||
		    !take_swap(rw, &ahead, &s))
			continue;
		l = ahead;
		put_swapped(cm_rewrite_read(&l, t, &rw->a), &s, &made);
		cm_rewrite_literal(rw, t.from, l.at, cm_buf_span(&made));
		rw->out.failed |= made.failed;
		rw->out.over |= made.over;
		cm_buf_release(&made);
	}
}
