/* Literals that a script would have run or written become that code and markup; and the spellings
 * that hide names and characters outside of literals. */
#include <string.h>

#include "script/literal.h"
#include "script/rewrite.h"

/* ---- members ---- */

static bool
is_plain_name(struct cm_span s)
{
	if (s.len == 0 || (s.ptr[0] >= '0' && s.ptr[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!cm_lex_is_word(s.ptr[i]) && s.ptr[i] != '$')
			return false;
	return true;
}

/* window["eval"] is window.eval */
void
cm_pass_members(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw), ahead;
	struct cm_token t, before = { 0 }, literal;
	struct cm_span name;

	for (; !cm_rewrite_failed(rw); before = t) {
		t = cm_lex_next(&l);
		if (t.kind == CM_LEX_END)
			return;
		if (t.mark != '[' || before.kind == CM_LEX_STRING ||
		    !cm_token_ends_operand(&l, before))
			continue;
		ahead = l;
		if (!cm_lex_take(&ahead, CM_LEX_STRING, &literal) || !cm_lex_take_mark(&ahead, ']'))
			continue;
		name = cm_span_part(cm_token_text(&l, literal), 1, literal.to - literal.from - 2);
		if (!is_plain_name(name))
			continue;
		l = ahead;
		cm_rewrite_at(rw, t.from, l.at);
		cm_buf_add_u8(&rw->out, '.');
		cm_buf_add_span(&rw->out, name);
	}
}

/* ---- written ---- */

static void
put_read(struct cm_rewrite *rw, const struct cm_lex *l, struct cm_token literal)
{
	cm_buf_add_span(&rw->out, cm_rewrite_read(l, literal, &rw->a));
}

/* ("literal") behind eval; behind setTimeout and Function what follows stays. */
static bool
evaluated(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	bool runs = cm_token_is(l, t, "eval") || cm_token_is(l, t, "execScript");
	bool keeps = cm_token_is(l, t, "setTimeout") || cm_token_is(l, t, "setInterval") ||
		     cm_token_is(l, t, "Function");
	struct cm_lex ahead = *l;
	struct cm_token literal;

	if ((!runs && !keeps) || !cm_lex_take_mark(&ahead, '(') ||
	    !cm_lex_take(&ahead, CM_LEX_STRING, &literal))
		return false;
	if (runs && !cm_lex_take_mark(&ahead, ')'))
		return false;
	if (keeps && cm_lex_peek(&ahead).mark != ',' && cm_lex_peek(&ahead).mark != ')')
		return false;
	*l = ahead;
	cm_rewrite_at(rw, runs ? t.from : literal.from, l->at);
	cm_buf_add_str(&rw->out, runs ? " " : "function(){");
	put_read(rw, l, literal);
	cm_buf_add_str(&rw->out, runs ? " " : "}");
	return true;
}

/* .write("a", "b"); behind `document`, as parts of one text. */
static bool
take_write(struct cm_rewrite *rw, struct cm_lex *l, struct cm_buf *out)
{
	struct cm_lex ahead = *l;
	struct cm_token literal;
	size_t before = out->len;

	if (!cm_lex_take_mark(&ahead, '.') ||
	    (!cm_lex_take_name(&ahead, "write") && !cm_lex_take_name(&ahead, "writeln")) ||
	    !cm_lex_take_mark(&ahead, '('))
		return false;
	do {
		if (!cm_lex_take(&ahead, CM_LEX_STRING, &literal)) {
			out->len = before;
			return false;
		}
		cm_buf_add_span(out, cm_rewrite_read(l, literal, &rw->a));
	} while (cm_lex_take_mark(&ahead, ','));
	if (!cm_lex_take_mark(&ahead, ')')) {
		out->len = before;
		return false;
	}
	*l = ahead;
	return true;
}

/* Calls that follow one another write one text. */
static bool
writes(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	struct cm_lex ahead;

	cm_buf_clear(&rw->b);
	if (!cm_token_is(l, t, "document") || !take_write(rw, l, &rw->b))
		return false;
	for (ahead = *l;; *l = ahead) {
		(void)cm_lex_take_mark(&ahead, ';');
		if (!cm_lex_take_name(&ahead, "document") || !take_write(rw, &ahead, &rw->b))
			break;
	}
	cm_rewrite_at(rw, t.from, l->at);
	cm_buf_add_u8(&rw->out, ' ');
	cm_buf_add_span(&rw->out, cm_buf_span(&rw->b));
	cm_buf_add_u8(&rw->out, ' ');
	return true;
}

/* onload: an attribute that holds code */
static bool
is_handler(struct cm_span name)
{
	if (name.len < 6 || memcmp(name.ptr, "on", 2) != 0)
		return false;
	for (size_t i = 2; i < name.len; i++)
		if (name.ptr[i] < 'a' || name.ptr[i] > 'z')
			return false;
	return true;
}

/* innerHTML="markup", <img onerror="code"> */
static bool
holds(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	struct cm_lex ahead = *l;
	struct cm_token literal;

	if (!cm_token_is(l, t, "innerHTML") && !cm_token_is(l, t, "outerHTML") &&
	    !(t.kind == CM_LEX_NAME && is_handler(cm_token_text(l, t))))
		return false;
	if (!cm_lex_take_mark(&ahead, '=') || !cm_lex_take(&ahead, CM_LEX_STRING, &literal) ||
	    cm_lex_peek(&ahead).mark == '+')
		return false;
	*l = ahead;
	cm_rewrite_at(rw, literal.from, l->at);
	cm_buf_add_u8(&rw->out, ' ');
	put_read(rw, l, literal);
	cm_buf_add_u8(&rw->out, ' ');
	return true;
}

/* "javascript:code" */
static void
leads_to_code(struct cm_rewrite *rw, struct cm_lex *l, struct cm_token t)
{
	static const char scheme[] = "javascript:";
	struct cm_span s = cm_token_text(l, t);

	if (s.len < sizeof(scheme) + 1 ||
	    strncasecmp((const char *)s.ptr + 1, scheme, sizeof(scheme) - 1) != 0)
		return;
	s = cm_rewrite_read(l, t, &rw->a);
	cm_rewrite_at(rw, t.from, t.to);
	cm_buf_add_u8(&rw->out, ' ');
	cm_buf_add_span(&rw->out, cm_span_part(s, sizeof(scheme) - 1, s.len));
	cm_buf_add_u8(&rw->out, ' ');
}

void
cm_pass_written(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw);
	struct cm_token t;

	while (!cm_rewrite_failed(rw) && (t = cm_lex_next(&l)).kind != CM_LEX_END) {
		if (t.kind == CM_LEX_NAME)
			(void)(evaluated(rw, &l, t) || writes(rw, &l, t) || holds(rw, &l, t));
		else if (t.kind == CM_LEX_STRING)
			leads_to_code(rw, &l, t);
	}
}

/* ---- entities ---- */

/* &#104; &#x68; &amp; &quot;: the character, if it is printable ASCII and opens or closes no tag;
 * 0: none. */
static uint8_t
entity(struct cm_span s, size_t *len)
{
	const uint8_t *end = memchr(s.ptr, ';', s.len < 10 ? s.len : 10);
	uint64_t v = 0;
	bool hex;

	if (end == NULL)
		return 0;
	*len = (size_t)(end - s.ptr) + 1;
	s.len = *len - 1;
	if (cm_span_eq(s, cm_span_str("&amp")))
		return '&';
	if (cm_span_eq(s, cm_span_str("&quot")))
		return '"';
	if (s.len < 3 || s.ptr[1] != '#')
		return 0;
	hex = (s.ptr[2] | 0x20) == 'x';
	for (size_t i = hex ? 3 : 2; i < s.len; i++) {
		int32_t d = cm_hex_digits(cm_span_part(s, i, 1), 1);

		if (d < 0 || (d > 9 && !hex))
			return 0;
		v = v * (hex ? 16 : 10) + (uint64_t)d;
	}
	return v < ' ' || v > '~' || v == '<' || v == '>' ? 0 : (uint8_t)v;
}

void
cm_pass_entities(struct cm_rewrite *rw)
{
	struct cm_span in = rw->in;
	size_t at = 0, len = 1;

	rw->looked += in.len;
	while (at < in.len && !cm_rewrite_failed(rw)) {
		const uint8_t *p = memchr(in.ptr + at, '&', in.len - at);
		uint8_t c;

		if (p == NULL)
			return;
		at = (size_t)(p - in.ptr);
		c = entity(cm_span_part(in, at, 10), &len);
		if (c != 0) {
			cm_rewrite_at(rw, at, at + len);
			cm_buf_add_u8(&rw->out, c);
		}
		at += c != 0 ? len : 1;
	}
}
