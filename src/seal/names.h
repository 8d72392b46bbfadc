/* seal/names.h -- names and ties of linked values (FORMATS 1.1).
 *
 * name(g, v) = H( 0x12 || X8 || g || L || v ),  L = H( 0x13 || X8 || S )
 * tie(g, v)  = H( 0x14 || (0x80+g) || name(g,v) || v )
 * A capture names few hosts many times, so a maker keeps the last ones. */
#ifndef CM_SEAL_NAMES_H
#define CM_SEAL_NAMES_H

#include "seal/schema.h"

#define CM_NAMES_SLOTS 1024u /* a power of two */
#define CM_NAMES_VALUE 16u   /* longer values are not kept */

struct cm_names_slot {
	uint8_t len; /* of the value, plus one; 0: empty */
	uint8_t group;
	uint8_t value[CM_NAMES_VALUE];
	uint8_t name[CM_HASH_LEN];
	uint8_t tie[CM_HASH_LEN];
};

/* Holds L: secret. */
struct cm_names {
	uint8_t x8[8];
	uint8_t l[CM_HASH_LEN];
	struct cm_names_slot *slot;
};

CM_RESULT cm_names_init(struct cm_names *n, const struct cm_seal_secret *secret); /* CM_E_NOMEM */
void cm_names_fini(struct cm_names *n);                                           /* wipes */

/* Either of name and tie may be NULL. */
void cm_names_of(struct cm_names *n, int group, struct cm_span value, uint8_t name[CM_HASH_LEN],
    uint8_t tie[CM_HASH_LEN]);

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
