/* weblog/weblog_parts.h -- what the readers of the forms share.  Private to src/weblog. */
#ifndef CM_WEBLOG_PARTS_H
#define CM_WEBLOG_PARTS_H

#include "base/buf.h"
#include "weblog/weblog.h"

#define CLF_TIME_LEN 26u /* 10/Oct/2000:13:55:36 -0700 */

struct cm_weblog {
	enum cm_weblog_form form;
	bool raw;	    /* text stays escaped, and nothing is allocated: only a guess is made */
	struct cm_buf room; /* reserved for a line at once, so that nothing in it moves */
	uint8_t last[CLF_TIME_LEN]; /* neighbours have the same second */
	int64_t last_ns;
};

enum cm_result cm_weblog_clf_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out, struct cm_err *why);
enum cm_result cm_weblog_json_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out, struct cm_err *why);

/* "10/Oct/2000:13:55:36 -0700"; false: it is none, and ${out} is as it was. */
bool cm_weblog_clf_time(struct cm_weblog *w, struct cm_span text, int64_t *out);

/* "192.0.2.1", "2001:db8::1", with ":port" or in brackets; an IPv4 address mapped into IPv6 is IPv4.
 * False: it is none, and ${out} is as it was. */
bool cm_weblog_host(struct cm_span text, struct cm_host *out);

/* Takes the client from X-Forwarded-For if that is for it to say; see weblog.h. */
void cm_weblog_forwarded(struct cm_span field, struct cm_host *client);

/* Digits, at most 18; false: others, or none. */
bool cm_weblog_digits(struct cm_span text, uint64_t *out);

/* "12", "0.123" as 10^-9 of the unit; false: it is no such number, or too large. */
bool cm_weblog_decimal(struct cm_span text, int64_t *out);

/* Is it "" or "-": there is none? */
bool cm_weblog_lacks(struct cm_span text);

#endif
