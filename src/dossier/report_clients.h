/* dossier/report_clients.h -- who sent what a statement about traffic counts, as far as rows are open.
 * For report_*.c only. */
#ifndef CM_DOSSIER_REPORT_CLIENTS_H
#define CM_DOSSIER_REPORT_CLIENTS_H

#include "base/result.h"
#include "dossier/recounted.h"

/* A request, or a packet to the target. */
struct cm_sent {
	struct cm_host by;
	int64_t t_ns;
};

/* Those of the rows of ${r} that ${f} counts, by host and then by time; the caller's to free.  CM_E_NOMEM. */
CM_RESULT cm_sent_list(const struct cm_recounted *r, struct cm_sent **out, size_t *n);

/* The pictures of them. */
struct cm_clients {
	const struct cm_dossier *d;
	size_t i; /* the statement */
	const struct cm_sent *sent;
	size_t n;
	int64_t period_ns; /* 0: none is on record */
};
void cm_report_top_clients(struct cm_buf *out, const struct cm_clients *c);
void cm_report_clients_over_time(struct cm_buf *out, const struct cm_clients *c);
void cm_report_gaps(struct cm_buf *out, const struct cm_clients *c);  /* between two of one client */
void cm_report_octets(struct cm_buf *out, const struct cm_clients *c); /* where their addresses lie */

#endif
