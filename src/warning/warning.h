/* warning/warning.h -- values that nobody should be accused by, or that should not be named.
 *
 * Lists in the JSON of MISP's warning lists: an object with `name`, `type`, `list` (strings), and perhaps
 * `description`, `matching_attributes`, `version`; ours have `blunder` besides, what it would be to accuse
 * such a value.  Other members are not minded.
 *
 *	cidr		addresses and prefixes
 *	hostname	a name, and all names below it
 *	string		the very value; one that begins with a dot is taken as a hostname, one that is
 *			an address as a prefix if the list is for addresses
 *	substring	the entry stands anywhere in the value
 *	regex		not supported: such entries are counted as ignored, never tried.  A pattern of somebody
 *			else's can make a matcher run for ever
 *
 * Letters of either case are the same, a dot behind a name says nothing, an IPv4 address inside IPv6
 * (::ffff:a.b.c.d) is the IPv4 address.  What a list is for, its `matching_attributes` say; without them it is for
 * all three kinds of values.  An entry that can not be used (no address in a cidr list, empty, too long, a prefix of
 * length 0) is counted as ignored.
 *
 * A lookup takes a binary search for each length of prefix that there is, or for each label of the name, and a
 * walk over the substrings. */
#ifndef CM_WARNING_WARNING_H
#define CM_WARNING_WARNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_WARNING_LISTS 4096u
#define CM_WARNING_ENTRIES ((size_t)8 << 20)	/* of all lists */
#define CM_WARNING_SUBSTRINGS ((size_t)64 << 10) /* of all lists */
#define CM_WARNING_VALUE 1024u			/* bytes of an entry, and of a value */

/* What a list is for, in bits. */
enum cm_warning_kind { CM_WARNING_ADDRESS = 1, CM_WARNING_HOST = 2, CM_WARNING_HASH = 4 };

struct cm_warning_list {
	const char *name;
	const char *type;	 /* as above */
	const char *description; /* NULL: none */
	const char *blunder;	 /* "is private: ..."; NULL: none */
	unsigned kinds;		 /* enum cm_warning_kind; 0: for values of other kinds than ours */
	size_t entries;		 /* that are used */
	size_t ignored;
	const char *why_ignored; /* "regex not supported", ...: the first reason; NULL if none is */
};

struct cm_warnings;

struct cm_warnings *cm_warnings_new(void); /* NULL: no memory */
void cm_warnings_free(struct cm_warnings *w); /* NULL is fine */

/* Adds one list.  On failure none of it is there.  CM_E_MALFORMED, CM_E_UNSUPPORTED (a type not known),
 * CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_warnings_add(struct cm_warnings *w, struct cm_span json, struct cm_err *err);
/* Adds those that are built in (data/warninglists). */
CM_RESULT cm_warnings_add_builtin(struct cm_warnings *w, struct cm_err *err);
/* Makes it ready to be asked; after it nothing is added. */
void cm_warnings_end(struct cm_warnings *w);

size_t cm_warnings_n(const struct cm_warnings *w);
const struct cm_warning_list *cm_warnings_at(const struct cm_warnings *w, size_t i);

struct cm_warning_match {
	const struct cm_warning_list *list;
	const char *entry; /* as it stands in the list */
};

/* The entries that match, the first ${max} of them into ${out}; returns how many there are.  ${addr}: 4 or 16 bytes;
 * ${name} and ${hash} as text.  Values of other lengths match nothing. */
size_t cm_warning_check_address(
    const struct cm_warnings *w, struct cm_span addr, struct cm_warning_match *out, size_t max);
size_t cm_warning_check_host(const struct cm_warnings *w, struct cm_span name, struct cm_warning_match *out, size_t max);
size_t cm_warning_check_hash(const struct cm_warnings *w, struct cm_span hash, struct cm_warning_match *out, size_t max);

/* What a text is: an address (its bytes in ${addr}, 4 or 16 of them), a hash (hexadecimal of the length of one),
 * else a host. */
enum cm_warning_kind cm_warning_kind_of(struct cm_span text, uint8_t addr[16], size_t *addr_len);

/* Reads an address; false: it is none. */
bool cm_warning_address(struct cm_span text, uint8_t addr[16], size_t *len);

#endif
