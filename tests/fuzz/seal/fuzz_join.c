/* Opened cells as a liar may send them: joined or refused, and a row that is accepted and
 * open in full is cut into the same cells again. */
#include <string.h>

#include "fuzz.h"
#include "seal/cut.h"

/* The first byte says the kind, the second how much is tied or shut; then each cell: its
 * length in two bytes, and the cell. */
static void
read_row(struct cm_cursor *c, const struct cm_schema *s, uint8_t how, struct cm_opened_row *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	out->n = s->n;
	for (i = 0; i < s->n; i++) {
		bool linked = s->column[i].link != CM_LINK_PLAIN;
		struct cm_span value = cm_cursor_take(c, cm_cursor_u16(c));

		out->cell[i].state = linked ? CM_CELL_NAMED : CM_CELL_OPEN;
		if (how & 1 << i)
			out->cell[i].state = linked && (how & 0x80) ? CM_CELL_TIED : CM_CELL_SHUT;
		else
			out->cell[i].value = value;
	}
}

static void
check_packet(const struct cm_opened_row *row, struct cm_buf *buf)
{
	struct cm_joined j;

	if (cm_join_packet(row, buf, &j, NULL) != CM_OK || !j.packet)
		return;
	must(
	    j.bytes.len <= CM_PACKET_ROW_MAX && j.record.cap_len <= j.bytes.len - j.record.data_at);
	must(j.cut + j.payload_len <= j.bytes.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_span names[2] = { cm_span_str("a"), cm_span_str("b") };
	struct cm_cursor c = cm_cursor_of(cm_span_of(data, size));
	unsigned kind = cm_cursor_u8(&c) % 4;
	uint8_t how = cm_cursor_u8(&c);
	struct cm_schema schema = cm_schema_of((enum cm_kind)kind);
	struct cm_cutter cutter = { .schema = &schema, .rows = 2 };
	struct cm_opening_rules rules = cm_cut_rules(&cutter);
	struct cm_buf buf = { 0 };
	struct cm_opened_row row;
	struct cm_err err = { 0 };

	if (kind == CM_KIND_RECORDS && cm_schema_records(names, 2, &schema, NULL) != CM_OK)
		__builtin_trap();
	read_row(&c, &schema, how, &row);
	if (kind == CM_KIND_CAPTURE)
		check_packet(&row, &buf);
	if (rules.row(rules.arg, &row, &err) != CM_OK)
		must(err.text[0] != '\0');
	else if ((how & 0x1f) == 0)
		must(cm_join(&schema, &row, &buf, NULL) == CM_OK);
	cm_buf_release(&buf);
	cm_cutter_release(&cutter);
	return 0;
}
