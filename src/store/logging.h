/* store/logging.h -- brings every statement of a case into its log, each once.
 *
 * A statement is stored first, then logged, then its place is stored: a crash in between leaves
 * one that has no place, though perhaps an entry.  So entries behind the last known place are
 * looked through before anything is added. */
#ifndef CM_STORE_LOGGING_H
#define CM_STORE_LOGGING_H

#include "store/case.h"
#include "store/log_files.h"

/* ${l} was opened to append.  ${*n}: how many were added.  CM_E_REFUSED: the case knows places that
 * the log has not: it is an old copy, and must not grow. */
CM_RESULT cm_logging_run(struct cm_case *c, struct cm_log_files *l, size_t *n, struct cm_err *err);

#endif
