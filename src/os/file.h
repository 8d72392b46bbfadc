/* os/file.h -- a file to be read, from a path or from standard input.
 *
 * Opening touches the file system; the source made of it later touches only what
 * is open: so a command opens its files, and a confined child reads them. */
#ifndef CM_OS_FILE_H
#define CM_OS_FILE_H

#include "base/source.h"
#include "os/unpack.h"

struct cm_file;
struct cm_window;

/* Opens ${path}, which is copied; "-" is standard input.  Regular files are
 * mapped.  CM_E_IO, CM_E_NOMEM; CM_E_USAGE: a directory. */
CM_RESULT cm_file_open(const char *path, struct cm_file **out, struct cm_err *err);
void cm_file_close(struct cm_file *f); /* NULL is fine; ends its sources */

/* What to call it in messages: the path, or "standard input". */
const char *cm_file_name(const struct cm_file *f);

/* The path as it was given. */
const char *cm_file_path(const struct cm_file *f);

/* The descriptor that must stay open while it is read. */
int cm_file_fd(const struct cm_file *f);

/* False: a pipe, or what else can be read only once, from front to back. */
bool cm_file_is_mapped(const struct cm_file *f);

/* Bytes of a regular file; 0 for a pipe. */
uint64_t cm_file_size(const struct cm_file *f);

/* Gives the pages of a mapped file back to the system, if there are many; they come again
 * when somebody looks.  Does nothing for others. */
void cm_file_give_back(struct cm_file *f);

/* Where the bytes of a mapped file lie, to be looked at again later; NULL: it is not mapped. */
const uint8_t *cm_file_bytes(const struct cm_file *f);

/* The bytes of a mapped file as they lie there, for one pass from front to back (see
 * os/window.h).  CM_E_NOMEM. */
CM_RESULT cm_file_once(struct cm_file *f, struct cm_source *out, struct cm_err *err);

/* What cm_file_once reads through, for who wants bytes to stay (os/window.h). */
const struct cm_window *cm_file_window(const struct cm_file *f);

/* For a few bytes of a mapped file, here and there: reads what lies at ${at} into ${room}.
 * False: it does not lie in this file, or can not be read so; look at ${at}. */
bool cm_file_look(const struct cm_file *f, const uint8_t *at, size_t len, uint8_t *room);

/* A mapped file is going to be read here and there, not from front to back. */
void cm_file_read_apart(struct cm_file *f);

/* The bytes as they lie there.  For a pipe this or cm_file_unpacked can be had, once. */
struct cm_source cm_file_raw(struct cm_file *f);

/* The bytes, unpacked if they begin as a .gz or .zst does; ${*packing} (may be
 * NULL) says which.  Reads the first bytes.  CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_file_unpacked(struct cm_file *f, struct cm_source *out, enum cm_packing *packing,
    struct cm_err *err);

#endif
