#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/slab.h"

#define PIECES 3000u

struct held {
	uint8_t *at;
	size_t size;
	uint8_t fill;
};

static uint32_t
next(uint32_t *state)
{
	return *state = *state * 1664525u + 1013904223u;
}

static void
check_and_give(struct cm_slab *s, struct held *h)
{
	for (size_t i = 0; i < h->size; i++)
		assert_int_equal(h->at[i], h->fill);
	cm_slab_give(s, h->at, h->size);
	h->at = NULL;
}

static void
pieces_are_aligned_and_nobody_elses(void **state)
{
	static struct held held[PIECES];
	struct cm_slab s = { 0 };
	uint32_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		struct held *h = &held[next(&random) >> 8 & 2047];

		if (h->at != NULL) {
			check_and_give(&s, h);
			continue;
		}
		h->size = 1 + (next(&random) >> 8) % (i % 50 == 0 ? 5000 : CM_SLAB_PIECE_MAX);
		h->fill = (uint8_t)i;
		h->at = cm_slab_take(&s, h->size);
		assert_non_null(h->at);
		assert_int_equal((uintptr_t)h->at % CM_SLAB_UNIT, 0);
		memset(h->at, h->fill, h->size);
	}
	for (unsigned i = 0; i < PIECES; i++)
		if (held[i].at != NULL)
			check_and_give(&s, &held[i]);
	cm_slab_release(&s);
	assert_int_equal(s.bytes, 0);
}

static void
memory_that_came_back_serves_any_size(void **state)
{
	static uint8_t *piece[PIECES];
	struct cm_slab s = { 0 };
	size_t bytes = 0;

	(void)state;
	for (size_t size = CM_SLAB_UNIT; size <= CM_SLAB_PIECE_MAX; size += CM_SLAB_UNIT) {
		/* as many bytes of each size */
		unsigned n = (unsigned)(PIECES * CM_SLAB_UNIT / size);

		for (unsigned i = 0; i < n; i++)
			assert_non_null(piece[i] = cm_slab_take(&s, size));
		for (unsigned i = 0; i < n; i++)
			cm_slab_give(&s, piece[i], size);
		if (bytes == 0)
			bytes = s.bytes;
		/* what a block loses at its end is less than a piece of 512 in 8,128 bytes */
		assert_true(s.bytes <= bytes * 2);
	}
	cm_slab_release(&s);
}

static void
much_that_came_back_goes_back_to_the_system(void **state)
{
	static uint8_t *piece[PIECES * 40];
	struct cm_slab s = { 0 };
	size_t most;

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < PIECES * 40; i++) {
			piece[i] = cm_slab_take(&s, 100);
			assert_non_null(piece[i]);
			memset(piece[i], (int)i, 100);
		}
		most = s.bytes;
		for (unsigned i = 0; i < PIECES * 40; i++) {
			assert_int_equal(piece[i][99], (uint8_t)i);
			cm_slab_give(&s, piece[i], 100);
		}
		assert_true(s.bytes <= most / 2);
	}
	cm_slab_release(&s);
}

static void
little_is_taken_for_little(void **state)
{
	struct cm_slab s = { 0 };
	void *p = cm_slab_take(&s, 1);

	(void)state;
	assert_non_null(p);
	assert_true(s.bytes <= 16384);
	cm_slab_give(&s, p, 1);
	cm_slab_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_nobody_elses),
		cmocka_unit_test(memory_that_came_back_serves_any_size),
		cmocka_unit_test(much_that_came_back_goes_back_to_the_system),
		cmocka_unit_test(little_is_taken_for_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
