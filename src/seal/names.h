/* seal/names.h -- names and ties of linked values (FORMATS 1.1).
 *
 * name(g, v) = H( 0x12 || X8 || g || L || v ),  L = H( 0x13 || X8 || S )
 * tie(g, v)  = H( 0x14 || (0x80+g) || name(g,v) || v )
 * A capture names few hosts many times, so a maker keeps those it met last: a bounded
 * number, in sets of two of which the older one gives way.  Those it does not have are
 * hashed side by side where many are asked for at once. */
#ifndef CM_SEAL_NAMES_H
#define CM_SEAL_NAMES_H

#include "seal/schema.h"

#define CM_NAMES_SETS 1024u /* a power of two */
#define CM_NAMES_VALUE 16u  /* longer values are not kept */

struct cm_names_slot;
struct cm_names_missing;

/* Holds L: secret. */
struct cm_names {
	uint8_t x8[8];
	uint8_t l[CM_HASH_LEN];
	struct cm_names_slot *slot; /* set by set */
	struct cm_names_missing *missing; /* scratch */
};

CM_RESULT cm_names_init(struct cm_names *n, const struct cm_seal_secret *secret); /* CM_E_NOMEM */
void cm_names_fini(struct cm_names *n);                                           /* wipes */

/* Either of name and tie may be NULL. */
void cm_names_of(struct cm_names *n, int group, struct cm_span value, uint8_t name[CM_HASH_LEN],
    uint8_t tie[CM_HASH_LEN]);

/* tie[i] is the tie of value[i] in link group group[i], for ${count} of them. */
void cm_names_ties(struct cm_names *n, const uint8_t *group, const struct cm_span *value,
    size_t count, uint8_t (*tie)[CM_HASH_LEN]);

/* The tie of a value whose name is known. */
void cm_tie_of(
    int group, const uint8_t name[CM_HASH_LEN], struct cm_span value, uint8_t tie[CM_HASH_LEN]);

/* Remembers under which name each value was met, in one exhibit (one X): several
 * openings may be told to one book.  One value under two names means that the
 * sealer lied when sealing.  Zero-initialise; ends with cm_name_book_release. */
struct cm_name_book {
	struct cm_name_entry *entry;
	size_t n, cap;
	bool conflict;         /* some value has two names, */
	uint64_t conflict_row; /* first seen in this row */
};

CM_RESULT cm_name_book_add(struct cm_name_book *b, int group, const uint8_t name[CM_HASH_LEN],
    struct cm_span value, uint64_t row); /* CM_E_NOMEM */
void cm_name_book_release(struct cm_name_book *b);

#endif
