/* chain/chain_json.h -- a chain from script to flood as one JSON object, for scripts.
 *
 *   {"chain": "www.v.example", "paths": [], "made_a_flood": true, "instead_of": [], "layers": "packer", "period_ms": 2000, "busts_caches": true,
 *    "scripts": n, "script_clients": n, "file": "b.pcapng", "script_frames": [first 64; {"file", "frame"} in another file],
 *    "floods": [{"vantage": 2, "kind", "from", "to", "by": "name", "address" or "paths", "shared_clients", "shared_with_script",
 *                "clock": {"how", "least_ns", "most_ns", "matched"}}],
 *    "table": {"script_asked", "script_not", "none_asked", "none_not"}, "p_at_most": "10^-12.345", perhaps "pairs_lost": n (cm_visits_lost),
 *    "before": n, "lag": null or {"least_ms", "median_ms", "most_ms", "unsure_ms", "of"}} */
#ifndef CM_CHAIN_CHAIN_JSON_H
#define CM_CHAIN_CHAIN_JSON_H

#include "chain/chain.h"
#include "codec/json_write.h"

/* ${file}: the name of the file with that number. */
void cm_chain_json(struct cm_jsonw *w, const struct cm_chain *c, const struct cm_chain_vantage *vantage,
    const char *const *file);

const char *cm_offset_word(enum cm_offset_how how); /* "unknown", "one-way", "both-ways", "seconds" */

const char *cm_chain_by_word(enum cm_chain_by by); /* "name", "address", "paths" */

/* "10^-12.3" or "1". */
#define CM_FISHER_TEXT 32
void cm_fisher_text(struct cm_fisher p, char out[CM_FISHER_TEXT]);

#endif
