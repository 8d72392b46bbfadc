/* seal/schema.h -- what kinds of exhibit there are, and their columns (FORMATS 1).
 *
 * Every exhibit is one table: rows of named columns.  The columns follow from
 * the kind; those of records/1 are listed by the sealer and stand in the seal. */
#ifndef CM_SEAL_SCHEMA_H
#define CM_SEAL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define CM_COLUMNS_MAX 64
#define CM_ROWS_MAX ((uint64_t)1 << 40)
#define CM_HASH_LEN 32

enum cm_kind { CM_KIND_CAPTURE, CM_KIND_LINES, CM_KIND_RECORDS, CM_KIND_BLOB };

/* Columns of capture/1, by number. */
enum cm_capture_column { CM_COL_HEADERS, CM_COL_SRC, CM_COL_DST, CM_COL_MASK, CM_COL_PAYLOAD };

#define CM_LINK_PLAIN (-1)

struct cm_column {
	struct cm_span name; /* borrowed */
	int link;            /* link group, 0..127; CM_LINK_PLAIN: a plain column */
};

struct cm_schema {
	enum cm_kind kind;
	size_t n; /* 1..CM_COLUMNS_MAX */
	struct cm_column column[CM_COLUMNS_MAX];
};

/* The schema of capture/1, lines/1 or blob/1. */
struct cm_schema cm_schema_of(enum cm_kind kind);

/* The schema of records/1 with these members, then `rest`.  Names are borrowed.
 * CM_E_USAGE: more than 63, one twice, or one named `rest`. */
CM_RESULT cm_schema_records(
    const struct cm_span *names, size_t n, struct cm_schema *out, struct cm_err *err);

const char *cm_kind_word(enum cm_kind kind);                     /* "capture/1", ... */
CM_RESULT cm_kind_parse(struct cm_span word, enum cm_kind *out); /* CM_E_NOTFOUND */

/* Do these columns, as a seal statement lists them, belong to that kind?
 * CM_E_REFUSED with the column that does not. */
CM_RESULT cm_schema_check(const struct cm_schema *s, struct cm_err *err);

/* Number of the column ${name}; CM_E_NOTFOUND. */
CM_RESULT cm_schema_find(const struct cm_schema *s, struct cm_span name, size_t *out);

/* What a seal statement says of one exhibit (FORMATS 1.3). */
struct cm_seal {
	struct cm_schema schema;
	uint8_t x[CM_HASH_LEN]; /* public exhibit id */
	uint64_t rows;
	uint8_t root[CM_HASH_LEN];
	bool has_file;
	uint8_t file[CM_HASH_LEN];
	bool has_pairs;
	uint8_t pairs[CM_HASH_LEN];	/* root of the table of pairs (seal/pairs.h) */
	uint8_t statement[CM_HASH_LEN]; /* SHA-256 of the statement file */
};

/* X and S of an exhibit.  S is secret: 32 random bytes, fresh for every seal. */
struct cm_seal_secret {
	uint8_t x[CM_HASH_LEN];
	uint8_t s[CM_HASH_LEN];
};

/* The cells of one row, in column order. */
struct cm_cells {
	struct cm_span cell[CM_COLUMNS_MAX];
	uint64_t offset; /* of the row in its file */
};

/* Gives the rows of an exhibit, cut into cells, from row 0 on.  What `next` puts
 * into ${out} lives until it is called again.
 * CM_E_NOTFOUND: there are no more rows.  Anything else: the source failed.
 * `seek`, which may be NULL, makes ${row} the next one; it lies at ${offset}.
 * `add`, which may be NULL, puts the next row into a tile (seal/tile.h) without copying more
 * than it must; what `next` says, and CM_E_NOTFOUND leaves the tile as it was. */
struct cm_tile;
struct cm_cell_source {
	void *arg;
	enum cm_result (*next)(void *arg, struct cm_cells *out, struct cm_err *err);
	enum cm_result (*seek)(void *arg, uint64_t row, uint64_t offset, struct cm_err *err);
	enum cm_result (*add)(void *arg, struct cm_tile *tile, struct cm_err *err);
};

/* Of a cell in an opening.  Plain columns: shut or open.  Linked: shut, tied, named. */
enum cm_cell_state { CM_CELL_SHUT, CM_CELL_OPEN, CM_CELL_TIED, CM_CELL_NAMED };

struct cm_opened_cell {
	enum cm_cell_state state;
	struct cm_span value;      /* OPEN, NAMED; else empty */
	uint8_t hash[CM_HASH_LEN]; /* SHUT: the commitment; TIED: the tie; NAMED: the name */
	uint8_t tie[CM_HASH_LEN];  /* TIED, NAMED: equal ties, equal values */
};

struct cm_opened_row {
	uint64_t row;
	size_t n;
	struct cm_opened_cell cell[CM_COLUMNS_MAX];
};

#endif
