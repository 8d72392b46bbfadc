/* dossier/recount.h -- a draw of packets and lines of logs, counted by the detectors of traffic.
 *
 * Used by the sender on what is to be stated and by the receiver on what is open; so both
 * see the same, which is what a dossier opens of such a row: headers, addresses, and payload
 * only where the detectors read it (cm_counted_reads); never `mask`.  Pure. */
#ifndef CM_DOSSIER_RECOUNT_H
#define CM_DOSSIER_RECOUNT_H

#include "base/result.h"
#include "traffic/traffic.h"
#include "weblog/weblog.h"

/* A row of a draw. */
struct cm_counted {
	struct cm_packet packet; /* its id is that of the row, also of a line */
	bool is_line;
	struct cm_span line; /* with its newline, if it has one */
};

/* Is the payload of this packet read for a finding of that kind?  Of floods of HTTP it is if it begins
 * as a request, of used up leases if it is DHCP's. */
bool cm_counted_reads(enum cm_traffic_kind kind, const struct cm_packet *p);

/* Could it be, if it were open? */
bool cm_counted_may_read(enum cm_traffic_kind kind, const struct cm_packet *p);

/* The packet as the detectors see it in a draw for a finding of that kind.  The payload, if
 * it stays, is borrowed. */
struct cm_counted cm_counted_of(enum cm_traffic_kind kind, const struct cm_packet *p);

/* What reads the lines among ${n} rows, by what the first of them look like; NULL: none are such
 * lines.  Ends with cm_weblog_free.  CM_E_NOMEM. */
CM_RESULT cm_counted_log(const struct cm_counted *row, size_t n, struct cm_weblog **out);

/* The request that a row holds; it lives until the next one.  CM_E_NOTFOUND: none.  CM_E_NOMEM. */
CM_RESULT cm_counted_request(struct cm_weblog *log, const struct cm_counted *row, struct cm_request *out);

/* Runs the detectors over ${n} rows, ascending by id, each standing for ${thin}.  More memory than
 * the published amount is never taken.  What it says lives until cm_traffic_free, and may look
 * at the rows' bytes.  CM_E_NOMEM. */
CM_RESULT cm_recount(const struct cm_counted *row, size_t n, uint64_t thin, uint64_t memory,
    struct cm_traffic **out);

/* What it says that is about the same: kind, verdict, port, protocol and service as in ${like},
 * and if several are, the one with the same figures, else the largest.  ${target}: between the same hosts,
 * too.  NULL: none. */
const struct cm_traffic_finding *cm_recount_match(const struct cm_traffic *t,
    const struct cm_traffic_finding *like, bool target);

/* From, to, packets, bytes, peak and mean are the same, as a statement has them. */
bool cm_recount_same_figures(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b);

#endif
