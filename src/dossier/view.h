/* dossier/view.h -- opened rows as packets, with what is known of them (FORMATS 1.2).
 *
 * Everything here comes from a sender who may lie; the opening has been checked
 * against its seal, its cells fit together (seal/opening), and that is all that
 * is known.  Total; memory grows with the bytes that are open, not with lengths
 * that headers claim. */
#ifndef CM_DOSSIER_VIEW_H
#define CM_DOSSIER_VIEW_H

#include "base/arena.h"
#include "base/result.h"
#include "detect/engine.h"
#include "dossier/model.h"
#include "seal/opening.h"

/* Fills rows (other kinds than capture/1: cells) and shows of ${x}, exhibit ${seal} of the
 * dossier, from its opening (rewound first).
 * Addresses: a tied host whose tie is that of a named one is known by its address;
 * the others are pseudonyms (packet.src.tied), a shut one a pseudonym of its own.
 * The checksum is known only where `mask` is open, the payload where it is open.
 * CM_E_REFUSED: no record cuts into these cells.  CM_E_NOMEM. */
CM_RESULT cm_view_read(struct cm_opening *opening, const struct cm_schema *schema, uint32_t seal,
    struct cm_arena *arena, struct cm_shown_exhibit *x, struct cm_err *err);

/* The part of cm_view_read for other kinds than capture/1: fills cells and n_cells.  Values
 * point into the bytes of the opening.  CM_E_NOMEM. */
CM_RESULT cm_view_cells(struct cm_opening *opening, struct cm_arena *arena, struct cm_shown_exhibit *x,
    struct cm_err *err);

/* The shows of an exhibit of which nothing is open.  CM_E_NOMEM. */
CM_RESULT cm_view_nothing(const struct cm_schema *schema, struct cm_arena *arena, struct cm_shows *out);

/* Which rows an engine is to see. */
struct cm_view_run {
	const struct cm_dossier *dossier;
	const struct cm_ids *only; /* NULL: all rows shown */
	const bool *exhibits;	   /* of these exhibits of the dossier; NULL: of all */
	struct cm_params params;
};

/* Runs the detectors over these rows, in order.  Support is not computed unless
 * params.support says so.  On success the engine is the caller's.  CM_E_NOMEM. */
CM_RESULT cm_view_detect(const struct cm_view_run *run, struct cm_engine **out);

#endif
