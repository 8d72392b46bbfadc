/* Laws of the ledger's maps, against tables that are kept cell by cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "ledger/gain.h"

#define ROWS 40u
#define HOSTS 5u
#define OPENINGS 4u
#define C_ALL 5u

/* One opening, cell by cell. */
enum { SHUT, TIED, OPEN };
struct table {
	uint64_t rows;
	uint8_t host[ROWS][2];	     /* who stands in src and dst */
	uint8_t cell[ROWS][C_ALL];
};

static const uint64_t keys[HOSTS] = { 7, 300, 70000, (uint64_t)1 << 40, UINT64_MAX };

static bool
is_linked(size_t c)
{
	return c == CM_COL_SRC || c == CM_COL_DST;
}

static void
make_hosts(struct gen *g, struct table *t)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->rows = 1 + gen_upto(g, ROWS - 1 < g->size ? ROWS - 1 : g->size);
	for (i = 0; i < t->rows; i++) {
		t->host[i][0] = (uint8_t)gen_below(g, HOSTS);
		t->host[i][1] = (uint8_t)gen_below(g, HOSTS);
	}
}

/* Runs of rows of which some columns are opened: sometimes all of them. */
static void
make_cells(struct gen *g, struct table *t)
{
	size_t runs = (size_t)gen_upto(g, 4), i, c;

	for (i = 0; i < t->rows; i++)
		memset(t->cell[i], SHUT, C_ALL);
	while (runs-- > 0) {
		size_t from = gen_one_in(g, 3) ? 0 : (size_t)gen_below(g, t->rows);
		size_t n = gen_one_in(g, 3) ? (size_t)t->rows : 1 + (size_t)gen_below(g, 6);
		uint64_t columns = gen_one_in(g, 3) ? 31 : gen_below(g, 32), tied = gen_below(g, 32);

		for (i = from; i < t->rows && i < from + n; i++)
			for (c = 0; c < C_ALL; c++)
				if (columns >> c & 1)
					t->cell[i][c] = is_linked(c) && (tied >> c & 1) && t->cell[i][c] != OPEN ? TIED : OPEN;
	}
}

static void
host_of_row(const struct table *t, size_t row, struct cm_map_gather *g)
{
	uint8_t state[HOSTS] = { SHUT };
	size_t k;

	for (k = 0; k < 2; k++)
		if (t->cell[row][CM_COL_SRC + k] > state[t->host[row][k]])
			state[t->host[row][k]] = t->cell[row][CM_COL_SRC + k];
	for (k = 0; k < HOSTS; k++)
		if (state[k] != SHUT && cm_map_gather_host(g, keys[k], state[k] == OPEN) != CM_OK)
			abort();
}

static void
map_of(const struct table *t, uint8_t id, struct cm_map *m)
{
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_map_gather g = { 0 };
	struct cm_map_exhibit x;
	uint8_t x_id[32] = { id };
	size_t i, c;

	if (cm_map_exhibit_of(&s, x_id, t->rows, &x) != CM_OK)
		abort();
	for (i = 0; i < t->rows; i++) {
		struct cm_plan_range r = { i, i + 1, 0, 0, false };

		for (c = 0; c < C_ALL; c++) {
			r.open |= t->cell[i][c] != SHUT ? cm_column_bit(c) : 0;
			r.tied |= t->cell[i][c] == TIED ? cm_column_bit(c) : 0;
		}
		if (r.open == 0)
			continue;
		if (cm_plan_add(&x.open, r) != CM_OK || cm_map_gather_mark(&g, i * 1000) != CM_OK)
			abort();
		host_of_row(t, i, &g);
	}
	cm_map_gathered(&g, &x);
	if (cm_map_put(m, &x) != CM_OK)
		abort();
}

static void
lay_over(struct table *t, const struct table *more)
{
	size_t i, c;

	for (i = 0; i < t->rows; i++)
		for (c = 0; c < C_ALL; c++)
			t->cell[i][c] = more->cell[i][c] > t->cell[i][c] ? more->cell[i][c] : t->cell[i][c];
}

static bool
same_cells(struct gen *g, const struct table *t, const struct cm_map_exhibit *x)
{
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	size_t i, c;

	for (i = 0; i < t->rows; i++) {
		for (c = 0; c < C_ALL; c++) {
			enum cm_cell_state is = cm_plan_state(cm_plan_find(&x->open, i), &s, c);
			int want = t->cell[i][c];

			if ((is == CM_CELL_SHUT) != (want == SHUT) || (is == CM_CELL_TIED) != (want == TIED))
				return gen_fail(g, "row %zu column %zu: %d, not %d", i, c, (int)is, want);
		}
	}
	return true;
}

static bool
same_bytes(struct gen *g, const struct cm_map *a, const struct cm_map *b, const char *what)
{
	struct cm_buf x = { 0 }, y = { 0 };
	bool same;

	if (cm_map_write(a, &x, NULL) != CM_OK || cm_map_write(b, &y, NULL) != CM_OK)
		abort();
	same = cm_span_eq(cm_buf_span(&x), cm_buf_span(&y));
	cm_buf_release(&x);
	cm_buf_release(&y);
	return same || gen_fail(g, "%s", what);
}

/* The union of maps has exactly the cells that some opening has, whatever the order. */
static bool
union_is_the_cells_of_all(struct gen *g)
{
	struct table t, one[OPENINGS];
	struct cm_map all = { 0 }, back = { 0 }, m[OPENINGS] = { 0 };
	bool holds;
	size_t i;

	make_hosts(g, &t);
	for (i = 0; i < OPENINGS; i++) {
		one[i] = t;
		make_cells(g, &one[i]);
		map_of(&one[i], 1, &m[i]);
	}
	for (i = 0; i < OPENINGS; i++) {
		lay_over(&t, &one[i]);
		if (cm_map_join(&all, &m[i]) != CM_OK || cm_map_join(&back, &m[OPENINGS - 1 - i]) != CM_OK)
			abort();
	}
	holds = same_cells(g, &t, &all.exhibit[0]) && same_bytes(g, &all, &back, "another union from the other end");
	if (holds && cm_map_join(&back, &all) == CM_OK)
		holds = same_bytes(g, &all, &back, "a union with itself changed it");
	for (i = 0; i < OPENINGS; i++)
		cm_map_release(&m[i]);
	cm_map_release(&all);
	cm_map_release(&back);
	return holds;
}

static bool
what_is_written_is_read(struct gen *g)
{
	struct table t;
	struct cm_map m = { 0 }, back = { 0 };
	struct cm_buf b = { 0 };
	bool holds = true;
	uint8_t i, n = (uint8_t)gen_upto(g, 3);

	for (i = 0; i < n; i++) {
		make_hosts(g, &t);
		make_cells(g, &t);
		map_of(&t, i, &m);
	}
	if (cm_map_write(&m, &b, NULL) != CM_OK)
		abort();
	if (cm_map_read(cm_buf_span(&b), &back, NULL) != CM_OK)
		holds = gen_fail(g, "can not be read again");
	else
		holds = same_bytes(g, &m, &back, "read as something else");
	cm_buf_release(&b);
	cm_map_release(&m);
	cm_map_release(&back);
	return holds;
}

/* ---- what a new opening completes, by looking at every cell ---- */

static bool
has_any(const struct table *t)
{
	size_t i, c;

	for (i = 0; i < t->rows; i++)
		for (c = 0; c < C_ALL; c++)
			if (t->cell[i][c] != SHUT)
				return true;
	return false;
}

/* All but checksums. */
static bool
row_whole(const struct table *t, size_t i)
{
	return t->cell[i][CM_COL_HEADERS] == OPEN && t->cell[i][CM_COL_SRC] == OPEN && t->cell[i][CM_COL_DST] == OPEN &&
	    t->cell[i][CM_COL_PAYLOAD] == OPEN;
}

static bool
row_touched(const struct table *t, size_t i)
{
	size_t c;

	for (c = 0; c < C_ALL; c++)
		if (t->cell[i][c] != SHUT)
			return true;
	return false;
}

static bool
column_whole(const struct table *t, size_t c)
{
	size_t i;

	for (i = 0; i < t->rows; i++)
		if (t->cell[i][c] != OPEN)
			return false;
	return true;
}

static bool
all_whole(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->rows; i++)
		if (!row_whole(t, i))
			return false;
	return true;
}

static bool
host_is(const struct table *t, uint8_t host, int state)
{
	size_t i, k;

	for (i = 0; i < t->rows; i++)
		for (k = 0; k < 2; k++)
			if (t->host[i][k] == host && t->cell[i][CM_COL_SRC + k] == state)
				return true;
	return false;
}

struct want {
	uint64_t rows, payload, headers, names, columns;
	bool exhibit, group;
};

static struct want
look(const struct table *before, const struct table *more, const struct table *now, const struct cm_gain_group *group)
{
	struct want w = { 0 };
	bool was = true, is = true;
	size_t i;
	uint8_t h;

	if (!has_any(before) || !has_any(more))
		return w;
	for (i = 0; i < now->rows; i++) {
		const uint8_t *a = before->cell[i], *b = now->cell[i];

		w.rows += row_touched(before, i) && !row_whole(before, i) && row_whole(now, i);
		w.payload += a[CM_COL_HEADERS] != SHUT && a[CM_COL_PAYLOAD] == SHUT && b[CM_COL_PAYLOAD] != SHUT;
		w.headers += a[CM_COL_PAYLOAD] != SHUT && a[CM_COL_HEADERS] == SHUT && b[CM_COL_HEADERS] != SHUT;
	}
	for (h = 0; h < HOSTS; h++)
		w.names += host_is(before, h, TIED) && !host_is(before, h, OPEN) && host_is(more, h, OPEN);
	w.exhibit = all_whole(now) && !all_whole(before);
	for (i = 0; !w.exhibit && i < C_ALL; i++)
		w.columns += column_whole(now, i) && !column_whole(before, i);
	for (i = 0; i < group->n; i++) {
		was = was && row_whole(before, group->row[i]);
		is = is && row_whole(now, group->row[i]);
	}
	w.group = group->n > 0 && is && !was;
	return w;
}

static struct want
said(const struct cm_gain *gain)
{
	struct want w = { 0 };
	size_t i;

	for (i = 0; i < gain->n; i++) {
		const struct cm_gained *g = &gain->item[i];

		w.rows += g->what == CM_GAIN_ROWS ? g->rows : 0;
		w.payload += g->what == CM_GAIN_PAYLOAD ? g->rows : 0;
		w.headers += g->what == CM_GAIN_HEADERS ? g->rows : 0;
		w.names += g->what == CM_GAIN_NAMES ? g->hosts : 0;
		w.columns += g->what == CM_GAIN_COLUMN;
		w.exhibit |= g->what == CM_GAIN_EXHIBIT;
		w.group |= g->what == CM_GAIN_GROUP;
	}
	return w;
}

static bool
completions_are_those_of_the_cells(struct gen *g)
{
	struct cm_map before = { 0 }, more = { 0 };
	struct table a, b, now;
	struct cm_gain *gain = calloc(1, sizeof(*gain));
	uint64_t row[ROWS];
	struct cm_gain_group group = { .name = "finding 1", .x = { 1 }, .row = row };
	struct cm_gain_in in = { &before, &more, &group, 1 };
	struct want want, is;
	bool holds = true;
	size_t i;

	make_hosts(g, &a);
	b = a;
	make_cells(g, &a);
	make_cells(g, &b);
	for (i = 0; i < a.rows; i++)
		if (gen_one_in(g, 3))
			row[group.n++] = i;
	now = a;
	lay_over(&now, &b);
	map_of(&a, 1, &before);
	if (has_any(&b))
		map_of(&b, 1, &more);
	if (gain == NULL || cm_gain_find(&in, gain) != CM_OK)
		abort();
	want = look(&a, &b, &now, &group);
	is = said(gain);
	if (want.rows != is.rows || want.payload != is.payload || want.headers != is.headers)
		holds = gen_fail(g, "rows %u/%u payload %u/%u headers %u/%u", (unsigned)want.rows, (unsigned)is.rows,
		    (unsigned)want.payload, (unsigned)is.payload, (unsigned)want.headers, (unsigned)is.headers);
	if (holds && (want.names != is.names || want.columns != is.columns || want.exhibit != is.exhibit ||
			 want.group != is.group))
		holds = gen_fail(g, "names %u/%u columns %u/%u exhibit %d/%d group %d/%d", (unsigned)want.names,
		    (unsigned)is.names, (unsigned)want.columns, (unsigned)is.columns, want.exhibit, is.exhibit, want.group,
		    is.group);
	free(gain);
	cm_map_release(&before);
	cm_map_release(&more);
	return holds;
}

/* Of very many hosts and marks a union keeps what one map of all of them would. */
static bool
what_is_left_out_does_not_depend_on_the_parts(struct gen *g)
{
	struct cm_schema s = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_map_gather parts[3] = { 0 };
	struct cm_map m[3] = { 0 }, both = { 0 };
	struct cm_map_exhibit x[3];
	uint8_t id[32] = { 9 };
	uint64_t n = gen_upto(g, 3000 + CM_MAP_MARKS * g->size / 40), i, key;
	bool holds = true;
	size_t k;

	for (i = 0; i < n; i++) {
		key = gen_u64(g) >> (gen_one_in(g, 2) ? 0 : 44);
		k = (size_t)gen_below(g, 2);
		if (cm_map_gather_mark(&parts[k], key) != CM_OK || cm_map_gather_mark(&parts[2], key) != CM_OK)
			abort();
	}
	for (k = 0; k < 3; k++) {
		if (cm_map_exhibit_of(&s, id, 10, &x[k]) != CM_OK)
			abort();
		cm_map_gathered(&parts[k], &x[k]);
		if (cm_map_put(&m[k], &x[k]) != CM_OK)
			abort();
	}
	if (cm_map_join(&both, &m[0]) != CM_OK || cm_map_join(&both, &m[1]) != CM_OK)
		abort();
	holds = same_bytes(g, &both, &m[2], "marks of the union are not those of all");
	for (k = 0; k < 3; k++)
		cm_map_release(&m[k]);
	cm_map_release(&both);
	return holds;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a union of maps has the cells of all openings", union_is_the_cells_of_all, 3000, ROWS },
		{ "a map that is written is read again", what_is_written_is_read, 3000, ROWS },
		{ "completions are those that cells show", completions_are_those_of_the_cells, 8000, ROWS },
		{ "what is left out does not depend on the parts", what_is_left_out_does_not_depend_on_the_parts, 100, ROWS },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
