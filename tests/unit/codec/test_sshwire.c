/* Strings of the SSH wire format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/sshwire.h"

static void
strings_come_back_as_they_were_written(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_cursor c;

	(void)state;
	cm_sshwire_put_str(&b, "ssh-ed25519");
	cm_sshwire_put(&b, cm_span_of("a\0b", 3));
	cm_sshwire_put_str(&b, "");
	c = cm_cursor_of(cm_buf_span(&b));
	assert_true(cm_sshwire_is(&c, "ssh-ed25519"));
	assert_true(cm_span_eq(cm_sshwire_string(&c), cm_span_of("a\0b", 3)));
	assert_false(cm_sshwire_done(&c));
	assert_int_equal(cm_sshwire_string(&c).len, 0);
	assert_true(cm_sshwire_done(&c));
	cm_buf_release(&b);
}

static void
a_length_beyond_the_end_is_bad_and_reads_nothing(void **state)
{
	static const uint8_t bytes[] = { 0xff, 0xff, 0xff, 0xff, 'a' };
	struct cm_cursor c = cm_cursor_of(cm_span_of(bytes, sizeof(bytes)));

	(void)state;
	assert_int_equal(cm_sshwire_string(&c).len, 0);
	assert_true(c.bad);
	assert_false(cm_sshwire_done(&c));
	c = cm_cursor_of(cm_span_of(bytes, 3));
	assert_false(cm_sshwire_is(&c, ""));
	assert_true(c.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_come_back_as_they_were_written),
		cmocka_unit_test(a_length_beyond_the_end_is_bad_and_reads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
