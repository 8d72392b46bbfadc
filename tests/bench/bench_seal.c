/* How fast messages are hashed, and a table is sealed, opened and verified, and in how much
 * memory.  Run by hand:
 *
 *	bench_seal [FILE.pcap]
 *
 * Without a file: a capture made up in memory, 400,000 packets of 60 to 1,514 bytes, a
 * thousand hosts.  One thread, nothing read from disk while the clock runs; the clock counts
 * the processor's time, not the wall's.  What is said of SHA-256:
 *	one stream	nanoseconds a 64-byte block
 *	many		nanoseconds a block of messages of 1 to 64 blocks, 1,024 of them at once
 *			(256 of those of more than 8 blocks), each a head of 34 bytes and a body
 *	words		nanoseconds a message of one block that is given in words
 * "one plain hash" is one pass of SHA-256 over the file, as `openssl dgst -sha256` makes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "crypto/sha256.h"
#include "seal/cut.h"
#include "seal/opening.h"
#include "seal/table.h"

#define PACKETS 400000u

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
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

static struct cm_span
make_capture(struct cm_buf *b)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 1 };
	uint32_t i;

	cm_buf_add(b, head, sizeof(head));
	for (i = 0; i < PACKETS; i++)
		make_packet(b, i);
	return cm_buf_span(b);
}

static struct cm_span
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
	return cm_buf_span(b);
}

static void
report(const char *what, double from, uint64_t bytes, uint64_t rows)
{
	double t = now() - from;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%-28s %6.2f s  %5.2f GB/s  %6.2f Mrows/s  peak %ld MiB\n", what, t,
	    (double)bytes / t * 1e-9, (double)rows / t * 1e-6, u.ru_maxrss / 1024);
}

static struct cm_cut_rows *
rows_of(const struct cm_schema *s, const struct cm_span *file)
{
	struct cm_cut_rows *rows;

	if (cm_cut_rows_new(s, cm_source_of_memory(file), "bench", &rows, NULL) != CM_OK)
		abort();
	return rows;
}

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	cm_buf_add(arg, ptr, len);
	return CM_OK;
}

enum { AT_ONCE = 1024, HEAD = 34, MOST = 64 };

/* Best of some rounds, in seconds a round. */
static double
best(double (*round)(const struct cm_sha256_impl *by, size_t blocks),
    const struct cm_sha256_impl *by, size_t blocks)
{
	double least = round(by, blocks), t;
	int i;

	for (i = 0; i < 8; i++) {
		t = round(by, blocks);
		least = t < least ? t : least;
	}
	return least;
}

static double
one_stream(const struct cm_sha256_impl *by, size_t blocks)
{
	static uint8_t bytes[64 * 1024];
	uint32_t state[8] = { 0 };
	double from = now();
	int i;

	for (i = 0; i < 20; i++)
		cm_sha256_compress_by(by, state, bytes, blocks);
	return (now() - from) / 20 / (double)blocks;
}

static double
many(const struct cm_sha256_impl *by, size_t blocks)
{
	static uint8_t bytes[256 * MOST * 64 + AT_ONCE * 64], out[AT_ONCE][CM_SHA256_LEN];
	static struct cm_sha256_msg msg[AT_ONCE];
	const size_t n = blocks > 8 ? 256 : AT_ONCE, len = blocks * 64 - 12 - HEAD;
	double from;
	size_t i;

	for (i = 0; i < n; i++)
		msg[i] = (struct cm_sha256_msg) { { bytes + i * HEAD, HEAD },
			{ bytes + AT_ONCE * HEAD + i * len, len } };
	from = now();
	for (i = 0; i < 4; i++)
		cm_sha256_many_by(by, msg, n, out);
	return (now() - from) / 4 / (double)(n * blocks);
}

static double
words(const struct cm_sha256_impl *by, size_t n)
{
	static uint32_t word[8][AT_ONCE];
	struct cm_sha256_words in = { .same = { 1, 2, 3 } };
	uint32_t *out[8];
	double from;
	size_t i;

	for (i = 0; i < 8; i++)
		in.row[5 + i] = out[i] = word[i];
	from = now();
	for (i = 0; i < 4; i++)
		cm_sha256_words_by(by, &in, n, out);
	return (now() - from) / 4 / (double)n;
}

static void
bench_hash(void)
{
	static const size_t blocks[] = { 1, 2, 3, 4, 8, 16, 24, 64 };
	const struct cm_sha256_impl *impl[CM_SHA256_IMPLS];
	size_t n = cm_sha256_impls(impl), i, k;

	for (i = 0; i < n; i++) {
		printf("%-13s one stream %5.1f  many", cm_sha256_impl_name(impl[i]),
		    best(one_stream, impl[i], 1024) * 1e9);
		for (k = 0; k < sizeof(blocks) / sizeof(*blocks); k++)
			printf(" %zu: %.1f", blocks[k], best(many, impl[i], blocks[k]) * 1e9);
		printf("  words %.1f\n", best(words, impl[i], AT_ONCE) * 1e9);
	}
}

static void
bench_plain(struct cm_span file)
{
	uint8_t digest[CM_SHA256_LEN];
	double from = now();

	cm_sha256(file.ptr, file.len, digest);
	report("one plain hash", from, file.len, 0);
}

static void
bench_cut(const struct cm_schema *schema, struct cm_span file)
{
	struct cm_cut_rows *rows = rows_of(schema, &file);
	struct cm_cell_source source = cm_cut_rows_source(rows);
	struct cm_cells cells;
	uint64_t n = 0;
	double from = now();

	while (source.next(source.arg, &cells, NULL) == CM_OK)
		n++;
	report("read and cut", from, file.len, n);
	cm_cut_rows_free(rows);
}

static void
bench_open(const struct cm_seal *seal, const struct cm_seal_secret *secret, struct cm_span file,
    struct cm_span index, const struct cm_plan *plan, const char *what)
{
	struct cm_cut_rows *rows = rows_of(&seal->schema, &file);
	struct cm_table_open in = { .seal = seal,
		.secret = secret,
		.plan = plan,
		.source = cm_cut_rows_source(rows),
		.index = index };
	struct cm_buf b = { 0 };
	struct cm_sink sink = { to_buf, &b };
	struct cm_opening *o;
	struct cm_err err = { 0 };
	char label[64];
	double from = now();

	if (cm_table_open(&in, &sink, NULL, &err) != CM_OK)
		fprintf(stderr, "%s\n", err.text), abort();
	snprintf(label, sizeof(label), "open %s", what);
	report(label, from, file.len, seal->rows);
	from = now();
	if (cm_opening_new(seal, cm_buf_span(&b), NULL, NULL, &o, &err) != CM_OK)
		fprintf(stderr, "%s\n", err.text), abort();
	snprintf(label, sizeof(label), "verify %s", what);
	report(label, from, b.len, cm_opening_stats(o)->rows);
	cm_opening_free(o);
	cm_buf_release(&b);
	cm_cut_rows_free(rows);
}

int
main(int argc, char **argv)
{
	static const struct cm_seal_secret secret = { { 1 }, { 2 } };
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_buf b = { 0 }, index = { 0 };
	struct cm_sink to_index = { to_buf, &index };
	struct cm_span file = argc > 1 ? read_file(&b, argv[1]) : make_capture(&b);
	struct cm_plan few = { 0 }, all = { 0 };
	struct cm_cut_rows *rows;
	struct cm_seal seal;
	double from;

	bench_hash();
	bench_plain(file);
	bench_cut(&schema, file);
	rows = rows_of(&schema, &file);
	from = now();
	if (cm_table_commit(&schema, &secret, cm_cut_rows_source(rows), &to_index, &seal, NULL) !=
	    CM_OK)
		abort();
	report("cut and seal", from, file.len, seal.rows);
	cm_cut_rows_free(rows);
	if (cm_plan_add(&few, (struct cm_plan_range) { seal.rows / 2, seal.rows / 2 + 40, 31, 0,
				  true }) != CM_OK ||
	    cm_plan_add(&all, (struct cm_plan_range) { 0, seal.rows, 31, 0, true }) != CM_OK)
		abort();
	bench_open(&seal, &secret, file, cm_buf_span(&index), &few, "40 rows");
	bench_open(&seal, &secret, file, cm_buf_span(&index), &all, "all rows");
	cm_plan_release(&few);
	cm_plan_release(&all);
	cm_buf_release(&index);
	cm_buf_release(&b);
	return 0;
}
