/* What all statements have in common is written one way and read strictly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/rfc3339.h"
#include "crypto/sha256.h"
#include "hand.h"

static enum cm_result
read_text(const char *text, struct cm_err *err)
{
	struct cm_statement_doc d = { 0 };
	struct cm_arena a;
	enum cm_result r;

	cm_arena_init(&a, 0);
	*err = (struct cm_err) { 0 };
	r = cm_statement_read(cm_span_str(text), &a, &d, err);
	cm_statement_release(&d);
	cm_arena_fini(&a);
	return r;
}

/* The good statement with one thing changed is refused because of that. */
static void
refused(const char *from, const char *to, const char *because)
{
	struct cm_statement s = hand_head(CM_PREDICATE_SEAL);
	struct cm_buf b = { 0 };
	struct cm_err err;
	char *text;

	hand_text(&s, NULL, NULL, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &err), CM_OK);
	text = hand_swap(cm_buf_cstr(&b), from, to);
	assert_int_not_equal(read_text(text, &err), CM_OK);
	if (strstr(err.text, because) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", because, err.text);
	free(text);
	cm_buf_release(&b);
}

static void
a_statement_comes_back_as_it_was_written(void **state)
{
	struct cm_statement s = hand_head(CM_PREDICATE_CUSTODY);
	struct cm_statement_doc d = { 0 };
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena a;
	uint8_t digest[32];

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&s, NULL, NULL, &b);
	assert_int_equal(cm_statement_read(cm_buf_span(&b), &a, &d, &err), CM_OK);
	assert_int_equal(d.head.type, s.type);
	assert_string_equal(d.head.by, s.by);
	assert_memory_equal(d.head.nonce, s.nonce, 16);
	assert_int_equal(d.head.made, s.made);
	assert_int_equal(d.head.number, 2);
	assert_memory_equal(d.head.previous, s.previous, 32);
	assert_true(d.head.has_case);
	assert_memory_equal(d.head.case_id, s.case_id, 32);
	assert_string_equal(d.head.to, s.to);
	assert_true(d.head.has_supersedes);
	assert_memory_equal(d.head.supersedes, s.supersedes, 32);
	assert_int_equal(d.head.n_after, 1);
	assert_string_equal(d.head.after[0].origin, "log.example/1");
	assert_int_equal(d.head.after[0].size, 12);
	assert_int_equal(d.head.after[0].root[0], 3);
	assert_int_equal(d.head.n_subject, 1);
	assert_memory_equal(&d.head.subject[0], &s.subject[0], sizeof(s.subject[0]));
	cm_sha256(b.ptr, b.len, digest);
	assert_memory_equal(d.digest, digest, 32);
	cm_statement_release(&d);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
the_text_is_the_documented_one(void **state)
{
	struct cm_statement s = hand_head(CM_PREDICATE_SEAL);
	struct cm_buf b = { 0 };

	(void)state;
	s.number = 1;
	s.has_case = s.has_supersedes = false;
	s.n_after = 0;
	s.to = NULL;
	hand_text(&s, NULL, NULL, &b);
	assert_string_equal(cm_buf_cstr(&b),
	    "{\n"
	    "  \"_type\": \"https://in-toto.io/Statement/v1\",\n"
	    "  \"subject\": [\n"
	    "    {\n"
	    "      \"name\": "
	    "\"aa00000000000000000000000000000000000000000000000000000000000000\",\n"
	    "      \"digest\": {\n"
	    "        \"comity-seal\": "
	    "\"bb00000000000000000000000000000000000000000000000000000000000000\"\n"
	    "      }\n"
	    "    }\n"
	    "  ],\n"
	    "  \"predicateType\": \"urn:x-comity:seal/v1\",\n"
	    "  \"predicate\": {\n"
	    "    \"by\": \"SHA256:+7Mp32er4lydoNiApNjjbYQK0PA6q+yZEYhxADwBN3M\",\n"
	    "    \"nonce\": \"01020000000000000000000000000000\",\n"
	    "    \"made\": \"2026-11-23T23:06:40Z\",\n"
	    "    \"number\": 1\n"
	    "  }\n"
	    "}\n");
	cm_buf_release(&b);
}

static void
outer_members_are_exactly_four_and_of_their_kind(void **state)
{
	(void)state;
	refused("\"_type\": \"https://in-toto.io/Statement/v1\"", "\"_type\": \"x\"", "_type");
	refused("\"_type\": \"https://in-toto.io/Statement/v1\",", "", "_type");
	refused("\"subject\"", "\"subjects\"", "subjects");
	refused("urn:x-comity:seal/v1", "urn:x-comity:seal/v2", "not known");
	refused("\"predicate\": {", "\"more\": 1, \"predicate\": {", "more");
	refused("\"name\": \"aa", "\"name\": \"AA", "name");
	refused("comity-seal", "sha256", "sha256");
	refused("\"digest\": {", "\"uri\": \"x\", \"digest\": {", "uri");
}

static void
subjects_are_one_to_many(void **state)
{
	struct cm_statement s = hand_head(CM_PREDICATE_SEAL);
	struct cm_buf b = { 0 };
	struct cm_err err;

	(void)state;
	s.n_subject = 0;
	hand_text(&s, NULL, NULL, &b);
	assert_int_equal(read_text(cm_buf_cstr(&b), &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "subject"));
	cm_buf_release(&b);
}

static void
the_signer_is_named_by_a_fingerprint(void **state)
{
	(void)state;
	refused("SHA256:+", "SHA256-+", "by");
	refused("SHA256:+", "SHA256:++", "by");
	refused("q+yZEYhxADwBN3M", "q+yZEYhxADwBN3N", "by");
	refused("SHA256:+", "SHA256:.", "by");
	refused("\"by\":", "\"bye\":", "by");
}

static void
nonce_and_time_have_one_spelling(void **state)
{
	(void)state;
	refused("\"nonce\": \"01", "\"nonce\": \"0A", "nonce");
	refused("\"nonce\": \"01", "\"nonce\": \"", "nonce");
	refused("\"nonce\": \"0102", "\"nonce\": \"010200", "nonce");
	refused("23:06:40Z", "23:06:40+00:00", "made");
	refused("23:06:40Z", "23:06:40.5Z", "made");
	refused("2026-11-23T", "2026-11-31T", "made");
}

static void
number_and_previous_belong_together(void **state)
{
	(void)state;
	refused("\"number\": 2", "\"number\": 0", "number");
	refused("\"number\": 2", "\"number\": -2", "number");
	refused("\"number\": 2", "\"number\": \"2\"", "number");
	refused("\"number\": 2", "\"number\": 2.0", "no integer");
	refused("\"number\": 2", "\"number\": 1", "previous");
	refused("\"previous\": \"07", "\"previous\": \"7", "previous");
	refused("\"number\": 2,", "\"number\": 2, \"number\": 2,", "twice");
	refused("\"previous\"", "\"prev\"", "previous");
}

static void
optional_members_are_read_strictly_where_they_stand(void **state)
{
	(void)state;
	refused("\"case\": \"08", "\"case\": \"0", "case");
	refused("\"supersedes\": \"09", "\"supersedes\": \"0G", "supersedes");
	refused("\"to\": \"the other side\"", "\"to\": \"\"", "to");
	refused("\"to\": \"the other side\"", "\"to\": null", "to");
	refused("\"to\": \"the other side\"", "\"to\": \"\\u0000\"", "JSON");
	refused("\"size\": 12", "\"size\": \"12\"", "size");
	refused("\"origin\"", "\"log\"", "log");
}

static void
unknown_members_of_the_predicate_are_refused_by_name(void **state)
{
	static const char *const own[] = { "mine", NULL }, *const none[] = { NULL };
	struct cm_statement s = hand_head(CM_PREDICATE_SEAL);
	struct cm_statement_doc d = { 0 };
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };
	struct cm_arena a;
	char *text;

	(void)state;
	cm_arena_init(&a, 0);
	hand_text(&s, NULL, NULL, &b);
	text = hand_swap(cm_buf_cstr(&b), "\"by\":", "\"mine\": 1, \"by\":");
	assert_int_equal(cm_statement_read(cm_span_str(text), &a, &d, &err), CM_OK);
	assert_int_equal(cm_statement_only(&d, own, &err), CM_OK);
	assert_int_equal(cm_statement_only(&d, none, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "mine"));
	cm_statement_release(&d);
	free(text);
	cm_buf_release(&b);
	cm_arena_fini(&a);
}

static void
claims_are_shown_or_shut_and_nothing_else(void **state)
{
	static const char text[] =
	    "{\"a\": \"x\", \"b\": {\"shut\": "
	    "\"0100000000000000000000000000000000000000000000000000000000000000\"}, "
	    "\"c\": {\"shut\": \"01\"}, \"d\": {}, \"e\": 1, \"f\": {\"shut\": "
	    "\"0100000000000000000000000000000000000000000000000000000000000000\", \"g\": 1}}";
	struct cm_json_doc doc = { 0 };
	struct cm_claim_text c;
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_json_parse(cm_span_str(text), &doc, NULL), CM_OK);
	assert_int_equal(cm_statement_claim(cm_json_root(&doc), "a", &a, &c, NULL), CM_OK);
	assert_string_equal(c.text, "x");
	assert_false(c.is_shut);
	assert_int_equal(cm_statement_claim(cm_json_root(&doc), "b", &a, &c, NULL), CM_OK);
	assert_null(c.text);
	assert_true(c.is_shut);
	assert_int_equal(c.shut[0], 1);
	assert_int_equal(cm_statement_claim(cm_json_root(&doc), "absent", &a, &c, NULL), CM_OK);
	assert_true(c.text == NULL && !c.is_shut);
	for (const char *bad = "cdef"; *bad != '\0'; bad++) {
		char name[2] = { *bad, '\0' };

		assert_int_equal(
		    cm_statement_claim(cm_json_root(&doc), name, &a, &c, NULL), CM_E_MALFORMED);
	}
	cm_json_release(&doc);
	cm_arena_fini(&a);
}

static void
a_shut_text_is_the_hash_of_tag_salt_and_text(void **state)
{
	uint8_t r[32] = { 5 }, joined[37] = { 0x17, 5 }, want[32], got[32];

	(void)state;
	memcpy(joined + 33, "text", 4);
	cm_sha256(joined, sizeof(joined), want);
	cm_shut_text(r, cm_span_str("text"), got);
	assert_memory_equal(got, want, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_comes_back_as_it_was_written),
		cmocka_unit_test(the_text_is_the_documented_one),
		cmocka_unit_test(outer_members_are_exactly_four_and_of_their_kind),
		cmocka_unit_test(subjects_are_one_to_many),
		cmocka_unit_test(the_signer_is_named_by_a_fingerprint),
		cmocka_unit_test(nonce_and_time_have_one_spelling),
		cmocka_unit_test(number_and_previous_belong_together),
		cmocka_unit_test(optional_members_are_read_strictly_where_they_stand),
		cmocka_unit_test(unknown_members_of_the_predicate_are_refused_by_name),
		cmocka_unit_test(claims_are_shown_or_shut_and_nothing_else),
		cmocka_unit_test(a_shut_text_is_the_hash_of_tag_salt_and_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
