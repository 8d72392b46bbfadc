/* codec/json_read.h -- reads JSON strictly, since what is read was signed.
 *
 * A thin seam over jansson that refuses whatever two readers might understand
 * differently (docs/formats.md 2): duplicate member names, invalid UTF-8, a byte
 * order mark, anything behind the value but one newline, numbers that are not
 * integers or beyond 2^53-1, U+0000 in strings and names, nesting deeper than 32.
 * It is total; before anything is allocated a look over the text bounds what the
 * parsed value can cost (CM_JSON_MEMORY) and how deep it goes.
 *
 * A struct cm_json borrows from its document and lives as long as that.  The
 * getters name the member in the error; their outputs are written on success
 * only.  All of them say CM_E_MALFORMED unless told otherwise. */
#ifndef CM_CODEC_JSON_READ_H
#define CM_CODEC_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_JSON_DEPTH 32
#define CM_JSON_INT_MAX ((INT64_C(1) << 53) - 1)
#define CM_JSON_TEXT ((size_t)64 << 20)    /* longest text read */
#define CM_JSON_MEMORY ((size_t)256 << 20) /* most the parsed value may take, by estimate */

struct json_t; /* jansson's */

/* Owns the parsed value; zero-initialise, end with cm_json_release. */
struct cm_json_doc {
	struct json_t *root;
};

struct cm_json {
	struct json_t *v;
};

enum cm_json_type {
	CM_JSON_OBJECT,
	CM_JSON_LIST,
	CM_JSON_STR,
	CM_JSON_INT,
	CM_JSON_BOOL,
	CM_JSON_NULL
};

/* White space between the parts of a JSON text (RFC 8259 section 2). */
static inline bool
cm_json_is_white(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

/* A text without the white space of JSON around it. */
struct cm_span cm_json_trim(struct cm_span text);

/* CM_E_MALFORMED with the offset; CM_E_LIMIT: too long or too costly; CM_E_NOMEM. */
CM_RESULT cm_json_parse(struct cm_span text, struct cm_json_doc *out, struct cm_err *err);
void cm_json_release(struct cm_json_doc *doc);
struct cm_json cm_json_root(const struct cm_json_doc *doc);

enum cm_json_type cm_json_type(struct cm_json v);

/* Is ${v} an object with no other members than these?  ${names} ends with NULL. */
CM_RESULT cm_json_only(struct cm_json v, const char *const *names, struct cm_err *err);

/* Members of the object ${v}. */
bool cm_json_has(struct cm_json v, const char *name);
CM_RESULT cm_json_get(struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err);
CM_RESULT cm_json_get_object(
    struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err);
CM_RESULT cm_json_get_list(
    struct cm_json v, const char *name, struct cm_json *out, struct cm_err *err);
/* UTF-8, ends with NUL, has none inside; lives as long as the document. */
CM_RESULT cm_json_get_str(struct cm_json v, const char *name, const char **out, struct cm_err *err);
/* Exactly 2 * ${len} lower-case hexadecimal digits. */
CM_RESULT cm_json_get_hex(
    struct cm_json v, const char *name, uint8_t *out, size_t len, struct cm_err *err);
/* 0..${max} */
CM_RESULT cm_json_get_u64(
    struct cm_json v, const char *name, uint64_t max, uint64_t *out, struct cm_err *err);
CM_RESULT cm_json_get_int(
    struct cm_json v, const char *name, int64_t min, int64_t max, int64_t *out, struct cm_err *err);
CM_RESULT cm_json_get_bool(struct cm_json v, const char *name, bool *out, struct cm_err *err);

/* Items of the list ${v}; a value of another type has none. */
size_t cm_json_len(struct cm_json v);
struct cm_json cm_json_at(struct cm_json v, size_t i); /* i < cm_json_len(v) */

/* Members of the object ${v} as they stand in the text.  ${*name} and ${*out} are the
 * first ones if ${*name} is NULL, else those behind it; false at the end.  Start with
 * ${*name} = NULL and hand the same pointer in again. */
bool cm_json_next(struct cm_json v, const char **name, struct cm_json *out);

/* The value itself; ${what} names it in the error. */
CM_RESULT cm_json_str(struct cm_json v, const char *what, const char **out, struct cm_err *err);
CM_RESULT cm_json_hex(
    struct cm_json v, const char *what, uint8_t *out, size_t len, struct cm_err *err);
CM_RESULT cm_json_u64(
    struct cm_json v, const char *what, uint64_t max, uint64_t *out, struct cm_err *err);
CM_RESULT cm_json_int(
    struct cm_json v, const char *what, int64_t min, int64_t max, int64_t *out, struct cm_err *err);
CM_RESULT cm_json_bool(struct cm_json v, const char *what, bool *out, struct cm_err *err);

#endif
