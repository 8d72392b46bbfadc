/* Whoever waits to be told to stop is told, once for each time, and else waits as long as said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "os/clock.h"
#include "os/stop.h"

static void
a_stop_is_seen_before_during_and_not_without(void **state)
{
	int64_t begun = cm_clock_ms();

	(void)state;
	assert_int_equal(cm_stop_begin(), CM_OK);
	assert_false(cm_stop_wait_for(0));
	assert_false(cm_stop_wait_for(120));
	assert_true(cm_clock_ms() - begun >= 119);
	raise(SIGTERM);
	begun = cm_clock_ms();
	assert_true(cm_stop_wait_for(60000));
	assert_true(cm_clock_ms() - begun < 30000);
	assert_false(cm_stop_wait_for(0));
	raise(SIGINT);
	assert_true(cm_stop_wait_for(0));
	raise(SIGINT);
	cm_stop_wait();
	assert_false(cm_stop_wait_for(-5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_stop_is_seen_before_during_and_not_without) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
