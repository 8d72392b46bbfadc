/* Findings, floods and chains say of which type of evidence they are; older ones do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand.h"
#include "registry/registry.h"
#include "statement/chain_v1.h"
#include "statement/evidence.h"
#include "statement/finding.h"
#include "statement/traffic_v1.h"

/* One of each, as another program might write it, with a place for the member. */
static const char finding[] =
    "{\"seals\":[\"" "00000000000000000000000000000000000000000000000000000000000000aa" "\"],"
    "\"detector\":{\"name\":\"d\",\"version\":1,\"source\":\"" "00000000000000000000000000000000000000000000000000000000000000bb" "\"},"
    "@\"parameters\":{\"memory\":1,\"window\":1,\"forged_bits\":10,\"break_bits\":6},\"type\":\"dns\",\"verdict\":\"forged\",\"bits\":12,"
    "\"forged\":[[3]],\"genuine\":[[]],\"suspect\":[[]],\"support\":[[3]],\"support_host\":[[]],\"against\":[[]],\"frames\":[[1]],"
    "\"trigger\":[[]],\"cues\":[],\"fingerprint\":{},\"alternatives\":[]}";

/* What the member is read as; "refused" with its error. */
static const char *
read_finding(const char *member, struct cm_arena *a, struct cm_err *err)
{
	char *text = hand_swap(finding, "@", member);
	struct cm_json_doc doc = { 0 };
	struct cm_finding f = { 0 };
	enum cm_result r;

	*err = (struct cm_err) { 0 };
	assert_int_equal(cm_json_parse(cm_span_str(text), &doc, err), CM_OK);
	r = cm_finding_read(cm_json_root(&doc), a, &f, err);
	cm_json_release(&doc);
	free(text);
	return r != CM_OK ? "refused" : f.evidence == NULL ? "absent" : f.evidence;
}

static void
the_type_is_read_kept_if_unknown_and_may_be_absent(void **state)
{
	static const struct {
		const char *member, *is;
	} ways[] = {
		{ "", "absent" }, { "\"evidence\":\"N7\",", "N7" }, { "\"evidence\":\"Q42\",", "Q42" },
		{ "\"evidence\":\"n7\",", "refused" }, { "\"evidence\":\"N07\",", "refused" }, { "\"evidence\":\"N100\",", "refused" },
		{ "\"evidence\":\"\",", "refused" }, { "\"evidence\":7,", "refused" }, { "\"evidence\":null,", "refused" },
		{ "\"evidence\":[\"N7\"],", "refused" }, { "\"evidence\":\"N7 \",", "refused" },
	};
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct cm_err err;

		assert_string_equal(read_finding(ways[i].member, &a, &err), ways[i].is);
		if (strcmp(ways[i].is, "refused") == 0)
			assert_non_null(strstr(err.text, "evidence"));
	}
	cm_arena_fini(&a);
}

static void
what_was_absent_stays_absent_when_it_is_written_again(void **state)
{
	static const char *const member[] = { "", "\"evidence\":\"Z9\"," };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	for (size_t i = 0; i < 2; i++) {
		char *text = hand_swap(finding, "@", member[i]);
		struct cm_json_doc doc = { 0 };
		struct cm_buf b = { 0 };
		struct cm_jsonw w = cm_jsonw_of(&b, 0);
		struct cm_finding f;

		assert_int_equal(cm_json_parse(cm_span_str(text), &doc, NULL), CM_OK);
		assert_int_equal(cm_finding_read(cm_json_root(&doc), &a, &f, NULL), CM_OK);
		cm_jsonw_object(&w);
		cm_finding_write(&w, &f);
		cm_jsonw_object_end(&w);
		assert_int_equal(strstr(cm_buf_cstr(&b), "evidence") != NULL, i == 1);
		assert_int_equal(strstr(cm_buf_cstr(&b), "\"evidence\": \"Z9\"") != NULL, i == 1);
		cm_json_release(&doc);
		cm_buf_release(&b);
		free(text);
	}
	cm_arena_fini(&a);
}

static void
what_this_program_says_is_what_the_page_says(void **state)
{
	struct cm_registry r;
	struct cm_arena a;

	(void)state;
	assert_string_equal(cm_evidence_of_exhibit(CM_KIND_CAPTURE), "N1");
	assert_string_equal(cm_evidence_of_exhibit(CM_KIND_LINES), "H2");
	assert_string_equal(cm_evidence_of_exhibit(CM_KIND_RECORDS), "H2");
	assert_string_equal(cm_evidence_of_exhibit(CM_KIND_BLOB), "M1");
	for (unsigned t = 0; t <= CM_INCIDENT_HANDSHAKE; t++)
		assert_string_equal(cm_evidence_of_incident((enum cm_incident_type)t), "N7");
	for (unsigned k = 0; k < CM_TRAFFIC_KINDS; k++) {
		assert_string_equal(cm_evidence_of_traffic((enum cm_traffic_kind)k, false), "N1");
		assert_string_equal(cm_evidence_of_traffic((enum cm_traffic_kind)k, true), "H2");
	}
	assert_string_equal(cm_evidence_of_chain(), "N8");
	cm_arena_init(&a, 0);
	assert_int_equal(cm_registry_builtin(&a, &r, NULL), CM_OK);
	assert_non_null(cm_registry_find(&r, "N1"));
	assert_non_null(cm_registry_find(&r, "N7"));
	assert_non_null(cm_registry_find(&r, "N8"));
	assert_non_null(cm_registry_find(&r, "H2"));
	assert_non_null(cm_registry_find(&r, "M1"));
	cm_arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_type_is_read_kept_if_unknown_and_may_be_absent),
		cmocka_unit_test(what_was_absent_stays_absent_when_it_is_written_again),
		cmocka_unit_test(what_this_program_says_is_what_the_page_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
