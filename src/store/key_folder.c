#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "os/private.h"
#include "statement/key.h"
#include "store/key_folder.h"

#define VKEY_BYTES 1024u
#define SEAT_BYTES 1024u
#define TMP_DEPTH 2u /* levels of folders in one that is being made */

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory");
}

const char *
cm_key_folder_path(struct cm_key_folder *f)
{
	return cm_buf_cstr(&f->path);
}

const char *
cm_key_folder_file(const struct cm_key_folder *f, const char *name, struct cm_buf *room)
{
	return cm_disk_join((const char *)f->path.ptr, name, room);
}

enum cm_result
cm_key_folder_load(const struct cm_key_folder *f, const char *name, size_t max, struct cm_buf *out,
    struct cm_err *err)
{
	struct cm_buf room = { 0 };
	const char *path = cm_key_folder_file(f, name, &room);
	enum cm_result r =
	    path == NULL ? no_memory(err) : cm_disk_load(f->disk, path, max, out, err);

	cm_buf_release(&room);
	return r;
}

enum cm_result
cm_key_folder_replace(
    const struct cm_key_folder *f, const char *name, struct cm_span bytes, struct cm_err *err)
{
	return cm_disk_replace(f->disk, (const char *)f->path.ptr, name, bytes, err);
}

static enum cm_result
put_mode(const struct cm_key_folder *f, const char *name, unsigned mode, struct cm_span bytes,
    struct cm_err *err)
{
	struct cm_buf room = { 0 };
	struct cm_disk_put p = { cm_key_folder_file(f, name, &room), CM_DISK_NEW, mode };
	enum cm_result r = p.path == NULL ? no_memory(err) : cm_disk_put(f->disk, &p, bytes, err);

	cm_buf_release(&room);
	return r;
}

enum cm_result
cm_key_folder_put(
    const struct cm_key_folder *f, const char *name, struct cm_span bytes, struct cm_err *err)
{
	return put_mode(f, name, 0644, bytes, err);
}

enum cm_result
cm_key_folder_lock(struct cm_key_folder *f, enum cm_disk_open how, unsigned ms, struct cm_err *err)
{
	struct cm_buf room = { 0 };
	const char *path = cm_key_folder_file(f, "lock", &room);
	int fd, e;

	if (path == NULL)
		return no_memory(err);
	e = f->disk->ops->open(f->disk->arg, path, how, 0644, &fd);
	if (e == 0) {
		e = f->disk->ops->lock(f->disk->arg, fd, ms);
		if (e != 0)
			f->disk->ops->close(f->disk->arg, fd);
		else
			f->lock = fd;
	}
	if (e == EWOULDBLOCK)
		e = -1;
	else if (e != 0)
		(void)cm_disk_failed(e, path, err);
	cm_buf_release(&room);
	if (e == -1)
		return cm_err_set(err, CM_E_USAGE,
		    "%s: another process writes to this %s; try again when it is done",
		    (const char *)f->path.ptr, f->what);
	return e == 0 ? CM_OK : cm_disk_failed(e, "lock", NULL);
}

/* The folder around ${path}. */
static const char *
around(const char *path, struct cm_buf *room)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	cm_buf_clear(room);
	if (n == 0)
		cm_buf_add_u8(room, '.');
	else
		cm_buf_add(room, path, n);
	return cm_buf_cstr(room);
}

/* Its name lasts. */
static int
sync_around(const struct cm_key_folder *f, const char *folder)
{
	struct cm_buf room = { 0 };
	const char *outer = around(folder, &room);
	int e = outer == NULL ? ENOMEM : f->disk->ops->sync_folder(f->disk->arg, outer);

	cm_buf_release(&room);
	return e;
}

/* ---- the seat ---- */

static enum cm_result
seat_of(const struct cm_key_folder *f, struct cm_buf *out, struct cm_err *err)
{
	char machine[CM_DISK_MACHINE + 1];
	struct cm_disk_stat st = { 0 };
	struct cm_buf room = { 0 };
	const char *path = cm_key_folder_file(f, "lock", &room);
	int e = path == NULL ? ENOMEM : f->disk->ops->stat(f->disk->arg, path, &st);
	enum cm_result r = cm_disk_failed(e, path == NULL ? "lock" : path, err);

	cm_buf_release(&room);
	if (r != CM_OK)
		return r;
	f->disk->ops->machine(f->disk->arg, machine);
	cm_buf_printf(out, "machine %s\nlock %" PRIu64 "\nborn %" PRId64 "\n",
	    machine[0] == '\0' ? "-" : machine, st.inode, st.born);
	return cm_buf_ok(out) ? CM_OK : no_memory(err);
}

enum cm_result
cm_key_folder_seated(const struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf is = { 0 }, was = { 0 };
	enum cm_result r = seat_of(f, &is, err);

	if (r == CM_OK)
		r = cm_key_folder_load(f, "seat", SEAT_BYTES, &was, NULL);
	if (r == CM_E_NOTFOUND || r == CM_E_LIMIT ||
	    (r == CM_OK && !cm_span_eq(cm_buf_span(&is), cm_buf_span(&was))))
		r = cm_err_set(err, CM_E_REFUSED,
		    "%s does not lie where it was made: it was copied, or restored from a backup, "
		    "and may "
		    "have forgotten what it signed since",
		    (const char *)f->path.ptr);
	else if (r != CM_OK)
		cm_err_set(err, r, "%s/seat can not be read", (const char *)f->path.ptr);
	cm_buf_release(&is);
	cm_buf_release(&was);
	return r;
}

enum cm_result
cm_key_folder_reseat(const struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf seat = { 0 };
	enum cm_result r = seat_of(f, &seat, err);

	if (r == CM_OK)
		r = cm_key_folder_replace(f, "seat", cm_buf_span(&seat), err);
	cm_buf_release(&seat);
	return r;
}

/* ---- making one ---- */

/* What a crash left, unless somebody is at it. */
static enum cm_result
clear_old(struct cm_key_folder *f, struct cm_err *err)
{
	const char *path = (const char *)f->path.ptr;
	struct cm_disk_stat st;
	struct cm_err why = { 0 };
	enum cm_result r;

	if (f->disk->ops->stat(f->disk->arg, path, &st) == ENOENT)
		return CM_OK;
	r = cm_key_folder_lock(f, CM_DISK_WRITE, 0, &why);
	if (r != CM_OK && r != CM_E_NOTFOUND)
		return cm_err_set(err, r, "%s", why.text);
	r = cm_disk_clear(f->disk, path, TMP_DEPTH, err);
	if (f->lock >= 0)
		f->disk->ops->close(f->disk->arg, f->lock);
	f->lock = -1;
	return r;
}

static enum cm_result
put_keys(const struct cm_key_folder *f, uint32_t check, struct cm_err *err)
{
	struct cm_buf file = { 0 }, pub = { 0 }, vkey = { 0 };
	struct cm_key k;
	enum cm_result r = cm_key_of_seed(f->seed, &k);

	if (r != CM_OK)
		return cm_err_set(err, r, "the key can not be made");
	cm_key_write(&k, check, f->vkey.name, &file);
	cm_ssh_public_text(&k.pub, &pub);
	cm_buf_printf(&pub, " %s\n", f->vkey.name);
	cm_vkey_write(&f->vkey, &vkey);
	cm_buf_add_u8(&vkey, '\n');
	r = cm_buf_ok(&file) && cm_buf_ok(&pub) && cm_buf_ok(&vkey) ? CM_OK : no_memory(err);
	if (r == CM_OK)
		r = put_mode(f, "key", 0600, cm_buf_span(&file), err);
	if (r == CM_OK)
		r = put_mode(f, "key.pub", 0644, cm_buf_span(&pub), err);
	if (r == CM_OK)
		r = put_mode(f, "vkey", 0644, cm_buf_span(&vkey), err);
	cm_private_wipe(&file);
	cm_key_wipe(&k);
	cm_buf_release(&pub);
	cm_buf_release(&vkey);
	return r;
}

static enum cm_result
put_seat(const struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf seat = { 0 };
	enum cm_result r = seat_of(f, &seat, err);

	if (r == CM_OK)
		r = put_mode(f, "seat", 0644, cm_buf_span(&seat), err);
	cm_buf_release(&seat);
	return r;
}

static enum cm_result
begin(struct cm_key_folder *f, const struct cm_key_folder_new *in, struct cm_err *err)
{
	size_t len = strlen(in->folder);
	uint8_t point[32];
	struct cm_disk_stat st;
	enum cm_result r;

	if (cm_ed25519_public(in->seed, point) != CM_OK)
		return no_memory(err);
	r = cm_vkey_of(cm_span_str(in->name), in->type, point, &f->vkey, err);
	if (r != CM_OK)
		return r;
	memcpy(f->seed, in->seed, sizeof(f->seed));
	while (len > 1 && in->folder[len - 1] == '/')
		len--;
	cm_buf_add(&f->path, in->folder, len);
	cm_buf_add_str(&f->path, ".tmp");
	if (cm_buf_cstr(&f->path) == NULL)
		return no_memory(err);
	if (f->disk->ops->stat(f->disk->arg, in->folder, &st) == 0)
		return cm_err_set(err, CM_E_USAGE, "%s exists already", in->folder);
	return clear_old(f, err);
}

enum cm_result
cm_key_folder_begin(const struct cm_disk *disk, const struct cm_key_folder_new *in,
    struct cm_key_folder *out, struct cm_err *err)
{
	enum cm_result r;
	int e;

	*out = (struct cm_key_folder) { .disk = disk, .what = in->what, .lock = -1 };
	r = begin(out, in, err);
	if (r == CM_OK) {
		e = disk->ops->mkdir(disk->arg, (const char *)out->path.ptr, 0755);
		r = cm_disk_failed(e, (const char *)out->path.ptr, err);
	}
	/* The lock comes first, so that nobody else takes this for what a crash left. */
	if (r == CM_OK)
		r = cm_key_folder_lock(out, CM_DISK_NEW, 0, err);
	if (r == CM_OK)
		r = put_keys(out, in->check, err);
	if (r == CM_OK)
		r = put_seat(out, err);
	if (r != CM_OK)
		cm_key_folder_abandon(out);
	return r;
}

enum cm_result
cm_key_folder_settle(struct cm_key_folder *f, const char *folder, struct cm_err *err)
{
	const struct cm_disk_ops *ops = f->disk->ops;
	const char *tmp = (const char *)f->path.ptr;
	int e = ops->sync_all(f->disk->arg, tmp);

	if (e == 0)
		e = ops->rename(f->disk->arg, tmp, folder);
	if (e == 0)
		e = sync_around(f, folder);
	return cm_disk_failed(e, folder, err);
}

void
cm_key_folder_abandon(struct cm_key_folder *f)
{
	/* What can not be removed now is cleared away when it is tried again. */
	enum cm_result r = f->lock < 0
			       ? CM_OK
			       : cm_disk_clear(f->disk, (const char *)f->path.ptr, TMP_DEPTH, NULL);

	(void)r;
	cm_key_folder_close(f);
}

/* ---- opening one ---- */

static enum cm_result
read_vkey(struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf b = { 0 };
	struct cm_err why = { 0 };
	struct cm_span line;
	enum cm_result r = cm_key_folder_load(f, "vkey", VKEY_BYTES, &b, &why);

	if (r == CM_E_NOTFOUND)
		cm_err_set(err, r, "%s: there is no %s here", (const char *)f->path.ptr, f->what);
	else if (r != CM_OK)
		cm_err_set(err, r, "%s", why.text);
	if (r == CM_OK) {
		line = cm_buf_span(&b);
		if (line.len > 0 && line.ptr[line.len - 1] == '\n')
			line.len--;
		r = cm_vkey_parse(line, &f->vkey, &why);
		if (r != CM_OK)
			cm_err_set(err, r, "%s/vkey: %s", (const char *)f->path.ptr, why.text);
	}
	cm_buf_release(&b);
	return r;
}

enum cm_result
cm_key_folder_read(const struct cm_disk *disk, const char *what, const char *folder,
    struct cm_key_folder *out, struct cm_err *err)
{
	enum cm_result r;

	*out = (struct cm_key_folder) { .disk = disk, .what = what, .lock = -1 };
	cm_buf_add_str(&out->path, folder);
	r = cm_buf_cstr(&out->path) == NULL ? no_memory(err) : read_vkey(out, err);
	if (r != CM_OK)
		cm_key_folder_close(out);
	return r;
}

static enum cm_result
read_key(struct cm_key_folder *f, struct cm_err *err)
{
	struct cm_buf file = { 0 }, room = { 0 };
	const char *path = cm_key_folder_file(f, "key", &room);
	struct cm_err why = { 0 };
	struct cm_key k = { 0 };
	enum cm_result r = path == NULL
			       ? no_memory(err)
			       : cm_disk_load_secret(f->disk, path, CM_KEY_FILE_MAX, &file, err);

	if (r == CM_OK) {
		r = cm_key_parse(cm_buf_span(&file), &k, &why);
		if (r != CM_OK)
			cm_err_set(err, r, "%s: %s", path, why.text);
	}
	if (r == CM_OK && memcmp(k.pub.point, f->vkey.key, 32) != 0)
		r = cm_err_set(err, CM_E_REFUSED, "%s is not the key that %s/vkey names", path,
		    (const char *)f->path.ptr);
	if (r == CM_OK)
		memcpy(f->seed, k.seed, sizeof(f->seed));
	cm_private_wipe(&file);
	cm_key_wipe(&k);
	cm_buf_release(&room);
	return r;
}

enum cm_result
cm_key_folder_write(struct cm_key_folder *f, unsigned ms, struct cm_err *err)
{
	const char *path = (const char *)f->path.ptr;
	enum cm_result r = cm_key_folder_lock(f, CM_DISK_WRITE, ms, err);


	/* Whoever made it may have been ended before its name lasted. */
	if (r == CM_OK)
		r = cm_disk_failed(sync_around(f, path), path, err);
	return r == CM_OK ? read_key(f, err) : r;
}

void
cm_key_folder_close(struct cm_key_folder *f)
{
	if (f->disk == NULL)
		return;
	if (f->lock >= 0)
		f->disk->ops->close(f->disk->arg, f->lock);
	cm_buf_release(&f->path);
	explicit_bzero(f, sizeof(*f));
	f->lock = -1;
}
