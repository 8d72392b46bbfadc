#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/disk.h"

static char place[64];
static const struct cm_disk *d;

static int
set_up(void **state)
{
	(void)state;
	strcpy(place, "/tmp/comity-disk-XXXXXX");
	d = cm_disk_here();
	return mkdtemp(place) == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	return cm_disk_clear(d, place, 5, NULL) != CM_OK;
}

static const char *
at(const char *name)
{
	static char path[4][200];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", place, name);
	return p;
}

static void
assert_holds(const char *name, const char *text)
{
	struct cm_buf b = { 0 };

	assert_int_equal(cm_disk_load(d, at(name), 100, &b, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), text);
	cm_buf_release(&b);
}

static void
what_is_put_is_read(void **state)
{
	struct cm_disk_put p = { at("a"), CM_DISK_NEW, 0600 };
	struct cm_disk_stat st;
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_disk_put(d, &p, cm_span_str("abcdef"), NULL), CM_OK);
	assert_int_equal(cm_disk_put(d, &p, cm_span_str("x"), NULL), CM_E_USAGE);
	assert_holds("a", "abcdef");
	assert_int_equal(d->ops->stat(d->arg, p.path, &st), 0);
	assert_int_equal(st.size, 6);
	assert_int_equal(st.mode, 0600);
	assert_true(st.ours && !st.folder && st.inode != 0);
	p.how = CM_DISK_FRESH;
	assert_int_equal(cm_disk_put(d, &p, cm_span_str("xy"), NULL), CM_OK);
	assert_holds("a", "xy");
	assert_int_equal(cm_disk_load(d, p.path, 1, &b, &err), CM_E_LIMIT);
	assert_non_null(strstr(err.text, p.path));
	assert_int_equal(cm_disk_load(d, at("none"), 1, &b, NULL), CM_E_NOTFOUND);
	assert_int_equal(cm_disk_load(d, place, 1 << 20, &b, NULL), CM_E_IO);
	assert_int_equal(b.len, 0);
	cm_buf_release(&b);
}

static void
pieces_are_written_read_and_cut(void **state)
{
	char got[8] = { 0 };
	size_t n;
	int fd;

	(void)state;
	assert_int_equal(d->ops->open(d->arg, at("a"), CM_DISK_WRITE, 0, &fd), ENOENT);
	assert_int_equal(d->ops->open(d->arg, at("a"), CM_DISK_READ, 0, &fd), ENOENT);
	assert_int_equal(d->ops->open(d->arg, at("a"), CM_DISK_FRESH, 0644, &fd), 0);
	assert_int_equal(d->ops->write(d->arg, fd, 0, cm_span_str("abcdef")), 0);
	assert_int_equal(d->ops->write(d->arg, fd, 2, cm_span_str("XY")), 0);
	assert_int_equal(d->ops->sync(d->arg, fd), 0);
	assert_int_equal(d->ops->cut(d->arg, fd, 5), 0);
	assert_int_equal(d->ops->read(d->arg, fd, 1, got, 7, &n), 0);
	assert_int_equal(n, 4);
	assert_string_equal(got, "bXYe");
	assert_int_equal(d->ops->read(d->arg, fd, 9, got, 7, &n), 0);
	assert_int_equal(n, 0);
	d->ops->close(d->arg, fd);
	assert_int_equal(d->ops->open(d->arg, at("a"), CM_DISK_READ, 0, &fd), 0);
	assert_int_equal(d->ops->write(d->arg, fd, 0, cm_span_str("z")), EBADF);
	d->ops->close(d->arg, fd);
}

static void
what_others_can_read_is_no_secret(void **state)
{
	struct cm_disk_put p = { at("key"), CM_DISK_NEW, 0600 };
	struct cm_buf b = { 0 };
	struct cm_err err = { 0 };

	(void)state;
	assert_int_equal(cm_disk_put(d, &p, cm_span_str("s"), NULL), CM_OK);
	assert_int_equal(cm_disk_load_secret(d, p.path, 9, &b, NULL), CM_OK);
	assert_int_equal(chmod(p.path, 0640), 0);
	assert_int_equal(cm_disk_load_secret(d, p.path, 9, &b, &err), CM_E_REFUSED);
	assert_non_null(strstr(err.text, "chmod 600"));
	assert_int_equal(b.len, 1);
	cm_buf_release(&b);
}

static void
replacing_leaves_the_new_file_and_nothing_else(void **state)
{
	struct cm_buf names = { 0 };

	(void)state;
	assert_int_equal(cm_disk_replace(d, place, "f", cm_span_str("one"), NULL), CM_OK);
	assert_holds("f", "one");
	assert_int_equal(cm_disk_replace(d, place, "f", cm_span_str("two"), NULL), CM_OK);
	assert_holds("f", "two");
	assert_int_equal(cm_disk_show(d, place, "f", cm_span_str("three"), NULL), CM_OK);
	assert_holds("f", "three");
	assert_int_equal(d->ops->remove(d->arg, at("f")), 0);
	assert_int_equal(d->ops->remove(d->arg, place), 0);
	assert_int_equal(cm_disk_replace(d, place, "f", cm_span_str("x"), NULL), CM_E_NOTFOUND);
	cm_buf_release(&names);
}

static void
count_names(void *to, const char *name)
{
	unsigned *n = to;

	assert_true(strcmp(name, "b") == 0 || strcmp(name, "f") == 0);
	++*n;
}

static void
folders_are_made_listed_and_cleared_but_what_links_lead_to_stays(void **state)
{
	struct cm_disk_put p = { at("f"), CM_DISK_NEW, 0600 };
	unsigned n = 0;

	(void)state;
	assert_int_equal(cm_disk_put(d, &p, cm_span_str("s"), NULL), CM_OK);
	assert_int_equal(d->ops->mkdir(d->arg, at("a"), 0755), 0);
	assert_int_equal(d->ops->mkdir(d->arg, at("a"), 0755), EEXIST);
	assert_int_equal(d->ops->mkdir(d->arg, at("a/b"), 0755), 0);
	assert_int_equal(d->ops->mkdir(d->arg, at("x/b"), 0755), ENOENT);
	assert_int_equal(d->ops->rename(d->arg, at("f"), at("a/f")), 0);
	assert_int_equal(symlink(at("a"), at("link")), 0);
	assert_int_equal(cm_disk_clear(d, at("link"), 5, NULL), CM_OK);
	assert_int_equal(d->ops->list(d->arg, at("a"), count_names, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(cm_disk_clear(d, at("a"), 0, NULL), CM_E_USAGE);
	assert_int_equal(cm_disk_clear(d, at("a"), 1, NULL), CM_OK);
	assert_int_equal(cm_disk_clear(d, at("a"), 1, NULL), CM_OK);
	assert_int_equal(d->ops->list(d->arg, at("a"), count_names, &n), ENOENT);
	assert_int_equal(d->ops->sync_folder(d->arg, place), 0);
	assert_int_equal(d->ops->sync_folder(d->arg, at("a")), ENOENT);
	assert_int_equal(d->ops->sync_all(d->arg, place), 0);
}

static void
a_lock_holds_against_others_until_it_is_closed(void **state)
{
	pid_t child;
	int fd, again, status;

	(void)state;
	assert_int_equal(d->ops->open(d->arg, at("lock"), CM_DISK_NEW, 0644, &fd), 0);
	assert_int_equal(d->ops->lock(d->arg, fd, 0), 0);
	child = fork();
	if (child == 0) {
		d->ops->close(d->arg, fd);
		if (d->ops->open(d->arg, at("lock"), CM_DISK_WRITE, 0, &again) != 0)
			_exit(1);
		_exit(d->ops->lock(d->arg, again, 50) == EWOULDBLOCK ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	d->ops->close(d->arg, fd);
	assert_int_equal(d->ops->open(d->arg, at("lock"), CM_DISK_WRITE, 0, &again), 0);
	assert_int_equal(d->ops->lock(d->arg, again, 0), 0);
	d->ops->close(d->arg, again);
}

/* A copy has another inode or another time of birth, even where inodes are used again. */
static void
a_file_that_was_made_anew_can_be_told_from_the_old_one(void **state)
{
	struct cm_disk_put p = { at("lock"), CM_DISK_NEW, 0644 };
	struct cm_disk_stat a, b;

	(void)state;
	assert_int_equal(cm_disk_put(d, &p, cm_span_str(""), NULL), CM_OK);
	assert_int_equal(d->ops->stat(d->arg, p.path, &a), 0);
	assert_int_equal(d->ops->rename(d->arg, p.path, at("moved")), 0);
	assert_int_equal(d->ops->stat(d->arg, at("moved"), &b), 0);
	assert_true(a.inode == b.inode && a.born == b.born);
	assert_int_equal(d->ops->remove(d->arg, at("moved")), 0);
	usleep(20000);
	assert_int_equal(cm_disk_put(d, &p, cm_span_str(""), NULL), CM_OK);
	assert_int_equal(d->ops->stat(d->arg, p.path, &b), 0);
	assert_true(a.inode != b.inode || a.born != b.born);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_put_is_read),
		TEST(pieces_are_written_read_and_cut),
		TEST(what_others_can_read_is_no_secret),
		TEST(replacing_leaves_the_new_file_and_nothing_else),
		TEST(folders_are_made_listed_and_cleared_but_what_links_lead_to_stays),
		TEST(a_lock_holds_against_others_until_it_is_closed),
		TEST(a_file_that_was_made_anew_can_be_told_from_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
