/* codec/json_write.h -- writes JSON text in the order it is told, nothing else.
 *
 * No floats: numbers are 64-bit integers.  Strings are taken as UTF-8; bytes
 * that are none are written as U+FFFD, control characters are escaped.  The
 * writer keeps commas; nesting beyond 32 marks the buffer failed.  `indent`
 * spaces per level, 0 for one line. */
#ifndef CM_CODEC_JSON_WRITE_H
#define CM_CODEC_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct cm_jsonw {
	struct cm_buf *out;
	int indent;
	int depth;
	uint32_t has_item; /* bit per depth: something stands there already */
	bool after_key;
};

struct cm_jsonw cm_jsonw_of(struct cm_buf *out, int indent);
void cm_jsonw_object(struct cm_jsonw *w);
void cm_jsonw_object_end(struct cm_jsonw *w);
void cm_jsonw_array(struct cm_jsonw *w);
void cm_jsonw_array_end(struct cm_jsonw *w);
void cm_jsonw_key(struct cm_jsonw *w, const char *name);
void cm_jsonw_str(struct cm_jsonw *w, const char *text); /* NULL: null */
void cm_jsonw_span(struct cm_jsonw *w, struct cm_span text);
void cm_jsonw_hex(struct cm_jsonw *w, struct cm_span bytes);
void cm_jsonw_int(struct cm_jsonw *w, int64_t v);
void cm_jsonw_uint(struct cm_jsonw *w, uint64_t v);
void cm_jsonw_bool(struct cm_jsonw *w, bool v);
void cm_jsonw_null(struct cm_jsonw *w);

/* key and value in one go */
void cm_jsonw_kstr(struct cm_jsonw *w, const char *name, const char *text);
/* The text in ${value}; if there was no memory for it, all that is written has failed. */
void cm_jsonw_kbuf(struct cm_jsonw *w, const char *name, const struct cm_buf *value);
void cm_jsonw_kint(struct cm_jsonw *w, const char *name, int64_t v);
void cm_jsonw_kuint(struct cm_jsonw *w, const char *name, uint64_t v);
void cm_jsonw_kbool(struct cm_jsonw *w, const char *name, bool v);
/* As cm_time_text says it; null: it is not known. */
void cm_jsonw_ktime(struct cm_jsonw *w, const char *name, bool known, int64_t t_ns);
void cm_jsonw_khex(struct cm_jsonw *w, const char *name, struct cm_span bytes);

#endif
