/* The known answers: every byte of them, and every opening that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sha256.h"
#include "kat.h"
#include "seal/cut.h"
#include "seal/names.h"
#include "seal/opening.h"
#include "seal/seeds.h"

static struct kat kat;

static int
set_up(void **state)
{
	(void)state;
	return kat_load(&kat) ? 0 : 1;
}

static int
tear_down(void **state)
{
	(void)state;
	kat_free(&kat);
	return 0;
}

static void
assert_hash(const uint8_t got[32], const json_t *want)
{
	struct cm_span w = kat_hex(&kat, want);

	assert_int_equal(w.len, 32);
	assert_memory_equal(got, w.ptr, 32);
}

static void
root_seeds_and_salts_are_those(void **state)
{
	struct cm_seeds s;
	size_t c;

	(void)state;
	for (c = 0; c < kat.schema.n; c++) {
		cm_seeds_init(&s, &kat.secret, (uint8_t)c);
		assert_hash(cm_seeds_at(&s, 40, 0),
		    json_array_get(json_object_get(kat.json, "root_seed"), c));
	}
	cm_seeds_init(&s, &kat.secret, 0);
	assert_hash(cm_seeds_salt(&s, 5), json_object_get(kat.json, "salt_0_5"));
}

static void
names_and_ties_are_those(void **state)
{
	static const uint8_t host[4] = { 10, 0, 0, 1 };
	uint8_t name[32], tie[32];
	struct cm_names n;
	int i;

	(void)state;
	assert_int_equal(cm_names_init(&n, &kat.secret), CM_OK);
	for (i = 0; i < 2; i++) {
		cm_names_of(&n, 0, cm_span_of(host, 4), name, tie);
		assert_hash(name, json_object_get(kat.json, "name_0a000001"));
		assert_hash(tie, json_object_get(kat.json, "tie_0a000001"));
	}
	cm_names_fini(&n);
}

static void
leaves_and_root_are_those(void **state)
{
	struct kat_source source = { kat.row, kat.rows, 0, 0 };
	struct cm_buf index = { 0 };
	struct cm_sink sink = kat_sink(&index);
	struct cm_seal seal;
	struct cm_err err = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(
	    cm_table_commit(&kat.schema, &kat.secret, kat_source(&source), &sink, &seal, &err),
	    CM_OK);
	assert_int_equal(seal.rows, kat.rows);
	assert_memory_equal(seal.root, kat.seal.root, 32);
	assert_int_equal(index.len, cm_index_len(kat.rows));
	assert_true(cm_index_is(cm_buf_span(&index)));
	assert_memory_equal(cm_index_tile(cm_buf_span(&index), 0), kat.seal.root, 32);
	for (i = 0; i < kat.rows; i++)
		assert_memory_equal(cm_index_check(cm_buf_span(&index), kat.rows, i),
		    kat_hex(&kat, json_array_get(json_object_get(kat.json, "leaf"), i)).ptr,
		    CM_INDEX_CHECK);
	cm_buf_release(&index);
}

static void
the_file_and_its_key_are_those(void **state)
{
	struct cm_sha256 h;
	uint8_t hash[32], got[32];
	size_t i, c;

	(void)state;
	cm_sha256_init(&h);
	for (i = 0; i < kat.rows; i++)
		for (c = 0; c < kat.schema.n; c++)
			cm_sha256_add(&h, kat.row[i].cell[c].ptr, kat.row[i].cell[c].len);
	cm_sha256_end(&h, hash);
	cm_table_file(&kat.secret, hash, got);
	assert_hash(got, json_object_get(kat.json, "file"));
	cm_table_file_key(&kat.secret, got);
	assert_hash(got, json_object_get(kat.json, "file_key"));
}

static void
write_opening(const json_t *o, struct cm_buf *out)
{
	const char *name = json_string_value(json_object_get(o, "name"));
	struct kat_source source = { kat.row, kat.rows, 0, 0 };
	struct cm_sink sink = kat_sink(out);
	struct cm_plan plan;
	struct cm_err err = { 0 };
	struct cm_table_open in = { .seal = &kat.seal,
		.secret = &kat.secret,
		.plan = &plan,
		.source = kat_source(&source),
		.with_file = strstr(name, "file key") != NULL };

	kat_plan(&kat, json_object_get(o, "open"), &plan);
	if (cm_table_open(&in, &sink, NULL, &err) != CM_OK)
		fail_msg("%s: %s", name, err.text);
	cm_plan_release(&plan);
}

static void
every_opening_is_written_byte_for_byte(void **state)
{
	json_t *list = json_object_get(kat.json, "openings"), *o;
	struct cm_span want;
	struct cm_buf got = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), 8);
	json_array_foreach(list, i, o)
	{
		write_opening(o, &got);
		want = kat_hex(&kat, json_object_get(o, "cbor"));
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.ptr, want.ptr, want.len);
		cm_buf_clear(&got);
	}
	cm_buf_release(&got);
}

static void
assert_shows(struct cm_opening *o, const struct cm_plan *plan)
{
	const struct cm_opened_row *row = NULL;
	const struct cm_plan_range *r;
	uint64_t at = 0;
	size_t c;

	while (cm_opening_next(o, &row) == CM_OK) {
		for (; at < row->row; at++)
			assert_null(cm_plan_find(plan, at));
		r = cm_plan_find(plan, row->row);
		for (c = 0; c < row->n; c++) {
			assert_int_equal(row->cell[c].state, cm_plan_state(r, &kat.schema, c));
			if (row->cell[c].state == CM_CELL_OPEN ||
			    row->cell[c].state == CM_CELL_NAMED)
				assert_true(cm_span_eq(row->cell[c].value, kat.row[at].cell[c]));
		}
		at++;
	}
	for (; at < kat.rows; at++)
		assert_null(cm_plan_find(plan, at));
}

static void
every_opening_is_read_and_shows_its_plan(void **state)
{
	json_t *list = json_object_get(kat.json, "openings"), *o;
	struct cm_opening_rules rules = kat_rules();
	struct cm_opening *opening;
	struct cm_plan plan;
	struct cm_err err = { 0 };
	struct cm_span bytes;
	size_t i;

	(void)state;
	json_array_foreach(list, i, o)
	{
		bytes = kat_hex(&kat, json_object_get(o, "cbor"));
		if (cm_opening_new(&kat.seal, bytes, &rules, NULL, &opening, &err) != CM_OK)
			fail_msg("%s: %s", json_string_value(json_object_get(o, "name")), err.text);
		kat_plan(&kat, json_object_get(o, "open"), &plan);
		assert_shows(opening, &plan);
		cm_opening_rewind(opening);
		assert_shows(opening, &plan);
		assert_int_equal(cm_opening_stats(opening)->whole, i == 0);
		cm_plan_release(&plan);
		cm_opening_free(opening);
	}
}

static void
every_opening_to_be_refused_is_refused_with_a_line(void **state)
{
	json_t *list = json_object_get(kat.json, "refuse"), *o;
	struct cm_opening_rules rules = kat_rules();
	struct cm_opening *opening = NULL;
	struct cm_err err;
	enum cm_result rc;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), 23);
	json_array_foreach(list, i, o)
	{
		err = (struct cm_err) { 0 };
		rc = cm_opening_new(&kat.seal, kat_hex(&kat, json_object_get(o, "cbor")), &rules,
		    NULL, &opening, &err);
		assert_true(rc == CM_E_REFUSED || rc == CM_E_MALFORMED);
		assert_null(opening);
		assert_true(err.has_offset);
		assert_true(err.text[0] != '\0');
		print_message("%-45s offset %4u: %s\n",
		    json_string_value(json_object_get(o, "why")), (unsigned)err.offset, err.text);
	}
}

static struct cm_row
row_of_cut(const json_t *cut, struct cm_record *r)
{
	bool pcapng;

	*r = (struct cm_record) { .cut = true, .is_frame = true };
	r->bytes = kat_hex(&kat, json_object_get(cut, "block"));
	r->form = (uint8_t)json_integer_value(json_object_get(cut, "form"));
	r->tsresol = (uint8_t)json_integer_value(json_object_get(cut, "tsresol"));
	r->linktype = (uint16_t)json_integer_value(json_object_get(cut, "linktype"));
	r->tsoffset = (uint64_t)json_integer_value(json_object_get(cut, "tsoffset"));
	pcapng = r->form >= CM_FORM_PCAPNG_LE;
	r->data_at = pcapng ? 28 : 16;
	return (struct cm_row) { r->bytes, 0, r, false };
}

static void
every_cut_is_made_and_joined_again(void **state)
{
	json_t *list = json_object_get(kat.json, "cuts"), *cut;
	struct cm_cutter cutter = { .schema = &kat.schema };
	struct cm_opening_rules rules = cm_cut_rules(&cutter);
	struct cm_opened_row opened = { .n = 5 };
	struct cm_buf joined = { 0 };
	struct cm_record record;
	struct cm_row row;
	struct cm_cells cells;
	struct cm_err err = { 0 };
	size_t i, c;

	(void)state;
	assert_int_equal(json_array_size(list), 14);
	json_array_foreach(list, i, cut)
	{
		row = row_of_cut(cut, &record);
		assert_int_equal(cm_cut(&cutter, &row, &cells), CM_OK);
		for (c = 0; c < 5; c++) {
			opened.cell[c].value =
			    kat_hex(&kat, json_array_get(json_object_get(cut, "cells"), c));
			assert_true(cm_span_eq(cells.cell[c], opened.cell[c].value));
			opened.cell[c].state =
			    kat.schema.column[c].link < 0 ? CM_CELL_OPEN : CM_CELL_NAMED;
		}
		if (rules.row(rules.arg, &opened, &err) != CM_OK)
			fail_msg("cut %zu: %s", i, err.text);
		assert_int_equal(cm_join(&kat.schema, &opened, &joined, &err), CM_OK);
		assert_true(cm_span_eq(cm_buf_span(&joined), row.bytes));
	}
	cm_buf_release(&joined);
	cm_cutter_release(&cutter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_seeds_and_salts_are_those),
		cmocka_unit_test(names_and_ties_are_those),
		cmocka_unit_test(leaves_and_root_are_those),
		cmocka_unit_test(the_file_and_its_key_are_those),
		cmocka_unit_test(every_opening_is_written_byte_for_byte),
		cmocka_unit_test(every_opening_is_read_and_shows_its_plan),
		cmocka_unit_test(every_opening_to_be_refused_is_refused_with_a_line),
		cmocka_unit_test(every_cut_is_made_and_joined_again),
	};

	/* without the vectors there is nothing to test: 77 is "skipped" to meson */
	if (!kat_load(&kat))
		return 77;
	kat_free(&kat);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
