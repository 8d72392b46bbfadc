/* dossier/html.h -- text into HTML, so that no byte of a sender becomes markup.
 *
 * Besides the five characters of HTML, what could deceive a reader's eye is
 * made visible: control characters, bytes that are no UTF-8, and the Unicode
 * characters that reorder or hide text become U+FFFD. */
#ifndef CM_DOSSIER_HTML_H
#define CM_DOSSIER_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "capture/packet.h"

/* Length of the well-formed UTF-8 sequence (RFC 3629) at ${p}, of ${left} >= 1 bytes, its code
 * point in ${*cp}; 0: there is none. */
size_t cm_utf8_at(const uint8_t *p, size_t left, uint32_t *cp);

/* For element content and for attribute values in double quotes. */
void cm_html_span(struct cm_buf *out, struct cm_span text);
void cm_html_text(struct cm_buf *out, const char *text); /* NULL: nothing */
void cm_html_printf(struct cm_buf *out, const char *fmt, ...) CM_PRINTF(2, 3);

/* Plain text of an address of 4 or 16 bytes; ${out} is 46 bytes or more. */
#define CM_ADDR_TEXT 46
void cm_addr_text(struct cm_span addr, char out[CM_ADDR_TEXT]);

/* "2015-03-17 10:20:30.123456 UTC"; ${out} is 48 bytes or more. */
#define CM_HTML_TIME 48
void cm_html_time(int64_t t_ns, char out[CM_HTML_TIME]);

/* "no", "one", ... "twelve", then digits. */
#define CM_COUNT_TEXT 24
const char *cm_count_text(uint64_t n, char out[CM_COUNT_TEXT]);

#endif
