#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "statement/terms.h"

static const char whole[] =
    "{\"use\": \"charter\", \"tlp\": \"amber\", \"pap\": \"green\", \"charter\": "
    "\"0101010101010101010101010101010101010101010101010101010101010101\", \"action\": \"release\", \"purpose\": "
    "\"attribution\", \"from\": {\"member\": \"A\", \"role\": \"government\"}, \"to\": {\"member\": \"B\", \"role\": \"government\"}, "
    "\"phase\": \"open\", \"approved\": \"none\", \"exhibits\": [{\"type\": \"N1\", \"tlp\": \"amber\", \"pap\": \"green\"}], "
    "\"rules\": [\"R1\"], \"obliges\": [\"retain <= 180d\", \"receipt\"], \"withheld\": [{\"content\": \"payload\", \"by\": \"D1\"}], "
    "\"consent\": [\"0202020202020202020202020202020202020202020202020202020202020202\"]}";

static enum cm_result
read_terms(const char *text, struct cm_arena *arena, struct cm_terms *out, struct cm_err *err)
{
	struct cm_json_doc doc = { 0 };
	enum cm_result rc = cm_json_parse(cm_span_str(text), &doc, err);

	if (rc == CM_OK)
		rc = cm_terms_read(cm_json_root(&doc), arena, out, err);
	cm_json_release(&doc);
	return rc;
}

static void
what_is_written_is_what_was_read(void **state)
{
	struct cm_arena arena;
	struct cm_terms t;
	struct cm_err err = { 0 };
	struct cm_buf out = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&out, 0);

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(read_terms(whole, &arena, &t, &err), CM_OK);
	assert_string_equal(t.to, "B");
	assert_string_equal(t.obliges[0], "retain <= 180d");
	assert_string_equal(t.withheld[0].by, "D1");
	assert_int_equal(t.consent[0][31], 2);
	cm_terms_write(&w, &t);
	assert_string_equal(cm_buf_cstr(&out), whole);
	cm_buf_release(&out);
	cm_arena_fini(&arena);
}

/* Leaves out a member, by its name, up to what follows at the same depth. */
static void
without(const char *name, char *out, size_t cap)
{
	const char *at = strstr(whole, name), *end = at;
	int depth = 0;

	assert_non_null(at);
	for (at--; *end != 0; end++) {
		depth += *end == '{' || *end == '[' ? 1 : *end == '}' || *end == ']' ? -1 : 0;
		if (depth < 0 || (depth == 0 && *end == ','))
			break;
	}
	if (*end == ',')
		end++;
	else
		at--;
	snprintf(out, cap, "%.*s%s", (int)(at - whole), whole, end);
}

static void
under_a_charter_nothing_may_be_missing(void **state)
{
	static const char *const name[] = { "use\": ", "tlp\": \"amber\", \"pap\": \"green\", \"c", "charter\": \"0", "action\": ", "purpose\": ", "from\": ",
		"to\": {", "phase\": ", "approved\": ", "exhibits\": ", "rules\": ", "obliges\": ", "withheld\": ", "consent\": " };

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		struct cm_arena arena;
		struct cm_terms t;
		struct cm_err err = { 0 };
		char text[sizeof(whole)];

		cm_arena_init(&arena, 0);
		without(name[i], text, sizeof(text));
		if (read_terms(text, &arena, &t, &err) != CM_E_MALFORMED)
			fail_msg("read without %s", name[i]);
		cm_arena_fini(&arena);
	}
}

static void
other_uses_have_no_charter(void **state)
{
	struct cm_arena arena;
	struct cm_terms t;
	struct cm_err err = { 0 };

	(void)state;
	cm_arena_init(&arena, 0);
	assert_int_equal(read_terms("{\"use\":\"own\"}", &arena, &t, &err), CM_OK);
	assert_null(t.tlp);
	assert_int_equal(read_terms("{\"use\":\"free\",\"tlp\":\"red\",\"pap\":\"red\"}", &arena, &t, &err), CM_OK);
	assert_int_equal(read_terms("{\"use\":\"free\",\"purpose\":\"warning\"}", &arena, &t, &err), CM_E_MALFORMED);
	err = (struct cm_err) { 0 };
	assert_int_equal(read_terms("{\"use\":\"any\"}", &arena, &t, &err), CM_E_MALFORMED);
	cm_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_what_was_read),
		cmocka_unit_test(under_a_charter_nothing_may_be_missing),
		cmocka_unit_test(other_uses_have_no_charter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
