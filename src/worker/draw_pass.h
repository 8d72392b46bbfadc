/* worker/draw_pass.h -- the second pass over a vantage, for the draws of what was counted.
 *
 * Which rows stand for a flood is known only when the seals are stated (dossier/of_traffic.h);
 * so the files of a vantage that has any are read once more, by the same filter and times. */
#ifndef CM_WORKER_DRAW_PASS_H
#define CM_WORKER_DRAW_PASS_H

#include "dossier/of_traffic.h"
#include "worker/seal_scan.h"
#include "worker/survey.h"

struct cm_draw_pass {
	const struct cm_scan *scan; /* of the first pass */
	const struct cm_scan_summary *first; /* what it read */
	const struct cm_vantage *vantage;
	const struct cm_seal_scan_file *file; /* of all files: which frame is which row */
	const uint32_t *seal; /* of all files: number among the vantage's seals; UINT32_MAX: not sealed */
	struct cm_drawn **drawn; /* one for each finding of the vantage */
	size_t n;
};

/* Hands every packet and line to all draws.  CM_E_IO: a sealed file does not end where it did.  CM_E_NOMEM. */
CM_RESULT cm_draw_pass(const struct cm_draw_pass *in, struct cm_err *err);

#endif
