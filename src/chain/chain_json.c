#include <inttypes.h>
#include <stdio.h>

#include "chain/chain_json.h"

#define FRAMES_MAX 64u

const char *
cm_offset_word(enum cm_offset_how how)
{
	static const char *const word[] = { "unknown", "one-way", "both-ways", "seconds" };

	return word[how];
}

const char *
cm_chain_by_word(enum cm_chain_by by)
{
	static const char *const word[] = { "name", "address", "paths" };

	return word[by];
}

void
cm_fisher_text(struct cm_fisher p, char out[CM_FISHER_TEXT])
{
	if (p.milli == 0)
		snprintf(out, CM_FISHER_TEXT, "1");
	else
		snprintf(out, CM_FISHER_TEXT, "10^-%" PRIu32 ".%03" PRIu32, p.milli / 1000, p.milli % 1000);
}

static void
clock_between(struct cm_jsonw *w, const struct cm_offset *o)
{
	cm_jsonw_key(w, "clock");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "how", cm_offset_word(o->how));
	cm_jsonw_kint(w, "least_ns", o->least_ns);
	cm_jsonw_kint(w, "most_ns", o->most_ns);
	cm_jsonw_kuint(w, "matched", o->matched);
	cm_jsonw_object_end(w);
}

static void
floods(struct cm_jsonw *w, const struct cm_chain *c, const struct cm_chain_vantage *vantage)
{
	cm_jsonw_key(w, "floods");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->n_floods; i++) {
		const struct cm_chain_flood *f = &c->floods[i];
		const struct cm_traffic_finding *x = cm_traffic_at(vantage[f->vantage].traffic, f->finding);

		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "vantage", f->vantage + 1);
		cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(x->kind));
		cm_jsonw_ktime(w, "from", true, x->from_ns);
		cm_jsonw_ktime(w, "to", true, x->to_ns);
		cm_jsonw_kstr(w, "by", cm_chain_by_word(f->by));
		cm_jsonw_kuint(w, "shared_clients", f->shared_clients);
		cm_jsonw_kuint(w, "shared_with_script", f->shared_with_script);
		clock_between(w, &f->offset);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

/* A number in the first script's file; with a file's name in another one of its run. */
static void
frame(struct cm_jsonw *w, cm_packet_id id, uint32_t home, const char *const *file)
{
	if (cm_packet_file(id) == home) {
		cm_jsonw_uint(w, cm_packet_frame(id));
		return;
	}
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "file", file[cm_packet_file(id)]);
	cm_jsonw_kuint(w, "frame", cm_packet_frame(id));
	cm_jsonw_object_end(w);
}

static void
scripts(struct cm_jsonw *w, const struct cm_chain *c, const struct cm_chain_vantage *v, const char *const *file)
{
	const struct cm_chain_script *first = &v->scripts[c->scripts[0]];

	cm_jsonw_kuint(w, "scripts", c->n_scripts);
	cm_jsonw_kuint(w, "script_clients", c->script_clients);
	cm_jsonw_kstr(w, "file", file[cm_packet_file(first->first)]);
	cm_jsonw_key(w, "script_frames");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->n_scripts && i < FRAMES_MAX; i++)
		frame(w, v->scripts[c->scripts[i]].first, cm_packet_file(first->first), file);
	cm_jsonw_array_end(w);
}

static void
table(struct cm_jsonw *w, const struct cm_chain *c, const struct cm_visits *visits)
{
	char p[CM_FISHER_TEXT];

	cm_fisher_text(c->fisher, p);
	cm_jsonw_key(w, "table");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "script_asked", c->a);
	cm_jsonw_kuint(w, "script_not", c->b);
	cm_jsonw_kuint(w, "none_asked", c->c);
	cm_jsonw_kuint(w, "none_not", c->d);
	cm_jsonw_object_end(w);
	cm_jsonw_kstr(w, "p_at_most", p);
	if (cm_visits_lost(visits) > 0)
		cm_jsonw_kuint(w, "pairs_lost", cm_visits_lost(visits));
}

static void
lag(struct cm_jsonw *w, const struct cm_chain *c)
{
	cm_jsonw_kuint(w, "before", c->before);
	cm_jsonw_key(w, "lag");
	if (c->lags == 0) {
		cm_jsonw_null(w);
		return;
	}
	cm_jsonw_object(w);
	cm_jsonw_kint(w, "least_ms", c->lag_least_ns / 1000000);
	cm_jsonw_kint(w, "median_ms", c->lag_median_ns / 1000000);
	cm_jsonw_kint(w, "most_ms", c->lag_most_ns / 1000000);
	cm_jsonw_kint(w, "unsure_ms", c->lag_unsure_ns / 1000000);
	cm_jsonw_kuint(w, "of", c->lags);
	cm_jsonw_object_end(w);
}

void
cm_chain_json(struct cm_jsonw *w, const struct cm_chain *c, const struct cm_chain_vantage *vantage,
    const char *const *file)
{
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "chain", c->host);
	cm_jsonw_key(w, "paths");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->n_paths; i++)
		cm_jsonw_str(w, c->paths[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_kbool(w, "made_a_flood", cm_chain_made(c));
	cm_jsonw_key(w, "instead_of");
	cm_jsonw_array(w);
	for (size_t i = 0; i < c->n_instead; i++)
		cm_jsonw_str(w, c->instead[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_kstr(w, "layers", c->layers);
	cm_jsonw_kuint(w, "period_ms", c->period_ms);
	cm_jsonw_kbool(w, "busts_caches", c->busts_caches);
	scripts(w, c, &vantage[c->vantage], file);
	floods(w, c, vantage);
	table(w, c, vantage[c->vantage].visits);
	lag(w, c);
	cm_jsonw_object_end(w);
}
