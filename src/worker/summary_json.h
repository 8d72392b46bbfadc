/* worker/summary_json.h -- what was read, as one JSON object (`inspect --summary`).
 *
 *   {"files": [{"file", "bytes", "frames", "packing", "error"}],
 *    "bytes", "frames", "selected", "packets", "first", "last",
 *    "flows": {"tcp", "udp"}, "dns_messages", "one_sided", "cut_short",
 *    "payload_bytes", "captured_bytes", "encrypted_bytes", "encrypted_percent",
 *    "fragments": {"seen", "datagrams", "lost", "overlaps", "conflicts"},
 *    "bad_checksums", "not_ip", "headless", "snapped",
 *    "link_types": [{"link_type", "frames"}],
 *    "skipped": {"places", "bytes", "list": [{"file", "offset", "bytes", "reason"}]},
 *    "evicted": {"flows", "candidates", "hosts", ...}}
 *
 * `selected`: frames that --filter, --from and --to let pass; `link_types`: those that
 * are not understood; `error`: null, or why a file was not read (to its end).  Offsets
 * are in the unpacked file.  The list holds the first 100 places. */
#ifndef CM_WORKER_SUMMARY_JSON_H
#define CM_WORKER_SUMMARY_JSON_H

#include "codec/json_write.h"
#include "detect/incident_json.h"
#include "worker/scan.h"

void cm_scan_summary_json(struct cm_jsonw *w, const struct cm_scan_summary *s,
    const struct cm_engine_stats *stats, const struct cm_file_names *names);

/* Share of the payload that lies in TLS, SSH or QUIC, in percent, rounded down. */
unsigned cm_encrypted_percent(const struct cm_engine_stats *stats);

#endif
