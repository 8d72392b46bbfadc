/* The bodies of HTTP answers, as they come off the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "say.h"

static const char text[] = "i.src='http://a.example/'";

struct case_of {
	struct cm_arena arena;
	struct cm_script_answer a;
};

static void
read_bytes(struct case_of *c, const void *ptr, size_t len)
{
	*c = (struct case_of) { 0 };
	assert_int_equal(cm_script_body(cm_span_of(ptr, len), &c->arena, &c->a), CM_OK);
}

/* Reads the stream; its body must be this, and what is said of its lacks. */
static void
is(const char *stream, const char *body, const char *cut)
{
	struct case_of c;

	read_bytes(&c, stream, strlen(stream));
	assert_int_equal(c.a.body.len, strlen(body));
	if (c.a.body.len > 0)
		assert_memory_equal(c.a.body.ptr, body, c.a.body.len);
	if (cut == NULL)
		assert_null(c.a.cut);
	else
		assert_string_equal(c.a.cut, cut);
	cm_arena_fini(&c.arena);
}

static void
a_body_stands_behind_the_head_and_ends_where_it_says(void **state)
{
	(void)state;
	is("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", "body", NULL);
	is("HTTP/1.0 200 OK\n\nbody", "body", NULL);
	is("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nbody", "bo", NULL);
	is("HTTP/1.1 200 OK\r\nCONTENT-LENGTH:0\r\n\r\nbody", "", NULL);
	is("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", "body",
	    "what the stream lacks of the body");
	is("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nbody", "body", NULL);
	is("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody", "body", NULL);
}

static void
what_is_no_answer_is_its_own_body(void **state)
{
	(void)state;
	is("", "", NULL);
	is(text, text, NULL);
	is("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", NULL);
	is("HTTP/1.1 200 OK\r\nA: b", "", "a head that does not end");
}

static void
chunks_are_put_together(void **state)
{
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	(void)state;
	is(CHUNKED "2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n", "abcde", NULL);
	is(CHUNKED "0000000a\r\n0123456789\r\n0\r\n", "0123456789", NULL);
	is(CHUNKED "2\r\nab\r\n9\r\ncd", "abcd", "what the stream lacks of the body");
	is(CHUNKED "2\r\nab\r\nzz\r\ncd", "ab", "chunks that are none");
	is(CHUNKED "ffffffffffff\r\nab", "", "chunks that are none");
	is(CHUNKED "ffffffff\r\nab", "ab", "what the stream lacks of the body");
}

static size_t
packed(const void *ptr, size_t len, int window, uint8_t *out, size_t room)
{
	z_stream z = { 0 };
	size_t n;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)ptr;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = room - z.avail_out;
	deflateEnd(&z);
	return n;
}

static void
gzip_zlib_and_bare_deflate_are_unpacked(void **state)
{
	static const struct {
		const char *head;
		int window;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", 31 },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: X-GZIP\r\n\r\n", 31 },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n", 15 },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n", -15 },
		{ "HTTP/1.1 200 OK\r\n\r\n", 31 }, /* unsaid */
	};
	uint8_t stream[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t head = strlen(rows[i].head), len;
		struct case_of c;

		memcpy(stream, rows[i].head, head);
		len = head + packed(text, sizeof(text) - 1, rows[i].window, stream + head, 400);
		read_bytes(&c, stream, len);
		assert_int_equal(c.a.body.len, sizeof(text) - 1);
		assert_memory_equal(c.a.body.ptr, text, sizeof(text) - 1);
		assert_null(c.a.cut);
		cm_arena_fini(&c.arena);
		/* Cut, it is given as far as it goes. */
		read_bytes(&c, stream, len - 9);
		assert_true(c.a.body.len <= sizeof(text) - 1);
		assert_string_equal(c.a.cut, "what the stream lacks of the body");
		cm_arena_fini(&c.arena);
	}
}

static void
a_body_packed_in_another_way_is_said_and_not_guessed_at(void **state)
{
	(void)state;
	is("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nxyz", "",
	    "a body packed with brotli, which is not unpacked here");
	is("HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nxyz", "",
	    "a body packed in a way that is not known here");
	is("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\nxyz", "xyz", NULL);
}

static void
a_gigabyte_of_nothing_is_eight_mebibytes(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
	size_t plain = (size_t)64 << 20, room = (size_t)1 << 20;
	uint8_t *zeros = calloc(1, plain), *stream = malloc(room);
	struct case_of c;
	size_t len;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(stream);
	memcpy(stream, head, sizeof(head) - 1);
	len = packed(zeros, plain, 31, stream + sizeof(head) - 1, room - sizeof(head));
	read_bytes(&c, stream, len + sizeof(head) - 1);
	assert_int_equal(c.a.body.len, CM_SCRIPT_BYTES);
	assert_string_equal(c.a.cut, "what the body has beyond 8 MiB");
	cm_arena_fini(&c.arena);
	free(zeros);
	free(stream);
}

static void
where_location_leads_is_the_first_target(void **state)
{
	static const char away[] = "HTTP/1.1 302 Found\r\nlocation:  http://b.example/x?y \r\n\r\n"
				   "<a href='http://c.example/'>";
	static const char near[] = "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n";
	struct cm_arena arena = { 0 };
	struct cm_script s;

	(void)state;
	assert_int_equal(cm_script_of(cm_span_str(away), &arena, &s), CM_OK);
	assert_string_equal(say_targets(&s),
	    "navigated 0 http://b.example:80/x?y mentioned 0 http://c.example:80/");
	assert_true(s.redirects);
	assert_int_equal(cm_script_of(cm_span_str(near), &arena, &s), CM_OK);
	assert_int_equal(s.n_targets, 0);
	assert_true(s.redirects);
	cm_arena_fini(&arena);
}

static void
a_name_at_the_end_of_a_cut_body_is_no_host(void **state)
{
	static const char cut[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhttp://a.example/ http://b.exam";
	static const char whole[] = "HTTP/1.1 200 OK\r\n\r\nhttp://a.example/ http://b.exam";
	struct cm_arena arena = { 0 };
	struct cm_script s;

	(void)state;
	assert_int_equal(cm_script_of(cm_span_str(cut), &arena, &s), CM_OK);
	assert_string_equal(say_targets(&s), "mentioned 0 http://a.example:80/");
	assert_int_equal(cm_script_of(cm_span_str(whole), &arena, &s), CM_OK);
	assert_int_equal(s.n_targets, 2);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_stands_behind_the_head_and_ends_where_it_says),
		cmocka_unit_test(what_is_no_answer_is_its_own_body),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(gzip_zlib_and_bare_deflate_are_unpacked),
		cmocka_unit_test(a_body_packed_in_another_way_is_said_and_not_guessed_at),
		cmocka_unit_test(a_gigabyte_of_nothing_is_eight_mebibytes),
		cmocka_unit_test(where_location_leads_is_the_first_target),
		cmocka_unit_test(a_name_at_the_end_of_a_cut_body_is_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
