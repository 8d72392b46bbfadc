/* script/url.h -- URLs in any text.
 *
 * http, https, ws, wss, and //host/path where a quote, = or ( stands before it.  A URL ends where a
 * quote, blank, bracket or other byte stands that none may hold.  Untrusted input: total, linear. */
#ifndef CM_SCRIPT_URL_H
#define CM_SCRIPT_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct cm_url {
	const char *scheme;       /* "http", "https", "ws", "wss", or "" */
	struct cm_span authority; /* without user; valid UTF-8 */
	struct cm_span host;      /* as written, without port */
	uint16_t port;            /* as written, or the scheme's, or 0 */
	struct cm_span path;      /* empty, or from its "/" on; at most CM_SCRIPT_URL bytes, */
	struct cm_span query;     /* as is this, without its "?" */
	size_t from, to;          /* in the text, scheme included */
};

/* Goes through a text.  Begins with everything but the first two members nought. */
struct cm_url_walk {
	struct cm_span text;
	bool open; /* the text goes on where nobody looks: a name that reaches its end is no host */
	size_t at;
	size_t end;      /* of the URL in whose path or query others may stand, */
	unsigned inside; /* and how many did: at most CM_URL_INSIDE are told */
	uint64_t looked;
};

#define CM_URL_INSIDE 4u

/* The next one; false: there is none. */
bool cm_url_next(struct cm_url_walk *w, struct cm_url *out);

#endif
