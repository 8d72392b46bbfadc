/* What stands on a warning list is found on it, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "warning/warning.h"

static struct cm_warnings *
of_lists(const char *const *json, size_t n)
{
	struct cm_warnings *w = cm_warnings_new();
	struct cm_err err = { 0 };

	assert_non_null(w);
	for (size_t i = 0; i < n; i++)
		if (cm_warnings_add(w, cm_span_str(json[i]), &err) != CM_OK)
			fail_msg("%s", err.text);
	cm_warnings_end(w);
	return w;
}

/* "entry entry ...", in the order in which they are found. */
static const char *
found(const struct cm_warnings *w, enum cm_warning_kind kind, const char *value)
{
	static char text[400];
	struct cm_warning_match m[8];
	uint8_t addr[16];
	size_t len = 0, n, at = 0;

	if (kind == CM_WARNING_ADDRESS) {
		assert_true(cm_warning_address(cm_span_str(value), addr, &len));
		n = cm_warning_check_address(w, cm_span_of(addr, len), m, 8);
	} else {
		n = kind == CM_WARNING_HOST ? cm_warning_check_host(w, cm_span_str(value), m, 8) :
					      cm_warning_check_hash(w, cm_span_str(value), m, 8);
	}
	text[0] = '\0';
	for (size_t i = 0; i < n && i < 8; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i > 0 ? " " : "", m[i].entry);
	return text;
}

static void
an_address_is_found_in_every_prefix_that_has_it(void **state)
{
	static const char *const json[] = { "{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\",\"10.1.0.0/16\",\"10.1.2.3\","
					    "\"192.168.77.1/17\",\"2001:DB8::/32\",\"2001:db8::1\",\"128.0.0.0/1\"]}" };
	static const char *const ways[][2] = { { "10.1.2.3", "10.1.2.3 10.1.0.0/16 10.0.0.0/8" }, { "10.1.2.4", "10.1.0.0/16 10.0.0.0/8" },
		{ "10.2.0.0", "10.0.0.0/8" }, { "10.255.255.255", "10.0.0.0/8" }, { "11.0.0.0", "" }, { "9.255.255.255", "" },
		{ "192.168.0.0", "192.168.77.1/17 128.0.0.0/1" }, { "192.168.127.255", "192.168.77.1/17 128.0.0.0/1" },
		{ "192.168.128.0", "128.0.0.0/1" }, { "127.255.255.255", "" }, { "2001:db8::1", "2001:db8::1 2001:DB8::/32" },
		{ "2001:db8:ffff::", "2001:DB8::/32" }, { "2001:db9::", "" }, { "::ffff:10.2.0.0", "10.0.0.0/8" }, { "::", "" } };
	struct cm_warnings *w = of_lists(json, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_string_equal(found(w, CM_WARNING_ADDRESS, ways[i][0]), ways[i][1]);
	/* as bytes of a packet, too */
	assert_int_equal(cm_warning_check_address(w, cm_span_of("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x02\0\0", 16), NULL, 0), 1);
	assert_int_equal(cm_warning_check_address(w, cm_span_of("\x0a\x02\0", 3), NULL, 0), 0);
	cm_warnings_free(w);
}

static void
names_match_by_the_type_of_their_list(void **state)
{
	static const char *const json[] = {
		"{\"name\":\"h\",\"type\":\"hostname\",\"list\":[\"Example.COM\",\"com.invalid\"]}",
		"{\"name\":\"s\",\"type\":\"string\",\"list\":[\"example.com\",\".below.org\",\"tail.net.\"]}",
		"{\"name\":\"p\",\"type\":\"substring\",\"list\":[\"Sandbox\"]}",
	};
	static const char *const ways[][2] = { { "example.com", "Example.COM example.com" }, { "EXAMPLE.com.", "Example.COM example.com" },
		{ "a.b.example.com", "Example.COM" }, { "notexample.com", "" }, { "com", "" }, { "below.org", ".below.org" },
		{ "x.below.org", ".below.org" }, { "xbelow.org", "" }, { "tail.net", "tail.net." }, { "x.tail.net", "" },
		{ "my-sandbox-7.org", "Sandbox" }, { "", "" }, { ".", "" }, { "..", "" }, { ".example.com", "Example.COM" } };
	struct cm_warnings *w = of_lists(json, 3);

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_string_equal(found(w, CM_WARNING_HOST, ways[i][0]), ways[i][1]);
	cm_warnings_free(w);
}

static void
a_list_is_only_asked_for_what_it_is_for(void **state)
{
	static const char *const json[] = {
		"{\"name\":\"h\",\"type\":\"string\",\"matching_attributes\":[\"sha256\",\"filename|md5\"],\"list\":[\"AbC\",\"192.0.2.1\"]}",
		"{\"name\":\"n\",\"type\":\"string\",\"matching_attributes\":[\"domain\"],\"list\":[\"abc\",\"192.0.2.1\"]}",
		"{\"name\":\"u\",\"type\":\"string\",\"matching_attributes\":[\"url\"],\"list\":[\"abc\",\"192.0.2.1\"]}",
		"{\"name\":\"i\",\"type\":\"string\",\"matching_attributes\":[\"ip-src\"],\"list\":[\"abc\",\"192.0.2.1\"]}",
	};
	struct cm_warning_match m[4];
	struct cm_warnings *w = of_lists(json, 4);

	(void)state;
	assert_int_equal(cm_warnings_at(w, 0)->kinds, CM_WARNING_HASH);
	assert_int_equal(cm_warnings_at(w, 1)->kinds, CM_WARNING_HOST);
	assert_int_equal(cm_warnings_at(w, 2)->kinds, 0);
	assert_int_equal(cm_warnings_at(w, 3)->kinds, CM_WARNING_ADDRESS);
	assert_int_equal(cm_warning_check_hash(w, cm_span_str("ABC"), m, 4), 1);
	assert_string_equal(m[0].list->name, "h");
	assert_int_equal(cm_warning_check_host(w, cm_span_str("ABC"), m, 4), 1);
	assert_string_equal(m[0].list->name, "n");
	assert_int_equal(cm_warning_check_address(w, cm_span_of("\xc0\x00\x02\x01", 4), m, 4), 1);
	assert_string_equal(m[0].list->name, "i");
	cm_warnings_free(w);
}

static void
what_can_not_be_used_is_counted(void **state)
{
	static const char *const json[] = {
		"{\"name\":\"c\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\",\"0.0.0.0/0\",\"10.0.0.0/33\",\"10.0.0.0/\",\"10.0.0.0/x\",\"10.0.0/8\","
		"\"\",\"::/129\",\"01.2.3.4\",\"1.2.3.4/0032\",\"::1/128\"]}",
		"{\"name\":\"r\",\"type\":\"regex\",\"list\":[\"/(a+)+$/\",\"/x/\"]}",
		"{\"name\":\"s\",\"type\":\"substring\",\"list\":[\"\",\".\",\"x\"]}",
	};
	struct cm_warnings *w = of_lists(json, 3);

	(void)state;
	assert_int_equal(cm_warnings_n(w), 3);
	assert_int_equal(cm_warnings_at(w, 0)->entries, 2);
	assert_int_equal(cm_warnings_at(w, 0)->ignored, 9);
	assert_int_equal(cm_warnings_at(w, 1)->entries, 0);
	assert_int_equal(cm_warnings_at(w, 1)->ignored, 2);
	assert_string_equal(cm_warnings_at(w, 1)->why_ignored, "regex not supported");
	assert_int_equal(cm_warnings_at(w, 2)->entries, 1);
	assert_int_equal(cm_warnings_at(w, 2)->ignored, 2);
	cm_warnings_free(w);
}

static void
what_is_no_list_is_refused_and_leaves_nothing(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"name\":\"\",\"type\":\"cidr\",\"list\":[]}", "{\"name\":\"a\",\"type\":\"cidr\"}",
		"{\"name\":\"a\",\"list\":[]}", "{\"name\":\"a\",\"type\":\"glob\",\"list\":[\"10.0.0.0/8\"]}",
		"{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\",7]}", "{\"name\":\"a\",\"type\":\"cidr\",\"list\":\"10.0.0.0/8\"}",
		"{\"name\":7,\"type\":\"cidr\",\"list\":[]}", "{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\"],\"blunder\":1}",
		"{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\"],\"matching_attributes\":[1]}",
		"{\"name\":\"a\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\"]} x", "{\"name\":\"a\",\"name\":\"b\",\"type\":\"cidr\",\"list\":[]}" };
	struct cm_warnings *w = cm_warnings_new();

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cm_err err = { 0 };

		if (cm_warnings_add(w, cm_span_str(bad[i]), &err) == CM_OK)
			fail_msg("it is taken: %s", bad[i]);
		assert_true(err.text[0] != '\0');
		assert_int_equal(cm_warnings_n(w), 0);
	}
	cm_warnings_end(w);
	assert_string_equal(found(w, CM_WARNING_ADDRESS, "10.0.0.1"), "");
	assert_int_equal(cm_warnings_add(w, cm_span_str("{\"name\":\"a\",\"type\":\"cidr\",\"list\":[]}"), NULL), CM_E_USAGE);
	cm_warnings_free(w);
}

static void
a_value_has_one_kind(void **state)
{
	static const struct {
		const char *text;
		enum cm_warning_kind kind;
		size_t len;
	} ways[] = { { "10.0.0.1", CM_WARNING_ADDRESS, 4 }, { "::1", CM_WARNING_ADDRESS, 16 }, { "::ffff:1.2.3.4", CM_WARNING_ADDRESS, 4 },
		{ "d41d8cd98f00b204e9800998ecf8427e", CM_WARNING_HASH, 0 }, { "D41D8CD98F00B204E9800998ECF8427E", CM_WARNING_HASH, 0 },
		{ "d41d8cd98f00b204e9800998ecf8427", CM_WARNING_HOST, 0 }, { "g41d8cd98f00b204e9800998ecf8427e", CM_WARNING_HOST, 0 },
		{ "example.com", CM_WARNING_HOST, 0 }, { "10.0.0", CM_WARNING_HOST, 0 }, { "10.0.0.1/8", CM_WARNING_HOST, 0 }, { "", CM_WARNING_HOST, 0 } };
	uint8_t addr[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(cm_warning_kind_of(cm_span_str(ways[i].text), addr, &len), ways[i].kind);
		if (ways[i].kind == CM_WARNING_ADDRESS)
			assert_int_equal(len, ways[i].len);
	}
	assert_int_equal(cm_warning_kind_of(cm_span_of("10.0.0.1\0", 9), addr, &len), CM_WARNING_HOST);
}

/* What RFC says it, and what lies just outside. */
static void
the_lists_that_are_built_in_say_what_the_rfcs_say(void **state)
{
	static const char *const ways[][2] = { { "10.0.0.1", "10.0.0.0/8" }, { "172.15.255.255", "" }, { "172.16.0.0", "172.16.0.0/12" },
		{ "172.31.255.255", "172.16.0.0/12" }, { "172.32.0.0", "" }, { "192.168.1.1", "192.168.0.0/16" }, { "192.169.0.0", "" },
		{ "fd00::1", "fc00::/7" }, { "100.64.0.1", "100.64.0.0/10" }, { "100.128.0.0", "" }, { "127.0.0.1", "127.0.0.0/8" },
		{ "169.254.1.1", "169.254.0.0/16" }, { "fe80::1", "fe80::/10" }, { "fec0::1", "" }, { "224.0.0.1", "224.0.0.0/4" },
		{ "239.255.255.255", "224.0.0.0/4" }, { "ff02::1", "ff00::/8" }, { "255.255.255.255", "255.255.255.255/32 240.0.0.0/4" },
		{ "192.0.2.1", "192.0.2.0/24" }, { "198.51.100.1", "198.51.100.0/24" }, { "203.0.113.1", "203.0.113.0/24" },
		{ "2001:db8::1", "2001:db8::/32" }, { "8.8.8.8", "8.8.8.8" }, { "8.8.8.9", "" }, { "::1", "::1/128" }, { "2001:db9::1", "" } };
	struct cm_warnings *w = cm_warnings_new();
	struct cm_err err = { 0 };

	(void)state;
	assert_non_null(w);
	if (cm_warnings_add_builtin(w, &err) != CM_OK)
		fail_msg("%s", err.text);
	cm_warnings_end(w);
	assert_int_equal(cm_warnings_n(w), 10);
	for (size_t i = 0; i < cm_warnings_n(w); i++) {
		assert_int_equal(cm_warnings_at(w, i)->ignored, 0);
		assert_non_null(cm_warnings_at(w, i)->blunder);
		assert_true(cm_warnings_at(w, i)->entries > 0);
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_string_equal(found(w, CM_WARNING_ADDRESS, ways[i][0]), ways[i][1]);
	assert_string_equal(found(w, CM_WARNING_HOST, "printer.local"), "local");
	assert_string_equal(found(w, CM_WARNING_HOST, "www.example.org"), "example.org");
	assert_string_equal(found(w, CM_WARNING_HOST, "1.0.17.172.in-addr.arpa"), "17.172.in-addr.arpa");
	assert_string_equal(found(w, CM_WARNING_HOST, "1.0.32.172.in-addr.arpa"), "");
	assert_string_equal(found(w, CM_WARNING_HASH, "D41D8CD98F00B204E9800998ECF8427E"), "d41d8cd98f00b204e9800998ecf8427e");
	cm_warnings_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_found_in_every_prefix_that_has_it),
		cmocka_unit_test(names_match_by_the_type_of_their_list),
		cmocka_unit_test(a_list_is_only_asked_for_what_it_is_for),
		cmocka_unit_test(what_can_not_be_used_is_counted),
		cmocka_unit_test(what_is_no_list_is_refused_and_leaves_nothing),
		cmocka_unit_test(a_value_has_one_kind),
		cmocka_unit_test(the_lists_that_are_built_in_say_what_the_rfcs_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
