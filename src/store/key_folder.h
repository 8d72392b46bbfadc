/* store/key_folder.h -- what the folders of a log and of a witness have in common.
 *
 *	key, key.pub	a key of its own, as ssh-keygen writes it
 *	vkey		the verifier key (log/note.h)
 *	lock		held by the one process that writes
 *	seat		where the folder lies: machine, and inode and time of birth of the lock, so
 *			that one that was copied or restored shows by it; older files written into
 *			the old ones, or a whole machine set back, do not
 *
 * A folder is made under the name FOLDER.tmp and takes its own name when all of it is on disk;
 * what a crash left of that is cleared away by the next one. */
#ifndef CM_STORE_KEY_FOLDER_H
#define CM_STORE_KEY_FOLDER_H

#include "base/buf.h"
#include "log/note.h"
#include "os/disk.h"

struct cm_key_folder {
	const struct cm_disk *disk;
	const char *what; /* "log", "witness": for messages; static */
	struct cm_buf path;
	struct cm_vkey vkey;
	uint8_t seed[32]; /* secret; zero if it was opened for reading */
	int lock;         /* -1: not held */
};

struct cm_key_folder_new {
	const char *what;
	const char *folder;
	const char *name; /* of the key */
	enum cm_note_type type;
	const uint8_t *seed;
	uint32_t check; /* random */
};

/* Makes the folder under its other name, locked; then the caller puts its own files, and calls
 * settle, which syncs all and gives the name.  Whatever comes of it, close ends it; without
 * settle that removes what was made.  CM_E_USAGE: it exists, or a name that can not be. */
CM_RESULT cm_key_folder_begin(const struct cm_disk *disk, const struct cm_key_folder_new *in,
    struct cm_key_folder *out, struct cm_err *err);
CM_RESULT cm_key_folder_settle(struct cm_key_folder *f, const char *folder, struct cm_err *err);
void cm_key_folder_abandon(struct cm_key_folder *f);

/* Opens it to be read: knows its vkey, and no more.  CM_E_NOTFOUND: there is none. */
CM_RESULT cm_key_folder_read(const struct cm_disk *disk, const char *what, const char *folder,
    struct cm_key_folder *out, struct cm_err *err);

/* Opens its lock and takes it, waiting ${ms}.  CM_E_USAGE: somebody else holds it. */
CM_RESULT cm_key_folder_lock(
    struct cm_key_folder *f, enum cm_disk_open how, unsigned ms, struct cm_err *err);

/* Opens it to be written: locks it, waiting ${ms} (CM_E_USAGE), and reads the key. */
CM_RESULT cm_key_folder_write(struct cm_key_folder *f, unsigned ms, struct cm_err *err);

/* Does it lie where its seat says?  CM_E_REFUSED: no. */
CM_RESULT cm_key_folder_seated(const struct cm_key_folder *f, struct cm_err *err);
/* From now on this is its place. */
CM_RESULT cm_key_folder_reseat(const struct cm_key_folder *f, struct cm_err *err);

void cm_key_folder_close(struct cm_key_folder *f); /* a zeroed one is fine */

/* ${f}'s path, and that of a file in it. */
const char *cm_key_folder_path(struct cm_key_folder *f);
const char *cm_key_folder_file(
    const struct cm_key_folder *f, const char *name, struct cm_buf *room);

/* Appends a file of it. */
CM_RESULT cm_key_folder_load(const struct cm_key_folder *f, const char *name, size_t max,
    struct cm_buf *out, struct cm_err *err);
/* Replaces one, in a way that lasts. */
CM_RESULT cm_key_folder_replace(
    const struct cm_key_folder *f, const char *name, struct cm_span bytes, struct cm_err *err);
/* Puts a new one, in a folder that is being made. */
CM_RESULT cm_key_folder_put(
    const struct cm_key_folder *f, const char *name, struct cm_span bytes, struct cm_err *err);

#endif
