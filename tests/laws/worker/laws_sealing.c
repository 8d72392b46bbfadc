/* However many threads seal, and however the rows fall into batches, the seal is that of
 * one thread going through the table row by row. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "../gen.h"
#include "base/buf.h"
#include "seal/cut.h"
#include "worker/sealing.h"

static enum cm_result
to_buf(void *arg, const void *ptr, size_t len)
{
	struct cm_buf *b = arg;

	cm_buf_add(b, ptr, len);
	return cm_buf_ok(b) ? CM_OK : CM_E_NOMEM;
}

/* A pcap file of up to ${g->size} records, some of them jumbo, some cut short, some no IP. */
static void
make_capture(struct gen *g, struct cm_buf *b)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 1 };
	uint64_t n = gen_upto(g, g->size), i;

	cm_buf_add(b, head, sizeof(head));
	for (i = 0; i < n; i++) {
		uint32_t len = (uint32_t)gen_below(g, gen_one_in(g, 200) ? 70000 : 200);
		uint8_t *p = cm_buf_grow(b, 16 + len);

		if (p == NULL)
			abort();
		gen_bytes(g, p, 16 + len);
		cm_put32le(p + 8, len);
		cm_put32le(p + 12, len);
		if (len >= 60 && !gen_one_in(g, 5)) {
			memcpy(p + 28, "\x08\x00\x45\x00", 4);
			cm_put16(p + 32, (uint16_t)(len - 14));
			p[39] = 6;
			p[42] = 10;
			memset(p + 43, 0, 3);
			memcpy(p + 46, p + 42, 4);
			p[45] = (uint8_t)gen_below(g, 9);
			p[49] = (uint8_t)gen_below(g, 9);
			p[62] = 0x50;
		}
	}
	if (gen_one_in(g, 3))
		cm_buf_add(b, head, gen_below(g, 16)); /* a record that does not frame */
}

static void
make_text(struct gen *g, struct cm_buf *b)
{
	uint64_t n = gen_upto(g, g->size), i;

	for (i = 0; i < n; i++) {
		size_t len = (size_t)gen_below(g, gen_one_in(g, 500) ? 3 * CM_LINE_MAX : 300);
		uint8_t *p = cm_buf_grow(b, len + 1);

		if (p == NULL)
			abort();
		memset(p, 'a' + (int)(i % 26), len);
		p[len] = '\n';
	}
}

struct expected {
	struct cm_seal seal;
	struct cm_buf index;
	uint8_t sha256[32];
};

/* The root of the pairs, row by row. */
static bool
expect_pairs(const struct cm_seal_secret *secret, struct cm_cut_rows *rows, uint8_t root[32])
{
	struct cm_cell_source source = cm_cut_rows_source(rows);
	struct cm_pair_list list = { 0 };
	struct cm_pair_book *book = NULL;
	struct cm_cells cells;
	struct cm_pair_of of;
	enum cm_result rc = cm_pair_book_new(secret, &book);
	uint64_t row;

	for (row = 0; rc == CM_OK && source.next(source.arg, &cells, NULL) == CM_OK; row++) {
		of = cm_pair_of(book, cells.cell[CM_COL_SRC], cells.cell[CM_COL_DST]);
		rc = cm_pair_book_add(book, row, &of);
	}
	if (rc == CM_OK)
		rc = cm_pair_book_end(book, NULL, &list);
	if (rc == CM_OK)
		rc = cm_pairs_root(&list, secret, NULL, root);
	cm_pair_list_release(&list);
	cm_pair_book_free(book);
	return rc == CM_OK;
}

static bool
expect(struct gen *g, const struct cm_schema *schema, const struct cm_seal_secret *secret,
    struct cm_source source, struct cm_span bytes, struct expected *out)
{
	struct cm_sink index = { to_buf, &out->index };
	struct cm_cut_rows *rows = NULL;
	unsigned len = 32;
	bool ok = cm_cut_rows_new(schema, source, "made", &rows, NULL) == CM_OK &&
		  cm_table_commit(schema, secret, cm_cut_rows_source(rows), &index, &out->seal, NULL) ==
		      CM_OK &&
		  EVP_Digest(bytes.ptr, bytes.len, out->sha256, &len, EVP_sha256(), NULL) == 1;

	cm_cut_rows_free(rows);
	rows = NULL;
	out->seal.has_pairs = ok && schema->kind == CM_KIND_CAPTURE;
	if (out->seal.has_pairs)
		ok = cm_cut_rows_new(schema, source, "made", &rows, NULL) == CM_OK && expect_pairs(secret, rows, out->seal.pairs);
	cm_cut_rows_free(rows);
	return ok || gen_fail(g, "row by row it can not be sealed");
}

/* Gives all rows to ${s}. */
static enum cm_result
feed(struct cm_sealing *s, const struct cm_schema *schema, struct cm_source source)
{
	struct cm_split split = { .kind = schema->kind, .source = source };
	struct cm_reader *reader = NULL;
	struct cm_record record;
	struct cm_row row;
	enum cm_result rc = CM_OK;

	if (schema->kind == CM_KIND_CAPTURE)
		rc = cm_reader_new(source, "made", &reader, NULL);
	while (rc == CM_OK) {
		if (reader == NULL) {
			rc = cm_split_next(&split, &row, NULL);
		} else {
			rc = cm_reader_next(reader, &record, NULL);
			row = (struct cm_row) { record.bytes, record.offset, &record, false };
		}
		if (rc == CM_OK)
			rc = cm_sealing_row(s, &row, NULL);
	}
	cm_reader_free(reader);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

static bool
same(struct gen *g, const struct expected *e, const struct cm_sealed *got, struct cm_span index,
    unsigned threads, struct cm_span bytes)
{
	if (got->seal.rows != e->seal.rows || memcmp(got->seal.root, e->seal.root, 32) != 0 ||
	    memcmp(got->seal.x, e->seal.x, 32) != 0)
		return gen_fail(g, "%u threads: another root", threads);
	if (got->seal.has_pairs != e->seal.has_pairs ||
	    (e->seal.has_pairs && memcmp(got->seal.pairs, e->seal.pairs, 32) != 0))
		return gen_fail(g, "%u threads: another root of pairs", threads);
	if (!cm_span_eq(index, cm_buf_span(&e->index)))
		return gen_fail(g, "%u threads: another index", threads);
	if (got->bytes != bytes.len || !got->seal.has_file || memcmp(got->sha256, e->sha256, 32) != 0)
		return gen_fail(g, "%u threads: another digest", threads);
	return true;
}

/* The same bytes in a file, read through a window. */
static bool
file_of(struct cm_span bytes, struct cm_window *out)
{
	int fd = memfd_create("made", MFD_CLOEXEC);
	size_t at = 0;
	ssize_t n = 1;

	for (; fd >= 0 && n > 0 && at < bytes.len; at += (size_t)n)
		n = write(fd, bytes.ptr + at, bytes.len - at);
	if (fd < 0 || at < bytes.len || cm_window_init(out, fd) != CM_OK)
		abort();
	return true;
}

static bool
seal_with(struct gen *g, unsigned threads, const struct cm_schema *schema,
    const struct cm_seal_secret *secret, struct cm_span bytes, const struct expected *e)
{
	struct cm_buf index = { 0 };
	struct cm_sink sink = { to_buf, &index };
	struct cm_sealing_job job = { schema, secret, &sink, NULL, true, false, NULL };
	struct cm_source source = cm_source_of_memory(&bytes);
	struct cm_window window;
	struct cm_sealing *s = NULL;
	struct cm_sealed got;
	bool file = gen_one_in(g, 2) && file_of(bytes, &window);
	bool holds;

	if (file) {
		job.window = &window;
		source = cm_window_source(&window);
	}
	holds = cm_pool_new(threads, &job.pool) == CM_OK && cm_sealing_new(&job, &s, NULL) == CM_OK &&
		     feed(s, schema, source) == CM_OK &&
		     cm_sealing_end(s, &got, NULL) == CM_OK;

	holds = holds ? same(g, e, &got, cm_buf_span(&index), threads, bytes) :
			gen_fail(g, "%u threads: it can not be sealed", threads);
	cm_sealing_free(s);
	cm_pool_free(job.pool);
	if (file) {
		close(window.fd);
		cm_window_fini(&window);
	}
	cm_buf_release(&index);
	return holds;
}

static bool
any_number_of_threads_gives_the_same_seal(struct gen *g)
{
	static const enum cm_kind kinds[] = { CM_KIND_CAPTURE, CM_KIND_LINES, CM_KIND_BLOB };
	struct cm_schema schema = cm_schema_of(kinds[gen_below(g, 3)]);
	struct cm_seal_secret secret;
	struct expected e = { 0 };
	struct cm_buf b = { 0 };
	struct cm_span bytes;
	bool holds;

	gen_bytes(g, &secret, sizeof(secret));
	if (schema.kind == CM_KIND_CAPTURE)
		make_capture(g, &b);
	else
		make_text(g, &b);
	bytes = cm_buf_span(&b);
	holds = expect(g, &schema, &secret, cm_source_of_memory(&bytes), bytes, &e) &&
		seal_with(g, 1, &schema, &secret, bytes, &e) &&
		seal_with(g, 2, &schema, &secret, bytes, &e) &&
		seal_with(g, 2 + (unsigned)gen_below(g, 6), &schema, &secret, bytes, &e);
	cm_buf_release(&e.index);
	cm_buf_release(&b);
	return holds;
}

/* A sealing that is given up while threads are at it leaves nothing behind. */
static bool
it_can_be_given_up(struct gen *g)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_LINES);
	struct cm_seal_secret secret = { { 1 }, { 2 } };
	struct cm_span bytes = { 0 };
	struct cm_sealing_job job = { &schema, &secret, NULL, NULL, true, false, NULL };
	struct cm_sealing *s = NULL;
	struct cm_buf b = { 0 };
	bool holds;

	make_text(g, &b);
	bytes = cm_buf_span(&b);
	holds = cm_pool_new(3, &job.pool) == CM_OK && cm_sealing_new(&job, &s, NULL) == CM_OK &&
		feed(s, &schema, cm_source_of_memory(&bytes)) == CM_OK;
	cm_sealing_free(s);
	cm_pool_free(job.pool);
	cm_buf_release(&b);
	return holds || gen_fail(g, "it could not begin");
}

int
main(void)
{
	const struct law laws[] = {
		{ "any number of threads gives the same seal", any_number_of_threads_gives_the_same_seal, 40,
		    9000 },
		{ "a sealing can be given up", it_can_be_given_up, 20, 9000 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
