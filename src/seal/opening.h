/* seal/opening.h -- reads an opening, and refuses whatever is not exactly one (FORMATS 1.4).
 *
 * cm_opening_new goes through all of it once -- every form, every hash, `end`, the
 * root, the rules for cells -- before the caller sees anything; then
 * cm_opening_next gives the rows, again and again after a rewind, without hashing
 * them again.  So ${bytes} must outlive the opening and must not change: whoever
 * reads them from a file copies them first (os/kept.h).
 * Memory: one hash a level and column, one row, a table of 4,096 named values, and,
 * while the hashes are checked, up to some 150 KiB a column for the rows that are
 * hashed side by side.  Untrusted input: total, linear, no allocation by what it
 * says. */
#ifndef CM_SEAL_OPENING_H
#define CM_SEAL_OPENING_H

#include "crypto/sha256.h"
#include "seal/names.h"
#include "seal/schema.h"

/* What a kind of exhibit says of opened rows.  Both may be NULL. */
struct cm_opening_rules {
	/* May a record have been cut into these cells?  CM_E_REFUSED. */
	enum cm_result (*row)(void *arg, const struct cm_opened_row *row, struct cm_err *err);
	/* Adds the bytes of a row that is open in full to the hash of the file. */
	enum cm_result (*join)(void *arg, const struct cm_opened_row *row, struct cm_sha256 *file);
	void *arg;
};

/* How much is open; for the statement that goes with it (`shows`). */
struct cm_opening_stats {
	uint64_t rows;                  /* with at least one cell open */
	uint64_t packets;               /* of these: capture/1, and `headers` open and a packet's */
	uint64_t open[CM_COLUMNS_MAX];  /* cells not shut, per column */
	uint64_t tied[CM_COLUMNS_MAX];  /* of these */
	uint64_t named[CM_COLUMNS_MAX]; /* of these; plain columns: 0 */
	bool whole;                     /* the whole file is open, and its own digest agrees */
};

struct cm_opening;

/* ${rules} NULL: those of the seal's kind (cm_cut_rules).  ${book}, which may be NULL, is
 * told every named value; it reports a sealer that gave one value two names.  What it is
 * told by an opening that is refused in the end is worth nothing.
 * CM_E_MALFORMED: not the CBOR of an opening.  CM_E_REFUSED: a proof or a rule says
 * no.  Both with the offset and what was expected.  CM_E_NOMEM. */
CM_RESULT cm_opening_new(const struct cm_seal *seal, struct cm_span bytes,
    const struct cm_opening_rules *rules, struct cm_name_book *book, struct cm_opening **out,
    struct cm_err *err);

/* The next row of which a cell is open; ${*out} lives until the next call, the values in it
 * as long as the bytes, in which they lie.
 * CM_E_NOTFOUND: that was the last. */
CM_RESULT cm_opening_next(struct cm_opening *o, const struct cm_opened_row **out);
void cm_opening_rewind(struct cm_opening *o);

const struct cm_opening_stats *cm_opening_stats(const struct cm_opening *o);
void cm_opening_free(struct cm_opening *o); /* NULL is fine */

#endif
