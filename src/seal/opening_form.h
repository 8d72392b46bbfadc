/* seal/opening_form.h -- the items of an opening, written (FORMATS 1.4).  The reader of the
 * same items is opening.c. */
#ifndef CM_SEAL_OPENING_FORM_H
#define CM_SEAL_OPENING_FORM_H

#include "base/buf.h"
#include "seal/schema.h"

/* First number of an item, and of a cell that is an array. */
enum cm_item { CM_ITEM_SEED = 0, CM_ITEM_ROW = 2, CM_ITEM_SKIP = 3, CM_ITEM_END = 4 };
#define CM_OPENING_HEADER (16u + CM_HASH_LEN)

enum cm_cell_form { CM_CELL_FORM_NAMED = 0, CM_CELL_FORM_SHUT = 1, CM_CELL_FORM_TIED = 2 };

void cm_opening_put_header(struct cm_buf *b, const uint8_t statement[CM_HASH_LEN]);
void cm_opening_put_seed(
    struct cm_buf *b, size_t column, unsigned h, uint64_t a, const uint8_t seed[CM_HASH_LEN]);
void cm_opening_put_row(struct cm_buf *b, size_t cells); /* the cells follow */
void cm_opening_put_cell(struct cm_buf *b, const struct cm_opened_cell *cell);
void cm_opening_put_skip(struct cm_buf *b, uint64_t count, const uint8_t hash[CM_HASH_LEN]);
void cm_opening_put_end(struct cm_buf *b, const uint8_t *file_key); /* NULL: none */

#endif
