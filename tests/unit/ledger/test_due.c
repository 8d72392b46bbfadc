/* Obligations, their dates and states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/due.h"

#define DAY 86400
#define HOUR 3600
#define MADE 1700000000

static struct cm_due
due(const char *text, struct cm_due_in in)
{
	struct cm_due d;

	in.made = MADE;
	cm_due_of(text, &in, &d);
	assert_string_equal(d.text, text);
	return d;
}

static void
retain_runs_out_after_its_days(void **state)
{
	struct cm_due d = due("retain <= 180d", (struct cm_due_in) { .now = MADE + 180 * DAY - 1 });

	(void)state;
	assert_int_equal(d.what, CM_DUE_DELETE);
	assert_true(d.has_by);
	assert_int_equal(d.by, MADE + 15552000);
	assert_int_equal(d.state, CM_DUE_OPEN);
	assert_int_equal(due("retain <= 180d", (struct cm_due_in) { .now = MADE + 180 * DAY }).state, CM_DUE_OVERDUE);
	/* who says that it was deleted is believed, and asked when */
	d = due("retain <= 180d", (struct cm_due_in) { .now = MADE + 999 * DAY, .settled = { [CM_DUE_DELETE] = true },
		.settled_at = { [CM_DUE_DELETE] = MADE + 10 * DAY } });
	assert_int_equal(d.state, CM_DUE_DONE);
	d = due("retain <= 180d", (struct cm_due_in) { .now = MADE + 999 * DAY, .settled = { [CM_DUE_DELETE] = true },
		.settled_at = { [CM_DUE_DELETE] = MADE + 181 * DAY } });
	assert_int_equal(d.state, CM_DUE_LATE);
}

static void
a_receipt_acknowledges(void **state)
{
	struct cm_due_in in = { .now = MADE + 25 * HOUR };

	(void)state;
	assert_int_equal(due("acknowledge <= 24h", in).state, CM_DUE_OVERDUE);
	assert_int_equal(due("acknowledge <= 24h", in).by, MADE + 86400);
	assert_int_equal(due("receipt", in).state, CM_DUE_OPEN);
	in.received = true;
	in.received_at = MADE + HOUR;
	assert_int_equal(due("acknowledge <= 24h", in).state, CM_DUE_DONE);
	assert_int_equal(due("receipt", in).state, CM_DUE_DONE);
	in.received_at = MADE + 24 * HOUR + 1;
	assert_int_equal(due("acknowledge <= 24h", in).state, CM_DUE_LATE);
	/* it can not be noted by hand */
	assert_int_equal(cm_due_find("acknowledge"), CM_DUE_N);
	assert_int_equal(cm_due_find("receipt"), CM_DUE_N);
}

static void
closing_makes_deleting_due(void **state)
{
	struct cm_due_in in = { .now = MADE + 10 };
	struct cm_due d;

	(void)state;
	assert_int_equal(due("delete-on-close", in).state, CM_DUE_OPEN);
	assert_false(due("delete-on-close", in).has_by);
	in.closed = true;
	in.closed_at = MADE + 5;
	d = due("delete-on-close", in);
	assert_int_equal(d.state, CM_DUE_OVERDUE);
	assert_int_equal(d.by, MADE + 5);
	in.settled[CM_DUE_CLOSE] = true;
	in.settled_at[CM_DUE_CLOSE] = MADE + 9;
	assert_int_equal(due("delete-on-close", in).state, CM_DUE_DONE);
	/* deleted for one reason is deleted for the other */
	in.now = MADE + 31 * DAY;
	assert_int_equal(due("retain <= 30d", in).state, CM_DUE_DONE);
	in.settled[CM_DUE_CLOSE] = false;
	assert_int_equal(due("retain <= 30d", in).state, CM_DUE_OVERDUE);
	in.settled[CM_DUE_DELETE] = true;
	in.settled_at[CM_DUE_DELETE] = MADE + 1;
	assert_int_equal(due("delete-on-close", in).state, CM_DUE_DONE);
}

static void
what_has_no_date_stands_and_what_is_not_understood_is_kept(void **state)
{
	static const char *const always[] = { "onward = none", "mark-tlp >= amber", "warning-lists", "", "sing <= 3d",
		"retain", "retain <= 180", "retain <= 180h", "retain <= 1234567890123d", "retain >= 180d", "retained <= 1d",
		"retain <= d", "retain <= 18 0d", "acknowledge <= -1h" };
	struct cm_due_in in = { .now = INT64_MAX / 2 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		assert_int_equal(due(always[i], in).state, CM_DUE_ALWAYS);
	assert_int_equal(due("onward = none", in).what, CM_DUE_STANDS);
	assert_int_equal(due("sing <= 3d", in).what, CM_DUE_UNKNOWN);
	assert_int_equal(due("retain <= 180h", in).what, CM_DUE_UNKNOWN);
	assert_int_equal(due("notify-victim", in).state, CM_DUE_OPEN);
	assert_int_equal(due("encrypt", in).state, CM_DUE_OPEN);
}

static void
overdue_comes_first(void **state)
{
	struct cm_due a = { .state = CM_DUE_OVERDUE, .has_by = true, .by = 9 }, b = { .state = CM_DUE_OPEN, .has_by = true, .by = 1 };
	struct cm_due c = { .state = CM_DUE_OPEN }, d = { .state = CM_DUE_OVERDUE, .has_by = true, .by = 3 };

	(void)state;
	assert_true(cm_due_order(&a, &b) < 0);
	assert_true(cm_due_order(&d, &a) < 0);
	assert_true(cm_due_order(&b, &c) < 0);
	assert_int_equal(cm_due_order(&c, &c), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retain_runs_out_after_its_days),
		cmocka_unit_test(a_receipt_acknowledges),
		cmocka_unit_test(closing_makes_deleting_due),
		cmocka_unit_test(what_has_no_date_stands_and_what_is_not_understood_is_kept),
		cmocka_unit_test(overdue_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
