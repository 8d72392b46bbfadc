#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/layers.h"
#include "make.h"

/* An IPv4 UDP datagram of 3 bytes, and the same in IPv6. */
static const uint8_t ip4[] = { 0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 9, 9, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53,
	0, 54, 0, 11, 8, 8, 'a', 'b', 'c' };
static const uint8_t ip6[] = { 0x60, 0, 0, 0, 0, 11, 17, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 53, 0, 54, 0, 11, 8, 8, 'a', 'b', 'c' };

static struct cm_layers
walk(const struct cm_buf *b, uint16_t linktype)
{
	struct cm_layers l;

	assert_true(cm_buf_ok(b));
	cm_layers_walk(cm_buf_span(b), linktype, &l);
	return l;
}

/* ${prefix} in front of ${ip} is understood as link layer, and so the three bytes found. */
static void
check_link(uint16_t linktype, const char *prefix, size_t len, bool six)
{
	struct cm_buf b = { 0 };
	struct cm_layers l;

	cm_buf_add(&b, prefix, len);
	if (six)
		cm_buf_add(&b, ip6, sizeof(ip6));
	else
		cm_buf_add(&b, ip4, sizeof(ip4));
	cm_buf_add(&b, "FCS!", 4);
	l = walk(&b, linktype);
	assert_int_equal(l.net, six ? 6 : 4);
	assert_int_equal(l.net_at, len);
	assert_true(l.transport);
	assert_int_equal(l.payload_end - l.payload_at, 3);
	assert_memory_equal(b.ptr + l.payload_at, "abc", 3);
	assert_int_equal(l.datagram_end, b.len - 4);
	cm_buf_release(&b);
}

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

static void
every_link_layer_leads_to_the_datagram(void **state)
{
	(void)state;
	check_link(1, MACS "\x08\0", 14, false);
	check_link(1, MACS "\x86\xdd", 14, true);
	check_link(1, MACS "\x81\0\0\1\x08\0", 18, false);
	check_link(1, MACS "\x88\xa8\0\1\x81\0\0\2\x81\0\0\3\x86\xdd", 26, true);
	check_link(1, MACS "\x88\x47\0\1\0\x40\0\1\1\x40", 22, false);
	check_link(1, MACS "\x81\0\0\1\x88\x48\0\1\1\x40", 22, true);
	check_link(1, MACS "\x88\x64\x11\0\0\1\0\x21\0\x21", 22, false);
	check_link(1, MACS "\x88\x64\x11\0\0\1\0\x35\0\x57", 22, true);
	check_link(113, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0", 16, false);
	check_link(276, "\x86\xdd\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0", 20, true);
	check_link(0, "\2\0\0\0", 4, false);
	check_link(0, "\0\0\0\2", 4, false);
	check_link(0, "\x1e\0\0\0", 4, true);
	check_link(0, "\0\0\0\x18", 4, true);
	check_link(108, "\0\0\0\x1c", 4, true);
	check_link(101, "", 0, false);
	check_link(12, "", 0, true);
	check_link(14, "", 0, false);
	check_link(228, "", 0, false);
	check_link(229, "", 0, true);
}

static void
check_payload_from(uint16_t linktype, const void *bytes, size_t len, uint32_t at)
{
	struct cm_buf b = { 0 };
	struct cm_layers l;

	cm_buf_add(&b, bytes, len);
	l = walk(&b, linktype);
	assert_false(l.transport);
	assert_int_equal(l.payload_at, at);
	cm_buf_release(&b);
}

static void
a_header_cut_short_or_senseless_is_payload(void **state)
{
	uint8_t bad[sizeof(ip4)];

	(void)state;
	check_payload_from(1, MACS "\x08", 13, 0);
	check_payload_from(1, MACS "\x81\0\0\1\x08", 17, 14);
	check_payload_from(1, MACS "\x88\x47\0\1\0\x40\0\1\1", 21, 18);
	check_payload_from(1, MACS "\x88\x64\x11\x09\0\1\0\x21\0\x21", 22, 14);
	check_payload_from(1, MACS "\x08\x06zzzz", 18, 14);
	check_payload_from(108, "\2\0\0\0zzzz", 8, 4);
	check_payload_from(147, "anything", 8, 0);
	check_payload_from(228, ip4, 19, 0);
	check_payload_from(228, ip4, 27, 20);
	check_payload_from(229, ip6, 39, 0);
	check_payload_from(229, ip4, sizeof(ip4), 0);
	memcpy(bad, ip4, sizeof(bad));
	bad[0] = 0x44; /* header length 16 */
	check_payload_from(228, bad, sizeof(bad), 0);
	bad[0] = 0x45;
	bad[3] = 19; /* total length below the header's */
	check_payload_from(228, bad, sizeof(bad), 0);
	bad[3] = 27; /* no room for UDP in the datagram */
	check_payload_from(228, bad, sizeof(bad), 20);
	bad[3] = 31;
	bad[7] = 1; /* a later fragment */
	check_payload_from(228, bad, sizeof(bad), 20);
}

struct masked {
	uint32_t at[16], len[16];
	size_t n;
};

static void
collect(void *arg, uint32_t at, uint32_t len)
{
	struct masked *m = arg;

	assert_true(m->n < 16);
	m->at[m->n] = at;
	m->len[m->n++] = len;
}

static void
check_mask(const struct masked *m, const uint32_t (*want)[2], size_t n)
{
	assert_int_equal(m->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(m->at[i], want[i][0]);
		assert_int_equal(m->len[i], want[i][1]);
	}
}

static void
mask_is_what_identifies_and_what_hides(void **state)
{
	/* link addresses, IPv4 checksum, TCP checksum, option 30's value, behind the end byte */
	static const uint32_t want4[][2] = { { 0, 12 }, { 24, 2 }, { 50, 2 }, { 74, 2 }, { 77, 1 } };
	/* link addresses, destination options, UDP checksum */
	static const uint32_t want6[][2] = { { 0, 12 }, { 60, 6 }, { 80, 2 } };
	struct cm_span four = cm_span_of(frame_tcp, sizeof(frame_tcp));
	struct cm_span six = cm_span_of(frame_ipv6, sizeof(frame_ipv6));
	struct masked m = { .n = 0 };
	struct cm_layers l;

	(void)state;
	cm_layers_walk(four, 1, &l);
	cm_layers_mask(four, &l, collect, &m);
	check_mask(&m, want4, 5);
	m.n = 0;
	cm_layers_walk(six, 1, &l);
	assert_true(l.fragment && l.frag_more && !l.frag_later);
	assert_int_equal(l.frag_id, 77);
	assert_int_equal(l.frag_at, 74);
	cm_layers_mask(six, &l, collect, &m);
	check_mask(&m, want6, 3);
}

static void
an_option_that_does_not_parse_hides_what_follows_its_kind(void **state)
{
	static const uint8_t tails[][4] = { { 30, 0, 7, 7 }, { 8, 10, 7, 7 }, { 1, 1, 1, 30 }, { 0, 7, 7, 7 } };
	static const uint32_t want[][2] = { { 41, 3 }, { 41, 3 }, { 0, 0 }, { 41, 3 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint8_t p[44] = { 0x45, 0, 0, 44, 0, 0, 0, 0, 64, 6 };
		struct masked m = { .n = 0 };
		struct cm_layers l;

		p[32] = 6 << 4;
		memcpy(p + 40, tails[i], 4);
		cm_layers_walk(cm_span_of(p, 44), 228, &l);
		cm_layers_mask(cm_span_of(p, 44), &l, collect, &m);
		assert_int_equal(m.n, want[i][1] == 0 ? 2 : 3);
		if (m.n == 3) {
			assert_int_equal(m.at[2], want[i][0]);
			assert_int_equal(m.len[2], want[i][1]);
		}
	}
}

static void
a_length_of_zero_reaches_to_the_end_of_what_was_captured(void **state)
{
	uint8_t p[sizeof(ip4) + 9] = { 0 };
	struct cm_layers l;

	(void)state;
	memcpy(p, ip4, sizeof(ip4));
	p[3] = 0;
	cm_layers_walk(cm_span_of(p, sizeof(p)), 228, &l);
	assert_false(l.length_known);
	assert_int_equal(l.payload_end, sizeof(p));
	assert_int_equal(l.payload_at, 28);
}

static void
thousands_of_extension_headers_are_walked(void **state)
{
	size_t n = 8000, len = 40 + n * 8 + 8;
	uint8_t *p = calloc(1, len);
	struct cm_layers l;

	(void)state;
	assert_non_null(p);
	p[0] = 0x60;
	p[6] = 60;
	for (size_t i = 0; i < n; i++)
		p[40 + i * 8] = i == n - 1 ? 17 : 60;
	cm_layers_walk(cm_span_of(p, len), 229, &l);
	assert_true(l.transport);
	assert_int_equal(l.proto, 17);
	assert_int_equal(l.payload_at, len);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_layer_leads_to_the_datagram),
		cmocka_unit_test(a_header_cut_short_or_senseless_is_payload),
		cmocka_unit_test(mask_is_what_identifies_and_what_hides),
		cmocka_unit_test(an_option_that_does_not_parse_hides_what_follows_its_kind),
		cmocka_unit_test(a_length_of_zero_reaches_to_the_end_of_what_was_captured),
		cmocka_unit_test(thousands_of_extension_headers_are_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
