#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture/checksum.h"
#include "capture/decode.h"
#include "capture/host.h"
#include "make.h"

static struct cm_packet
decode(const void *bytes, size_t len, uint32_t orig, uint16_t linktype, enum cm_decoded want)
{
	struct cm_frame f = { .id = cm_packet_id_of(2, 7), .data = cm_span_of(bytes, len),
		.orig_len = orig, .linktype = linktype };
	struct cm_layers l;
	struct cm_packet p;

	assert_int_equal(cm_decode(&f, &p, &l), want);
	assert_int_equal(cm_packet_file(p.id), 2);
	assert_int_equal(cm_packet_frame(p.id), 7);
	return p;
}

static void
a_tcp_segment_has_all_its_fields(void **state)
{
	struct cm_packet p =
	    decode(frame_tcp, sizeof(frame_tcp), sizeof(frame_tcp), 1, CM_DECODED_PACKET);
	char host[CM_HOST_TEXT];

	(void)state;
	cm_host_text(&p.src, host);
	assert_string_equal(host, "10.0.0.1");
	cm_host_text(&p.dst, host);
	assert_string_equal(host, "198.51.100.7");
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.ttl, 64);
	assert_true(p.df && p.transport && !p.fragment && !p.quoted);
	assert_int_equal(p.ipid, 0x1234);
	assert_int_equal(p.ip_len, 69);
	assert_int_equal(p.sport, 40000);
	assert_int_equal(p.dport, 80);
	assert_int_equal(p.seq, 1);
	assert_int_equal(p.ack, 2);
	assert_int_equal(p.flags, CM_TCP_ACK | CM_TCP_PSH);
	assert_int_equal(p.window, 502);
	assert_int_equal(p.opts, CM_OPT_MSS | CM_OPT_WSCALE | CM_OPT_TS);
	assert_int_equal(p.mss, 1460);
	assert_int_equal(p.wscale, 7);
	assert_int_equal(p.tsval, 9);
	assert_int_equal(p.tsecr, 8);
	assert_int_not_equal(p.opt_layout, 0);
	assert_int_equal(p.payload_len, 5);
	assert_memory_equal(p.payload.ptr, "GET /", 5);
	assert_int_equal(p.checksum, CM_CSUM_BAD);
}

static void
the_payload_is_as_long_as_the_header_says(void **state)
{
	struct cm_packet p = decode(frame_tcp, 81, sizeof(frame_tcp), 1, CM_DECODED_PACKET);

	(void)state;
	assert_int_equal(p.payload_len, 5);
	assert_int_equal(p.payload.len, 3);
	assert_int_equal(p.checksum, CM_CSUM_UNKNOWN);
}

static void
a_correct_checksum_is_good_and_a_wrong_one_bad(void **state)
{
	uint8_t f[sizeof(frame_tcp)];
	uint16_t sum;

	(void)state;
	memcpy(f, frame_tcp, sizeof(f));
	f[50] = f[51] = 0;
	sum = (uint16_t)~cm_checksum_transport(cm_span_of(f + 26, 4), cm_span_of(f + 30, 4), 6,
	    cm_span_of(f + 34, sizeof(f) - 34));
	cm_put16(f + 50, sum);
	assert_int_equal(decode(f, sizeof(f), sizeof(f), 1, CM_DECODED_PACKET).checksum, CM_CSUM_GOOD);
	f[sizeof(f) - 1] ^= 1;
	assert_int_equal(decode(f, sizeof(f), sizeof(f), 1, CM_DECODED_PACKET).checksum, CM_CSUM_BAD);
}

static void
the_sum_is_that_of_rfc_1071(void **state)
{
	static const uint8_t example[] = { 0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7 };
	uint8_t long_one[1001];

	(void)state;
	assert_int_equal(cm_checksum_sum(cm_span_of(example, 8)), 0xddf2);
	assert_int_equal(cm_checksum_sum(cm_span_of(example, 7)), 0xdcfb);
	assert_int_equal(cm_checksum_sum(cm_span_of(NULL, 0)), 0);
	for (size_t i = 0; i < sizeof(long_one); i++)
		long_one[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(long_one); len++) {
		uint32_t sum = 0;

		for (size_t i = 0; i < len; i++)
			sum += (uint32_t)long_one[i] << (i % 2 == 0 ? 8 : 0);
		while (sum >> 16 != 0)
			sum = (sum & 0xffff) + (sum >> 16);
		assert_int_equal(cm_checksum_sum(cm_span_of(long_one, len)), sum);
	}
}

static void
an_offloaded_segment_is_as_long_as_the_wire_says(void **state)
{
	uint8_t f[sizeof(frame_tcp)];
	struct cm_packet p;

	(void)state;
	memcpy(f, frame_tcp, sizeof(f));
	f[16] = f[17] = 0;
	p = decode(f, sizeof(f), 6000, 1, CM_DECODED_PACKET);
	assert_int_equal(p.payload_len, 6000 - 78);
	assert_int_equal(p.payload.len, 5);
	assert_int_equal(p.ip_len, 6000 - 14);
}

static void
what_is_no_datagram_is_called_so(void **state)
{
	static const uint8_t arp[42] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6 };

	(void)state;
	decode(arp, sizeof(arp), sizeof(arp), 1, CM_DECODED_NO_IP);
	decode(arp, sizeof(arp), sizeof(arp), 147, CM_DECODED_NO_LINK);
	decode(arp, 0, 0, 1, CM_DECODED_NO_IP);
	decode(frame_tcp, 60, sizeof(frame_tcp), 1, CM_DECODED_HEADLESS);
	decode(frame_ipv6, sizeof(frame_ipv6), sizeof(frame_ipv6), 1, CM_DECODED_FRAGMENT);
}

static void
an_icmp_error_quotes_and_is_no_segment(void **state)
{
	uint8_t p[28 + 28] = { 0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1 };
	struct cm_packet out;

	(void)state;
	p[20] = 3;
	p[21] = 3;
	out = decode(p, sizeof(p), sizeof(p), 228, CM_DECODED_PACKET);
	assert_true(out.quoted);
	assert_int_equal(out.proto, 1);
	assert_int_equal(out.sport, 3);
	assert_int_equal(out.dport, 3);
	assert_int_equal(out.seq, 0);
	p[20] = 8;
	assert_false(decode(p, sizeof(p), sizeof(p), 228, CM_DECODED_PACKET).quoted);
}

static void
broken_options_are_marked_and_harmless(void **state)
{
	uint8_t f[sizeof(frame_tcp)];
	struct cm_packet p;

	(void)state;
	memcpy(f, frame_tcp, sizeof(f));
	f[55] = 0; /* MSS of no length */
	p = decode(f, sizeof(f), sizeof(f), 1, CM_DECODED_PACKET);
	assert_int_equal(p.opts, CM_OPT_BROKEN);
	assert_int_equal(p.tsval, 0);
}

/* The commonest options have a way of their own through the decoder. */
static void
a_time_stamp_alone_is_read_as_any_option_is(void **state)
{
	static const uint8_t kinds[] = { 1, 1, 8 };
	uint8_t f[sizeof(frame_tcp)];
	uint32_t hash = 2166136261u;
	struct cm_packet p;

	(void)state;
	memcpy(f, frame_tcp, sizeof(f));
	f[46] = 0x80;
	memcpy(f + 54, "\x01\x01\x08\x0a\x01\x02\x03\x04\x05\x06\x07\x08", 12);
	p = decode(f, sizeof(f), sizeof(f), 1, CM_DECODED_PACKET);
	for (size_t i = 0; i < sizeof(kinds); i++)
		hash = (hash ^ kinds[i]) * 16777619u;
	assert_int_equal(p.opts, CM_OPT_TS);
	assert_int_equal(p.tsval, 0x01020304);
	assert_int_equal(p.tsecr, 0x05060708);
	assert_int_equal(p.opt_layout, (uint16_t)(hash ^ hash >> 16));
	f[57] = 9; /* not the length of a time stamp */
	p = decode(f, sizeof(f), sizeof(f), 1, CM_DECODED_PACKET);
	assert_int_equal(p.opts & CM_OPT_BROKEN, CM_OPT_BROKEN);
	assert_int_equal(p.tsval, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tcp_segment_has_all_its_fields),
		cmocka_unit_test(the_payload_is_as_long_as_the_header_says),
		cmocka_unit_test(a_correct_checksum_is_good_and_a_wrong_one_bad),
		cmocka_unit_test(the_sum_is_that_of_rfc_1071),
		cmocka_unit_test(an_offloaded_segment_is_as_long_as_the_wire_says),
		cmocka_unit_test(what_is_no_datagram_is_called_so),
		cmocka_unit_test(an_icmp_error_quotes_and_is_no_segment),
		cmocka_unit_test(broken_options_are_marked_and_harmless),
		cmocka_unit_test(a_time_stamp_alone_is_read_as_any_option_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
