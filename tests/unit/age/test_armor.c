/* Armour: one spelling, and offsets do not go back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "age/armor.h"

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----\n"
#define END "-----END AGE ENCRYPTED FILE-----\n"
#define FULL "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n" /* 48 times A */

/* All bytes it stands for, ${step} at a time. */
static enum cm_result
decode(const char *text, size_t step, struct cm_buf *out, struct cm_err *err)
{
	struct cm_span in = cm_span_str(text), part;
	struct cm_age_armor a;
	struct cm_source s;
	enum cm_result r;

	cm_buf_clear(out);
	cm_age_armor_init(&a, cm_source_of_memory(&in));
	s = cm_age_armor_source(&a);
	do {
		r = s.fill(s.arg, out->len, step, &part, err);
		if (r == CM_OK)
			cm_buf_add_span(out, cm_span_part(part, 0, step));
	} while (r == CM_OK && part.len > 0);
	cm_age_armor_fini(&a);
	return r;
}

static void
good_armour_is_read_in_steps_of_any_size(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} good[] = { { BEGIN "QQ==\n" END, 1 }, { BEGIN FULL END, 48 }, { BEGIN FULL FULL "QUFB\n" END, 99 },
		{ BEGIN FULL "QUE=\n-----END AGE ENCRYPTED FILE-----", 50 },
		{ "-----BEGIN AGE ENCRYPTED FILE-----\r\nQUE=\r\n-----END AGE ENCRYPTED FILE-----\r\n", 2 } };
	struct cm_buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		for (size_t step = 1; step < 120; step++) {
			assert_int_equal(decode(good[i].text, step, &out, NULL), CM_OK);
			assert_int_equal(out.len, good[i].len);
			for (size_t k = 0; k < out.len; k++)
				assert_int_equal(out.ptr[k], 'A');
		}
		assert_true(cm_age_armor_is(cm_span_str(good[i].text)));
	}
	cm_buf_release(&out);
}

static void
any_other_spelling_is_refused_where_it_begins(void **state)
{
	static const struct {
		const char *text;
		unsigned at;
	} bad[] = {
		{ "", 0 }, { " " BEGIN "QQ==\n" END, 0 }, { "\n" BEGIN "QQ==\n" END, 0 },
		{ "-----BEGIN AGE ENCRYPTED FILE----- \nQQ==\n" END, 0 },
		{ "-----BEGIN AGE ENCRYPTED FILE-----", 0 }, { BEGIN, 35 }, { BEGIN END, 35 },
		{ BEGIN "\nQQ==\n" END, 35 }, { BEGIN "QQ==\n", 40 }, { BEGIN "QQ==", 39 },
		{ BEGIN "QQ==\n\n" END, 40 }, { BEGIN "QQ==\n" END "x", 73 }, { BEGIN "QQ==\n" END "\n", 73 },
		{ BEGIN "QQ==\n-----END AGE ENCRYPTED FILE-----x", 73 },
		{ BEGIN "QQ==\n-----END AGE ENCRYPTED FILE----- \n", 40 },
		{ BEGIN "QQ\n" END, 35 }, { BEGIN "QR==\n" END, 35 }, { BEGIN "Q Q=\n" END, 35 },
		{ BEGIN "QQ== \n" END, 35 }, { BEGIN " QQ==\n" END, 35 }, { BEGIN "Q-==\n" END, 35 },
		{ BEGIN "QUFB\nQUFB\n" END, 40 }, { BEGIN "QQ==\nQUFB\n" END, 40 },
		{ BEGIN "QUFB" FULL END, 35 }, { BEGIN "Version: 1\n\nQQ==\n" END, 35 },
		{ BEGIN "QQ==\n=AAAA\n" END, 40 }, { BEGIN "QQ==\r\r\n" END, 35 },
		{ BEGIN "QQ==\n-----END AGE ENCRYPTED FILE-----\r", 73 },
	};
	struct cm_buf out = { 0 };
	struct cm_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = (struct cm_err) { 0 };
		if (decode(bad[i].text, 1000, &out, &err) != CM_E_MALFORMED || err.offset != bad[i].at)
			fail_msg("%zu: %s at %d: %s", i, cm_result_word(err.code), (int)err.offset, err.text);
	}
	cm_buf_release(&out);
}

static void
what_was_passed_is_gone(void **state)
{
	struct cm_span in = cm_span_str(BEGIN FULL FULL "QQ==\n" END), part;
	struct cm_age_armor a;
	struct cm_source s;

	(void)state;
	cm_age_armor_init(&a, cm_source_of_memory(&in));
	s = cm_age_armor_source(&a);
	assert_int_equal(s.fill(s.arg, 90, 10, &part, NULL), CM_OK);
	assert_int_equal(part.len, 7);
	assert_int_equal(s.fill(s.arg, 89, 1, &part, NULL), CM_E_LIMIT);
	assert_int_equal(s.fill(s.arg, 1000, 1, &part, NULL), CM_OK);
	assert_int_equal(part.len, 0);
	cm_age_armor_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_armour_is_read_in_steps_of_any_size),
		cmocka_unit_test(any_other_spelling_is_refused_where_it_begins),
		cmocka_unit_test(what_was_passed_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
