/* store/log_files.h -- a party's own log in a folder, so that no crash forks it.
 *
 *	key, key.pub	the log key, as ssh-keygen writes them
 *	vkey		the verifier key: origin, id and public key
 *	lock		held by the one writer (flock)
 *	seat		where the log lives: a restored or copied folder shows by it
 *	head		the newest checkpoint that was signed: the truth
 *	checkpoint	what is shown to others: head, with the cosignatures gathered so far
 *	tile/...	as C2SP tlog-tiles names them; any web server can serve folder and checkpoint
 *
 * Order of an append: tiles are written and synced; the new checkpoint is signed; head is
 * replaced durably; only then it is published and the caller told.  So a crash leaves the old
 * log or the new one; tiles beyond head were never acknowledged and are written anew.  A log
 * whose tiles do not bear out its head refuses to start, as does one that sits elsewhere. */
#ifndef CM_STORE_LOG_FILES_H
#define CM_STORE_LOG_FILES_H

#include "base/arena.h"
#include "log/growth.h"
#include "os/disk.h"

struct cm_log_files;

struct cm_log_new {
	const char *folder; /* to be made; the folder around it exists */
	const char *origin;
	const uint8_t *seed; /* 32 random bytes: the log key */
	uint32_t check;      /* random */
};
/* All or nothing, with a signed checkpoint of size 0.  CM_E_USAGE: it exists, or an origin that can not be. */
CM_RESULT cm_log_files_create(
    const struct cm_disk *disk, const struct cm_log_new *in, struct cm_err *err);

enum cm_log_open {
	CM_LOG_READ,
	CM_LOG_APPEND, /* CM_E_USAGE: another process writes, after waiting some seconds */
	CM_LOG_RESEAT  /* append, and take the place where it lies for its own: only after witnesses
			  were asked (docs/design/0008) */
};
/* CM_E_NOTFOUND: no log there; CM_E_REFUSED: see above, and what to do; CM_E_MALFORMED, CM_E_IO. */
CM_RESULT cm_log_files_open(const struct cm_disk *disk, const char *folder, enum cm_log_open how,
    struct cm_log_files **out, struct cm_err *err);
void cm_log_files_close(struct cm_log_files *l); /* NULL is fine */

const struct cm_vkey *cm_log_files_key(const struct cm_log_files *l);
/* The newest checkpoint, and the bytes of its note as published, with cosignatures.  Of a log that
 * is open for reading, the second one looks again, and the first gives what it saw. */
const struct cm_checkpoint *cm_log_files_head(const struct cm_log_files *l);
CM_RESULT cm_log_files_published(struct cm_log_files *l, struct cm_buf *note, struct cm_err *err);

/* Appends entries.  When it returns CM_OK they are on disk under a signed checkpoint, the first
 * one as number ${*first}.  CM_E_LIMIT: an entry or the log too long, nothing was added.  After any
 * other failure the log must be closed; the entries may be in it all the same, which opening it
 * tells. */
CM_RESULT cm_log_files_append(struct cm_log_files *l, const struct cm_span *entries, size_t n,
    uint64_t *first, struct cm_err *err);

/* The same in two steps, for who has more entries than fit into memory: what is added is in the
 * log, all of it, when commit has returned CM_OK, and none of it before. */
CM_RESULT cm_log_files_add(struct cm_log_files *l, const struct cm_span *entries, size_t n,
    uint64_t *first, struct cm_err *err);
CM_RESULT cm_log_files_commit(struct cm_log_files *l, struct cm_err *err);

/* Adds cosignature lines to what is published, if it still is this checkpoint, without those of
 * keys that it has a line of: the first stays, for it bounds the time best.  Whether they hold is
 * the caller's to know.  When it returns CM_OK they are on disk.  CM_E_USAGE: it has moved on;
 * CM_E_MALFORMED, CM_E_REFUSED (the log's own key), CM_E_LIMIT: nothing was changed. */
CM_RESULT cm_log_files_cosigned(struct cm_log_files *l, const struct cm_checkpoint *of,
    struct cm_span lines, struct cm_err *err);

/* Its tiles, for proofs (log/tiles.h); lives as long as ${l}, and is all of it that several
 * threads may use at once. */
struct cm_tile_source cm_log_files_source(struct cm_log_files *l);

/* Looks at everything: each tile and bundle against the root, head against checkpoint, files
 * that do not belong.  Takes no lock.  ${found}: one line each, to be freed with the arena;
 * ${*bad}: how many of them are faults (others are remnants of a crash, which harm nobody). */
struct cm_log_fsck {
	uint64_t size, tiles, entries;
	const char *const *found;
	size_t n_found, bad;
};
CM_RESULT cm_log_files_fsck(const struct cm_disk *disk, const char *folder, struct cm_arena *arena,
    void (*step)(void *arg, uint64_t done, uint64_t all), void *arg, struct cm_log_fsck *out,
    struct cm_err *err);

#endif
