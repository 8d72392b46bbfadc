/* dossier/report_place.h -- what clients had asked for when they got a forged answer.  For report_*.c only. */
#ifndef CM_DOSSIER_REPORT_PLACE_H
#define CM_DOSSIER_REPORT_PLACE_H

#include "dossier/model.h"

#define CM_PLACES 8u

struct cm_place {
	struct cm_span host, path; /* others' bytes, in the dossier's; the path without its query */
	uint64_t n;
};

struct cm_places {
	struct cm_place at[CM_PLACES]; /* most first, of those that were met early */
	size_t n;
	uint64_t known; /* requests that are open; */
	uint64_t all;	/* of so many forged answers */
};

/* Of the scripts of chain ${i}, from the requests that their findings say they answer. */
void cm_report_places(const struct cm_dossier *d, size_t i, struct cm_places *out);

#endif
