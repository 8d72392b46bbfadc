/* script/script.h -- what an injected script would have asked for.
 *
 * Unpacks in layers, by substitution and decoding only, and never runs anything:
 * p,a,c,k,e,d and p,a,c,k,e,r (Dean Edwards) by their word table, percent (unescape,
 * decodeURIComponent), \x and \u, String.fromCharCode of numbers, base64 (atob, data: URLs), strings
 * joined by + or by [..].join, reversed, or with parts replaced, names that stand for one literal,
 * and literals that would be evaluated or written into the page.  Then it looks for URLs in what
 * came out, and for how they are used: loaded, gone to, or again and again (setInterval,
 * setTimeout, their milliseconds), with something added so that no cache answers (Date, getTime,
 * Math.random).  docs/scripts.md says what is understood and what is not.
 *
 * Untrusted input: total; reads at most CM_SCRIPT_BYTES of the body, makes at most as many in
 * CM_SCRIPT_LAYERS layers, in time linear in that.  What was cut short is said. */
#ifndef CM_SCRIPT_SCRIPT_H
#define CM_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/span.h"

#define CM_SCRIPT_LAYERS 32u
#define CM_SCRIPT_BYTES ((size_t)8 << 20)
#define CM_SCRIPT_TARGETS 256u
#define CM_SCRIPT_URL 2048u /* of a path, and of a query: longer ones are given that far */

/* How a URL is used, as far as the text around it says; the strongest of its places counts. */
enum cm_script_how {
	CM_SCRIPT_MENTIONED, /* it stands there: a link, a namespace, a remark */
	CM_SCRIPT_NAVIGATED, /* the page goes there, or a form does: Location, refresh, location= */
	CM_SCRIPT_LOADED,    /* src=, url(), ajax, fetch, XMLHttpRequest, or held by a name in a
			      * text that loads from names */
	CM_SCRIPT_REPEATED   /* loaded by code, in a text that sets a timer */
};

const char *cm_script_how_word(enum cm_script_how how); /* "mentioned", "navigated", .. */

/* Text is UTF-8 without control characters, but others' words: whoever prints it escapes it. */
struct cm_script_target {
	const char *scheme; /* "http", "https", "ws", "wss", or "" (//host/path) */
	const char *host;   /* lower case, without port */
	uint16_t port;      /* as written, or the scheme's; 0: neither */
	const char *path;   /* with "/" in front, without query and fragment */
	const char *query;  /* as far as it stands there; "" */
	unsigned layer;     /* 0: it stood in the body as sent; n: in what layers[n - 1] gave */
	enum cm_script_how how;
};

struct cm_script {
	const char *layers
	    [CM_SCRIPT_LAYERS]; /* "packer", "percent", "base64", ...: in order of unpacking */
	unsigned n_layers;
	const struct cm_script_target *targets; /* each once, in order of appearance */
	size_t n_targets;
	bool repeats;       /* a timer is set */
	uint32_t period_ms; /* of the shortest one with a number; 0: none */
	bool busts_caches;
	bool is_script;  /* looks like script or markup at all */
	bool redirects;  /* the answer's Location, or a page that only leads on */
	const char *cut; /* what was not looked at, and why; NULL: all was */
	uint64_t looked; /* bytes looked at, those of all passes added: what it cost */
};

/* The body of an HTTP/1 answer, ready to be read. */
struct cm_script_answer {
	struct cm_span body;
	struct cm_span location; /* the head's Location, or empty */
	const char *cut;         /* why the body is not all of it, or not unpacked; NULL */
};

/* ${body}: as cm_script_body gives it.  CM_E_NOMEM. */
CM_RESULT cm_script_read(struct cm_span body, struct cm_arena *arena, struct cm_script *out);

/* The body of the HTTP/1 answer with which ${stream} begins: without head, put together from
 * chunks, unpacked from gzip or deflate, at most CM_SCRIPT_BYTES; ${stream} itself if it is no
 * HTTP.  What ends early is given as far as it goes.  CM_E_NOMEM. */
CM_RESULT cm_script_body(
    struct cm_span stream, struct cm_arena *arena, struct cm_script_answer *out);

/* Both: what the answer with which ${stream} begins would have asked for.  Where Location leads is
 * the first target.  CM_E_NOMEM. */
CM_RESULT cm_script_of(struct cm_span stream, struct cm_arena *arena, struct cm_script *out);

#endif
