/* The list of members: one way to write a line, and every key in it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "charter/members.h"
#include "statement/key.h"

#define AGE "age1ap4vpsrrjldwvssanz9ny3lmntsn47553l88ll5jqc328swthc3q85cn23" /* of a key that nobody has */

static struct cm_arena arena;
static char key[4][128];

static int
set_up(void **state)
{
	(void)state;
	cm_arena_init(&arena, 0);
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t seed[32] = { (uint8_t)(i + 1) };
		struct cm_key k;
		struct cm_buf b = { 0 };

		if (cm_key_of_seed(seed, &k) != CM_OK)
			return -1;
		cm_ssh_public_text(&k.pub, &b);
		snprintf(key[i], sizeof(key[i]), "%s", cm_buf_cstr(&b));
		cm_buf_release(&b);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_arena_fini(&arena);
	return 0;
}

static void
members_come_out_as_they_were_written(void **state)
{
	struct cm_members m;
	struct cm_buf text = { 0 }, again = { 0 };

	(void)state;
	cm_buf_printf(&text, "- \"CERT A\", government, %s, " AGE "\n- \"\xc3\x9c of X\", academic, %s, %s\n- \"V\", victim, %s\n", key[0],
	    key[1], key[2], key[3]);
	assert_int_equal(cm_members_read(cm_buf_span(&text), 7, &arena, &m, NULL), CM_OK);
	assert_int_equal(m.n, 3);
	assert_string_equal(m.item[0].name, "CERT A");
	assert_int_equal(m.item[0].role, CM_MEMBER_GOVERNMENT);
	assert_string_equal(m.item[0].recipient, AGE);
	assert_string_equal(m.item[1].recipient, key[2]);
	assert_null(m.item[2].recipient);
	assert_int_equal(m.item[2].line, 9);
	assert_ptr_equal(cm_members_named(&m, "V"), &m.item[2]);
	assert_ptr_equal(cm_members_keyed(&m, m.item[1].print.text), &m.item[1]);
	assert_null(cm_members_named(&m, "cert a"));
	for (size_t i = 0; i < m.n; i++) {
		cm_member_write(&m.item[i], &again);
		cm_buf_add_str(&again, "\n");
	}
	assert_string_equal(cm_buf_cstr(&again), cm_buf_cstr(&text));
	cm_buf_release(&text);
	cm_buf_release(&again);
}

static void
refused(const char *says, const char *format, const char *a, const char *b)
{
	struct cm_members m;
	struct cm_err err = { 0 };
	char text[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), format, a, b);
#pragma GCC diagnostic pop
	assert_int_equal(cm_members_read(cm_span_str(text), 5, &arena, &m, &err), CM_E_MALFORMED);
	if (strstr(err.text, says) == NULL)
		fail_msg("expected \"%s\" in \"%s\" for %s", says, err.text, text);
}

static void
a_line_that_is_not_written_so_is_refused_with_line_and_column(void **state)
{
	(void)state;
	refused("line 5: the section has no member", "%s%s", "", "");
	refused("line 6, column 1: expected a member", "\nThe members are%s:%s\n", "", "");
	refused("line 5, column 1: expected a member", "* \"A\", victim, %s%s", key[0], "");
	refused("line 5, column 1", " - \"A\", victim, %s%s", key[0], "");
	refused("line 5, column 4: expected a name", "- \"\", victim, %s%s", key[0], "");
	refused("line 5, column 4: expected a name", "- \" A\", victim, %s%s", key[0], "");
	refused("line 5, column 4: expected a name", "- \"A*\", victim, %s%s", key[0], "");
	refused("line 5, column 4: expected a name", "- \"E\xcc\x81\", victim, %s%s", key[0], "");
	refused("line 5, column 5: expected the quote", "- \"A\" , victim, %s%s", key[0], "");
	refused("line 5, column 8: expected a role", "- \"A\", king, %s%s", key[0], "");
	refused("line 5, column 8: expected a role", "- \"A\", Victim, %s%s", key[0], "");
	refused("line 5, column 14: expected a comma", "- \"\xc3\x9c\", victim,%s%s", key[0], "");
	refused("line 5, column 16: expected a key", "- \"A\", victim, AAAA%s%s", "", "");
	refused("line 5, column 16", "- \"A\", victim, ssh-rsa AAAAB3NzaC1yc2EAAA%s%s", "", "");
	refused("line 5, column 16", "- \"A\", victim, %s %s", key[0], "comment");
	refused("line 5, column 16", "- \"A\", victim, ssh-ed25519  %s%s", key[0] + 12, "");
	refused("column 98: expected a key", "- \"A\", victim, %s, %s", key[0], "age1qqqq");
	refused("column 98: expected a key", "- \"A\", victim, %s, %s", key[0], AGE "q");
	refused("expected a key", "- \"A\", victim, %s, %s", key[0], "age1bqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq");
	/* one letter is another: nobody could read what is encrypted to it */
	refused("expected a key", "- \"A\", victim, %s, %s", key[0], "age1ap4vpsrrjldwvssanz9ny3lmntsn47553l88ll5jqc328swthc3q85cn24");
	refused("expected the end of the line", "- \"A\", victim, %s, %s, more", key[0], key[1]);
}

static void
nobody_is_in_twice_and_no_key_has_two_roles(void **state)
{
	(void)state;
	refused("line 6: \"A\" is a member already, in line 5", "- \"A\", victim, %s\n- \"A\", panel, %s", key[0], key[1]);
	refused("line 6: a key of \"B\" is one of \"A\", too, in line 5", "- \"A\", victim, %s\n- \"B\", panel, %s", key[0], key[0]);
	refused("line 5: \"A\" signs and decrypts with one key", "- \"A\", victim, %s, %s", key[0], key[0]);
	refused("line 7: a key of \"B\" is one of \"A\"", "- \"A\", victim, %s\n\n- \"B\", panel, %s", key[0], key[0]);
}

static void
a_key_to_encrypt_to_is_nobody_elses_either(void **state)
{
	struct cm_members m;
	struct cm_err err = { 0 };
	struct cm_buf b = { 0 };

	(void)state;
	cm_buf_printf(&b, "- \"A\", victim, %s\n- \"B\", panel, %s, %s\n", key[0], key[1], key[0]);
	assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "a key of \"B\" is one of \"A\""));
	cm_buf_clear(&b);
	err = (struct cm_err) { 0 };
	cm_buf_printf(&b, "- \"A\", victim, %s, %s\n- \"B\", panel, %s, %s\n", key[0], key[2], key[1], key[2]);
	assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, &err), CM_E_MALFORMED);
	cm_buf_clear(&b);
	cm_buf_printf(&b, "- \"A\", victim, %s, %s\n- \"B\", panel, %s\n", key[0], key[2], key[2]);
	assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, NULL), CM_E_MALFORMED);
	cm_buf_clear(&b);
	cm_buf_printf(&b, "- \"A\", victim, %s, " AGE "\n- \"B\", panel, %s, " AGE "\n", key[0], key[1]);
	assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, NULL), CM_E_MALFORMED);
	cm_buf_release(&b);
}

static void
there_are_no_more_members_than_the_bound(void **state)
{
	struct cm_members m;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	for (unsigned i = 0; i <= CM_MEMBERS_MAX; i++) {
		uint8_t seed[32] = { (uint8_t)i, 9 };
		struct cm_key k;

		if (i == CM_MEMBERS_MAX)
			assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, NULL), CM_OK);
		assert_int_equal(cm_key_of_seed(seed, &k), CM_OK);
		cm_buf_printf(&b, "- \"M%u\", private, ", i);
		cm_ssh_public_text(&k.pub, &b);
		cm_buf_add_str(&b, "\n");
	}
	assert_int_equal(cm_members_read(cm_buf_span(&b), 1, &arena, &m, &err), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "more than 64 members"));
	cm_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_out_as_they_were_written),
		cmocka_unit_test(a_line_that_is_not_written_so_is_refused_with_line_and_column),
		cmocka_unit_test(nobody_is_in_twice_and_no_key_has_two_roles),
		cmocka_unit_test(a_key_to_encrypt_to_is_nobody_elses_either),
		cmocka_unit_test(there_are_no_more_members_than_the_bound),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
