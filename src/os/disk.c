#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "os/disk.h"

enum cm_result
cm_disk_failed(int error, const char *path, struct cm_err *err)
{
	switch (error) {
	case 0:
		return CM_OK;
	case ENOENT:
	case ENOTDIR:
		return cm_err_set(err, CM_E_NOTFOUND, "%s: there is no such file", path);
	case EEXIST:
	case ENOTEMPTY:
		return cm_err_set(err, CM_E_USAGE, "%s exists already", path);
	case ENOMEM:
		return cm_err_set(err, CM_E_NOMEM, "%s: out of memory", path);
	default:
		return cm_err_set(err, CM_E_IO, "%s: %s", path, strerror(error));
	}
}

const char *
cm_disk_join(const char *folder, const char *name, struct cm_buf *room)
{
	cm_buf_clear(room);
	cm_buf_add_str(room, folder);
	cm_buf_add_u8(room, '/');
	cm_buf_add_str(room, name);
	return cm_buf_cstr(room);
}

/* Reads until ${len} bytes are there or the file ends. */
static int
read_some(const struct cm_disk *d, int fd, uint8_t *out, size_t len, size_t *got)
{
	*got = 0;
	while (*got < len) {
		size_t n = 0;
		int e = d->ops->read(d->arg, fd, *got, out + *got, len - *got, &n);

		if (e != 0)
			return e;
		if (n == 0)
			break;
		*got += n;
	}
	return 0;
}

static enum cm_result
load(const struct cm_disk *d, const char *path, size_t size, struct cm_buf *out, struct cm_err *err)
{
	size_t got = 0, before = out->len;
	uint8_t *p = size == 0 ? NULL : cm_buf_grow(out, size);
	int fd, e;

	if (size > 0 && p == NULL)
		return cm_disk_failed(ENOMEM, path, err);
	e = d->ops->open(d->arg, path, CM_DISK_READ, 0, &fd);
	if (e == 0) {
		e = read_some(d, fd, p, size, &got);
		d->ops->close(d->arg, fd);
	}
	if (e == 0 && got == size)
		return CM_OK;
	out->len = before;
	return e != 0 ? cm_disk_failed(e, path, err)
		      : cm_err_at(err, CM_E_IO, got, "%s became shorter while it was read", path);
}

static enum cm_result
load_checked(const struct cm_disk *d, const char *path, size_t max, bool secret, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_disk_stat st = { 0 };
	int e = d->ops->stat(d->arg, path, &st);

	if (e != 0)
		return cm_disk_failed(e, path, err);
	if (st.folder)
		return cm_err_set(err, CM_E_IO, "%s is a folder", path);
	if (secret && !st.ours)
		return cm_err_set(err, CM_E_REFUSED, "%s belongs to somebody else", path);
	if (secret && (st.mode & 077) != 0)
		return cm_err_set(err, CM_E_REFUSED,
		    "others can read %s, which holds a secret; if nobody did: chmod 600 %s", path,
		    path);
	if (st.size > max)
		return cm_err_set(err, CM_E_LIMIT, "%s has more than %zu bytes", path, max);
	return load(d, path, (size_t)st.size, out, err);
}

enum cm_result
cm_disk_load(
    const struct cm_disk *d, const char *path, size_t max, struct cm_buf *out, struct cm_err *err)
{
	return load_checked(d, path, max, false, out, err);
}

enum cm_result
cm_disk_load_secret(
    const struct cm_disk *d, const char *path, size_t max, struct cm_buf *out, struct cm_err *err)
{
	return load_checked(d, path, max, true, out, err);
}

/* Writes a file whole, and syncs it if asked to. */
static int
put(const struct cm_disk *d, const struct cm_disk_put *p, struct cm_span bytes, bool lasting)
{
	int fd, e = d->ops->open(d->arg, p->path, p->how, p->mode, &fd);

	if (e != 0)
		return e;
	if (bytes.len > 0)
		e = d->ops->write(d->arg, fd, 0, bytes);
	if (e == 0 && lasting)
		e = d->ops->sync(d->arg, fd);
	d->ops->close(d->arg, fd);
	return e;
}

enum cm_result
cm_disk_put(
    const struct cm_disk *d, const struct cm_disk_put *p, struct cm_span bytes, struct cm_err *err)
{
	return cm_disk_failed(put(d, p, bytes, false), p->path, err);
}

static enum cm_result
replace(const struct cm_disk *d, const char *folder, const char *path, const char *tmp,
    struct cm_span bytes, bool lasting, struct cm_err *err)
{
	struct cm_disk_put p = { tmp, CM_DISK_FRESH, 0644 };
	int e = put(d, &p, bytes, lasting);

	if (e != 0)
		return cm_disk_failed(e, tmp, err);
	e = d->ops->rename(d->arg, tmp, path);
	if (e == 0 && lasting)
		e = d->ops->sync_folder(d->arg, folder);
	return cm_disk_failed(e, path, err);
}

static enum cm_result
replace_named(const struct cm_disk *d, const char *folder, const char *name, struct cm_span bytes,
    bool lasting, struct cm_err *err)
{
	struct cm_buf path = { 0 }, tmp = { 0 };
	enum cm_result r = CM_E_NOMEM;

	if (cm_disk_join(folder, name, &path) != NULL && cm_disk_join(folder, name, &tmp) != NULL) {
		cm_buf_add_str(&tmp, ".tmp");
		if (cm_buf_cstr(&tmp) != NULL)
			r = replace(
			    d, folder, cm_buf_cstr(&path), cm_buf_cstr(&tmp), bytes, lasting, err);
	}
	if (r == CM_E_NOMEM)
		cm_disk_failed(ENOMEM, name, err);
	cm_buf_release(&path);
	cm_buf_release(&tmp);
	return r;
}

enum cm_result
cm_disk_replace(const struct cm_disk *d, const char *folder, const char *name, struct cm_span bytes,
    struct cm_err *err)
{
	return replace_named(d, folder, name, bytes, true, err);
}

enum cm_result
cm_disk_show(const struct cm_disk *d, const char *folder, const char *name, struct cm_span bytes,
    struct cm_err *err)
{
	return replace_named(d, folder, name, bytes, false, err);
}

/* Names, each with a NUL behind it. */
static void
keep_name(void *to, const char *name)
{
	cm_buf_add(to, name, strlen(name) + 1);
}

static enum cm_result clear_within(
    const struct cm_disk *d, const char *path, unsigned depth, struct cm_err *err);

static enum cm_result
clear_names(const struct cm_disk *d, const char *folder, const struct cm_buf *names, unsigned depth,
    struct cm_err *err)
{
	struct cm_buf path = { 0 };
	enum cm_result r = CM_OK;

	for (size_t at = 0; r == CM_OK && at < names->len;) {
		const char *name = (const char *)names->ptr + at;
		const char *p = cm_disk_join(folder, name, &path);

		r = p == NULL ? CM_E_NOMEM : clear_within(d, p, depth, err);
		at += strlen(name) + 1;
	}
	cm_buf_release(&path);
	return r;
}

static enum cm_result
clear_within(const struct cm_disk *d, const char *path, unsigned depth, struct cm_err *err)
{
	struct cm_buf names = { 0 };
	enum cm_result r;
	/* What can not be removed is a folder that holds something, and no link to one. */
	int e = d->ops->remove(d->arg, path);

	if (e == ENOENT)
		return CM_OK;
	if ((e != ENOTEMPTY && e != EEXIST) || depth == 0)
		return cm_disk_failed(e, path, err);
	e = d->ops->list(d->arg, path, keep_name, &names);
	r = e != 0 ? cm_disk_failed(e, path, err) : cm_buf_ok(&names) ? CM_OK : CM_E_NOMEM;
	if (r == CM_OK)
		r = clear_names(d, path, &names, depth - 1, err);
	cm_buf_release(&names);
	return r == CM_OK ? cm_disk_failed(d->ops->remove(d->arg, path), path, err) : r;
}

enum cm_result
cm_disk_clear(const struct cm_disk *d, const char *path, unsigned depth, struct cm_err *err)
{
	return clear_within(d, path, depth, err);
}
