#include <inttypes.h>
#include <string.h>

#include "dossier/redo_chain.h"
#include "dossier/rejoin.h"
#include "stat/fisher.h"

struct redoing {
	const struct cm_redo_chains_in *in;
	const struct cm_shown_chain *shown;
	const struct cm_chain_v1 *c;
	struct cm_rejoined j;
	struct cm_buf text;
};

/* A chain is no better than what it joins. */
static enum cm_outcome
worst_of_parts(struct redoing *r)
{
	enum cm_outcome worst = CM_OUTCOME_REPRODUCED, o;
	size_t i;

	for (i = 0; i < r->c->n_scripts + r->c->n_floods; i++) {
		o = i < r->c->n_scripts ? r->in->findings[r->shown->findings[i]].outcome :
					  r->in->traffic[r->shown->traffic[i - r->c->n_scripts]].outcome;
		worst = o > worst ? o : worst;
	}
	return worst;
}

static bool
layers_differ(const struct redoing *r)
{
	const struct cm_script *s = &r->j.script;
	size_t i;

	if (s->n_layers != r->c->n_layers)
		return true;
	for (i = 0; i < s->n_layers; i++)
		if (strcmp(s->layers[i], r->c->layers[i]) != 0)
			return true;
	return false;
}

/* NULL, or what of the scripts is not as stated. */
static const char *
scripts_differ(const struct redoing *r)
{
	const struct cm_rejoined *j = &r->j;

	if (j->pointless != 0)
		return "a forged answer has no such target in it";
	if (j->elsewhere != 0)
		return "the scripts aim at different names";
	if (j->script_at == 0 && layers_differ(r))
		return "the script is not wrapped as stated";
	return NULL;
}

/* Requests, or TCP that does not show them. */
static bool
is_of_browsers(const struct cm_traffic_finding *f)
{
	return f->verdict != CM_TRAFFIC_SCAN &&
	    (f->kind == CM_TRAFFIC_HTTP || (f->kind == CM_TRAFFIC_VOLUME && (f->proto == 6 || f->proto == 0)));
}

static const char *
floods_differ(const struct redoing *r)
{
	size_t i;

	for (i = 0; i < r->c->n_floods; i++)
		if (!is_of_browsers(&r->in->dossier->traffic[r->shown->traffic[i]].body->drawn))
			return "a flood is of a kind that no script in a browser makes";
	for (i = 0; r->j.target != NULL && i < r->c->n_floods; i++)
		if (r->j.floods[i].requests > 0 && r->j.floods[i].named == 0)
			return "a flood does not ask for what the script aims at";
	return NULL;
}

static bool
lags_differ(const struct redoing *r)
{
	const struct cm_rejoined *j = &r->j;
	const struct cm_chain_v1 *c = r->c;

	return j->before != c->before || j->lags != c->lags ||
	    (c->lags > 0 && (j->least_ns != c->lag_least_ns || j->median_ns != c->lag_median_ns ||
				j->most_ns != c->lag_most_ns || j->unsure_ns != c->lag_unsure_ns));
}

static const char *
clients_differ(const struct redoing *r)
{
	const struct cm_rejoined *j = &r->j;

	if (cm_fisher_more(r->c->a, r->c->b, r->c->c, r->c->d).milli != r->c->p_milli)
		return "its table does not give that p";
	if (j->target == NULL)
		return NULL;
	if (j->strangers != 0)
		return "a row of its clients is no first request for the target by a client that got the script";
	if (j->clients + j->not_shown > r->c->a)
		return "its clients are more than its table has";
	if (j->clients == r->c->a && lags_differ(r))
		return "other times between script and request come out";
	return NULL;
}

static void
say_floods(struct redoing *r)
{
	const struct cm_rejoined_flood *f;
	uint64_t asked = 0, all = 0;
	size_t i, by_address = 0, mute = 0;

	for (i = 0; i < r->c->n_floods; i++) {
		f = &r->j.floods[i];
		asked += f->asked;
		all += f->requests;
		by_address += f->by_address;
		mute += f->requests == 0 && !f->by_address;
	}
	if (all > 0)
		cm_buf_printf(&r->text, "; of %" PRIu64 " requests shown of its floods %" PRIu64 " ask for it", all, asked);
	if (by_address > 0)
		cm_buf_printf(&r->text, "; %zu of its floods %s no names, and %s to where clients asked for it",
		    by_address, by_address == 1 ? "shows" : "show", by_address == 1 ? "goes" : "go");
	if (mute > 0)
		cm_buf_printf(&r->text, "; of %zu of its floods it does not show what they ask for", mute);
}

static void
say_seconds(struct cm_buf *out, int64_t ns)
{
	int64_t ms = ns / 1000000;

	cm_buf_printf(out, "%s%" PRId64 ".%03d", ms < 0 ? "-" : "", (ms < 0 ? -ms : ms) / 1000,
	    (int)((ms < 0 ? -ms : ms) % 1000));
}

/* Of its clients only some are named. */
static bool
is_short(const struct redoing *r)
{
	return r->c->clients.n < r->c->a;
}

static void
say_clients(struct redoing *r)
{
	const struct cm_rejoined *j = &r->j;

	cm_buf_printf(&r->text, "; %" PRIu64 " client%s got the script and asked for it", j->clients,
	    j->clients == 1 ? "" : "s");
	if (j->lags > 0) {
		cm_buf_add_str(&r->text, ", ");
		say_seconds(&r->text, j->least_ns);
		cm_buf_add_str(&r->text, " to ");
		say_seconds(&r->text, j->most_ns);
		cm_buf_add_str(&r->text, " s after it");
	}
	if (is_short(r))
		cm_buf_printf(&r->text, "; that it was %" PRIu64 " clients in all, and their times, is the sender's word", r->c->a);
	cm_buf_printf(&r->text, "; that %" PRIu64 " more had it and did not ask, and that %" PRIu64 " of %" PRIu64
				" without it asked, is the sender's word", r->c->b, r->c->c, r->c->c + r->c->d);
}

/* Something is not as stated. */
static enum cm_outcome
judge_difference(struct redoing *r, const char *what)
{
	bool ours = strcmp(r->c->detector, CM_CHAIN_NAME) == 0 && r->c->version == CM_CHAIN_VERSION;

	cm_buf_add_str(&r->text, what);
	if (!ours)
		cm_buf_printf(&r->text, " (joined by %s version %" PRIu64 ", ours is %s version %d)", r->c->detector,
		    r->c->version, CM_CHAIN_NAME, CM_CHAIN_VERSION);
	return ours ? CM_OUTCOME_CONTRADICTED : CM_OUTCOME_FOREIGN;
}

/* Everything that could be looked at is as stated. */
static enum cm_outcome
judge_rest(struct redoing *r)
{
	const struct cm_rejoined *j = &r->j;
	enum cm_outcome parts = worst_of_parts(r), own = CM_OUTCOME_AS_SHOWN;
	size_t i;

	if (j->target == NULL) {
		cm_buf_add_str(&r->text, "the bodies of the forged answers are shut");
		return parts > CM_OUTCOME_NOT ? parts : CM_OUTCOME_NOT;
	}
	cm_buf_printf(&r->text, "%zu forged answer%s carr%s a script that aims at %.200s%.200s", j->read,
	    j->read == 1 ? "" : "s", j->read == 1 ? "ies" : "y", j->target->host, j->target->path);
	if (j->shut != 0)
		cm_buf_printf(&r->text, ", %zu more are shut", j->shut);
	say_floods(r);
	say_clients(r);
	if (j->not_shown != 0)
		cm_buf_printf(&r->text, "; %" PRIu64 " of its clients' requests are shut or hidden", j->not_shown);
	for (i = 0; i < r->c->n_floods; i++)
		if (j->floods[i].requests == 0 && !j->floods[i].by_address)
			own = CM_OUTCOME_PARTLY;
	if (j->shut != 0 || j->not_shown != 0 || is_short(r))
		own = CM_OUTCOME_PARTLY;
	if (parts > own) {
		cm_buf_printf(&r->text, "; what it joins is %s", cm_outcome_word(parts));
		own = parts;
	}
	return own;
}

static enum cm_outcome
judge(struct redoing *r)
{
	const char *what = scripts_differ(r);

	if (what == NULL)
		what = floods_differ(r);
	if (what == NULL)
		what = clients_differ(r);
	return what != NULL ? judge_difference(r, what) : judge_rest(r);
}

CM_RESULT
cm_redo_chains(const struct cm_redo_chains_in *in, struct cm_arena *arena, struct cm_redone *out)
{
	struct redoing r = { .in = in };
	enum cm_result rc = CM_OK;
	const char *text;
	size_t i;

	for (i = 0; rc == CM_OK && i < in->dossier->n_chains; i++) {
		r.shown = &in->dossier->chains[i];
		r.c = r.shown->body;
		r.text.len = 0;
		rc = cm_rejoin(in->dossier, i, arena, &r.j);
		if (rc != CM_OK)
			break;
		out[i].outcome = judge(&r);
		text = cm_buf_cstr(&r.text);
		out[i].text = text == NULL ? NULL :
		    cm_arena_printf(arena, "%s: %s", cm_outcome_word(out[i].outcome), text);
		rc = out[i].text == NULL ? CM_E_NOMEM : CM_OK;
	}
	cm_buf_release(&r.text);
	return rc;
}
