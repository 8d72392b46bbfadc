/* codec/zip.h -- the one ZIP that given names and contents have (docs/formats.md 3).
 *
 * Entries are stored, ascending by name (bytewise), each name once; names match
 * [a-z0-9][a-z0-9._-]{0,63}.  Versions, flags and times are fixed, nothing stands
 * before, between or behind.  So writing is a function of names and contents, and
 * the reader accepts exactly what the writer writes: it refuses the first byte that
 * differs and names its offset.  Both are pure; the reader borrows from its input. */
#ifndef CM_CODEC_ZIP_H
#define CM_CODEC_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/sink.h"
#include "base/span.h"

#define CM_ZIP_ENTRIES 16384u
#define CM_ZIP_BYTES UINT32_MAX
#define CM_ZIP_NAME 64u

struct cm_zip_entry {
	struct cm_span name;
	struct cm_span data;
};

/* The CRC-32 of an entry's data, where it is known already. */
struct cm_zip_sum {
	bool known;
	uint32_t crc;
};

/* Is ${name} one that an entry may have? */
bool cm_zip_name_ok(struct cm_span name);

/* Writes entries in any order as one file.  CM_E_USAGE: a name that is not allowed, or
 * twice.  CM_E_LIMIT: too many entries or bytes.  And what the sink says. */
CM_RESULT cm_zip_write(
    const struct cm_zip_entry *entries, size_t n, const struct cm_sink *out, struct cm_err *err);

/* The same of entries that were read or summed before: ${sum} has as many, or is NULL. */
CM_RESULT cm_zip_write_summed(const struct cm_zip_entry *entries, const struct cm_zip_sum *sum, size_t n,
    const struct cm_sink *out, struct cm_err *err);

/* What was read, ascending by name. */
struct cm_zip {
	const struct cm_zip_entry *entry; /* the list in the arena, the bytes in the file */
	size_t n;
	const struct cm_zip_sum *sum; /* of each entry; NULL: not known */
};

/* CM_E_MALFORMED with offset and expectation.  CM_E_NOMEM. */
CM_RESULT cm_zip_read(
    struct cm_span file, struct cm_arena *arena, struct cm_zip *out, struct cm_err *err);

/* The same, but each sum is taken as the file says it: for who will put these entries into another
 * file that is read as a whole before anybody relies on it. */
CM_RESULT cm_zip_list(
    struct cm_span file, struct cm_arena *arena, struct cm_zip *out, struct cm_err *err);

/* CM_E_NOTFOUND */
CM_RESULT cm_zip_find(const struct cm_zip *zip, const char *name, struct cm_span *out);

#endif
