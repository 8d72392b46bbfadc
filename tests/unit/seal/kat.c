#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "kat.h"
#include "seal/opening.h"

struct cm_span
kat_hex(struct kat *k, const json_t *text)
{
	struct cm_span s = cm_span_str(json_string_value(text));
	uint8_t *bytes = cm_arena_alloc(&k->arena, s.len / 2 + 1);

	assert_non_null(bytes);
	assert_int_equal(cm_hex_decode(s, bytes, s.len / 2), CM_OK);
	return cm_span_of(bytes, s.len / 2);
}

static void
read_hash(struct kat *k, const char *member, uint8_t out[32])
{
	struct cm_span s = kat_hex(k, json_object_get(k->json, member));

	assert_int_equal(s.len, 32);
	memcpy(out, s.ptr, 32);
}

static void
read_table(struct kat *k)
{
	json_t *table = json_object_get(k->json, "table"), *row;
	size_t i, c;

	k->rows = json_array_size(table);
	assert_in_range(k->rows, 1, KAT_ROWS_MAX);
	json_array_foreach(table, i, row)
	{
		assert_int_equal(json_array_size(row), k->schema.n);
		for (c = 0; c < k->schema.n; c++)
			k->row[i].cell[c] = kat_hex(k, json_array_get(row, c));
		k->row[i].offset = i;
	}
}

bool
kat_load(struct kat *k)
{
	const char *shared = getenv("COMITY_SHARED");
	char path[4096];

	memset(k, 0, sizeof(*k));
	snprintf(
	    path, sizeof(path), "%s/vectors/seal/kat.json", shared == NULL ? "../shared" : shared);
	k->json = json_load_file(path, 0, NULL);
	if (k->json == NULL)
		return false;
	cm_arena_init(&k->arena, 0);
	k->schema = cm_schema_of(CM_KIND_CAPTURE);
	read_hash(k, "exhibit", k->secret.x);
	read_hash(k, "secret", k->secret.s);
	read_table(k);
	k->seal.schema = k->schema;
	k->seal.rows = k->rows;
	k->seal.has_file = true;
	read_hash(k, "exhibit", k->seal.x);
	read_hash(k, "root", k->seal.root);
	read_hash(k, "file", k->seal.file);
	read_hash(k, "statement", k->seal.statement);
	return true;
}

void
kat_free(struct kat *k)
{
	json_decref(k->json);
	cm_arena_fini(&k->arena);
}

void
kat_plan(struct kat *k, const json_t *open, struct cm_plan *out)
{
	struct cm_plan_range r;
	const json_t *row, *cell;
	char key[24];
	size_t c;

	memset(out, 0, sizeof(*out));
	for (uint64_t i = 0; i < k->rows; i++) {
		snprintf(key, sizeof(key), "%u", (unsigned)i);
		row = json_object_get(open, key);
		r = (struct cm_plan_range) { i, i + 1, 0, 0, true };
		for (c = 0; c < k->schema.n; c++) {
			snprintf(key, sizeof(key), "%u", (unsigned)c);
			cell = json_object_get(row, key);
			if (cell == NULL)
				continue;
			r.open |= cm_column_bit(c);
			if (strcmp(json_string_value(cell), "tied") == 0)
				r.tied |= cm_column_bit(c);
		}
		assert_int_equal(cm_plan_add(out, r), CM_OK);
	}
}

static enum cm_result
next_row(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct kat_source *s = arg;

	(void)err;
	if (s->at == s->n)
		return CM_E_NOTFOUND;
	*out = s->row[s->at++];
	s->reads++;
	return CM_OK;
}

static enum cm_result
seek_row(void *arg, uint64_t row, uint64_t offset, struct cm_err *err)
{
	struct kat_source *s = arg;

	(void)err;
	assert_int_equal(s->row[row].offset, offset);
	s->at = (size_t)row;
	return CM_OK;
}

struct cm_cell_source
kat_source(struct kat_source *s)
{
	return (struct cm_cell_source) { s, next_row, seek_row, NULL };
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	struct cm_buf *b = arg;

	cm_buf_add(b, ptr, len);
	return cm_buf_ok(b) ? CM_OK : CM_E_NOMEM;
}

struct cm_sink
kat_sink(struct cm_buf *b)
{
	return (struct cm_sink) { to_buf, b };
}

static enum cm_result
join_cells(void *arg, const struct cm_opened_row *row, struct cm_sha256 *file)
{
	size_t c;

	(void)arg;
	for (c = 0; c < row->n; c++)
		cm_sha256_add(file, row->cell[c].value.ptr, row->cell[c].value.len);
	return CM_OK;
}

struct cm_opening_rules
kat_rules(void)
{
	return (struct cm_opening_rules) { NULL, join_cells, NULL };
}
