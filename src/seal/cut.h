/* seal/cut.h -- records into cells, and cells into records again (FORMATS 1, 1.2).
 *
 * capture/1 is cut where capture/layers says headers end; the other kinds by
 * newline, JSON member and block.  Cutting never fails on evidence: what does not
 * parse is `payload`, or `rest`, whole.
 *
 * A row that is open in part is joined with zeros in place of what is shut, so
 * that capture/decode can read it; struct cm_joined says what is known of it. */
#ifndef CM_SEAL_CUT_H
#define CM_SEAL_CUT_H

#include "base/buf.h"
#include "base/sink.h"
#include "capture/layers.h"
#include "capture/reader.h"
#include "capture/record.h"
#include "seal/opening.h"
#include "seal/plan.h"
#include "seal/schema.h"
#include "seal/tile.h"

#define CM_LINE_MAX (1u << 20) /* lines/1 and records/1: a row ends after so many bytes */
#define CM_BLOB_ROW 4096u

struct cm_row {
	struct cm_span bytes;
	uint64_t offset;                /* of bytes, in the file */
	const struct cm_record *record; /* capture/1 only */
	bool continues; /* lines/1, records/1: goes on with the line of the row before */
};

/* Zero-initialise, set schema; ends with cm_cutter_release. */
struct cm_cutter {
	const struct cm_schema *schema;
	uint64_t rows;         /* of the table, for the rules on its last row; 0: not known */
	struct cm_buf own;     /* cells that do not lie in the row: `headers`, `mask`, `rest` */
	struct cm_buf joined;  /* of the rules */
};

/* The cells of ${row}; they live until the next call or as long as the row, whichever
 * is shorter.  CM_E_NOMEM. */
CM_RESULT cm_cut(struct cm_cutter *c, const struct cm_row *row, struct cm_cells *out);
void cm_cutter_release(struct cm_cutter *c);

/* Cuts the row into the next one of a tile that is not full.  ${stays}: the row's bytes live
 * as long as the tile is used, so that what lies in them need not be copied.  CM_E_NOMEM. */
CM_RESULT cm_cut_to_tile(
    const struct cm_schema *schema, const struct cm_row *row, bool stays, struct cm_tile *t);

/* Rows of a source of bytes, cut: what cm_table_commit and cm_table_open read.  Kinds
 * other than capture/1 need no reader.  Ends with cm_cut_rows_free. */
struct cm_cut_rows;

/* ${schema} must outlive it; ${name} is used in messages.
 * What cm_reader_new says; CM_E_NOMEM. */
CM_RESULT cm_cut_rows_new(const struct cm_schema *schema, struct cm_source source, const char *name,
    struct cm_cut_rows **out, struct cm_err *err);
struct cm_cell_source cm_cut_rows_source(struct cm_cut_rows *r);

/* What stands behind the index (seal/table.h) so that a capture can be read from the middle:
 * written once all rows have been read.  Other kinds need nothing, and write nothing. */
CM_RESULT cm_cut_rows_places(const struct cm_cut_rows *r, const struct cm_sink *out);

/* Takes the index of the case, which must outlive it, of an exhibit of ${rows} rows.  With it
 * the source of a capture can seek, if the bytes are stable and places stand behind the
 * index; other kinds can anyway.  An empty index is fine.  To be called before
 * cm_cut_rows_source.  CM_E_USAGE: it belongs to another exhibit. */
CM_RESULT cm_cut_rows_index(
    struct cm_cut_rows *r, struct cm_span index, uint64_t rows, struct cm_err *err);

/* Makes ${row} the next one.  Rows between are not cut; with an index no more than 255 are
 * read over, and nothing of what lies before; without one it reads on, or from the front.
 * CM_E_NOTFOUND: there are not so many rows.  CM_E_USAGE: it would go back where the source
 * can not. */
CM_RESULT cm_cut_rows_to(struct cm_cut_rows *r, uint64_t row, struct cm_err *err);

/* The row that has this number as a frame, by the index alone, if any has it: the row must be
 * asked (its record's `frame`).  CM_E_NOTFOUND: none has.  CM_E_UNSUPPORTED: the index does
 * not say it. */
CM_RESULT cm_cut_rows_frame(const struct cm_cut_rows *r, uint64_t frame, uint64_t *row);
/* The row of which the cells were given last. */
const struct cm_row *cm_cut_rows_last(const struct cm_cut_rows *r);
void cm_cut_rows_free(struct cm_cut_rows *r); /* NULL is fine */

/* The rows of lines/1, records/1 and blob/1: the next one, from ${at} on.
 * CM_E_NOTFOUND: the end. */
struct cm_split {
	enum cm_kind kind;
	struct cm_source source;
	uint64_t at;    /* of the next row */
	bool continues; /* the next row goes on with a line */
};
CM_RESULT cm_split_next(struct cm_split *s, struct cm_row *out, struct cm_err *err);

/* A row of capture/1, as far as it is open. */
struct cm_joined {
	bool packet;             /* false: no packet; `bytes` is its payload, if that is open */
	cm_columns known;        /* columns of which the value is known (ties are not) */
	struct cm_span bytes;    /* the whole row, zeros where cells are shut; in the buffer */
	struct cm_record record; /* of a packet: row, bytes, cut, is_frame, form, tsresol, linktype,
				  * tsoffset, data_at, cap_len, orig_len, has_time, t_ns; rest zero */
	struct cm_layers layers; /* of a packet */
	uint32_t cut;            /* offset of the payload in the row */
	uint32_t payload_len;
};

/* Joins an opened row of capture/1.  ${buf} is emptied first and holds the bytes.
 * CM_E_NOTFOUND: `headers` is shut, so that nothing can be put anywhere.
 * CM_E_REFUSED: no record cuts into these cells, with the reason.  CM_E_NOMEM. */
CM_RESULT cm_join_packet(
    const struct cm_opened_row *row, struct cm_buf *buf, struct cm_joined *out, struct cm_err *err);

/* Joins a row that is open in full, of any kind, into ${buf} (emptied first): the bytes of
 * the file.  CM_E_NOTFOUND: something is shut.  CM_E_REFUSED: no record cuts into these
 * cells.  CM_E_NOMEM. */
CM_RESULT cm_join(const struct cm_schema *schema, const struct cm_opened_row *row,
    struct cm_buf *buf, struct cm_err *err);

/* The rules of a kind for opened rows (FORMATS 1.2 "A reader refuses").  ${cutter} is its
 * scratch, with the schema set. */
struct cm_opening_rules cm_cut_rules(struct cm_cutter *cutter);

#endif
