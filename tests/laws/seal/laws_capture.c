/* A capture from end to end: sealed, opened by a plan, verified, joined; and a file that
 * changed since.  On made-up captures and on small ones at hand. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "seal/cut.h"

#define CAPTURE_MAX (300u << 10)

struct exhibit {
	struct cm_schema schema;
	struct cm_seal_secret secret;
	struct cm_seal seal;
	struct cm_buf file, index;
};

static struct cm_cut_rows *
rows_of(const struct exhibit *e, const struct cm_span *file)
{
	struct cm_cut_rows *rows = NULL;

	if (cm_cut_rows_new(&e->schema, cm_source_of_memory(file), "law", &rows, NULL) != CM_OK)
		return NULL;
	return rows;
}

/* False: the file is no capture. */
static bool
seal(struct gen *g, struct exhibit *e)
{
	struct cm_span file = cm_buf_span(&e->file);
	struct cm_sink sink = made_sink(&e->index);
	struct cm_cut_rows *rows;
	uint8_t hash[32];

	e->schema = cm_schema_of(CM_KIND_CAPTURE);
	gen_bytes(g, &e->secret, sizeof(e->secret));
	rows = rows_of(e, &file);
	if (rows == NULL)
		return false;
	if (cm_table_commit(
		&e->schema, &e->secret, cm_cut_rows_source(rows), &sink, &e->seal, NULL) != CM_OK)
		abort();
	cm_cut_rows_free(rows);
	cm_sha256(file.ptr, file.len, hash);
	e->seal.has_file = true;
	cm_table_file(&e->secret, hash, e->seal.file);
	return true;
}

static enum cm_result
open_rows(const struct exhibit *e, struct cm_span file, const struct cm_plan *plan, bool with_file,
    struct cm_buf *out, struct cm_table_diff *diff, struct cm_err *err)
{
	struct cm_sink sink = made_sink(out);
	struct cm_cut_rows *rows = rows_of(e, &file);
	struct cm_table_open in = { .seal = &e->seal,
		.secret = &e->secret,
		.plan = plan,
		.index = cm_buf_span(&e->index),
		.with_file = with_file };
	enum cm_result rc;

	if (rows == NULL)
		return CM_E_MALFORMED;
	in.source = cm_cut_rows_source(rows);
	rc = cm_table_open(&in, &sink, diff, err);
	cm_cut_rows_free(rows);
	return rc;
}

static void
random_plan(struct gen *g, const struct exhibit *e, struct cm_plan *out)
{
	struct cm_plan_range r = { 0 };
	uint64_t at = 0;

	memset(out, 0, sizeof(*out));
	while (at < e->seal.rows) {
		r.from = at + gen_upto(g, 20);
		r.to = r.from + 1 + gen_upto(g, gen_one_in(g, 5) ? 200 : 4);
		r.open = gen_one_in(g, 3) ? 31 : gen_below(g, 32) & ~(uint64_t)8;
		r.tied = r.open == 31 ? 0 : gen_below(g, 32) & 6 & r.open;
		r.by_row = r.from == 0 || !gen_one_in(g, 50);
		if (r.to > e->seal.rows)
			return;
		if (cm_plan_add(out, r) != CM_OK)
			abort();
		at = r.to;
	}
}

/* Every row of the opening is joined, and is the file's where it is known. */
static bool
joins(struct gen *g, const struct exhibit *e, struct cm_opening *o)
{
	struct cm_span file = cm_buf_span(&e->file);
	struct cm_cut_rows *rows = rows_of(e, &file);
	struct cm_cell_source source = cm_cut_rows_source(rows);
	const struct cm_opened_row *row;
	struct cm_buf buf = { 0 };
	struct cm_joined j;
	struct cm_cells cells;
	uint64_t next = 0;
	bool holds = true;
	size_t i;

	while (holds && cm_opening_next(o, &row) == CM_OK) {
		enum cm_result rc = cm_join_packet(row, &buf, &j, NULL);

		for (; next <= row->row; next++)
			if (source.next(source.arg, &cells, NULL) != CM_OK)
				abort();
		if (rc == CM_E_NOTFOUND)
			continue;
		if (rc != CM_OK)
			holds = gen_fail(g, "row %u is not joined", (unsigned)row->row);
		for (i = 0; holds && i < j.bytes.len; i++)
			if (j.bytes.ptr[i] != 0 &&
			    j.bytes.ptr[i] != cm_cut_rows_last(rows)->bytes.ptr[i])
				holds = gen_fail(g, "row %u is another", (unsigned)row->row);
	}
	cm_buf_release(&buf);
	cm_cut_rows_free(rows);
	return holds;
}

static bool
opens(struct gen *g, const struct exhibit *e)
{
	struct cm_span file = cm_buf_span(&e->file);
	struct cm_name_book book = { 0 };
	struct cm_opening *o = NULL;
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct cm_err err = { 0 };
	struct cm_cut_rows *rows = rows_of(e, &file);
	enum cm_result may, rc;
	bool holds = true;

	random_plan(g, e, &plan);
	may = cm_plan_check(&plan, &e->seal, cm_cut_rows_source(rows), NULL);
	cm_cut_rows_free(rows);
	rc = open_rows(e, file, &plan, false, &b, NULL, &err);
	if (rc != may)
		holds = gen_fail(
		    g, "the plan may %d, and is opened with %d: %s", (int)may, (int)rc, err.text);
	if (holds && rc == CM_OK) {
		if (cm_opening_new(&e->seal, cm_buf_span(&b), NULL, &book, &o, &err) != CM_OK)
			holds = gen_fail(g, "refused: %s", err.text);
		holds = holds && joins(g, e, o);
		if (holds && book.conflict)
			holds = gen_fail(g, "one value, two names");
	}
	cm_opening_free(o);
	cm_name_book_release(&book);
	cm_plan_release(&plan);
	cm_buf_release(&b);
	return holds;
}

static bool
opens_whole(struct gen *g, const struct exhibit *e)
{
	struct cm_opening *o = NULL;
	struct cm_plan plan = { 0 };
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	bool holds = true;

	if (cm_plan_add(&plan, (struct cm_plan_range) { 0, e->seal.rows, 31, 0, true }) != CM_OK)
		abort();
	if (open_rows(e, cm_buf_span(&e->file), &plan, true, &b, NULL, &err) != CM_OK ||
	    cm_opening_new(&e->seal, cm_buf_span(&b), NULL, NULL, &o, &err) != CM_OK)
		holds = gen_fail(g, "the whole: %s", err.text);
	if (holds && !cm_opening_stats(o)->whole)
		holds = gen_fail(g, "all is open, and the file is not whole");
	cm_opening_free(o);
	cm_plan_release(&plan);
	cm_buf_release(&b);
	return holds;
}

static uint64_t
row_at(const struct exhibit *e, uint64_t offset)
{
	struct cm_span file = cm_buf_span(&e->file);
	struct cm_cut_rows *rows = rows_of(e, &file);
	struct cm_cell_source source = cm_cut_rows_source(rows);
	struct cm_cells cells;
	uint64_t row = 0;

	while (source.next(source.arg, &cells, NULL) == CM_OK) {
		const struct cm_row *r = cm_cut_rows_last(rows);

		if (offset < r->offset + r->bytes.len)
			break;
		row++;
	}
	cm_cut_rows_free(rows);
	return row;
}

/* A byte that changes, is cut off or is added: the first row it touches is named. */
static bool
change_is_named(struct gen *g, struct exhibit *e)
{
	struct cm_plan plan = { 0 };
	struct cm_table_diff diff = { 0 };
	struct cm_buf b = { 0 };
	uint64_t at = gen_below(g, e->file.len), row = row_at(e, at);
	struct cm_span file = cm_buf_span(&e->file);
	enum cm_result rc;
	uint8_t was = e->file.ptr[at];

	if (gen_one_in(g, 3))
		file.len = (size_t)at;
	else
		e->file.ptr[at] ^= (uint8_t)(1 + gen_below(g, 255));
	rc = open_rows(e, file, &plan, false, &b, &diff, NULL);
	e->file.ptr[at] = was;
	cm_buf_release(&b);
	if (rc == CM_E_MALFORMED || rc == CM_E_UNSUPPORTED)
		return true; /* no capture any more */
	if (rc != CM_E_REFUSED || !diff.differs || diff.first != row || diff.last != row)
		return gen_fail(g, "byte %u of row %u changed: rows %u to %u named", (unsigned)at,
		    (unsigned)row, (unsigned)diff.first, (unsigned)diff.last);
	return true;
}

static bool
exhibit_holds(struct gen *g, struct exhibit *e)
{
	bool holds = true;
	int i;

	if (seal(g, e)) {
		for (i = 0; holds && i < 3; i++)
			holds = opens(g, e);
		holds = holds && opens_whole(g, e);
		for (i = 0; holds && i < 5; i++)
			holds = change_is_named(g, e);
	}
	cm_buf_release(&e->file);
	cm_buf_release(&e->index);
	return holds;
}

static bool
made_up_captures_hold(struct gen *g)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 101 };
	struct exhibit e = { 0 };
	uint64_t n = gen_upto(g, g->size);
	uint8_t *p;

	cm_buf_add(&e.file, head, sizeof(head));
	for (; n > 0; n--) {
		uint32_t len = 20 + (uint32_t)gen_upto(g, 60);

		p = cm_buf_grow(&e.file, 16 + len);
		if (p == NULL)
			abort();
		gen_bytes(g, p, 16 + len);
		cm_put32le(p + 8, len);
		p[16] = 0x45;
		cm_put16(p + 18, (uint16_t)len);
		cm_put16(p + 22, gen_one_in(g, 3) ? (uint16_t)gen_upto(g, 3) : 0);
		cm_put16(p + 20, (uint16_t)gen_below(g, 3)); /* few datagrams, many parts */
		cm_put32(p + 28, (uint32_t)gen_below(g, 3));
		cm_put32(p + 32, (uint32_t)gen_below(g, 3));
	}
	return exhibit_holds(g, &e);
}

static bool
file_holds(struct gen *g, const char *path)
{
	struct exhibit e = { 0 };
	FILE *f = fopen(path, "rb");
	uint8_t *p = cm_buf_grow(&e.file, CAPTURE_MAX);
	char why[400];

	if (f == NULL || p == NULL)
		abort();
	e.file.len = fread(p, 1, CAPTURE_MAX, f);
	fclose(f);
	if (exhibit_holds(g, &e))
		return true;
	memcpy(why, g->why, sizeof(why));
	return gen_fail(g, "%s: %.200s", path, why);
}

static bool
captures_at_hand_hold(struct gen *g)
{
	const char *shared = getenv("COMITY_SHARED");
	char folder[2048], path[4096];
	struct dirent *e;
	bool holds = true;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/captures", shared == NULL ? "../shared" : shared);
	d = opendir(folder);
	while (d != NULL && holds && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (e->d_name[0] != '.')
			holds = file_holds(g, path);
	}
	if (d != NULL)
		closedir(d);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "made-up captures are sealed, opened and verified, and changes named",
		    made_up_captures_hold, 150, 300 },
		{ "captures at hand, or their first part, too", captures_at_hand_hold, 2, 1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
