#include <string.h>

#include "script/uses.h"

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

	if (cm_word_among(name, locations))
		return gone_to;
	if (cm_word_among(name, sources))
		return member ? by_code : loaded;
	if (cm_word_among(name, action))
		return submitted;
	if (cm_word_among(name, href) && member && cm_word_among(back_name(b), locations))
		return gone_to;
	if (cm_word_among(name, href) && !member && link_loads(b))
		return loaded;
	/* <meta http-equiv="refresh" content="0; url=http://.. */
	if (cm_word_among(name, url) && in_tag(b, "meta"))
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

	if (cm_word_among(name, url))
		return loaded;
	if (cm_word_among(name, loaders))
		return by_code;
	if (cm_word_among(name, open))
		return submitted;
	if (cm_word_among(name, moves) && back_mark(b, '.') &&
	    cm_word_among(back_name(b), locations))
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
	if (cm_word_among(name, open) || (cm_word_among(name, sets) && cm_word_among(first, src)))
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
		return cm_word_among(back_name(&b), keys) ? by_code : mentioned;
	}
	return cm_word_among(back_name(&b), from) ? loaded : mentioned;
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
