/* What verifying showed, in words and as JSON. */
#include <inttypes.h>

#include "assess/likely.h"
#include "base/build.h"
#include "base/hex.h"
#include "cli/paragraph.h"
#include "cli/verify.h"
#include "codec/json_write.h"
#include "dossier/evidence.h"
#include "dossier/pairs.h"
#include "dossier/recounted.h"
#include "dossier/words.h"

enum cm_exit
cm_verify_exit(const struct cm_verified *v)
{
	switch (v->end) {
	case CM_VERIFY_HOLDS:
		return CM_EXIT_OK;
	case CM_VERIFY_PARTLY:
		return CM_EXIT_PARTLY;
	case CM_VERIFY_REFUSED:
		return CM_EXIT_REFUSED;
	}
	return CM_EXIT_CANNOT;
}

CM_RESULT
cm_cli_source(uint8_t out[32])
{
	return cm_hex_decode(cm_span_str(cm_build_source()), out, 32);
}

static void
put_list(struct cm_paragraph *p, const char *mark, const char *const *line, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		cm_buf_printf(&p->text, "%s %s", mark, line[i]);
		cm_paragraph_end(p, 2, 4);
	}
}

static void
put_signers(struct cm_paragraph *p, const struct cm_verified *v)
{
	const struct cm_verify_signer *s;
	size_t i;

	for (i = 0; i < v->n_signers; i++) {
		s = &v->signers[i];
		if (s->principals != NULL)
			cm_buf_printf(&p->text, "%s: signed by %s (%s)", s->file, s->principals, s->fingerprint);
		else if (s->trouble != NULL)
			cm_buf_printf(&p->text, "%s: REFUSED SIGNER %s: %s", s->file, s->fingerprint,
			    s->trouble);
		else
			cm_buf_printf(&p->text, "%s: UNKNOWN SIGNER %s", s->file, s->fingerprint);
		cm_paragraph_end(p, 2, 4);
	}
}

static void
put_logged(struct cm_paragraph *p, const struct cm_verified *v)
{
	size_t i;

	for (i = 0; i < v->n_signers; i++) {
		cm_buf_printf(&p->text, "%s: %s", v->logged[i].file, v->logged[i].text);
		cm_paragraph_end(p, 2, 4);
	}
}

static void
put_outcome(struct cm_paragraph *p, const struct cm_redone *r)
{
	/* on one line, for those who search for it */
	fputs("     -> ", p->f);
	cm_cli_text(p->f, cm_span_str(r->text));
	fputc('\n', p->f);
}

/* Of each two hosts between which it accuses a packet: were all their rows shown? */
static void
put_completeness(struct cm_paragraph *p, const struct cm_dossier *d, const struct cm_finding *f)
{
	struct cm_completeness c[CM_COMPLETENESS_MAX];
	size_t n = cm_completeness(d, f, c), i;

	for (i = 0; i < n; i++) {
		cm_buf_add_str(&p->text, "= ");
		cm_words_completeness(&p->text, d, &c[i]);
		cm_paragraph_end(p, 5, 7);
	}
}

/* " [N1]", behind what it is of. */
static void
put_evidence_id(struct cm_paragraph *p, struct cm_evidence_said s)
{
	cm_buf_printf(&p->text, " [%s]", s.id);
}

static void
put_finding(struct cm_paragraph *p, const struct cm_verified *v, size_t i)
{
	const struct cm_dossier *d = v->dossier;

	cm_buf_printf(&p->text, "%zu. %s: %s, %d bits", i + 1, cm_words_type(d->findings[i].body->type),
	    cm_verdict_word(d->findings[i].body->verdict), d->findings[i].body->bits);
	put_evidence_id(p, cm_dossier_evidence_finding(d, i));
	cm_paragraph_end(p, 2, 5);
	cm_words_incident(&p->text, d, d->findings[i].body);
	cm_paragraph_end(p, 5, 5);
	put_outcome(p, &v->findings[i]);
	put_completeness(p, d, d->findings[i].body);
}

/* Its own results that are shown: who is likeliest. */
static void
put_result(struct cm_paragraph *p, const struct cm_assess_claimed *c)
{
	char words[CM_LIKELY_TEXT], range[CM_LIKELY_TEXT];
	size_t top = 0;

	if (c->n == 0)
		return;
	for (size_t i = 1; i < c->n; i++)
		if (c->share[i].mid > c->share[top].mid)
			top = i;
	cm_likely_words(c->share[top], words);
	cm_likely_range(c->share[top], range);
	cm_buf_printf(&p->text, "View %s%s%s, layer %s: %s, %s (%s)", cm_view_of_word(c->view), c->to != NULL ? " with " : "", c->to != NULL ? c->to : "",
	    cm_layer_word(c->layer), c->name[top], words, range);
	cm_paragraph_end(p, 5, 7);
}

/* What of an assessment is open, and by the items that are, who is likeliest in each view. */
static void
put_assessed(struct cm_paragraph *p, const struct cm_verified *v)
{
	const struct cm_dossier *d = v->dossier;

	for (size_t i = 0; i < d->n_assessments; i++) {
		const struct cm_shown_assessment *a = &d->assessments[i];

		cm_buf_printf(&p->text, "A%zu. Assessment: %s", i + 1, a->read != NULL ? a->read->a.title : "its title stays shut");
		put_evidence_id(p, cm_dossier_evidence_assessment(d, i));
		cm_paragraph_end(p, 2, 6);
		for (size_t k = 0; a->read != NULL && k < a->read->n_claimed; k++)
			put_result(p, &a->read->claimed[k]);
		put_outcome(p, &v->assessments[i]);
	}
}

/* Floods, scans, and what made them. */
static void
put_counted(struct cm_paragraph *p, const struct cm_verified *v)
{
	const struct cm_dossier *d = v->dossier;
	struct cm_recounted again = { 0 };
	size_t i;

	for (i = 0; i < d->n_traffic; i++) {
		cm_buf_printf(&p->text, "T%zu. %s: %s", i + 1, cm_words_kind(d->traffic[i].body->drawn.kind),
		    cm_traffic_verdict_word(d->traffic[i].body->drawn.verdict));
		put_evidence_id(p, cm_dossier_evidence_traffic(d, i));
		cm_paragraph_end(p, 2, 6);
		if (cm_recount_shown(d, i, &again) == CM_OK)
			cm_words_traffic(&p->text, d, i, &again);
		else
			p->lost = true;
		cm_recounted_free(&again);
		cm_paragraph_end(p, 5, 5);
		put_outcome(p, &v->traffic[i]);
	}
	for (i = 0; i < d->n_chains; i++) {
		cm_buf_printf(&p->text, "C%zu. %s: %zu forged answer%s, %zu flood%s", i + 1,
		    cm_words_chain(d->chains[i].body), d->chains[i].body->n_scripts, d->chains[i].body->n_scripts == 1 ? "" : "s", d->chains[i].body->n_floods,
		    d->chains[i].body->n_floods == 1 ? "" : "s");
		put_evidence_id(p, cm_dossier_evidence_chain(d, i));
		cm_paragraph_end(p, 2, 6);
		put_outcome(p, &v->chains[i]);
	}
}

/* What kinds of evidence these are. */
static void
put_evidence(struct cm_paragraph *p, const struct cm_dossier *d)
{
	struct cm_evidence_used *used = NULL;
	struct cm_registry r;
	struct cm_arena arena;
	size_t n = 0, i;

	cm_arena_init(&arena, 0);
	if (cm_registry_builtin(&arena, &r, NULL) != CM_OK || cm_dossier_evidence(d, &arena, &used, &n) != CM_OK)
		p->lost = true;
	for (i = 0; i < n; i++) {
		cm_buf_add_str(&p->text, "- ");
		cm_words_evidence_name(&p->text, &r, used[i].id);
		cm_buf_add_str(&p->text, " (");
		cm_words_evidence_used(&p->text, &used[i]);
		cm_buf_add_str(&p->text, ")");
		cm_paragraph_end(p, 2, 4);
		cm_words_evidence(&p->text, &r, used[i].id);
		cm_paragraph_end(p, 4, 4);
	}
	cm_arena_fini(&arena);
}

/* The first of these is about findings, and left out where there is none. */
static const char *const not_proven[] = {
	("who did it: the findings say which packets did not come from the host they name, not whose "
	 "machine sent them;"),
	"that the bytes were true when they were sealed: a seal shows only that nothing was changed since;",
	"when it was sealed: times are the signers' own, and others say only not later than when;",
	("that a sealer counted every row of two hosts when sealing: only all rows, opened, or another's "
	 "capture of the same traffic show that;"),
	"what the cells left shut hold, and that no other exhibit exists.",
};
#define NOT_PROVEN (sizeof(not_proven) / sizeof(not_proven[0]))
#define NOT_COUNTED 3 /* the one about pairs, left out where the dossier says nothing of any */

/* The lines that are to be said. */
static size_t
list_not_proven(const struct cm_verified *v, const char *line[NOT_PROVEN])
{
	size_t n = 0, pairs = 0, i;

	for (i = 0; i < v->dossier->n_exhibits; i++)
		pairs += v->dossier->exhibits[i].n_pairs_opened;
	for (i = v->dossier->n_findings != 0 ? 0 : 1; i < NOT_PROVEN; i++) {
		if (i != NOT_COUNTED || pairs > 0)
			line[n++] = not_proven[i];
	}
	return n;
}

/* Columns of which cells are open, or none is. */
static void
put_columns(struct cm_paragraph *p, const struct cm_shows *s, bool hidden)
{
	bool any = false;
	size_t c;

	for (c = 0; c < s->n_columns; c++) {
		if ((s->columns[c].open == 0) != hidden)
			continue;
		cm_buf_printf(&p->text, "%s%s", any ? ", " : hidden ? "; hidden in all of them: " : "; open: ",
		    s->columns[c].name);
		if (!hidden && s->columns[c].open != s->rows)
			cm_buf_printf(&p->text, " (in %" PRIu64 ")", s->columns[c].open);
		any = true;
	}
}

static void
put_capture(struct cm_paragraph *p, const struct cm_shows *s)
{
	cm_buf_printf(&p->text, "; open: headers %" PRIu64 ", payload %" PRIu64 ", mask %" PRIu64
				", addresses named %" PRIu64 ", tied %" PRIu64,
	    s->headers, s->payload, s->mask, s->src_named + s->dst_named, s->src_tied + s->dst_tied);
}

static void
put_shown(struct cm_paragraph *p, const struct cm_dossier *d)
{
	size_t k;

	for (k = 0; k < d->n_exhibits; k++) {
		const struct cm_shown_exhibit *x = &d->exhibits[k];

		cm_buf_printf(&p->text, "- seal-%zu, %s: %" PRIu64 " rows show something, %" PRIu64 " nothing", k + 1,
		    x->kind, x->shows.rows, x->table_rows - x->shows.rows);
		if (x->shows.capture && x->has_opening) {
			put_capture(p, &x->shows);
		} else if (x->has_opening) {
			put_columns(p, &x->shows, false);
			put_columns(p, &x->shows, true);
		}
		cm_paragraph_end(p, 2, 4);
	}
	if (d->leaks_accepted != 0) {
		cm_buf_printf(&p->text, "- hidden values stand in what is shown, in places (%" PRIu64 "); the sender knew",
		    d->leaks_accepted);
		cm_paragraph_end(p, 2, 4);
	}
}

bool
cm_verify_text(const struct cm_context *ctx, const struct cm_verified *v)
{
	struct cm_paragraph p = cm_paragraph_of(ctx->out, ctx->width);
	const char *line[NOT_PROVEN];
	size_t i;

	fputs("Checked:\n", ctx->out);
	put_list(&p, "-", v->done, v->n_done);
	fputs("Who says it:\n", ctx->out);
	put_signers(&p, v);
	if (cm_verified_speaks_of_logs(v)) {
		fputs("Since when it existed, at the latest:\n", ctx->out);
		put_logged(&p, v);
	}
	fputs("Shown, and hidden:\n", ctx->out);
	put_shown(&p, v->dossier);
	if (v->dossier->n_findings + v->dossier->n_traffic != 0)
		fputs("Findings, made again from what is open:\n", ctx->out);
	for (i = 0; i < v->dossier->n_findings; i++)
		put_finding(&p, v, i);
	put_counted(&p, v);
	put_assessed(&p, v);
	fputs("What kinds of evidence these are, and how easily such is planted:\n", ctx->out);
	put_evidence(&p, v->dossier);
	if (v->n_notes != 0)
		fputs("Also seen:\n", ctx->out);
	put_list(&p, "-", v->notes, v->n_notes);
	fputs("Not proven by any of this:\n", ctx->out);
	put_list(&p, "-", line, list_not_proven(v, line));
	cm_paragraph_fini(&p);
	cm_cli_text(ctx->out, cm_span_str(v->line));
	fputc('\n', ctx->out);
	return !p.lost;
}

static void
json_texts(struct cm_jsonw *w, const char *name, const char *const *line, size_t n)
{
	size_t i;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		cm_jsonw_str(w, line[i]);
	cm_jsonw_array_end(w);
}

static void
json_signers(struct cm_jsonw *w, const struct cm_verified *v)
{
	size_t i;

	cm_jsonw_key(w, "signers");
	cm_jsonw_array(w);
	for (i = 0; i < v->n_signers; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "file", v->signers[i].file);
		cm_jsonw_kstr(w, "key", v->signers[i].fingerprint);
		cm_jsonw_kstr(w, "known_as", v->signers[i].principals);
		if (v->signers[i].trouble != NULL)
			cm_jsonw_kstr(w, "trouble", v->signers[i].trouble);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_logged_one(struct cm_jsonw *w, const struct cm_logged *l)
{
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "file", l->file);
	cm_jsonw_kstr(w, "logged", cm_logged_word(l->how));
	if (l->receipt != NULL) {
		cm_jsonw_kstr(w, "origin", l->origin);
		cm_jsonw_kuint(w, "index", l->index);
		cm_jsonw_kuint(w, "size", l->size);
	}
	if (l->not_later != 0)
		cm_jsonw_kuint(w, "not_later", l->not_later);
	if (l->not_earlier > 0)
		cm_jsonw_kuint(w, "not_earlier", (uint64_t)l->not_earlier);
	cm_jsonw_key(w, "witnesses");
	cm_jsonw_array(w);
	for (i = 0; i < l->n_witnesses; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", l->witness[i].name);
		cm_jsonw_kuint(w, "time", l->witness[i].at);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	if (l->stamp != NULL) {
		cm_jsonw_key(w, "time_stamp");
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "by", l->stamp->tsa);
		cm_jsonw_kuint(w, "not_later", (uint64_t)l->stamp->not_later);
		cm_jsonw_kstr(w, "serial", l->stamp->serial);
		cm_jsonw_kstr(w, "policy", l->stamp->policy);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_kstr(w, "detail", l->text);
	cm_jsonw_object_end(w);
}

static void
json_logged(struct cm_jsonw *w, const struct cm_verified *v)
{
	size_t i;

	cm_jsonw_key(w, "existed");
	cm_jsonw_array(w);
	for (i = 0; i < v->n_signers; i++)
		json_logged_one(w, &v->logged[i]);
	cm_jsonw_array_end(w);
}

/* Absent where no seal has a table of pairs. */
static void
json_completeness(struct cm_jsonw *w, const struct cm_dossier *d, const struct cm_finding *f)
{
	struct cm_completeness c[CM_COMPLETENESS_MAX];
	size_t n = cm_completeness(d, f, c), i;
	struct cm_buf text = { 0 };

	if (n == 0)
		return;
	cm_jsonw_key(w, "pairs");
	cm_jsonw_array(w);
	for (i = 0; i < n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "seal", c[i].seal + 1);
		cm_jsonw_kstr(w, "shown", cm_complete_word(c[i].how));
		if (c[i].pair != NULL) {
			if (c[i].pair->proven)
				cm_jsonw_kuint(w, "rows", c[i].pair->rows);
			cm_jsonw_kuint(w, "known", c[i].pair->known);
			cm_jsonw_kuint(w, "headers", c[i].pair->headers);
			cm_jsonw_kuint(w, "payload", c[i].pair->payload);
		}
		cm_buf_clear(&text);
		cm_words_completeness(&text, d, &c[i]);
		cm_jsonw_kbuf(w, "detail", &text);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_buf_release(&text);
}

static void
json_evidence_of(struct cm_jsonw *w, struct cm_evidence_said s)
{
	cm_jsonw_kstr(w, "evidence", s.id);
	cm_jsonw_kbool(w, "evidence_said", s.said);
}

static void
json_evidence_one(struct cm_jsonw *w, const struct cm_registry *r, const struct cm_evidence_used *u)
{
	const struct cm_evidence_type *t = cm_registry_find(r, u->id);
	char forge[CM_EVIDENCE_RANGE], cost[CM_EVIDENCE_RANGE];

	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "id", u->id);
	cm_jsonw_kbool(w, "known", t != NULL);
	if (t != NULL) {
		cm_evidence_forge_word(t, forge);
		cm_evidence_cost_word(t, cost);
		cm_jsonw_kstr(w, "name", t->name);
		cm_jsonw_kstr(w, "supports", t->supports);
		cm_jsonw_kstr(w, "forge", forge);
		cm_jsonw_kstr(w, "cost", cost);
		cm_jsonw_kstr(w, "because", t->why);
	}
	cm_jsonw_kuint(w, "exhibits", u->exhibits);
	cm_jsonw_kuint(w, "findings", u->findings);
	cm_jsonw_kuint(w, "traffic", u->traffic);
	cm_jsonw_kuint(w, "chains", u->chains);
	if (u->assessments > 0)
		cm_jsonw_kuint(w, "assessments", u->assessments);
	cm_jsonw_kuint(w, "derived", u->derived);
	cm_jsonw_kuint(w, "other", u->other);
	cm_jsonw_object_end(w);
}

static void
json_evidence(struct cm_jsonw *w, const struct cm_dossier *d)
{
	struct cm_evidence_used *used = NULL;
	struct cm_registry r;
	struct cm_arena arena;
	size_t n = 0, i;

	cm_arena_init(&arena, 0);
	if (cm_registry_builtin(&arena, &r, NULL) != CM_OK || cm_dossier_evidence(d, &arena, &used, &n) != CM_OK)
		w->out->failed = true;
	cm_jsonw_key(w, "evidence");
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		json_evidence_one(w, &r, &used[i]);
	cm_jsonw_array_end(w);
	cm_arena_fini(&arena);
}

static void
json_findings(struct cm_jsonw *w, const struct cm_verified *v)
{
	const struct cm_dossier *d = v->dossier;
	size_t i;

	cm_jsonw_key(w, "findings");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_findings; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(d->findings[i].statement, 32));
		cm_jsonw_kstr(w, "type", cm_incident_type_word(d->findings[i].body->type));
		cm_jsonw_kstr(w, "verdict", cm_verdict_word(d->findings[i].body->verdict));
		json_evidence_of(w, cm_dossier_evidence_finding(d, i));
		cm_jsonw_kstr(w, "outcome", cm_outcome_word(v->findings[i].outcome));
		cm_jsonw_kstr(w, "detail", v->findings[i].text);
		json_completeness(w, d, d->findings[i].body);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
json_outcome(struct cm_jsonw *w, const struct cm_redone *r)
{
	cm_jsonw_kstr(w, "outcome", cm_outcome_word(r->outcome));
	cm_jsonw_kstr(w, "detail", r->text);
	cm_jsonw_object_end(w);
}

/* Absent if there is nothing to say. */
static void
json_counted(struct cm_jsonw *w, const struct cm_verified *v)
{
	const struct cm_dossier *d = v->dossier;
	const struct cm_traffic_finding *f;
	size_t i;

	for (i = 0; i < d->n_traffic; i++) {
		f = &d->traffic[i].body->drawn;
		if (i == 0) {
			cm_jsonw_key(w, "traffic");
			cm_jsonw_array(w);
		}
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(d->traffic[i].statement, 32));
		cm_jsonw_kstr(w, "kind", cm_traffic_kind_word(f->kind));
		cm_jsonw_kstr(w, "verdict", cm_traffic_verdict_word(f->verdict));
		json_evidence_of(w, cm_dossier_evidence_traffic(d, i));
		cm_jsonw_kuint(w, "thin", d->traffic[i].body->thin);
		cm_jsonw_kuint(w, "packets", f->packets);
		cm_jsonw_kuint(w, "packets_claimed", d->traffic[i].body->claimed.packets);
		json_outcome(w, &v->traffic[i]);
	}
	if (d->n_traffic > 0)
		cm_jsonw_array_end(w);
	for (i = 0; i < d->n_chains; i++) {
		if (i == 0) {
			cm_jsonw_key(w, "chains");
			cm_jsonw_array(w);
		}
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(d->chains[i].statement, 32));
		json_evidence_of(w, cm_dossier_evidence_chain(d, i));
		cm_jsonw_kuint(w, "scripts", d->chains[i].body->n_scripts);
		cm_jsonw_kuint(w, "floods", d->chains[i].body->n_floods);
		json_outcome(w, &v->chains[i]);
	}
	if (d->n_chains > 0)
		cm_jsonw_array_end(w);
}

/* Absent if there is none. */
static void
json_assessed(struct cm_jsonw *w, const struct cm_verified *v)
{
	const struct cm_dossier *d = v->dossier;

	if (d->n_assessments == 0)
		return;
	cm_jsonw_key(w, "assessments");
	cm_jsonw_array(w);
	for (size_t i = 0; i < d->n_assessments; i++) {
		const struct cm_shown_assessment *a = &d->assessments[i];

		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(a->statement, 32));
		cm_jsonw_kstr(w, "title", a->read != NULL ? a->read->a.title : NULL);
		json_evidence_of(w, cm_dossier_evidence_assessment(d, i));
		cm_jsonw_kuint(w, "items", a->body->items);
		cm_jsonw_kuint(w, "items_open", a->items_open);
		cm_jsonw_kuint(w, "results", a->body->results);
		cm_jsonw_kuint(w, "results_open", a->results_open);
		json_outcome(w, &v->assessments[i]);
	}
	cm_jsonw_array_end(w);
}

static void
json_shows(struct cm_jsonw *w, const struct cm_dossier *d)
{
	size_t i;

	cm_jsonw_key(w, "seals");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_exhibits; i++) {
		cm_jsonw_object(w);
		cm_jsonw_khex(w, "statement", cm_span_of(d->exhibits[i].statement, 32));
		cm_jsonw_kstr(w, "kind", d->exhibits[i].kind);
		cm_jsonw_kuint(w, "rows", d->exhibits[i].table_rows);
		cm_jsonw_kbool(w, "whole_file", d->exhibits[i].whole);
		cm_jsonw_key(w, "shows");
		cm_shows_write(w, &d->exhibits[i].shows);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

bool
cm_verify_json(const struct cm_context *ctx, const struct cm_verified *v)
{
	static const char *const end[] = { "holds", "partly", "refused" };
	const char *line[NOT_PROVEN];
	struct cm_buf text = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&text, 0);
	bool ok;

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "verdict", end[v->end]);
	cm_jsonw_kstr(&w, "line", v->line);
	json_signers(&w, v);
	json_logged(&w, v);
	json_shows(&w, v->dossier);
	json_findings(&w, v);
	json_counted(&w, v);
	json_assessed(&w, v);
	json_evidence(&w, v->dossier);
	json_texts(&w, "checked", v->done, v->n_done);
	json_texts(&w, "notes", v->notes, v->n_notes);
	json_texts(&w, "not_proven", line, list_not_proven(v, line));
	cm_jsonw_object_end(&w);
	ok = cm_buf_ok(&text);
	if (ok)
		fwrite(text.ptr, 1, text.len, ctx->out);
	fputc('\n', ctx->out);
	cm_buf_release(&text);
	return ok;
}
