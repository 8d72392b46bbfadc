/* What the files of several parties come to: which charter binds, who has left, who lied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "party.h"

#define BIT(who) (1u << (who))

static struct cm_arena arena;
static struct cm_team team;
static struct cm_err err;

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

static enum cm_result
look(const struct party_charter *const *charter, size_t n, const struct party_said *const *said, size_t n_said)
{
	struct cm_team_charter_text c[8];
	struct cm_team_said_text s[16];
	struct cm_team_texts in = { c, n, s, n_said };

	for (size_t i = 0; i < n; i++)
		c[i] = party_charter_text(charter[i]);
	for (size_t i = 0; i < n_said; i++)
		s[i] = party_said_text(said[i]);
	err = (struct cm_err) { 0 };
	return cm_team_read(&in, &arena, &team, &err);
}

static bool
in_force(const struct party_charter *c)
{
	return team.in_force != NULL && memcmp(team.in_force->file.digest, c->digest, 32) == 0;
}

static enum cm_charter_state
state_of(const struct party_charter *c)
{
	const struct cm_team_charter *found = cm_team_find(&team, c->digest);

	assert_non_null(found);
	return found->state;
}

static void
write_close(void *arg, struct cm_jsonw *w)
{
	cm_close_v1_write(w, arg);
}

static void
write_withdrawal(void *arg, struct cm_jsonw *w)
{
	cm_withdrawal_v1_write(w, arg);
}

static void
write_consent(void *arg, struct cm_jsonw *w)
{
	cm_consent_v1_write(w, arg);
}

/* ${by} says it under ${under}, in the case that ${first} names. */
static struct cm_statement
head(enum cm_predicate type, const struct party_charter *first, int64_t made)
{
	struct cm_statement h = { .type = type, .made = made, .has_case = true };

	memcpy(h.case_id, first->digest, 32);
	return h;
}

static struct party_said
closes(unsigned by, const struct party_charter *first, const struct party_charter *under)
{
	struct cm_statement h = head(CM_PREDICATE_CLOSE, first, 1795475400);
	struct cm_close_v1 c;

	memcpy(c.charter, under->digest, 32);
	return party_say(by, &h, under->digest, write_close, &c);
}

static struct party_said
leaves(unsigned by, const struct party_charter *first, const struct party_charter *under, int64_t made)
{
	struct cm_statement h = head(CM_PREDICATE_WITHDRAWAL, first, made);
	struct cm_withdrawal_v1 w = { .reason = { .text = "no more staff" } };

	memcpy(w.charter, under->digest, 32);
	return party_say(by, &h, under->digest, write_withdrawal, &w);
}

static void
a_charter_is_in_force_when_all_its_members_signed(void **state)
{
	struct party_charter c = party_charter(PARTY_ALL, "one", NULL, 0, PARTY_ALL & ~BIT(PARTY_V));
	const struct party_charter *all[] = { &c };

	(void)state;
	assert_int_equal(look(all, 1, NULL, 0), CM_OK);
	assert_null(team.in_force);
	assert_int_equal(state_of(&c), CM_CHARTER_PROPOSED);
	assert_int_equal(team.charter[0].sigs.n_missing, 1);
	assert_string_equal(team.charter[0].sigs.missing[0].text, party_print(PARTY_V));
	party_sign(&c, PARTY_V);
	assert_int_equal(look(all, 1, NULL, 0), CM_OK);
	assert_true(in_force(&c));
	assert_memory_equal(team.case_id, c.digest, 32);
	assert_int_equal(team.phase, CM_PHASE_OPEN);
	party_charter_end(&c);
}

static void
an_amendment_counts_when_all_of_both_versions_signed(void **state)
{
	struct party_charter one = party_charter(BIT(PARTY_A) | BIT(PARTY_V), "one", NULL, 0, BIT(PARTY_A) | BIT(PARTY_V));
	unsigned both = BIT(PARTY_A) | BIT(PARTY_V) | BIT(PARTY_B);
	struct party_charter two = party_charter(BIT(PARTY_A) | BIT(PARTY_B), "two", &one, both, BIT(PARTY_A) | BIT(PARTY_B));
	const struct party_charter *all[] = { &two, &one };

	(void)state;
	assert_int_equal(look(all, 2, NULL, 0), CM_OK);
	assert_true(in_force(&one));
	assert_int_equal(state_of(&two), CM_CHARTER_PROPOSED);
	assert_int_equal(cm_team_find(&team, two.digest)->version, 2);
	party_sign(&two, PARTY_V);
	assert_int_equal(look(all, 2, NULL, 0), CM_OK);
	assert_true(in_force(&two));
	assert_int_equal(state_of(&one), CM_CHARTER_REPLACED);
	assert_memory_equal(team.case_id, one.digest, 32);
	assert_true(cm_team_in_chain(&team, one.digest));
	assert_int_equal(team.n_forks, 0);
	party_charter_end(&one);
	party_charter_end(&two);
}

static void
an_amendment_that_leaves_somebody_out_of_by_is_refused(void **state)
{
	struct party_charter one = party_charter(BIT(PARTY_A) | BIT(PARTY_V), "one", NULL, 0, BIT(PARTY_A) | BIT(PARTY_V));
	struct party_charter two = party_charter(BIT(PARTY_A), "two", &one, 0, BIT(PARTY_A));
	struct party_charter odd = party_charter(BIT(PARTY_A) | BIT(PARTY_V), "odd", &one, BIT(PARTY_X), BIT(PARTY_A));
	const struct party_charter *all[] = { &one, &two }, *strange[] = { &one, &odd };
	struct party_said leave = leaves(PARTY_V, &one, &one, 1795475400);
	const struct party_said *said[] = { &leave };

	(void)state;
	assert_int_equal(look(all, 2, NULL, 0), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "lacks \"V\", a member of the version before"));
	assert_int_equal(look(strange, 2, NULL, 0), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "a member of neither version"));
	/* Who left needs not agree. */
	assert_int_equal(look(all, 2, said, 1), CM_OK);
	assert_true(in_force(&two));
	party_charter_end(&one);
	party_charter_end(&two);
	party_charter_end(&odd);
	party_said_end(&leave);
}

/* Both of them were signed by all: whoever did is named, and nothing changes until all agreed again. */
static void
two_successors_are_a_fork_until_it_is_settled(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_V);
	struct party_charter one = party_charter(m, "one", NULL, 0, m);
	struct party_charter two = party_charter(m, "two", &one, 0, m), other = party_charter(m, "other", &one, 0, BIT(PARTY_V));
	struct party_charter three = party_charter(m, "three", &other, 0, BIT(PARTY_A));
	const struct party_charter *all[] = { &one, &two, &other, &three };

	(void)state;
	assert_int_equal(look(all, 3, NULL, 0), CM_OK);
	assert_true(in_force(&two));
	assert_int_equal(team.n_forks, 1);
	assert_false(team.fork[0].complete);
	assert_string_equal(team.fork[0].by, party_print(PARTY_V));
	assert_int_equal(state_of(&other), CM_CHARTER_OVERTAKEN);
	party_sign(&other, PARTY_A);
	assert_int_equal(look(all, 4, NULL, 0), CM_OK);
	assert_true(in_force(&one));
	assert_int_equal(team.n_forks, 1);
	assert_true(team.fork[0].complete);
	assert_int_equal(state_of(&two), CM_CHARTER_RIVAL);
	assert_int_equal(state_of(&other), CM_CHARTER_RIVAL);
	party_sign(&three, PARTY_V);
	assert_int_equal(look(all, 4, NULL, 0), CM_OK);
	assert_true(in_force(&three));
	assert_int_equal(state_of(&other), CM_CHARTER_REPLACED);
	assert_int_equal(state_of(&two), CM_CHARTER_OVERTAKEN);
	for (size_t i = 0; i < 4; i++)
		party_charter_end((struct party_charter *)(uintptr_t)all[i]);
}

static void
a_signature_of_a_stranger_or_over_another_text_is_refused(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_B);
	struct party_charter c = party_charter(m, "one", NULL, 0, BIT(PARTY_A));
	struct party_charter other = party_charter(m, "one, but for a word", NULL, 0, BIT(PARTY_B));
	const struct party_charter *all[] = { &c };
	struct cm_buf keep = { 0 };

	(void)state;
	party_sign(&c, PARTY_X);
	assert_int_equal(look(all, 1, NULL, 0), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "who is no member"));
	cm_buf_release(&c.sigs);
	keep = c.sigs;
	c.sigs = other.sigs;
	assert_int_equal(look(all, 1, NULL, 0), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "the signature of \"B\""));
	assert_non_null(strstr(err.text, "over another text"));
	c.sigs = keep;
	party_charter_end(&c);
	party_charter_end(&other);
}

static void
who_signs_twice_in_one_file_is_refused(void **state)
{
	struct party_charter c = party_charter(BIT(PARTY_A), "one", NULL, 0, BIT(PARTY_A));
	const struct party_charter *all[] = { &c };
	struct cm_buf twice = { 0 };

	(void)state;
	cm_buf_add_span(&twice, cm_buf_span(&c.sigs));
	cm_buf_add_span(&twice, cm_buf_span(&c.sigs));
	cm_buf_release(&c.sigs);
	c.sigs = twice;
	assert_int_equal(look(all, 1, NULL, 0), CM_E_MALFORMED);
	assert_non_null(strstr(err.text, "signed twice"));
	party_charter_end(&c);
}

static void
what_supersedes_something_unknown_is_loose(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_V);
	struct party_charter one = party_charter(m, "one", NULL, 0, BIT(PARTY_A)), two = party_charter(m, "two", &one, 0, m);
	const struct party_charter *all[] = { &two, &one };

	(void)state;
	assert_int_equal(look(all, 1, NULL, 0), CM_OK);
	assert_null(team.in_force);
	assert_int_equal(state_of(&two), CM_CHARTER_LOOSE);
	assert_int_equal(team.charter[0].version, 0);
	assert_int_equal(look(all, 2, NULL, 0), CM_OK);
	assert_null(team.in_force);
	assert_int_equal(state_of(&two), CM_CHARTER_LOOSE);
	party_charter_end(&one);
	party_charter_end(&two);
}

static void
a_case_is_closed_when_all_who_are_left_closed_it(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_B) | BIT(PARTY_V);
	struct party_charter one = party_charter(m, "one", NULL, 0, m), two = party_charter(m, "two", &one, 0, m);
	const struct party_charter *all[] = { &one, &two };
	struct party_said said[] = { closes(PARTY_A, &one, &one), closes(PARTY_V, &one, &one), leaves(PARTY_B, &one, &one, 1795475200) };
	const struct party_said *list[] = { &said[0], &said[1], &said[2] };

	(void)state;
	assert_int_equal(look(all, 1, list, 1), CM_OK);
	assert_int_equal(team.phase, CM_PHASE_CLOSING);
	assert_int_equal(look(all, 1, list, 2), CM_OK);
	assert_int_equal(team.phase, CM_PHASE_CLOSING);
	assert_int_equal(look(all, 1, list, 3), CM_OK);
	assert_int_equal(team.phase, CM_PHASE_CLOSED);
	assert_true(cm_team_is_gone(&team, party_print(PARTY_B)));
	/* All of them signed a new version since, B too: it is open, and B is in again. */
	assert_int_equal(look(all, 2, list, 3), CM_OK);
	assert_true(in_force(&two));
	assert_int_equal(team.phase, CM_PHASE_OPEN);
	assert_int_equal(team.gone.n, 0);
	for (size_t i = 0; i < 3; i++)
		party_said_end(&said[i]);
	party_charter_end(&one);
	party_charter_end(&two);
}

static enum cm_result
admitted(const struct party_said *s)
{
	struct cm_said read;

	err = (struct cm_err) { 0 };
	assert_int_equal(cm_said_read(party_said_text(s), &arena, &read, NULL), CM_OK);
	return cm_team_admits(&team, &read, &arena, &err);
}

static void
the_victim_alone_gives_consent(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_V);
	struct party_charter one = party_charter(m, "one", NULL, 0, m), other = party_charter(m, "other", NULL, 0, m);
	const struct party_charter *all[] = { &one };
	struct cm_statement h = head(CM_PREDICATE_CONSENT, &one, 1795475400), wrong = head(CM_PREDICATE_CONSENT, &other, 1795475400);
	static const char *const names[] = { "nobody" };
	struct cm_consent_v1 c = { 0 }, foreign = { 0 }, to = { .to = { names, 1 } };
	struct party_said said[5];

	(void)state;
	memcpy(c.charter, one.digest, 32);
	memcpy(to.charter, one.digest, 32);
	memcpy(foreign.charter, other.digest, 32);
	said[0] = party_say(PARTY_V, &h, one.digest, write_consent, &c);
	said[1] = party_say(PARTY_A, &h, one.digest, write_consent, &c);
	said[2] = party_say(PARTY_X, &h, one.digest, write_consent, &c);
	said[3] = party_say(PARTY_V, &wrong, other.digest, write_consent, &foreign);
	said[4] = party_say(PARTY_V, &h, one.digest, write_consent, &to);
	assert_int_equal(look(all, 1, NULL, 0), CM_OK);
	assert_int_equal(admitted(&said[0]), CM_OK);
	assert_int_equal(admitted(&said[1]), CM_E_REFUSED);
	assert_string_equal(err.text, "a consent by \"A\", which is not the victim but government");
	assert_int_equal(admitted(&said[2]), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "who is no member"));
	assert_int_equal(admitted(&said[3]), CM_E_REFUSED);
	assert_string_equal(err.text, "it is of another case");
	assert_int_equal(admitted(&said[4]), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "a consent for \"nobody\""));
	for (size_t i = 0; i < 5; i++)
		party_said_end(&said[i]);
	party_charter_end(&one);
	party_charter_end(&other);
}

static void
whose_name_and_signature_differ_is_refused(void **state)
{
	unsigned m = BIT(PARTY_A) | BIT(PARTY_V);
	struct party_charter one = party_charter(m, "one", NULL, 0, m);
	struct party_said a = closes(PARTY_A, &one, &one), v = closes(PARTY_V, &one, &one);
	struct cm_team_said_text mixed = { cm_buf_span(&a.json), cm_buf_span(&v.sig) };
	struct cm_said s;

	(void)state;
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_said_read(mixed, &arena, &s, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "signed it"));
	party_said_end(&a);
	party_said_end(&v);
	party_charter_end(&one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_charter_is_in_force_when_all_its_members_signed),
		cmocka_unit_test(an_amendment_counts_when_all_of_both_versions_signed),
		cmocka_unit_test(an_amendment_that_leaves_somebody_out_of_by_is_refused),
		cmocka_unit_test(two_successors_are_a_fork_until_it_is_settled),
		cmocka_unit_test(a_signature_of_a_stranger_or_over_another_text_is_refused),
		cmocka_unit_test(who_signs_twice_in_one_file_is_refused),
		cmocka_unit_test(what_supersedes_something_unknown_is_loose),
		cmocka_unit_test(a_case_is_closed_when_all_who_are_left_closed_it),
		cmocka_unit_test(the_victim_alone_gives_consent),
		cmocka_unit_test(whose_name_and_signature_differ_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
