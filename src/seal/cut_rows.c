#include <stdlib.h>
#include <string.h>

#include "seal/cut.h"
#include "seal/places.h"
#include "seal/table.h"

#define LOOK 4096u

struct cm_cut_rows {
	struct cm_source source;
	struct cm_reader *reader; /* capture/1 only */
	struct cm_split split;    /* the others */
	struct cm_record record;
	struct cm_row row;
	struct cm_cutter cutter;
	uint64_t next;		 /* number of the next row */
	bool jumped;		 /* not all rows before it have been read */
	struct cm_places met;	 /* of a capture, unless it has jumped */
	uint64_t rows;		 /* of which there is an index; 0: none */
	struct cm_span index;	 /* without places; */
	struct cm_span places;	 /* and these */
	struct cm_places_walk walk;
};

static enum cm_result
next_block(struct cm_split *s, struct cm_span *out, struct cm_err *err)
{
	enum cm_result rc = s->source.fill(s->source.arg, s->at, CM_BLOB_ROW, out, err);

	*out = cm_span_part(*out, 0, CM_BLOB_ROW);
	return rc;
}

/* Up to and with the newline, or as much of a line as a row has. */
static enum cm_result
next_line(struct cm_split *s, struct cm_span *out, struct cm_err *err)
{
	struct cm_span in = { 0 };
	const uint8_t *newline = NULL;
	enum cm_result rc;
	size_t want;

	for (want = LOOK;; want = CM_LINE_MAX) {
		rc = s->source.fill(s->source.arg, s->at, want, &in, err);
		if (rc != CM_OK)
			return rc;
		*out = cm_span_part(in, 0, CM_LINE_MAX);
		newline = out->len == 0 ? NULL : memchr(out->ptr, '\n', out->len);
		if (newline != NULL || in.len < want || want == CM_LINE_MAX)
			break;
	}
	if (newline != NULL)
		*out = cm_span_part(*out, 0, (size_t)(newline - out->ptr) + 1);
	return CM_OK;
}

enum cm_result
cm_split_next(struct cm_split *s, struct cm_row *out, struct cm_err *err)
{
	struct cm_span bytes = { 0 };
	enum cm_result rc =
	    s->kind == CM_KIND_BLOB ? next_block(s, &bytes, err) : next_line(s, &bytes, err);

	if (rc != CM_OK)
		return rc;
	if (bytes.len == 0)
		return CM_E_NOTFOUND;
	*out = (struct cm_row) { bytes, s->at, NULL, s->continues };
	s->at += bytes.len;
	s->continues = s->kind != CM_KIND_BLOB && bytes.ptr[bytes.len - 1] != '\n';
	return CM_OK;
}

enum cm_result
cm_cut_rows_new(const struct cm_schema *schema, struct cm_source source, const char *name,
    struct cm_cut_rows **out, struct cm_err *err)
{
	struct cm_cut_rows *r = calloc(1, sizeof(*r));
	enum cm_result rc = CM_OK;

	if (r == NULL)
		return cm_err_set(err, CM_E_NOMEM, "%s: out of memory", name);
	r->source = source;
	r->cutter.schema = schema;
	r->split = (struct cm_split) { .kind = schema->kind, .source = source };
	if (schema->kind == CM_KIND_CAPTURE)
		rc = cm_reader_new(source, name, &r->reader, err);
	if (rc != CM_OK) {
		cm_cut_rows_free(r);
		return rc;
	}
	*out = r;
	return CM_OK;
}

/* The next row, not cut. */
static enum cm_result
next_row(struct cm_cut_rows *r, struct cm_err *err)
{
	enum cm_result rc;

	if (r->reader == NULL) {
		rc = cm_split_next(&r->split, &r->row, err);
	} else {
		rc = cm_reader_next(r->reader, &r->record, err);
		r->row = (struct cm_row) { r->record.bytes, r->record.offset, &r->record, false };
	}
	if (rc != CM_OK)
		return rc;
	r->next++;
	if (r->reader != NULL && !r->jumped)
		cm_places_meet(&r->met, r->reader);
	return CM_OK;
}

static enum cm_result
next_cells(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct cm_cut_rows *r = arg;
	enum cm_result rc = next_row(r, err);

	return rc == CM_OK ? cm_cut(&r->cutter, &r->row, out) : rc;
}

static enum cm_result
add_cells(void *arg, struct cm_tile *tile, struct cm_err *err)
{
	struct cm_cut_rows *r = arg;
	enum cm_result rc = next_row(r, err);

	return rc == CM_OK ? cm_cut_to_tile(r->cutter.schema, &r->row, r->source.stable, tile) : rc;
}

/* Whether a line goes on here, the byte before says. */
static enum cm_result
seek_split(struct cm_cut_rows *r, uint64_t offset, struct cm_err *err)
{
	struct cm_span before;
	enum cm_result rc;

	r->split.at = offset;
	r->split.continues = false;
	if (offset == 0 || r->split.kind == CM_KIND_BLOB)
		return CM_OK;
	rc = r->source.fill(r->source.arg, offset - 1, 1, &before, err);
	if (rc == CM_OK)
		r->split.continues = before.len > 0 && before.ptr[0] != '\n';
	return rc;
}

static enum cm_result
seek_cells(void *arg, uint64_t row, uint64_t offset, struct cm_err *err)
{
	struct cm_cut_rows *r = arg;

	r->jumped = true;
	r->next = row;
	if (r->reader == NULL)
		return seek_split(r, offset, err);
	return cm_places_go(r->places, &r->walk, r->reader, row, offset, err);
}

static bool
can_seek(const struct cm_cut_rows *r)
{
	return r->source.stable && (r->reader == NULL || r->places.len > 0);
}

struct cm_cell_source
cm_cut_rows_source(struct cm_cut_rows *r)
{
	return (struct cm_cell_source) { r, next_cells, can_seek(r) ? seek_cells : NULL, add_cells };
}

enum cm_result
cm_cut_rows_places(const struct cm_cut_rows *r, const struct cm_sink *out)
{
	if (r->met.crowded || r->jumped)
		return CM_OK;
	return cm_sink_write(out, r->met.list.ptr, r->met.list.len);
}

enum cm_result
cm_cut_rows_index(struct cm_cut_rows *r, struct cm_span index, uint64_t rows, struct cm_err *err)
{
	uint64_t len = cm_index_len(rows);

	if (index.len == 0)
		return CM_OK;
	if (!cm_index_is(index) || index.len < len || !cm_places_ok(cm_span_part(index, (size_t)len, index.len)))
		return cm_err_set(err, CM_E_USAGE, "this index belongs to another exhibit");
	r->index = cm_span_part(index, 0, (size_t)len);
	r->rows = rows;
	r->places = cm_span_part(index, (size_t)len, index.len);
	return CM_OK;
}

/* To the first row of the group of ${row}, unless reading on is no farther. */
static enum cm_result
to_group(struct cm_cut_rows *r, uint64_t row, struct cm_err *err)
{
	uint64_t group = row & ~(uint64_t)(CM_GROUP_ROWS - 1);

	if (r->next <= row && group <= r->next)
		return CM_OK;
	if (!can_seek(r) || row >= r->rows) {
		if (r->next <= row)
			return CM_OK;
		return r->source.stable ? seek_cells(r, 0, 0, err) : CM_E_USAGE;
	}
	return seek_cells(r, group, cm_index_offset(r->index, group), err);
}

enum cm_result
cm_cut_rows_to(struct cm_cut_rows *r, uint64_t row, struct cm_err *err)
{
	enum cm_result rc = to_group(r, row, err);

	while (rc == CM_OK && r->next < row)
		rc = next_row(r, err);
	return rc;
}

enum cm_result
cm_cut_rows_frame(const struct cm_cut_rows *r, uint64_t frame, uint64_t *row)
{
	return can_seek(r) && r->reader != NULL ? cm_places_frame(r->places, frame, row)
						: CM_E_UNSUPPORTED;
}

const struct cm_row *
cm_cut_rows_last(const struct cm_cut_rows *r)
{
	return &r->row;
}

void
cm_cut_rows_free(struct cm_cut_rows *r)
{
	if (r == NULL)
		return;
	cm_reader_free(r->reader);
	cm_cutter_release(&r->cutter);
	cm_buf_release(&r->met.list);
	free(r);
}
