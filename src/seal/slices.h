/* seal/slices.h -- where the members of a JSON object lie in a line (FORMATS 1, records/1).
 *
 * A scanner, no reader: nothing is decoded.  A line is cut if it is, but for white
 * space around it, one object of the grammar of RFC 8259, nested at most 64 deep
 * (the object itself being the first).  Strings are any bytes from 0x20 up with
 * the escapes of the grammar; whether they are UTF-8 is not asked. */
#ifndef CM_SEAL_SLICES_H
#define CM_SEAL_SLICES_H

#include "seal/schema.h"

#define CM_RECORD_DEPTH 64u

/* The value of a listed member: all bytes behind its colon, up to the comma or brace. */
struct cm_slice {
	size_t column;
	size_t at, len;
};

/* Finds the first occurrence of each listed member, in the order of the line; ${slice} has
 * room for one a column but the last.  ${holes}: `rest` is looked at, in which the values
 * of listed members may be missing: then their len is 0 there.
 * False: it is no such object. */
bool cm_slices_find(
    const struct cm_schema *s, struct cm_span line, bool holes, struct cm_slice *slice, size_t *n);

/* Is this the value of a member: one JSON value, white space around it allowed? */
bool cm_slices_is_value(struct cm_span value);

#endif
