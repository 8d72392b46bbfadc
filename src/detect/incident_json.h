/* detect/incident_json.h -- an incident as one JSON object, for scripts.
 *
 *   {"type": "injection", "verdict": "forged", "file": "a.pcap", "bits": 22,
 *    "time": "2015-04-22T11:22:43.145833000Z",
 *    "forged": [5], "genuine": [9], "suspect": [], "support": [1, 2, 4, 5, 9],
 *    "against": [], "trigger": 4,
 *    "flow": {"proto": "tcp", "client": "10.0.0.1", "client_port": 56524,
 *             "server": "198.51.100.7", "server_port": 80},
 *    "cues": [{"name", "frames", "bits", "base_rate", "rests_on"}],
 *    "fingerprint": {} or {"ipid", "df", "ttl", "window", "options", "fin", "name"},
 *    "alternatives": [{"name", "holds", "why"}],
 *    "explained_by": null or a name}
 *
 * Frames are numbered from 1 in each file, as Wireshark counts them.  `file` is
 * the one with the first accused packet.  A frame of that file is a number; one of
 * another file of the same rotated capture is {"file": "b.pcap", "frame": 7}, and
 * then "files" lists all files of the incident, `file` first.  "trigger" is null
 * where nothing was answered or raced. */
#ifndef CM_DETECT_INCIDENT_JSON_H
#define CM_DETECT_INCIDENT_JSON_H

#include "codec/json_write.h"
#include "detect/incident.h"

/* What the files of cm_packet_file are called, in order. */
struct cm_file_names {
	const char *const *name;
	size_t n;
};

void cm_incident_json(struct cm_jsonw *w, const struct cm_incident *inc,
    const struct cm_file_names *names);

/* The file an incident is filed under: that of its first accused packet. */
uint32_t cm_incident_file(const struct cm_incident *inc);

#endif
