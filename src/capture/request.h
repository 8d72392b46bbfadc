/* capture/request.h -- one request to an HTTP server, wherever it was written down.
 *
 * Comes from the packet that holds its head, or from a line of a server's log (weblog/);
 * who counts requests need not know which.  Spans are borrowed from the packet or line and
 * are others' bytes: whoever prints them escapes them. */
#ifndef CM_CAPTURE_REQUEST_H
#define CM_CAPTURE_REQUEST_H

#include "capture/packet.h"

#define CM_REQUEST_HEAD_MAX 8192u /* bytes of a head that are looked at */

struct cm_request {
	cm_packet_id id; /* the packet, or (file, row) of the line */
	int64_t t_ns;	 /* since 1970 */
	struct cm_host client, server; /* net 0: not known */
	uint16_t client_port, server_port; /* 0: not known */
	struct cm_span method;	/* "GET"; empty: it was no HTTP, or is not known */
	struct cm_span target;	/* path and query as asked, without scheme and authority */
	struct cm_span host;	/* the name asked for, without port; ptr NULL: not known */
	struct cm_span referer; /* ptr NULL: none, or not known */
	struct cm_span agent;
	bool has_cookie;
	bool cookie_known; /* the head is whole, or the log has that field */
	bool referer_known; /* likewise: without it a NULL referer says nothing */
	uint16_t status;   /* 0: not known */
	int64_t took_ns;   /* until it was answered; negative: not known */
	uint64_t answered; /* bytes; 0 if not known */
};

/* Does the payload of this TCP segment begin as an HTTP/1 request (a method that is one, a
 * target, HTTP/1.x, as far as it was captured)?  Then fills ${out}; fields beyond what was
 * captured are absent, and a line that was cut is none.  A request sent twice is given twice.
 * Untrusted input: total; looks at CM_REQUEST_HEAD_MAX bytes at most.  The name is that
 * of an absolute target, else of the Host line (RFC 9112, 3.2). */
bool cm_request_of_packet(const struct cm_packet *p, struct cm_request *out);

/* "GET /x?y HTTP/1.1" into method, target and, if the target has one, host.  The version may
 * be of any kind, or lack.  False: no such line, and ${out} is as it was. */
bool cm_request_of_line(struct cm_span line, struct cm_request *out);

/* The status of the HTTP/1 answer with which this payload begins; 0: it does not. */
uint16_t cm_answer_status(struct cm_span payload);

/* The part of ${text}, a URL or authority, that is the host's name: without scheme, user
 * and port; an IPv6 address without its brackets.  Empty: there is none. */
struct cm_span cm_url_host(struct cm_span text);

#endif
