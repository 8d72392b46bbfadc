#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/lane.h"

#define MANY 5000u

struct job {
	unsigned number;
	unsigned *next, *wrong;
};

static void
run(void *arg)
{
	const struct job *j = arg;

	*j->wrong += *j->next != j->number;
	++*j->next;
}

static void
put_many(bool alone)
{
	static struct job job[MANY];
	unsigned next = 0, wrong = 0;
	struct cm_lane *l;

	assert_int_equal(cm_lane_new(run, alone, &l), CM_OK);
	for (unsigned i = 0; i < MANY; i++) {
		job[i] = (struct job) { i, &next, &wrong };
		cm_lane_put(l, &job[i]);
		if (i % 1000 == 999) {
			cm_lane_wait(l);
			assert_int_equal(next, i + 1);
		}
	}
	cm_lane_free(l);
	assert_int_equal(next, MANY);
	assert_int_equal(wrong, 0);
}

static void
jobs_are_done_in_the_order_they_are_put(void **state)
{
	(void)state;
	put_many(true);
}

static void
without_a_thread_they_are_done_where_they_are_put(void **state)
{
	(void)state;
	put_many(false);
}

static void
what_was_put_is_done_before_the_end(void **state)
{
	unsigned next = 0, wrong = 0;
	struct job job = { 0, &next, &wrong };
	struct cm_lane *l;

	(void)state;
	assert_int_equal(cm_lane_new(run, true, &l), CM_OK);
	cm_lane_put(l, &job);
	cm_lane_free(l);
	assert_int_equal(next, 1);
	cm_lane_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_are_done_in_the_order_they_are_put),
		cmocka_unit_test(without_a_thread_they_are_done_where_they_are_put),
		cmocka_unit_test(what_was_put_is_done_before_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
