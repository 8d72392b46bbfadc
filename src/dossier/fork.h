/* dossier/fork.h -- the dossier of a fork: two notes and what binds them (docs/formats.md 5).
 *
 * A ZIP of three files, which proves by itself, whoever made it, that a log signed two histories:
 * fork.txt (log/fork.h), one.note, two.note. */
#ifndef CM_DOSSIER_FORK_H
#define CM_DOSSIER_FORK_H

#include "codec/zip.h"
#include "log/fork.h"

#define CM_FORK_DOSSIER_BYTES (2 * CM_NOTE_BYTES + CM_FORK_TEXT_BYTES + 4096u)

/* Appends the file.  CM_E_NOMEM. */
CM_RESULT cm_fork_pack(const struct cm_fork *f, struct cm_buf *out, struct cm_err *err);

/* Reads it; nothing is checked but its form.  CM_E_NOTFOUND: a dossier, but not of a fork;
 * CM_E_MALFORMED, CM_E_NOMEM. */
CM_RESULT cm_fork_unpack(
    struct cm_span file, struct cm_arena *arena, struct cm_fork *out, struct cm_err *err);

#endif
