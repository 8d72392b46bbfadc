/* From script to flood, in words. */
#include <inttypes.h>

#include "base/time.h"
#include "capture/host.h"
#include "chain/chain_json.h"
#include "cli/inspect_places.h"

#define SCRIPTS_SHOWN 8u

struct telling {
	struct cm_paragraph *p;
	const struct cm_survey *s;
	const struct cm_file_names *names;
	const struct cm_chain *c;
};

static const char *
file_of(const struct telling *t, cm_packet_id id)
{
	return cm_packet_file(id) < t->names->n ? t->names->name[cm_packet_file(id)] : "?";
}

/* "frames 7, 9", and "; in b.pcap frames 1, 4" of the next file of the run. */
static void
tell_frames(struct telling *t, const struct cm_chain_script *script)
{
	size_t n = t->c->n_scripts < SCRIPTS_SHOWN ? t->c->n_scripts : SCRIPTS_SHOWN, i;
	cm_packet_id id, before = script[t->c->scripts[0]].first;

	cm_buf_printf(&t->p->text, "frame%s ", t->c->n_scripts == 1 ? "" : "s");
	for (i = 0; i < n; i++, before = id) {
		id = script[t->c->scripts[i]].first;
		if (cm_packet_file(id) != cm_packet_file(before))
			cm_buf_printf(&t->p->text, "; in %s ", file_of(t, id));
		else if (i > 0)
			cm_buf_add_str(&t->p->text, ", ");
		cm_buf_printf(&t->p->text, "%" PRIu64, cm_packet_frame(id));
	}
	if (t->c->n_scripts > n)
		cm_buf_printf(&t->p->text, " and %zu more", t->c->n_scripts - n);
}

static void
tell_scripts(struct telling *t)
{
	const struct cm_chain_script *script = t->s->vantage[t->c->vantage].scripts;
	size_t i;

	cm_buf_printf(&t->p->text, "%zu forged answer%s to %" PRIu64 " client%s in %s carried it: ",
	    t->c->n_scripts, t->c->n_scripts == 1 ? "" : "s", t->c->script_clients,
	    t->c->script_clients == 1 ? "" : "s", file_of(t, script[t->c->scripts[0]].first));
	tell_frames(t, script);
	for (i = 0; i < t->c->n_instead && i < 3; i++)
		cm_buf_printf(&t->p->text, "%s%s (%" PRIu64 ")", i > 0 ? ", " : "; the clients had asked for ", t->c->instead[i],
		    t->c->instead_n[i]);
	cm_buf_add_str(&t->p->text, ".");
	cm_paragraph_end(t->p, 3, 6);
}

static void
tell_aim(struct telling *t)
{
	const struct cm_chain *c = t->c;
	size_t i;

	cm_buf_printf(&t->p->text, "Read without running it%s%s%s, it would have asked %s for ",
	    c->layers[0] != '\0' ? " (unpacked: " : "", c->layers, c->layers[0] != '\0' ? ")" : "", c->host);
	for (i = 0; i < c->n_paths; i++)
		cm_buf_printf(&t->p->text, "%s%s", i > 0 ? ", " : "", c->paths[i]);
	if (c->period_ms > 0)
		cm_buf_printf(&t->p->text, ", every %" PRIu32 ".%" PRIu32 " s", c->period_ms / 1000,
		    c->period_ms / 100 % 10);
	cm_buf_printf(&t->p->text, "%s.", c->busts_caches ? ", each time with something new so that no cache answers" : "");
	cm_paragraph_end(t->p, 3, 6);
}

static void
tell_clock(struct telling *t, const struct cm_offset *o)
{
	struct cm_buf *b = &t->p->text;

	switch (o->how) {
	case CM_OFFSET_UNKNOWN:
		cm_buf_add_str(b, "nothing was seen by both, so how far the clocks are apart is unknown");
		return;
	case CM_OFFSET_ONE_WAY:
		cm_buf_printf(b, "%" PRIu64 " packets of one direction were seen by both: one bound of the clocks' "
				 "difference is known", o->matched);
		return;
	case CM_OFFSET_BOTH_WAYS:
	case CM_OFFSET_SECONDS:
		cm_buf_add_str(b, "its clock is ahead by ");
		cm_inspect_seconds(b, o->least_ns);
		cm_buf_add_str(b, " to ");
		cm_inspect_seconds(b, o->most_ns);
		cm_buf_printf(b, ", by %" PRIu64 " %s seen by both", o->matched,
		    o->how == CM_OFFSET_SECONDS ? "requests" : "packets");
		return;
	}
}

static void
tell_flood(struct telling *t, const struct cm_chain_flood *f)
{
	const struct cm_traffic_finding *x = cm_traffic_at(t->s->vantage[f->vantage].traffic, f->finding);
	char from[CM_TIME_TEXT];

	cm_time_text(x->from_ns, from);
	cm_buf_printf(&t->p->text, "%s shows the %s on it from %s on (the same %s)", file_of(t, x->first),
	    cm_traffic_kind_word(x->kind), from, cm_chain_by_word(f->by));
	if (f->vantage != t->c->vantage) {
		cm_buf_printf(&t->p->text, "; %" PRIu64 " of its clients show in both places, %" PRIu64 " of them got the "
					   "script; ", f->shared_clients, f->shared_with_script);
		tell_clock(t, &f->offset);
	}
	cm_buf_add_str(&t->p->text, ".");
	cm_paragraph_end(t->p, 3, 6);
}

static void
tell_lag(struct telling *t)
{
	const struct cm_chain *c = t->c;

	if (c->lags > 0) {
		cm_buf_printf(&t->p->text, "From script to first request: ");
		cm_inspect_seconds(&t->p->text, c->lag_least_ns);
		cm_buf_add_str(&t->p->text, " to ");
		cm_inspect_seconds(&t->p->text, c->lag_most_ns);
		cm_buf_add_str(&t->p->text, ", half of them within ");
		cm_inspect_seconds(&t->p->text, c->lag_median_ns);
		if (c->lag_unsure_ns > 0) {
			cm_buf_add_str(&t->p->text, ", unsure by ");
			cm_inspect_seconds(&t->p->text, c->lag_unsure_ns);
		}
		cm_buf_printf(&t->p->text, " (%" PRIu64 " clients).", c->lags);
		cm_paragraph_end(t->p, 3, 6);
	}
	if (c->before == 0)
		return;
	cm_buf_printf(&t->p->text, "%" PRIu64 " client%s had asked for it before the script came.", c->before,
	    c->before == 1 ? "" : "s");
	cm_paragraph_end(t->p, 3, 6);
}

static void
tell_table(struct telling *t)
{
	const struct cm_chain *c = t->c;
	uint64_t lost = cm_visits_lost(t->s->vantage[c->vantage].visits);
	char p[CM_FISHER_TEXT];

	cm_fisher_text(c->fisher, p);
	cm_buf_printf(&t->p->text, "Of %" PRIu64 " clients that got it %" PRIu64 " asked %s; of %" PRIu64 " others "
				   "%" PRIu64 " did. By chance alone that happens with a probability of at most %s "
				   "(Fisher's exact test, one-sided).",
	    c->a + c->b, c->a, c->host, c->c + c->d, c->c, p);
	cm_paragraph_end(t->p, 3, 6);
	if (lost == 0)
		return;
	cm_buf_printf(&t->p->text, "%" PRIu64 " times a client asked for a name or path and there was no room to note it: who "
				   "asked nothing else counts here as one who did not ask.", lost);
	cm_paragraph_end(t->p, 3, 6);
}

static const char *
title_of(const struct cm_chain *c)
{
	if (cm_chain_made(c))
		return "A script that made a flood";
	return c->n_floods > 0 ? "A script that aims at what was flooded" : "A script that aims at somebody";
}

static void
tell_chain(struct telling *t, const struct cm_paint *paint, size_t number)
{
	size_t i;

	fprintf(t->p->f, "Chain %zu. %s%s%s\n", number, cm_chain_made(t->c) ? paint->red : paint->yellow, title_of(t->c),
	    paint->plain);
	tell_scripts(t);
	tell_aim(t);
	for (i = 0; i < t->c->n_floods; i++)
		tell_flood(t, &t->c->floods[i]);
	tell_table(t);
	tell_lag(t);
	cm_buf_printf(&t->p->text, "Not proven: who injected the script, that the flood's other clients got it, too, "
				   "or that nothing else made these clients ask (the page itself, an advertisement, a "
				   "habit).");
	cm_paragraph_end(t->p, 3, 6);
	fputc('\n', t->p->f);
}

/* What page scripts mention without a flood being seen, and nobody asked for, is not told. */
static bool
is_worth_telling(const struct cm_chain *c)
{
	return c->n_floods > 0 || c->a > 0;
}

void
cm_inspect_chains(struct cm_paragraph *p, const struct cm_paint *paint, const struct cm_survey *s,
    const struct cm_file_names *names)
{
	size_t number = 0, i;

	for (i = 0; i < s->chains.n; i++) {
		struct telling t = { p, s, names, &s->chains.chain[i] };

		if (is_worth_telling(t.c))
			tell_chain(&t, paint, ++number);
	}
	if (s->chains.not_listed == 0)
		return;
	cm_buf_printf(&p->text, "%" PRIu64 " more name%s that scripts aim at %s not looked at.", s->chains.not_listed,
	    s->chains.not_listed == 1 ? "" : "s", s->chains.not_listed == 1 ? "is" : "are");
	cm_paragraph_end(p, 0, 2);
}
