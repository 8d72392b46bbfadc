/* The server against clients of every kind: polite, slow, silent, long-winded, and too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/http_path.h"
#include "node/http_server.h"
#include "peer.h"

#define MANY 300u

/* What the handler saw, and how many are in it. */
struct scene {
	pthread_mutex_t lock;
	pthread_cond_t change;
	unsigned calls, inside, wanted; /* ${wanted}: "wait" returns when so many are inside */
	char path[256];
	size_t body;
};

static void
wait_for_all(struct scene *s)
{
	s->inside++;
	pthread_cond_broadcast(&s->change);
	while (s->inside < s->wanted)
		pthread_cond_wait(&s->change, &s->lock);
}

static void
on_ask(void *arg, const struct cm_http_request *rq, struct cm_http_answer *out)
{
	struct scene *s = arg;

	pthread_mutex_lock(&s->lock);
	s->calls++;
	s->body = rq->body.len;
	snprintf(s->path, sizeof(s->path), "%s", rq->path);
	if (strcmp(rq->path, "wait") == 0)
		wait_for_all(s);
	pthread_mutex_unlock(&s->lock);
	if (strcmp(rq->path, "post") == 0 && !rq->post) {
		cm_http_say(out, 405, "only POST");
		out->allow = "POST";
	} else if (strcmp(rq->path, "large") == 0) {
		out->status = 200;
		for (int i = 0; i < 1 << 20; i++)
			cm_buf_add(&out->body, "0123456789abcdef", 16);
	} else if (strcmp(rq->path, "nothing") != 0) {
		cm_http_say(out, 200, rq->post ? "posted" : "got");
		out->cache = "max-age=3";
	}
}

static struct scene *
scene_new(void)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->change, NULL);
	return s;
}

static struct cm_http_server *
start(struct scene *s, struct cm_http_limits limits, struct cm_http_site site[2])
{
	struct cm_http_server *server = NULL;
	struct cm_http_server_new in = {
		.address = "127.0.0.1", .limits = limits, .site = site, .n_sites = 2
	};
	struct cm_err err = { 0 };

	site[0] = (struct cm_http_site) { "/deep/er", on_ask, s };
	site[1] = (struct cm_http_site) { "", on_ask, s };
	assert_int_equal(cm_http_server_start(&in, &server, &err), CM_OK);
	assert_int_not_equal(cm_http_server_port(server), 0);
	return server;
}

struct stage {
	struct scene *s;
	struct cm_http_site site[2];
	struct cm_http_server *server;
};

static struct stage *
open_stage(struct cm_http_limits limits)
{
	struct stage *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	g->s = scene_new();
	g->server = start(g->s, limits, g->site);
	return g;
}

static void
close_stage(struct stage *g)
{
	cm_http_server_stop(g->server);
	pthread_mutex_destroy(&g->s->lock);
	pthread_cond_destroy(&g->s->change);
	free(g->s);
	free(g);
}

static int
dial(struct stage *g)
{
	return peer_dial(cm_http_server_port(g->server));
}

/* Sends a request on a connection of its own; the whole answer. */
static void
ask(struct stage *g, const char *bytes, size_t len, char *answer, size_t max)
{
	int fd = dial(g);

	peer_send(fd, bytes, len);
	shutdown(fd, SHUT_WR);
	peer_rest(fd, answer, max, 20000);
	close(fd);
}

static void
ask_text(struct stage *g, const char *text, char answer[4096])
{
	ask(g, text, strlen(text), answer, 4096);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static const char *
body_of(const char *answer)
{
	const char *at = strstr(answer, "\r\n\r\n");

	return at == NULL ? "" : at + 4;
}

static void
what_the_handler_says_is_answered(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { 0 });
	char a[4096];

	(void)state;
	ask_text(g, "GET /some/thing HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_non_null(strstr(a, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(a, "\r\nCache-Control: max-age=3\r\n"));
	assert_string_equal(body_of(a), "got\n");
	assert_string_equal(g->s->path, "some/thing");
	ask_text(g, "POST /deep/er/down HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", a);
	assert_string_equal(body_of(a), "posted\n");
	assert_string_equal(g->s->path, "down");
	assert_int_equal(g->s->body, 3);
	ask_text(g, "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_string_equal(body_of(a), "");
	ask_text(g, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 500 "));
	ask_text(g, "GET /x?a=../b HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_string_equal(g->s->path, "x");
	close_stage(g);
}

static void
other_methods_are_405(void **state)
{
	static const char *const method[] = { "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get",
		"CONNECT", "PROPFIND" };
	struct stage *g = open_stage((struct cm_http_limits) { 0 });
	char q[128], a[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(method) / sizeof(method[0]); i++) {
		snprintf(q, sizeof(q), "%s /x HTTP/1.1\r\nHost: x\r\n\r\n", method[i]);
		ask_text(g, q, a);
		assert_true(begins(a, "HTTP/1.1 405 "));
		assert_non_null(strstr(a, "\r\nAllow: GET, HEAD, POST\r\n"));
	}
	assert_int_equal(g->s->calls, 0);
	ask_text(g, "GET /post HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 405 "));
	assert_non_null(strstr(a, "\r\nAllow: POST\r\n"));
	close_stage(g);
}

static void
a_body_too_long_is_413(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .body = 1000 });
	char *big = calloc(1, 100000), a[4096];
	size_t head;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 100000);
	/* said beforehand, a little too long: read to its end */
	head = (size_t)snprintf(
	    big, 200, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
	big[head] = 'x';
	ask(g, big, head + 1001, a, sizeof(a));
	assert_true(begins(a, "HTTP/1.1 413 "));
	/* much too long: nothing of it is waited for */
	ask_text(g, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 413 "));
	/* whoever asks whether to go on is told so at once */
	ask_text(g,
	    "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
	    a);
	assert_true(begins(a, "HTTP/1.1 413 "));
	/* in pieces, without saying how long */
	head = (size_t)snprintf(
	    big, 200, "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
	big[head] = 'x';
	memcpy(big + head + 1001, "\r\n0\r\n\r\n", 7);
	ask(g, big, head + 1008, a, sizeof(a));
	assert_true(begins(a, "HTTP/1.1 413 "));
	assert_int_equal(g->s->calls, 0);
	/* exactly as long as may be */
	memset(big, 'x', 100000);
	head = (size_t)snprintf(
	    big, 200, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	big[head] = 'x';
	ask(g, big, head + 1000, a, sizeof(a));
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_int_equal(g->s->body, 1000);
	free(big);
	close_stage(g);
}

static void
a_body_that_does_not_end_is_not_read_to_its_end(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .body = 1000, .read_ms = 60000 });
	char *piece = malloc(65538);
	int fd = dial(g), n = 0;

	(void)state;
	assert_non_null(piece);
	memset(piece, 'x', 65538);
	memcpy(piece + 65536, "\r\n", 2);
	assert_true(
	    peer_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
	while (n < 1000 && peer_say(fd, "10000\r\n") && peer_send(fd, piece, 65538))
		n++;
	assert_true(n < 1000);
	assert_int_equal(g->s->calls, 0);
	free(piece);
	close(fd);
	close_stage(g);
}

static void
paths_that_might_mean_another_reach_no_handler(void **state)
{
	static const char *const path[] = { "/..", "/../etc/passwd", "/a/../../b", "/a/..", "/.",
		"/a/./b", "//a", "/a//b", "/a/", "/%2e%2e/a", "/a%00", "/a%2fb", "/a\\b", "/a;b",
		"/\xc3\xa4", "/a\x01", "a", "*", "http://x/a", "/a:b", "/~/..;/b" };
	static const char nul[] = "GET /a\0/../b HTTP/1.1\r\nHost: x\r\n\r\n";
	struct stage *g = open_stage((struct cm_http_limits) { 0 });
	char q[128], a[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		snprintf(q, sizeof(q), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path[i]);
		ask_text(g, q, a);
		if (!begins(a, "HTTP/1.1 404 ") && !begins(a, "HTTP/1.1 400 "))
			fail_msg("%s: %s", path[i], a);
	}
	assert_int_equal(g->s->calls, 0);
	ask(g, nul, sizeof(nul) - 1, a, sizeof(a));
	assert_true(g->s->calls == 0 || strcmp(g->s->path, "a") == 0);
	ask_text(g, "GET /...~/-_.9 HTTP/1.1\r\nHost: x\r\n\r\n", a);
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_string_equal(g->s->path, "...~/-_.9");
	close_stage(g);
}

static void
a_prefix_ends_at_a_slash(void **state)
{
	const struct cm_http_site site[] = { { "/log", NULL, NULL }, { "/log/b", NULL, NULL } };
	const char *rest = NULL;

	(void)state;
	assert_null(cm_http_path_site(site, 2, "/log", &rest));
	assert_null(cm_http_path_site(site, 2, "/logs/a", &rest));
	assert_ptr_equal(cm_http_path_site(site, 2, "/log/b/c", &rest), &site[0]);
	assert_string_equal(rest, "b/c");
	assert_null(cm_http_path_site(site, 0, "/", &rest));
}

/* Bytes of ${text}, one each ${ms}; did the other side hang up meanwhile? */
static bool
drip(int fd, const char *text, unsigned ms)
{
	for (; *text != '\0'; text++) {
		if (!peer_send(fd, text, 1) || peer_is_gone(fd, ms))
			return true;
	}
	return false;
}

static void
the_slow_are_hung_up_on(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .read_ms = 300, .idle_ms = 1500 });
	char a[4096];
	int64_t begun = peer_now_ms();
	int fd = dial(g);

	(void)state;
	/* silent from the start */
	assert_true(peer_is_gone(fd, 5000));
	assert_in_range(peer_now_ms() - begun, 250, 5000);
	close(fd);
	/* a header that never ends */
	fd = dial(g);
	assert_true(
	    drip(fd, "GET /x HTTP/1.1\r\nHost: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 20));
	close(fd);
	/* a body that never ends */
	fd = dial(g);
	assert_true(peer_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n"));
	assert_true(drip(fd, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 20));
	close(fd);
	assert_int_equal(g->s->calls, 0);
	/* answered, then silent, for longer than a request may take to read */
	fd = dial(g);
	assert_true(peer_say(fd, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"));
	peer_answer(fd, a, sizeof(a));
	assert_false(peer_is_gone(fd, 400));
	assert_true(peer_is_gone(fd, 5000));
	close(fd);
	close_stage(g);
}

static void
a_request_has_one_hour_from_its_first_byte(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .read_ms = 2000 });
	int64_t begun = peer_now_ms();
	int fd = dial(g);

	(void)state;
	/* the head takes half of it, and the body gets no more than the other half */
	usleep(1000000);
	assert_true(peer_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n"));
	assert_true(peer_is_gone(fd, 5000));
	assert_in_range(peer_now_ms() - begun, 1900, 2900);
	close(fd);
	close_stage(g);
}

static void
an_answer_that_is_not_taken_ends(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .write_ms = 300 });
	char *all = malloc(20u << 20);
	int fd = dial(g);

	(void)state;
	assert_non_null(all);
	assert_true(peer_say(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
	usleep(2500000);
	assert_true(peer_rest(fd, all, 20u << 20, 5000) < 16u << 20);
	close(fd);
	/* whoever takes it gets it whole */
	fd = dial(g);
	assert_true(peer_say(fd, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
	assert_true(peer_rest(fd, all, 20u << 20, 20000) > 16u << 20);
	close(fd);
	free(all);
	close_stage(g);
}

static void
hundreds_wait_at_once(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .read_ms = 60000 });
	int fd[MANY];
	char a[4096];

	(void)state;
	g->s->wanted = MANY;
	for (size_t i = 0; i < MANY; i++) {
		fd[i] = dial(g);
		assert_true(peer_say(
		    fd[i], "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"));
	}
	for (size_t i = 0; i < MANY; i++) {
		peer_answer(fd[i], a, sizeof(a));
		assert_true(begins(a, "HTTP/1.1 200 "));
		close(fd[i]);
	}
	assert_int_equal(g->s->calls, MANY);
	close_stage(g);
}

static void
beyond_the_limit_of_connections_one_is_hung_up_on(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .connections = 2 });
	char a[4096];
	int one = dial(g), two = dial(g), three;

	(void)state;
	assert_true(peer_say(one, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"));
	peer_answer(one, a, sizeof(a));
	assert_true(peer_say(two, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"));
	peer_answer(two, a, sizeof(a));
	three = dial(g);
	assert_true(peer_is_gone(three, 5000));
	close(three);
	/* when one has gone there is room again, soon */
	close(one);
	for (int tries = 0; tries < 100; tries++) {
		three = dial(g);
		if (peer_say(three, "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") &&
		    peer_rest(three, a, sizeof(a), 5000) > 0)
			break;
		close(three);
		usleep(20000);
	}
	assert_true(begins(a, "HTTP/1.1 200 "));
	close(two);
	close(three);
	close_stage(g);
}

static void
a_connection_is_kept(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { 0 });
	char a[4096];
	int fd = dial(g);

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(
		    peer_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"));
		peer_answer(fd, a, sizeof(a));
		assert_string_equal(body_of(a), "posted\n");
	}
	/* two requests in one go */
	assert_true(peer_say(fd,
	    "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabGET /y HTTP/1.1\r\nHost: "
	    "x\r\n\r\n"));
	peer_answer(fd, a, sizeof(a));
	assert_string_equal(body_of(a), "posted\n");
	peer_answer(fd, a, sizeof(a));
	assert_string_equal(body_of(a), "got\n");
	close(fd);
	close_stage(g);
}

static void *
stop(void *arg)
{
	struct stage *g = arg;

	cm_http_server_stop(g->server);
	return NULL;
}

static void
what_is_under_way_is_answered_before_the_end(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .stop_ms = 20000 });
	int64_t begun;
	pthread_t thread;
	char a[4096];
	int idle = dial(g), busy = dial(g);

	(void)state;
	g->s->wanted = 2;
	assert_true(peer_say(idle, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"));
	peer_answer(idle, a, sizeof(a));
	assert_true(peer_say(busy, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
	pthread_mutex_lock(&g->s->lock);
	while (g->s->inside < 1)
		pthread_cond_wait(&g->s->change, &g->s->lock);
	pthread_mutex_unlock(&g->s->lock);
	begun = peer_now_ms();
	assert_int_equal(pthread_create(&thread, NULL, stop, g), 0);
	assert_true(peer_is_gone(idle, 5000));
	assert_int_equal(peer_rest(busy, a, 2, 200), 0); /* it is still waited for */
	pthread_mutex_lock(&g->s->lock);
	g->s->inside++;
	pthread_cond_broadcast(&g->s->change);
	pthread_mutex_unlock(&g->s->lock);
	peer_rest(busy, a, sizeof(a), 5000);
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_non_null(strstr(a, "\r\nConnection: close\r\n"));
	pthread_join(thread, NULL);
	assert_true(peer_now_ms() - begun < 10000);
	close(idle);
	close(busy);
	g->server = NULL;
	close_stage(g);
}

static void
who_does_not_end_does_not_hold_up_the_end(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { .stop_ms = 200 });
	int64_t begun;
	int fd = dial(g);

	(void)state;
	assert_true(peer_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"));
	usleep(100000);
	begun = peer_now_ms();
	close_stage(g);
	assert_true(peer_now_ms() - begun < 4000);
	close(fd);
}

static void
an_address_that_can_not_be_is_said(void **state)
{
	struct stage *g = open_stage((struct cm_http_limits) { 0 });
	struct cm_http_server *server = NULL;
	struct cm_http_server_new in = { .address = "127.0.0.1",
		.port = cm_http_server_port(g->server) };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_http_server_start(&in, &server, &err), CM_E_IO);
	assert_non_null(strstr(err.text, "can not listen at 127.0.0.1 port "));
	err = (struct cm_err) { 0 };
	in.address = "a.host.name";
	assert_int_equal(cm_http_server_start(&in, &server, &err), CM_E_USAGE);
	assert_non_null(strstr(err.text, "a.host.name is not an IP address"));
	close_stage(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_handler_says_is_answered),
		cmocka_unit_test(other_methods_are_405),
		cmocka_unit_test(a_body_too_long_is_413),
		cmocka_unit_test(a_body_that_does_not_end_is_not_read_to_its_end),
		cmocka_unit_test(paths_that_might_mean_another_reach_no_handler),
		cmocka_unit_test(a_prefix_ends_at_a_slash),
		cmocka_unit_test(the_slow_are_hung_up_on),
		cmocka_unit_test(a_request_has_one_hour_from_its_first_byte),
		cmocka_unit_test(an_answer_that_is_not_taken_ends),
		cmocka_unit_test(hundreds_wait_at_once),
		cmocka_unit_test(beyond_the_limit_of_connections_one_is_hung_up_on),
		cmocka_unit_test(a_connection_is_kept),
		cmocka_unit_test(what_is_under_way_is_answered_before_the_end),
		cmocka_unit_test(who_does_not_end_does_not_hold_up_the_end),
		cmocka_unit_test(an_address_that_can_not_be_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
