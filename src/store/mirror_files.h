/* store/mirror_files.h -- another party's log in a folder, as it was seen; grows as that one does.
 *
 *	vkey		the log's verifier key
 *	lock		held by the one process that writes (flock)
 *	checkpoint	the newest note signed by that key whose entries are all here
 *	tile/...	as C2SP tlog-tiles names them: what a log's own folder has
 *	claim		a note signed by that key whose entries nobody has shown yet, or nothing
 *
 * Entries come from whoever serves the log, and every hash is made from them here.  They are kept
 * if they make the root that the log signed, and dropped otherwise.  Order: tiles are written and
 * synced; only then checkpoint is replaced, durably.  So a crash leaves the old mirror or the
 * new one, and never a checkpoint that the tiles do not bear out. */
#ifndef CM_STORE_MIRROR_FILES_H
#define CM_STORE_MIRROR_FILES_H

#include "log/growth.h"
#include "os/disk.h"

struct cm_mirror_files;

/* Makes the folder if there is none; the one around it exists.  CM_E_USAGE: another process
 * writes to it; CM_E_REFUSED: it mirrors the log under another key; CM_E_MALFORMED: it is
 * damaged; CM_E_IO, CM_E_NOMEM. */
CM_RESULT cm_mirror_files_open(const struct cm_disk *disk, const char *folder,
    const struct cm_vkey *key, struct cm_mirror_files **out, struct cm_err *err);
void cm_mirror_files_close(struct cm_mirror_files *m); /* NULL is fine */

/* What is kept.  Nothing yet: an empty tree, and an empty note. */
const struct cm_checkpoint *cm_mirror_files_head(const struct cm_mirror_files *m);
struct cm_span cm_mirror_files_note(const struct cm_mirror_files *m);
struct cm_tile_source cm_mirror_files_source(struct cm_mirror_files *m);

/* Entries behind those that are there.  CM_E_LIMIT: the log is too long; CM_E_REFUSED,
 * CM_E_NOTFOUND, CM_E_MALFORMED: the mirror's own last tiles are damaged; CM_E_IO, CM_E_NOMEM.
 * After a failure what was added is dropped. */
CM_RESULT cm_mirror_files_add(
    struct cm_mirror_files *m, const struct cm_span *entries, size_t n, struct cm_err *err);

/* Keeps what was added under ${c}, which ${note} says and the key signed: the caller has looked.
 * When it returns CM_OK all of it lasts.  CM_E_REFUSED: the entries make another root, or are
 * not so many: they are dropped, and the mirror is as it was.  CM_E_IO, CM_E_NOMEM: close it. */
CM_RESULT cm_mirror_files_keep(struct cm_mirror_files *m, const struct cm_checkpoint *c,
    struct cm_span note, struct cm_err *err);

void cm_mirror_files_drop(struct cm_mirror_files *m);

/* The log's signed word that could not be borne out when it was seen.  An empty one takes it back. */
struct cm_span cm_mirror_files_claim(const struct cm_mirror_files *m);
CM_RESULT cm_mirror_files_set_claim(
    struct cm_mirror_files *m, struct cm_span note, struct cm_err *err);

#endif
