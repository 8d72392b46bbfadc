/* Sketches, queries, paths, sites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "traffic/asked_parts.h"
#include "traffic/mix.h"

#define NOW INT64_C(1426676400123000000)

static void
a_sample_is_exact_until_it_is_full_and_near_beyond(void **state)
{
	struct cm_sample s = { .size = 4096, .stride = sizeof(struct cm_sample_slot) };
	void *scratch = malloc(4096 * s.stride);

	(void)state;
	s.slots = calloc(4096, s.stride);
	assert_true(s.slots != NULL && scratch != NULL);
	for (uint64_t i = 1; i <= 100000; i++) {
		(void)cm_sample_add(&s, cm_key_mix(i, 7), scratch);
		(void)cm_sample_add(&s, cm_key_mix(i, 7), scratch);
		if (i == 3000)
			assert_int_equal(cm_sample_distinct(&s), 3000);
	}
	assert_in_range(cm_sample_distinct(&s), 93000, 107000);
	assert_int_equal(cm_sample_others_milli(&s, CM_ANY_TAG, 1), 1000);
	free(s.slots);
	free(scratch);
}

static void
the_most_frequent_are_kept_whatever_else_comes(void **state)
{
	struct cm_asked_top *t = calloc(1, sizeof(*t));
	uint32_t order[3];

	(void)state;
	assert_non_null(t);
	for (uint64_t i = 0; i < 30000; i++) {
		cm_asked_top_add(t, i % 3 == 0 ? 1 : i % 10 == 1 ? 2 : cm_key_mix(i, 1), cm_span_str("x"), 0);
	}
	assert_int_equal(cm_asked_top_order(t, order, 3), 3);
	assert_int_equal(t->key[order[0]], 1);
	assert_int_equal(t->key[order[1]], 2);
	assert_in_range(cm_asked_top_least(t, order[0]), 9000, 10000);
	free(t);
}

static void
names_are_one_in_small_and_capital_letters_and_no_others(void **state)
{
	(void)state;
	assert_true(cm_key_of_folded(cm_span_str("WWW.Example.ORG@[`{"), 0) == cm_key_of_folded(cm_span_str("www.example.org@[`{"), 0));
	assert_true(cm_key_of_folded(cm_span_str("a@"), 0) != cm_key_of_folded(cm_span_str("a`"), 0));
	assert_true(cm_key_of_folded(cm_span_str("\xc1"), 0) != cm_key_of_folded(cm_span_str("\xe1"), 0));
	assert_true(cm_key_of(cm_span_str("a"), 0) != cm_key_of(cm_span_of("a\0", 2), 0));
}

static void
queries_show_what_they_are(void **state)
{
	static const struct {
		const char *target;
		enum cm_buster kind;
	} of[] = { { "/", CM_BUSTER_NONE }, { "/?", CM_BUSTER_NONE }, { "/?1426676400000", CM_BUSTER_MS }, { "/?1426676400000=", CM_BUSTER_MS },
		{ "/?a=b&_=1426676400000", CM_BUSTER_MS }, { "/?1426676400", CM_BUSTER_S }, { "/?1326676400000", CM_BUSTER_MS_ELSE },
		{ "/?1326676400", CM_BUSTER_S_ELSE }, { "/?r=0.8812736172", CM_BUSTER_FRACTION }, { "/?r=12345", CM_BUSTER_NUMBER },
		{ "/?page=2", CM_BUSTER_NONE }, { "/?v=1.2.3", CM_BUSTER_WORD }, { "/?u=00ff12aacd", CM_BUSTER_HEX }, { "/?ABCD=EFGHI", CM_BUSTER_WORD },
		{ "/img/1426676400123.gif", CM_BUSTER_MS }, { "/img/1326676400123.gif", CM_BUSTER_NONE }, { "/article/12345678", CM_BUSTER_NONE } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (cm_query_look(cm_span_str(of[i].target), NOW).kind != of[i].kind)
			fail_msg("%s: %s", of[i].target, cm_buster_word(cm_query_look(cm_span_str(of[i].target), NOW).kind));
}

static void
paths_lose_their_long_numbers(void **state)
{
	static const char *const of[][2] = { { "/a/12345678/b?c", "/a/#/b" }, { "/a1234567b", "/a1234567b" }, { "/1426676400123.gif", "/#.gif" },
		{ "/#x", "/" }, { "", "" }, { "/a/1/22/333", "/a/1/22/333" } };
	uint8_t out[CM_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct cm_span s = cm_path_shape(cm_span_str(of[i][0]), out);

		assert_int_equal(s.len, strlen(of[i][1]));
		assert_memory_equal(s.ptr, of[i][1], s.len);
	}
	assert_true(cm_path_is_part(cm_span_str("/a.b/style.CSS")));
	assert_false(cm_path_is_part(cm_span_str("/a.css/")));
	assert_true(cm_path_is_script(cm_span_str("/hm.js")));
	assert_false(cm_path_is_script(cm_span_str("js")));
}

static void
sites_are_told_by_their_last_labels(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} of[] = { { "www.v.example", "v.example", true }, { "v.example", "w.example", false }, { "a.v.example", "B.V.EXAMPLE", true },
		{ "a.co.uk", "b.co.uk", false }, { "www.a.co.uk", "a.co.uk", true }, { "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.1", true }, { "localhost", "localhost", true }, { "v.example", "example", false }, { "", "v.example", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (cm_same_site(cm_span_str(of[i].a), cm_span_str(of[i].b)) != of[i].same)
			fail_msg("%s and %s", of[i].a, of[i].b);
}

static void
medians_of_times_are_near(void **state)
{
	static const int64_t ms[] = { 1, 20, 300, 4000, 60000 };

	(void)state;
	for (size_t i = 0; i < sizeof(ms) / sizeof(ms[0]); i++) {
		struct cm_answers a = { 0 };
		int64_t median;

		assert_int_equal(cm_answers_median_ms(&a), -1);
		cm_answers_add_time(&a, ms[i] * 1000000);
		median = cm_answers_median_ms(&a);
		assert_true(median * 100 >= ms[i] * 85 && median * 100 <= ms[i] * 115);
	}
}

/* ---- who waits ---- */

#define WAITING 256u /* the least there is room for */

static struct cm_host
v4(uint32_t low)
{
	return (struct cm_host) { .addr = { 198, 51, (uint8_t)(low >> 8), (uint8_t)low }, .net = 4 };
}

static void
ask_of(struct cm_waiting *w, uint32_t client)
{
	const struct cm_request r = { .client = v4(client), .server = v4(65535), .client_port = 40000, .server_port = 80 };

	cm_waiting_put(w, &r, (struct cm_wait) { .name = client });
}

static bool
answer_to(struct cm_waiting *w, uint32_t client)
{
	const struct cm_packet p = { .src = v4(65535), .dst = v4(client), .sport = 80, .dport = 40000 };
	struct cm_wait wait;

	if (!cm_waiting_take(w, &p, &wait))
		return false;
	assert_int_equal(wait.name, client);
	return true;
}

static void
the_newest_that_wait_get_their_answers_whatever_the_seed(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 8; seed++) {
		struct cm_waiting *w = cm_waiting_new(0, seed * UINT64_C(0x123456789abcdef1));
		uint32_t i;

		assert_non_null(w);
		for (i = 0; i < 3 * WAITING; i++)
			ask_of(w, i);
		for (i = 0; i < 3 * WAITING; i++)
			assert_true(answer_to(w, i) == (i >= 2 * WAITING));
		for (i = 0; i < 3 * WAITING; i++)
			assert_false(answer_to(w, i)); /* each once */
		cm_waiting_free(w);
	}
}

static void
who_asks_again_waits_once_and_as_the_newest(void **state)
{
	struct cm_waiting *w = cm_waiting_new(0, 7);
	uint32_t i;

	(void)state;
	assert_non_null(w);
	ask_of(w, 1);
	for (i = 2; i < WAITING; i++)
		ask_of(w, i);
	ask_of(w, 1);
	for (i = WAITING; i < 2 * WAITING - 1; i++)
		ask_of(w, i);
	assert_true(answer_to(w, 1));
	assert_false(answer_to(w, 1));
	assert_false(answer_to(w, 2));
	cm_waiting_free(w);
}

/* Keys are no secret, and whoever asks can make some that differ in a few bits only. */
static void
keys_that_share_most_bits_do_not_lie_together(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 4; seed++) {
		bool taken[4096] = { false };
		unsigned n = 0;

		for (uint64_t i = 0; i < 1024; i++) {
			bool *at = &taken[cm_place(i << 50 | 77, seed * UINT64_C(0x9e3779b97f4a7c15)) % 4096];

			n += !*at;
			*at = true;
		}
		assert_true(n > 800);
	}
}

static void
signs_are_listed_by_name_and_each_has_one(void **state)
{
	const struct cm_asked_rule *rules = cm_asked_rules();

	(void)state;
	for (size_t i = 0; i < CM_ASKED_SIGNS; i++) {
		assert_non_null(rules[i].kind.name);
		assert_true(i == 0 || strcmp(rules[i - 1].kind.name, rules[i].kind.name) < 0);
		assert_true(rules[i].kind.against == (rules[i].weight < 0));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sample_is_exact_until_it_is_full_and_near_beyond),
		cmocka_unit_test(the_most_frequent_are_kept_whatever_else_comes),
		cmocka_unit_test(names_are_one_in_small_and_capital_letters_and_no_others),
		cmocka_unit_test(queries_show_what_they_are),
		cmocka_unit_test(paths_lose_their_long_numbers),
		cmocka_unit_test(sites_are_told_by_their_last_labels),
		cmocka_unit_test(medians_of_times_are_near),
		cmocka_unit_test(the_newest_that_wait_get_their_answers_whatever_the_seed),
		cmocka_unit_test(who_asks_again_waits_once_and_as_the_newest),
		cmocka_unit_test(keys_that_share_most_bits_do_not_lie_together),
		cmocka_unit_test(signs_are_listed_by_name_and_each_has_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
