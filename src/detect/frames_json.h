/* detect/frames_json.h -- how frames stand in JSON: a number in the file it is about, and
 * {"file": "b.pcap", "frame": 7} in another one of the run. */
#ifndef CM_DETECT_FRAMES_JSON_H
#define CM_DETECT_FRAMES_JSON_H

#include "detect/incident_json.h"

struct cm_frames_json {
	struct cm_jsonw *w;
	const struct cm_file_names *names;
	uint32_t file; /* whose frames are plain numbers */
};

/* NULL: it has none. */
const char *cm_frames_json_name(const struct cm_frames_json *o, uint32_t file);
void cm_frame_json(const struct cm_frames_json *o, cm_packet_id id);
void cm_frames_json(const struct cm_frames_json *o, const char *key, const cm_packet_id *id, size_t n);

#endif
