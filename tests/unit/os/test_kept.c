#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/kept.h"

/* A file without a name, each byte the low byte of its offset / 7. */
static int
make_file(size_t len)
{
	char path[] = "test_kept.XXXXXX";
	int fd = mkstemp(path);
	uint8_t part[4096];
	size_t at, i, n;

	assert_true(fd >= 0);
	unlink(path);
	for (at = 0; at < len; at += n) {
		n = len - at < sizeof(part) ? len - at : sizeof(part);
		for (i = 0; i < n; i++)
			part[i] = (uint8_t)((at + i) / 7);
		assert_int_equal(write(fd, part, n), n);
	}
	return fd;
}

static void
is_that_file(const struct cm_kept *k, size_t len)
{
	struct cm_span s = cm_kept_bytes(k);
	size_t i;

	assert_int_equal(s.len, len);
	for (i = 0; i < len; i++)
		if (s.ptr[i] != (uint8_t)(i / 7))
			fail_msg("byte %zu is another", i);
}

/* Not every file system has files without names. */
static bool
can_be_nameless(void)
{
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static const size_t lengths[] = { 0, 1, 1 << 20, (1 << 20) + 1, CM_KEPT_MEMORY, CM_KEPT_MEMORY + 1,
	CM_KEPT_MEMORY + (5 << 20) + 3 };

static void
a_copy_is_what_was_there_and_stays_so(void **state)
{
	static const char *const folder[] = { ".", "/there/is/no/such/folder", NULL };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		for (j = 0; j < 3; j++) {
			struct cm_kept k = { 0 };
			struct cm_err err = { 0 };
			int fd = make_file(lengths[i]);

			if (cm_kept_take(&k, fd, UINT32_MAX, folder[j], &err) != CM_OK)
				fail_msg("%s", err.text);
			assert_int_equal(pwrite(fd, "changed", 7, 0), 7);
			assert_int_equal(ftruncate(fd, 3), 0);
			is_that_file(&k, lengths[i]);
			assert_true(j == 0 || k.map == NULL);
			assert_true(lengths[i] <= CM_KEPT_MEMORY || j != 0 || k.map != NULL || !can_be_nameless());
			cm_kept_fini(&k);
			close(fd);
		}
	}
}

static void
a_pipe_is_kept_from_where_it_is(void **state)
{
	size_t len = CM_KEPT_MEMORY + 70000;
	struct cm_kept k = { 0 };
	struct cm_err err = { 0 };
	int fd[2], from = make_file(len);
	pid_t child;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	child = fork();
	if (child == 0) {
		/* by pieces of 7, which no window fits */
		lseek(from, 0, SEEK_SET);
		for (;;) {
			uint8_t part[7 * 9001];
			ssize_t n = read(from, part, sizeof(part));

			if (n <= 0 || write(fd[1], part, (size_t)n) != n)
				_exit(0);
		}
	}
	close(fd[1]);
	assert_int_equal(cm_kept_take(&k, fd[0], UINT32_MAX, ".", &err), CM_OK);
	is_that_file(&k, len);
	cm_kept_fini(&k);
	close(fd[0]);
	close(from);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
what_is_longer_than_it_may_be_is_refused(void **state)
{
	struct cm_kept k = { 0 };
	struct cm_err err = { 0 };
	int fd = make_file(1001);

	(void)state;
	assert_int_equal(cm_kept_take(&k, fd, 1000, ".", &err), CM_E_LIMIT);
	cm_kept_fini(&k);
	assert_int_equal(cm_kept_take(&k, fd, 1001, ".", &err), CM_OK);
	is_that_file(&k, 1001);
	cm_kept_fini(&k);
	close(fd);
}

/* In pieces of many sizes, as they come out of a decoder. */
static void
put_pieces(struct cm_sink *out, size_t len)
{
	static uint8_t piece[70000];
	size_t at, i, n;

	for (at = 0; at < len; at += n) {
		n = 1 + at % (sizeof(piece) - 1);
		n = len - at < n ? len - at : n;
		for (i = 0; i < n; i++)
			piece[i] = (uint8_t)((at + i) / 7);
		assert_int_equal(cm_sink_write(out, piece, n), CM_OK);
	}
}

static void
what_comes_in_pieces_is_kept(void **state)
{
	size_t i, folder;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (folder = 0; folder < 2; folder++) {
			struct cm_kept k = { 0 };
			struct cm_sink out;
			bool nameless = folder == 0 && lengths[i] > CM_KEPT_MEMORY && can_be_nameless();

			assert_int_equal(
			    cm_kept_begin(&k, lengths[i], folder == 0 ? "." : "/nonexistent", NULL), CM_OK);
			assert_int_equal(cm_kept_fd(&k) >= 0, nameless);
			out = cm_kept_sink(&k);
			put_pieces(&out, lengths[i]);
			assert_int_equal(cm_sink_write(&out, "x", 1), CM_E_LIMIT);
			assert_int_equal(cm_kept_end(&k, NULL), CM_OK);
			is_that_file(&k, lengths[i]);
			cm_kept_fini(&k);
		}
	}
}

static void
what_was_begun_and_got_nothing_is_empty(void **state)
{
	struct cm_kept k = { 0 };

	(void)state;
	assert_int_equal(cm_kept_fd(&k), -1);
	assert_int_equal(cm_kept_begin(&k, CM_KEPT_MEMORY + 1, ".", NULL), CM_OK);
	assert_int_equal(cm_kept_end(&k, NULL), CM_OK);
	assert_int_equal(cm_kept_bytes(&k).len, 0);
	cm_kept_fini(&k);
	cm_kept_fini(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_what_was_there_and_stays_so),
		cmocka_unit_test(a_pipe_is_kept_from_where_it_is),
		cmocka_unit_test(what_is_longer_than_it_may_be_is_refused),
		cmocka_unit_test(what_comes_in_pieces_is_kept),
		cmocka_unit_test(what_was_begun_and_got_nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
