/* Which statements a list of numbers means; what a chain joins comes with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

#include "cli/disclose_choose.h"
#include "statement/chain_v1.h"

static char folder[64], place[80];
static struct cm_case *c;
static struct cm_keyring keyring;
static struct cm_arena arena;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* ---- lists ---- */

static void
expect_list(const char *text, size_t n, cm_packet_id first, cm_packet_id last)
{
	cm_packet_id *id;
	size_t got;

	assert_int_equal(cm_list_read(text, &arena, &id, &got, NULL), CM_OK);
	assert_int_equal(got, n);
	assert_int_equal(id[0], first);
	assert_int_equal(id[n - 1], last);
}

static void
numbers_and_ranges_make_a_list(void **state)
{
	(void)state;
	expect_list("5", 1, 5, 5);
	expect_list("5,8-14", 8, 5, 14);
	expect_list("1-1,2", 2, 1, 2);
	expect_list("1-4194304", 4194304, 1, 4194304);
}

static void
what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = { "", ",", "a", "5,", "5,,6", "5-", "-5", "6-5", "5,5", "5,4", "1-3,3", "5 6", "5x",
		" 5", "+5", "5,-3", "1-4194305", "99999999999999999999", "18446744073709551616", "1-18446744073709551615" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cm_packet_id *id;
		size_t n;

		if (cm_list_read(bad[i], &arena, &id, &n, NULL) != CM_E_USAGE)
			fail_msg("taken for a list: `%s'", bad[i]);
	}
}

/* ---- a case: findings 1 and 2, floods 1 and 2, a chain of finding 2 and flood 1, one of both ---- */

struct told {
	uint8_t finding[2][32], flood[2][32], chain[2][32];
};

static void
no_members(void *arg, struct cm_jsonw *w)
{
	(void)arg, (void)w;
}

static void
chain_members(void *arg, struct cm_jsonw *w)
{
	cm_chain_v1_write(w, arg);
}

static void
say(enum cm_predicate type, void (*body)(void *, struct cm_jsonw *), void *arg, uint8_t digest[32])
{
	static uint8_t nonce = 1;
	struct cm_subject about = { { 1 }, { 2 } };
	struct cm_case_draft d = { .type = type, .subject = &about, .n_subject = 1, .nonce = { nonce++ },
		.made = 1795475200, .body = body, .arg = arg };
	struct cm_case_stated out;

	assert_int_equal(cm_case_begin(c, NULL), CM_OK);
	assert_int_equal(cm_case_state(c, &keyring.signer, &d, &out, NULL), CM_OK);
	memcpy(digest, out.digest, 32);
	if (type == CM_PREDICATE_FINDING) {
		struct cm_case_finding f = { .type = "injection", .verdict = "forged", .bits = 30 };

		memcpy(f.statement, digest, 32);
		assert_int_equal(cm_case_finding_add(c, &f, NULL), CM_OK);
	}
	assert_int_equal(cm_case_commit(c, NULL), CM_OK);
}

static void
say_chain(const uint8_t (*finding)[32], size_t n_findings, const uint8_t (*flood)[32], size_t n_floods, uint8_t digest[32])
{
	static uint8_t seal[1][32];
	static cm_packet_id row[] = { 7 };
	struct cm_chain_v1_script script[2] = { 0 };
	uint8_t floods[2][32];
	uint32_t vantage = 0;
	struct cm_chain_v1_clock clock = { .how = CM_CHAIN_CLOCK_SAME };
	struct cm_chain_v1 v = { .seals = seal, .n_seals = 1, .detector = "comity-chain", .version = 1, .vantage = &vantage,
		.clock = &clock, .n_clocks = 1, .scripts = script, .n_scripts = n_findings, .floods = floods,
		.n_floods = n_floods, .clients = { row, 1 }, .a = 1 };

	for (size_t i = 0; i < n_findings; i++) {
		memcpy(script[i].finding, finding[i], 32);
		script[i].rows = (struct cm_ids) { row, 1 };
	}
	memcpy(floods, flood, n_floods * 32);
	say(CM_PREDICATE_CHAIN, chain_members, &v, digest);
}

static int
set_up(void **state)
{
	static struct told told;
	uint8_t seed[32] = { 1 };
	struct cm_case_new fresh = { .folder = place, .name = "A", .seed = seed, .check = 3, .now = 1795475200 };

	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(place, sizeof(place), "%s/.comity", folder);
	cm_arena_init(&arena, 0);
	if (cm_case_create(&fresh, NULL) != CM_OK || cm_case_open(place, &c, NULL) != CM_OK ||
	    cm_case_keyring(c, NULL, &keyring, NULL) != CM_OK)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		say(CM_PREDICATE_FINDING, no_members, NULL, told.finding[i]);
		say(CM_PREDICATE_TRAFFIC, no_members, NULL, told.flood[i]);
	}
	say_chain((const uint8_t(*)[32])&told.finding[1], 1, (const uint8_t(*)[32])&told.flood[0], 1, told.chain[0]);
	say_chain((const uint8_t(*)[32])told.finding, 2, (const uint8_t(*)[32])told.flood, 2, told.chain[1]);
	*state = &told;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_keyring_close(&keyring);
	cm_case_close(c);
	cm_arena_fini(&arena);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct cm_chosen
choose(const char *findings, const char *traffic, const char *chains)
{
	const struct cm_choice choice = { .findings = findings, .traffic = traffic, .chains = chains };
	struct cm_chosen out;

	assert_int_equal(cm_choose(&choice, c, &arena, &out, NULL), CM_OK);
	return out;
}

static void
numbers_count_each_kind_by_itself(void **state)
{
	const struct told *t = *state;
	struct cm_chosen x = choose("2", "1", NULL);

	assert_int_equal(x.n_findings, 1);
	assert_memory_equal(x.findings[0], t->finding[1], 32);
	assert_int_equal(x.n_traffic, 1);
	assert_memory_equal(x.traffic[0], t->flood[0], 32);
	assert_int_equal(x.n_chains, 0);
}

static void
a_chain_comes_with_what_it_joins_and_nothing_else(void **state)
{
	const struct told *t = *state;
	struct cm_chosen x = choose(NULL, NULL, "1");

	assert_int_equal(x.n_chains, 1);
	assert_int_equal(x.n_findings, 1);
	assert_memory_equal(x.findings[0], t->finding[1], 32);
	assert_int_equal(x.n_traffic, 1);
	assert_memory_equal(x.traffic[0], t->flood[0], 32);
}

static void
what_is_chosen_twice_is_shown_once(void **state)
{
	struct cm_chosen x = choose("all", "1-2", "1,2");

	(void)state;
	assert_int_equal(x.n_findings, 2);
	assert_int_equal(x.n_traffic, 2);
	assert_int_equal(x.n_chains, 2);
}

static void
numbers_that_are_none_are_said(void **state)
{
	static const struct cm_choice wrong[] = { { .findings = "3" }, { .traffic = "3" }, { .chains = "3" }, { .assessments = "1" },
		{ .findings = "1,3" }, { .traffic = "0-1" } };
	struct cm_chosen out;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(cm_choose(&wrong[i], c, &arena, &out, NULL), CM_E_NOTFOUND);
}

static void
exhibits_that_are_not_in_the_case_are_said(void **state)
{
	struct cm_chosen x = choose("1", NULL, NULL);
	struct cm_case_exhibits none = { 0 };
	bool used[1] = { false };
	const struct cm_case_exhibit item = { .x = { 1 } };
	const struct cm_case_exhibits one = { &item, 1 };

	(void)state;
	assert_int_equal(cm_chosen_exhibits(&x, c, &arena, &none, used, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_chosen_exhibits(&x, c, &arena, &one, used, NULL), CM_OK);
	assert_true(used[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_ranges_make_a_list),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(numbers_count_each_kind_by_itself),
		cmocka_unit_test(a_chain_comes_with_what_it_joins_and_nothing_else),
		cmocka_unit_test(what_is_chosen_twice_is_shown_once),
		cmocka_unit_test(numbers_that_are_none_are_said),
		cmocka_unit_test(exhibits_that_are_not_in_the_case_are_said),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
