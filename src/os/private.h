/* os/private.h -- small files whole: keys, statements, secrets; and that only we can read some.
 *
 * Writing is all or nothing: the bytes go to a temporary file beside, are synced,
 * and take the name in one step; then the folder is synced.  A crash leaves the old
 * file, or the new one, and perhaps a `.tmp` that the next writing replaces. */
#ifndef CM_OS_PRIVATE_H
#define CM_OS_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

/* May others do anything with this file or folder, or is it not ours?  CM_E_REFUSED with
 * the chmod that helps; CM_E_NOTFOUND, CM_E_IO. */
CM_RESULT cm_private_check(const char *path, struct cm_err *err);

/* Appends the content of a regular file, at most ${max} bytes of it.  CM_E_NOTFOUND;
 * CM_E_IO; CM_E_LIMIT: longer; CM_E_NOMEM. */
CM_RESULT cm_whole_read(const char *path, size_t max, struct cm_buf *out, struct cm_err *err);

/* The same of a file that only its owner may read; CM_E_REFUSED if others can.  ${out} has
 * room for all at once, so that no copy is left behind; the caller wipes it
 * (cm_private_wipe). */
CM_RESULT cm_private_read(const char *path, size_t max, struct cm_buf *out, struct cm_err *err);

enum cm_write_how {
	CM_WRITE_NEW, /* CM_E_USAGE if there is such a file */
	CM_WRITE_REPLACE,
	CM_WRITE_LOOSE /* replace, and do not sync: it lasts only after cm_whole_settle */
};
struct cm_write_mode {
	enum cm_write_how how;
	unsigned mode; /* 0600, 0644; whatever the umask says */
};
CM_RESULT cm_whole_write(
    const char *path, struct cm_span bytes, struct cm_write_mode mode, struct cm_err *err);

/* Syncs all files of the file system that ${folder} is on: one wait for many loose ones. */
CM_RESULT cm_whole_settle(const char *folder, struct cm_err *err);

/* The same in two steps, for who must be sure of something else in between: stage leaves all
 * bytes in the temporary file (CM_E_USAGE as above), place gives it the name, drop removes it. */
CM_RESULT cm_whole_stage(
    const char *path, struct cm_span bytes, struct cm_write_mode mode, struct cm_err *err);
CM_RESULT cm_whole_place(const char *path, struct cm_write_mode mode, struct cm_err *err);
void cm_whole_drop(const char *path);

/* Stage for bytes that come in pieces: whoever began writes them to ${*fd}, and ends, which syncs and closes it; if
 * that fails nothing is staged. */
CM_RESULT cm_whole_begin(const char *path, struct cm_write_mode mode, int *fd, struct cm_err *err);
CM_RESULT cm_whole_end(const char *path, struct cm_write_mode mode, int fd, struct cm_err *err);

/* Gives a synced file or folder its name, in one step that lasts.  A folder replaces only
 * an empty one. */
CM_RESULT cm_private_place(const char *tmp, const char *path, struct cm_err *err);

/* Makes a folder of mode 0700.  CM_E_USAGE: there is something of that name. */
CM_RESULT cm_private_mkdir(const char *path, struct cm_err *err);

bool cm_path_exists(const char *path);

/* Wipes and releases. */
void cm_private_wipe(struct cm_buf *b);

#endif
