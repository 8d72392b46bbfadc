#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/private.h"

static enum cm_result
system_error(struct cm_err *err, const char *path)
{
	enum cm_result code = errno == ENOENT || errno == ENOTDIR ? CM_E_NOTFOUND : CM_E_IO;

	return cm_err_set(err, code, "%s: %s", path, strerror(errno));
}

/* root reads everything, so a file of another owner that root was told to use is fine. */
static enum cm_result
check_stat(const char *path, const struct stat *st, struct cm_err *err)
{
	if (st->st_uid != geteuid() && geteuid() != 0)
		return cm_err_set(err, CM_E_REFUSED, "%s belongs to somebody else", path);
	if ((st->st_mode & 077) != 0)
		return cm_err_set(err, CM_E_REFUSED,
		    "others can read %s, which holds a secret; if nobody did: chmod %s %s", path,
		    S_ISDIR(st->st_mode) ? "700" : "600", path);
	return CM_OK;
}

enum cm_result
cm_private_check(const char *path, struct cm_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return system_error(err, path);
	return check_stat(path, &st, err);
}

static enum cm_result
read_all(int fd, const char *path, size_t size, struct cm_buf *out, struct cm_err *err)
{
	uint8_t *p;
	size_t done = 0;

	if (size == 0)
		return CM_OK;
	p = cm_buf_grow(out, size);
	if (p == NULL)
		return cm_err_set(err, CM_E_NOMEM, "%s: out of memory", path);
	while (done < size) {
		ssize_t n = read(fd, p + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done == size)
		return CM_OK;
	out->len -= size;
	return cm_err_set(err, CM_E_IO, "%s: could not be read whole", path);
}

static enum cm_result
read_file(const char *path, size_t max, bool secret, struct cm_buf *out, struct cm_err *err)
{
	/* Not to wait for somebody's pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum cm_result r = CM_OK;
	struct stat st;

	if (fd < 0)
		return system_error(err, path);
	if (fstat(fd, &st) != 0)
		r = system_error(err, path);
	else if (!S_ISREG(st.st_mode))
		r = cm_err_set(err, CM_E_IO, "%s is not a regular file", path);
	else if (secret)
		r = check_stat(path, &st, err);
	if (r == CM_OK && (uint64_t)st.st_size > max)
		r = cm_err_set(err, CM_E_LIMIT, "%s has more than %zu bytes", path, max);
	if (r == CM_OK)
		r = read_all(fd, path, (size_t)st.st_size, out, err);
	close(fd);
	return r;
}

enum cm_result
cm_whole_read(const char *path, size_t max, struct cm_buf *out, struct cm_err *err)
{
	return read_file(path, max, false, out, err);
}

enum cm_result
cm_private_read(const char *path, size_t max, struct cm_buf *out, struct cm_err *err)
{
	return read_file(path, max, true, out, err);
}

static bool
write_all(int fd, struct cm_span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.ptr, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = cm_span_part(s, (size_t)n, s.len - (size_t)n);
	}
	return true;
}

/* What was renamed or made in a folder lasts once the folder is synced. */
static bool
sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	bool ok;
	int fd;

	if (len >= sizeof(folder))
		return false;
	memcpy(folder, path, len);
	folder[len] = '\0';
	fd = open(slash == NULL ? "."
		  : len == 0    ? "/"
				: folder,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

static enum cm_result
name_temporary(const char *path, char tmp[PATH_MAX], struct cm_err *err)
{
	int n = snprintf(tmp, PATH_MAX, "%s.tmp", path);

	return n >= 0 && n < PATH_MAX ? CM_OK : cm_err_set(err, CM_E_IO, "a path that is too long");
}

enum cm_result
cm_whole_begin(const char *path, struct cm_write_mode mode, int *fd, struct cm_err *err)
{
	char tmp[PATH_MAX];
	enum cm_result r = name_temporary(path, tmp, err);

	if (r == CM_OK && mode.how == CM_WRITE_NEW && cm_path_exists(path))
		r = cm_err_set(err, CM_E_USAGE, "%s exists already", path);
	if (r != CM_OK)
		return r;
	unlink(tmp);
	*fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode.mode);
	if (*fd < 0)
		return system_error(err, tmp);
	if (fchmod(*fd, mode.mode) == 0)
		return CM_OK;
	r = system_error(err, tmp);
	close(*fd);
	unlink(tmp);
	return r;
}

enum cm_result
cm_whole_end(const char *path, struct cm_write_mode mode, int fd, struct cm_err *err)
{
	enum cm_result r = CM_OK;

	if (mode.how != CM_WRITE_LOOSE && fsync(fd) != 0)
		r = system_error(err, path);
	if (close(fd) != 0 && r == CM_OK)
		r = system_error(err, path);
	if (r != CM_OK)
		cm_whole_drop(path);
	return r;
}

enum cm_result
cm_whole_stage(
    const char *path, struct cm_span bytes, struct cm_write_mode mode, struct cm_err *err)
{
	int fd;
	enum cm_result r = cm_whole_begin(path, mode, &fd, err);

	if (r != CM_OK)
		return r;
	if (write_all(fd, bytes))
		return cm_whole_end(path, mode, fd, err);
	r = system_error(err, path);
	close(fd);
	cm_whole_drop(path);
	return r;
}

enum cm_result
cm_whole_place(const char *path, struct cm_write_mode mode, struct cm_err *err)
{
	char tmp[PATH_MAX];
	enum cm_result r = name_temporary(path, tmp, err);
	bool placed;

	if (r != CM_OK)
		return r;
	/* link fails if the name is taken, rename does not. */
	placed = mode.how == CM_WRITE_NEW ? link(tmp, path) == 0 : rename(tmp, path) == 0;
	if (!placed && errno == EEXIST)
		r = cm_err_set(err, CM_E_USAGE, "%s exists already", path);
	else if (!placed)
		r = system_error(err, path);
	if (mode.how == CM_WRITE_NEW || !placed)
		unlink(tmp);
	if (placed && mode.how != CM_WRITE_LOOSE && !sync_folder_of(path))
		r = system_error(err, path);
	return r;
}

enum cm_result
cm_whole_settle(const char *folder, struct cm_err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return system_error(err, folder);
	ok = syncfs(fd) == 0;
	close(fd);
	return ok ? CM_OK : system_error(err, folder);
}

void
cm_whole_drop(const char *path)
{
	char tmp[PATH_MAX];

	if (name_temporary(path, tmp, NULL) == CM_OK)
		unlink(tmp);
}

enum cm_result
cm_whole_write(
    const char *path, struct cm_span bytes, struct cm_write_mode mode, struct cm_err *err)
{
	enum cm_result r = cm_whole_stage(path, bytes, mode, err);

	return r == CM_OK ? cm_whole_place(path, mode, err) : r;
}

enum cm_result
cm_private_place(const char *tmp, const char *path, struct cm_err *err)
{
	if (rename(tmp, path) != 0 || !sync_folder_of(path))
		return system_error(err, path);
	return CM_OK;
}

enum cm_result
cm_private_mkdir(const char *path, struct cm_err *err)
{
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? cm_err_set(err, CM_E_USAGE, "%s exists already", path)
				       : system_error(err, path);
	if (chmod(path, 0700) != 0 || !sync_folder_of(path))
		return system_error(err, path);
	return CM_OK;
}

bool
cm_path_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

void
cm_private_wipe(struct cm_buf *b)
{
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->cap);
	cm_buf_release(b);
}
