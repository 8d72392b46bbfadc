#include <string.h>

#include "script/uses.h"

#define DEPTH 64u

/* An open bracket; of a timer's, the value of the argument it stands in. */
struct bracket {
	bool timer, number;
	uint64_t value;
};

struct walk {
	struct cm_lex l;
	struct cm_token before, t;
	struct bracket open[DEPTH];
	size_t depth; /* may be more than DEPTH */
	struct cm_uses *uses;
};

static bool
is_one_of(const struct walk *w, const char *const *names)
{
	for (; *names != NULL; names++)
		if (cm_token_is(&w->l, w->t, *names))
			return true;
	return false;
}

static bool
is_timer(const struct cm_lex *l, struct cm_token t)
{
	return cm_token_is(l, t, "setTimeout") || cm_token_is(l, t, "setInterval");
}

/* The argument behind the timer's last comma, if it was a number or a product of some. */
static void
end_timer(struct walk *w, const struct bracket *b)
{
	struct cm_uses *u = w->uses;

	if (!b->number || b->value == 0 || b->value > UINT32_MAX)
		return;
	if (u->period_ms == 0 || b->value < u->period_ms)
		u->period_ms = (uint32_t)b->value;
}

static void
note_mark(struct walk *w)
{
	struct bracket *b = w->depth > 0 && w->depth <= DEPTH ? w->open + w->depth - 1 : NULL;

	if (w->t.mark == '(') {
		w->depth++;
		if (w->depth <= DEPTH)
			w->open[w->depth - 1] =
			    (struct bracket) { .timer = is_timer(&w->l, w->before) };
		return;
	}
	if (w->t.mark == ',' && b != NULL) {
		b->number = true;
		b->value = 1;
	}
	if (w->t.mark != ')' || w->depth == 0)
		return;
	if (b != NULL && b->timer && w->before.kind == CM_LEX_NUMBER)
		end_timer(w, b);
	w->depth--;
	/* The bracket was a part of the argument around it, which is then no number. */
	if (w->depth > 0 && w->depth <= DEPTH)
		w->open[w->depth - 1].number = false;
}

static void
note_number(struct walk *w)
{
	struct bracket *b = w->depth > 0 && w->depth <= DEPTH ? w->open + w->depth - 1 : NULL;
	uint64_t v;

	if (b == NULL || !b->timer || !b->number)
		return;
	b->number = (w->before.mark == ',' || w->before.mark == '*') &&
		    cm_lex_number(cm_token_text(&w->l, w->t), &v) &&
		    !__builtin_mul_overflow(b->value, v, &b->value);
}

/* "..?_=" or "&t=" with something behind it; ${s} with its quotes. */
static bool
is_open_query(struct cm_span s)
{
	uint8_t last = s.len < 3 ? 0 : s.ptr[s.len - 2];

	if (last != '?' && last != '=' && last != '&')
		return false;
	return memchr(s.ptr, '?', s.len) != NULL || memchr(s.ptr, '&', s.len) != NULL;
}

static void
note_string(struct walk *w)
{
	struct cm_span s = cm_token_text(&w->l, w->t);
	struct cm_token next;

	if (!is_open_query(s))
		return;
	/* Added here, or where the name is used that holds the URL. */
	next = cm_lex_peek(&w->l);
	w->uses->open_query |=
	    next.mark == '+' || next.mark == '.' || memmem(s.ptr, s.len, "://", 3) != NULL;
}

static void
note_template(struct walk *w)
{
	static const char *const clocks[] = { "Date", "random(", ".now(", "getTime(" };
	struct cm_span s = cm_token_text(&w->l, w->t);

	if (memmem(s.ptr, s.len, "=${", 3) == NULL && memmem(s.ptr, s.len, "?${", 3) == NULL)
		return;
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		w->uses->no_cache |= memmem(s.ptr, s.len, clocks[i], strlen(clocks[i])) != NULL;
}

/* cache: false, cache: !1 */
static bool
turns_cache_off(struct cm_lex l)
{
	struct cm_token t;

	if (!cm_lex_take_mark(&l, ':'))
		return false;
	if (!cm_lex_take_mark(&l, '!'))
		return cm_lex_take_name(&l, "false");
	return cm_lex_take(&l, CM_LEX_NUMBER, &t) &&
	       cm_span_eq(cm_token_text(&l, t), cm_span_str("1"));
}

/* Does a name stand here as code has it, not prose? */
static bool
is_code(const struct walk *w)
{
	static const char *const objects[] = { "document", "window", "location", NULL };
	static const char *const words[] = { "var", "let", "const", NULL };
	struct cm_token next = cm_lex_peek(&w->l);

	if (cm_token_is(&w->l, w->t, "function")) {
		struct cm_lex ahead = w->l;

		(void)cm_lex_take(&ahead, CM_LEX_NAME, &next);
		return cm_lex_take_mark(&ahead, '(');
	}
	if (cm_token_is(&w->l, w->t, "eval"))
		return next.mark == '(';
	if (is_one_of(w, words)) {
		struct cm_lex ahead = w->l;

		return cm_lex_take(&ahead, CM_LEX_NAME, &next) && cm_lex_take_mark(&ahead, '=');
	}
	return is_one_of(w, objects) && (next.mark == '.' || next.mark == '=');
}

static bool
is_tag(const struct walk *w)
{
	static const char *const tags[] = { "script", "html", "head", "body", "iframe", "frame",
		"img", "meta", "link", "form", "div", "a", "style", "svg", "title", NULL };

	return w->before.mark == '<' && w->before.to == w->t.from &&
	       cm_word_among(cm_token_text(&w->l, w->t), tags);
}

static void
note_name(struct walk *w)
{
	static const char *const loaders[] = { "ajax", "XMLHttpRequest", "fetch", "getScript",
		"getJSON", "sendBeacon", "importScripts", "Image", "WebSocket", "EventSource",
		NULL };
	static const char *const clocks[] = { "Date", "getTime", "now", "random", NULL };
	struct cm_uses *u = w->uses;
	struct cm_token next = cm_lex_peek(&w->l);

	u->timer |= is_timer(&w->l, w->t) && next.mark == '(';
	u->loads |= is_one_of(w, loaders) ||
		    (w->before.mark == '.' && next.mark == '=' && cm_token_is(&w->l, w->t, "src"));
	u->clock |= is_one_of(w, clocks);
	u->no_cache |= cm_token_is(&w->l, w->t, "cache") && turns_cache_off(w->l);
	/* jQuery's own name for it: data: {_: time} */
	u->open_query |= cm_token_is(&w->l, w->t, "_") && next.mark == ':';
	u->is_script |= is_code(w) || is_tag(w);
}

void
cm_uses_find(struct cm_lex l, struct cm_uses *out)
{
	struct walk w = { .l = l, .uses = out };

	*out = (struct cm_uses) { 0 };
	while ((w.t = cm_lex_next(&w.l)).kind != CM_LEX_END) {
		if (w.t.kind == CM_LEX_NAME)
			note_name(&w);
		else if (w.t.kind == CM_LEX_MARK)
			note_mark(&w);
		else if (w.t.kind == CM_LEX_NUMBER)
			note_number(&w);
		else if (w.t.kind == CM_LEX_STRING)
			note_string(&w);
		else if (w.t.kind == CM_LEX_TEMPLATE)
			note_template(&w);
		w.before = w.t;
	}
}
