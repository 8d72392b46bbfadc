#include "detect/frames_json.h"

const char *
cm_frames_json_name(const struct cm_frames_json *o, uint32_t file)
{
	return file < o->names->n ? o->names->name[file] : NULL;
}

void
cm_frame_json(const struct cm_frames_json *o, cm_packet_id id)
{
	if (cm_packet_file(id) == o->file) {
		cm_jsonw_uint(o->w, cm_packet_frame(id));
		return;
	}
	cm_jsonw_object(o->w);
	cm_jsonw_kstr(o->w, "file", cm_frames_json_name(o, cm_packet_file(id)));
	cm_jsonw_kuint(o->w, "frame", cm_packet_frame(id));
	cm_jsonw_object_end(o->w);
}

void
cm_frames_json(const struct cm_frames_json *o, const char *key, const cm_packet_id *id, size_t n)
{
	cm_jsonw_key(o->w, key);
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < n; i++)
		cm_frame_json(o, id[i]);
	cm_jsonw_array_end(o->w);
}
