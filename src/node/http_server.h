/* node/http_server.h -- an HTTP/1.1 server: a thin seam over libmicrohttpd.
 *
 * A thread a connection, so that a handler may wait (for a disk, say) while others go on.
 * Whoever connects may be anybody: connections, the bytes of a body, and the time to read a
 * request, to take an answer and to stay silent in between are bounded.  A body too long is
 * answered 413, a method other than GET, HEAD and POST 405; who is too slow is hung up on.
 *
 * A path is never decoded: one with a %, with an empty, a `.` or a `..` segment, or with a
 * character that no path of ours has is answered 404 and reaches no handler. */
#ifndef CM_NODE_HTTP_SERVER_H
#define CM_NODE_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

struct cm_http_request {
	bool post;        /* else GET or HEAD: the body of an answer to HEAD is not sent */
	const char *path; /* what stands behind the site's prefix and a slash; may be "" */
	struct cm_span body;
};

/* Zeroed for the handler.  ${type}, ${cache} and ${allow} are static strings. */
struct cm_http_answer {
	int status;
	const char *type;   /* Content-Type; NULL: none is sent */
	const char *cache;  /* Cache-Control; NULL: none is sent */
	const char *allow;  /* Allow, which a 405 has to have */
	struct cm_buf body; /* the server's from here on; one that failed is answered 500 */
};

/* Runs on a thread of the connection, several at once. */
typedef void cm_http_handler(
    void *arg, const struct cm_http_request *request, struct cm_http_answer *out);

struct cm_http_site {
	const char *prefix; /* "" or "/log": without a slash behind it */
	cm_http_handler *handle;
	void *arg;
};

/* 0 stands for what is given behind. */
struct cm_http_limits {
	unsigned connections; /* 512: one more is hung up on at once */
	unsigned per_address; /* no bound of its own */
	size_t body;          /* 64 KiB */
	unsigned read_ms;     /* 10,000: from the first byte of a request to its last */
	unsigned write_ms;    /* 30,000: until an answer is taken */
	unsigned idle_ms;     /* 60,000: between an answer and the next request */
	unsigned stop_ms;     /* 5,000: what is under way when the server stops */
};

struct cm_http_server_new {
	const char *address; /* numeric: "127.0.0.1", "::" */
	uint16_t port;       /* 0: one that is free */
	struct cm_http_limits limits;
	const struct cm_http_site *site; /* the first one that fits serves; outlives the server */
	size_t n_sites;
};

struct cm_http_server;

/* CM_E_USAGE: no such address; CM_E_IO: it is taken, or may not be used; CM_E_NOMEM. */
CM_RESULT cm_http_server_start(
    const struct cm_http_server_new *in, struct cm_http_server **out, struct cm_err *err);
uint16_t cm_http_server_port(const struct cm_http_server *s);

/* Takes no more connections, lets what was asked be answered, and ends.  NULL is fine. */
void cm_http_server_stop(struct cm_http_server *s);

/* One line of text as an answer: "no such thing\n". */
void cm_http_say(struct cm_http_answer *out, int status, const char *text);

#endif
