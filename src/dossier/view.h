/* dossier/view.h -- opened rows as packets, with what is known of them (FORMATS 1.2).
 *
 * Everything here comes from a sender who may lie; the opening has been checked
 * against its seal, its cells fit together (seal/opening), and that is all that
 * is known.  Total.
 *
 * An opening may hold millions of rows, of which findings cite few.  Memory: the rows
 * that are cited, whole; some 150 bytes for each host that is tied or named; one row;
 * of kinds other than capture/1, for every row that is open where its cells lie.
 * All rows are gone through by a pass, which reads the opening again (and does not
 * hash it again: its bytes do not change). */
#ifndef CM_DOSSIER_VIEW_H
#define CM_DOSSIER_VIEW_H

#include "base/arena.h"
#include "base/result.h"
#include "detect/engine.h"
#include "dossier/model.h"
#include "seal/opening.h"

/* What an exhibit is to be filled with. */
struct cm_view_in {
	struct cm_opening *opening; /* must outlive the exhibit; rewound at each pass */
	const struct cm_schema *schema;
	uint32_t seal;	      /* number of the exhibit in the dossier */
	const uint64_t *keep; /* rows that are cited, ascending */
	size_t n_keep;
	const uint64_t *count; /* rows that are counted, ascending: of these the packet stays */
	size_t n_count;
};

/* Fills what ${x} says of its opening: shows, and of a capture/1 rows, view, hosts and
 * what else is counted, of other kinds cells.
 * Addresses: a tied host whose tie is that of a named one is known by its address;
 * the others are pseudonyms (packet.src.tied), a shut one a pseudonym of its own.
 * The checksum is known only where `mask` is open, the payload where it is open.
 * The view in it is the caller's, to end with cm_view_free, also if this fails.
 * CM_E_REFUSED: no record cuts into these cells.  CM_E_NOMEM. */
CM_RESULT cm_view_read(const struct cm_view_in *in, struct cm_arena *arena,
    struct cm_shown_exhibit *x, struct cm_err *err);
void cm_view_free(struct cm_view *v); /* NULL is fine */

/* All rows that are shown of an exhibit, in order; one pass at a time.  The row lives until
 * the next one is asked for. */
struct cm_view_pass {
	const struct cm_shown_exhibit *x;
	size_t at;
};
struct cm_view_pass cm_view_begin(const struct cm_shown_exhibit *x);

/* CM_E_NOTFOUND: that was the last.  CM_E_REFUSED, CM_E_NOMEM. */
CM_RESULT cm_view_next(struct cm_view_pass *p, const struct cm_shown_row **out);

/* The address of the host with that number; empty: not known. */
struct cm_span cm_view_address(const struct cm_shown_exhibit *x, uint32_t host);

/* Its tie; NULL: there is no such host. */
const uint8_t *cm_view_tie(const struct cm_shown_exhibit *x, uint32_t host);

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
 * params.support says so.  On success the engine is the caller's; it may look at payloads in
 * the dossier's bytes.  With ${only}, these must be rows that are cited.  CM_E_NOMEM. */
CM_RESULT cm_view_detect(const struct cm_view_run *run, struct cm_engine **out);

#endif
