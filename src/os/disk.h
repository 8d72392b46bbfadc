/* os/disk.h -- the file system as a log and a witness need it: a table of functions.
 *
 * Behind it lies the real one, or one in a test that loses what was not synced.  What lasts
 * through a loss of power is what POSIX promises and no more: bytes of a file once it was
 * synced, a name once its folder was.  A sync that fails may have lost what it was to keep, and
 * the next one need not know of it: who meets that must write anew. */
#ifndef CM_OS_DISK_H
#define CM_OS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

enum cm_disk_open {
	CM_DISK_READ,  /* ENOENT: no such file */
	CM_DISK_WRITE, /* and read; ENOENT */
	CM_DISK_FRESH, /* the same, made if it is not there, emptied if it is */
	CM_DISK_NEW    /* EEXIST: there is one */
};

struct cm_disk_stat {
	bool folder;
	uint64_t size;
	uint64_t inode;
	int64_t born;  /* in ns of Unix time; 0: this file system does not keep it */
	unsigned mode; /* permissions */
	bool ours;     /* of this user; for root anybody's */
};

#define CM_DISK_MACHINE 64u /* characters of a machine's name, and a NUL */

/* Each gives 0 or an errno.  Paths are absolute or below the current folder. */
struct cm_disk_ops {
	int (*open)(void *arg, const char *path, enum cm_disk_open how, unsigned mode, int *fd);
	void (*close)(void *arg, int fd);
	int (*read)(void *arg, int fd, uint64_t at, void *out, size_t len, size_t *got);
	int (*write)(void *arg, int fd, uint64_t at, struct cm_span bytes); /* all or an error */
	int (*cut)(void *arg, int fd, uint64_t size);
	int (*sync)(void *arg, int fd);                  /* bytes and size of a file */
	int (*sync_folder)(void *arg, const char *path); /* the names in it */
	int (*sync_all)(void *arg, const char *path);    /* all of the file system it is on */
	int (*rename)(void *arg, const char *from, const char *to);
	int (*remove)(void *arg, const char *path); /* a file or an empty folder */
	int (*mkdir)(void *arg, const char *path, unsigned mode);
	/* Names in no order, without "." and "..". */
	int (*list)(
	    void *arg, const char *path, void (*name)(void *to, const char *name), void *to);
	/* Locks the open file against other openings, until it is closed; waits for ${ms} at most.
	 * EWOULDBLOCK: somebody else holds it. */
	int (*lock)(void *arg, int fd, unsigned ms);
	int (*stat)(void *arg, const char *path, struct cm_disk_stat *out);
	/* A name that another machine has not; empty if this one has none. */
	void (*machine)(void *arg, char out[CM_DISK_MACHINE + 1]);
};

struct cm_disk {
	const struct cm_disk_ops *ops;
	void *arg;
};

/* The real one. */
const struct cm_disk *cm_disk_here(void);

/* What stands below works on any disk; errors name the path.  CM_E_NOTFOUND: no such file or
 * folder; CM_E_USAGE: there is one already; CM_E_IO; CM_E_NOMEM. */

/* ${folder}/${name}, to be freed with the buffer; NULL: no memory. */
const char *cm_disk_join(const char *folder, const char *name, struct cm_buf *room);

enum cm_result cm_disk_failed(int error, const char *path, struct cm_err *err);

/* Appends a file, of at most ${max} bytes (CM_E_LIMIT). */
CM_RESULT cm_disk_load(
    const struct cm_disk *d, const char *path, size_t max, struct cm_buf *out, struct cm_err *err);
/* The same; CM_E_REFUSED if others can read it.  The caller wipes ${out} (os/private.h), which has
 * room for all at once. */
CM_RESULT cm_disk_load_secret(
    const struct cm_disk *d, const char *path, size_t max, struct cm_buf *out, struct cm_err *err);

/* Writes a file whole, and syncs nothing: in place, or (CM_DISK_NEW) a new one. */
struct cm_disk_put {
	const char *path;
	enum cm_disk_open how;
	unsigned mode;
};
CM_RESULT cm_disk_put(
    const struct cm_disk *d, const struct cm_disk_put *p, struct cm_span bytes, struct cm_err *err);

/* Replaces ${folder}/${name} in one step, through NAME.tmp, by mode 0644: a crash leaves the old
 * file or the new one.  When it returns CM_OK the new one lasts. */
CM_RESULT cm_disk_replace(const struct cm_disk *d, const char *folder, const char *name,
    struct cm_span bytes, struct cm_err *err);
/* The same, but not lasting: a loss of power may leave the old file, the new one, or rubbish. */
CM_RESULT cm_disk_show(const struct cm_disk *d, const char *folder, const char *name,
    struct cm_span bytes, struct cm_err *err);

/* Removes a folder with all that is in it, to ${depth} levels; not there is fine. */
CM_RESULT cm_disk_clear(
    const struct cm_disk *d, const char *path, unsigned depth, struct cm_err *err);

#endif
