/* seal/v1: read as written, refused where it says two things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "statement/seal_v1.h"

static struct cm_arena arena;

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

static struct cm_seal_v1
sample(void)
{
	struct cm_seal_v1 s = { .seal = { .schema = cm_schema_of(CM_KIND_CAPTURE),
				    .x = { 0xaa },
				    .rows = 17,
				    .root = { 0xbb },
				    .has_file = true,
				    .file = { 4 } },
		.has_collected = true,
		.tool_name = "comity",
		.tool_version = "0.1.0",
		.tool_source = { 5 } };

	s.collected[CM_COLLECTED_VANTAGE].text = "between \"A\" and B";
	s.collected[CM_COLLECTED_BY].is_shut = true;
	s.collected[CM_COLLECTED_BY].shut[0] = 6;
	return s;
}

static void
body(void *arg, struct cm_jsonw *w)
{
	cm_seal_v1_write(w, arg);
}

static enum cm_result
read_members(const struct cm_statement_doc *d, struct cm_arena *a, void *out, struct cm_err *err)
{
	return cm_seal_v1_read(d, a, out, err);
}

static enum cm_result
read_text(const char *text, struct cm_seal_v1 *out, struct cm_err *err)
{
	return hand_read(text, read_members, &arena, out, err);
}

static void
refused(const char *from, const char *to, const char *because)
{
	struct cm_statement head = hand_head(CM_PREDICATE_SEAL);
	struct cm_seal_v1 s = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;
	char *text;

	hand_text(&head, body, &s, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &out, &err), CM_OK);
	text = hand_swap(cm_buf_cstr(&b), from, to);
	assert_int_equal(read_text(text, &out, &err), CM_E_MALFORMED);
	if (strstr(err.text, because) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", because, err.text);
	free(text);
	cm_buf_release(&b);
}

static void
a_seal_comes_back_as_it_was_written(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_SEAL);
	struct cm_seal_v1 s = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	hand_text(&head, body, &s, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &out, &err), CM_OK);
	assert_memory_equal(out.seal.x, s.seal.x, 32);
	assert_memory_equal(out.seal.root, s.seal.root, 32);
	assert_memory_equal(out.seal.file, s.seal.file, 32);
	assert_int_equal(out.seal.rows, 17);
	assert_int_equal(out.seal.schema.kind, CM_KIND_CAPTURE);
	assert_int_equal(out.seal.schema.n, 5);
	assert_int_equal(out.seal.schema.column[1].link, 0);
	assert_int_equal(out.seal.schema.column[4].link, CM_LINK_PLAIN);
	assert_string_equal(out.collected[CM_COLLECTED_VANTAGE].text, "between \"A\" and B");
	assert_true(out.collected[CM_COLLECTED_BY].is_shut);
	assert_int_equal(out.collected[CM_COLLECTED_BY].shut[0], 6);
	assert_null(out.collected[CM_COLLECTED_DROPS].text);
	assert_string_equal(out.tool_version, "0.1.0");
	assert_int_equal(out.tool_source[0], 5);
	cm_buf_release(&b);
}

static void
what_may_be_left_out_may_be_left_out(void **state)
{
	struct cm_statement head = hand_head(CM_PREDICATE_SEAL);
	struct cm_seal_v1 s = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	s.has_collected = s.seal.has_file = false;
	hand_text(&head, body, &s, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &out, &err), CM_OK);
	assert_false(out.has_collected || out.seal.has_file);
	cm_buf_release(&b);
}

static void
columns_of_a_records_table_are_the_sealer_s(void **state)
{
	struct cm_span names[] = { cm_span_str("ts"), cm_span_str("uid") };
	struct cm_statement head = hand_head(CM_PREDICATE_SEAL);
	struct cm_seal_v1 s = sample(), out;
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	assert_int_equal(cm_schema_records(names, 2, &s.seal.schema, NULL), CM_OK);
	hand_text(&head, body, &s, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &out, &err), CM_OK);
	assert_int_equal(out.seal.schema.n, 3);
	assert_true(cm_span_eq(out.seal.schema.column[1].name, cm_span_str("uid")));
	cm_buf_release(&b);
}

static void
a_seal_that_says_two_things_is_refused(void **state)
{
	(void)state;
	refused("\"exhibit\": \"aa", "\"exhibit\": \"ab", "subject");
	refused("\"root\": \"bb", "\"root\": \"bc", "subject");
	refused("\"kind\": \"capture/1\"", "\"kind\": \"capture/2\"", "kind");
	refused("\"kind\": \"capture/1\"", "\"kind\": \"blob/1\"", "columns");
	refused("\"name\": \"payload\"", "\"name\": \"body\"", "payload");
	refused("\"name\": \"mask\"", "\"name\": \"mask\", \"link\": 0", "mask");
	refused("\"link\": 0", "\"link\": 1", "src");
	refused("\"link\": 0", "\"link\": 128", "link");
	refused("\"rows\": 17", "\"rows\": -1", "rows");
	refused("\"rows\": 17", "\"rows\": 1099511627777", "rows");
	refused("\"file\": \"04", "\"file\": \"0", "file");
	refused("\"vantage\"", "\"place\"", "place");
	refused("\"vantage\": ", "\"clock\": 1, \"vantage\": ", "clock");
	refused("\"version\"", "\"v\"", "`v'");
	refused("\"source\": \"05", "\"source\": \"0F", "source");
	refused("\"rows\"", "\"more\": 0, \"rows\"", "more");
	refused("urn:x-comity:seal/v1", "urn:x-comity:custody/v1", "not a seal");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_seal_comes_back_as_it_was_written),
		TEST(what_may_be_left_out_may_be_left_out),
		TEST(columns_of_a_records_table_are_the_sealer_s),
		TEST(a_seal_that_says_two_things_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
