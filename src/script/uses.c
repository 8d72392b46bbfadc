#include <string.h>

#include "script/uses.h"

/* ---- the whole text ---- */

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

/* Is it one of these, in capitals or not? */
static bool
is_word(struct cm_span s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (s.len == strlen(*words) &&
		    (s.len == 0 || strncasecmp((const char *)s.ptr, *words, s.len) == 0))
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
	       is_word(cm_token_text(&w->l, w->t), tags);
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

/* ---- one place ---- */

#define BACK 256u /* bytes before a URL that say what it is for */

/* Reads a text backwards. */
struct back {
	struct cm_span text;
	size_t at, least;
};

static uint8_t
back_byte(const struct back *b)
{
	return b->at > b->least ? b->text.ptr[b->at - 1] : 0;
}

static void
back_blank(struct back *b)
{
	while (cm_lex_is_space(back_byte(b)))
		b->at--;
}

static bool
back_mark(struct back *b, uint8_t mark)
{
	back_blank(b);
	if (back_byte(b) != mark || b->at == b->least)
		return false;
	b->at--;
	return true;
}

static void
back_quote(struct back *b)
{
	uint8_t c = back_byte(b);

	if (c == '"' || c == '\'' || c == '`')
		b->at--;
}

/* The name before the cursor, which moves. */
static struct cm_span
back_name(struct back *b)
{
	size_t to;

	back_blank(b);
	to = b->at;
	while (cm_lex_is_word(back_byte(b)) || back_byte(b) == '$')
		b->at--;
	return cm_span_part(b->text, b->at, to - b->at);
}

/* Is the tag this attribute stands in of that name? */
static bool
in_tag(const struct back *b, const char *name)
{
	struct cm_span before = cm_span_part(b->text, b->least, b->at - b->least);
	const uint8_t *p = before.len == 0 ? NULL : memrchr(before.ptr, '<', before.len);
	size_t len = strlen(name), left = p == NULL ? 0 : (size_t)(before.ptr + before.len - p);

	return left > len && strncasecmp((const char *)p + 1, name, len) == 0;
}

/* <link rel=stylesheet ..> is loaded, <link rel=canonical ..> is not. */
static bool
link_loads(const struct back *b)
{
	static const char *const kinds[] = { "stylesheet", "icon", "preload", "prefetch", "import",
		"manifest" };
	struct cm_span tag = cm_span_part(b->text, b->least, b->at - b->least + BACK);
	size_t at = b->at - b->least;
	const uint8_t *from = memrchr(tag.ptr, '<', at), *to;

	if (from == NULL || !in_tag(b, "link"))
		return false;
	to = memchr(tag.ptr + at, '>', tag.len - at);
	tag.len = (size_t)((to == NULL ? tag.ptr + tag.len : to) - from);
	tag.ptr = from;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memmem(tag.ptr, tag.len, kinds[i], strlen(kinds[i])) != NULL)
			return true;
	return false;
}

struct place {
	enum cm_script_how how;
	bool by_code, redirects;
};

static const struct place loaded = { CM_SCRIPT_LOADED, false, false },
			  by_code = { CM_SCRIPT_LOADED, true, false },
			  gone_to = { CM_SCRIPT_NAVIGATED, false, true },
			  submitted = { CM_SCRIPT_NAVIGATED, false, false },
			  mentioned = { CM_SCRIPT_MENTIONED, false, false };

/* name= before the URL */
static struct place
given_to(struct back *b)
{
	static const char *const sources[] = { "src", "srcset", "poster", "background", "data",
		NULL };
	static const char *const locations[] = { "location", NULL };
	static const char *const href[] = { "href", NULL }, *const url[] = { "url", NULL };
	static const char *const action[] = { "action", "formaction", NULL };
	struct cm_span name = back_name(b);
	bool member = back_mark(b, '.');

	if (is_word(name, locations))
		return gone_to;
	if (is_word(name, sources))
		return member ? by_code : loaded;
	if (is_word(name, action))
		return submitted;
	if (is_word(name, href) && member && is_word(back_name(b), locations))
		return gone_to;
	if (is_word(name, href) && !member && link_loads(b))
		return loaded;
	/* <meta http-equiv="refresh" content="0; url=http://.. */
	if (is_word(name, url) && in_tag(b, "meta"))
		return gone_to;
	return mentioned;
}

/* name( before the URL */
static struct place
called_with(struct back *b)
{
	static const char *const loaders[] = { "fetch", "get", "post", "ajax", "getJSON",
		"getScript", "load", "sendBeacon", "importScripts", "import", "Request",
		"WebSocket", "EventSource", "Worker", "SharedWorker", "Audio", NULL };
	static const char *const url[] = { "url", NULL }, *const open[] = { "open", NULL };
	static const char *const moves[] = { "replace", "assign", NULL };
	static const char *const locations[] = { "location", NULL };
	struct cm_span name = back_name(b);

	if (is_word(name, url))
		return loaded;
	if (is_word(name, loaders))
		return by_code;
	if (is_word(name, open))
		return submitted;
	if (is_word(name, moves) && back_mark(b, '.') && is_word(back_name(b), locations))
		return gone_to;
	return mentioned;
}

/* open("GET", and setAttribute("src", before the URL */
static struct place
called_second(struct back *b)
{
	static const char *const open[] = { "open", NULL };
	static const char *const sets[] = { "setAttribute", NULL }, *const src[] = { "src", NULL };
	struct cm_span first, name;

	back_blank(b);
	back_quote(b);
	first = back_name(b);
	back_quote(b);
	if (!back_mark(b, '('))
		return mentioned;
	name = back_name(b);
	if (is_word(name, open) || (is_word(name, sets) && is_word(first, src)))
		return by_code;
	return mentioned;
}

static struct place
place_of(struct cm_span text, const struct cm_url *u)
{
	static const char *const keys[] = { "url", "src", NULL }, *const from[] = { "import",
		"from", NULL };
	struct back b = { text, u->from, u->from > BACK ? u->from - BACK : 0 };

	back_blank(&b);
	back_quote(&b);
	if (back_mark(&b, '='))
		return given_to(&b);
	if (back_mark(&b, '('))
		return called_with(&b);
	if (back_mark(&b, ','))
		return called_second(&b);
	if (back_mark(&b, ':')) {
		back_blank(&b);
		back_quote(&b);
		return is_word(back_name(&b), keys) ? by_code : mentioned;
	}
	return is_word(back_name(&b), from) ? loaded : mentioned;
}

enum cm_script_how
cm_uses_of(struct cm_span text, const struct cm_url *u, const struct cm_uses *uses, bool held,
    bool *redirects)
{
	struct place p = place_of(text, u);

	if (p.how == CM_SCRIPT_MENTIONED && held && uses->loads)
		p = by_code;
	*redirects |= p.redirects;
	return p.by_code && uses->timer ? CM_SCRIPT_REPEATED : p.how;
}
