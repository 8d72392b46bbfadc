/* cli/show_counted.h -- the part of `comity show` that lists floods, scans and chains. */
#ifndef CM_CLI_SHOW_COUNTED_H
#define CM_CLI_SHOW_COUNTED_H

#include "cli/show.h"
#include "codec/json_write.h"

/* How many statements of the case are of that type. */
size_t cm_show_count(const struct cm_show *s, enum cm_predicate type);

/* A row for each: no, kind, verdict, packets, peak, thin, drawn rows, evidence, statement. */
#define CM_SHOW_TRAFFIC_COLUMNS 9u
CM_RESULT cm_show_traffic_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err);

/* A row for each: no, scripts, floods, with the script, without, by chance, evidence, statement. */
#define CM_SHOW_CHAIN_COLUMNS 8u
CM_RESULT cm_show_chain_rows(struct cm_show *s, struct cm_table *t, struct cm_err *err);

/* The same as members "traffic" and "chains". */
CM_RESULT cm_show_traffic_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err);
CM_RESULT cm_show_chain_json(struct cm_show *s, struct cm_jsonw *w, struct cm_err *err);

#endif
