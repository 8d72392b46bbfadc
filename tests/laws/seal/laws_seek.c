/* Reading from the middle: by index and places a file gives the same rows, frames and
 * openings as from the front, whatever is in it; and no more of it is read than is needed. */
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "seal/cut.h"
#include "seal/places.h"

struct exhibit {
	struct cm_schema schema;
	struct cm_seal_secret secret;
	struct cm_seal seal;
	struct cm_buf file, index;
};

/* A made-up pcapng, block by block, in either byte order. */

static void
put(struct cm_buf *b, bool big, unsigned bytes, uint64_t v)
{
	unsigned i;

	for (i = 0; i < bytes; i++)
		cm_buf_add_u8(b, (uint8_t)(v >> 8 * (big ? bytes - 1 - i : i)));
}

static void
some_bytes(struct gen *g, struct cm_buf *b, size_t len)
{
	uint8_t *p = len == 0 ? NULL : cm_buf_grow(b, len);

	if (len == 0)
		return;
	if (p == NULL)
		abort();
	gen_bytes(g, p, len);
}

static void
put_block(struct cm_buf *b, bool big, uint32_t type, struct cm_buf *body)
{
	uint32_t len = (uint32_t)body->len + 12;

	put(b, big, 4, type);
	put(b, big, 4, len);
	cm_buf_add_span(b, cm_buf_span(body));
	put(b, big, 4, len);
	cm_buf_release(body);
}

static void
put_section(struct cm_buf *b, bool big)
{
	struct cm_buf body = { 0 };

	put(&body, big, 4, 0x1a2b3c4d);
	put(&body, big, 4, 1);
	put(&body, big, 8, UINT64_MAX);
	put_block(b, big, 0x0a0d0d0a, &body);
}

/* Any link, resolution and offset; now and then longer than a row. */
static void
put_interface(struct gen *g, struct cm_buf *b, bool big)
{
	static const uint16_t link[] = { 1, 101, 113, 0, 276 };
	struct cm_buf body = { 0 };

	put(&body, big, 2, link[gen_below(g, 5)]);
	put(&body, big, 2, 0);
	put(&body, big, 4, gen_upto(g, 64));
	put(&body, big, 2, 9);
	put(&body, big, 2, 1);
	put(&body, false, 4, gen_one_in(g, 2) ? 9 : 6);
	if (gen_one_in(g, 400))
		some_bytes(g, &body, 4 * (size_t)gen_upto(g, 80000));
	put_block(b, big, 1, &body);
}

static void
packet_bytes(struct gen *g, struct cm_buf *body, uint32_t len)
{
	size_t at = body->len;
	uint8_t *p;

	some_bytes(g, body, len);
	if (len < 40 || gen_one_in(g, 10))
		return;
	p = body->ptr + at;
	p[0] = 0x45;
	cm_put16(p + 2, (uint16_t)len);
	cm_put16(p + 4, (uint16_t)gen_below(g, 3));
	cm_put16(p + 6, gen_one_in(g, 40) ? (uint16_t)gen_upto(g, 3) : 0);
	cm_put32(p + 12, (uint32_t)gen_below(g, 3));
	cm_put32(p + 16, (uint32_t)gen_below(g, 3));
}

static void
put_packet(struct gen *g, struct cm_buf *b, bool big, uint32_t ifaces)
{
	struct cm_buf body = { 0 };
	uint32_t len = (uint32_t)gen_upto(g, 60);

	put(&body, big, 4, gen_below(g, ifaces + 1));
	put(&body, big, 8, gen_u64(g));
	put(&body, big, 4, gen_one_in(g, 60) ? len + 9 : len);
	put(&body, big, 4, len);
	packet_bytes(g, &body, len);
	while (body.len % 4 != 0)
		cm_buf_add_u8(&body, 0);
	put_block(b, big, 6, &body);
}

static void
put_other(struct gen *g, struct cm_buf *b, bool big)
{
	static const uint32_t type[] = { 4, 5, 0xbad, 3, 2, 10, 0x204, 0x0a0d0d0b };
	struct cm_buf body = { 0 };
	size_t len = 4 * (size_t)gen_upto(g, 12);

	if (gen_one_in(g, 40)) /* more than one row */
		len = 65536 * (size_t)gen_upto(g, 6) - (gen_one_in(g, 3) ? 12 : 0);
	if (len > 6 * 65536)
		len = 0;
	some_bytes(g, &body, len);
	put_block(b, big, type[gen_below(g, 8)], &body);
}

static void
made_pcapng(struct gen *g, struct cm_buf *b)
{
	uint64_t n = gen_upto(g, g->size), odd = 5 + gen_upto(g, 300);
	uint32_t ifaces = 0;
	bool big = gen_one_in(g, 2);

	put_section(b, big);
	for (; n > 0; n--) {
		if (gen_one_in(g, 4 * odd)) {
			big = gen_one_in(g, 2);
			ifaces = 0;
			put_section(b, big);
		} else if (ifaces == 0 || gen_one_in(g, odd)) {
			put_interface(g, b, big);
			ifaces++;
		} else if (gen_one_in(g, odd)) {
			put_other(g, b, big);
		} else {
			put_packet(g, b, big, ifaces);
		}
	}
	if (gen_one_in(g, 3))
		some_bytes(g, b, (size_t)gen_upto(g, gen_one_in(g, 2) ? 400000 : 40));
}

static void
made_pcap(struct gen *g, struct cm_buf *b)
{
	uint64_t n = gen_upto(g, g->size), odd = 5 + gen_upto(g, 300);
	bool big = gen_one_in(g, 2);
	uint32_t len;

	put(b, big, 4, gen_one_in(g, 2) ? 0xa1b2c3d4 : 0xa1b23c4d);
	put(b, big, 4, 2);
	put(b, big, 8, 0);
	put(b, big, 4, 65535);
	put(b, big, 4, 101);
	for (; n > 0; n--) {
		len = gen_one_in(g, 4 * odd) ? 262129 + (uint32_t)gen_upto(g, 300000)
					     : 40 + (uint32_t)gen_upto(g, 20);
		some_bytes(g, b, 8);
		put(b, big, 4, len);
		put(b, big, 4, len);
		packet_bytes(g, b, len);
	}
	if (gen_one_in(g, 3))
		some_bytes(g, b, (size_t)gen_upto(g, gen_one_in(g, 2) ? 400000 : 40));
}

static void
made_lines(struct gen *g, struct cm_buf *b)
{
	uint64_t n = gen_upto(g, g->size);

	for (; n > 0; n--) {
		if (gen_one_in(g, 800))
			some_bytes(g, b, (size_t)gen_upto(g, 3 << 20));
		cm_buf_printf(b, "{\"a\": %u, \"b\":\"%u\"}%s", (unsigned)gen_below(g, 99),
		    (unsigned)gen_below(g, 99), gen_one_in(g, 50) ? "" : "\n");
	}
}

/* Sealing it. */

static struct cm_cut_rows *
rows_of(struct gen *g, const struct exhibit *e, const struct cm_source *source, bool index)
{
	struct cm_cut_rows *rows = NULL;
	struct cm_err err = { 0 };

	if (cm_cut_rows_new(&e->schema, *source, "law", &rows, &err) != CM_OK ||
	    (index && cm_cut_rows_index(
			  rows, cm_buf_span(&e->index), e->seal.rows, &err) != CM_OK)) {
		gen_fail(g, "no rows: %s", err.text);
		abort();
	}
	return rows;
}

static void
seal(struct gen *g, struct exhibit *e)
{
	struct cm_span file = cm_buf_span(&e->file);
	struct cm_source source = cm_source_of_memory(&file);
	struct cm_sink sink = made_sink(&e->index);
	struct cm_cut_rows *rows = rows_of(g, e, &source, false);

	gen_bytes(g, &e->secret, sizeof(e->secret));
	if (cm_table_commit(
		&e->schema, &e->secret, cm_cut_rows_source(rows), &sink, &e->seal, NULL) != CM_OK ||
	    cm_cut_rows_places(rows, &sink) != CM_OK)
		abort();
	cm_cut_rows_free(rows);
}

static bool
made_exhibit(struct gen *g, struct exhibit *e)
{
	static const struct cm_span member[] = { { (const uint8_t *)"a", 1 },
		{ (const uint8_t *)"b", 1 } };

	*e = (struct exhibit) { .schema = cm_schema_of(CM_KIND_CAPTURE) };
	switch (gen_below(g, 6)) {
	case 0:
		e->schema = cm_schema_of(CM_KIND_LINES);
		made_lines(g, &e->file);
		break;
	case 1:
		if (cm_schema_records(member, 2, &e->schema, NULL) != CM_OK)
			return gen_fail(g, "no schema");
		made_lines(g, &e->file);
		break;
	case 2:
		e->schema = cm_schema_of(CM_KIND_BLOB);
		some_bytes(g, &e->file, (size_t)gen_upto(g, 1000 * g->size));
		break;
	case 3:
		made_pcap(g, &e->file);
		break;
	default:
		made_pcapng(g, &e->file);
	}
	if (!cm_buf_ok(&e->file))
		abort();
	seal(g, e);
	return true;
}

static void
release(struct exhibit *e)
{
	cm_buf_release(&e->file);
	cm_buf_release(&e->index);
}

/* Rows out of turn. */

static bool
same_row(struct gen *g, const struct cm_row *a, const struct cm_row *b, uint64_t n)
{
	const struct cm_record *x = a->record, *y = b->record;

	if (a->offset != b->offset || !cm_span_eq(a->bytes, b->bytes))
		return gen_fail(g, "row %u: other bytes", (unsigned)n);
	if (x == NULL)
		return a->continues == b->continues || gen_fail(g, "row %u: continues", (unsigned)n);
	if (x->row != n || y->row != n || x->frame != y->frame || x->cut != y->cut ||
	    x->is_frame != y->is_frame || x->has_time != y->has_time || x->form != y->form ||
	    x->tsresol != y->tsresol || x->linktype != y->linktype || x->tsoffset != y->tsoffset ||
	    x->iface != y->iface || x->data_at != y->data_at || x->cap_len != y->cap_len ||
	    x->orig_len != y->orig_len || x->t_ns != y->t_ns)
		return gen_fail(g, "row %u: another record, frame %u and %u", (unsigned)n,
		    (unsigned)x->frame, (unsigned)y->frame);
	return true;
}

static bool
rows_out_of_turn(struct gen *g, const struct exhibit *e, const struct cm_source *source)
{
	struct cm_cut_rows *scan = rows_of(g, e, source, false), *jump = rows_of(g, e, source, true);
	struct cm_cell_source one = cm_cut_rows_source(scan), two = cm_cut_rows_source(jump);
	struct cm_cells a, b;
	uint64_t n, row;
	bool holds = true;
	int k;

	for (k = 0; holds && k < 3; k++) {
		for (n = 0; holds && n < 200 && e->seal.rows > 0; n++) {
			row = gen_below(g, e->seal.rows);
			if (k > 0) /* some forward in small steps */
				row = (n * e->seal.rows + row) / 200;
			if (cm_cut_rows_to(scan, row, NULL) != CM_OK ||
			    one.next(one.arg, &a, NULL) != CM_OK ||
			    cm_cut_rows_to(jump, row, NULL) != CM_OK ||
			    two.next(two.arg, &b, NULL) != CM_OK)
				return gen_fail(g, "row %u is not there", (unsigned)row);
			holds = same_row(
			    g, cm_cut_rows_last(scan), cm_cut_rows_last(jump), row);
		}
	}
	if (holds && cm_cut_rows_to(jump, e->seal.rows, NULL) == CM_OK &&
	    two.next(two.arg, &b, NULL) != CM_E_NOTFOUND)
		holds = gen_fail(g, "a row more");
	cm_cut_rows_free(scan);
	cm_cut_rows_free(jump);
	return holds;
}

static bool
any_row_can_be_read_out_of_turn(struct gen *g)
{
	struct exhibit e;
	struct cm_span file;
	struct cm_source source;
	bool holds = made_exhibit(g, &e);

	file = cm_buf_span(&e.file);
	source = cm_source_of_memory(&file);
	holds = holds && rows_out_of_turn(g, &e, &source);
	release(&e);
	return holds;
}

static bool
frames_are_found_by_number(struct gen *g)
{
	struct exhibit e = { .schema = cm_schema_of(CM_KIND_CAPTURE) };
	struct cm_cut_rows *scan, *jump;
	struct cm_cell_source one;
	struct cm_cells cells;
	struct cm_source source;
	struct cm_span file;
	uint64_t row, n, last = 0;
	bool holds = true;

	if (gen_one_in(g, 3))
		made_pcap(g, &e.file);
	else
		made_pcapng(g, &e.file);
	seal(g, &e);
	file = cm_buf_span(&e.file);
	source = cm_source_of_memory(&file);
	scan = rows_of(g, &e, &source, false);
	jump = rows_of(g, &e, &source, true);
	one = cm_cut_rows_source(scan);
	for (n = 0; holds && one.next(one.arg, &cells, NULL) == CM_OK; n++) {
		if (cm_cut_rows_last(scan)->record->frame == 0)
			continue;
		last = cm_cut_rows_last(scan)->record->frame;
		if (cm_cut_rows_frame(jump, last, &row) != CM_OK || row != n)
			holds = gen_fail(g, "frame %u of row %u is not found", (unsigned)last,
			    (unsigned)n);
	}
	cm_cut_rows_free(scan);
	cm_cut_rows_free(jump);
	release(&e);
	return holds;
}

/* Openings. */

static void
some_plan(struct gen *g, const struct exhibit *e, struct cm_plan *out)
{
	uint64_t all = cm_column_bit(e->schema.n) - 1, at = 0, step = 1 + gen_upto(g, 3000);
	struct cm_plan_range r = { .by_row = true };

	*out = (struct cm_plan) { 0 };
	while (at < e->seal.rows) {
		r.from = at + gen_upto(g, gen_one_in(g, 3) ? 3 : step);
		r.to = r.from + 1 + gen_upto(g, gen_one_in(g, 8) ? 600 : 3);
		r.open = gen_one_in(g, 3) ? all : gen_u64(g) & all;
		if (e->schema.kind == CM_KIND_CAPTURE && r.open != all)
			r.open &= ~cm_column_bit(CM_COL_MASK);
		r.tied = e->schema.kind == CM_KIND_CAPTURE && r.open != all ? gen_u64(g) & 6 & r.open
									    : 0;
		if (r.to > e->seal.rows)
			return;
		if (cm_plan_add(out, r) != CM_OK)
			abort();
		at = r.to;
	}
}

/* Memory that counts the windows it is asked for, page by page. */
struct counted {
	struct cm_span file;
	uint8_t *page;
};

static enum cm_result
fill_counted(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct counted *c = arg;
	uint64_t at, end;

	(void)err;
	offset = offset > c->file.len ? c->file.len : offset;
	*out = cm_span_part(c->file, (size_t)offset, want);
	end = offset + out->len;
	for (at = offset & ~(uint64_t)4095; at < end; at += 4096)
		c->page[at / 4096] = 1;
	return CM_OK;
}

/* What is done together does not depend on what is done first. */
static void
the_other_first(void *self, cm_work *one, void *one_arg, cm_work *other, void *other_arg)
{
	(void)self;
	other(other_arg);
	one(one_arg);
}

static enum cm_result
open_by(struct gen *g, const struct exhibit *e, const struct cm_source *source, bool index,
    const struct cm_plan *plan, struct cm_buf *out, struct cm_table_diff *diff, struct cm_err *err)
{
	struct cm_cut_rows *rows = rows_of(g, e, source, index);
	static const struct cm_together turned = { the_other_first, NULL };
	struct cm_sink sink = made_sink(out);
	struct cm_table_open in = { .seal = &e->seal,
		.together = index ? &turned : NULL,
		.secret = &e->secret,
		.plan = plan,
		.source = cm_cut_rows_source(rows),
		.index = index ? cm_buf_span(&e->index) : (struct cm_span) { 0 } };
	enum cm_result rc = cm_table_open(&in, &sink, diff, err);

	cm_cut_rows_free(rows);
	return rc;
}

static uint64_t
groups_of(const struct cm_plan *p)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		n += (p->range[i].to - 1) / CM_GROUP_ROWS - p->range[i].from / CM_GROUP_ROWS + 1;
	return n;
}

static bool
seeking_and_scanning_give_one_opening(struct gen *g)
{
	struct cm_buf a = { 0 }, b = { 0 };
	struct cm_err err = { 0 };
	struct cm_table_diff diff = { 0 };
	struct cm_plan plan;
	struct exhibit e;
	struct counted c = { { 0 }, NULL };
	struct cm_source memory, counted;
	enum cm_result one, two;
	bool holds = made_exhibit(g, &e);

	c.file = cm_buf_span(&e.file);
	c.page = calloc(c.file.len / 4096 + 2, 1);
	memory = cm_source_of_memory(&c.file);
	counted = (struct cm_source) { &c, fill_counted, true, NULL };
	if (c.page == NULL)
		abort();
	some_plan(g, &e, &plan);
	one = open_by(g, &e, &memory, false, &plan, &a, NULL, &err);
	two = open_by(g, &e, &counted, true, &plan, &b, &diff, &err);
	if (holds && one != two)
		holds = gen_fail(g, "%d by scanning, %d by seeking: %s", (int)one, (int)two, err.text);
	if (holds && one == CM_OK && !cm_span_eq(cm_buf_span(&a), cm_buf_span(&b)))
		holds = gen_fail(g, "another opening");
	if (holds && diff.differs)
		holds = gen_fail(g, "row %u is said to differ", (unsigned)diff.first);
	if (holds && two == CM_OK && diff.compared > groups_of(&plan) * CM_GROUP_ROWS &&
	    diff.compared != e.seal.rows)
		holds = gen_fail(g, "%u rows compared for %u groups", (unsigned)diff.compared,
		    (unsigned)groups_of(&plan));
	free(c.page);
	cm_buf_release(&a);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	release(&e);
	return holds;
}

/* An ordinary capture: what is read is the groups, and where the reader learns its link. */
static bool
few_rows_touch_few_pages(struct gen *g)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 101 };
	struct exhibit e = { .schema = cm_schema_of(CM_KIND_CAPTURE) };
	struct counted c = { { 0 }, NULL };
	struct cm_source counted = { &c, fill_counted, true, NULL };
	struct cm_plan plan = { 0 };
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	uint64_t n, row, touched = 0, record = 16 + 600;
	bool holds = true;

	cm_buf_add(&e.file, head, sizeof(head));
	for (n = 0; n < 20000; n++) {
		put(&e.file, false, 8, n);
		put(&e.file, false, 8, (uint64_t)600 << 32 | 600);
		some_bytes(g, &e.file, 600);
	}
	seal(g, &e);
	c.file = cm_buf_span(&e.file);
	c.page = calloc(c.file.len / 4096 + 2, 1);
	if (c.page == NULL)
		abort();
	for (row = 1 + gen_upto(g, 9000); row < e.seal.rows; row += 1 + gen_upto(g, 9000))
		if (cm_plan_add(&plan, (struct cm_plan_range) { row, row + 1, 31, 0, true }) != CM_OK)
			abort();
	if (open_by(g, &e, &counted, true, &plan, &b, NULL, &err) != CM_OK)
		holds = gen_fail(g, "%s", err.text);
	for (n = 0; n <= c.file.len / 4096; n++)
		touched += c.page[n];
	if (holds && touched > 2 + groups_of(&plan) * (CM_GROUP_ROWS * record / 4096 + 2))
		holds = gen_fail(g, "%u pages for %u groups", (unsigned)touched,
		    (unsigned)groups_of(&plan));
	free(c.page);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	release(&e);
	return holds;
}

/* A file that is another one now: opened as sealed, or refused; never opened as something else. */
static bool
what_changed_is_never_opened(struct gen *g)
{
	struct cm_buf a = { 0 }, b = { 0 };
	struct cm_table_diff diff = { 0 };
	struct cm_plan plan;
	struct exhibit e;
	struct cm_span file;
	struct cm_source source;
	enum cm_result rc;
	bool holds = made_exhibit(g, &e);
	int i;

	some_plan(g, &e, &plan);
	file = cm_buf_span(&e.file);
	source = cm_source_of_memory(&file);
	rc = open_by(g, &e, &source, false, &plan, &a, NULL, NULL);
	/* the first bytes say what the file is, and are left */
	for (i = 0; i < 3 && file.len > 40; i++)
		e.file.ptr[12 + gen_below(g, file.len - 12)] ^= (uint8_t)(1 + gen_below(g, 255));
	if (gen_one_in(g, 3) && file.len > 40)
		file.len = (size_t)(40 + gen_below(g, file.len - 40));
	if (holds && rc == CM_OK &&
	    open_by(g, &e, &source, true, &plan, &b, &diff, NULL) == CM_OK &&
	    !cm_span_eq(cm_buf_span(&a), cm_buf_span(&b)))
		holds = gen_fail(g, "another opening");
	cm_buf_release(&a);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	release(&e);
	return holds;
}

/* Places that are damaged: nothing worse than a wrong row happens. */
static bool
damaged_places_do_no_harm(struct gen *g)
{
	struct cm_buf b = { 0 };
	struct cm_plan plan;
	struct exhibit e;
	struct cm_span file;
	struct cm_source source;
	bool holds = made_exhibit(g, &e);
	size_t from = (size_t)cm_index_len(e.seal.rows), i;

	for (i = from; i < e.index.len; i++)
		if (gen_one_in(g, 20))
			e.index.ptr[i] = (uint8_t)gen_u64(g);
	some_plan(g, &e, &plan);
	file = cm_buf_span(&e.file);
	source = cm_source_of_memory(&file);
	(void)!open_by(g, &e, &source, true, &plan, &b, NULL, NULL);
	cm_buf_release(&b);
	cm_plan_release(&plan);
	release(&e);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "any row can be read out of turn", any_row_can_be_read_out_of_turn, 60, 3000 },
		{ "frames are found by their number", frames_are_found_by_number, 60, 3000 },
		{ "seeking and scanning give one opening", seeking_and_scanning_give_one_opening, 60,
		    4000 },
		{ "few rows touch few pages", few_rows_touch_few_pages, 4, 1 },
		{ "what changed is never opened as something else", what_changed_is_never_opened, 60,
		    2000 },
		{ "damaged places do no harm", damaged_places_do_no_harm, 60, 2000 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
