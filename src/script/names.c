/* Names that stand for one literal, or one list of literals, wherever they occur:
 *
 *	var a = "x", b = ["y", "z"]; .. a .. b[1]
 *
 * A name counts only if it is given a value once in the whole text and is nowhere a parameter; a
 * list only if nothing is done with it but looking elements up.  So what a script computes into a
 * name is never taken for known.  The table is bounded: names beyond it stay names. */
#include <stdlib.h>
#include <string.h>

#include "script/held.h"
#include "script/rewrite.h"

#define SLOTS 4096u /* or fewer, where the text is short */
#define PROBES 16u
#define ELEMENTS 65536u
#define VALUE_MAX 2048u /* of a literal: longer ones stay where they are */
#define PARAMETERS 16u

struct name {
	struct cm_span text;
	struct cm_token value;        /* of kind STRING; or of kind MARK: a list */
	uint32_t element, n_elements; /* of the list, in rw->ab */
	size_t value_to;              /* of a list: behind its ] */
	uint32_t given, seen;         /* how many times */
	bool known, spoilt, handed_on, function;
};

/* One walk over the words. */
struct walk {
	struct cm_rewrite *rw;
	struct cm_lex l;
	struct cm_token before, t;
	struct name *table;
	uint32_t slots;                /* of it: a power of two */
	struct name *open[PARAMETERS]; /* since the last ( */
	size_t n_open;
};

static uint32_t
hash(struct cm_span s)
{
	uint32_t h = 0x811c9dc5;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * 0x01000193u;
	return h;
}

/* The name's place, made if need be; NULL: the table is full around it. */
static struct name *
name_of(struct walk *w, struct cm_token t)
{
	struct cm_span text = cm_token_text(&w->l, t);
	uint32_t h = hash(text);

	for (uint32_t i = 0; i < PROBES; i++) {
		struct name *n = w->table + (h + i) % w->slots;

		if (n->text.len == 0)
			n->text = text;
		if (cm_span_eq(n->text, text))
			return n;
	}
	return NULL;
}

static uint8_t
byte_at(const struct walk *w, size_t at)
{
	return at < w->rw->in.len ? w->rw->in.ptr[at] : 0;
}

/* = that is neither == nor => */
static bool
gives(const struct walk *w, struct cm_token next)
{
	uint8_t behind = byte_at(w, next.from + 1);

	return next.kind == CM_LEX_MARK && next.mark == '=' && behind != '=' && behind != '>';
}

/* +=, ++, x in list, and the like: its value is not one literal. */
static bool
changes(const struct walk *w, struct cm_token next)
{
	uint8_t behind = byte_at(w, next.from + 1);

	if (cm_token_is(&w->l, next, "in") || cm_token_is(&w->l, next, "of"))
		return true;
	if (w->t.from >= 2 && (memcmp(w->rw->in.ptr + w->t.from - 2, "++", 2) == 0 ||
				  memcmp(w->rw->in.ptr + w->t.from - 2, "--", 2) == 0))
		return true;
	if (next.kind != CM_LEX_MARK)
		return false;
	if (next.mark == '=' && behind == '>')
		return true;
	if ((next.mark == '+' || next.mark == '-') && behind == next.mark)
		return true;
	return next.mark != 0 && strchr("+-*/%|&^", next.mark) != NULL && behind == '=';
}

/* Where a value ends, a statement or a part of one does.  (An attribute of markup ends otherwise.) */
static bool
ends_value(const struct walk *w, const struct cm_lex *l)
{
	struct cm_token next = cm_lex_peek(l);

	if (next.kind == CM_LEX_END)
		return true;
	if (next.kind == CM_LEX_MARK && next.mark != 0 && strchr(";,)}", next.mark) != NULL)
		return true;
	return next.kind == CM_LEX_NAME &&
	       (cm_token_is(&w->l, w->before, "var") || cm_token_is(&w->l, w->before, "let") ||
		   cm_token_is(&w->l, w->before, "const"));
}

/* The list behind whose [ ${l} stands; its elements go to rw->ab. */
static bool
read_list(struct walk *w, struct cm_lex *l, struct name *n)
{
	struct cm_buf *b = &w->rw->ab;
	size_t from = b->len;
	struct cm_token t;

	while (cm_lex_take(l, CM_LEX_STRING, &t)) {
		if (b->len / 8 == ELEMENTS)
			break;
		cm_buf_add_u32(b, (uint32_t)t.from);
		cm_buf_add_u32(b, (uint32_t)t.to);
		if (!cm_lex_take_mark(l, ','))
			break;
	}
	n->element = (uint32_t)(from / 8);
	n->n_elements = (uint32_t)((b->len - from) / 8);
	if (cm_lex_take_mark(l, ']') && ends_value(w, l)) {
		n->value_to = l->at;
		return true;
	}
	b->len = from;
	return false;
}

static void
give(struct walk *w, struct name *n)
{
	struct cm_lex l = w->l;

	if (n->given++ > 0)
		return;
	(void)cm_lex_next(&l); /* = */
	n->value = cm_lex_next(&l);
	n->value_to = n->value.to;
	if (n->value.kind == CM_LEX_STRING)
		n->known = n->value.to - n->value.from <= VALUE_MAX && ends_value(w, &l);
	else if (n->value.kind == CM_LEX_MARK && n->value.mark == '[')
		n->known = read_list(w, &l, n);
}

/* The names in the brackets behind `function` or `catch`. */
static void
spoil_parameters(struct walk *w)
{
	struct cm_lex l = w->l;
	struct cm_token t;
	struct name *n;

	(void)cm_lex_take(&l, CM_LEX_NAME, &t);
	if (!cm_lex_take_mark(&l, '('))
		return;
	while (cm_lex_take(&l, CM_LEX_NAME, &t)) {
		n = name_of(w, t);
		if (n != NULL)
			n->spoilt = true;
		if (!cm_lex_take_mark(&l, ','))
			return;
	}
}

/* b[1] and b.length leave the list alone; b[1] = .. does not, and b(..) or f(b) may not. */
static bool
leaves_alone(const struct walk *w)
{
	struct cm_lex l = w->l;

	if (cm_lex_take_mark(&l, '.'))
		return cm_lex_take_name(&l, "length");
	if (!cm_lex_take_mark(&l, '['))
		return false;
	(void)cm_lex_next(&l);
	return !cm_lex_take_mark(&l, ']') || !gives(w, cm_lex_peek(&l));
}

/* (a, b) => */
static void
note_bracket(struct walk *w)
{
	struct cm_token next;

	if (w->t.mark == '(')
		w->n_open = 0;
	if (w->t.mark != ')')
		return;
	next = cm_lex_peek(&w->l);
	if (next.mark != '=' || byte_at(w, next.from + 1) != '>')
		return;
	for (size_t i = 0; i < w->n_open; i++)
		w->open[i]->spoilt = true;
}

static void
note_name(struct walk *w)
{
	struct cm_token next = cm_lex_peek(&w->l);
	struct name *n;

	if (cm_token_is(&w->l, w->t, "function") || cm_token_is(&w->l, w->t, "catch"))
		spoil_parameters(w);
	if (w->before.mark == '.')
		return;
	n = name_of(w, w->t);
	if (n == NULL)
		return;
	if (w->n_open < PARAMETERS)
		w->open[w->n_open++] = n;
	n->seen++;
	n->function |= cm_token_is(&w->l, w->before, "function");
	n->spoilt |= n->function || changes(w, next);
	if (gives(w, next))
		give(w, n);
	else if (!leaves_alone(w))
		n->handed_on = true;
}

/* Is this occurrence a use of its value? */
static bool
is_use(const struct walk *w, struct cm_token next)
{
	static const char *const declares[] = { "var", "let", "const", "function" };

	if (w->before.mark == '.' || gives(w, next) || next.mark == ':' || next.mark == '(')
		return false;
	for (size_t i = 0; i < sizeof(declares) / sizeof(declares[0]); i++)
		if (cm_token_is(&w->l, w->before, declares[i]))
			return false;
	return true;
}

/* b[1]: the element in its place. */
static void
put_element(struct walk *w, const struct name *n)
{
	struct cm_lex l = w->l;
	struct cm_token index;
	uint64_t i;
	const uint8_t *e;

	if (!cm_lex_take_mark(&l, '[') || !cm_lex_take(&l, CM_LEX_NUMBER, &index) ||
	    !cm_lex_number(cm_token_text(&l, index), &i) || !cm_lex_take_mark(&l, ']'))
		return;
	if (i >= n->n_elements)
		return;
	e = w->rw->ab.ptr + 8 * (n->element + i);
	if (cm_get32(e + 4) - cm_get32(e) > VALUE_MAX)
		return;
	w->l = l;
	cm_rewrite_at(w->rw, w->t.from, l.at);
	cm_buf_add_span(
	    &w->rw->out, cm_span_part(w->rw->in, cm_get32(e), cm_get32(e + 4) - cm_get32(e)));
}

static void
put_value(struct walk *w)
{
	struct name *n = name_of(w, w->t);

	if (n == NULL || !n->known || n->given != 1 || n->spoilt)
		return;
	if (!is_use(w, cm_lex_peek(&w->l)))
		return;
	if (n->value.kind == CM_LEX_STRING) {
		cm_rewrite_at(w->rw, w->t.from, w->t.to);
		cm_buf_add_span(&w->rw->out, cm_token_text(&w->l, n->value));
	} else if (!n->handed_on) {
		put_element(w, n);
	}
}

/* Makes the table of all names of the text, in rw->b. */
static bool
note_names(struct walk *w, struct cm_rewrite *rw)
{
	const struct walk start = { .rw = rw, .l = cm_rewrite_words(rw) };
	uint32_t slots = PROBES;

	while (slots < SLOTS && slots < rw->in.len)
		slots *= 2;
	*w = start;
	w->slots = slots;
	w->table = (struct name *)(void *)cm_buf_grow(&rw->b, slots * sizeof(*w->table));
	if (w->table == NULL)
		return false;
	memset(w->table, 0, slots * sizeof(*w->table));
	while ((w->t = cm_lex_next(&w->l)).kind != CM_LEX_END) {
		if (w->t.kind == CM_LEX_NAME)
			note_name(w);
		else if (w->t.kind == CM_LEX_MARK)
			note_bracket(w);
		w->before = w->t;
	}
	*w = (struct walk) { .rw = rw, .l = start.l, .table = w->table, .slots = slots };
	return !cm_rewrite_failed(rw);
}

void
cm_pass_names(struct cm_rewrite *rw)
{
	struct walk w;
	bool any = false;

	if (!note_names(&w, rw))
		return;
	for (size_t i = 0; i < w.slots; i++)
		any |= w.table[i].known;
	while (any && !cm_rewrite_failed(rw) && (w.t = cm_lex_next(&w.l)).kind != CM_LEX_END) {
		if (w.t.kind == CM_LEX_NAME)
			put_value(&w);
		w.before = w.t;
	}
}

/* ---- held ---- */

static void
hold(struct cm_held *h, size_t from, size_t to)
{
	if (h->n < CM_HELD_MAX)
		h->part[h->n++] = (struct cm_held_part) { from, to };
}

static int
by_place(const void *a, const void *b)
{
	const struct cm_held_part *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

void
cm_held_find(struct cm_rewrite *rw, struct cm_held *h)
{
	struct cm_token literal;
	struct walk w;

	h->n = 0;
	if (!note_names(&w, rw))
		return;
	for (size_t i = 0; i < w.slots; i++)
		if (w.table[i].known && w.table[i].seen > 1)
			hold(h, w.table[i].value.from, w.table[i].value_to);
	while ((w.t = cm_lex_next(&w.l)).kind != CM_LEX_END) {
		struct cm_lex ahead = w.l;
		struct name *n = w.t.kind == CM_LEX_NAME ? name_of(&w, w.t) : NULL;

		if (n != NULL && n->function && cm_lex_take_mark(&ahead, '(') &&
		    cm_lex_take(&ahead, CM_LEX_STRING, &literal))
			hold(h, literal.from, literal.to);
	}
	if (h->n > 0)
		qsort(h->part, h->n, sizeof(h->part[0]), by_place);
}
