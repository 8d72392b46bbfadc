/* traffic/finding_json.h -- a flood, surge or scan as one JSON object, for scripts.
 *
 *   {"kind": "syn-flood", "verdict": "flood", "file": "v.pcap", "from": TIME, "to": TIME,
 *    "target": "203.0.113.80" or null, "source": null, "port": 80, "proto": "tcp", "service": null,
 *    "packets": n, "bytes": n, "peak_per_second": n, "mean_per_second": n, "sources": n,
 *    "first": frame, "last": frame, "cut_begin": false, "cut_end": false,
 *    "baseline": {"how": "before", "per_1000_s": n, "ms": n},
 *    "signs": [{"name", "value", "unit", "limit", "against", "base_rate"}],
 *    "scan": {"targets", "hosts", "ports", "slow"} of a scan,
 *    "http": {...} of an http-flood, "effect": {...} of a flood,
 *    "series": {"from": TIME, "width_ms": n, "in": [], "rest": [], "out": []}, "name": null}
 *
 * Of a log `packets` are requests and frames are lines.  What is not known is null. */
#ifndef CM_TRAFFIC_FINDING_JSON_H
#define CM_TRAFFIC_FINDING_JSON_H

#include "codec/json_write.h"
#include "traffic/traffic.h"

/* ${file}: the name of the file of its first packet. */
void cm_traffic_json(struct cm_jsonw *w, const struct cm_traffic_finding *f, const char *file);

const char *cm_baseline_word(enum cm_baseline_how how); /* "none", "before", "others" */

#endif
