/* What tokens say of a request: the victim's alone count, for whom and for what they were given, until they are ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "party.h"

static struct cm_member list[4];
static struct cm_members members = { list, 4 }, old_members = { list, 3 };
static const char *const some_types[] = { "N1", "N3" };
static const char *const some_names[] = { "B" };
static const struct cm_consent_request usual = { "N1", "attribution", "B", 1000 };

static int
set_up(void **state)
{
	static const char *const names[] = { "A", "B", "V", "U" };
	static const unsigned who[] = { PARTY_A, PARTY_B, PARTY_V, PARTY_U };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		list[i].name = names[i];
		list[i].role = i == 2 ? CM_MEMBER_VICTIM : CM_MEMBER_GOVERNMENT;
		strcpy(list[i].print.text, party_print(who[i]));
	}
	return 0;
}

static struct cm_consent_token
token(uint8_t digest, unsigned by)
{
	struct cm_consent_token t = { .digest = { digest }, .members = &members };

	strcpy(t.by.text, party_print(by));
	return t;
}

static enum cm_consent
ask(const struct cm_consent_token *t, size_t n, const struct cm_consent_request *q)
{
	return cm_consent_find(&members, t, n, q, NULL, NULL);
}

static void
without_a_word_of_the_victim_there_is_none(void **state)
{
	struct cm_consent_token t[] = { token(1, PARTY_A), token(2, PARTY_B) };
	struct cm_members without = { list, 2 };

	(void)state;
	assert_int_equal(ask(NULL, 0, &usual), CM_CONSENT_NONE);
	assert_int_equal(ask(t, 2, &usual), CM_CONSENT_NONE);
	t[0] = token(1, PARTY_V);
	assert_int_equal(cm_consent_find(&without, t, 1, &usual, NULL, NULL), CM_CONSENT_NONE);
}

static void
a_consent_covers_what_it_names_and_no_more(void **state)
{
	struct cm_consent_token t = token(1, PARTY_V);
	struct cm_consent_request q = usual;

	(void)state;
	assert_int_equal(ask(&t, 1, &usual), CM_CONSENT_GIVEN);
	t.says.types = (struct cm_words) { some_types, 2 };
	assert_int_equal(ask(&t, 1, &usual), CM_CONSENT_GIVEN);
	q.type = "N2";
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
	q = usual;
	t.says.to = (struct cm_words) { some_names, 1 };
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_GIVEN);
	q.to = "A";
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
	q = usual;
	t.says.purposes = (struct cm_words) { some_names, 1 };
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
	t.says.purposes.n = 0;
	t.says.has_until = true;
	t.says.until = 1000;
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_GIVEN);
	q.when = 1001;
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
}

/* "Any member" meant those who were in when it was said. */
static void
who_is_no_member_is_not_covered_nor_who_joined_later(void **state)
{
	struct cm_consent_token t = token(1, PARTY_V);
	struct cm_consent_request q = usual;

	(void)state;
	q.to = "a newspaper";
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
	q.to = "U";
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_GIVEN);
	t.members = &old_members;
	assert_int_equal(ask(&t, 1, &q), CM_CONSENT_NONE);
	t.members = NULL;
	assert_int_equal(ask(&t, 1, &usual), CM_CONSENT_NONE);
}

static void
what_is_revoked_ends_and_the_tokens_that_say_so_are_named(void **state)
{
	struct cm_consent_token t[] = { token(1, PARTY_V), token(2, PARTY_V), token(3, PARTY_V) };
	size_t used[3], n;

	(void)state;
	t[1].says.revoked = t[1].has_supersedes = true;
	t[1].supersedes[0] = 1;
	t[2].says.to = (struct cm_words) { some_names, 1 };
	assert_int_equal(cm_consent_find(&members, t, 2, &usual, used, &n), CM_CONSENT_REVOKED);
	assert_int_equal(n, 2);
	assert_int_equal(used[0], 0);
	assert_int_equal(used[1], 1);
	assert_int_equal(cm_consent_find(&members, t, 3, &usual, used, &n), CM_CONSENT_GIVEN);
	assert_int_equal(n, 1);
	assert_int_equal(used[0], 2);
}

static void
nobody_else_ends_it_and_a_narrower_one_replaces_it(void **state)
{
	struct cm_consent_token t[] = { token(1, PARTY_V), token(2, PARTY_A) };
	struct cm_consent_request q = usual;

	(void)state;
	t[1].says.revoked = t[1].has_supersedes = true;
	t[1].supersedes[0] = 1;
	assert_int_equal(ask(t, 2, &usual), CM_CONSENT_GIVEN);
	t[1] = token(2, PARTY_V);
	t[1].has_supersedes = true;
	t[1].supersedes[0] = 1;
	t[1].says.to = (struct cm_words) { some_names, 1 };
	assert_int_equal(ask(t, 2, &usual), CM_CONSENT_GIVEN);
	q.to = "A";
	assert_int_equal(ask(t, 2, &q), CM_CONSENT_REVOKED);
}

static void
of_two_victims_both_must_agree(void **state)
{
	struct cm_consent_token t[] = { token(1, PARTY_V), token(2, PARTY_U), token(3, PARTY_U) };

	(void)state;
	list[3].role = CM_MEMBER_VICTIM;
	assert_int_equal(ask(t, 1, &usual), CM_CONSENT_NONE);
	assert_int_equal(ask(t, 2, &usual), CM_CONSENT_GIVEN);
	t[2].says.revoked = t[2].has_supersedes = true;
	t[2].supersedes[0] = 2;
	assert_int_equal(ask(t, 3, &usual), CM_CONSENT_REVOKED);
	list[3].role = CM_MEMBER_GOVERNMENT;
}

static void
all_approve_when_everybody_but_the_two_who_trade_did(void **state)
{
	static const uint8_t what[2][32] = { { 1 }, { 2 } };
	static uint8_t more[3][32] = { { 1 }, { 2 }, { 3 } };
	const uint8_t charter[32] = { 9 };
	struct cm_approval_token t[3] = { { .digest = { 1 } }, { .digest = { 2 } }, { .digest = { 3 } } };
	struct cm_approval_request q = { what, 2, "B", "attribution", party_print(PARTY_A), charter };
	struct cm_key_print gone[1];
	size_t used[3], n;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		t[i].says = (struct cm_approval_v1) { { 9 }, { more, 3 }, "B", "attribution" };
	strcpy(t[0].by.text, party_print(PARTY_V));
	strcpy(t[1].by.text, party_print(PARTY_U));
	strcpy(t[2].by.text, party_print(PARTY_X));
	strcpy(gone[0].text, party_print(PARTY_U));
	assert_int_equal(cm_approval_find(&members, NULL, 0, t, 3, &q, used, &n), CM_APPROVED_ALL);
	assert_int_equal(n, 2);
	assert_int_equal(cm_approval_find(&members, NULL, 0, t, 1, &q, used, &n), CM_APPROVED_SOME);
	assert_int_equal(cm_approval_find(&members, gone, 1, t, 1, &q, used, &n), CM_APPROVED_ALL);
	assert_int_equal(cm_approval_find(&members, NULL, 0, &t[2], 1, &q, used, &n), CM_APPROVED_NONE);
	t[0].says.what.n = 1; /* less than what would go out */
	assert_int_equal(cm_approval_find(&members, NULL, 0, t, 2, &q, used, &n), CM_APPROVED_SOME);
	assert_int_equal(used[0], 1);
	t[1].says.purpose = "defence";
	assert_int_equal(cm_approval_find(&members, NULL, 0, t, 2, &q, used, &n), CM_APPROVED_NONE);
	t[1].says.purpose = "attribution";
	t[1].says.charter[0] = 8;
	assert_int_equal(cm_approval_find(&members, NULL, 0, t, 2, &q, used, &n), CM_APPROVED_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_word_of_the_victim_there_is_none),
		cmocka_unit_test(a_consent_covers_what_it_names_and_no_more),
		cmocka_unit_test(who_is_no_member_is_not_covered_nor_who_joined_later),
		cmocka_unit_test(what_is_revoked_ends_and_the_tokens_that_say_so_are_named),
		cmocka_unit_test(nobody_else_ends_it_and_a_narrower_one_replaces_it),
		cmocka_unit_test(of_two_victims_both_must_agree),
		cmocka_unit_test(all_approve_when_everybody_but_the_two_who_trade_did),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
