#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "os/map.h"
#include "os/stream.h"
#include "os/window.h"

struct cm_file {
	char *path;
	int fd;
	bool mapped;
	uint64_t size;
	uint64_t read; /* bytes, of a pipe */
	struct cm_map map;
	struct cm_stream stream;
	struct cm_window window;
	struct cm_unpack *unpack;
};

static enum cm_result
read_more(void *arg, uint8_t *to, size_t room, size_t *got, struct cm_err *err)
{
	struct cm_file *f = arg;
	ssize_t n;

	do
		n = read(f->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return cm_err_at(err, CM_E_IO, f->read, "%s", strerror(errno));
	f->read += (uint64_t)n;
	*got = (size_t)n;
	return CM_OK;
}

/* Maps what can be mapped and streams the rest. */
static enum cm_result
attach(struct cm_file *f, struct cm_err *err)
{
	struct stat st;

	if (fstat(f->fd, &st) != 0)
		return cm_err_set(err, CM_E_IO, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return cm_err_set(err, CM_E_USAGE, "a file was expected, this is a directory");
	/* A size of 0 is also what /proc says of files that are not empty.  What was
	 * already read of standard input is gone: a mapping would bring it back. */
	if (S_ISREG(st.st_mode) && st.st_size > 0 && lseek(f->fd, 0, SEEK_CUR) == 0) {
		f->size = (uint64_t)st.st_size;
		f->mapped = cm_map_init(&f->map, f->fd, f->size) == CM_OK;
	}
	if (f->mapped)
		return CM_OK;
	if (cm_stream_init(&f->stream, read_more, f) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	return CM_OK;
}

enum cm_result
cm_file_open(const char *path, struct cm_file **out, struct cm_err *err)
{
	struct cm_file *f = calloc(1, sizeof(*f));
	enum cm_result rc;

	if (f == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	f->fd = -1;
	f->path = strdup(path);
	if (f->path == NULL) {
		rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
		goto fail;
	}
	f->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0) {
		rc = cm_err_set(err, CM_E_IO, "%s", strerror(errno));
		goto fail;
	}
	rc = attach(f, err);
	if (rc != CM_OK)
		goto fail;
	*out = f;
	return CM_OK;
fail:
	cm_file_close(f);
	return rc;
}

void
cm_file_close(struct cm_file *f)
{
	if (f == NULL)
		return;
	cm_unpack_free(f->unpack);
	cm_stream_fini(&f->stream);
	cm_window_fini(&f->window);
	cm_map_fini(&f->map);
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

const char *
cm_file_name(const struct cm_file *f)
{
	return strcmp(f->path, "-") == 0 ? "standard input" : f->path;
}

const char *
cm_file_path(const struct cm_file *f)
{
	return f->path;
}

int
cm_file_fd(const struct cm_file *f)
{
	return f->fd;
}

uint64_t
cm_file_size(const struct cm_file *f)
{
	return f->size;
}

void
cm_file_read_apart(struct cm_file *f)
{
	if (f->mapped)
		cm_map_read_apart(&f->map);
}

struct cm_source
cm_file_raw(struct cm_file *f)
{
	return f->mapped ? cm_map_source(&f->map) : cm_stream_source(&f->stream);
}

enum cm_result
cm_file_unpacked(struct cm_file *f, struct cm_source *out, enum cm_packing *packing,
    struct cm_err *err)
{
	struct cm_source raw = cm_file_raw(f);
	struct cm_span head;
	enum cm_packing how;
	enum cm_result rc = raw.fill(raw.arg, 0, 4, &head, err);

	if (rc != CM_OK)
		return rc;
	how = cm_packing_of(head);
	if (how != CM_PACKING_NONE) {
		cm_unpack_free(f->unpack);
		f->unpack = NULL;
		rc = cm_unpack_new(raw, how, &f->unpack, err);
		if (rc != CM_OK)
			return rc;
		raw = cm_unpack_source(f->unpack);
	}
	if (packing != NULL)
		*packing = how;
	*out = raw;
	return CM_OK;
}

void
cm_file_give_back(struct cm_file *f)
{
	if (f->mapped)
		cm_map_give_back(&f->map);
}

const uint8_t *
cm_file_bytes(const struct cm_file *f)
{
	return f->mapped ? f->map.ptr : NULL;
}

const struct cm_window *
cm_file_window(const struct cm_file *f)
{
	return &f->window;
}

enum cm_result
cm_file_once(struct cm_file *f, struct cm_source *out, struct cm_err *err)
{
	cm_window_fini(&f->window);
	if (cm_window_init(&f->window, f->fd) != CM_OK)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	*out = cm_window_source(&f->window);
	return CM_OK;
}

bool
cm_file_look(const struct cm_file *f, const uint8_t *at, size_t len, uint8_t *room)
{
	return f->mapped && cm_map_look(&f->map, at, len, room);
}

bool
cm_file_is_mapped(const struct cm_file *f)
{
	return f->mapped;
}
