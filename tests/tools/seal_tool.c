/* The sealed table by hand, with X, S and the choice of cells given, so that another
 * implementation can be compared with this one (tests/interop/test_stranger.py):
 *
 *	seal_tool cells KIND FILE               the cells of each row, in hex, tabs between
 *	seal_tool root KIND FILE X S            rows, root and file commitment
 *	seal_tool open KIND FILE X S STATEMENT PLAN     an opening, on standard output
 *	seal_tool check KIND X ROWS ROOT STATEMENT FILE-COMMITMENT OPENING...
 *
 * KIND is capture/1, lines/1, blob/1, or records/1:NAME,NAME.  A line of PLAN is "FROM TO OPEN
 * TIED": rows [FROM, TO) and two bit sets of columns.  FILE-COMMITMENT may be -.  For each
 * OPENING one line: the cells that are open (row:states, one letter a column of -otn), or
 * "refused" and why. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "seal/cut.h"
#include "seal/opening.h"
#include "seal/table.h"

static _Noreturn void
die(const char *what, const struct cm_err *err)
{
	fprintf(stderr, "seal_tool: %s: %s\n", what, err != NULL ? err->text : "wrong");
	exit(2);
}

static struct cm_span
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct cm_buf buf = { 0 };
	uint8_t part[65536];
	size_t n;

	if (f == NULL)
		die(path, NULL);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		cm_buf_add(&buf, part, n);
	fclose(f);
	if (!cm_buf_ok(&buf))
		die(path, NULL);
	/* An empty file still has an address; forget knows. */
	return buf.len != 0 ? cm_buf_span(&buf) : cm_span_of("", 0);
}

/* Frees what slurp gave. */
static void
forget(const struct cm_span *file)
{
	if (file->len != 0)
		free((void *)(uintptr_t)file->ptr);
}

static void
unhex(const char *text, uint8_t out[CM_HASH_LEN])
{
	if (cm_hex_decode(cm_span_str(text), out, CM_HASH_LEN) != CM_OK)
		die(text, NULL);
}

static void
print_hex(struct cm_span s)
{
	for (size_t i = 0; i < s.len; i++)
		printf("%02x", s.ptr[i]);
}

static struct cm_schema
schema_of(char *word)
{
	struct cm_span name[CM_COLUMNS_MAX];
	struct cm_schema schema;
	struct cm_err err = { 0 };
	enum cm_kind kind;
	size_t n = 0;
	char *list = strchr(word, ':');

	if (list != NULL)
		*list++ = '\0';
	if (cm_kind_parse(cm_span_str(word), &kind) != CM_OK)
		die(word, NULL);
	if (kind != CM_KIND_RECORDS)
		return cm_schema_of(kind);
	while (list != NULL && n < CM_COLUMNS_MAX) {
		size_t len = strcspn(list, ",");

		name[n++] = cm_span_of(list, len);
		list = list[len] == ',' ? list + len + 1 : NULL;
	}
	if (cm_schema_records(name, n, &schema, &err) != CM_OK)
		die("columns", &err);
	return schema;
}

static struct cm_cut_rows *
rows_of(const struct cm_schema *schema, const struct cm_span *file)
{
	struct cm_cut_rows *rows;
	struct cm_err err = { 0 };

	if (cm_cut_rows_new(schema, cm_source_of_memory(file), "file", &rows, &err) != CM_OK)
		die("rows", &err);
	return rows;
}

static int
print_cells(const struct cm_schema *schema, const struct cm_span *file)
{
	struct cm_cut_rows *rows = rows_of(schema, file);
	struct cm_cell_source source = cm_cut_rows_source(rows);
	struct cm_cells cells;
	struct cm_err err = { 0 };
	enum cm_result r;

	while ((r = source.next(source.arg, &cells, &err)) == CM_OK)
		for (size_t i = 0; i < schema->n; i++) {
			print_hex(cells.cell[i]);
			putchar(i + 1 < schema->n ? '\t' : '\n');
		}
	if (r != CM_E_NOTFOUND)
		die("cells", &err);
	cm_cut_rows_free(rows);
	return 0;
}

static void
commit(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    const struct cm_span *file, struct cm_seal *seal)
{
	struct cm_cut_rows *rows = rows_of(schema, file);
	struct cm_err err = { 0 };
	uint8_t sha[CM_HASH_LEN];

	if (cm_table_commit(schema, secret, cm_cut_rows_source(rows), NULL, seal, &err) != CM_OK)
		die("commit", &err);
	cm_cut_rows_free(rows);
	cm_sha256(file->ptr, file->len, sha);
	cm_table_file(secret, sha, seal->file);
	seal->has_file = true;
}

static int
print_root(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    const struct cm_span *file)
{
	struct cm_seal seal;

	commit(schema, secret, file, &seal);
	printf("%" PRIu64 "\n", seal.rows);
	print_hex(cm_span_of(seal.root, CM_HASH_LEN));
	putchar('\n');
	print_hex(cm_span_of(seal.file, CM_HASH_LEN));
	putchar('\n');
	return 0;
}

static enum cm_result
to_stdout(void *arg, const void *ptr, size_t len)
{
	(void)arg;
	return fwrite(ptr, 1, len, stdout) == len ? CM_OK : CM_E_IO;
}

static void
read_plan(const char *path, struct cm_plan *plan)
{
	FILE *f = fopen(path, "r");
	struct cm_plan_range range = { .by_row = true };

	if (f == NULL)
		die(path, NULL);
	while (fscanf(f, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &range.from, &range.to,
		   &range.open, &range.tied) == 4)
		if (cm_plan_add(plan, range) != CM_OK)
			die("plan", NULL);
	fclose(f);
}

static int
write_opening(const struct cm_schema *schema, const struct cm_seal_secret *secret,
    const struct cm_span *file, char **argv)
{
	struct cm_seal seal;
	struct cm_plan plan = { 0 };
	struct cm_err err = { 0 };
	struct cm_sink out = { to_stdout, NULL };
	struct cm_cut_rows *rows = rows_of(schema, file);
	struct cm_table_open in = { .seal = &seal, .secret = secret, .plan = &plan,
		.source = cm_cut_rows_source(rows) };

	commit(schema, secret, file, &seal);
	unhex(argv[0], seal.statement);
	read_plan(argv[1], &plan);
	if (cm_table_open(&in, &out, NULL, &err) != CM_OK)
		die("open", &err);
	cm_plan_release(&plan);
	cm_cut_rows_free(rows);
	return 0;
}

static void
check_one(const struct cm_seal *seal, const char *path)
{
	struct cm_opening *opening;
	const struct cm_opened_row *row;
	struct cm_name_book book = { 0 };
	struct cm_err err = { 0 };
	struct cm_span file = slurp(path);

	if (cm_opening_new(seal, file, NULL, &book, &opening, &err) != CM_OK) {
		printf("refused %s\n", err.text);
		cm_name_book_release(&book);
		forget(&file);
		return;
	}
	printf(book.conflict ? "two-names" : "holds");
	while (cm_opening_next(opening, &row) == CM_OK) {
		printf(" %" PRIu64 ":", row->row);
		for (size_t i = 0; i < row->n; i++)
			putchar("-otn"[row->cell[i].state]);
	}
	putchar('\n');
	cm_opening_free(opening);
	cm_name_book_release(&book);
	forget(&file);
}

static int
check(const struct cm_schema *schema, int argc, char **argv)
{
	struct cm_seal seal = { .schema = *schema };

	unhex(argv[0], seal.x);
	seal.rows = strtoull(argv[1], NULL, 10);
	unhex(argv[2], seal.root);
	unhex(argv[3], seal.statement);
	seal.has_file = strcmp(argv[4], "-") != 0;
	if (seal.has_file)
		unhex(argv[4], seal.file);
	for (int i = 5; i < argc; i++)
		check_one(&seal, argv[i]);
	return 0;
}

static int
on_file(const struct cm_schema *schema, int argc, char **argv, const struct cm_span *file)
{
	struct cm_seal_secret secret = { 0 };

	if (strcmp(argv[1], "cells") == 0)
		return print_cells(schema, file);
	if (argc < 6)
		die("usage", NULL);
	unhex(argv[4], secret.x);
	unhex(argv[5], secret.s);
	if (strcmp(argv[1], "root") == 0)
		return print_root(schema, &secret, file);
	if (strcmp(argv[1], "open") == 0 && argc == 8)
		return write_opening(schema, &secret, file, argv + 6);
	die("usage", NULL);
}

int
main(int argc, char **argv)
{
	struct cm_schema schema;
	struct cm_span file;
	int rc;

	if (argc < 4)
		die("usage", NULL);
	schema = schema_of(argv[2]);
	if (strcmp(argv[1], "check") == 0 && argc > 8)
		return check(&schema, argc - 3, argv + 3);
	file = slurp(argv[3]);
	rc = on_file(&schema, argc, argv, &file);
	forget(&file);
	return rc;
}
