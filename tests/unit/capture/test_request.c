/* The heads of requests in packets, and names in URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/request.h"

#define HEAD "GET /a/b?c=1 HTTP/1.1\r\nHost: V.example:8080\r\nUser-Agent: some thing/1.0\r\n" \
	     "referer:http://a.example/page\r\nCookie: k=v\r\n\r\n"

static struct cm_packet
packet(const char *text, size_t len)
{
	struct cm_packet p = { .id = 7, .t_ns = 11, .proto = 6, .sport = 40000, .dport = 80 };

	p.src.net = p.dst.net = 4;
	p.src.addr[3] = 1;
	p.dst.addr[3] = 2;
	p.payload = cm_span_of(text, len);
	return p;
}

static bool
reads(const char *text, struct cm_request *r)
{
	struct cm_packet p = packet(text, strlen(text));

	return cm_request_of_packet(&p, r);
}

static void
assert_text(struct cm_span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.ptr, text, s.len);
}

static void
a_whole_head_gives_all_of_it(void **state)
{
	struct cm_request r;

	(void)state;
	assert_true(reads(HEAD, &r));
	assert_text(r.method, "GET");
	assert_text(r.target, "/a/b?c=1");
	assert_text(r.host, "V.example");
	assert_text(r.agent, "some thing/1.0");
	assert_text(r.referer, "http://a.example/page");
	assert_true(r.has_cookie && r.cookie_known && r.referer_known);
	assert_int_equal(r.id, 7);
	assert_int_equal(r.client_port, 40000);
	assert_int_equal(r.server.addr[3], 2);
	assert_true(r.took_ns < 0 && r.status == 0);
}

static void
a_head_cut_anywhere_never_gives_half_a_field(void **state)
{
	struct cm_request r;
	struct cm_packet p;

	(void)state;
	for (size_t n = 0; n < sizeof(HEAD) - 1; n++) {
		p = packet(HEAD, n);
		if (!cm_request_of_packet(&p, &r)) {
			assert_true(n < 6);
			continue;
		}
		assert_true(n >= 5);
		assert_true(r.agent.ptr == NULL || r.agent.len == strlen("some thing/1.0"));
		assert_true(r.host.ptr == NULL || r.host.len == strlen("V.example"));
		assert_false(r.referer_known);
	}
}

static void
what_is_no_request_is_none(void **state)
{
	static const char *const none[] = { "", "GET", "GET ", "GET  HTTP/1.1\r\n", "GETX / HTTP/1.1\r\n", "GET / FTP/1.1\r\n",
		"GET / HTTP/2.0\r\n", "POSTAL / HTTP/1.1\r\n", "\x16\x03\x01\x02\x00\x01\x00", "HTTP/1.1 200 OK\r\n", "get / HTTP/1.1\r\n",
		"OPTIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "GET /\x01 HTTP/1.1\r\n" };
	struct cm_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(reads(none[i], &r));
}

static void
an_absolute_target_names_the_host_whatever_the_host_line_says(void **state)
{
	struct cm_request r;

	(void)state;
	assert_true(reads("GET http://v.example:81/x?y HTTP/1.1\r\nHost: other.example\r\n\r\n", &r));
	assert_text(r.host, "v.example");
	assert_text(r.target, "/x?y");
	assert_true(reads("CONNECT v.example:443 HTTP/1.1\r\n\r\n", &r));
	assert_text(r.host, "v.example");
	assert_text(r.target, "v.example:443");
}

static void
without_a_cookie_line_a_whole_head_says_so(void **state)
{
	struct cm_request r;

	(void)state;
	assert_true(reads("GET / HTTP/1.0\r\n\r\n", &r));
	assert_true(r.cookie_known && !r.has_cookie);
	assert_null(r.host.ptr);
	assert_true(reads("GET / HTTP/1.0\r\nAccept: x", &r));
	assert_false(r.cookie_known);
}

static void
packets_that_only_quote_are_no_requests(void **state)
{
	struct cm_packet p = packet(HEAD, sizeof(HEAD) - 1);
	struct cm_request r;

	(void)state;
	p.quoted = true;
	assert_false(cm_request_of_packet(&p, &r));
	p.quoted = false;
	p.proto = 17;
	assert_false(cm_request_of_packet(&p, &r));
}

static void
a_megabyte_without_an_end_is_looked_at_no_further_than_the_bound(void **state)
{
	static char big[1 << 20];
	struct cm_packet p = packet(big, sizeof(big));
	struct cm_request r;

	(void)state;
	memset(big, 'a', sizeof(big));
	memcpy(big, "GET /", 5);
	assert_true(cm_request_of_packet(&p, &r));
	assert_int_equal(r.target.len, CM_REQUEST_HEAD_MAX - 4);
}

static void
an_answer_tells_its_status(void **state)
{
	(void)state;
	assert_int_equal(cm_answer_status(cm_span_str("HTTP/1.1 503 Service Unavailable\r\n")), 503);
	assert_int_equal(cm_answer_status(cm_span_str("HTTP/1.0 200\r\n")), 200);
	assert_int_equal(cm_answer_status(cm_span_str("HTTP/1.1 20")), 0);
	assert_int_equal(cm_answer_status(cm_span_str("HTTP/1.1 999 x")), 0);
	assert_int_equal(cm_answer_status(cm_span_str("HTTP/2 200 OK ")), 0);
}

static void
the_name_in_a_url_is_found(void **state)
{
	static const char *const of[][2] = { { "http://a.example/x", "a.example" }, { "https://u:p@a.example:81/x@y", "a.example" },
		{ "a.example:80", "a.example" }, { "http://[2001:db8::1]:80/", "2001:db8::1" }, { "[2001:db8::1", "2001:db8::1" },
		{ "http://a.example?q=http://b.example/", "a.example" }, { "/x", "" }, { "", "" }, { "http://", "" }, { "-", "-" },
		{ "http:///x", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		assert_text(cm_url_host(cm_span_str(of[i][0])), of[i][1]);
}

static void
a_line_of_a_log_is_split_whatever_its_version(void **state)
{
	struct cm_request r = { 0 };

	(void)state;
	assert_true(cm_request_of_line(cm_span_str("GET /x HTTP/2.0"), &r));
	assert_text(r.target, "/x");
	assert_true(cm_request_of_line(cm_span_str("M-SEARCH * HTTP/1.1"), &r));
	assert_text(r.method, "M-SEARCH");
	assert_true(cm_request_of_line(cm_span_str("GET /y"), &r));
	assert_text(r.target, "/y");
	assert_false(cm_request_of_line(cm_span_str("-"), &r));
	assert_false(cm_request_of_line(cm_span_str("\x16\x03\x01"), &r));
	assert_text(r.target, "/y");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_head_gives_all_of_it),
		cmocka_unit_test(a_head_cut_anywhere_never_gives_half_a_field),
		cmocka_unit_test(what_is_no_request_is_none),
		cmocka_unit_test(an_absolute_target_names_the_host_whatever_the_host_line_says),
		cmocka_unit_test(without_a_cookie_line_a_whole_head_says_so),
		cmocka_unit_test(packets_that_only_quote_are_no_requests),
		cmocka_unit_test(a_megabyte_without_an_end_is_looked_at_no_further_than_the_bound),
		cmocka_unit_test(an_answer_tells_its_status),
		cmocka_unit_test(the_name_in_a_url_is_found),
		cmocka_unit_test(a_line_of_a_log_is_split_whatever_its_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
