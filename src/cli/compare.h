/* cli/compare.h -- what `comity compare` says, in words and as JSON. */
#ifndef CM_CLI_COMPARE_H
#define CM_CLI_COMPARE_H

#include "cli/cli.h"
#include "worker/compare_scan.h"

/* "born", "suppressed", "lost", "rewritten", "unseen" */
const char *cm_between_word(enum cm_between what);

/* False: there was no memory for all of it. */
bool cm_compare_text(const struct cm_context *ctx, const struct cm_compare_result *r,
    const struct cm_compare_side side[2], const char *const name[2]);

/* A line for each finding and each rewrite, then one of what was compared:
 *   {"type": "finding", "what": "born", "proto", "src", "sport", "dst", "dport", "time",
 *    "frames": {"a": [5], "b": []}, "more": {"a": 0, "b": 0}, "why", "rival": text or null}
 *   {"type": "rewrite", "what", "flows", "packets"}
 *   {"type": "comparison", "a": {"file", "frames", "packets", "first", "last", ...}, "b",
 *    "clock": {"how", "least_ns", "most_ns", "middle_ns", "at", "drift_ppb", "matched", "misfits"},
 *    "a_to_b": {"both", "only_a", "only_b", "hops": {"usual", "packets", "least", "most"} or null}, "b_to_a",
 *    "flows": {"both", "only_a", "only_b"}, "packets": {"born", "suppressed", "lost", "rewritten", "unseen"},
 *    "holes": {"a", "b"}, "copies", "outside", "untold", "not_listed", "evicted"}
 * Bounds of the clock that are not known are null. */
bool cm_compare_json(const struct cm_context *ctx, const struct cm_compare_result *r,
    const struct cm_compare_side side[2], const char *const name[2]);

#endif
