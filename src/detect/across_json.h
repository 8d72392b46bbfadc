/* detect/across_json.h -- what several flows together show, as one JSON object, for scripts.
 *
 *   {"file": "a.pcap", "requests": 400, "answers": 398, "every": 1, "every_away": 1,
 *    "quotes": 0, "left_off": 0,
 *    "hands": [{"text", "name", "incidents", "packets", "servers", "clients", "files",
 *		 "first", "last", "forged"}],
 *    "reach": [{"incident", "reached", "by", "frames"}],
 *    "places": [{"incident", "ttl": [low, high], "rising", "hops", "initial",
 *		  "genuine": null or {"ttl", "hops", "initial"}, "delay_ns", "path_ns",
 *		  "at_most_permille", "frames"}],
 *    "probes": [{"client", "server", "first_forged", "last_without",
 *		  "steps": [{"ttl", "asked", "forged", "router", "said"}], "support"}],
 *    "rates": [{"of": "server" | "address" | "client", "host", "port", "name", "path",
 *		 "share": {"k", "n", "ppm", "low_ppm", "high_ppm"}, "needed", "examples"}],
 *    "tables": [{"a": {"what", "share", "examples"}, "b": the same, "p_exponent_milli",
 *		  "tried", "client", "port"}],
 *    "same": [{"points", "to", "answers", "servers", "sites", "clients", "signed_by",
 *		"with": {"address", "server", "accused", "stack"}, "first", "last",
 *		"members": [{"server", "name", "path", "request", "answer", "signs",
 *			     "other_request", "other_answer"}],
 *		"rivals": [{"name", "why"}], "support"}],
 *    "bodies": [{"at": a member, "points", "to", "sent_away", "other", "rivals", "support"}]}
 *
 * "incident" counts from 0 in the order in which incidents are printed.  Frames of `file` are
 * numbers, others {"file", "frame"}; times as everywhere; what is not known is null. */
#ifndef CM_DETECT_ACROSS_JSON_H
#define CM_DETECT_ACROSS_JSON_H

#include "detect/across.h"
#include "detect/incident_json.h"

/* Frames of file number ${file} are plain numbers. */
void cm_across_json(struct cm_jsonw *w, const struct cm_across *across,
    const struct cm_file_names *names, uint32_t file);

#endif
