/* DNS messages as the detectors see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/dns.h"

#define HEAD "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
#define ASKED "\3www\7example\0\0\1\0\1"
#define FIRST "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7"
#define SECOND "\xc0\x0c\0\1\0\1\0\0\1\0\0\4\xc0\0\2\x8"

static struct cm_span
text(const char *s, size_t n)
{
	return cm_span_of(s, n - 1);
}

static void
records_in_another_order_are_the_same_answer(void **state)
{
	static const char a[] = HEAD ASKED FIRST SECOND, b[] = HEAD ASKED SECOND FIRST;
	struct cm_dns x, y;

	(void)state;
	assert_int_equal(cm_dns_parse(text(a, sizeof(a)), &x), CM_OK);
	assert_int_equal(cm_dns_parse(text(b, sizeof(b)), &y), CM_OK);
	assert_true(x.response);
	assert_int_equal(x.n_read, 2);
	assert_int_equal(x.n_a, 2);
	assert_true(x.answers == y.answers);
	assert_memory_equal(x.first_a, "\xc0\0\2\7", 4);
}

static void
a_name_is_the_same_in_capitals_and_its_spelling_is_not(void **state)
{
	static const char a[] = HEAD ASKED, b[] = HEAD "\3wWw\7exAmple\0\0\1\0\1";
	struct cm_dns x, y;

	(void)state;
	assert_int_equal(cm_dns_parse(text(a, sizeof(a)), &x), CM_OK);
	assert_int_equal(cm_dns_parse(text(b, sizeof(b)), &y), CM_OK);
	assert_true(x.name == y.name);
	assert_true(x.spelling != y.spelling);
}

static void
a_message_cut_anywhere_is_refused_or_has_fewer_answers(void **state)
{
	static const char a[] = HEAD ASKED FIRST SECOND;
	struct cm_dns x;

	(void)state;
	for (size_t n = 0; n < sizeof(a) - 1; n++) {
		enum cm_result r = cm_dns_parse(cm_span_of(a, n), &x);

		assert_true(n < 29 ? r == CM_E_MALFORMED : r == CM_OK && x.n_read < 2);
	}
}

static void
pointers_in_a_ring_or_forwards_are_no_name(void **state)
{
	static const char ring[] = HEAD "\xc0\x0c\0\1\0\1", ahead[] = HEAD "\xc0\x20\0\1\0\1";
	struct cm_dns x;

	(void)state;
	assert_int_equal(cm_dns_parse(text(ring, sizeof(ring)), &x), CM_E_MALFORMED);
	assert_int_equal(cm_dns_parse(text(ahead, sizeof(ahead)), &x), CM_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_in_another_order_are_the_same_answer),
		cmocka_unit_test(a_name_is_the_same_in_capitals_and_its_spelling_is_not),
		cmocka_unit_test(a_message_cut_anywhere_is_refused_or_has_fewer_answers),
		cmocka_unit_test(pointers_in_a_ring_or_forwards_are_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
