/* Names of tiles: the examples of tlog-tiles, and all the ways to spell one wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/tile_path.h"

static const struct {
	const char *path;
	struct cm_log_tile t;
} good[] = {
	{ "tile/0/000", { false, 0, 0, 256 } },
	{ "tile/0/x001/x234/067", { false, 0, 1234067, 256 } },
	{ "tile/entries/x001/x234/067.p/8", { true, 0, 1234067, 8 } },
	{ "tile/1/001.p/17", { false, 1, 1, 17 } },
	{ "tile/2/000.p/1", { false, 2, 0, 1 } },
	{ "tile/0/999.p/255", { false, 0, 999, 255 } },
	{ "tile/0/x001/000", { false, 0, 1000, 256 } },
	{ "tile/entries/x123/x000/000", { true, 0, 123000000, 256 } },
	/* The last of a log of 2^63 - 1 leaves. */
	{ "tile/0/x036/x028/x797/x018/x963/967.p/255", { false, 0, 36028797018963967, 255 } },
	{ "tile/7/000.p/127", { false, 7, 0, 127 } },
};

static const char *const bad[] = { "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000",
	"tile/0/000/", "tile//000", "tile/00/000", "tile/01/000", "tile/8/000", "tile/64/000",
	"tile/-1/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/0005", "tile/0/x000",
	"tile/0/x000/001", "tile/0/x001/", "tile/0/x001/x000", "tile/0/001/000", "tile/0/X001/000",
	"tile/0/x01/000", "tile/0/x001//000", "tile/0/+01", "tile/0/ 01", "tile/0/0a1",
	"tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
	"tile/0/000.p/999", "tile/0/000.p/1000", "tile/0/000.p/1/", "tile/0/000.p/-1",
	"tile/0/000.P/1", "tile/0/000p/1", "tile/0/000\n", "tile/entries", "tile/entries/",
	"tile/entries/0/000", "tile/Entries/000", "tile/data/000", "tile/8/0/000", "checkpoint",
	"tile/0/x036/x028/x797/x018/x963/967", "tile/0/x036/x028/x797/x018/x963/968.p/1",
	"tile/7/000.p/128", "tile/7/001", "tile/0/x018/x446/x744/x073/x709/x551/616",
	"tile/0/x999/x999/x999/x999/x999/x999/x999/999" };

static void
each_tile_has_one_name(void **state)
{
	struct cm_log_tile t;
	struct cm_buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(cm_log_tile_parse(cm_span_str(good[i].path), &t), CM_OK);
		assert_int_equal(t.entries, good[i].t.entries);
		assert_int_equal(t.level, good[i].t.level);
		assert_true(t.n == good[i].t.n);
		assert_int_equal(t.width, good[i].t.width);
		cm_buf_clear(&b);
		cm_log_tile_path(&good[i].t, &b);
		assert_string_equal(cm_buf_cstr(&b), good[i].path);
	}
	cm_buf_release(&b);
}

static void
other_spellings_are_refused(void **state)
{
	struct cm_log_tile t = { .n = 77 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cm_log_tile_parse(cm_span_str(bad[i]), &t) != CM_E_MALFORMED)
			fail_msg("%s", bad[i]);
	assert_int_equal(cm_log_tile_parse(cm_span_of("tile/0/000\0", 11), &t), CM_E_MALFORMED);
	assert_true(t.n == 77);
}

static void
levels_are_as_the_specification_counts_them(void **state)
{
	struct cm_log_level l = cm_log_level_of(70000, 0);

	(void)state;
	assert_int_equal(l.full, 273);
	assert_int_equal(l.partial, 112);
	l = cm_log_level_of(70000, 1);
	assert_int_equal(l.full, 1);
	assert_int_equal(l.partial, 17);
	l = cm_log_level_of(70000, 2);
	assert_int_equal(l.full, 0);
	assert_int_equal(l.partial, 1);
	l = cm_log_level_of(70000, 3);
	assert_int_equal(l.full, 0);
	assert_int_equal(l.partial, 0);
	l = cm_log_level_of(UINT64_MAX, 8);
	assert_int_equal(l.full, 0);
	assert_int_equal(l.partial, 0);
}

static bool
is_of(const char *path, uint64_t size)
{
	struct cm_log_tile t;

	assert_int_equal(cm_log_tile_parse(cm_span_str(path), &t), CM_OK);
	return cm_log_tile_is_of(&t, size);
}

static void
a_log_has_the_tiles_of_its_size_and_of_smaller_ones(void **state)
{
	(void)state;
	assert_false(is_of("tile/0/000.p/1", 0));
	assert_true(is_of("tile/0/000.p/1", 1));
	assert_true(is_of("tile/0/000.p/1", 300));
	assert_false(is_of("tile/0/000", 255));
	assert_true(is_of("tile/0/000", 256));
	assert_true(is_of("tile/0/001.p/44", 300));
	assert_false(is_of("tile/0/001.p/45", 300));
	assert_true(is_of("tile/entries/001.p/44", 300));
	assert_false(is_of("tile/entries/001.p/45", 300));
	assert_false(is_of("tile/entries/002.p/1", 300));
	assert_true(is_of("tile/1/000.p/1", 300));
	assert_false(is_of("tile/1/000.p/2", 511));
	assert_true(is_of("tile/1/000.p/2", 512));
	assert_false(cm_log_tile_is_of(&(struct cm_log_tile) { .width = 0 }, 300));
	assert_false(cm_log_tile_is_of(&(struct cm_log_tile) { .width = 257 }, 3000));
	assert_false(
	    cm_log_tile_is_of(&(struct cm_log_tile) { .n = UINT64_MAX, .width = 256 }, 300));
	assert_false(
	    cm_log_tile_is_of(&(struct cm_log_tile) { .level = 99, .width = 1 }, INT64_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tile_has_one_name),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(levels_are_as_the_specification_counts_them),
		cmocka_unit_test(a_log_has_the_tiles_of_its_size_and_of_smaller_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
