#include <string.h>

#include "codec/utf8.h"
#include "script/literal.h"
#include "script/rewrite.h"

/* The packer of Dean Edwards, in its forms p,a,c,k,e,d and p,a,c,k,e,r:
 *
 *	eval(function(p,a,c,k,e,d){ .. }('0 1="2"',62,3,'var|x|y'.split('|'),0,{}))
 *
 * The text has keys in the place of words: numbers to the base a, which count the words of the
 * list.  An empty word means that the key is the word.  The function's body is the same for
 * all but for the base, which says the same; it is not looked at. */

#define WORDS_MAX 65536u

struct packed {
	struct cm_token text, words, separator;
	uint64_t base, count;
	bool bracketed; /* (function(..){..})(..) */
	size_t to;      /* behind the call's brackets */
};

static bool
take_number(struct cm_lex *l, uint64_t *out)
{
	struct cm_token t;

	return cm_lex_take_mark(l, ',') && cm_lex_take(l, CM_LEX_NUMBER, &t) &&
	       cm_lex_number(cm_token_text(l, t), out);
}

/* The arguments, behind their bracket. */
static bool
take_arguments(struct cm_lex *l, struct packed *p)
{
	struct cm_lex rest;
	uint64_t start;

	if (!cm_lex_take(l, CM_LEX_STRING, &p->text) || !take_number(l, &p->base) ||
	    !take_number(l, &p->count))
		return false;
	if (!cm_lex_take_mark(l, ',') || !cm_lex_take(l, CM_LEX_STRING, &p->words))
		return false;
	if (!cm_lex_take_mark(l, '.') || !cm_lex_take_name(l, "split") ||
	    !cm_lex_take_mark(l, '(') || !cm_lex_take(l, CM_LEX_STRING, &p->separator) ||
	    !cm_lex_take_mark(l, ')'))
		return false;
	rest = *l;
	if (take_number(&rest, &start))
		*l = rest;
	rest = *l;
	if (cm_lex_take_mark(&rest, ',') && cm_lex_take_mark(&rest, '{') &&
	    cm_lex_take_mark(&rest, '}'))
		*l = rest;
	(void)cm_lex_take_mark(l, ')');
	p->to = l->at;
	return p->base >= 2 && p->base <= 95;
}

/* Where each word begins, and where the last one ends; the list itself is in rw->b. */
static size_t
split_words(struct cm_rewrite *rw, struct cm_span sep, uint64_t count)
{
	struct cm_span words = cm_buf_span(&rw->b);
	size_t n = 0, at = 0;

	cm_buf_clear(&rw->ab);
	while (sep.len > 0 && n < count && n < WORDS_MAX) {
		struct cm_span rest = cm_span_part(words, at, words.len);
		const uint8_t *end =
		    rest.len == 0 ? NULL : memmem(rest.ptr, rest.len, sep.ptr, sep.len);
		size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr);

		cm_buf_add_u32(&rw->ab, (uint32_t)at);
		cm_buf_add_u32(&rw->ab, (uint32_t)len);
		n++;
		if (end == NULL)
			break;
		at += len + sep.len;
	}
	if (n == WORDS_MAX && n < count)
		rw->left = "words of a packed script beyond the 65,536th";
	return rw->ab.failed ? 0 : n;
}

/* How a digit is written: 0-9a-zA-Z, or from base 63 on the characters from U+00A1. */
struct digits {
	unsigned base;
	bool high, utf8;
};

/* The digit ${s} begins with, and its length; -1: something else. */
static int
digit(const struct digits *d, struct cm_span s, size_t *len)
{
	uint8_t c = s.ptr[0];

	*len = 1;
	if (d->high && d->utf8 && (c == 0xc2 || c == 0xc3) && s.len > 1) {
		*len = 2;
		return ((c & 3) << 6 | (s.ptr[1] & 0x3f)) - 0xa1;
	}
	if (d->high)
		return d->utf8 ? -1 : c - 0xa1;
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
}

/* How long the word is that ${s} begins with, as the packer's expression counts words; ${key}: the
 * number it is, or WORDS_MAX. */
static size_t
read_key(const struct digits *d, struct cm_span s, uint32_t *key)
{
	uint32_t v = 0;
	size_t at = 0, len;
	bool is_key = true;

	while (at < s.len && (d->high || cm_lex_is_word(s.ptr[at]))) {
		int n = digit(d, cm_span_part(s, at, 2), &len);

		if (d->high && n < 0)
			break;
		/* "00" and "01" are no numbers, and so words of their own. */
		is_key = is_key && n >= 0 && n < (int)d->base && (at == 0 || v > 0);
		v = v >= WORDS_MAX ? WORDS_MAX : v * d->base + (uint32_t)(n < 0 ? 0 : n);
		at += len;
	}
	*key = at > 0 && is_key ? v : WORDS_MAX;
	return at;
}

static bool
is_utf8(struct cm_span s)
{
	size_t n;

	for (; s.len > 0; s = cm_span_part(s, n, s.len)) {
		n = cm_utf8_len(s);
		if (n == 0)
			return false;
	}
	return true;
}

static struct cm_span
word_at(const struct cm_rewrite *rw, uint32_t key)
{
	const uint8_t *entry = rw->ab.ptr + 8 * (size_t)key;

	return cm_span_part(cm_buf_span(&rw->b), cm_get32(entry), cm_get32(entry + 4));
}

/* Appends the text in rw->a with words in the place of keys. */
static void
put_words(struct cm_rewrite *rw, const struct packed *p, size_t n_words, struct cm_buf *out)
{
	struct cm_span text = cm_buf_span(&rw->a);
	struct digits d = { .base = (unsigned)p->base, .high = p->base > 62 };

	d.utf8 = d.high && is_utf8(text);
	while (text.len > 0 && !out->failed) {
		uint32_t key;
		size_t len = read_key(&d, text, &key);
		struct cm_span word = { 0 };

		len += len == 0;
		if (key < n_words)
			word = word_at(rw, key);
		cm_buf_add_span(out, word.len > 0 ? word : cm_span_part(text, 0, len));
		text = cm_span_part(text, len, text.len);
	}
}

/* What begins with `function` and six parameters, and whether it stands in an eval(). */
struct opening {
	size_t from;
	bool found, evaluated;
};

static bool
has_six_parameters(struct cm_lex l)
{
	struct cm_token t;

	if (!cm_lex_take_mark(&l, '('))
		return false;
	for (unsigned i = 0; i < 6; i++)
		if ((i > 0 && !cm_lex_take_mark(&l, ',')) || !cm_lex_take(&l, CM_LEX_NAME, &t))
			return false;
	return cm_lex_take_mark(&l, ')');
}

/* Does one begin at ${t}, behind which ${l} stands? */
static void
note_opening(struct cm_lex l, struct cm_token t, struct opening *o)
{
	struct opening here = { .from = t.from };

	if (cm_token_is(&l, t, "eval")) {
		here.evaluated = cm_lex_take_mark(&l, '(') && cm_lex_take_name(&l, "function");
		here.found = here.evaluated && has_six_parameters(l);
	} else if (cm_token_is(&l, t, "function")) {
		here.found = has_six_parameters(l);
		/* The function in the eval() seen just before. */
		if (here.found && o->found && o->evaluated && t.from - o->from < 64)
			return;
	}
	if (here.found)
		*o = here;
}

/* Where what is replaced begins: at the function, or at the bracket it stands in. */
static size_t
begin_of(const struct cm_rewrite *rw, const struct packed *p, const struct opening *o)
{
	size_t from = o->from, at = from;

	if (!o->found || from < rw->done)
		return p->text.from;
	if (!p->bracketed)
		return from;
	while (at > rw->done && cm_lex_is_space(rw->in.ptr[at - 1]))
		at--;
	return at > rw->done && rw->in.ptr[at - 1] == '(' ? at - 1 : from;
}

/* Packed text in the place of its function and arguments: code if it is evaluated, else a literal. */
static void
unpack(struct cm_rewrite *rw, struct cm_lex *l, const struct packed *p, const struct opening *o)
{
	size_t from = begin_of(rw, p, o), n;
	struct cm_buf made = { .max = rw->out.max };
	struct cm_span sep = cm_span_part(
	    cm_token_text(l, p->separator), 1, p->separator.to - p->separator.from - 2);

	cm_rewrite_read(l, p->text, &rw->a);
	cm_rewrite_read(l, p->words, &rw->b);
	n = split_words(rw, sep, p->count);
	if (o->found && o->evaluated) {
		(void)cm_lex_take_mark(l, ')');
		cm_rewrite_at(rw, from, l->at);
		put_words(rw, p, n, &rw->out);
		return;
	}
	put_words(rw, p, n, &made);
	cm_rewrite_literal(rw, from, p->to, cm_buf_span(&made));
	rw->out.failed |= made.failed;
	rw->out.over |= made.over;
	cm_buf_release(&made);
}

void
cm_pass_packer(struct cm_rewrite *rw)
{
	struct cm_lex l = cm_rewrite_words(rw), args;
	struct opening o = { 0 };
	struct cm_token t, before = { 0 };
	struct packed p;

	for (; !cm_rewrite_failed(rw); before = t) {
		t = cm_lex_next(&l);
		if (t.kind == CM_LEX_END)
			break;
		note_opening(l, t, &o);
		if (t.mark != '(' || (before.mark != '}' && before.mark != ')'))
			continue;
		args = l;
		p = (struct packed) { .bracketed = before.mark == ')' };
		if (!take_arguments(&args, &p))
			continue;
		l = args;
		unpack(rw, &l, &p, &o);
		o = (struct opening) { 0 };
	}
}
