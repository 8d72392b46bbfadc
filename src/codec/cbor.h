/* codec/cbor.h -- the strict part of CBOR (RFC 8949) that openings are made of.
 *
 * Read: unsigned integers, byte strings, text strings, arrays and maps of known
 * length, each head in its shortest form; a sequence of such items (RFC 8742).
 * Refused with the offset: everything else CBOR has (negative numbers, tags,
 * floats, simple values, indefinite lengths), and longer forms.  The reader goes
 * head by head, so that whoever reads decides how deep and how long anything may
 * be; it never allocates and never leaves its input.
 *
 * On an error nothing has moved. */
#ifndef CM_CODEC_CBOR_H
#define CM_CODEC_CBOR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

/* Major types; the number is the one on the wire. */
enum cm_cbor_type {
	CM_CBOR_UINT = 0,
	CM_CBOR_BYTES = 2,
	CM_CBOR_TEXT = 3,
	CM_CBOR_ARRAY = 4,
	CM_CBOR_MAP = 5
};

struct cm_cbor {
	struct cm_span in;
	size_t at; /* of the next item */
};

struct cm_cbor_head {
	enum cm_cbor_type type;
	uint64_t value; /* the integer; length of a string; items of an array; pairs of a map */
};

/* Reads the next head.  The content of a string is not looked at yet.
 * CM_E_MALFORMED: the input ends, or it is none of ours. */
CM_RESULT cm_cbor_head(struct cm_cbor *c, struct cm_cbor_head *out, struct cm_err *err);

/* Reads a head and insists on its type; ${what} is what a person reads after "expected". */
CM_RESULT cm_cbor_uint(struct cm_cbor *c, const char *what, uint64_t *out, struct cm_err *err);
CM_RESULT cm_cbor_array(struct cm_cbor *c, const char *what, uint64_t *items, struct cm_err *err);
CM_RESULT cm_cbor_map(struct cm_cbor *c, const char *what, uint64_t *pairs, struct cm_err *err);

/* A whole string; it borrows from the input. */
CM_RESULT cm_cbor_bytes(
    struct cm_cbor *c, const char *what, struct cm_span *out, struct cm_err *err);
CM_RESULT cm_cbor_text(
    struct cm_cbor *c, const char *what, struct cm_span *out, struct cm_err *err);

/* The content of a string of which the head has just been read. */
CM_RESULT cm_cbor_content(
    struct cm_cbor *c, const struct cm_cbor_head *head, struct cm_span *out, struct cm_err *err);

bool cm_cbor_at_end(const struct cm_cbor *c);

/* Writing, in the shortest form. */
void cm_cbor_put_head(struct cm_buf *b, enum cm_cbor_type type, uint64_t value);
void cm_cbor_put_bytes(struct cm_buf *b, struct cm_span s);
void cm_cbor_put_text(struct cm_buf *b, const char *text);

#endif
