/* The log of requests and answers, and what quotes say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/answer.h"
#include "detect/exchanges.h"
#include "detect/quotes.h"

static char text[2000];

static struct cm_packet
packet(uint32_t client, const char *payload, uint64_t id)
{
	struct cm_packet p = { .id = id, .proto = 6, .open = CM_OPEN_ALL, .sport = 4000, .dport = 80,
		.src = { .net = 4 }, .dst = { .net = 4, .addr = { 198, 51, 100, 1 } }, .seq = 100, .ack = 200,
		.flags = CM_TCP_ACK | CM_TCP_PSH };

	cm_put32(p.src.addr, client);
	p.payload = cm_span_of(payload, strlen(payload));
	p.payload_len = (uint32_t)p.payload.len;
	return p;
}

static struct cm_packet
back(uint32_t client, const char *payload, uint64_t id)
{
	struct cm_packet p = packet(client, payload, id);
	struct cm_host h = p.src;

	p.src = p.dst;
	p.dst = h;
	p.sport = 80;
	p.dport = 4000;
	p.seq = 200;
	p.ack = 100 + 40;
	return p;
}

static void
feed(struct cm_exchanges *x, struct cm_packet p)
{
	assert_true(cm_exchanges_wants(&p));
	assert_int_equal(cm_exchanges_packet(x, &p), CM_OK);
}

static const char get[] = "GET /a/b?c=1 HTTP/1.1\r\nHost: www.example.com:80\r\n\r\n";
static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
static const char away[] = "HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n";

static void
an_answer_belongs_to_the_request_between_the_same_ends(void **state)
{
	struct cm_exchanges x;

	(void)state;
	cm_exchanges_init(&x, 7);
	feed(&x, packet(1, get, 1));
	feed(&x, packet(2, get, 2));
	feed(&x, packet(2, get, 3)); /* sent again */
	feed(&x, back(3, page, 4));  /* to nobody who asked */
	feed(&x, back(2, page, 5));
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.requests, 2);
	assert_int_not_equal(x.item[2].flags & CM_EX_REPEAT, 0);
	assert_false(cm_exchange_counts(&x, &x.item[2]));
	assert_int_equal(x.item[0].flags & CM_EX_ANSWERED, 0);
	assert_int_not_equal(x.item[1].flags & CM_EX_ANSWERED, 0);
	assert_int_equal(x.item[1].request, 2);
	assert_int_equal(x.item[1].answer, 5);
	assert_int_equal(x.item[1].status, 200);
	assert_true(cm_span_eq(cm_exchange_name(&x, &x.item[1]), cm_span_str("www.example.com")));
	assert_true(cm_span_eq(cm_exchange_path(&x, &x.item[1]), cm_span_str("/a/b")));
	cm_exchanges_release(&x);
}

static void
a_second_answer_that_differs_is_an_entry_of_its_own(void **state)
{
	struct cm_exchanges x;

	(void)state;
	cm_exchanges_init(&x, 7);
	feed(&x, packet(1, get, 1));
	feed(&x, back(1, away, 2));
	feed(&x, back(1, away, 3)); /* sent again */
	assert_int_equal(x.n, 1);
	feed(&x, back(1, page, 4));
	feed(&x, back(1, page, 5));
	assert_int_equal(x.n, 2);
	assert_int_equal(x.item[0].points, CM_POINTS_REDIRECT);
	assert_int_equal(x.item[0].answer, 2);
	assert_int_equal(x.item[1].points, CM_POINTS_NOWHERE);
	assert_int_equal(x.item[1].answer, 4);
	assert_int_equal(x.item[1].request, 1);
	assert_true(cm_exchange_counts(&x, &x.item[0]));
	assert_false(cm_exchange_counts(&x, &x.item[1]));
	cm_exchanges_release(&x);
}

static void
only_the_first_request_of_a_connection_is_its_first(void **state)
{
	struct cm_exchanges x;
	struct cm_packet p = packet(1, get, 1);

	(void)state;
	cm_exchanges_init(&x, 7);
	feed(&x, p);
	p.seq += 500;
	p.ack += 3000;
	feed(&x, p);
	p.seq += 0x40000000; /* another connection between the same ports */
	feed(&x, p);
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_not_equal(x.item[0].flags & CM_EX_FIRST, 0);
	assert_int_equal(x.item[1].flags & CM_EX_FIRST, 0);
	assert_int_not_equal(x.item[2].flags & CM_EX_FIRST, 0);
	cm_exchanges_release(&x);
}

static void
data_before_the_request_makes_it_not_the_first(void **state)
{
	struct cm_exchanges x;
	struct cm_packet syn = packet(1, "", 1), p = packet(1, get, 2);

	(void)state;
	cm_exchanges_init(&x, 7);
	syn.flags = CM_TCP_SYN;
	syn.seq = 99;
	feed(&x, syn);
	feed(&x, p);
	syn = packet(2, "", 3);
	syn.flags = CM_TCP_SYN;
	syn.seq = 97; /* two bytes lie between */
	feed(&x, syn);
	feed(&x, packet(2, get, 4));
	syn.id = 5; /* of the connection after it */
	syn.seq = 99;
	feed(&x, syn);
	for (uint32_t i = 0; i < 3 * CM_EX_SYNS; i++) { /* not known any more */
		syn = packet(i + 10, "", 6);
		syn.flags = CM_TCP_SYN;
		feed(&x, syn);
	}
	feed(&x, packet(3, get, 7));
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.n, 3);
	assert_int_not_equal(x.item[2].flags & CM_EX_FIRST, 0);
	cm_exchanges_release(&x);

	cm_exchanges_init(&x, 7);
	syn = packet(2, "", 3);
	syn.flags = CM_TCP_SYN;
	syn.seq = 97;
	feed(&x, syn);
	feed(&x, packet(2, get, 4));
	syn.id = 5;
	syn.seq = 99;
	feed(&x, syn);
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.item[0].flags & CM_EX_FIRST, 0);
	cm_exchanges_release(&x);
}

static void
names_and_paths_stay_what_they_were_when_the_log_is_thinned(void **state)
{
	static char ask[200];
	struct cm_exchanges x;

	(void)state;
	cm_exchanges_init(&x, 7);
	for (uint32_t i = 0; i < CM_EXCHANGES_MAX + 5000; i++) {
		snprintf(ask, sizeof(ask), "GET /%u?x HTTP/1.1\r\nHost: h%u.example%s\r\n\r\n", i, i % 300,
		    i % 7 == 0 ? ":8080" : "");
		feed(&x, packet(i, ask, i));
	}
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.every, 2);
	for (uint32_t i = 0; i < x.n; i++) {
		uint32_t n = (uint32_t)x.item[i].request;

		snprintf(text, sizeof(text), "h%u.example", n % 300);
		assert_true(cm_span_eq(cm_exchange_name(&x, &x.item[i]), cm_span_str(text)));
		snprintf(text, sizeof(text), "/%u", n);
		assert_true(cm_span_eq(cm_exchange_path(&x, &x.item[i]), cm_span_str(text)));
	}
	cm_exchanges_release(&x);
}

static void
a_full_log_keeps_every_second_request_and_all_that_were_sent_away(void **state)
{
	struct cm_exchanges x;
	uint32_t away_kept = 0, counted = 0;

	(void)state;
	cm_exchanges_init(&x, 7);
	for (uint32_t i = 0; i < CM_EXCHANGES_MAX + 10; i++) {
		feed(&x, packet(i, get, 2 * i));
		feed(&x, back(i, i % 1000 == 1 ? away : page, 2 * i + 1));
	}
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.requests, CM_EXCHANGES_MAX + 10);
	assert_int_equal(x.answers, CM_EXCHANGES_MAX + 10);
	assert_int_equal(x.every, 2);
	assert_int_equal(x.every_away, 1);
	assert_true(x.n <= CM_EXCHANGES_MAX);
	for (uint32_t i = 0; i < x.n; i++) {
		away_kept += x.item[i].points == CM_POINTS_REDIRECT;
		counted += cm_exchange_counts(&x, &x.item[i]);
		assert_int_equal(x.item[i].answer, x.item[i].request + 1);
	}
	assert_int_equal(away_kept, CM_EXCHANGES_MAX / 1000 + 1);
	assert_int_equal(counted, CM_EXCHANGES_MAX / 2 + 5);
	cm_exchanges_release(&x);
}

static void
a_log_full_of_redirects_thins_them_too(void **state)
{
	struct cm_exchanges x;

	(void)state;
	cm_exchanges_init(&x, 7);
	for (uint32_t i = 0; i < 2 * CM_EXCHANGES_MAX; i++) {
		feed(&x, packet(i, get, 2 * i));
		feed(&x, back(i, away, 2 * i + 1));
	}
	assert_true(x.n <= CM_EXCHANGES_MAX);
	assert_true(x.every_away >= 2);
	assert_true(x.every >= x.every_away);
	cm_exchanges_release(&x);
}

/* They wait, and come to the same as if each had been looked up at once. */
static void
large_answers_find_their_requests_too(void **state)
{
	static char large[2][1500];
	struct cm_exchanges x;

	(void)state;
	memset(large, 'x', sizeof(large));
	memcpy(large[0], "HTTP/1.1 200 OK\r\n\r\n", 19);
	memcpy(large[1], "HTTP/1.1 200 OK\r\n\r\n", 19);
	large[0][1499] = large[1][1499] = '\0';
	large[1][1498] = 'y';
	cm_exchanges_init(&x, 7);
	for (uint32_t i = 0; i < 3 * CM_EX_WAIT; i++) {
		feed(&x, packet(i, get, 10 * i));
		feed(&x, back(i, large[0], 10 * i + 1));
		feed(&x, back(i, large[0], 10 * i + 2)); /* sent again */
		if (i % 2 == 0)
			feed(&x, back(i, large[1], 10 * i + 3));
	}
	feed(&x, back(4, away, 10 * 3 * CM_EX_WAIT)); /* a third one: not kept */
	assert_int_equal(cm_exchanges_settle(&x), CM_OK);
	assert_int_equal(x.n, 3 * CM_EX_WAIT + 3 * CM_EX_WAIT / 2);
	for (uint32_t i = 0; i < x.n; i++) {
		assert_int_not_equal(x.item[i].flags & CM_EX_ANSWERED, 0);
		assert_int_equal(x.item[i].answer - x.item[i].request, (x.item[i].flags & CM_EX_AGAIN) != 0 ? 3 : 1);
		assert_int_equal((x.item[i].flags & CM_EX_TWICE) != 0, x.item[i].request / 10 % 2 == 0);
	}
	cm_exchanges_release(&x);
}

/* ---- answers ---- */

static struct cm_answer
answer(const char *payload)
{
	struct cm_own own = { cm_span_str("www.example.com"), cm_span_str("/a/b") };
	struct cm_answer a;

	assert_true(cm_answer_read(cm_span_str(payload), (uint32_t)strlen(payload), false, &own, 7, &a));
	return a;
}

static const char *
with(const char *head, const char *body)
{
	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body), body);
	return text;
}

static void
where_an_answer_sends_to_is_read(void **state)
{
	struct cm_answer a;

	(void)state;
	a = answer(with("307 Go\r\nLocation: https://evil.example.net:8080/x", ""));
	assert_int_equal(a.points, CM_POINTS_REDIRECT);
	assert_true(cm_span_eq(a.to, cm_span_str("evil.example.net")));
	assert_int_equal(answer(with("302 Go\r\nlocation: //evil.example/", "")).points, CM_POINTS_REDIRECT);
	assert_int_equal(answer(with("302 Go\r\nLocation: /login", "")).points, CM_POINTS_NOWHERE);
	assert_int_equal(answer(with("302 Go\r\nLocation: https://example.com/", "")).points, CM_POINTS_NOWHERE);
	assert_int_equal(answer(with("302 Go\r\nLocation: http://www.example.com@evil.example/", "")).points,
	    CM_POINTS_REDIRECT);
	assert_int_equal(answer(with("404 No\r\nLocation: http://evil.example/", "")).points, CM_POINTS_NOWHERE);
	assert_int_equal(answer(with("200 OK", "<iframe src='http://evil.example/'>")).points, CM_POINTS_FRAME);
	assert_int_equal(answer(with("200 OK", "<SCRIPT src=//evil.example/x.js>")).points, CM_POINTS_SCRIPT);
	assert_int_equal(answer(with("200 OK", "<meta http-equiv=Refresh content='0;url=http://evil.example/'>")).points,
	    CM_POINTS_REFRESH);
	assert_int_equal(answer(with("200 OK", "<script>location='http://evil.example/'</script>")).points,
	    CM_POINTS_REFRESH);
	assert_int_equal(answer(with("200 OK", "<script src=/own.js></script>")).points, CM_POINTS_NOWHERE);
	assert_int_equal(answer(with("200 OK\r\nContent-Type: text/plain", "<iframe src='http://evil.example/'>")).points,
	    CM_POINTS_NOWHERE);
	assert_int_equal(answer(with("200 OK\r\nContent-Type: application/javascript", "eval(1)")).points,
	    CM_POINTS_CODE);
	a = answer(with("200 OK\r\nContent-Type: text/javascript", "eval('2://3.4/5')"));
	assert_int_equal(a.points, CM_POINTS_CODE);
	assert_int_equal(a.to.len, 0); /* packed: nothing is known of it here */
}

static void
what_is_cut_or_goes_on_sends_nowhere(void **state)
{
	static const char longer[] = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<iframe src='http://evil.example/'>";
	struct cm_own own = { cm_span_str("www.example.com"), cm_span_str("/a/b") };
	struct cm_answer a = answer(longer);

	(void)state;
	assert_false(a.whole);
	assert_int_equal(a.points, CM_POINTS_NOWHERE);
	assert_true(cm_answer_read(cm_span_str(longer), sizeof(longer) - 1, true, &own, 7, &a));
	assert_int_equal(a.points, CM_POINTS_FRAME); /* it ends with the connection */
	assert_true(cm_answer_read(cm_span_str(longer), sizeof(longer) + 100, true, &own, 7, &a));
	assert_int_equal(a.points, CM_POINTS_NOWHERE); /* not captured whole */
	assert_false(cm_answer_read(cm_span_str("HTTP"), 4, false, &own, 7, &a));
}

static void
own_names_dates_and_cookies_make_no_other_answer(void **state)
{
	struct cm_own red = { cm_span_str("red.example"), cm_span_str("/r") };
	struct cm_own blue = { cm_span_str("blue.example.org"), cm_span_str("/a/long/path") };
	static const char r[] = "HTTP/1.1 302 Found\r\nDate: 1\r\nSet-Cookie: a\r\n"
				"Location: http://evil.example/?http://RED.example/r\r\nContent-Length: 0\r\n\r\n";
	static const char b[] = "HTTP/1.1 302 Found\r\nDate: 2\r\nServer: b\r\n"
				"Location: http://evil.example/?http://blue.example.org/a/long/path\r\n"
				"Content-Length: 0\r\n\r\n";
	static const char c[] = "HTTP/1.1 302 Found\r\nDate: 2\r\n"
				"Location: http://evil.example/!http://blue.example.org/a/long/path\r\n"
				"Content-Length: 0\r\n\r\n";
	struct cm_answer x, y;

	(void)state;
	assert_true(cm_answer_read(cm_span_str(r), sizeof(r) - 1, false, &red, 7, &x));
	assert_true(cm_answer_read(cm_span_str(b), sizeof(b) - 1, false, &blue, 7, &y));
	assert_int_equal(x.template, y.template);
	assert_true(cm_answer_read(cm_span_str(c), sizeof(c) - 1, false, &blue, 7, &y));
	assert_int_not_equal(x.template, y.template);
}

static void
names_of_one_owner_are_one_site(void **state)
{
	static const char *const same[][2] = { { "a.example.com", "example.com" }, { "A.EXAMPLE.com", "b.example.com." },
		{ "a.example.co.uk", "b.example.co.uk" }, { "x.y.example.org", "example.org" } };
	static const char *const apart[][2] = { { "a.example.com", "a.example.org" }, { "one.co.uk", "two.co.uk" },
		{ "192.0.2.1", "192.0.3.1" }, { "com", "org" } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(cm_site_of(cm_span_str(same[i][0]), 7), cm_site_of(cm_span_str(same[i][1]), 7));
		assert_int_not_equal(cm_site_of(cm_span_str(apart[i][0]), 7), cm_site_of(cm_span_str(apart[i][1]), 7));
	}
}

/* ---- quotes ---- */

static void
a_quote_that_is_cut_or_of_another_kind_is_none(void **state)
{
	uint8_t bytes[32] = { 0, 0, 0, 0, 0x45, [13] = 6, [16] = 10, 0, 0, 1, 198, 51, 100, 1, 0x0f, 0xa0, 0, 80, 1, 2, 3, 4 };
	struct cm_packet p = { .proto = 1, .sport = 11, .quoted = true, .payload = { bytes, 32 } };
	struct cm_quote q;

	(void)state;
	assert_true(cm_quote_read(&p, &q));
	assert_int_equal(q.sport, 4000);
	assert_int_equal(q.dport, 80);
	assert_int_equal(q.seq, 0x01020304);
	assert_int_equal(q.dst.addr[0], 198);
	for (size_t n = 0; n < 32; n++) {
		p.payload.len = n;
		assert_false(cm_quote_read(&p, &q));
	}
	p.payload.len = 32;
	p.sport = 3; /* unreachable */
	assert_false(cm_quote_read(&p, &q));
	p.sport = 11;
	bytes[13] = 17; /* UDP */
	assert_false(cm_quote_read(&p, &q));
	bytes[13] = 6;
	bytes[4] = 0x4f; /* options beyond the end */
	assert_false(cm_quote_read(&p, &q));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_belongs_to_the_request_between_the_same_ends),
		cmocka_unit_test(a_second_answer_that_differs_is_an_entry_of_its_own),
		cmocka_unit_test(only_the_first_request_of_a_connection_is_its_first),
		cmocka_unit_test(data_before_the_request_makes_it_not_the_first),
		cmocka_unit_test(names_and_paths_stay_what_they_were_when_the_log_is_thinned),
		cmocka_unit_test(a_full_log_keeps_every_second_request_and_all_that_were_sent_away),
		cmocka_unit_test(a_log_full_of_redirects_thins_them_too),
		cmocka_unit_test(large_answers_find_their_requests_too),
		cmocka_unit_test(where_an_answer_sends_to_is_read),
		cmocka_unit_test(what_is_cut_or_goes_on_sends_nowhere),
		cmocka_unit_test(own_names_dates_and_cookies_make_no_other_answer),
		cmocka_unit_test(names_of_one_owner_are_one_site),
		cmocka_unit_test(a_quote_that_is_cut_or_of_another_kind_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
