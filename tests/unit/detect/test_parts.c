#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "detect/parts.h"

static void
the_parts_of_a_datagram_join_the_set(void **state)
{
	static const cm_packet_id first[] = { 3, 5, 4 }, second[] = { 8, 7, 9 };
	struct cm_packet one = { .id = 5, .parts = first, .n_parts = 3 };
	struct cm_packet two = { .id = 9, .parts = second, .n_parts = 3 }, whole = { .id = 11 };
	cm_packet_id set[] = { 4, 9, 11 };
	const cm_packet_id want[] = { 4, 7, 8, 9, 11 };
	struct cm_ids ids = { set, 3 };
	struct cm_parts parts = { 0 };
	struct cm_arena a;

	(void)state;
	cm_arena_init(&a, 0);
	assert_int_equal(cm_parts_add(&parts, &one), CM_OK);
	assert_int_equal(cm_parts_add(&parts, &two), CM_OK);
	assert_int_equal(cm_parts_add(&parts, &whole), CM_OK);
	assert_int_equal(cm_parts_join(&parts, &ids, &a), CM_OK);
	assert_int_equal(ids.n, 5);
	assert_memory_equal(ids.id, want, sizeof(want));
	cm_parts_release(&parts);
	cm_arena_fini(&a);
}

static void
a_set_without_fragments_stays_as_it_is(void **state)
{
	cm_packet_id set[] = { 4, 9 };
	struct cm_ids ids = { set, 2 };
	struct cm_parts parts = { 0 };

	(void)state;
	assert_int_equal(cm_parts_join(&parts, &ids, NULL), CM_OK);
	assert_ptr_equal(ids.id, set);
	assert_int_equal(ids.n, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_of_a_datagram_join_the_set),
		cmocka_unit_test(a_set_without_fragments_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
