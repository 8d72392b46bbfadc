/* seal/pairs.h -- the second table of a capture's seal: which rows each two hosts have (docs/formats.md 1.6).
 *
 * Of every two hosts that some row has as source and destination, in either direction, one entry:
 *	key = H( 0x17 || X8 || the smaller tie || the greater tie )
 *	how many rows these are, and a cover over which ones
 * Entries are sorted by key and stand in a tree in which the bits of the key are the way, so that a
 * root has one place for a pair and no room for a second entry of it, whatever the sealer did.
 *
 *	salt   = H( 0x18 || the first 16 bytes of key || S )
 *	cover  = H( 0x19 || the number of each row:u64, ascending || salt )
 *	leaf   = H( 0x1a || key || how many rows:u64 || cover )
 *	pad    = H( 0x1b || depth:u8 || the first `depth` bits of the key, then zeros, 16 bytes || S )
 *	node   = H( 0x1c || left || right )
 * A pad stands where no entry is, and looks like everything else to who has not S.
 *
 * Three steps: a book takes rows as they pass, a list is what it comes to, and the tree over a list
 * gives root and openings.  Memory of a book: some 70 bytes a pair, and 130 more of each that has three
 * rows; of a list 72, and 32 more while the tree is made. */
#ifndef CM_SEAL_PAIRS_H
#define CM_SEAL_PAIRS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/sink.h"
#include "base/together.h"
#include "crypto/sha256.h"
#include "seal/schema.h"

#define CM_PAIRS_MAX ((size_t)1 << 20) /* a capture with more has no such table */
#define CM_PAIR_DEPTH_MIN 16u	       /* no leaf stands higher up: few pairs look like many */
#define CM_PAIR_DEPTH_MAX 127u /* none stands lower, but one in 2^88 */

/* ---- rows as they pass ---- */

/* Who a row is between, ready to be looked up. */
struct cm_pair_of {
	uint64_t word[4]; /* both addresses, the smaller one first */
	uint32_t spread;
	uint8_t len; /* of each; 0: no pair */
};

struct cm_pair_book;

/* CM_E_NOMEM.  Ends with cm_pair_book_free. */
CM_RESULT cm_pair_book_new(const struct cm_seal_secret *secret, struct cm_pair_book **out);

/* Any thread may ask this of a book that others fill. */
struct cm_pair_of cm_pair_of(const struct cm_pair_book *b, struct cm_span src, struct cm_span dst);

/* Rows that have a pair, ascending.  CM_E_NOMEM. */
CM_RESULT cm_pair_book_add(struct cm_pair_book *b, uint64_t row, const struct cm_pair_of *of);

/* The same of ${n} rows from ${row} on, some of which may have none; quicker, since what is looked up soon is asked for
 * in time. */
CM_RESULT cm_pair_book_add_all(struct cm_pair_book *b, uint64_t row, const struct cm_pair_of *of, size_t n);

/* It has met more than CM_PAIRS_MAX, and has given up. */
bool cm_pair_book_crowded(const struct cm_pair_book *b);

void cm_pair_book_free(struct cm_pair_book *b); /* NULL is fine */

/* ---- what they come to ---- */

struct cm_pair {
	uint8_t key[CM_HASH_LEN];
	uint64_t rows;
	uint8_t cover[CM_HASH_LEN];
};

/* Zero-initialise; ends with cm_pair_list_release. */
struct cm_pair_list {
	struct cm_pair *pair; /* ascending by key */
	size_t n;
};

/* Empties the book.  ${together} may be NULL.  CM_E_NOMEM; CM_E_LIMIT: it is crowded. */
CM_RESULT cm_pair_book_end(
    struct cm_pair_book *b, const struct cm_together *together, struct cm_pair_list *out);
void cm_pair_list_release(struct cm_pair_list *l);

/* CM_E_NOTFOUND. */
CM_RESULT cm_pair_list_find(const struct cm_pair_list *l, const uint8_t key[CM_HASH_LEN], const struct cm_pair **out);

/* The order of the two ties does not matter. */
void cm_pair_key(const uint8_t x[CM_HASH_LEN], const uint8_t tie[CM_HASH_LEN], const uint8_t other[CM_HASH_LEN],
    uint8_t out[CM_HASH_LEN]);

/* What the sealer keeps: the list, at the end of the index (seal/index.h), behind everything else.
 * Cuts it off ${index}; the list is empty if there is none.  CM_E_NOMEM; CM_E_MALFORMED. */
CM_RESULT cm_pair_list_write(const struct cm_pair_list *l, const struct cm_sink *out);
CM_RESULT cm_pair_list_cut(struct cm_span *index, struct cm_span *notes);
CM_RESULT cm_pair_list_read(struct cm_span notes, struct cm_pair_list *out, struct cm_err *err);

/* ---- the tree ---- */

CM_RESULT cm_pairs_root(const struct cm_pair_list *l, const struct cm_seal_secret *secret,
    const struct cm_together *together, uint8_t out[CM_HASH_LEN]); /* CM_E_NOMEM */

/* An entry that is to be shown. */
struct cm_pair_wish {
	uint8_t key[CM_HASH_LEN];
	bool whole; /* all its rows are shown: so is the salt of the cover */
};

/* Writes the one opening that shows these, ascending by key, all of the list.  CM_E_NOMEM;
 * CM_E_REFUSED: the list is not the one that was sealed. */
CM_RESULT cm_pairs_open(const struct cm_pair_list *l, const struct cm_seal_secret *secret, const struct cm_seal *seal,
    const struct cm_pair_wish *wish, size_t n, struct cm_buf *out, struct cm_err *err);

/* An entry that is shown. */
struct cm_opened_pair {
	uint8_t key[CM_HASH_LEN];
	uint64_t rows;
	uint8_t cover[CM_HASH_LEN];
	bool whole;
	uint8_t salt[CM_HASH_LEN]; /* if whole */
};

/* Is it the cover of these rows, and no others?  One row after the other, ascending. */
struct cm_pair_count {
	struct cm_sha256 hash;
	uint64_t rows;
};
void cm_pair_count_begin(struct cm_pair_count *c);
void cm_pair_count_add(struct cm_pair_count *c, uint64_t row);
/* Consumes it. */
bool cm_pair_count_is(struct cm_pair_count *c, const struct cm_opened_pair *p);

/* Reads an opening, checks it against the seal, and gives its entries, ascending by key, in the
 * arena.  Untrusted input: total, linear, no allocation by what it says; recursion to
 * CM_PAIR_DEPTH_MAX.
 * CM_E_MALFORMED: not the CBOR of one.  CM_E_REFUSED: it is not as it has to be, or proves
 * nothing.  Both with the offset.  CM_E_NOMEM. */
CM_RESULT cm_pairs_read(const struct cm_seal *seal, struct cm_span bytes, struct cm_arena *arena,
    struct cm_opened_pair **out, size_t *n, struct cm_err *err);

#endif
