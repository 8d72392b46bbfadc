/* Whatever the bytes: the rows of a capture joined give the file back, keep their
 * bounds, and are the same from any source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../unit/capture/make.h"
#include "capture/decode.h"
#include "capture/reader.h"

#define ROUNDS 400

/* A source that gives exactly what is asked for, in memory that dies with the next
 * call: a reader that holds on to a span is caught by a sanitizer. */
struct dribble {
	struct cm_span file;
	uint8_t *last;
	uint64_t lowest;
};

static enum cm_result
dribble_fill(void *arg, uint64_t offset, size_t want, struct cm_span *out, struct cm_err *err)
{
	struct dribble *d = arg;
	struct cm_span s = offset > d->file.len ? cm_span_of(NULL, 0) :
						  cm_span_part(d->file, (size_t)offset, want);

	(void)err;
	assert_true(offset >= d->lowest);
	assert_true(want <= CM_SOURCE_WANT_MAX);
	d->lowest = offset;
	free(d->last);
	d->last = malloc(s.len + 1);
	assert_non_null(d->last);
	if (s.len > 0)
		memcpy(d->last, s.ptr, s.len);
	*out = cm_span_of(d->last, s.len);
	return CM_OK;
}

struct masks {
	uint32_t end; /* of the last range seen */
	const struct cm_layers *l;
	uint32_t n;
};

static void
see_mask(void *arg, uint32_t at, uint32_t len)
{
	struct masks *m = arg;
	const struct cm_layers *l = m->l;

	assert_true(len > 0);
	assert_true(at >= m->end);
	if (l->net != 0) {
		assert_true(at + len <= l->src_at || at >= l->src_at + l->addr_len);
		assert_true(at + len <= l->dst_at || at >= l->dst_at + l->addr_len);
	}
	assert_true(at + len <= l->payload_at || at >= l->payload_end);
	m->end = at + len;
	m->n++;
}

static void
check_layers(const struct cm_record *r)
{
	struct cm_frame f = cm_frame_of(r, 3);
	struct cm_layers l;
	struct cm_packet p;
	struct masks m = { 0, &l, 0 };
	enum cm_decoded d = cm_decode(&f, &p, &l);

	assert_true(l.payload_at <= l.payload_end);
	assert_true(l.payload_end <= f.data.len);
	assert_int_equal(cm_packet_frame(p.id), r->frame);
	if (d == CM_DECODED_NO_IP || d == CM_DECODED_NO_LINK)
		assert_int_equal(p.payload.len, 0);
	assert_true(p.payload.len <= p.payload_len || d == CM_DECODED_NO_IP || d == CM_DECODED_NO_LINK);
	cm_layers_mask(f.data, &l, see_mask, &m);
	assert_true(m.end <= f.data.len);
}

static void
check_row(const struct cm_record *r, uint64_t row, uint64_t at)
{
	assert_int_equal(r->row, row);
	assert_int_equal(r->offset, at);
	assert_true(r->bytes.len > 0);
	assert_true(r->bytes.len <= (r->cut ? CM_PACKET_ROW_MAX : CM_OTHER_ROW_MAX));
	assert_true(!r->cut || (r->is_frame && r->has_time && r->trouble == NULL));
	if (!r->is_frame)
		return;
	assert_true((uint64_t)r->data_at + r->cap_len <= r->bytes.len);
	check_layers(r);
}

/* Rows from ${src} must join to ${file}; ${same} gets a digest of what was said of them. */
static bool
join(struct cm_source src, struct cm_span file, uint64_t *same)
{
	struct cm_reader *reader;
	struct cm_record r;
	uint64_t at = 0, row = 0, frame = 0, digest = 0;
	enum cm_result rc;

	if (cm_reader_new(src, "x", &reader, NULL) != CM_OK)
		return false;
	while ((rc = cm_reader_next(reader, &r, NULL)) == CM_OK) {
		check_row(&r, row++, at);
		assert_true(r.bytes.len <= file.len - at);
		assert_memory_equal(r.bytes.ptr, file.ptr + at, r.bytes.len);
		at += r.bytes.len;
		if (r.is_frame) {
			/* Some blocks take a number and are no frame here. */
			assert_true(r.frame > frame);
			frame = r.frame;
		}
		digest = (digest * 31 + r.bytes.len) * 31 + r.cut * 4u + r.is_frame * 2u +
		    (r.trouble != NULL) + (uint64_t)r.t_ns + r.comment.len;
	}
	assert_int_equal(rc, CM_E_NOTFOUND);
	assert_int_equal(cm_reader_next(reader, &r, NULL), CM_E_NOTFOUND);
	assert_int_equal(at, file.len);
	assert_int_equal(cm_reader_offset(reader), file.len);
	cm_reader_free(reader);
	*same = digest;
	return true;
}

static void
check_file(struct cm_span file)
{
	uint8_t *copy = malloc(file.len + 1);
	struct cm_span exact;
	struct dribble d = { 0 };
	uint64_t from_memory = 0, from_dribble = 0;
	bool is, also;

	assert_non_null(copy);
	memcpy(copy, file.ptr, file.len);
	copy = realloc(copy, file.len == 0 ? 1 : file.len);
	assert_non_null(copy);
	exact = cm_span_of(copy, file.len);
	d.file = exact;
	is = join(cm_source_of_memory(&exact), exact, &from_memory);
	also = join((struct cm_source) { &d, dribble_fill, false, NULL }, exact, &from_dribble);
	assert_int_equal(is, also);
	assert_int_equal(from_memory, from_dribble);
	free(d.last);
	free(copy);
}

static struct cm_span
tcp(void)
{
	return cm_span_of(frame_tcp, sizeof(frame_tcp));
}

static struct cm_span
ipv6(void)
{
	return cm_span_of(frame_ipv6, sizeof(frame_ipv6));
}

static struct cm_buf
a_pcap(bool big, bool nano)
{
	struct make m = { .big = big };

	pcap_header(&m, nano, 1);
	pcap_record(&m, 1, 2, tcp(), sizeof(frame_tcp));
	pcap_record(&m, 1, 3, cm_span_of(frame_tcp, 50), sizeof(frame_tcp));
	pcap_record(&m, 1, 3, cm_span_of(NULL, 0), 60);
	pcap_record(&m, 2, 4, ipv6(), sizeof(frame_ipv6));
	return m.out;
}

static struct cm_buf
a_pcapng(void)
{
	struct make m = { .big = false };

	section(&m, UINT64_MAX);
	iface(&m, 1, 0, 9, 0);
	iface(&m, 1, 40, 0x80 | 20, (uint64_t)-5);
	enhanced(&m, 0, 1500000000, tcp(), "seen here");
	simple(&m, sizeof(frame_tcp), tcp());
	filler(&m, 4, 24);
	enhanced(&m, 1, 77, ipv6(), NULL);
	obsolete(&m, 0, 99, tcp());
	enhanced(&m, 7, 77, tcp(), NULL);
	m.big = true;
	section(&m, 480);
	iface(&m, 101, 0, 0, 0);
	enhanced(&m, 0, 5, cm_span_of(frame_tcp + 14, sizeof(frame_tcp) - 14), "two\nlines");
	simple(&m, 4000, tcp());
	filler(&m, 0xbad, 400);
	return m.out;
}

static struct cm_buf
build(int which)
{
	if (which == 4)
		return a_pcapng();
	return a_pcap(which & 1, which & 2);
}

static void
rows_of_every_prefix_join_to_the_prefix(void **state)
{
	(void)state;
	for (int which = 0; which < 5; which++) {
		struct cm_buf b = build(which);

		assert_true(cm_buf_ok(&b));
		for (size_t len = 0; len <= b.len; len++)
			check_file(cm_span_of(b.ptr, len));
		cm_buf_release(&b);
	}
}

/* A generator of our own: the same damage on every machine. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
damage(struct cm_buf *b, uint64_t *seed)
{
	uint64_t n = next_random(seed) % 8 + 1;

	for (uint64_t i = 0; i < n; i++) {
		size_t at = (size_t)(next_random(seed) % b->len);
		uint64_t how = next_random(seed) % 4;

		b->ptr[at] = how == 0 ? 0 : how == 1 ? 0xff : (uint8_t)next_random(seed);
	}
}

static void
rows_of_a_damaged_file_join_to_the_file(void **state)
{
	uint64_t seed = 20150318;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct cm_buf b = build(round % 5);

		damage(&b, &seed);
		check_file(cm_buf_span(&b));
		cm_buf_release(&b);
	}
}

static void
rows_of_oversized_blocks_and_records_join(void **state)
{
	static const size_t lens[] = { 65524, 65528, 131072 - 12, 262132, 262136, 300000, 700000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct make m = { .big = false };

		section(&m, UINT64_MAX);
		iface(&m, 1, 0, 0, 0);
		filler(&m, 6, lens[i]);
		filler(&m, 0xbad, lens[i]);
		enhanced(&m, 0, 5, tcp(), NULL);
		check_file(cm_buf_span(&m.out));
		check_file(cm_span_of(m.out.ptr, m.out.len / 2));
		m.out.ptr[12 + 16 + 20 + lens[i] + 10] ^= 4; /* near the first block's trailer */
		check_file(cm_buf_span(&m.out));
		cm_buf_release(&m.out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_every_prefix_join_to_the_prefix),
		cmocka_unit_test(rows_of_a_damaged_file_join_to_the_file),
		cmocka_unit_test(rows_of_oversized_blocks_and_records_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
