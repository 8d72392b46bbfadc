#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/kept.h"

#define PIECE ((size_t)1 << 20)

struct taking {
	struct cm_kept *k;
	int fd;
	bool regular;
	const char *folder;
	struct cm_err *err;
};

static CM_RESULT
no_memory(struct taking *t)
{
	return cm_err_set(t->err, CM_E_NOMEM, "out of memory");
}

/* Some bytes; 0: the end; -1: errno says why. */
static ssize_t
read_some(const struct taking *t, uint8_t *out)
{
	ssize_t n;

	do {
		n = t->regular ? pread(t->fd, out, PIECE, (off_t)t->k->len) : read(t->fd, out, PIECE);
	} while (n < 0 && errno == EINTR);
	return n;
}

static bool
write_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* What is in the file goes back into memory: there is no room for more. */
static CM_RESULT
back_to_memory(struct taking *t, uint64_t written)
{
	struct cm_buf *b = &t->k->memory;
	uint8_t *p = cm_buf_grow(b, (size_t)written);
	uint64_t at = 0;
	ssize_t n;

	if (p == NULL)
		return no_memory(t);
	for (; at < written; at += (uint64_t)n) {
		n = pread(t->k->fd, p + at, (size_t)(written - at), (off_t)at);
		if (n <= 0)
			return cm_err_set(t->err, CM_E_IO, "%s: %s", t->folder, strerror(errno));
	}
	close(t->k->fd);
	t->k->fd = -1;
	t->folder = NULL;
	return CM_OK;
}

/* From memory into a file without a name, if one can be had. */
static void
to_file(struct taking *t)
{
	struct cm_buf *b = &t->k->memory;
	int fd = open(t->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 && write_all(fd, b->ptr, b->len)) {
		t->k->fd = fd;
		cm_buf_release(b);
		return;
	}
	if (fd >= 0)
		close(fd);
	t->folder = NULL; /* and not tried again */
}

static CM_RESULT
keep(struct taking *t, const uint8_t *p, size_t len)
{
	struct cm_kept *k = t->k;
	enum cm_result rc = CM_OK;

	if (t->folder != NULL && k->fd < 0 && k->memory.len + len > CM_KEPT_MEMORY)
		to_file(t);
	if (k->fd >= 0 && write_all(k->fd, p, len))
		return CM_OK;
	if (k->fd >= 0)
		rc = back_to_memory(t, k->len);
	if (rc != CM_OK)
		return rc;
	cm_buf_add(&k->memory, p, len);
	return cm_buf_ok(&k->memory) ? CM_OK : no_memory(t);
}

static CM_RESULT
take_all(struct taking *t, uint8_t *piece, uint64_t max)
{
	enum cm_result rc = CM_OK;
	ssize_t n = 0;

	while (rc == CM_OK && (n = read_some(t, piece)) > 0) {
		if ((uint64_t)n > max - t->k->len)
			return cm_err_set(t->err, CM_E_LIMIT, "longer than it can be");
		rc = keep(t, piece, (size_t)n);
		t->k->len += (uint64_t)n;
	}
	if (rc == CM_OK && n < 0)
		return cm_err_set(t->err, CM_E_IO, "%s", strerror(errno));
	return rc;
}

/* The file, if there is one, is read as memory from now on. */
static CM_RESULT
map_file(struct cm_kept *k, struct cm_err *err)
{
	void *p = MAP_FAILED;

	if (k->fd < 0)
		return CM_OK;
	if (k->len > 0)
		p = mmap(NULL, (size_t)k->len, PROT_READ, MAP_SHARED, k->fd, 0);
	close(k->fd);
	k->fd = -1;
	if (k->len == 0)
		return CM_OK;
	if (p == MAP_FAILED)
		return cm_err_set(err, CM_E_IO, "a temporary file: %s", strerror(errno));
	k->map = p;
	return CM_OK;
}

enum cm_result
cm_kept_take(struct cm_kept *k, int fd, uint64_t max, const char *folder, struct cm_err *err)
{
	struct taking t = { .k = k, .fd = fd, .folder = folder, .err = err };
	uint8_t *piece = malloc(PIECE);
	struct stat st;
	enum cm_result rc;

	k->fd = -1;
	if (piece == NULL)
		return no_memory(&t);
	t.regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	rc = take_all(&t, piece, max);
	if (rc == CM_OK)
		rc = map_file(k, err);
	free(piece);
	return rc;
}

enum cm_result
cm_kept_begin(struct cm_kept *k, uint64_t max, const char *folder, struct cm_err *err)
{
	k->max = max;
	k->fd = max > CM_KEPT_MEMORY ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
	if (k->fd >= 0)
		return CM_OK;
	/* All at once, so that no copies are left behind while it grows. */
	if (max > SIZE_MAX || !cm_buf_reserve(&k->memory, (size_t)max))
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	return CM_OK;
}

int
cm_kept_fd(const struct cm_kept *k)
{
	return k->fd > 0 ? k->fd : -1;
}

static enum cm_result
take_piece(void *arg, const void *ptr, size_t len)
{
	struct cm_kept *k = arg;

	if (len > k->max - k->len)
		return CM_E_LIMIT;
	k->len += len;
	if (k->fd >= 0)
		return write_all(k->fd, ptr, len) ? CM_OK : CM_E_IO;
	cm_buf_add(&k->memory, ptr, len);
	return cm_buf_ok(&k->memory) ? CM_OK : CM_E_NOMEM;
}

struct cm_sink
cm_kept_sink(struct cm_kept *k)
{
	return (struct cm_sink) { take_piece, k };
}

enum cm_result
cm_kept_end(struct cm_kept *k, struct cm_err *err)
{
	return map_file(k, err);
}

struct cm_span
cm_kept_bytes(const struct cm_kept *k)
{
	return k->map != NULL ? cm_span_of(k->map, (size_t)k->len) : cm_buf_span(&k->memory);
}

void
cm_kept_fini(struct cm_kept *k)
{
	if (k->map != NULL)
		munmap(k->map, (size_t)k->len);
	else if (k->fd > 0)
		close(k->fd);
	cm_buf_release(&k->memory);
	*k = (struct cm_kept) { 0 };
}
