#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/reader.h"
#include "make.h"

struct rows {
	struct cm_record row[16];
	size_t n;
	enum cm_result opened;
	struct cm_err err;
};

static struct rows
read_all(struct cm_span file)
{
	struct rows rows = { .n = 0 };
	struct cm_reader *r;

	rows.opened = cm_reader_new(cm_source_of_memory(&file), "IN", &r, &rows.err);
	if (rows.opened != CM_OK)
		return rows;
	while (rows.n < 16 && cm_reader_next(r, &rows.row[rows.n], NULL) == CM_OK)
		rows.n++;
	cm_reader_free(r);
	return rows;
}

static struct cm_span
tcp(void)
{
	return cm_span_of(frame_tcp, sizeof(frame_tcp));
}

static void
check_pcap(bool big, bool nano, int64_t t_ns)
{
	struct make m = { .big = big };
	struct rows rows;

	pcap_header(&m, nano, 0xf0000000u | 113);
	pcap_record(&m, 1429701763, 119390, tcp(), 1500);
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 2);
	assert_false(rows.row[0].is_frame);
	assert_int_equal(rows.row[0].bytes.len, 24);
	assert_true(rows.row[1].cut);
	assert_int_equal(rows.row[1].frame, 1);
	assert_int_equal(rows.row[1].linktype, 113);
	assert_int_equal(rows.row[1].tsresol, nano ? 9 : 6);
	assert_int_equal(rows.row[1].t_ns, t_ns);
	assert_int_equal(rows.row[1].orig_len, 1500);
	assert_int_equal(rows.row[1].offset, 24);
	assert_int_equal(rows.row[1].form, big ? CM_FORM_PCAP_BE : CM_FORM_PCAP_LE);
	assert_memory_equal(cm_record_data(&rows.row[1]).ptr, frame_tcp, sizeof(frame_tcp));
	cm_buf_release(&m.out);
}

static void
pcap_is_read_in_both_byte_orders_and_resolutions(void **state)
{
	(void)state;
	check_pcap(false, false, INT64_C(1429701763119390000));
	check_pcap(true, false, INT64_C(1429701763119390000));
	check_pcap(false, true, INT64_C(1429701763000119390));
	check_pcap(true, true, INT64_C(1429701763000119390));
}

static void
sections_have_their_own_byte_order_and_interfaces(void **state)
{
	struct make m = { .big = false };
	struct rows rows;

	(void)state;
	section(&m, UINT64_MAX);
	iface(&m, 1, 0, 0, 0);
	enhanced(&m, 0, 5000000, tcp(), NULL);
	m.big = true;
	section(&m, 1000);
	iface(&m, 101, 0, 9, 7);
	enhanced(&m, 0, 5000000, tcp(), "note");
	enhanced(&m, 1, 5000000, tcp(), NULL);
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 7);
	assert_int_equal(rows.row[2].linktype, 1);
	assert_int_equal(rows.row[2].t_ns, INT64_C(5000000000));
	assert_int_equal(rows.row[2].form, CM_FORM_PCAPNG_LE);
	assert_int_equal(rows.row[5].linktype, 101);
	assert_int_equal(rows.row[5].t_ns, INT64_C(7005000000));
	assert_int_equal(rows.row[5].form, CM_FORM_PCAPNG_BE);
	assert_int_equal(rows.row[5].frame, 2);
	assert_true(cm_span_eq(rows.row[5].comment, cm_span_str("note")));
	assert_false(rows.row[6].cut);
	assert_non_null(rows.row[6].trouble);
	assert_int_equal(rows.row[6].frame, 0);
	cm_buf_release(&m.out);
}

static int64_t
time_of(uint8_t tsresol, uint64_t tsoffset, uint64_t ticks)
{
	struct make m = { .big = false };
	struct rows rows;

	section(&m, UINT64_MAX);
	iface(&m, 1, 0, tsresol, tsoffset);
	enhanced(&m, 0, ticks, tcp(), NULL);
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 3);
	assert_int_equal(rows.row[2].tsresol, tsresol);
	assert_true(rows.row[2].tsoffset == tsoffset);
	cm_buf_release(&m.out);
	return rows.row[2].t_ns;
}

static void
times_of_any_resolution_are_nanoseconds(void **state)
{
	(void)state;
	assert_int_equal(time_of(3, 0, 1500), INT64_C(1500000000));
	assert_int_equal(time_of(12, 0, UINT64_C(1500000000000)), INT64_C(1500000000));
	assert_int_equal(time_of(0x80, 0, 3), INT64_C(3000000000));
	assert_int_equal(time_of(0x80 | 10, 0, 1536), INT64_C(1500000000));
	assert_int_equal(time_of(0xff, 0, UINT64_MAX), 0);
	assert_int_equal(time_of(0x7f, 0, UINT64_MAX), 0);
	assert_int_equal(time_of(9, (uint64_t)-2, 500000000), INT64_C(-1500000000));
	assert_true(time_of(1, 0, UINT64_MAX) == CM_RECORD_TIME_MAX);
	assert_true(time_of(9, UINT64_C(1) << 63, 0) == -CM_RECORD_TIME_MAX);
	assert_true(CM_RECORD_TIME_MAX - -CM_RECORD_TIME_MAX > 0); /* any two can be subtracted */
}

static void
simple_and_obsolete_packets_are_frames_but_not_cut(void **state)
{
	struct make m = { .big = false };
	struct rows rows;

	(void)state;
	section(&m, UINT64_MAX);
	iface(&m, 1, 40, 0, 0);
	simple(&m, 60, cm_span_of(frame_tcp, 40));
	obsolete(&m, 0, 2000000, tcp());
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 4);
	assert_true(rows.row[2].is_frame);
	assert_false(rows.row[2].cut);
	assert_false(rows.row[2].has_time);
	assert_int_equal(rows.row[2].cap_len, 40);
	assert_int_equal(rows.row[2].orig_len, 60);
	assert_true(rows.row[3].is_frame);
	assert_false(rows.row[3].cut);
	assert_int_equal(rows.row[3].frame, 2);
	assert_int_equal(rows.row[3].t_ns, 2000000000);
	assert_int_equal(cm_record_data(&rows.row[3]).len, sizeof(frame_tcp));
	cm_buf_release(&m.out);
}

static void
a_packet_is_at_most_two_to_the_eighteen_bytes(void **state)
{
	struct make m = { .big = false };
	uint8_t *big = calloc(1, 262144);
	struct rows rows;

	(void)state;
	assert_non_null(big);
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, cm_span_of(big, 262128), 262128);
	pcap_record(&m, 1, 0, cm_span_of(big, 262129), 262129);
	pcap_record(&m, 1, 0, tcp(), 1);
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 8);
	assert_true(rows.row[1].cut);
	assert_int_equal(rows.row[1].bytes.len, 262144);
	for (size_t i = 2; i < 7; i++) {
		assert_false(rows.row[i].is_frame);
		assert_non_null(rows.row[i].trouble);
		assert_int_equal(rows.row[i].bytes.len, i < 6 ? 65536 : 1);
	}
	assert_true(rows.row[7].cut);
	assert_int_equal(rows.row[7].frame, 2);
	free(big);
	cm_buf_release(&m.out);
}

static void
a_file_cut_short_keeps_its_tail_as_a_row(void **state)
{
	struct make m = { .big = false };
	struct rows rows;

	(void)state;
	pcap_header(&m, false, 1);
	pcap_record(&m, 1, 0, tcp(), 1);
	pcap_record(&m, 2, 0, tcp(), 1);
	rows = read_all(cm_span_of(m.out.ptr, m.out.len - 1));
	assert_int_equal(rows.n, 3);
	assert_true(rows.row[1].cut);
	assert_false(rows.row[2].cut);
	assert_string_equal(rows.row[2].trouble, "the file ends inside a packet record");
	rows = read_all(cm_span_of(m.out.ptr, 10));
	assert_int_equal(rows.n, 1);
	assert_string_equal(rows.row[0].trouble, "the file ends inside the file header");
	cm_buf_release(&m.out);
}

static void
what_does_not_frame_is_one_run_to_the_end(void **state)
{
	struct make m = { .big = false };
	struct rows rows;

	(void)state;
	section(&m, UINT64_MAX);
	iface(&m, 1, 0, 0, 0);
	filler(&m, 0xbad, 65536);
	m.out.ptr[m.out.len - 1] ^= 1; /* its second length */
	enhanced(&m, 0, 1, tcp(), NULL);
	rows = read_all(cm_buf_span(&m.out));
	assert_int_equal(rows.n, 4);
	assert_int_equal(rows.row[2].bytes.len, 65536);
	assert_string_equal(rows.row[2].trouble, "the block's two lengths differ");
	assert_int_equal(rows.row[3].bytes.len, m.out.len - 28 - 20 - 65536);
	cm_buf_release(&m.out);
}

static enum cm_result
refusal(const void *bytes, size_t len, const char *part)
{
	struct rows rows = read_all(cm_span_of(bytes, len));

	assert_non_null(strstr(rows.err.text, part));
	return rows.opened;
}

static void
other_formats_name_the_command_that_converts_them(void **state)
{
	static const char command[] = "editcap -F pcap 'IN' 'IN.pcap'";
	static const uint8_t erf[32] = { 0, 0, 0, 0, 0x83, 0x5f, 0x37, 0x55, 2, 4, 0, 32, 0, 0, 0, 14 };

	static const uint8_t erf_meta[32] = { 0, 0, 0, 0, 0, 0, 0, 0, 0x9b, 4, 0, 32 };

	(void)state;
	assert_int_equal(refusal(erf_meta, sizeof(erf_meta), command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal("snoop\0\0\0\0\0\0\2", 12, command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal("RTSS\1\1", 6, command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal("GMBU\0\2", 6, command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal("\x34\xcd\xb2\xa1", 4, command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal(erf, sizeof(erf), command), CM_E_UNSUPPORTED);
	assert_int_equal(refusal("\xfd" "7zXZ\0\0", 7, "xz -dk 'IN'"), CM_E_UNSUPPORTED);
}

static void
no_capture_at_all_is_said_in_words(void **state)
{
	(void)state;
	assert_int_equal(refusal("", 0, "empty"), CM_E_MALFORMED);
	assert_int_equal(refusal("Dear colleague,\n", 16, "text"), CM_E_MALFORMED);
	assert_int_equal(refusal("\0\1\2\3\4", 5, "00 01 02 03"), CM_E_MALFORMED);
	assert_int_equal(refusal("\x0a\x0d\x0d\x0a\0\0\0\x1cxxxx", 12, "expected"), CM_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_is_read_in_both_byte_orders_and_resolutions),
		cmocka_unit_test(sections_have_their_own_byte_order_and_interfaces),
		cmocka_unit_test(times_of_any_resolution_are_nanoseconds),
		cmocka_unit_test(simple_and_obsolete_packets_are_frames_but_not_cut),
		cmocka_unit_test(a_packet_is_at_most_two_to_the_eighteen_bytes),
		cmocka_unit_test(a_file_cut_short_keeps_its_tail_as_a_row),
		cmocka_unit_test(what_does_not_frame_is_one_run_to_the_end),
		cmocka_unit_test(other_formats_name_the_command_that_converts_them),
		cmocka_unit_test(no_capture_at_all_is_said_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
