#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "made.h"

static struct cm_span
some_value(struct gen *g, struct made *m)
{
	size_t len = gen_one_in(g, 4) ? (size_t)gen_upto(g, 90) : (size_t)gen_upto(g, 2);
	uint8_t *p = cm_arena_alloc(&m->arena, len + 1);

	if (p == NULL)
		abort();
	if (len > 2)
		gen_bytes(g, p, len);
	else
		memset(p, (int)gen_below(g, 3), len);
	return cm_span_of(p, len);
}

static void
some_schema(struct gen *g, struct cm_schema *s)
{
	size_t c;

	/* lines/1 has no rules on cells that the format itself does not have */
	*s = cm_schema_of(CM_KIND_LINES);
	s->n = gen_one_in(g, 20) ? CM_COLUMNS_MAX : 1 + (size_t)gen_below(g, 6);
	for (c = 0; c < s->n; c++)
		s->column[c] = (struct cm_column) { cm_span_str("c"), (int)gen_below(g, 4) - 2 };
	for (c = 0; c < s->n; c++)
		if (s->column[c].link < 0)
			s->column[c].link = CM_LINK_PLAIN;
}

static enum cm_result
next_row(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct made_source *s = arg;

	(void)err;
	if (s->at == s->made->seal.rows)
		return CM_E_NOTFOUND;
	*out = s->made->row[s->at++];
	s->reads++;
	return CM_OK;
}

static enum cm_result
seek_row(void *arg, uint64_t row, uint64_t offset, struct cm_err *err)
{
	struct made_source *s = arg;

	(void)err;
	if (s->made->row[row].offset != offset)
		abort();
	s->at = row;
	return CM_OK;
}

struct cm_cell_source
made_source(struct made_source *s, bool seeks)
{
	return (struct cm_cell_source) { s, next_row, seeks ? seek_row : NULL, NULL };
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	struct cm_buf *b = arg;

	cm_buf_add(b, ptr, len);
	return cm_buf_ok(b) ? CM_OK : CM_E_NOMEM;
}

struct cm_sink
made_sink(struct cm_buf *b)
{
	return (struct cm_sink) { to_buf, b };
}

void
made_seal(struct made *m)
{
	struct made_source s = { m, 0, 0 };
	struct cm_sink sink = made_sink(&m->index);
	struct cm_seal seal;

	cm_buf_clear(&m->index);
	if (cm_table_commit(
		&m->seal.schema, &m->secret, made_source(&s, false), &sink, &seal, NULL) != CM_OK)
		abort();
	m->seal = seal;
}

void
made_table(struct gen *g, struct made *m)
{
	uint64_t i;
	size_t c;

	memset(m, 0, sizeof(*m));
	cm_arena_init(&m->arena, 0);
	gen_bytes(g, &m->secret, sizeof(m->secret));
	some_schema(g, &m->seal.schema);
	m->seal.rows = gen_upto(g, g->size);
	m->row = cm_arena_array(&m->arena, (size_t)m->seal.rows + 1, sizeof(*m->row));
	if (m->row == NULL)
		abort();
	for (i = 0; i < m->seal.rows; i++) {
		m->row[i].offset = i * 3;
		for (c = 0; c < m->seal.schema.n; c++)
			m->row[i].cell[c] = some_value(g, m);
	}
	made_seal(m);
}

void
made_change(struct gen *g, struct made *m, uint64_t row, size_t column)
{
	struct cm_span *cell = &m->row[row].cell[column];
	uint8_t *p = cm_arena_alloc(&m->arena, cell->len + 1);

	if (p == NULL)
		abort();
	if (cell->len > 0)
		memcpy(p, cell->ptr, cell->len);
	if (cell->len > 0 && gen_one_in(g, 2)) {
		p[gen_below(g, cell->len)] ^= (uint8_t)(1 + gen_below(g, 255));
		*cell = cm_span_of(p, cell->len);
		return;
	}
	p[cell->len] = (uint8_t)gen_u64(g);
	*cell = cm_span_of(p, cell->len + 1);
}

void
made_free(struct made *m)
{
	cm_buf_release(&m->index);
	cm_arena_fini(&m->arena);
}

void
made_plan(struct gen *g, const struct made *m, struct cm_plan *out)
{
	const struct cm_schema *s = &m->seal.schema;
	uint64_t all = s->n == 64 ? UINT64_MAX : cm_column_bit(s->n) - 1, linked = 0, at = 0;
	struct cm_plan_range r = { .by_row = true };
	size_t c;

	memset(out, 0, sizeof(*out));
	for (c = 0; c < s->n; c++)
		if (s->column[c].link != CM_LINK_PLAIN)
			linked |= cm_column_bit(c);
	while (at < m->seal.rows) {
		r.from = at + gen_upto(g, gen_one_in(g, 3) ? m->seal.rows / 2 : 3);
		r.to = r.from + 1 + gen_upto(g, gen_one_in(g, 3) ? m->seal.rows / 2 : 3);
		if (r.to > m->seal.rows)
			break;
		r.open = gen_one_in(g, 3) ? all : gen_u64(g) & all;
		r.tied = gen_u64(g) & linked & r.open;
		if (cm_plan_add(out, r) != CM_OK)
			abort();
		at = r.to;
	}
}

bool
made_open(struct gen *g, const struct made *m, const struct cm_plan *plan, struct cm_buf *out)
{
	struct made_source s = { m, 0, 0 };
	struct cm_sink sink = made_sink(out);
	struct cm_err err = { 0 };
	struct cm_table_open in = { .seal = &m->seal,
		.secret = &m->secret,
		.plan = plan,
		.source = made_source(&s, false),
		.index = cm_buf_span(&m->index) };

	if (cm_table_open(&in, &sink, NULL, &err) != CM_OK)
		return gen_fail(g, "not opened: %s", err.text);
	return true;
}

enum cm_result
made_read(const struct made *m, struct cm_span bytes, struct cm_opening **out, struct cm_err *err)
{
	static const struct cm_opening_rules none;

	return cm_opening_new(&m->seal, bytes, &none, NULL, out, err);
}

void
made_tree(uint8_t (*leaf)[32], size_t n, uint8_t out[32])
{
	uint8_t m[65] = { 0x01 };
	size_t k = 1;

	if (n == 0) {
		cm_sha256(NULL, 0, out);
		return;
	}
	if (n == 1) {
		memcpy(out, leaf[0], 32);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	made_tree(leaf, k, m + 1);
	made_tree(leaf + k, n - k, m + 33);
	cm_sha256(m, sizeof(m), out);
}
