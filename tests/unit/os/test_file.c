#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/file.h"

/* A file of ${len} bytes, each the low byte of its offset / 7. */
static char *
make_file(size_t len)
{
	char *path = strdup("test_file.XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "wb");

	assert_non_null(f);
	for (size_t i = 0; i < len; i++)
		fputc((int)(i / 7 & 0xff), f);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void
drop_file(char *path)
{
	unlink(path);
	free(path);
}

static void
check_window(struct cm_source s, uint64_t offset, size_t want, uint64_t size)
{
	struct cm_span out;
	uint64_t left = offset < size ? size - offset : 0;

	assert_int_equal(s.fill(s.arg, offset, want, &out, NULL), CM_OK);
	assert_true(out.len >= (left < want ? left : want));
	assert_true(out.len <= left);
	for (size_t i = 0; i < out.len && i < want; i += 61)
		assert_int_equal(out.ptr[i], (offset + i) / 7 & 0xff);
}

static void
a_regular_file_is_mapped_and_stable(void **state)
{
	size_t size = 70 << 20;
	char *path = make_file(size);
	struct cm_file *f;
	struct cm_source s;

	(void)state;
	assert_int_equal(cm_file_open(path, &f, NULL), CM_OK);
	assert_int_equal(cm_file_size(f), size);
	assert_true(cm_file_is_mapped(f));
	s = cm_file_raw(f);
	assert_true(s.stable);
	for (uint64_t at = 0; at < size; at += 3 << 20)
		check_window(s, at, 4096, size);
	/* Pages that were given back come again. */
	check_window(s, 0, 1 << 20, size);
	check_window(s, 20 << 20, 1 << 20, size);
	check_window(s, size - 5, 100, size);
	check_window(s, size, 1, size);
	check_window(s, size + 100, 1, size);
	cm_file_close(f);
	drop_file(path);
}

/* Lines are asked for one by one: each must not cost a buffer's worth of reading. */
static void
what_is_in_the_buffer_is_not_read_again(void **state)
{
	size_t size = 300000;
	char *path = make_file(size);
	struct cm_file *f;
	struct cm_source s;
	struct cm_span out;

	(void)state;
	assert_int_equal(cm_file_open(path, &f, NULL), CM_OK);
	assert_int_equal(cm_file_once(f, &s, NULL), CM_OK);
	check_window(s, 0, 4096, size);
	assert_int_equal(truncate(path, 10), 0);
	for (uint64_t at = 0; at < 200000; at += 77)
		check_window(s, at, 4096, size);
	assert_int_equal(s.fill(s.arg, 299000, 4096, &out, NULL), CM_OK); /* this is */
	assert_int_equal(out.len, 0);
	cm_file_close(f);
	drop_file(path);
}

static void
a_file_read_once_has_the_same_bytes(void **state)
{
	size_t size = (5 << 20) + 77;
	char *path = make_file(size);
	struct cm_file *f;
	struct cm_source s;
	struct cm_span out;

	(void)state;
	assert_int_equal(cm_file_open(path, &f, NULL), CM_OK);
	assert_int_equal(cm_file_once(f, &s, NULL), CM_OK);
	assert_false(s.stable);
	for (uint64_t at = 0; at < size; at += 100003)
		check_window(s, at, at % 2 == 0 ? 16 : 262160, size);
	check_window(s, size - 5, 100, size);
	check_window(s, size, 1, size);
	assert_int_equal(s.fill(s.arg, 0, CM_SOURCE_WANT_MAX + 1, &out, NULL), CM_E_LIMIT);
	/* What was read lies in the mapping, too. */
	check_window(s, 3 << 20, 4096, size);
	assert_int_equal(s.fill(s.arg, 3 << 20, 4096, &out, NULL), CM_OK);
	assert_memory_equal(out.ptr, cm_file_bytes(f) + (3 << 20), 4096);
	cm_file_close(f);
	drop_file(path);
}

static void
an_empty_file_has_no_bytes(void **state)
{
	char *path = make_file(0);
	struct cm_file *f;
	struct cm_source s;
	enum cm_packing packing;
	struct cm_span out;

	(void)state;
	assert_int_equal(cm_file_open(path, &f, NULL), CM_OK);
	assert_int_equal(cm_file_unpacked(f, &s, &packing, NULL), CM_OK);
	assert_int_equal(packing, CM_PACKING_NONE);
	assert_int_equal(s.fill(s.arg, 0, 100, &out, NULL), CM_OK);
	assert_int_equal(out.len, 0);
	cm_file_close(f);
	drop_file(path);
}

/* Reads what a child writes into a pipe through standard input. */
static void
a_pipe_is_read_in_a_sliding_window(void **state)
{
	size_t size = 9 << 20;
	int ends[2], saved = dup(STDIN_FILENO);
	struct cm_file *f;
	struct cm_source s;
	struct cm_span out;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		FILE *w = fdopen(ends[1], "wb");

		close(ends[0]);
		for (size_t i = 0; w != NULL && i < size; i++)
			fputc((int)(i / 7 & 0xff), w);
		_exit(w == NULL || fclose(w) != 0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(cm_file_open("-", &f, NULL), CM_OK);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_string_equal(cm_file_name(f), "standard input");
	assert_true(cm_file_fd(f) >= 0);
	assert_int_equal(cm_file_unpacked(f, &s, NULL, NULL), CM_OK);
	assert_false(s.stable);
	for (uint64_t at = 0; at < size; at += 100003)
		check_window(s, at, 262144, size);
	check_window(s, size, 1, size);
	assert_int_equal(s.fill(s.arg, 5, 1, &out, NULL), CM_E_LIMIT);
	assert_int_equal(s.fill(s.arg, size, CM_SOURCE_WANT_MAX + 1, &out, NULL), CM_E_LIMIT);
	cm_file_close(f);
}

static void
what_can_not_be_read_is_said(void **state)
{
	struct cm_file *f = NULL;
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_file_open("there/is/no/such/file", &f, &err), CM_E_IO);
	assert_string_equal(err.text, "No such file or directory");
	err = (struct cm_err) { 0 };
	assert_int_equal(cm_file_open(".", &f, &err), CM_E_USAGE);
	assert_null(f);
	cm_file_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regular_file_is_mapped_and_stable),
		cmocka_unit_test(a_file_read_once_has_the_same_bytes),
		cmocka_unit_test(what_is_in_the_buffer_is_not_read_again),
		cmocka_unit_test(an_empty_file_has_no_bytes),
		cmocka_unit_test(a_pipe_is_read_in_a_sliding_window),
		cmocka_unit_test(what_can_not_be_read_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
