/* dossier/of_incident.h -- what the detectors said of frames, as a statement about rows. */
#ifndef CM_DOSSIER_OF_INCIDENT_H
#define CM_DOSSIER_OF_INCIDENT_H

#include "base/arena.h"
#include "base/result.h"
#include "statement/finding.h"

/* Frames of one file that incidents speak of, and the rows they are. */
struct cm_frame_rows {
	uint64_t *frame; /* ascending, each once */
	uint64_t *row;	 /* UINT64_MAX: not (yet) known, or no packet of the sealed table */
	size_t n;
	size_t at; /* of the next one to be met, while rows are read in order */
};

/* The frames of files 0..${n_files}-1 that incidents of ${e} speak of, rows unknown.
 * CM_E_NOMEM. */
CM_RESULT cm_frame_rows_of(const struct cm_engine *e, size_t n_files, struct cm_arena *arena,
    struct cm_frame_rows **out);

/* Called with every row in order: remembers the row if the frame is wanted. */
void cm_frame_rows_meet(struct cm_frame_rows *f, uint64_t frame, uint64_t row);

struct cm_of_incident {
	const struct cm_frame_rows *rows; /* by file */
	const uint32_t *seal;		  /* by file: its place among the seals */
	size_t n_seals;
	const struct cm_params *params;
	uint8_t source[32];
};

/* The finding; its seals are zero still.  Texts are borrowed from the incident.
 * CM_E_NOTFOUND: a frame it speaks of is no packet of a sealed table. CM_E_NOMEM. */
CM_RESULT cm_finding_of_incident(const struct cm_incident *in, const struct cm_of_incident *how,
    struct cm_arena *arena, struct cm_finding *out);

#endif
