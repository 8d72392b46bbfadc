#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/disk.h"

/* How long to sleep before a lock is tried again. */
#define LOCK_STEP_MS 20u

static int
real_open(void *arg, const char *path, enum cm_disk_open how, unsigned mode, int *fd)
{
	static const int flags[] = {
		[CM_DISK_READ] = O_RDONLY | O_NONBLOCK, /* not to wait for somebody's pipe */
		[CM_DISK_WRITE] = O_RDWR,
		[CM_DISK_FRESH] = O_RDWR | O_CREAT | O_TRUNC,
		[CM_DISK_NEW] = O_RDWR | O_CREAT | O_EXCL,
	};

	(void)arg;
	*fd = open(path, flags[how] | O_CLOEXEC, mode);
	return *fd < 0 ? errno : 0;
}

static void
real_close(void *arg, int fd)
{
	(void)arg;
	close(fd);
}

static int
real_read(void *arg, int fd, uint64_t at, void *out, size_t len, size_t *got)
{
	ssize_t n;

	(void)arg;
	do
		n = pread(fd, out, len, (off_t)at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	*got = (size_t)n;
	return 0;
}

static int
real_write(void *arg, int fd, uint64_t at, struct cm_span bytes)
{
	(void)arg;
	while (bytes.len > 0) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		bytes = cm_span_part(bytes, (size_t)n, bytes.len - (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

static int
real_cut(void *arg, int fd, uint64_t size)
{
	(void)arg;
	return ftruncate(fd, (off_t)size) != 0 ? errno : 0;
}

static int
real_sync(void *arg, int fd)
{
	(void)arg;
	return fdatasync(fd) != 0 ? errno : 0;
}

static int
sync_path(const char *path, int (*sync)(int fd))
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int e;

	if (fd < 0)
		return errno;
	e = sync(fd) != 0 ? errno : 0;
	close(fd);
	return e;
}

static int
real_sync_folder(void *arg, const char *path)
{
	(void)arg;
	return sync_path(path, fsync);
}

static int
real_sync_all(void *arg, const char *path)
{
	(void)arg;
	return sync_path(path, syncfs);
}

static int
real_rename(void *arg, const char *from, const char *to)
{
	(void)arg;
	return rename(from, to) != 0 ? errno : 0;
}

static int
real_remove(void *arg, const char *path)
{
	(void)arg;
	return remove(path) != 0 ? errno : 0;
}

static int
real_mkdir(void *arg, const char *path, unsigned mode)
{
	(void)arg;
	return mkdir(path, mode) != 0 ? errno : 0;
}

static int
real_list(void *arg, const char *path, void (*name)(void *to, const char *name), void *to)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int error;

	(void)arg;
	if (d == NULL)
		return errno;
	while (errno = 0, (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			name(to, e->d_name);
	error = errno;
	closedir(d);
	return error;
}

/* Not by waiting in flock, which nothing but a signal ends. */
static int
real_lock(void *arg, int fd, unsigned ms)
{
	struct timespec step = { 0, (long)LOCK_STEP_MS * 1000000 };

	(void)arg;
	for (;; ms -= LOCK_STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if ((errno != EWOULDBLOCK && errno != EINTR) || ms < LOCK_STEP_MS)
			return errno;
		nanosleep(&step, NULL);
	}
}

static int
real_stat(void *arg, const char *path, struct cm_disk_stat *out)
{
	struct statx x;

	(void)arg;
	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_BTIME, &x) != 0)
		return errno;
	*out = (struct cm_disk_stat) { .folder = S_ISDIR(x.stx_mode),
		.size = x.stx_size,
		.inode = x.stx_ino,
		.mode = x.stx_mode & 07777,
		.ours = x.stx_uid == geteuid() || geteuid() == 0 };
	if ((x.stx_mask & STATX_BTIME) != 0)
		out->born = x.stx_btime.tv_sec * 1000000000 + x.stx_btime.tv_nsec;
	return 0;
}

/* machine-id(5): 32 hexadecimal digits, made when the system was installed. */
static void
real_machine(void *arg, char out[CM_DISK_MACHINE + 1])
{
	FILE *f = fopen("/etc/machine-id", "re");

	(void)arg;
	out[0] = '\0';
	if (f == NULL)
		return;
	if (fgets(out, (int)CM_DISK_MACHINE + 1, f) == NULL)
		out[0] = '\0';
	out[strspn(out, "0123456789abcdef")] = '\0';
	fclose(f);
}

static const struct cm_disk_ops real_ops = {
	.open = real_open,
	.close = real_close,
	.read = real_read,
	.write = real_write,
	.cut = real_cut,
	.sync = real_sync,
	.sync_folder = real_sync_folder,
	.sync_all = real_sync_all,
	.rename = real_rename,
	.remove = real_remove,
	.mkdir = real_mkdir,
	.list = real_list,
	.lock = real_lock,
	.stat = real_stat,
	.machine = real_machine,
};

const struct cm_disk *
cm_disk_here(void)
{
	static const struct cm_disk here = { &real_ops, NULL };

	return &here;
}
