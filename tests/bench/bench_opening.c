/* How fast openings are checked, how long they are, and what a few packets of very many cost.
 * Run by hand:
 *
 *	bench_opening [FILE.pcap]
 *
 * Without a file: a capture made up in memory, 400,000 packets, sealed, opened in full and
 * checked in turn, five times.  Then a table of ten million rows, of which 1,000 are opened: scattered,
 * and in a run.  One thread, nothing read from disk while the clock runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seal/cut.h"
#include "seal/opening.h"
#include "seal/table.h"

#define PACKETS 400000u
#define MANY 10000000u
#define FEW 1000u

/* CPU time: others may be at work on the machine. */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return CM_OK;
}

static void
make_packet(struct cm_buf *b, uint32_t i)
{
	uint32_t x = i * 2654435761u, len = 60 + x % 1455;
	uint8_t *p = cm_buf_grow(b, 16 + len);

	if (p == NULL)
		abort();
	memset(p, (int)i, 16 + len);
	cm_put32le(p + 8, len);
	cm_put32le(p + 12, len);
	memcpy(p + 28, "\x08\x00\x45\x00", 4);
	cm_put16(p + 32, (uint16_t)(len - 14));
	memset(p + 34, 0, 4);
	p[39] = 6;
	cm_put32(p + 42, 0x0a000000 + x % 1000);
	cm_put32(p + 46, 0x0a000000 + x / 1000 % 1000);
	p[62] = 0x50;
}

static void
make_capture(struct cm_buf *b)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 1 };
	uint32_t i;

	cm_buf_add(b, head, sizeof(head));
	for (i = 0; i < PACKETS; i++)
		make_packet(b, i);
}

static void
read_file(struct cm_buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long len;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0)
		abort();
	rewind(f);
	p = cm_buf_grow(b, (size_t)len);
	if (p == NULL || fread(p, 1, (size_t)len, f) != (size_t)len)
		abort();
	fclose(f);
}

static const struct cm_seal_secret secret = { { 1 }, { 2 } };

static struct cm_cut_rows *
rows_of(const struct cm_schema *s, const struct cm_span *file)
{
	struct cm_cut_rows *rows;

	if (cm_cut_rows_new(s, cm_source_of_memory(file), "bench", &rows, NULL) != CM_OK)
		abort();
	return rows;
}

static double
check(const struct cm_seal *seal, struct cm_span bytes)
{
	struct cm_opening *o;
	struct cm_err err = { 0 };
	double from = now(), t;

	if (cm_opening_new(seal, bytes, NULL, NULL, &o, &err) != CM_OK)
		fprintf(stderr, "%s\n", err.text), abort();
	t = now() - from;
	cm_opening_free(o);
	return t;
}

static double
read_again(const struct cm_seal *seal, struct cm_span bytes)
{
	const struct cm_opened_row *row;
	struct cm_opening *o;
	double from, t;

	if (cm_opening_new(seal, bytes, NULL, NULL, &o, NULL) != CM_OK)
		abort();
	from = now();
	while (cm_opening_next(o, &row) == CM_OK)
		;
	t = now() - from;
	cm_opening_free(o);
	return t;
}

static double
seal_it(const struct cm_schema *schema, struct cm_span file, struct cm_seal *out)
{
	struct cm_cut_rows *rows = rows_of(schema, &file);
	double from = now(), t;

	if (cm_table_commit(schema, &secret, cm_cut_rows_source(rows), NULL, out, NULL) != CM_OK)
		abort();
	t = now() - from;
	cm_cut_rows_free(rows);
	return t;
}

static double
open_it(const struct cm_seal *seal, struct cm_cell_source source, struct cm_span index,
    const struct cm_plan *plan, struct cm_buf *out)
{
	struct cm_sink sink = { to_buf, out };
	struct cm_table_open in = { .seal = seal,
		.secret = &secret,
		.plan = plan,
		.source = source,
		.index = index };
	struct cm_err err = { 0 };
	double from = now();

	cm_buf_clear(out);
	if (cm_table_open(&in, &sink, NULL, &err) != CM_OK)
		fprintf(stderr, "%s\n", err.text), abort();
	return now() - from;
}

static void
smallest(double *best, double t)
{
	if (*best == 0 || t < *best)
		*best = t;
}

static void
in_full(struct cm_span file)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	double sealed = 0, opened = 0, checked = 0, again = 0;
	struct cm_plan all = { 0 };
	struct cm_buf b = { 0 };
	struct cm_seal seal;
	int i;

	for (i = 0; i < 5; i++) {
		struct cm_cut_rows *rows;

		smallest(&sealed, seal_it(&schema, file, &seal));
		if (i == 0 && cm_plan_add(&all, (struct cm_plan_range) { 0, seal.rows, 31, 0,
						    true }) != CM_OK)
			abort();
		rows = rows_of(&schema, &file);
		smallest(&opened, open_it(&seal, cm_cut_rows_source(rows), (struct cm_span) { 0 },
				      &all, &b));
		cm_cut_rows_free(rows);
		smallest(&checked, check(&seal, cm_buf_span(&b)));
		smallest(&again, read_again(&seal, cm_buf_span(&b)));
	}
	printf("all rows, all columns, %llu rows, %zu bytes; CPU seconds, the best of five:\n",
	    (unsigned long long)seal.rows, file.len);
	printf("  sealed %.3f, opened %.3f, checked %.3f (%.0f %% of the seal's speed), read again %.3f\n",
	    sealed, opened, checked, 100 * sealed / checked, again);
	cm_plan_release(&all);
	cm_buf_release(&b);
}

/* Ten million rows that need no file: small packets, made as they are asked for. */
struct made {
	uint64_t at;
	uint8_t headers[17 + 16 + 20 + 20], addr[2][4], mask[6], payload[40];
};

static enum cm_result
next_row(void *arg, struct cm_cells *out, struct cm_err *err)
{
	struct made *m = arg;

	(void)err;
	if (m->at == MANY)
		return CM_E_NOTFOUND;
	memset(m->headers, 0, sizeof(m->headers));
	cm_put64(m->headers + 20, m->at);
	cm_put32(m->addr[0], (uint32_t)m->at % 977);
	cm_put32(m->addr[1], (uint32_t)m->at % 53);
	cm_put32(m->mask, (uint32_t)m->at * 7);
	cm_put64(m->payload, m->at * 11);
	out->cell[0] = cm_span_of(m->headers, sizeof(m->headers));
	out->cell[1] = cm_span_of(m->addr[0], 4);
	out->cell[2] = cm_span_of(m->addr[1], 4);
	out->cell[3] = cm_span_of(m->mask, sizeof(m->mask));
	out->cell[4] = cm_span_of(m->payload, sizeof(m->payload));
	out->offset = m->at++ * 100;
	return CM_OK;
}

static enum cm_result
seek_row(void *arg, uint64_t row, uint64_t offset, struct cm_err *err)
{
	struct made *m = arg;

	(void)offset;
	(void)err;
	m->at = row;
	return CM_OK;
}

/* What values there are in an opening of that plan, heads included: the rest is proof. */
static size_t
values(size_t rows)
{
	return rows * (2 + 1 + (2 + 73) + 2 * (2 + 2 + 32 + 1 + 4) + (1 + 6) + (2 + 40));
}

static void
few_of_many(const struct cm_schema *schema, const struct cm_seal *seal, struct cm_span index,
    const struct cm_plan *plan, const char *what)
{
	static const struct cm_opening_rules none;
	struct made m = { 0 };
	struct cm_cell_source source = { .arg = &m, .next = next_row, .seek = seek_row };
	struct cm_opening *o;
	struct cm_buf b = { 0 };
	double opened = open_it(seal, source, index, plan, &b), checked = 0, from;
	int i;

	(void)schema;
	for (i = 0; i < 20; i++) {
		from = now();
		if (cm_opening_new(seal, cm_buf_span(&b), &none, NULL, &o, NULL) != CM_OK)
			abort();
		smallest(&checked, now() - from);
		cm_opening_free(o);
	}
	printf("%u of %u rows, %s: opened in %.1f ms, checked in %.2f ms; %zu bytes, of which proof %zu\n",
	    FEW, MANY, what, opened * 1e3, checked * 1e3, b.len, b.len - values(FEW));
	cm_buf_release(&b);
}

static void
of_many(void)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_LINES);
	struct cm_schema capture = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_plan run = { 0 }, scattered = { 0 };
	struct cm_buf index = { 0 };
	struct cm_sink to_index = { to_buf, &index };
	struct made m = { 0 };
	struct cm_cell_source source = { .arg = &m, .next = next_row };
	struct cm_plan_range r = { .open = 31, .by_row = true };
	struct cm_seal seal;
	uint64_t i, x = 88172645463325252u;

	/* the columns of a capture, without the rules for its cells */
	schema.n = capture.n;
	memcpy(schema.column, capture.column, sizeof(schema.column));
	if (cm_table_commit(&schema, &secret, source, &to_index, &seal, NULL) != CM_OK)
		abort();
	r.from = MANY / 3;
	r.to = r.from + FEW;
	if (cm_plan_add(&run, r) != CM_OK)
		abort();
	for (i = 0; i < FEW; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		r.from = i * (MANY / FEW) + x % (MANY / FEW);
		r.to = r.from + 1;
		if (cm_plan_add(&scattered, r) != CM_OK)
			abort();
	}
	few_of_many(&schema, &seal, cm_buf_span(&index), &scattered, "scattered");
	few_of_many(&schema, &seal, cm_buf_span(&index), &run, "a run");
	cm_plan_release(&run);
	cm_plan_release(&scattered);
	cm_buf_release(&index);
}

int
main(int argc, char **argv)
{
	struct cm_buf b = { 0 };

	if (argc > 1)
		read_file(&b, argv[1]);
	else
		make_capture(&b);
	in_full(cm_buf_span(&b));
	cm_buf_release(&b);
	of_many();
	return 0;
}
