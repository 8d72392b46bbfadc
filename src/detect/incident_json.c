#include "base/time.h"
#include "capture/host.h"
#include "detect/frames_json.h"

uint32_t
cm_incident_file(const struct cm_incident *inc)
{
	if (inc->forged.n > 0)
		return cm_packet_file(inc->forged.id[0]);
	if (inc->suspect.n > 0)
		return cm_packet_file(inc->suspect.id[0]);
	if (inc->genuine.n > 0)
		return cm_packet_file(inc->genuine.id[0]);
	return inc->support.n > 0 ? cm_packet_file(inc->support.id[0]) : 0;
}

static void
id_set(const struct cm_frames_json *o, const char *key, const struct cm_ids *ids)
{
	cm_frames_json(o, key, ids->id, ids->n);
}

/* The files that hold packets of the incident, if there is more than one; support
 * holds all its packets, ascending, so each file is a run. */
static void
files(const struct cm_frames_json *o, const struct cm_ids *support)
{
	uint32_t last = o->file;
	bool several = false;

	for (size_t i = 0; i < support->n; i++)
		several |= cm_packet_file(support->id[i]) != o->file;
	if (!several)
		return;
	cm_jsonw_key(o->w, "files");
	cm_jsonw_array(o->w);
	cm_jsonw_str(o->w, cm_frames_json_name(o, o->file));
	for (size_t i = 0; i < support->n; i++) {
		uint32_t file = cm_packet_file(support->id[i]);

		if (file != last && file != o->file)
			cm_jsonw_str(o->w, cm_frames_json_name(o, file));
		last = file;
	}
	cm_jsonw_array_end(o->w);
}

static void
flow(struct cm_jsonw *w, const struct cm_flow_key *f)
{
	char client[CM_HOST_TEXT], server[CM_HOST_TEXT];

	cm_host_text(&f->client, client);
	cm_host_text(&f->server, server);
	cm_jsonw_key(w, "flow");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "proto", cm_proto_word(f->proto));
	cm_jsonw_kstr(w, "client", client);
	cm_jsonw_kuint(w, "client_port", f->client_port);
	cm_jsonw_kstr(w, "server", server);
	cm_jsonw_kuint(w, "server_port", f->server_port);
	cm_jsonw_object_end(w);
}

static void
cues(const struct cm_frames_json *o, const struct cm_incident *inc)
{
	cm_jsonw_key(o->w, "cues");
	cm_jsonw_array(o->w);
	for (size_t i = 0; i < inc->n_cues; i++) {
		const struct cm_cue *c = &inc->cues[i];

		cm_jsonw_object(o->w);
		cm_jsonw_kstr(o->w, "name", c->kind->name);
		cm_frames_json(o, "frames", c->frames, c->n_frames);
		cm_jsonw_kint(o->w, "bits", c->bits);
		cm_jsonw_kstr(o->w, "base_rate", c->kind->base_rate);
		cm_jsonw_kstr(o->w, "rests_on", cm_rests_word(c->kind->rests));
		cm_jsonw_object_end(o->w);
	}
	cm_jsonw_array_end(o->w);
}

static void
known(struct cm_jsonw *w, const char *key, const char *text)
{
	if (text != NULL)
		cm_jsonw_kstr(w, key, text);
}

static void
fingerprint(struct cm_jsonw *w, const struct cm_fingerprint *f)
{
	cm_jsonw_key(w, "fingerprint");
	cm_jsonw_object(w);
	if (f->known) {
		known(w, "ipid", f->ipid);
		known(w, "df", f->df);
		known(w, "ttl", f->ttl);
		known(w, "window", f->window);
		known(w, "options", f->options);
		known(w, "fin", f->fin);
		known(w, "name", f->name);
	}
	cm_jsonw_object_end(w);
}

static void
alternatives(struct cm_jsonw *w, const struct cm_incident *inc)
{
	cm_jsonw_key(w, "alternatives");
	cm_jsonw_array(w);
	for (size_t i = 0; i < inc->n_alternatives; i++) {
		const struct cm_alternative *a = &inc->alternatives[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", a->name);
		cm_jsonw_kbool(w, "holds", a->holds);
		cm_jsonw_kstr(w, "why", a->why);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

void
cm_incident_json(struct cm_jsonw *w, const struct cm_incident *inc, const struct cm_file_names *names)
{
	struct cm_frames_json o = { w, names, cm_incident_file(inc) };
	char time[CM_TIME_TEXT];

	cm_time_text(inc->t_ns, time);
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "type", cm_incident_type_word(inc->type));
	cm_jsonw_kstr(w, "verdict", cm_verdict_word(inc->verdict));
	cm_jsonw_kstr(w, "file", cm_frames_json_name(&o, o.file));
	files(&o, &inc->support);
	cm_jsonw_kint(w, "bits", inc->bits);
	cm_jsonw_kstr(w, "time", time);
	id_set(&o, "forged", &inc->forged);
	id_set(&o, "genuine", &inc->genuine);
	id_set(&o, "suspect", &inc->suspect);
	id_set(&o, "support", &inc->support);
	id_set(&o, "against", &inc->against);
	cm_jsonw_key(w, "trigger");
	if (inc->has_trigger)
		cm_frame_json(&o, inc->trigger);
	else
		cm_jsonw_null(w);
	flow(w, &inc->flow);
	cues(&o, inc);
	fingerprint(w, &inc->fingerprint);
	alternatives(w, inc);
	cm_jsonw_kstr(w, "explained_by", inc->explained_by);
	cm_jsonw_object_end(w);
}
