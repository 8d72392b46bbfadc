#include <string.h>

#include "cli/cli.h"

struct cm_table_row {
	struct cm_table_row *next;
	const char *cell[CM_TABLE_COLUMNS];
};

struct cm_table
cm_table_of(struct cm_arena *arena, unsigned columns)
{
	return (struct cm_table) { .arena = arena,
		.columns = columns < CM_TABLE_COLUMNS ? columns : CM_TABLE_COLUMNS };
}

CM_RESULT
cm_table_row(struct cm_table *t, const char *const *cells)
{
	struct cm_table_row *row = cm_arena_alloc(t->arena, sizeof(*row));
	unsigned i;

	if (row == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < t->columns; i++) {
		row->cell[i] = cm_arena_copy(t->arena, cells[i], strlen(cells[i]) + 1);
		if (row->cell[i] == NULL)
			return CM_E_NOMEM;
	}
	if (t->last != NULL)
		t->last->next = row;
	else
		t->first = row;
	t->last = row;
	return CM_OK;
}

/* Characters, not bytes: continuation bytes of UTF-8 do not count. */
static size_t
width_of(const char *s)
{
	size_t n = 0;

	for (; *s != 0; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80;
	return n;
}

static void
print_row(const struct cm_table *t, const struct cm_table_row *row, const size_t *width, FILE *f)
{
	unsigned i;

	for (i = 0; i < t->columns; i++) {
		cm_cli_text(f, cm_span_str(row->cell[i]));
		if (i + 1 < t->columns)
			fprintf(f, "%*s", (int)(width[i] - width_of(row->cell[i]) + 2), "");
	}
	fputc('\n', f);
}

void
cm_table_print(const struct cm_table *t, FILE *f, const struct cm_paint *paint)
{
	size_t width[CM_TABLE_COLUMNS] = { 0 };
	const struct cm_table_row *row;
	unsigned i;

	for (row = t->first; row != NULL; row = row->next)
		for (i = 0; i < t->columns; i++)
			if (width_of(row->cell[i]) > width[i])
				width[i] = width_of(row->cell[i]);
	for (row = t->first; row != NULL; row = row->next) {
		if (row == t->first)
			fputs(paint->bold, f);
		print_row(t, row, width, f);
		if (row == t->first)
			fputs(paint->plain, f);
	}
}
