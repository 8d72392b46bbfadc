/* Cells that no record cuts into are refused, each with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seal/cut.h"

/* A raw IPv4 packet with UDP in a pcap record: 16 + 20 + 8 + 3 bytes. */
static const uint8_t record[47] = { 1, 0, 0, 0, 2, 0, 0, 0, 31, 0, 0, 0, 31, 0, 0, 0, /* pcap */
	0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0xab, 0xcd, 10, 0, 0, 1, 10, 0, 0, 2,     /* IPv4 */
	0, 7, 0, 9, 0, 11, 0x22, 0x33, 'a', 'b', 'c' };                               /* UDP */

struct packet {
	struct cm_opened_row row;
	uint8_t headers[80];
	struct cm_span cell[5];
	uint8_t address[2][16];
};

static void
make(struct packet *p)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_cutter cutter = { .schema = &schema };
	struct cm_record r = { .bytes = cm_span_of(record, sizeof(record)),
		.cut = true,
		.tsresol = 6,
		.linktype = CM_LINK_RAW,
		.data_at = 16,
		.cap_len = 31 };
	struct cm_row row = { r.bytes, 0, &r, false };
	static const uint8_t mask[4] = { 0xab, 0xcd, 0x22, 0x33 };
	struct cm_cells cells;
	size_t c;

	memset(p, 0, sizeof(*p));
	assert_int_equal(cm_cut(&cutter, &row, &cells), CM_OK);
	memcpy(p->headers, cells.cell[0].ptr, cells.cell[0].len);
	p->cell[0] = cm_span_of(p->headers, cells.cell[0].len);
	for (c = 1; c <= 2; c++) { /* the cutter's own, and it goes */
		memcpy(p->address[c - 1], cells.cell[c].ptr, cells.cell[c].len);
		p->cell[c] = cm_span_of(p->address[c - 1], cells.cell[c].len);
	}
	assert_true(cm_span_eq(cells.cell[3], cm_span_of(mask, 4)));
	p->cell[3] = cm_span_of(mask, 4);
	p->cell[4] = cells.cell[4];
	p->row.n = 5;
	for (c = 0; c < 5; c++) {
		p->row.cell[c].state = c == 1 || c == 2 ? CM_CELL_NAMED : CM_CELL_OPEN;
		p->row.cell[c].value = p->cell[c];
	}
	cm_cutter_release(&cutter);
}

static void
shut(struct packet *p, size_t column)
{
	p->row.cell[column].state = CM_CELL_SHUT;
	p->row.cell[column].value = (struct cm_span) { 0 };
}

static enum cm_result
judge(enum cm_kind kind, const struct cm_opened_row *row, uint64_t rows, struct cm_err *err)
{
	const struct cm_span names[2] = { cm_span_str("a"), cm_span_str("b") };
	struct cm_schema schema = cm_schema_of(kind);
	struct cm_cutter cutter = { .schema = &schema, .rows = rows };
	struct cm_opening_rules rules = cm_cut_rules(&cutter);
	enum cm_result rc;

	if (kind == CM_KIND_RECORDS)
		assert_int_equal(cm_schema_records(names, 2, &schema, NULL), CM_OK);
	*err = (struct cm_err) { 0 };
	rc = rules.row(rules.arg, row, err);
	cm_cutter_release(&cutter);
	return rc;
}

static void
assert_packet_refused(struct packet *p, const char *why)
{
	struct cm_err err;

	assert_int_equal(judge(CM_KIND_CAPTURE, &p->row, 0, &err), CM_E_REFUSED);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

static void
an_honest_packet_passes_whole_and_in_part(void **state)
{
	struct packet p;
	struct cm_err err;
	size_t c;

	(void)state;
	make(&p);
	assert_int_equal(judge(CM_KIND_CAPTURE, &p.row, 0, &err), CM_OK);
	shut(&p, CM_COL_MASK);
	for (c = CM_COL_PAYLOAD; c > CM_COL_HEADERS; c--) {
		shut(&p, c);
		assert_int_equal(judge(CM_KIND_CAPTURE, &p.row, 0, &err), CM_OK);
	}
}

static void
a_header_that_lies_is_refused(void **state)
{
	struct packet p;

	(void)state;
	make(&p);
	p.headers[1] = 4;
	assert_packet_refused(&p, "form");
	make(&p);
	p.headers[2] = 3;
	assert_packet_refused(&p, "time resolution");
	make(&p);
	p.headers[16] -= 8; /* cut before the UDP header */
	shut(&p, CM_COL_MASK);
	shut(&p, CM_COL_PAYLOAD);
	assert_packet_refused(&p, "not cut where");
	make(&p);
	p.headers[17 + 16 + 10] = 1; /* the IPv4 checksum */
	assert_packet_refused(&p, "not zero where `mask`");
	make(&p);
	p.headers[17 + 16 + 15] = 1; /* an address */
	assert_packet_refused(&p, "not zero where an address");
	make(&p);
	p.row.cell[0].value.len--;
	assert_packet_refused(&p, "does not fit");
	make(&p);
	p.row.cell[0].value.len = 20;
	assert_packet_refused(&p, "does not frame");
}

static void
values_of_another_length_are_refused(void **state)
{
	struct packet p;

	(void)state;
	make(&p);
	p.row.cell[CM_COL_PAYLOAD].value.len = 2;
	assert_packet_refused(&p, "payload of 2 bytes where 3 are");
	make(&p);
	p.row.cell[CM_COL_SRC].value.len = 3;
	assert_packet_refused(&p, "address of 3 bytes where 4 are");
	make(&p);
	p.row.cell[CM_COL_MASK].value.len = 3;
	assert_packet_refused(&p, "too short");
	make(&p);
	p.row.cell[CM_COL_MASK].value = cm_span_of("12345", 5);
	assert_packet_refused(&p, "longer than what it fills");
}

static void
mask_without_what_it_covers_is_refused(void **state)
{
	struct packet p;

	(void)state;
	make(&p);
	shut(&p, CM_COL_PAYLOAD);
	assert_packet_refused(&p, "`mask` is open");
	make(&p);
	p.row.cell[CM_COL_SRC].state = CM_CELL_TIED;
	assert_packet_refused(&p, "`mask` is open");
}

static void
a_row_that_is_no_packet_has_nothing_but_payload(void **state)
{
	struct packet p;

	(void)state;
	make(&p);
	p.row.cell[0].value = cm_span_of("\0", 1);
	assert_packet_refused(&p, "has something in column 1");
	p.row.cell[1].value.len = p.row.cell[2].value.len = p.row.cell[3].value.len = 0;
	p.row.cell[4].value.len = 0;
	assert_packet_refused(&p, "has 0 bytes");
	p.row.cell[0].value = cm_span_of("\0\0", 2);
	assert_packet_refused(&p, "longer than one byte");
}

static enum cm_result
judge_texts(enum cm_kind kind, uint64_t row, uint64_t rows, const char *const cell[], size_t n)
{
	struct cm_opened_row opened = { .row = row, .n = n };
	struct cm_err err;
	enum cm_result rc;
	size_t c;

	for (c = 0; c < n; c++) {
		opened.cell[c].state = cell[c] == NULL ? CM_CELL_SHUT : CM_CELL_OPEN;
		if (cell[c] != NULL)
			opened.cell[c].value = cm_span_str(cell[c]);
	}
	rc = judge(kind, &opened, rows, &err);
	assert_true(rc == CM_OK || err.text[0] != '\0');
	return rc;
}

static enum cm_result
line(uint64_t row, const char *text)
{
	return judge_texts(CM_KIND_LINES, row, 3, &text, 1);
}

static void
a_line_is_one_line(void **state)
{
	(void)state;
	assert_int_equal(line(0, "x\n"), CM_OK);
	assert_int_equal(line(0, "\n"), CM_OK);
	assert_int_equal(line(2, "no newline"), CM_OK);
	assert_int_equal(line(1, "no newline"), CM_E_REFUSED);
	assert_int_equal(line(0, ""), CM_E_REFUSED);
	assert_int_equal(line(0, "two\nlines\n"), CM_E_REFUSED);
}

static void
a_block_is_full_unless_it_is_the_last(void **state)
{
	const char *text = "short";

	(void)state;
	assert_int_equal(judge_texts(CM_KIND_BLOB, 2, 3, &text, 1), CM_OK);
	assert_int_equal(judge_texts(CM_KIND_BLOB, 1, 3, &text, 1), CM_E_REFUSED);
	text = "";
	assert_int_equal(judge_texts(CM_KIND_BLOB, 2, 3, &text, 1), CM_E_REFUSED);
}

static enum cm_result
members(const char *a, const char *b, const char *rest)
{
	const char *const cell[3] = { a, b, rest };

	return judge_texts(CM_KIND_RECORDS, 0, 3, cell, 3);
}

static void
members_and_rest_fit_together(void **state)
{
	(void)state;
	assert_int_equal(members("1", "", "{\"a\":}\n"), CM_OK);
	assert_int_equal(members(" [1] ", "\"x\"", "{\"b\":, \"a\":,\"c\":0}\n"), CM_OK);
	assert_int_equal(members("", "", "no object\n"), CM_OK);
	assert_int_equal(members("", "", "{\"a\":}\n"), CM_OK);  /* no object: a value is missing */
	assert_int_equal(members("", "", "{\"a\":1}\n"), CM_OK); /* goes on with a long line */
	assert_int_equal(members("1", "", "{\"b\":}\n"), CM_E_REFUSED);
	assert_int_equal(members("1", "", "{\"a\":2}\n"), CM_E_REFUSED);
	assert_int_equal(members("1", "2", "{\"a\":}\n"), CM_E_REFUSED);
	assert_int_equal(members("1,\"b\":2", "", "{\"a\":}\n"), CM_E_REFUSED);
	assert_int_equal(members("1", NULL, NULL), CM_OK);
	assert_int_equal(members("1 2", NULL, NULL), CM_E_REFUSED);
	assert_int_equal(members(NULL, "1", "{\"a\":}\n"), CM_E_REFUSED);
	assert_int_equal(members(NULL, "1", "{\"a\":,\"b\":}\n"), CM_OK);
	/* white space may be a newline, in JSON, but not in a line */
	assert_int_equal(members("1\n", NULL, NULL), CM_E_REFUSED);
	assert_int_equal(members(NULL, "1", "{\"a\":,\n\"b\":}\n"), CM_E_REFUSED);
	assert_int_equal(members(NULL, NULL, "{\"c\":\n{\"row\": 7}}\n"), CM_E_REFUSED);
	assert_int_equal(members(NULL, NULL, "\n"), CM_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_packet_passes_whole_and_in_part),
		cmocka_unit_test(a_header_that_lies_is_refused),
		cmocka_unit_test(values_of_another_length_are_refused),
		cmocka_unit_test(mask_without_what_it_covers_is_refused),
		cmocka_unit_test(a_row_that_is_no_packet_has_nothing_but_payload),
		cmocka_unit_test(a_line_is_one_line),
		cmocka_unit_test(a_block_is_full_unless_it_is_the_last),
		cmocka_unit_test(members_and_rest_fit_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
