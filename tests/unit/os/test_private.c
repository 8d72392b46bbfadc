/* Files whole or not at all, and secrets that only their owner reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/private.h"
#include "os/random.h"

static char folder[64], path[80], tmp[90];

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/comity-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(tmp);
	return rmdir(folder);
}

static const struct cm_write_mode fresh = { CM_WRITE_NEW, 0600 },
				  replace = { CM_WRITE_REPLACE, 0644 };

static void
content(const char *want)
{
	struct cm_buf b = { 0 };

	assert_int_equal(cm_whole_read(path, 100, &b, NULL), CM_OK);
	assert_true(cm_span_eq(cm_buf_span(&b), cm_span_str(want)));
	cm_buf_release(&b);
}

static void
a_file_is_new_or_replaced_and_never_half(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(cm_whole_write(path, cm_span_str("one"), fresh, NULL), CM_OK);
	content("one");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cm_whole_write(path, cm_span_str("two"), fresh, NULL), CM_E_USAGE);
	content("one");
	assert_int_equal(cm_whole_write(path, cm_span_str("two"), replace, NULL), CM_OK);
	content("two");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_false(cm_path_exists(tmp));
}

static void
what_is_staged_has_no_name_until_it_is_placed(void **state)
{
	(void)state;
	assert_int_equal(cm_whole_stage(path, cm_span_str("one"), fresh, NULL), CM_OK);
	assert_false(cm_path_exists(path));
	assert_true(cm_path_exists(tmp));
	cm_whole_drop(path);
	assert_false(cm_path_exists(tmp));
	assert_int_equal(cm_whole_stage(path, cm_span_str("two"), fresh, NULL), CM_OK);
	assert_int_equal(cm_whole_place(path, fresh, NULL), CM_OK);
	content("two");
	assert_false(cm_path_exists(tmp));
	assert_int_equal(cm_whole_stage(path, cm_span_str("three"), fresh, NULL), CM_E_USAGE);
	assert_false(cm_path_exists(tmp));
}

static void
what_a_crash_left_is_written_over(void **state)
{
	(void)state;
	assert_int_equal(cm_whole_write(tmp, cm_span_str("half"), fresh, NULL), CM_OK);
	assert_int_equal(cm_whole_write(path, cm_span_str("whole"), fresh, NULL), CM_OK);
	content("whole");
	assert_false(cm_path_exists(tmp));
}

static void
what_comes_in_pieces_is_staged_whole_or_not_at_all(void **state)
{
	struct cm_write_mode open_to_all = { CM_WRITE_NEW, 0644 };
	struct cm_buf b = { 0 };
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(cm_whole_begin(path, open_to_all, &fd, NULL), CM_OK);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(write(fd, "def", 3), 3);
	assert_false(cm_path_exists(path));
	assert_int_equal(cm_whole_end(path, open_to_all, fd, NULL), CM_OK);
	assert_false(cm_path_exists(path));
	assert_int_equal(cm_whole_place(path, open_to_all, NULL), CM_OK);
	assert_int_equal(cm_whole_read(path, 100, &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), "abcdef");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(cm_whole_begin(path, open_to_all, &fd, NULL), CM_E_USAGE);
	assert_int_equal(cm_whole_begin("/nonexistent/x", open_to_all, &fd, NULL), CM_E_NOTFOUND);
	/* a descriptor that can not be written any more */
	assert_int_equal(cm_whole_end(path, open_to_all, -1, NULL), CM_E_IO);
	cm_buf_release(&b);
}

static void
errors_have_their_kinds(void **state)
{
	struct cm_buf b = { 0 };

	(void)state;
	assert_int_equal(cm_whole_read(path, 100, &b, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_whole_read(folder, 100, &b, NULL), CM_E_IO);
	assert_int_equal(cm_private_check(path, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_whole_write(path, cm_span_str("12345"), fresh, NULL), CM_OK);
	assert_int_equal(cm_whole_read(path, 4, &b, NULL), CM_E_LIMIT);
	assert_int_equal(b.len, 0);
	assert_int_equal(cm_whole_read(path, 5, &b, NULL), CM_OK);
	assert_int_equal(
	    cm_whole_write("/nonexistent/x", cm_span_str("1"), fresh, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_private_mkdir(folder, NULL), CM_E_USAGE);
	cm_buf_release(&b);
}

static void
a_secret_that_others_can_read_is_refused(void **state)
{
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_whole_write(path, cm_span_str("secret"), fresh, NULL), CM_OK);
	assert_int_equal(cm_private_read(path, 100, &b, NULL), CM_OK);
	cm_private_wipe(&b);
	assert_null(b.ptr);
	assert_int_equal(chmod(path, 0610), 0);
	assert_int_equal(cm_private_read(path, 100, &b, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "chmod 600"));
	assert_int_equal(b.len, 0);
	assert_int_equal(cm_private_check(path, NULL), CM_E_REFUSED);
	assert_int_equal(cm_private_check(folder, NULL), CM_OK);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(cm_private_check(folder, NULL), CM_E_REFUSED);
}

static void
random_bytes_differ_and_the_clock_runs_in_this_century(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_int_equal(cm_random(a, sizeof(a)), CM_OK);
	assert_int_equal(cm_random(b, sizeof(b)), CM_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_true(cm_clock_now() > 946684800);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_new_or_replaced_and_never_half),
		TEST(what_is_staged_has_no_name_until_it_is_placed),
		TEST(what_a_crash_left_is_written_over),
		TEST(what_comes_in_pieces_is_staged_whole_or_not_at_all),
		TEST(errors_have_their_kinds),
		TEST(a_secret_that_others_can_read_is_refused),
		cmocka_unit_test(random_bytes_differ_and_the_clock_runs_in_this_century),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
