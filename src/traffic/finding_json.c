#include "capture/host.h"
#include "traffic/finding_json.h"

const char *
cm_baseline_word(enum cm_baseline_how how)
{
	static const char *const word[] = { "none", "before", "others" };

	return word[how];
}

static void
host(struct cm_jsonw *w, const char *key, const struct cm_host *h)
{
	char text[CM_HOST_TEXT];

	if (h->net != 0)
		cm_host_text(h, text);
	cm_jsonw_kstr(w, key, h->net != 0 ? text : NULL);
}

static void
signs(struct cm_jsonw *w, const struct cm_traffic_finding *f)
{
	cm_jsonw_key(w, "signs");
	cm_jsonw_array(w);
	for (size_t i = 0; i < f->n_signs; i++) {
		const struct cm_traffic_sign *s = &f->signs[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", s->kind->name);
		cm_jsonw_kint(w, "value", s->value);
		cm_jsonw_kstr(w, "unit", s->kind->unit);
		cm_jsonw_kint(w, "limit", s->limit);
		cm_jsonw_kbool(w, "against", s->kind->against);
		cm_jsonw_kstr(w, "base_rate", s->kind->base_rate);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
baseline(struct cm_jsonw *w, const struct cm_baseline *b)
{
	cm_jsonw_key(w, "baseline");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "how", cm_baseline_word(b->how));
	cm_jsonw_kuint(w, "per_1000_s", b->milli);
	cm_jsonw_kuint(w, "ms", b->span_ms);
	cm_jsonw_object_end(w);
}

static void
scan(struct cm_jsonw *w, const struct cm_traffic_finding *f)
{
	cm_jsonw_key(w, "scan");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "targets", f->targets);
	cm_jsonw_kuint(w, "hosts", f->hosts);
	cm_jsonw_kuint(w, "ports", f->ports);
	cm_jsonw_kbool(w, "slow", f->slow);
	cm_jsonw_object_end(w);
}

static void
counts(struct cm_jsonw *w, const char *key, const struct cm_traffic_count *c, uint32_t n)
{
	cm_jsonw_key(w, key);
	cm_jsonw_array(w);
	for (uint32_t i = 0; i < n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "text", c[i].text);
		cm_jsonw_kuint(w, "requests", c[i].n);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
http(struct cm_jsonw *w, const struct cm_traffic_http *h)
{
	cm_jsonw_key(w, "http");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", h->name);
	cm_jsonw_kuint(w, "requests", h->requests);
	counts(w, "paths", h->paths, h->n_paths);
	cm_jsonw_kuint(w, "paths_seen", h->paths_seen);
	counts(w, "referers", h->referers, h->n_referers);
	cm_jsonw_kuint(w, "referers_seen", h->referers_seen);
	counts(w, "agents", h->agents, h->n_agents);
	cm_jsonw_kuint(w, "agents_seen", h->agents_seen);
	cm_jsonw_kstr(w, "cache_buster", h->buster);
	cm_jsonw_kuint(w, "cache_buster_ppm", h->busted_ppm);
	cm_jsonw_kuint(w, "period_ms", h->period_ms);
	cm_jsonw_kuint(w, "period_ppm", h->period_ppm);
	if (h->cookie_known)
		cm_jsonw_kuint(w, "cookie_ppm", h->with_cookie_ppm);
	cm_jsonw_kstr(w, "shared_script_host", h->shared);
	cm_jsonw_kuint(w, "shared_ppm", h->shared_ppm);
	cm_jsonw_object_end(w);
}

/* Before and during; null where it was not seen. */
static void
pair(struct cm_jsonw *w, const char *key, int64_t before, int64_t during)
{
	const int64_t v[2] = { before, during };

	cm_jsonw_key(w, key);
	cm_jsonw_array(w);
	for (unsigned i = 0; i < 2; i++) {
		if (v[i] < 0)
			cm_jsonw_null(w);
		else
			cm_jsonw_int(w, v[i]);
	}
	cm_jsonw_array_end(w);
}

static void
effect(struct cm_jsonw *w, const struct cm_effect *e)
{
	cm_jsonw_key(w, "effect");
	cm_jsonw_object(w);
	cm_jsonw_ktime(w, "degraded", e->degraded, e->degraded_ns);
	cm_jsonw_ktime(w, "recovered", e->recovered, e->recovered_ns);
	pair(w, "syn_answered_ppm", e->syn_answered_ppm[0], e->syn_answered_ppm[1]);
	pair(w, "answered_ppm", e->answered_ppm[0], e->answered_ppm[1]);
	pair(w, "answer_ms", e->answer_ms[0], e->answer_ms[1]);
	pair(w, "errors_ppm", e->errors_ppm[0], e->errors_ppm[1]);
	cm_jsonw_kstr(w, "unseen", e->unseen);
	cm_jsonw_object_end(w);
}

static void
bins(struct cm_jsonw *w, const char *key, const uint64_t *v, uint32_t n)
{
	cm_jsonw_key(w, key);
	cm_jsonw_array(w);
	for (uint32_t i = 0; i < n; i++)
		cm_jsonw_uint(w, v[i]);
	cm_jsonw_array_end(w);
}

static void
series(struct cm_jsonw *w, const struct cm_traffic_series *s)
{
	cm_jsonw_key(w, "series");
	cm_jsonw_object(w);
	cm_jsonw_ktime(w, "from", true, s->from_ns);
	cm_jsonw_kint(w, "width_ms", s->width_ns / 1000000);
	bins(w, "in", s->in, s->n);
	bins(w, "rest", s->rest, s->n);
	bins(w, "out", s->out, s->n);
	if (s->effect_is != CM_SERIES_PLAIN) {
		bins(w, s->effect_is == CM_SERIES_ANSWERS ? "errors" : "opened", s->effect[0], s->n);
		bins(w, s->effect_is == CM_SERIES_ANSWERS ? "wait_us" : "answered", s->effect[1], s->n);
	}
	cm_jsonw_object_end(w);
}

static void
figures(struct cm_jsonw *w, const struct cm_traffic_finding *f)
{
	cm_jsonw_kuint(w, "packets", f->packets);
	cm_jsonw_kuint(w, "bytes", f->bytes);
	cm_jsonw_kuint(w, "peak_per_second", f->peak_per_s);
	cm_jsonw_kuint(w, "mean_per_second", f->mean_per_s);
	cm_jsonw_kuint(w, "sources", f->sources);
	cm_jsonw_kuint(w, "first", cm_packet_frame(f->first));
	cm_jsonw_kuint(w, "last", cm_packet_frame(f->last));
	cm_jsonw_kbool(w, "cut_begin", f->cut_begin);
	cm_jsonw_kbool(w, "cut_end", f->cut_end);
}

void
cm_traffic_json(struct cm_jsonw *w, const struct cm_traffic_finding *f, const char *file)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(f->kind));
	cm_jsonw_kstr(w, "verdict", cm_traffic_verdict_word(f->verdict));
	cm_jsonw_kstr(w, "file", file);
	cm_jsonw_ktime(w, "from", true, f->from_ns);
	cm_jsonw_ktime(w, "to", true, f->to_ns);
	host(w, "target", &f->target);
	host(w, "source", &f->source);
	cm_jsonw_kuint(w, "port", f->port);
	cm_jsonw_kstr(w, "proto", f->proto == 0 ? NULL : cm_proto_word(f->proto));
	cm_jsonw_kstr(w, "service", f->service);
	figures(w, f);
	baseline(w, &f->baseline);
	signs(w, f);
	if (f->verdict == CM_TRAFFIC_SCAN)
		scan(w, f);
	else
		effect(w, &f->effect);
	if (f->http != NULL)
		http(w, f->http);
	if (f->series != NULL)
		series(w, f->series);
	cm_jsonw_kstr(w, "name", f->name);
	cm_jsonw_object_end(w);
}
