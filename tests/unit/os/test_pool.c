/* Jobs run once each, on any number of threads, also in a confined child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/confine.h"
#include "os/pool.h"

#define JOBS 5000u

struct sum {
	atomic_uint times, threads[CM_POOL_THREADS_MAX];
	atomic_bool all;
	unsigned want;
};

static void
count(void *arg, unsigned thread)
{
	struct sum *s = arg;

	atomic_fetch_add(&s->threads[thread], 1);
	if (atomic_fetch_add(&s->times, 1) + 1 == s->want)
		atomic_store(&s->all, true);
}

/* Each of JOBS jobs once, whoever ran it. */
static int
try_with(unsigned threads)
{
	struct sum s = { .want = JOBS };
	struct cm_pool *p = NULL;
	unsigned ran = 0, i;

	if (cm_pool_new(threads, &p) != CM_OK)
		return 1;
	if (cm_pool_threads(p) != threads)
		return 2;
	for (i = 0; i < JOBS; i++)
		cm_pool_put(p, count, &s);
	cm_pool_wait(p, &s.all);
	cm_pool_free(p);
	for (i = 0; i < CM_POOL_THREADS_MAX; i++) {
		if (i >= threads && atomic_load(&s.threads[i]) > 0)
			return 3;
		ran += atomic_load(&s.threads[i]);
	}
	return ran == JOBS && atomic_load(&s.times) == JOBS ? 0 : 4;
}

static void
every_job_runs_once_on_any_number_of_threads(void **state)
{
	(void)state;
	assert_int_equal(try_with(1), 0);
	assert_int_equal(try_with(2), 0);
	assert_int_equal(try_with(4), 0);
	assert_int_equal(try_with(CM_POOL_THREADS_MAX), 0);
}

static void
jobs_that_wait_still_run_when_the_pool_ends(void **state)
{
	struct sum s = { .want = 200 };
	struct cm_pool *p = NULL;
	unsigned i;

	(void)state;
	assert_int_equal(cm_pool_new(3, &p), CM_OK);
	for (i = 0; i < 200; i++)
		cm_pool_put(p, count, &s);
	cm_pool_free(p);
	assert_int_equal(atomic_load(&s.times), 200);
}

static void
put_seven(void *arg)
{
	*(int *)arg = 7;
}

static void
two_things_are_done_when_both_return(void **state)
{
	struct cm_together t;
	struct cm_pool *p = NULL;
	unsigned threads;
	int one, other;

	(void)state;
	for (threads = 1; threads < 4; threads++) {
		one = other = 0;
		assert_int_equal(cm_pool_new(threads, &p), CM_OK);
		t = cm_pool_together(p);
		cm_together_do(&t, put_seven, &one, put_seven, &other);
		assert_int_equal(one + other, 14);
		cm_pool_free(p);
	}
	one = other = 0;
	cm_together_do(NULL, put_seven, &one, put_seven, &other);
	assert_int_equal(one + other, 14);
}

static int
in_the_child(void *arg, int out)
{
	(void)arg;
	(void)out;
	return try_with(4);
}

static void
a_confined_child_has_threads(void **state)
{
	struct cm_confine_job job = { .run = in_the_child, .what = "threads", .quiet = true };
	int status = -1;

	(void)state;
	assert_int_equal(cm_confine_run(&job, &status, NULL), CM_OK);
	assert_int_equal(status, 0);
}

static void
there_is_at_least_one_processor(void **state)
{
	struct cm_pool *p = NULL;

	(void)state;
	assert_true(cm_processors() >= 1);
	assert_int_equal(cm_pool_new(0, &p), CM_OK);
	assert_int_equal(cm_pool_threads(p), cm_processors());
	cm_pool_free(p);
	cm_pool_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once_on_any_number_of_threads),
		cmocka_unit_test(jobs_that_wait_still_run_when_the_pool_ends),
		cmocka_unit_test(two_things_are_done_when_both_return),
		cmocka_unit_test(a_confined_child_has_threads),
		cmocka_unit_test(there_is_at_least_one_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
