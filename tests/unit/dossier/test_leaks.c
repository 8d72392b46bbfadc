#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/leaks.h"

static const uint8_t v4[] = { 203, 0, 113, 80 };
static const uint8_t v6[] = { 0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd };

/* The form in which the one place was found; NULL: none, or several. */
static const char *
found(const void *text, size_t len, uint64_t offset)
{
	struct cm_leaks l = { 0 };
	const char *form = NULL;

	assert_int_equal(cm_leaks_hide(&l, cm_span_of(v4, 4)), CM_OK);
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(v6, 16)), CM_OK);
	assert_int_equal(cm_leaks_search(&l, cm_span_of(text, len), (struct cm_leak) { .row = 7, .column = "payload" }),
	    CM_OK);
	if (l.n == 1 && l.list[0].offset == offset && l.list[0].row == 7)
		form = l.list[0].form;
	cm_leaks_release(&l);
	return form;
}

static void
every_spelling_of_a_hidden_address_is_found(void **state)
{
	static const struct {
		const char *text, *form;
		uint64_t offset;
	} places[] = {
		{ "Host: 203.0.113.80\r\n", "dotted", 6 },
		{ "x203.000.113.080:80", "dotted", 1 },
		{ "80.113.0.203.in-addr.arpa", "reversed", 0 },
		{ "h203-0-113-80.example.net", "dotted", 1 },
		{ "id=cb007150;", "hexadecimal", 3 },
		{ "id=CB007150;", "hexadecimal", 3 },
		{ "id=507100CB;", "hexadecimal", 3 },
		{ "[2001:db8:1::abcd]:80", "text", 1 },
		{ "[2001:0DB8:0001:0:0:0:0:ABCD]", "text", 1 },
		{ "20010db800010000000000000000abcd", "hexadecimal", 0 },
		{ "d.c.b.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "reversed", 0 },
		{ "::ffff:203.0.113.80", "dotted", 7 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *form = found(places[i].text, strlen(places[i].text), places[i].offset);

		if (form == NULL || strcmp(form, places[i].form) != 0)
			fail_msg("%s: %s", places[i].text, form != NULL ? form : "not found, or twice");
	}
}

static void
binary_addresses_are_found_in_both_orders(void **state)
{
	static const uint8_t icmp[] = { 0x45, 0, 0, 0x1c, 203, 0, 113, 80, 9 };
	static const uint8_t swapped[] = { 1, 80, 113, 0, 203 };
	uint8_t tunnel[20] = { 0x60 };

	(void)state;
	memcpy(tunnel + 3, v6, 16);
	assert_string_equal(found(icmp, sizeof(icmp), 4), "binary");
	assert_string_equal(found(swapped, sizeof(swapped), 1), "swapped");
	assert_string_equal(found(tunnel, sizeof(tunnel), 3), "binary");
}

static void
other_addresses_are_not_reported(void **state)
{
	static const char *const harmless[] = { "203.0.113.8", "203.0.113.801", "1203.0.113.80.", "203.0.113",
		"2001:db8:1::abce", "GET / HTTP/1.1", "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		assert_null(found(harmless[i], strlen(harmless[i]), 0));
}

static void
addresses_that_name_nobody_are_not_looked_for(void **state)
{
	static const uint8_t zero[16], all[4] = { 255, 255, 255, 255 };
	struct cm_leaks l = { 0 };

	(void)state;
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(zero, 4)), CM_OK);
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(zero, 16)), CM_OK);
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(all, 4)), CM_OK);
	assert_int_equal(l.n_host, 0);
	assert_int_equal(cm_leaks_search(&l, cm_span_of(zero, 16), (struct cm_leak) { 0 }), CM_OK);
	assert_int_equal(l.n, 0);
	cm_leaks_release(&l);
}

/* A flood has thousands of addresses: some number in a header is like one of them. */
static void
in_headers_only_the_packets_own_addresses_are_looked_for(void **state)
{
	static const uint8_t other[] = { 198, 51, 100, 7 }, seq[] = { 1, 198, 51, 100, 7, 80, 113, 0, 203, 9 };
	const struct cm_span header = cm_span_of(seq, sizeof(seq));
	struct cm_leaks l = { 0 };

	(void)state;
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(v4, 4)), CM_OK);
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(other, 4)), CM_OK);
	assert_int_equal(cm_leaks_search_headers(&l, header, cm_span_of(v6, 16), cm_span_of(NULL, 0), (struct cm_leak) { 0 }),
	    CM_OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(cm_leaks_search_headers(&l, header, cm_span_of(v6, 16), cm_span_of(v4, 4), (struct cm_leak) { 0 }),
	    CM_OK);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.list[0].form, "swapped");
	assert_int_equal(cm_leaks_search_headers(&l, header, cm_span_of(other, 4), cm_span_of(v4, 4), (struct cm_leak) { 0 }),
	    CM_OK);
	assert_int_equal(l.n, 3);
	/* but who is not hidden may stand anywhere */
	cm_leaks_release(&l);
	assert_int_equal(cm_leaks_hide(&l, cm_span_of(v4, 4)), CM_OK);
	assert_int_equal(cm_leaks_search_headers(&l, header, cm_span_of(other, 4), cm_span_of(other, 4), (struct cm_leak) { 0 }),
	    CM_OK);
	assert_int_equal(l.n, 0);
	cm_leaks_release(&l);
}

/* How often addresses of two prefixes stand in it. */
static uint64_t
of_prefixes(const void *text, size_t len)
{
	static const struct cm_leak_prefix four = { { 198, 51, 100, 128 }, 4, 25 };
	static const struct cm_leak_prefix six = { { 0x20, 1, 0xd, 0xb8, 0xab }, 16, 40 };
	struct cm_leaks l = { 0 };
	uint64_t n;

	assert_int_equal(cm_leaks_hide_prefix(&l, four), CM_OK);
	assert_int_equal(cm_leaks_hide_prefix(&l, six), CM_OK);
	assert_int_equal(cm_leaks_search(&l, cm_span_of(text, len), (struct cm_leak) { 0 }), CM_OK);
	n = l.n;
	cm_leaks_release(&l);
	return n;
}

static void
every_address_of_a_prefix_is_found(void **state)
{
	static const uint8_t binary[] = { 9, 9, 198, 51, 100, 200, 9 }, swapped[] = { 9, 200, 100, 51, 198, 9 };

	(void)state;
	assert_int_equal(of_prefixes("Host: 198.51.100.129", 20), 1);
	assert_int_equal(of_prefixes("Host: 198.51.100.127", 20), 0);
	assert_int_equal(of_prefixes("129.100.51.198.in-addr.arpa", 27), 1);
	assert_int_equal(of_prefixes("[2001:db8:abff::1]", 18), 1);
	assert_int_equal(of_prefixes("[2001:db8:acff::1]", 18), 0);
	assert_int_equal(of_prefixes(binary, sizeof(binary)), 1);
	assert_int_equal(of_prefixes(swapped, sizeof(swapped)), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_of_a_prefix_is_found),
		cmocka_unit_test(every_spelling_of_a_hidden_address_is_found),
		cmocka_unit_test(binary_addresses_are_found_in_both_orders),
		cmocka_unit_test(other_addresses_are_not_reported),
		cmocka_unit_test(addresses_that_name_nobody_are_not_looked_for),
		cmocka_unit_test(in_headers_only_the_packets_own_addresses_are_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
