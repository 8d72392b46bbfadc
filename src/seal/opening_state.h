/* seal/opening_state.h -- what opening.c and opening_items.c share; nobody else's. */
#ifndef CM_SEAL_OPENING_STATE_H
#define CM_SEAL_OPENING_STATE_H

#include "codec/cbor.h"
#include "seal/cut.h"
#include "seal/opening.h"
#include "seal/opening_batch.h"
#include "seal/opening_form.h"
#include "seal/seeds.h"
#include "merkle/tree.h"

/* One column's seeds: the live one, and the last one there was. */
struct lane {
	struct cm_seeds seeds;
	const uint8_t *seed; /* in the opening */
	bool had;
	uint8_t h;
	uint64_t a;
	uint64_t end; /* live up to this row */
};

/* A named value whose tie is known: a capture names few hosts many times. */
#define TIE_MEMOS 4096u
#define TIE_MEMO_VALUE 16u
struct tie_memo {
	uint8_t len; /* of the value, plus one; 0: empty */
	uint8_t group;
	uint8_t value[TIE_MEMO_VALUE];
	uint8_t name[CM_HASH_LEN];
	uint8_t tie[CM_HASH_LEN];
};

struct cm_opening {
	const struct cm_seal *seal;
	struct cm_span bytes;
	struct cm_name_book *book;
	struct tie_memo *memo;
	struct cm_cutter cutter; /* scratch of the rules */
	struct cm_opening_stats stats;

	/* where a pass stands */
	struct cm_cbor in;
	struct cm_batch *batch; /* the first pass hashes; NULL: later ones only read */
	bool ended;
	uint64_t at; /* the next row */
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
