/* cli/assess_json.h -- a posterior in JSON: what `assess show` and `assess brief` both write. */
#ifndef CM_CLI_ASSESS_JSON_H
#define CM_CLI_ASSESS_JSON_H

#include "assess/likely.h"
#include "codec/json_write.h"

/* A share with all its twelve digits, as a string: a double would not hold them. */
void cm_assess_json_share(struct cm_jsonw *w, const char *name, int64_t share);

/* The members lo, mid, hi, words of the object that is open. */
void cm_assess_json_range(struct cm_jsonw *w, struct cm_posterior share);

/* A key and its array, left open. */
void cm_assess_json_array(struct cm_jsonw *w, const char *name);

#endif
