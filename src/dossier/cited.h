/* dossier/cited.h -- which findings speak of a row.
 *
 * A list of pairs, ascending by row, then by finding: whoever goes through a table asks
 * it once a row, instead of asking every finding. */
#ifndef CM_DOSSIER_CITED_H
#define CM_DOSSIER_CITED_H

#include "base/result.h"
#include "detect/incident.h"

struct cm_cited_row {
	cm_packet_id id;
	uint32_t finding;
	uint32_t as; /* what the caller said of it */
};

/* Zeroed: empty. */
struct cm_cited {
	struct cm_cited_row *item;
	size_t n, room;
	size_t at; /* where the last question was answered */
};

/* Adds the rows of ${set}.  CM_E_NOMEM. */
CM_RESULT cm_cited_add(struct cm_cited *c, const struct cm_ids *set, uint32_t finding, uint32_t as);

/* After the last one was added. */
void cm_cited_sort(struct cm_cited *c);

/* Those of row ${id} as [*first, *first + n).  Quick if rows are asked for as they ascend. */
size_t cm_cited_of(struct cm_cited *c, cm_packet_id id, const struct cm_cited_row **first);

void cm_cited_release(struct cm_cited *c);

#endif
