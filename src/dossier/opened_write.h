/* dossier/opened_write.h -- the opened rows of an exhibit in a form that other tools read
 * (docs/formats.md 3.1, 3.4): packets as pcapng, lines as text, records as JSON lines, blocks
 * as a hexadecimal dump.  Made from checked cells only; the same dossier, the same bytes. */
#ifndef CM_DOSSIER_OPENED_WRITE_H
#define CM_DOSSIER_OPENED_WRITE_H

#include "base/buf.h"
#include "base/result.h"
#include "base/sink.h"
#include "dossier/model.h"

/* ".pcapng", ".txt", ".jsonl", ".hex" */
const char *cm_opened_ending(enum cm_kind kind);

/* Writes the file for exhibit ${seal} of ${d}, of which something is open, row by row.
 * CM_E_NOMEM, and what the sink says. */
CM_RESULT cm_opened_write(const struct cm_dossier *d, uint32_t seal, const struct cm_sink *out);

/* The file of a records/1; for opened_write.c. */
CM_RESULT cm_opened_records(
    const struct cm_shown_exhibit *x, struct cm_buf *row, const struct cm_sink *out);

/* Writes what is in ${row}, and empties it. */
CM_RESULT cm_opened_flush(struct cm_buf *row, const struct cm_sink *out);

#endif
