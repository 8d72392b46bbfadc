#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seal/opening_state.h"
#include "seal/packet_form.h"
#include "seal/table.h"

#define REFUSE CM_OPENING_REFUSE

/* The header has one spelling. */
static enum cm_result
read_header(struct cm_opening *o, struct cm_err *err)
{
	struct cm_buf want = { 0 };
	struct cm_span head = cm_span_part(o->bytes, 0, CM_OPENING_HEADER);
	enum cm_result rc = CM_OK;

	cm_opening_put_header(&want, o->seal->statement);
	if (!cm_buf_ok(&want))
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	else if (head.len < want.len || memcmp(head.ptr, want.ptr, want.len - CM_HASH_LEN) != 0)
		rc = cm_err_at(
		    err, CM_E_MALFORMED, 0, "expected the header of an opening, version 1");
	else if (memcmp(head.ptr, want.ptr, want.len) != 0)
		rc =
		    REFUSE(want.len - CM_HASH_LEN, err, "the opening is of another seal statement");
	else
		o->in.at = want.len;
	cm_buf_release(&want);
	return rc;
}

void
cm_opening_rewind(struct cm_opening *o)
{
	size_t c;

	o->in = (struct cm_cbor) { o->bytes, CM_OPENING_HEADER };
	o->ended = o->has_key = false;
	o->at = 0;
	o->last_seed = 0;
	for (c = 0; c < o->seal->schema.n; c++) {
		o->lane[c].had = false;
		o->lane[c].end = 0;
	}
}

/* CM_E_NOTFOUND: the end has been read. */
static enum cm_result
next_row(struct cm_opening *o, struct cm_err *err)
{
	bool is_row = false;
	enum cm_result rc;

	while (!o->ended) {
		rc = cm_opening_item(o, &is_row, err);
		if (rc != CM_OK)
			return rc;
		if (is_row)
			return CM_OK;
	}
	return CM_E_NOTFOUND;
}

static void
count(struct cm_opening *o)
{
	struct cm_opening_stats *s = &o->stats;
	const struct cm_opened_cell *cell;
	size_t c;

	s->rows++;
	for (c = 0; c < o->row.n; c++) {
		cell = &o->row.cell[c];
		s->open[c] += cell->state != CM_CELL_SHUT;
		s->tied[c] += cell->state == CM_CELL_TIED;
		s->named[c] += cell->state == CM_CELL_NAMED;
	}
	cell = &o->row.cell[CM_COL_HEADERS];
	if (o->seal->schema.kind == CM_KIND_CAPTURE && cell->state == CM_CELL_OPEN &&
	    cm_headers_is_packet(cell->value))
		s->packets++;
}

/* Form, hashes and rules in one pass.  What a rule says is said last: of bytes that are not
 * those that were sealed it would mean nothing. */
static enum cm_result
check_rows(struct cm_opening *o, const struct cm_opening_rules *rules, struct cm_err *err)
{
	uint8_t root[CM_HASH_LEN];
	struct cm_err why = { 0 };
	enum cm_result rc, rule = CM_OK;

	while ((rc = next_row(o, err)) == CM_OK) {
		count(o);
		if (rule != CM_OK || rules->row == NULL)
			continue;
		rule = rules->row(rules->arg, &o->row, &why);
	}
	if (rc != CM_E_NOTFOUND)
		return rc;
	if (!cm_batch_root(o->batch, root))
		return REFUSE(o->bytes.len, err, "two skips that should be one");
	if (memcmp(root, o->seal->root, CM_HASH_LEN) != 0)
		return REFUSE(
		    o->bytes.len, err, "what is opened is not what was sealed: another root");
	if (rule == CM_OK)
		return CM_OK;
	return cm_err_set(err, rule, "%s", why.text[0] != 0 ? why.text : cm_result_word(rule));
}

static bool
is_whole(const struct cm_opening *o)
{
	const struct cm_schema *s = &o->seal->schema;
	size_t c;

	for (c = 0; c < s->n; c++)
		if (o->stats.open[c] != o->seal->rows || o->stats.tied[c] != 0)
			return false;
	return true;
}

/* The file's own digest, if the key is given: another pass, since its bytes are hashed one
 * after the other. */
static enum cm_result
check_file(struct cm_opening *o, const struct cm_opening_rules *rules, struct cm_err *err)
{
	uint8_t hash[CM_HASH_LEN], got[CM_HASH_LEN];
	struct cm_sha256 file;
	enum cm_result rc;

	if (!o->has_key)
		return CM_OK;
	if (!o->seal->has_file || !is_whole(o))
		return REFUSE(
		    o->bytes.len, err, "the key of the file is given, but not all of it is open");
	if (rules->join == NULL)
		return CM_OK;
	cm_sha256_init(&file);
	cm_opening_rewind(o);
	while ((rc = next_row(o, err)) == CM_OK) {
		rc = rules->join(rules->arg, &o->row, &file);
		if (rc != CM_OK)
			return cm_err_set(
			    err, rc, "row %" PRIu64 ": %s", o->row.row, cm_result_word(rc));
	}
	if (rc != CM_E_NOTFOUND)
		return rc;
	cm_sha256_end(&file, hash);
	cm_table_file_of(o->key, hash, got);
	if (memcmp(got, o->seal->file, CM_HASH_LEN) != 0)
		return REFUSE(o->bytes.len, err, "the file's own digest is not the one sealed");
	o->stats.whole = true;
	return CM_OK;
}

/* No more rows than this can be in so many bytes: each has two heads and a byte a cell. */
static uint64_t
rows_at_most(const struct cm_opening *o)
{
	uint64_t fit = o->bytes.len / (o->seal->schema.n + 2) + 1;

	return fit < o->seal->rows ? fit : o->seal->rows;
}

static enum cm_result
check(struct cm_opening *o, const struct cm_opening_rules *rules, struct cm_err *err)
{
	struct cm_opening_rules of_kind;
	enum cm_result rc = read_header(o, err);

	if (rc != CM_OK)
		return rc;
	o->cutter.schema = &o->seal->schema;
	o->cutter.rows = o->seal->rows;
	if (rules == NULL) {
		of_kind = cm_cut_rules(&o->cutter);
		rules = &of_kind;
	}
	if (cm_batch_new(o->seal, rows_at_most(o), &o->batch) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	rc = check_rows(o, rules, err);
	cm_batch_free(o->batch);
	o->batch = NULL;
	if (rc == CM_OK)
		rc = check_file(o, rules, err);
	cm_opening_rewind(o);
	return rc;
}

enum cm_result
cm_opening_new(const struct cm_seal *seal, struct cm_span bytes,
    const struct cm_opening_rules *rules, struct cm_name_book *book, struct cm_opening **out,
    struct cm_err *err)
{
	struct cm_opening *o;
	enum cm_result rc;

	if (seal->rows > CM_ROWS_MAX || seal->schema.n < 1 || seal->schema.n > CM_COLUMNS_MAX)
		return cm_err_set(err, CM_E_USAGE, "no table has so many rows or columns");
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	o->seal = seal;
	o->bytes = bytes;
	o->in.in = bytes;
	o->book = book;
	o->lane = calloc(seal->schema.n, sizeof(*o->lane));
	o->memo = calloc(TIE_MEMOS, sizeof(*o->memo));
	rc = o->lane == NULL || o->memo == NULL ? cm_err_set(err, CM_E_NOMEM, "out of memory") : check(o, rules, err);
	if (rc != CM_OK) {
		cm_opening_free(o);
		return rc;
	}
	*out = o;
	return CM_OK;
}

enum cm_result
cm_opening_next(struct cm_opening *o, const struct cm_opened_row **out)
{
	enum cm_result rc = next_row(o, NULL);

	if (rc == CM_OK)
		*out = &o->row;
	return rc;
}

const struct cm_opening_stats *
cm_opening_stats(const struct cm_opening *o)
{
	return &o->stats;
}

void
cm_opening_free(struct cm_opening *o)
{
	if (o == NULL)
		return;
	cm_cutter_release(&o->cutter);
	free(o->lane);
	free(o->memo);
	free(o);
}
