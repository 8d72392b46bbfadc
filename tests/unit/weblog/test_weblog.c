/* Lines of web servers' logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/host.h"
#include "weblog/weblog.h"

#define COMMON "192.0.2.7 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a?b=1 HTTP/1.0\" 200 2326"
#define COMBINED COMMON " \"http://a.example/start\" \"Some thing/4.08 [en]\""
#define NOON INT64_C(971211336000000000) /* 10 October 2000, 20:55:36 UTC */
#define TLS "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"\\x16\\x03\\x01\\x02\\x00\" 400 150 \"-\" \"-\""

static struct cm_weblog *w;
static struct cm_request r;
static struct cm_err why;

static enum cm_result
read_as(enum cm_weblog_form form, const char *text, size_t len)
{
	cm_weblog_free(w);
	assert_int_equal(cm_weblog_new(form, &w), CM_OK);
	memset(&why, 0, sizeof(why));
	return cm_weblog_line(w, cm_span_of(text, len), &r, &why);
}

static void
reads(enum cm_weblog_form form, const char *text)
{
	if (read_as(form, text, strlen(text)) != CM_OK)
		fail_msg("%s at %u: %s", why.text, (unsigned)why.offset, text);
}

static void
refuses(enum cm_weblog_form form, const char *text)
{
	assert_int_equal(read_as(form, text, strlen(text)), CM_E_MALFORMED);
	assert_true(why.text[0] != 0);
}

static void
assert_text(struct cm_span s, const char *text)
{
	if (s.len != strlen(text) || memcmp(s.ptr, text, s.len) != 0)
		fail_msg("\"%.*s\", not \"%s\"", (int)s.len, (const char *)s.ptr, text);
}

static void
assert_client(const char *text)
{
	char got[CM_HOST_TEXT] = "";

	if (r.client.net != 0)
		cm_host_text(&r.client, got);
	assert_string_equal(got, text);
}

static void
a_common_line_gives_what_it_has(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMMON, COMMON "\n");
	assert_client("192.0.2.7");
	assert_text(r.method, "GET");
	assert_text(r.target, "/a?b=1");
	assert_int_equal(r.t_ns, NOON);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.answered, 2326);
	assert_null(r.referer.ptr);
	assert_null(r.host.ptr);
	assert_false(r.referer_known);
	assert_false(r.cookie_known);
	assert_true(r.took_ns < 0);
}

static void
a_combined_line_gives_referer_and_agent_too(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, COMBINED "\r\n");
	assert_text(r.referer, "http://a.example/start");
	assert_text(r.agent, "Some thing/4.08 [en]");
	assert_true(r.referer_known);
}

static void
what_stands_behind_is_duration_and_forwarded(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, COMBINED " 1500");
	assert_int_equal(r.took_ns, 1500000);
	reads(CM_WEBLOG_COMBINED, COMBINED " 0.123 0.100 .");
	assert_int_equal(r.took_ns, 123000000);
	reads(CM_WEBLOG_COMBINED, COMBINED " \"-\" rt=1.5");
	assert_int_equal(r.took_ns, 1500000000);
	reads(CM_WEBLOG_COMBINED, COMBINED " 7 \"router@docker\" \"http://10.0.0.5:80\" 12ms");
	assert_int_equal(r.took_ns, 12000000);
	reads(CM_WEBLOG_COMMON, COMMON " 250");
	assert_int_equal(r.took_ns, 250000);
}

static void
behind_an_own_proxy_the_client_is_the_last_one_forwarded(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, "10.1.2.3 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\" \"192.0.2.1, 198.51.100.4\"");
	assert_client("198.51.100.4");
	reads(CM_WEBLOG_COMBINED, COMBINED " \"198.51.100.4\"");
	assert_client("192.0.2.7");
	reads(CM_WEBLOG_COMBINED, "10.1.2.3 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\" \"unknown\"");
	assert_client("10.1.2.3");
}

static void
a_virtual_host_in_front_is_the_name_asked_for(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, "v.example:443 " COMBINED);
	assert_text(r.host, "v.example");
	assert_client("192.0.2.7");
	reads(CM_WEBLOG_COMBINED, "v.example some.host.example - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 - \"-\" \"-\"");
	assert_text(r.host, "v.example");
	assert_client("");
	assert_int_equal(r.answered, 0);
}

static void
a_host_name_for_a_client_is_no_client(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMMON, "some.host.example - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_client("");
	assert_null(r.host.ptr);
	assert_text(r.target, "/");
}

static void
addresses_of_six_are_read_and_mapped_ones_are_of_four(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMMON, "2001:db8::7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_client("2001:db8::7");
	reads(CM_WEBLOG_COMMON, "::ffff:192.0.2.9 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_client("192.0.2.9");
	reads(CM_WEBLOG_COMMON, "[2001:db8::8]:4711 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_client("2001:db8::8");
}

static void
users_with_spaces_and_brackets_do_not_hide_the_time(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMMON, "192.0.2.7 - a user [of us] [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_int_equal(r.t_ns, NOON);
	reads(CM_WEBLOG_COMMON, "192.0.2.7 -  [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
	assert_int_equal(r.t_ns, NOON);
}

static void
escapes_of_both_servers_are_undone(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /\\xC3\\xA4 HTTP/1.1\" 200 5 "
		"\"http://a.example/\\\"q\\\"\" \"a\\\\b\\tc\\x22d\\x2\"");
	assert_text(r.target, "/\xc3\xa4");
	assert_text(r.referer, "http://a.example/\"q\"");
	assert_text(r.agent, "a\\b\tc\"dx2");
}

static void
what_was_no_http_is_a_request_without_a_method(void **state)
{
	(void)state;
	reads(CM_WEBLOG_COMBINED, TLS);
	assert_int_equal(r.method.len, 0);
	assert_int_equal(r.target.len, 0);
	assert_int_equal(r.status, 400);
	reads(CM_WEBLOG_COMBINED, "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"-\" 408 - \"-\" \"-\"");
	assert_int_equal(r.method.len, 0);
	assert_int_equal(r.status, 408);
	reads(CM_WEBLOG_COMBINED, "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"\" 400 0 \"-\" \"-\"");
	assert_int_equal(r.method.len, 0);
}

static void
zones_and_leap_seconds_are_counted(void **state)
{
	int64_t utc;

	(void)state;
	reads(CM_WEBLOG_COMMON, "192.0.2.7 - - [10/Oct/2000:20:55:36 +0000] \"GET / HTTP/1.1\" 200 5");
	utc = r.t_ns;
	assert_int_equal(utc, NOON);
	reads(CM_WEBLOG_COMMON, "192.0.2.7 - - [11/Oct/2000:02:25:36 +0530] \"GET / HTTP/1.1\" 200 5");
	assert_int_equal(r.t_ns, utc);
	reads(CM_WEBLOG_COMMON, "192.0.2.7 - - [31/Dec/2016:23:59:60 +0000] \"GET / HTTP/1.1\" 200 5");
	assert_int_equal(r.t_ns, INT64_C(1483228799000000000));
	refuses(CM_WEBLOG_COMMON, "192.0.2.7 - - [31/Feb/2016:23:59:59 +0000] \"GET / HTTP/1.1\" 200 5");
	refuses(CM_WEBLOG_COMMON, "192.0.2.7 - - [31/dec/2016:23:59:59 +0000] \"GET / HTTP/1.1\" 200 5");
}

static void
a_combined_line_cut_anywhere_is_refused_or_is_common(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(COMBINED) - 1; n++) {
		enum cm_result rc = read_as(CM_WEBLOG_COMBINED, COMBINED, n);

		if (rc == CM_OK)
			assert_true(!r.referer_known && n >= sizeof(COMMON) - 4 && n <= sizeof(COMMON));
		else
			assert_int_equal(rc, CM_E_MALFORMED);
	}
}

static void
lines_of_a_megabyte_are_read_and_longer_ones_refused(void **state)
{
	static const char end[] = " HTTP/1.1\" 200 5 \"-\" \"-\"";
	static const char begin[] = "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /";
	char *big = malloc(CM_WEBLOG_LINE_MAX + 1);
	size_t len = CM_WEBLOG_LINE_MAX;

	(void)state;
	assert_non_null(big);
	memset(big, '\\', len + 1);
	memcpy(big, begin, sizeof(begin) - 1);
	memcpy(big + len - sizeof(end) + 1, end, sizeof(end) - 1);
	if ((len - (sizeof(begin) - 1) - (sizeof(end) - 1)) % 2 != 0)
		big[sizeof(begin) - 1] = 'x';
	assert_int_equal(read_as(CM_WEBLOG_COMBINED, big, len), CM_OK);
	assert_true(r.target.len > len / 2 - 100);
	assert_int_equal(read_as(CM_WEBLOG_COMBINED, big, len + 1), CM_E_MALFORMED);
	free(big);
}

static void
zeros_in_a_line_are_bytes_like_others(void **state)
{
	static const char line[] = "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /a\0b HTTP/1.1\" 200 5 \"-\" \"a\0b\"";

	(void)state;
	assert_int_equal(read_as(CM_WEBLOG_COMBINED, line, sizeof(line) - 1), CM_OK);
	assert_int_equal(r.agent.len, 3);
	assert_text(r.target, "/a");
}

static void
json_of_nginx(void **state)
{
	(void)state;
	reads(CM_WEBLOG_JSON, "{\"time_local\":\"10/Oct/2000:13:55:36 -0700\",\"remote_addr\":\"192.0.2.7\",\"request\":\"GET /a?b=1 HTTP/1.1\","
		"\"status\": \"503\",\"body_bytes_sent\":\"17\",\"http_referer\":\"\",\"http_user_agent\":\"a\\u0022b\\\\\",\"request_time\":\"0.250\","
		"\"host\":\"v.example\"}");
	assert_int_equal(r.t_ns, NOON);
	assert_client("192.0.2.7");
	assert_text(r.method, "GET");
	assert_text(r.target, "/a?b=1");
	assert_text(r.host, "v.example");
	assert_text(r.agent, "a\"b\\");
	assert_int_equal(r.status, 503);
	assert_int_equal(r.answered, 17);
	assert_int_equal(r.took_ns, 250000000);
	assert_true(r.referer_known && r.referer.ptr == NULL && !r.cookie_known);
	reads(CM_WEBLOG_JSON, "{\"msec\":971211336.25,\"time_iso8601\":\"2000-10-10T20:55:36+00:00\",\"remote_addr\":\"192.0.2.7\",\"request_method\":\"POST\","
		"\"uri\":\"/x\",\"args\":\"q=1\",\"status\":200,\"http_cookie\":\"a=b\"}");
	assert_int_equal(r.t_ns, NOON + 250000000);
	assert_text(r.target, "/x?q=1");
	assert_true(r.cookie_known && r.has_cookie);
}

static void
json_of_caddy(void **state)
{
	(void)state;
	reads(CM_WEBLOG_JSON, "{\"level\":\"info\",\"ts\":971211336.5,\"logger\":\"http.log.access\",\"msg\":\"handled request\",\"request\":{"
		"\"remote_ip\":\"10.0.0.1\",\"remote_port\":\"41342\",\"client_ip\":\"192.0.2.7\",\"proto\":\"HTTP/2.0\",\"method\":\"GET\",\"host\":"
		"\"v.example:443\",\"uri\":\"/x?1\",\"headers\":{\"User-Agent\":[\"curl/7.82.0\"],\"Accept\":[\"*/*\",\"[}\"],\"Referer\":[\"http://a.example/\"]},"
		"\"tls\":{\"resumed\":false,\"version\":772}},\"bytes_read\":0,\"user_id\":\"\",\"duration\":0.000929675,\"size\":10900,\"status\":200,"
		"\"resp_headers\":{\"Server\":[\"Caddy\"]}}");
	assert_int_equal(r.t_ns, NOON + 500000000);
	assert_client("192.0.2.7");
	assert_text(r.host, "v.example");
	assert_text(r.target, "/x?1");
	assert_text(r.agent, "curl/7.82.0");
	assert_text(r.referer, "http://a.example/");
	assert_int_equal(r.took_ns, 929675);
	assert_int_equal(r.answered, 10900);
	assert_int_equal(r.client_port, 41342);
	assert_true(r.cookie_known && !r.has_cookie);
}

static void
json_of_traefik_and_ecs(void **state)
{
	(void)state;
	reads(CM_WEBLOG_JSON, "{\"ClientAddr\":\"192.0.2.7:5000\",\"ClientHost\":\"192.0.2.7\",\"ClientPort\":\"5000\",\"DownstreamContentSize\":19,"
		"\"DownstreamStatus\":404,\"Duration\":85000,\"RequestHost\":\"v.example\",\"RequestMethod\":\"GET\",\"RequestPath\":\"/x\","
		"\"StartUTC\":\"2000-10-10T20:55:36.5Z\",\"level\":\"info\",\"time\":\"2000-10-10T21:00:00Z\"}");
	assert_int_equal(r.t_ns, NOON + 500000000);
	assert_int_equal(r.status, 404);
	assert_int_equal(r.took_ns, 85000);
	assert_text(r.target, "/x");
	assert_int_equal(r.client_port, 5000);
	reads(CM_WEBLOG_JSON, "{\"@timestamp\":\"2000-10-10T20:55:36Z\",\"source\":{\"ip\":\"2001:db8::7\"},\"http\":{\"request\":{\"method\":\"GET\"},"
		"\"response\":{\"status_code\":200}},\"url\":{\"path\":\"/p\",\"query\":\"z\"},\"user_agent.original\":\"x\",\"event.duration\":7}");
	assert_client("2001:db8::7");
	assert_text(r.target, "/p?z");
	assert_text(r.agent, "x");
	assert_int_equal(r.took_ns, 7);
	assert_int_equal(r.t_ns, NOON);
}

static void
times_of_any_unit_are_told_by_their_size(void **state)
{
	static const char *const times[] = { "971211336", "971211336000", "971211336000000", "\"971211336.0\"" };
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		snprintf(line, sizeof(line), "{\"ts\":%s,\"remote_addr\":\"192.0.2.7\",\"request\":\"GET / HTTP/1.1\"}", times[i]);
		reads(CM_WEBLOG_JSON, line);
		assert_int_equal(r.t_ns, NOON);
	}
	refuses(CM_WEBLOG_JSON, "{\"ts\":99999999999999999,\"remote_addr\":\"192.0.2.7\",\"request\":\"GET / HTTP/1.1\"}");
	reads(CM_WEBLOG_JSON, "{\"ts\":1426676400123456789,\"remote_addr\":\"192.0.2.7\",\"request\":\"GET / HTTP/1.1\"}");
	assert_int_equal(r.t_ns, INT64_C(1426676400123456780));
}

static void
json_escapes_are_undone(void **state)
{
	(void)state;
	reads(CM_WEBLOG_JSON, "{\"ts\":1,\"remote_addr\":\"192.0.2.7\",\"request\":\"\\u0016\\u0003\",\"http_user_agent\":"
		"\"\\u00e4\\u20ac\\ud83d\\ude00\\n\\/\",\"status\":400}");
	assert_text(r.agent, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n/");
	assert_int_equal(r.method.len, 0);
}

static void
other_json_is_refused(void **state)
{
	static const char *const other[] = { "{}", "{", "[]", "{\"a\":1}", "{\"level\":\"info\",\"ts\":1646861401.5,\"msg\":\"serving\"}",
		"{\"ts\":1,\"request\":\"GET / HTTP/1.1\"}", "{\"ts\":1,\"status\":200}", "{\"ts\":1,\"status\":200,\"request\":\"GET / HTTP/1.1\"} x",
		"{\"ts\":1,\"status\":200,\"request\":\"GET / HTTP/1.1\"", "{\"ts\":1 \"status\":200}", "{\"ts\":\"soon\",\"status\":200,\"request\":\"-\"}",
		"{\"_source\":{\"layers\":{\"frame\":{\"frame.time\":\"x\"}}}}", "{\"ts\"}", "{\"ts\":}", "{,}", "{\"a\":[[[[}" };

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		refuses(CM_WEBLOG_JSON, other[i]);
}

static void
depth_costs_nothing(void **state)
{
	size_t len = 400000;
	char *deep = malloc(len);

	(void)state;
	assert_non_null(deep);
	for (size_t i = 0; i < len; i += 5)
		memcpy(deep + i, "{\"a\":", 5);
	assert_int_equal(read_as(CM_WEBLOG_JSON, deep, len), CM_E_MALFORMED);
	memset(deep, '[', len);
	memcpy(deep, "{\"a\":", 5);
	assert_int_equal(read_as(CM_WEBLOG_JSON, deep, len), CM_E_MALFORMED);
	free(deep);
}

static enum cm_weblog_form
guess(const char *text)
{
	return cm_weblog_guess(cm_span_of(text, strlen(text)));
}

static void
the_form_is_guessed_from_most_of_the_lines(void **state)
{
	(void)state;
	assert_int_equal(guess(COMMON "\n" COMMON "\n" COMMON), CM_WEBLOG_COMMON);
	assert_int_equal(guess(COMBINED "\n" TLS "\n# a remark\n"), CM_WEBLOG_COMBINED);
	assert_int_equal(guess(COMBINED), CM_WEBLOG_COMBINED);
	assert_int_equal(guess("v.example:80 " COMBINED "\n192.0.2.7 - - [10/Oc"), CM_WEBLOG_COMBINED);
	assert_int_equal(guess("{\"ts\":1,\"status\":200,\"request\":\"GET / HTTP/1.1\"}\n{\"ts\":1,\"sta"), CM_WEBLOG_JSON);
}

static void
other_files_are_not_taken_for_logs(void **state)
{
	static const char *const other[] = { "", "\n\n\n", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "\n\r\r\nx", "a\nb\nc\n",
		"Oct 10 13:55:36 host daemon[712]: GET / HTTP/1.1 200\nOct 10 13:55:36 host sshd[1]: Accepted\n",
		"<34>1 2003-10-11T22:14:15.003Z host su - ID47 - failed\n", "time,client,status\n1,192.0.2.7,200\n2,192.0.2.8,200\n",
		"{\"a\":1}\n{\"b\":2}\n", "{\n  \"a\": 1\n}\n", "192.0.2.7 - - [today] \"GET / HTTP/1.1\" 200 5\n",
		"Oct 10 13:55:36 host nginx: " COMBINED "\nx\n", COMMON "\nx\ny\n",
		"2000-10-10 20:55:36 192.0.2.7 GET /x - 80 - 192.0.2.8 curl 200 0 0 15\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (guess(other[i]) != CM_WEBLOG_NONE)
			fail_msg("taken for %s: %s", cm_weblog_word(guess(other[i])), other[i]);
}

/* The time before is kept: at first there is none. */
static void
zeros_for_a_time_are_none(void **state)
{
	char line[] = COMMON;
	char *time = strchr(line, '[') + 1;

	(void)state;
	memset(time, 0, strlen("10/Oct/2000:13:55:36 -0700"));
	assert_int_equal(read_as(CM_WEBLOG_COMMON, line, sizeof(line) - 1), CM_E_MALFORMED);
}

static int
release(void **state)
{
	(void)state;
	cm_weblog_free(w);
	w = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_common_line_gives_what_it_has),
		cmocka_unit_test(a_combined_line_gives_referer_and_agent_too),
		cmocka_unit_test(what_stands_behind_is_duration_and_forwarded),
		cmocka_unit_test(behind_an_own_proxy_the_client_is_the_last_one_forwarded),
		cmocka_unit_test(a_virtual_host_in_front_is_the_name_asked_for),
		cmocka_unit_test(a_host_name_for_a_client_is_no_client),
		cmocka_unit_test(addresses_of_six_are_read_and_mapped_ones_are_of_four),
		cmocka_unit_test(users_with_spaces_and_brackets_do_not_hide_the_time),
		cmocka_unit_test(escapes_of_both_servers_are_undone),
		cmocka_unit_test(what_was_no_http_is_a_request_without_a_method),
		cmocka_unit_test(zones_and_leap_seconds_are_counted),
		cmocka_unit_test(a_combined_line_cut_anywhere_is_refused_or_is_common),
		cmocka_unit_test(lines_of_a_megabyte_are_read_and_longer_ones_refused),
		cmocka_unit_test(zeros_in_a_line_are_bytes_like_others),
		cmocka_unit_test(zeros_for_a_time_are_none),
		cmocka_unit_test(json_of_nginx),
		cmocka_unit_test(json_of_caddy),
		cmocka_unit_test(json_of_traefik_and_ecs),
		cmocka_unit_test(times_of_any_unit_are_told_by_their_size),
		cmocka_unit_test(json_escapes_are_undone),
		cmocka_unit_test(other_json_is_refused),
		cmocka_unit_test(depth_costs_nothing),
		cmocka_unit_test(the_form_is_guessed_from_most_of_the_lines),
		cmocka_unit_test(other_files_are_not_taken_for_logs),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
