#include <string.h>

#include "detect/body.h"
#include "worker/counting.h"
#include "worker/survey.h"

struct surveying {
	const struct cm_survey_in *in;
	struct cm_survey *out;
	struct cm_vantage *at; /* being filled; NULL: none yet */
	struct cm_counting *counting; /* what is counted of it */
	bool at_full;	     /* more places than there is room for */
};

/* ---- places ---- */

static CM_RESULT
begin_place(struct surveying *s, bool is_log)
{
	struct cm_traffic_params traffic = cm_traffic_params_default();
	struct cm_survey *o = s->out;
	struct cm_vantage *p;
	enum cm_result rc;

	if (o->n == CM_SURVEY_VANTAGES) {
		s->at_full = true;
		return CM_E_LIMIT;
	}
	p = s->at = &o->vantage[o->n++];
	*p = (struct cm_vantage) { .is_log = is_log };
	traffic.hash_seed = s->in->params.hash_seed;
	p->file = cm_arena_array(&o->arena, s->in->scan->n_files + 1, sizeof(*p->file));
	if (p->file == NULL)
		return CM_E_NOMEM;
	rc = cm_engine_new(&s->in->params, &p->engine);
	if (rc == CM_OK)
		rc = cm_traffic_new(&traffic, &p->traffic);
	if (rc == CM_OK)
		rc = cm_visits_new(CM_VISITS_MEMORY, s->in->params.hash_seed, &p->visits);
	if (rc == CM_OK)
		rc = cm_clock_new(&p->clock);
	if (rc == CM_OK)
		rc = cm_counting_new(p->traffic, p->visits, !s->in->one_thread, &s->counting);
	if (rc == CM_OK)
		cm_scan_serve(s->in->scan, p->engine);
	return rc;
}

/* "stat.example/h.js", without the query: what the client had asked for. */
static const char *
asked_for(const struct cm_vantage *p, struct cm_arena *room, struct cm_arena *arena, size_t i)
{
	struct cm_packet packet;
	struct cm_request r;
	size_t path = 0;
	enum cm_result rc = cm_engine_trigger_packet(p->engine, i, room, &packet);

	if (rc == CM_E_NOMEM)
		return NULL;
	if (rc != CM_OK || !cm_request_of_packet(&packet, &r))
		return "";
	while (path < r.target.len && r.target.ptr[path] != '?')
		path++;
	return cm_arena_printf(arena, "%.*s%.*s", (int)r.host.len, r.host.len > 0 ? (const char *)r.host.ptr : "",
	    (int)path, path > 0 ? (const char *)r.target.ptr : "");
}

/* Most forged answers aim at nothing: what is unpacked of them goes at once. */
static CM_RESULT
read_script(struct cm_vantage *p, struct cm_arena *arena, size_t i, struct cm_chain_script *out)
{
	const struct cm_incident *x = cm_engine_incident(p->engine, i);
	struct cm_arena room;
	struct cm_span stream;
	enum cm_result rc;

	*out = (struct cm_chain_script) { .incident = i, .client = x->flow.client, .server = x->flow.server,
		.t_ns = x->t_ns, .first = x->forged.n > 0 ? x->forged.id[0] : 0 };
	cm_arena_init(&room, 0);
	rc = cm_engine_forged_stream(p->engine, i, &room, &stream);
	if (rc == CM_OK && stream.len > 0)
		rc = cm_script_of(stream, &room, &out->script);
	if (rc == CM_OK && out->script.n_targets > 0) {
		rc = cm_script_of(stream, arena, &out->script);
		out->asked = asked_for(p, &room, arena, i);
		rc = rc == CM_OK && out->asked == NULL ? CM_E_NOMEM : rc;
	}
	cm_arena_fini(&room);
	return rc;
}

/* What the forged answers would have done. */
static CM_RESULT
read_scripts(struct cm_vantage *p, struct cm_arena *arena)
{
	size_t n = cm_engine_count(p->engine), i;
	struct cm_chain_script *script = cm_arena_array(arena, n + 1, sizeof(*script));
	enum cm_result rc = CM_OK;

	if (script == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < n; i++) {
		if (cm_engine_incident(p->engine, i)->verdict != CM_VERDICT_FORGED ||
		    cm_engine_incident(p->engine, i)->type != CM_INCIDENT_INJECTION)
			continue;
		rc = read_script(p, arena, i, &script[p->n_scripts]);
		p->n_scripts += script[p->n_scripts].script.n_targets > 0;
	}
	p->scripts = script;
	return rc;
}

static CM_RESULT
end_place(struct surveying *s)
{
	struct cm_vantage *p = s->at;
	enum cm_result rc;

	if (p == NULL)
		return CM_OK;
	s->at = NULL;
	rc = cm_counting_end(s->counting);
	cm_counting_free(s->counting);
	s->counting = NULL;
	if (rc == CM_OK)
		rc = cm_engine_finish(p->engine);
	if (rc == CM_OK)
		rc = read_scripts(p, &s->out->arena);
	cm_engine_trim(p->engine);
	if (rc == CM_OK)
		rc = cm_traffic_finish(p->traffic);
	cm_visits_settle(p->visits);
	return rc;
}

static bool
goes_on(const struct surveying *s, bool is_log, bool has_time, int64_t t_ns)
{
	const struct cm_vantage *p = s->at;
	uint64_t slack;

	if (p == NULL || p->is_log || is_log)
		return false;
	if (s->in->apart)
		return p->n_files == 0;
	if (!has_time || !p->has_time)
		return true;
	/* Times can be anything; without a sign any two are less than 2^64 apart. */
	slack = ((uint64_t)p->last_ns - (uint64_t)p->first_ns) / 8;
	return t_ns >= p->last_ns || (uint64_t)p->last_ns - (uint64_t)t_ns <=
	    (slack < CM_SURVEY_SLACK_NS ? slack : CM_SURVEY_SLACK_NS);
}

/* ---- what the scan hands over ---- */

static enum cm_result
begin_file(void *arg, size_t file, enum cm_weblog_form form, bool has_time, int64_t t_ns)
{
	struct surveying *s = arg;
	bool is_log = form != CM_WEBLOG_NONE;
	enum cm_result rc = CM_OK;

	if (!goes_on(s, is_log, has_time, t_ns)) {
		rc = end_place(s);
		if (rc == CM_OK)
			rc = begin_place(s, is_log);
	}
	if (rc == CM_OK)
		s->at->file[s->at->n_files++] = file;
	return rc;
}

static void
expect(void *arg, struct cm_packet *p, size_t n)
{
	const struct surveying *s = arg;

	cm_engine_expect(s->at->engine, p, n);
}

static void
note_time(struct cm_vantage *p, int64_t t_ns)
{
	if (!p->has_time || t_ns < p->first_ns)
		p->first_ns = t_ns;
	if (!p->has_time || t_ns > p->last_ns)
		p->last_ns = t_ns;
	p->has_time = true;
}

/* What is counted, not judged.  One clock alone has nothing to be compared with. */
static enum cm_result
count(struct surveying *s, const struct cm_packet *packet)
{
	struct cm_request r;

	if (s->in->scan->n_files > 1) {
		cm_clock_packet(s->at->clock, packet);
		if (packet->payload.len > 0 && packet->proto == 6 && cm_request_of_packet(packet, &r))
			cm_clock_request(s->at->clock, &r);
	}
	return cm_counting_packet(s->counting, packet);
}

static enum cm_result
take_packet(void *arg, const struct cm_packet *packet, bool stable)
{
	struct surveying *s = arg;
	struct cm_vantage *p = s->at;
	/* A datagram made whole was counted in its parts. */
	enum cm_result rc = packet->n_parts > 0 ? CM_OK : count(s, packet);

	note_time(p, packet->t_ns);
	return rc == CM_OK ? cm_engine_packet(p->engine, packet, stable) : rc;
}

static enum cm_result
take_request(void *arg, const struct cm_request *r)
{
	struct surveying *s = arg;

	note_time(s->at, r->t_ns);
	cm_clock_request(s->at->clock, r);
	return cm_counting_request(s->counting, r);
}

void
cm_survey_vantages(const struct cm_survey *s, struct cm_chain_vantage *out)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct cm_vantage *p = &s->vantage[i];

		out[i] = (struct cm_chain_vantage) { p->scripts, p->n_scripts, p->traffic, p->visits, p->clock,
			p->is_log };
	}
}

static CM_RESULT
find_chains(struct cm_survey *o)
{
	struct cm_chain_vantage v[CM_SURVEY_VANTAGES];

	cm_survey_vantages(o, v);
	return cm_chain_find(v, o->n, &o->arena, &o->chains);
}

CM_RESULT
cm_survey_run(const struct cm_survey_in *in, struct cm_survey *out, struct cm_err *err)
{
	struct surveying s = { .in = in, .out = out };
	const struct cm_scan_sink sink = { &s, begin_file, expect, take_packet, take_request };
	struct cm_err why = { 0 };
	enum cm_result rc;

	cm_arena_init(&out->arena, 0);
	rc = cm_scan_run(in->scan, &sink, &out->summary, &why);
	if (rc != CM_OK) {
		cm_counting_free(s.counting);
		s.counting = NULL;
	}
	if (s.at_full)
		return cm_err_set(err, CM_E_LIMIT, "more than %u vantage points: give rotated files in order of time",
		    CM_SURVEY_VANTAGES);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "%s", why.text);
	if (out->n == 0)
		rc = begin_place(&s, false);
	if (rc == CM_OK)
		rc = end_place(&s);
	if (rc == CM_OK)
		rc = find_chains(out);
	if (rc != CM_OK)
		return cm_err_set(err, rc, "the detectors stopped: %s", cm_result_word(rc));
	return CM_OK;
}

void
cm_survey_fini(struct cm_survey *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		cm_engine_free(s->vantage[i].engine);
		cm_traffic_free(s->vantage[i].traffic);
		cm_visits_free(s->vantage[i].visits);
		cm_clock_free(s->vantage[i].clock);
	}
	cm_scan_summary_fini(&s->summary);
	cm_arena_fini(&s->arena);
	s->n = 0;
}

size_t
cm_survey_findings(const struct cm_survey *s)
{
	size_t n = 0, i, k;

	for (i = 0; i < s->n; i++) {
		for (k = 0; k < cm_engine_count(s->vantage[i].engine); k++)
			n += cm_engine_incident(s->vantage[i].engine, k)->verdict != CM_VERDICT_EXPLAINED;
		n += cm_traffic_n(s->vantage[i].traffic);
	}
	return n;
}

struct cm_engine_stats
cm_survey_stats(const struct cm_survey *s)
{
	struct cm_engine_stats sum = { 0 };
	size_t i;

	for (i = 0; i < s->n; i++)
		cm_engine_stats_add(&sum, cm_engine_stats(s->vantage[i].engine));
	return sum;
}
