/* Each leaf is found where it stood first, however many there are, and no other is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/leaf_places.h"

/* Like a hash: eight bytes that spread, or that do not, and the number. */
static void
leaf(uint64_t i, bool crowded, uint8_t out[32])
{
	uint64_t h = crowded ? 5 : i * 0x9e3779b97f4a7c15u;

	memset(out, 0, 32);
	memcpy(out, &h, 8);
	memcpy(out + 8, &i, 8);
}

static void
check(uint64_t n, bool crowded)
{
	struct cm_leaf_places t = { 0 };
	uint64_t first, place;
	uint8_t l[32];

	leaf(0, crowded, l);
	assert_false(cm_leaf_places_find(&t, l, &place));
	for (uint64_t i = 0; i < n; i++) {
		leaf(i, crowded, l);
		assert_int_equal(cm_leaf_places_add(&t, l, i + 7, &first), CM_OK);
		assert_int_equal(first, i + 7);
	}
	for (uint64_t i = 0; i < n; i++) {
		leaf(i, crowded, l);
		assert_int_equal(cm_leaf_places_add(&t, l, i + 7 + n, &first), CM_OK);
		assert_int_equal(first, i + 7);
		assert_true(cm_leaf_places_find(&t, l, &place));
		assert_int_equal(place, i + 7);
	}
	assert_int_equal(t.n, n);
	leaf(n, crowded, l);
	assert_false(cm_leaf_places_find(&t, l, &place));
	cm_leaf_places_fini(&t);
}

static void
leaves_are_found_where_they_stood_first(void **state)
{
	(void)state;
	check(1, false);
	check(48, false);
	check(20000, false);
	check(1000, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(leaves_are_found_where_they_stood_first) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
