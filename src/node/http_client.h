/* node/http_client.h -- several HTTP requests side by side: a thin seam over libcurl.
 *
 * Whoever answers may be anybody: the time to connect, the time in all and the bytes of an
 * answer are bounded, redirects are not followed, only http and https are spoken, and a
 * certificate must hold.  Connections are kept for the next request to the same server.
 *
 * For one thread. */
#ifndef CM_NODE_HTTP_CLIENT_H
#define CM_NODE_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

struct cm_http_client_new {
	unsigned connect_ms; /* 0: 5,000 */
	const char *ca_file; /* PEM; NULL: those of the system.  Outlives the client */
};

struct cm_http_client;
CM_RESULT cm_http_client_new(
    const struct cm_http_client_new *in, struct cm_http_client **out, struct cm_err *err);
/* Breaks off what is under way. */
void cm_http_client_break_off(struct cm_http_client *c);
void cm_http_client_free(struct cm_http_client *c); /* the same first; NULL is fine */

struct cm_http_ask {
	const char *url;
	const char *post;    /* the Content-Type of ${body}; NULL: GET */
	struct cm_span body; /* is copied */
	size_t answer_max;   /* bytes */
	unsigned total_ms;   /* more than 0 */
	size_t tag;          /* the caller's */
};

enum cm_http_end {
	CM_HTTP_ANSWERED,
	CM_HTTP_LATE,        /* total_ms or connect_ms went by */
	CM_HTTP_UNREACHABLE, /* no such host, refused, broken off, no certificate that holds */
	CM_HTTP_TOO_LONG     /* more than answer_max */
};

struct cm_http_reply {
	size_t tag;
	enum cm_http_end end;
	int status;         /* of an answer; else 0 */
	char type[64];      /* Content-Type, cut; "" if there was none */
	struct cm_buf body; /* of an answer; the caller releases it */
	char why[200];      /* unless answered: in words */
};

/* Begins one.  CM_E_NOMEM; CM_E_USAGE: not a URL. */
CM_RESULT cm_http_client_begin(
    struct cm_http_client *c, const struct cm_http_ask *ask, struct cm_err *err);

/* Waits until one of those that were begun ends, whichever.  CM_E_NOTFOUND: none is under way;
 * CM_E_NOMEM. */
CM_RESULT cm_http_client_next(
    struct cm_http_client *c, struct cm_http_reply *out, struct cm_err *err);

/* Asks all, and waits for all: out[i] is the reply to ask[i], whose tag is i.  A URL that is none
 * is a reply too.  The caller releases each body, on success only.  CM_E_NOMEM. */
CM_RESULT cm_http_client_all(struct cm_http_client *c, const struct cm_http_ask *ask, size_t n,
    struct cm_http_reply *out, struct cm_err *err);

#endif
