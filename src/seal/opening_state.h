/* seal/opening_state.h -- what opening.c and opening_items.c share; nobody else's. */
#ifndef CM_SEAL_OPENING_STATE_H
#define CM_SEAL_OPENING_STATE_H

#include "codec/cbor.h"
#include "seal/cut.h"
#include "seal/opening.h"
#include "seal/opening_form.h"
#include "seal/seeds.h"
#include "seal/tree.h"

/* One column's seeds: the live one, and the last one there was. */
struct lane {
	struct cm_seeds seeds;
	bool had;
	uint8_t h;
	uint64_t a;
	uint64_t end; /* live up to this row */
};

struct cm_opening {
	const struct cm_seal *seal;
	struct cm_span bytes;
	struct cm_name_book *book;
	struct cm_cutter cutter; /* scratch of the rules */
	struct cm_opening_stats stats;

	/* where a pass stands */
	struct cm_cbor in;
	bool hashing; /* the first pass; later ones only read */
	bool ended;
	uint64_t at; /* the next row */
	struct cm_tree tree;
	bool has_tail;
	uint8_t tail[CM_HASH_LEN];
	bool has_key;
	uint8_t key[CM_HASH_LEN];
	size_t last_seed; /* column + 1 of the last seed before this row; 0: none */
	struct lane *lane;
	struct cm_opened_row row;
};

#define CM_OPENING_REFUSE(offset, err, ...) cm_err_at(err, CM_E_REFUSED, offset, __VA_ARGS__)

/* Reads the next item; `ended` is set behind the last.  ${is_row}: `row` has been filled.
 * CM_E_MALFORMED, CM_E_REFUSED. */
CM_RESULT cm_opening_item(struct cm_opening *o, bool *is_row, struct cm_err *err);

#endif
