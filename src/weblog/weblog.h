/* weblog/weblog.h -- lines of a web server's log as requests.
 *
 * Common Log Format and Combined (Apache httpd's mod_log_config, nginx's default), with
 * %D or $request_time behind if there is one, a virtual host in front if there is one; and
 * JSON, an object a line, with the names that nginx, Caddy, Traefik and ECS give.
 * Pure, total, bounded: a line that is none says so and is counted by the caller. */
#ifndef CM_WEBLOG_WEBLOG_H
#define CM_WEBLOG_WEBLOG_H

#include "base/result.h"
#include "capture/request.h"

enum cm_weblog_form { CM_WEBLOG_NONE, CM_WEBLOG_COMMON, CM_WEBLOG_COMBINED, CM_WEBLOG_JSON };

/* What the first lines of a file look like: CM_WEBLOG_NONE unless most of them (at least
 * one) are lines of that form. ${head}: the first bytes of the file, up to 64 KiB. */
enum cm_weblog_form cm_weblog_guess(struct cm_span head);
const char *cm_weblog_word(enum cm_weblog_form form); /* "common", ... */

/* Reads lines; keeps room for unescaped text, so a request lives until the next line. */
struct cm_weblog;
CM_RESULT cm_weblog_new(enum cm_weblog_form form, struct cm_weblog **out);
void cm_weblog_free(struct cm_weblog *w); /* NULL is fine */

/* One line, with or without its newline.  ${out}'s id is not set.
 * CM_E_MALFORMED: it is not of that form; ${why} says what was expected, at which byte. */
CM_RESULT cm_weblog_line(struct cm_weblog *w, struct cm_span line, struct cm_request *out,
    struct cm_err *why);

#endif
