/* warning/state.h -- within the room: the lists as they are searched. */
#ifndef CM_WARNING_STATE_H
#define CM_WARNING_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "warning/warning.h"

struct cm_warning_prefix {
	uint8_t base[16]; /* masked */
	uint8_t len;	  /* 4 or 16 */
	uint8_t bits;
	uint32_t list;
	const char *entry;
};

/* A string or a hostname; of substrings the same. */
struct cm_warning_name {
	const char *key; /* lower case, without dots around it */
	uint32_t len;
	uint32_t list;
	bool below; /* names below it match, too */
	const char *entry;
};

#define CM_WARNING_LENGTHS 129 /* of prefixes, 0 to 128 */

struct cm_warnings {
	struct cm_arena arena;
	struct cm_buf lists;	/* struct cm_warning_list */
	struct cm_buf prefixes; /* struct cm_warning_prefix; sorted by cm_warnings_end, */
	struct cm_buf names;	/* struct cm_warning_name; the same */
	struct cm_buf parts;	/* struct cm_warning_name: substrings */
	size_t entries;
	/* where the prefixes of IPv4 and IPv6 of each length begin, and how many there are */
	size_t from[2][CM_WARNING_LENGTHS], n[2][CM_WARNING_LENGTHS];
	bool ready;
};

/* Lower case, without the dot behind it, into ${out} of CM_WARNING_VALUE bytes; the length, 0 if the text is empty
 * or too long. */
size_t cm_warning_fold(struct cm_span text, char *out);

/* Zeros all but the first ${bits} bits. */
void cm_warning_mask(uint8_t *addr, size_t len, unsigned bits);

int cm_warning_name_cmp(const struct cm_warning_name *x, const char *key, size_t len);

#endif
