/* worker/scan_log.h -- the part of a scan that reads a web server's log. */
#ifndef CM_WORKER_SCAN_LOG_H
#define CM_WORKER_SCAN_LOG_H

#include "base/source.h"
#include "worker/scan.h"

struct cm_scan_log {
	const struct cm_scan *scan;
	const struct cm_scan_sink *sink;
	uint32_t file;
	struct cm_scan_file *out;
	struct cm_scan_summary *sum;
	bool stays; /* the bytes do: rows are passed on */
};

/* What the first bytes look like.  CM_WEBLOG_NONE also if they can not be read. */
enum cm_weblog_form cm_scan_log_guess(struct cm_source source);

/* All lines, to the sink and to whoever wants rows.  What can not be read is in `refused`.
 * What the sink says; CM_E_NOMEM. */
CM_RESULT cm_scan_log(struct cm_scan_log *l, struct cm_source source);

#endif
