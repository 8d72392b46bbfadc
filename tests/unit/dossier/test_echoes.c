/* Hidden values of records that stand again in what is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dossier/echoes.h"

/* The places found, as "OFFSET:ROW " each, ROW being that of the hidden cell. */
static const char *
places(const char *const *hidden, size_t n, const char *opened)
{
	static char text[400];
	struct cm_echoes e = { 0 };
	struct cm_leaks found = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(cm_echoes_hide(&e, cm_span_str(hidden[i]), (struct cm_leak) { .row = i, .column = "c" }),
		    CM_OK);
	assert_int_equal(cm_echoes_ready(&e), CM_OK);
	assert_int_equal(cm_echoes_search(&e, cm_span_str(opened), (struct cm_leak) { .row = 9, .column = "rest" }, &found),
	    CM_OK);
	text[0] = 0;
	for (size_t i = 0; i < found.n_list; i++) {
		assert_int_equal(found.list[i].row, 9);
		assert_string_equal(found.list[i].hidden_column, "c");
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%d:%d ", (int)found.list[i].offset,
		    (int)found.list[i].hidden_row);
	}
	assert_int_equal(found.n, found.n_list);
	cm_echoes_release(&e);
	cm_leaks_release(&found);
	return text;
}

#define PLACES(opened, ...) \
	places((const char *const[]) { __VA_ARGS__ }, sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *), opened)

static void
values_are_found_without_their_quotes(void **state)
{
	(void)state;
	assert_string_equal(PLACES("login of alice by alice", " \"alice\""), "9:0 18:0 ");
	assert_string_equal(PLACES("port 80801", "8080"), "5:0 ");
	assert_string_equal(PLACES("alic", "\"alice\""), "");
	assert_string_equal(PLACES("", "\"alice\""), "");
}

static void
short_values_and_words_are_not_looked_for(void **state)
{
	(void)state;
	assert_string_equal(PLACES("bob true false null 123", "\"bob\"", "true", " false ", "null", "123", ""), "");
	assert_string_equal(PLACES("it is true", "\"true\""), ""); /* a word, whoever says it */
}

static void
strings_inside_are_found_but_no_names_of_members(void **state)
{
	(void)state;
	assert_string_equal(PLACES("name is alice, role admin", "{\"name\": \"alice\", \"role\" : [\"admin\"]}"), "8:0 20:0 ");
	assert_string_equal(PLACES("x{\"a\": 1234}x", "{\"a\": 1234}"), "1:0 ");
	assert_string_equal(PLACES("a\\\"bcd\\", "\"a\\\"bcd\""), "0:0 "); /* as it is spelled */
	assert_string_equal(PLACES("open", "\"unterminated open", "\"\\"), "");
}

static void
the_longest_value_wins_and_equal_ones_count_once(void **state)
{
	(void)state;
	assert_string_equal(PLACES("abcdefgh abcd", "\"abcd\"", "\"abcdef\"", "\"abcdef\"", "\"abcdxx\""), "0:1 9:0 ");
	assert_string_equal(PLACES("abcdef", "\"abcdefg\"", "\"abcdeA\"", "\"abcd\"", "\"abcde0\""), "0:2 ");
}

/* Against the plainest search there is. */
static void
what_is_found_is_what_a_plain_search_finds(void **state)
{
	char hidden[40][12], opened[120];
	const char *list[40];
	uint32_t dice = 7;

	(void)state;
	for (int round = 0; round < 400; round++) {
		size_t n = 1 + (dice >> 8) % 40, at, want = 0;
		struct cm_echoes e = { 0 };
		struct cm_leaks found = { 0 };

		for (size_t i = 0; i < n; i++) {
			size_t len = 4 + (dice >> 10) % 5;

			for (size_t k = 0; k < len; k++) {
				dice = dice * 1664525 + 1013904223;
				hidden[i][k] = "ab"[dice >> 20 & 1];
			}
			hidden[i][len] = 0;
			list[i] = hidden[i];
			assert_int_equal(cm_echoes_hide(&e, cm_span_str(list[i]), (struct cm_leak) { .row = i, .column = "c" }),
			    CM_OK);
		}
		for (size_t k = 0; k + 1 < sizeof(opened); k++) {
			dice = dice * 1664525 + 1013904223;
			opened[k] = "abc"[(dice >> 20) % 16 == 0 ? 2 : (dice >> 25 & 1)];
		}
		opened[sizeof(opened) - 1] = 0;
		assert_int_equal(cm_echoes_ready(&e), CM_OK);
		assert_int_equal(cm_echoes_search(&e, cm_span_str(opened), (struct cm_leak) { .column = "o" }, &found), CM_OK);
		for (at = 0; opened[at] != 0;) {
			size_t best = 0;

			for (size_t i = 0; i < n; i++) {
				if (strncmp(opened + at, list[i], strlen(list[i])) == 0 && strlen(list[i]) > best)
					best = strlen(list[i]);
			}
			if (best > 0) {
				assert_true(want < found.n_list);
				assert_int_equal(found.list[want++].offset, at);
			}
			at += best > 0 ? best : 1;
		}
		assert_int_equal(found.n, want);
		cm_echoes_release(&e);
		cm_leaks_release(&found);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_without_their_quotes),
		cmocka_unit_test(short_values_and_words_are_not_looked_for),
		cmocka_unit_test(strings_inside_are_found_but_no_names_of_members),
		cmocka_unit_test(the_longest_value_wins_and_equal_ones_count_once),
		cmocka_unit_test(what_is_found_is_what_a_plain_search_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
