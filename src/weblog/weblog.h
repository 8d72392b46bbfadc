/* weblog/weblog.h -- lines of a web server's log as requests.
 *
 * Common Log Format and Combined (Apache httpd's mod_log_config, nginx's default), with a
 * virtual host in front if there is one, and behind, in any order: how long it took (digits:
 * microseconds, %D; with a point: seconds, $request_time; "12ms"), and what X-Forwarded-For
 * said, in quotes.  JSON, an object a line, with the names that nginx, Caddy, Traefik and ECS
 * give; of several names for one thing the more exact one counts.
 *
 * The client is the address that asked the server.  Where that is a private one and
 * X-Forwarded-For is there, it is the last address of that, which the own proxy wrote; what stands
 * before it anybody can write.  A host name instead of an address is no client: net 0.
 * `cookie_known` is set where the log has such a field, `referer_known` in all but Common.  A line for bytes that were
 * no request ("-", the beginning of TLS) has no method and no target.
 *
 * Pure, total, bounded: a line that is none says so and is counted by the caller. */
#ifndef CM_WEBLOG_WEBLOG_H
#define CM_WEBLOG_WEBLOG_H

#include "base/result.h"
#include "capture/request.h"

#define CM_WEBLOG_LINE_MAX ((size_t)1 << 20) /* a longer line is malformed */

enum cm_weblog_form { CM_WEBLOG_NONE, CM_WEBLOG_COMMON, CM_WEBLOG_COMBINED, CM_WEBLOG_JSON };

/* What the first lines of a file look like: CM_WEBLOG_NONE unless most of them (at least
 * one) are lines of that form. ${head}: the first bytes of the file, up to 64 KiB. */
enum cm_weblog_form cm_weblog_guess(struct cm_span head);
const char *cm_weblog_word(enum cm_weblog_form form); /* "common", ... */

/* Reads lines; keeps room for unescaped text, so a request lives until the next line. */
struct cm_weblog;
CM_RESULT cm_weblog_new(enum cm_weblog_form form, struct cm_weblog **out);
void cm_weblog_free(struct cm_weblog *w); /* NULL is fine */

/* One line, with or without its newline.  ${out}'s id is not set.  In Common and Combined a line may be of
 * either.
 * CM_E_MALFORMED: it is not of that form; ${why} says what was expected, at which byte.
 * CM_E_NOMEM: no room for what is escaped in it. */
CM_RESULT cm_weblog_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out,
    struct cm_err *why);

#endif
