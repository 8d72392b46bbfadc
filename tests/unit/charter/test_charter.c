/* The text of a charter: sections, members, rules; and the file around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "party.h"

static const char *const types[] = { "N1", "N2", "M6" };
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

/* A charter of A and V with ${behind} after its rules. */
static enum cm_result
read(const char *from, const char *to, struct cm_charter *out, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	size_t room;
	char *text, *at;
	enum cm_result r;

	party_text(1 << PARTY_A | 1 << PARTY_V, "Prose of many lines.", &b);
	room = b.len + strlen(to) + 1;
	text = cm_arena_alloc(&arena, room);
	at = strstr(cm_buf_cstr(&b), from);
	assert_non_null(at);
	snprintf(text, room, "%.*s%s%s", (int)(at - (char *)b.ptr), (char *)b.ptr, to, at + strlen(from));
	cm_buf_release(&b);
	*err = (struct cm_err) { 0 };
	r = cm_charter_read(cm_span_str(text), types, 3, &arena, out, err);
	return r;
}

static void
title_members_rules_and_types_come_out(void **state)
{
	struct cm_charter c;
	struct cm_err err;

	(void)state;
	assert_int_equal(read("\n## Rules", "\n## Evidence types\n- N1: forge F2.\n## Purpose\nPeace.\n## Rules", &c, &err), CM_OK);
	assert_string_equal(c.title, "The case of the flood");
	assert_int_equal(c.members.n, 2);
	assert_string_equal(c.members.item[1].name, "V");
	assert_int_equal(c.members.item[0].line, 6);
	assert_int_equal(cm_rules_count(c.rules), 1);
	assert_string_equal(cm_rules_name(c.rules, 0), "R1");
	assert_int_equal(cm_rules_line(c.rules, 0), 14);
	assert_true(cm_span_eq(c.types, cm_span_str("- N1: forge F2.\n")));
	assert_int_equal(c.types_line, 10);
}

static void
what_it_lacks_or_has_twice_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} ways[] = { { "## Members", "## Who is in", "no section `## Members'" }, { "## Rules", "### Rules", "line 9, column 1: expected a member" },
		{ "## Rules", "## Members", "line 9: a second section `## Members`" }, { "allow R1", "permit R1", "line 10, column 1" },
		{ "types N1", "types N9", "line 10, column" }, { "Prose", "Pro\xe2\x80\x8bse", "line 3, column 4: U+200B" },
		{ "to government", "to \"B\"", "line 10, column" }, { "Prose", "\xff", "line 3, column 1: a byte" },
		{ "- \"V\"", "- \"A\"", "line 7: \"A\" is a member already, in line 6" } };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct cm_charter c;
		struct cm_err err;

		assert_int_equal(read(ways[i].from, ways[i].to, &c, &err), CM_E_MALFORMED);
		if (strstr(err.text, ways[i].says) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", ways[i].says, err.text);
	}
}

static void
a_text_beyond_the_bound_is_not_read(void **state)
{
	struct cm_charter c;
	struct cm_buf b = { 0 };

	(void)state;
	party_text(1, "", &b);
	cm_buf_add_str(&b, "\n## More\n");
	while (b.len < CM_CHARTER_TEXT)
		cm_buf_add_u8(&b, 'x');
	assert_int_equal(cm_charter_read(cm_buf_span(&b), types, 3, &arena, &c, NULL), CM_OK);
	cm_buf_add_u8(&b, 'x');
	assert_int_equal(cm_charter_read(cm_buf_span(&b), types, 3, &arena, &c, NULL), CM_E_LIMIT);
	cm_buf_release(&b);
}

static void
names_of_members_are_words_of_its_rules(void **state)
{
	struct cm_charter c;
	struct cm_err err;

	(void)state;
	assert_int_equal(read("to government", "to \"V\"", &c, &err), CM_OK);
}

static void
signers_are_the_members_and_those_before(void **state)
{
	struct party_charter one = party_charter(1 << PARTY_A | 1 << PARTY_V, "1", NULL, 0, 0);
	struct party_charter more = party_charter(1 << PARTY_A, "1", NULL, 1 << PARTY_B, 0);
	struct cm_charter_file f, g;
	const struct cm_key_print *by;
	struct cm_charter_withdrawn gone = { 0 };
	struct cm_key_print left[1];
	struct cm_err err = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(cm_charter_file_read(cm_buf_span(&one.json), &arena, &f, NULL), CM_OK);
	assert_int_equal(f.head.n_signers, 2);
	assert_memory_equal(f.digest, one.digest, 32);
	assert_int_equal(cm_charter_file_read(cm_buf_span(&more.json), &arena, &g, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "others than the members"));
	assert_int_equal(cm_charter_signers(&f.says, &f, gone, &arena, &by, &n, NULL), CM_OK);
	assert_int_equal(n, 2);
	assert_true(strcmp(by[0].text, by[1].text) < 0);
	assert_int_equal(read("V", "V", &g.says, &err), CM_OK);
	g.says.members.n = 1; /* A alone: V was a member and has to agree, unless it left */
	assert_int_equal(cm_charter_signers(&g.says, &f, gone, &arena, &by, &n, NULL), CM_OK);
	assert_int_equal(n, 2);
	strcpy(left[0].text, party_print(PARTY_V));
	gone = (struct cm_charter_withdrawn) { left, 1 };
	assert_int_equal(cm_charter_signers(&g.says, &f, gone, &arena, &by, &n, NULL), CM_OK);
	assert_int_equal(n, 1);
	assert_string_equal(by[0].text, party_print(PARTY_A));
	party_charter_end(&one);
	party_charter_end(&more);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(title_members_rules_and_types_come_out),
		cmocka_unit_test(what_it_lacks_or_has_twice_is_refused),
		cmocka_unit_test(a_text_beyond_the_bound_is_not_read),
		cmocka_unit_test(names_of_members_are_words_of_its_rules),
		cmocka_unit_test(signers_are_the_members_and_those_before),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
