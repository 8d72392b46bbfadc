/* The client against servers of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "node/http_client.h"
#include "node/http_server.h"
#include "peer.h"

static void
echo(void *arg, const struct cm_http_request *rq, struct cm_http_answer *out)
{
	(void)arg;
	out->status = rq->post ? 201 : 200;
	out->type = "application/octet-stream";
	cm_buf_add_str(&out->body, rq->path);
	cm_buf_add_u8(&out->body, '|');
	cm_buf_add_span(&out->body, rq->body);
}

static const struct cm_http_site echo_site = { "", echo, NULL };

static struct cm_http_server *
echo_start(void)
{
	struct cm_http_server_new in = { .address = "127.0.0.1", .site = &echo_site, .n_sites = 1 };
	struct cm_http_server *s = NULL;

	assert_int_equal(cm_http_server_start(&in, &s, NULL), CM_OK);
	return s;
}

static struct cm_http_client *
client(void)
{
	struct cm_http_client_new in = { 0 };
	struct cm_http_client *c = NULL;

	assert_int_equal(cm_http_client_new(&in, &c, NULL), CM_OK);
	return c;
}

static const char *
url(char out[64], uint16_t port, const char *path)
{
	snprintf(out, 64, "http://127.0.0.1:%u%s", port, path);
	return out;
}

static struct cm_http_ask
get(const char *at)
{
	return (struct cm_http_ask) { .url = at, .answer_max = 1000, .total_ms = 10000 };
}

/* One question to a server that says these bytes. */
static struct cm_http_reply
ask_one(struct peer_server s, size_t max, unsigned ms)
{
	struct cm_http_client *c = client();
	struct cm_http_reply r = { 0 };
	char u[64];
	struct cm_http_ask a = get(url(u, s.port, "/x"));

	a.answer_max = max;
	a.total_ms = ms;
	assert_int_equal(cm_http_client_all(c, &a, 1, &r, NULL), CM_OK);
	cm_http_client_free(c);
	peer_end(s);
	return r;
}

static struct cm_http_reply
ask_text(const char *bytes)
{
	return ask_one(peer_serve(bytes, bytes == NULL ? 0 : strlen(bytes)), 100, 3000);
}

static void
replies_come_in_the_order_of_the_questions(void **state)
{
	struct cm_http_server *s = echo_start();
	struct cm_http_client *c = client();
	struct cm_http_ask ask[40];
	struct cm_http_reply r[40];
	char u[40][64], path[16], want[32];

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "/%zu", i);
		ask[i] = get(url(u[i], cm_http_server_port(s), path));
		ask[i].post = i % 2 == 0 ? NULL : "text/x";
		ask[i].body = i % 2 == 0 ? cm_span_of(NULL, 0) : cm_span_of("a\0b", i % 4);
	}
	assert_int_equal(cm_http_client_all(c, ask, 40, r, NULL), CM_OK);
	for (size_t i = 0; i < 40; i++) {
		size_t len = (size_t)snprintf(want, sizeof(want), "%zu|", i);

		if (i % 2 == 1)
			memcpy(want + len, "a\0b", i % 4);
		assert_int_equal(r[i].end, CM_HTTP_ANSWERED);
		assert_int_equal(r[i].status, i % 2 == 0 ? 200 : 201);
		assert_string_equal(r[i].type, "application/octet-stream");
		assert_true(cm_span_eq(
		    cm_buf_span(&r[i].body), cm_span_of(want, len + (i % 2 == 0 ? 0 : i % 4))));
		cm_buf_release(&r[i].body);
	}
	cm_http_client_free(c);
	cm_http_server_stop(s);
}

static void
one_that_is_silent_delays_no_other(void **state)
{
	struct cm_http_server *s = echo_start();
	struct peer_server silent = peer_serve(NULL, 0);
	struct cm_http_client *c = client();
	struct cm_http_reply r = { 0 };
	char u[2][64];
	struct cm_http_ask slow = get(url(u[0], silent.port, "/x"));
	struct cm_http_ask quick = get(url(u[1], cm_http_server_port(s), "/x"));
	int64_t begun = peer_now_ms();

	(void)state;
	slow.total_ms = 3000;
	slow.tag = 7;
	quick.tag = 8;
	assert_int_equal(cm_http_client_begin(c, &slow, NULL), CM_OK);
	assert_int_equal(cm_http_client_begin(c, &quick, NULL), CM_OK);
	assert_int_equal(cm_http_client_next(c, &r, NULL), CM_OK);
	assert_int_equal(r.tag, 8);
	assert_true(peer_now_ms() - begun < 2900);
	cm_buf_release(&r.body);
	assert_int_equal(cm_http_client_next(c, &r, NULL), CM_OK);
	assert_int_equal(r.tag, 7);
	assert_int_equal(r.end, CM_HTTP_LATE);
	assert_in_range(peer_now_ms() - begun, 2900, 9000);
	assert_int_equal(cm_http_client_next(c, &r, NULL), CM_E_NOTFOUND);
	cm_http_client_free(c);
	cm_http_server_stop(s);
	peer_end(silent);
}

static void
bytes_that_drip_are_late(void **state)
{
	int64_t begun = peer_now_ms();
	struct cm_http_reply r = ask_one(peer_drip("HTTP/1.1 200 OK\r\nX-a: ", 20), 100, 500);

	(void)state;
	assert_int_equal(r.end, CM_HTTP_LATE);
	r = ask_one(peer_drip("HTTP/1.1 200 OK\r\n\r\n", 20), 1000, 500);
	assert_int_equal(r.end, CM_HTTP_LATE);
	assert_true(peer_now_ms() - begun < 8000);
	assert_int_equal(r.body.len, 0);
}

static void
an_answer_too_long_is_not_taken(void **state)
{
	char all[300];
	struct cm_http_reply r;

	(void)state;
	memset(all, 'x', sizeof(all));
	memcpy(all, "HTTP/1.1 200 OK\r\n\r\n", 19);
	r = ask_one(peer_serve(all, 19 + 101), 100, 5000);
	assert_int_equal(r.end, CM_HTTP_TOO_LONG);
	assert_string_equal(r.why, "the answer has more than 100 bytes");
	assert_int_equal(r.body.len, 0);
	r = ask_one(peer_serve(all, 19 + 100), 100, 5000);
	assert_int_equal(r.end, CM_HTTP_ANSWERED);
	assert_int_equal(r.body.len, 100);
	cm_buf_release(&r.body);
}

static void
nobody_is_followed_elsewhere(void **state)
{
	struct cm_http_server *s = echo_start();
	char bytes[256];
	struct cm_http_reply r;

	(void)state;
	snprintf(bytes, sizeof(bytes),
	    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/y\r\nContent-Length: 0\r\n\r\n",
	    cm_http_server_port(s));
	r = ask_text(bytes);
	assert_int_equal(r.end, CM_HTTP_ANSWERED);
	assert_int_equal(r.status, 302);
	assert_int_equal(r.body.len, 0);
	cm_http_server_stop(s);
}

static void
nonsense_is_no_answer(void **state)
{
	static const char *const bytes[] = { "", "nonsense\n", "SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
		"HTTP/1.1 200 OK\r\nContent-Le" };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		struct cm_http_reply r = ask_text(bytes[i]);

		assert_int_equal(r.end, CM_HTTP_UNREACHABLE);
		assert_int_not_equal(strlen(r.why), 0);
		assert_int_equal(r.body.len, 0);
	}
}

static void
what_is_no_url_and_who_is_not_there_is_said(void **state)
{
	static const char *const bad[] = { "file:///etc/passwd", "ftp://127.0.0.1/", "/x", "",
		"gopher://127.0.0.1/", "http://" };
	struct peer_server gone = peer_serve("", 0);
	struct cm_http_client *c = client();
	struct cm_http_reply r = { 0 };
	char u[64];
	struct cm_http_ask a;

	(void)state;
	peer_end(gone);
	a = get(url(u, gone.port, "/"));
	assert_int_equal(cm_http_client_all(c, &a, 1, &r, NULL), CM_OK);
	assert_int_equal(r.end, CM_HTTP_UNREACHABLE);
	assert_non_null(strstr(r.why, "127.0.0.1"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		a = get(bad[i]);
		assert_int_equal(cm_http_client_all(c, &a, 1, &r, NULL), CM_OK);
		assert_int_equal(r.end, CM_HTTP_UNREACHABLE);
		assert_int_not_equal(strlen(r.why), 0);
	}
	cm_http_client_free(c);
}

static void
no_password_is_taken_from_a_url(void **state)
{
	struct cm_http_server *s = echo_start();
	struct cm_http_client *c = client();
	struct cm_http_reply r = { 0 };
	char u[64];
	struct cm_http_ask a;

	(void)state;
	snprintf(u, sizeof(u), "http://user:secret@127.0.0.1:%u/", cm_http_server_port(s));
	a = get(u);
	assert_int_equal(cm_http_client_all(c, &a, 1, &r, NULL), CM_OK);
	assert_int_equal(r.end, CM_HTTP_UNREACHABLE);
	cm_http_client_free(c);
	cm_http_server_stop(s);
}

static void
a_client_may_go_with_questions_open(void **state)
{
	struct peer_server silent = peer_serve(NULL, 0);
	struct cm_http_client *c = client();
	char u[64];
	struct cm_http_ask a = get(url(u, silent.port, "/x"));

	(void)state;
	assert_int_equal(cm_http_client_begin(c, &a, NULL), CM_OK);
	assert_int_equal(cm_http_client_begin(c, &a, NULL), CM_OK);
	cm_http_client_free(c);
	peer_end(silent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_come_in_the_order_of_the_questions),
		cmocka_unit_test(one_that_is_silent_delays_no_other),
		cmocka_unit_test(bytes_that_drip_are_late),
		cmocka_unit_test(an_answer_too_long_is_not_taken),
		cmocka_unit_test(nobody_is_followed_elsewhere),
		cmocka_unit_test(nonsense_is_no_answer),
		cmocka_unit_test(what_is_no_url_and_who_is_not_there_is_said),
		cmocka_unit_test(no_password_is_taken_from_a_url),
		cmocka_unit_test(a_client_may_go_with_questions_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
