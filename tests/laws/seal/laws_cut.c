/* The laws of cutting and joining (FORMATS 1, 1.2): on made-up packets and lines, and on
 * every capture that is at hand. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "seal/cut.h"

#define CAPTURE_MAX (4u << 20)

/* The row as it would come out of an opening that opens ${open}, hosts tied or named. */
static void
opened_of(const struct cm_schema *s, const struct cm_cells *cells, cm_columns open, cm_columns tied,
    struct cm_opened_row *out)
{
	size_t c;

	memset(out, 0, sizeof(*out));
	out->n = s->n;
	for (c = 0; c < s->n; c++) {
		if (!(open & cm_column_bit(c)))
			continue;
		if (tied & cm_column_bit(c)) {
			out->cell[c].state = CM_CELL_TIED;
			continue;
		}
		out->cell[c].state =
		    s->column[c].link == CM_LINK_PLAIN ? CM_CELL_OPEN : CM_CELL_NAMED;
		out->cell[c].value = cells->cell[c];
	}
}

static bool
joins_back(
    struct gen *g, struct cm_cutter *c, const struct cm_row *row, const struct cm_cells *cells)
{
	struct cm_opening_rules rules = cm_cut_rules(c);
	struct cm_opened_row opened;
	struct cm_buf joined = { 0 };
	struct cm_buf copy[CM_COLUMNS_MAX] = { 0 };
	struct cm_cells own = *cells;
	struct cm_err err = { 0 };
	bool holds = true;
	size_t i;

	/* the rules use the cutter again, and with it the cells' memory */
	for (i = 0; i < c->schema->n; i++) {
		cm_buf_add_span(&copy[i], cells->cell[i]);
		own.cell[i] = cm_buf_span(&copy[i]);
	}
	opened_of(c->schema, &own, UINT64_MAX, 0, &opened);
	if (rules.row(rules.arg, &opened, &err) != CM_OK)
		holds = gen_fail(g, "refused: %s", err.text);
	if (holds && cm_join(c->schema, &opened, &joined, &err) != CM_OK)
		holds = gen_fail(g, "not joined: %s", err.text);
	if (holds && !cm_span_eq(cm_buf_span(&joined), row->bytes))
		holds = gen_fail(
		    g, "joined to something else (%zu bytes for %zu)", joined.len, row->bytes.len);
	for (i = 0; i < c->schema->n; i++)
		cm_buf_release(&copy[i]);
	cm_buf_release(&joined);
	return holds;
}

static bool
same_record(const struct cm_record *a, const struct cm_record *b)
{
	return a->form == b->form && a->tsresol == b->tsresol && a->linktype == b->linktype &&
	       a->tsoffset == b->tsoffset && a->data_at == b->data_at && a->cap_len == b->cap_len &&
	       a->orig_len == b->orig_len && a->t_ns == b->t_ns && a->bytes.len == b->bytes.len;
}

/* Any cells that may be open together join to the row, zeros where something is shut. */
static bool
joins_in_part(struct gen *g, const struct cm_cutter *c, const struct cm_row *row,
    const struct cm_cells *cells)
{
	cm_columns open = gen_u64(g) & 31, tied = gen_u64(g) & 6 & open;
	struct cm_opened_row opened;
	struct cm_buf buf = { 0 };
	struct cm_joined j = { 0 };
	struct cm_err err = { 0 };
	struct cm_layers l;
	bool holds = true;
	size_t i;

	open |= cm_column_bit(CM_COL_HEADERS);
	opened_of(c->schema, cells, open, tied, &opened);
	if (cm_join_packet(&opened, &buf, &j, &err) != CM_OK) {
		cm_buf_release(&buf);
		return gen_fail(g, "open %x: not joined: %s", (unsigned)open, err.text);
	}
	if (j.known != (open & ~tied) || j.packet != row->record->cut)
		holds = gen_fail(g, "open %x, known %x", (unsigned)open, (unsigned)j.known);
	for (i = 0; holds && j.packet && i < j.bytes.len; i++)
		if (j.bytes.ptr[i] != 0 && j.bytes.ptr[i] != row->bytes.ptr[i])
			holds = gen_fail(g, "open %x: byte %zu is another", (unsigned)open, i);
	if (holds && j.packet && !same_record(&j.record, row->record))
		holds = gen_fail(g, "open %x: another record", (unsigned)open);
	if (holds && j.packet) {
		cm_layers_walk(cm_record_data(row->record), row->record->linktype, &l);
		if (memcmp(&l, &j.layers, sizeof(l)) != 0)
			holds = gen_fail(g, "open %x: other layers", (unsigned)open);
	}
	cm_buf_release(&buf);
	return holds;
}

/* Cut into a tile, the row's bytes staying or not, the cells are the same. */
static bool
cuts_to_tile(struct gen *g, struct cm_tile *tile, const struct cm_cutter *c,
    const struct cm_row *row, const struct cm_cells *cells)
{
	struct cm_buf away = { 0 };
	struct cm_row gone = *row;
	bool stays = gen_one_in(g, 2);
	size_t at, i;

	if (cm_tile_is_full(tile))
		cm_tile_begin(tile, tile->first + tile->n);
	at = tile->n;
	cm_buf_add_span(&away, row->bytes);
	if (!stays)
		gone.bytes = cm_buf_span(&away);
	if (!cm_buf_ok(&away) || cm_cut_to_tile(c->schema, &gone, stays, tile) != CM_OK)
		abort();
	if (away.len > 0)
		memset(away.ptr, 0xee, away.len);
	cm_buf_release(&away);
	for (i = 0; i < c->schema->n; i++)
		if (!cm_span_eq(cm_tile_value(tile, at, i), cells->cell[i]))
			return gen_fail(g, "column %zu is another in a tile", i);
	return tile->n == at + 1 || gen_fail(g, "not one row more");
}

static bool
rows_hold(struct gen *g, const struct cm_schema *schema, struct cm_span file, const char *name)
{
	struct cm_cell_source source;
	struct cm_cutter cutter = { .schema = schema };
	struct cm_cut_rows *rows = NULL;
	struct cm_cells cells;
	struct cm_tile tile;
	enum cm_result rc;
	uint64_t at = 0, n = 0;
	bool holds = true;

	if (cm_tile_init(&tile, schema) != CM_OK)
		abort();
	if (cm_cut_rows_new(schema, cm_source_of_memory(&file), name, &rows, NULL) != CM_OK)
		goto out; /* no capture at all */
	source = cm_cut_rows_source(rows);
	while (holds && (rc = source.next(source.arg, &cells, NULL)) == CM_OK) {
		const struct cm_row *row = cm_cut_rows_last(rows);

		n++;
		if (row->bytes.ptr != file.ptr + at)
			holds = gen_fail(g, "rows do not join to the file");
		at += row->bytes.len;
		holds = holds && cuts_to_tile(g, &tile, &cutter, row, &cells);
		holds = holds && joins_back(g, &cutter, row, &cells);
		if (schema->kind == CM_KIND_CAPTURE)
			holds = holds && joins_in_part(g, &cutter, row, &cells);
	}
	if (holds && at != file.len)
		holds = gen_fail(g, "rows end at %zu of %zu", (size_t)at, file.len);
	if (!holds) {
		char why[400];

		memcpy(why, g->why, sizeof(why));
		gen_fail(g, "%s, row %u: %.300s", name, (unsigned)n - 1, why);
	}
	cm_cut_rows_free(rows);
	cm_cutter_release(&cutter);
out:
	cm_tile_release(&tile);
	return holds;
}

static void
put_pcap_record(struct gen *g, struct cm_buf *b, const uint8_t *data, uint32_t len)
{
	uint8_t head[16];

	gen_bytes(g, head, 8);
	cm_put32le(head + 8, len);
	cm_put32le(head + 12, len + (uint32_t)gen_upto(g, 3));
	cm_buf_add(b, head, sizeof(head));
	cm_buf_add(b, data, len);
}

/* Bytes that look like packets: headers that often make sense, fields that often do not. */
static uint32_t
some_packet(struct gen *g, uint8_t *p, uint32_t max)
{
	static const uint16_t types[] = { 0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x0806 };
	static const uint8_t protos[] = { 0, 1, 6, 17, 43, 44, 58, 60, 6, 6 };
	uint32_t len = (uint32_t)gen_upto(g, max), at = 14, i;

	gen_bytes(g, p, len);
	if (len < 60)
		return len;
	for (i = (uint32_t)gen_upto(g, 3); i > 0; i--) {
		uint16_t type = types[gen_below(g, 7)];

		cm_put16(p + at - 2, type);
		at += type == 0x8100 || type == 0x88a8 || type == 0x8847 ? 4
		      : type == 0x8864                                   ? 8
									 : 0;
	}
	if (gen_one_in(g, 2)) {
		cm_put16(p + at - 2, 0x0800);
		p[at] = (uint8_t)(0x45 + gen_below(g, 3) * gen_below(g, 2));
		cm_put16(p + at + 2, (uint16_t)gen_upto(g, len));
		cm_put16(p + at + 6, gen_one_in(g, 4) ? (uint16_t)gen_u64(g) : 0);
		p[at + 9] = protos[gen_below(g, 10)];
	} else {
		cm_put16(p + at - 2, 0x86dd);
		p[at] = 0x60;
		cm_put16(p + at + 4, (uint16_t)gen_upto(g, len));
		p[at + 6] = protos[gen_below(g, 10)];
		for (i = at + 40; i + 1 < len; i += 8) {
			p[i] = protos[gen_below(g, 10)];
			p[i + 1] = (uint8_t)gen_below(g, 3);
		}
	}
	for (i = at + 20; i < len; i++)
		if (gen_one_in(g, 3))
			p[i] = (uint8_t)gen_below(g, 96); /* options and data offsets that parse */
	return len;
}

static bool
made_up_captures_join(struct gen *g)
{
	static const uint8_t links[] = { 1, 1, 1, 0, 12, 101, 108, 113, 228, 229, 20, 7 };
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_buf b = { 0 };
	uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4 }, packet[400];
	uint64_t n = gen_upto(g, g->size);
	bool holds;

	head[20] = links[gen_below(g, sizeof(links))];
	cm_buf_add(&b, head, sizeof(head));
	while (n-- > 0)
		put_pcap_record(g, &b, packet, some_packet(g, packet, sizeof(packet)));
	holds = rows_hold(g, &schema, cm_buf_span(&b), "made up");
	cm_buf_release(&b);
	return holds;
}

/* JSON lines, some of them broken by a byte. */
static void
put_value(struct gen *g, struct cm_buf *b, unsigned depth)
{
	static const char *const scalars[] = { "0", "-1.5e+7", "\"\"", "\"a\\\"b\\u00e9\"", "true",
		"null", " 12 ", "\"{\"", "false\t" };
	uint64_t n;

	if (depth == 0 || !gen_one_in(g, 4)) {
		cm_buf_add_str(b, scalars[gen_below(g, 9)]);
		return;
	}
	n = gen_below(g, 3);
	if (gen_one_in(g, 2)) {
		cm_buf_add_str(b, " [");
		for (; n > 0; n--) {
			put_value(g, b, depth - 1);
			cm_buf_add_str(b, n > 1 ? "," : "");
		}
		cm_buf_add_str(b, "]");
		return;
	}
	cm_buf_add_str(b, "{ ");
	for (; n > 0; n--) {
		cm_buf_printf(b, "\"%c\" :", (int)('a' + gen_below(g, 5)));
		put_value(g, b, depth - 1);
		cm_buf_add_str(b, n > 1 ? "," : "");
	}
	cm_buf_add_str(b, "}");
}

static bool
made_up_records_join(struct gen *g)
{
	static const char *const names[] = { "a", "b", "c", "", "a\\\"" };
	struct cm_span name[5];
	struct cm_schema schema;
	struct cm_buf b = { 0 };
	uint64_t n = gen_upto(g, g->size), m;
	size_t i;
	bool holds;

	for (i = 0; i < 5; i++)
		name[i] = cm_span_str(names[i]);
	if (cm_schema_records(name, (size_t)gen_upto(g, 5), &schema, NULL) != CM_OK)
		return gen_fail(g, "no schema");
	while (n-- > 0) {
		cm_buf_add_str(&b, gen_one_in(g, 4) ? " {" : "{");
		for (m = gen_below(g, 5); m > 0; m--) {
			cm_buf_printf(&b, "\"%s\":", names[gen_below(g, 5)]);
			put_value(g, &b, 5);
			cm_buf_add_str(&b, m > 1 ? "," : "");
		}
		cm_buf_add_str(&b, "}\n");
	}
	for (m = gen_upto(g, 3); b.len > 0 && m > 0; m--)
		b.ptr[gen_below(g, b.len)] = (uint8_t) "{},:\"\n 1"[gen_below(g, 8)];
	holds = rows_hold(g, &schema, cm_buf_span(&b), "made up");
	cm_buf_release(&b);
	return holds;
}

static bool
made_up_lines_and_blobs_join(struct gen *g)
{
	struct cm_schema lines = cm_schema_of(CM_KIND_LINES), blob = cm_schema_of(CM_KIND_BLOB);
	struct cm_buf b = { 0 };
	uint64_t n = gen_upto(g, g->size);
	uint8_t *p;
	bool holds;

	for (; n > 0; n--) {
		size_t len = (size_t)gen_upto(g, gen_one_in(g, 20) ? 3u << 20 : 300);

		p = cm_buf_grow(&b, len + 1);
		if (p == NULL)
			abort();
		memset(p, 'x', len);
		p[len] = gen_one_in(g, 5) ? 'x' : '\n';
	}
	holds = rows_hold(g, &lines, cm_buf_span(&b), "lines") &&
		rows_hold(g, &blob, cm_buf_span(&b), "blob");
	cm_buf_release(&b);
	return holds;
}

static bool
file_holds(struct gen *g, const char *path)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_buf b = { 0 };
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	size_t got;
	bool holds;

	if (f == NULL)
		return true;
	p = cm_buf_grow(&b, CAPTURE_MAX);
	if (p == NULL)
		abort();
	got = fread(p, 1, CAPTURE_MAX, f);
	fclose(f);
	holds = rows_hold(g, &schema, cm_span_of(p, got), path);
	cm_buf_release(&b);
	return holds;
}

static bool
captures_at_hand_join(struct gen *g)
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
		{ "made-up captures are cut, joined, and joined in part", made_up_captures_join,
		    300, 100 },
		{ "made-up records are cut and joined", made_up_records_join, 500, 30 },
		{ "made-up lines and blobs are cut and joined", made_up_lines_and_blobs_join, 30,
		    60 },
		{ "captures at hand are cut, joined, and joined in part", captures_at_hand_join, 1,
		    1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(*laws));
}
