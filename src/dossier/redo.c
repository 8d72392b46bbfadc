#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/flow.h"
#include "detect/cues.h"
#include "dossier/cited.h"
#include "dossier/needs.h"
#include "dossier/redo.h"
#include "dossier/rests.h"
#include "dossier/view.h"

/* A sender's parameters may neither make us work without end nor ask for what can not be:
 * outside of these nothing is redone. */
#define WINDOW_MIN (4 * CM_FLOW_HEAD)
#define WINDOW_MAX (1u << 16)
#define MEMORY_MIN (UINT64_C(1) << 20)
#define MEMORY_MAX (UINT64_C(1) << 40)

/* The detectors' word on all rows shown of some exhibits. */
struct wide_run {
	struct cm_engine *engine; /* NULL: none */
	struct cm_params params;
	bool *cited;	       /* of each exhibit */
	struct cm_cited about; /* which of its incidents are about a packet */
};

#define WIDE_RUNS 2u /* kept at a time */

/* What the findings of a dossier have in common. */
struct sharing {
	const struct cm_dossier *d;
	struct cm_host_tally *rests;
	struct wide_run wide[WIDE_RUNS];
	size_t next; /* to be used again */
};

struct redoing {
	struct sharing *s;
	const struct cm_dossier *d;
	const struct cm_finding *f;
	struct cm_buf text;
	size_t redone, shut;
	bool local; /* every cue is */
	struct cm_needs needs;
};

const char *
cm_outcome_word(enum cm_outcome outcome)
{
	static const char *const word[] = { "reproduced", "reproduced as shown", "partly reproduced",
		"reproduced only on the sender's terms", "not redone", "contradicted" };

	return word[outcome];
}

static bool
same_rows(const struct cm_ids *a, const cm_packet_id *id, size_t n)
{
	size_t i;

	if (a->n != n)
		return false;
	for (i = 0; i < n; i++) {
		if (!cm_ids_has(a, id[i]))
			return false;
	}
	return true;
}

static size_t
shared(const struct cm_ids *a, const struct cm_ids *b)
{
	size_t i, n = 0;

	for (i = 0; i < a->n; i++)
		n += cm_ids_has(b, a->id[i]);
	return n;
}

/* How much an incident is about the packets of a finding. */
static size_t
likeness(const struct cm_finding *f, const struct cm_incident *in)
{
	if (in->type != f->type)
		return 0;
	return shared(&f->forged, &in->forged) + shared(&f->suspect, &in->suspect) +
	    shared(&f->forged, &in->suspect) + shared(&f->suspect, &in->forged) +
	    shared(&f->genuine, &in->genuine);
}

/* The incident that is about the same packets. */
static const struct cm_incident *
match(const struct cm_engine *e, const struct cm_finding *f)
{
	const struct cm_incident *best = NULL;
	size_t i, n, most = 0;

	for (i = 0; i < cm_engine_count(e); i++) {
		n = likeness(f, cm_engine_incident(e, i));
		if (n > most) {
			most = n;
			best = cm_engine_incident(e, i);
		}
	}
	return best;
}

struct best {
	size_t n, at; /* packets shared; which incident */
};

static void
match_set(struct wide_run *w, const struct cm_finding *f, const struct cm_ids *set, struct best *best)
{
	const struct cm_cited_row *of;
	struct best b;
	size_t i, k, n;

	for (i = 0; i < set->n; i++) {
		n = cm_cited_of(&w->about, set->id[i], &of);
		for (k = 0; k < n; k++) {
			b = (struct best) { 0, of[k].finding };
			if (b.at == best->at)
				continue;
			b.n = likeness(f, cm_engine_incident(w->engine, b.at));
			if (b.n > best->n || (b.n == best->n && b.n > 0 && b.at < best->at))
				*best = b;
		}
	}
}

/* The same as match finds, without asking every incident. */
static const struct cm_incident *
match_wide(struct wide_run *w, const struct cm_finding *f)
{
	struct best best = { 0, SIZE_MAX };

	match_set(w, f, &f->forged, &best);
	match_set(w, f, &f->suspect, &best);
	match_set(w, f, &f->genuine, &best);
	return best.n == 0 ? NULL : cm_engine_incident(w->engine, best.at);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_hand(const struct cm_fingerprint *a, const struct cm_fingerprint *b)
{
	if (a->known != b->known || !a->known)
		return a->known == b->known;
	return same_text(a->ipid, b->ipid) && same_text(a->df, b->df) && same_text(a->ttl, b->ttl) &&
	    same_text(a->window, b->window) && same_text(a->options, b->options) &&
	    same_text(a->fin, b->fin) && same_text(a->name, b->name);
}

/* NULL, or what differs besides the cues. */
static const char *
difference(const struct cm_finding *f, const struct cm_incident *in)
{
	if (f->verdict != in->verdict)
		return "the verdict";
	if (!same_rows(&f->forged, in->forged.id, in->forged.n))
		return "which packets are forged";
	if (!same_rows(&f->genuine, in->genuine.id, in->genuine.n))
		return "which packets are genuine";
	if (!same_rows(&f->suspect, in->suspect.id, in->suspect.n))
		return "which packets are suspect";
	if (f->bits != in->bits)
		return "the bits";
	if (!same_rows(&f->trigger, &in->trigger, in->has_trigger))
		return "the packet that was answered";
	if (!same_text(f->explained_by, in->explained_by))
		return "the ordinary cause";
	if (!same_hand(&f->fingerprint, &in->fingerprint))
		return "the hand that made the packets";
	return NULL;
}

static bool
cue_comes_out(const struct cm_finding_cue *c, const struct cm_incident *in)
{
	size_t i;

	for (i = 0; in != NULL && i < in->n_cues; i++) {
		if (strcmp(in->cues[i].kind->name, c->name) == 0 && in->cues[i].bits == c->bits &&
		    same_rows(&c->rows, in->cues[i].frames, in->cues[i].n_frames))
			return true;
	}
	return false;
}

/* What the statement says of the cue itself must be what the cue is. */
static bool
cue_is_ours(const struct cm_finding_cue *c, const struct cm_cue_kind *kind)
{
	return kind != NULL && c->rests == kind->rests && c->reads == kind->reads &&
	    strcmp(c->base_rate, kind->base_rate) == 0;
}

/* False: contradicted, and the text says by what. */
static bool
weigh_cues(struct redoing *r, const struct cm_incident *in)
{
	const struct cm_finding_cue *c;
	const struct cm_cue_kind *kind;
	size_t i;

	r->local = true;
	for (i = 0; i < r->f->n_cues; i++) {
		c = &r->f->cues[i];
		kind = cm_cue_kind_find(c->name);
		if (!cue_is_ours(c, kind)) {
			cm_buf_printf(&r->text, "%sthe sign %s is not as this detector has it",
			    r->shut != 0 ? "; " : "", c->name);
			return false;
		}
		r->local &= c->rests == CM_RESTS_LOCAL;
		if (cue_comes_out(c, in)) {
			r->redone++;
			continue;
		}
		if (!cm_needs_excuse(&r->needs, r->d, r->f, c)) {
			cm_buf_printf(&r->text, "%sthe sign %s does not come out with %d bits and these rows",
			    r->shut != 0 ? "; " : "", c->name, c->bits);
			return false;
		}
		cm_buf_printf(&r->text, "%s%s", r->shut++ == 0 ? "shut, so not redone: " : ", ", c->name);
	}
	return true;
}

/* A sign that comes out and that the finding does not have; NULL: none. */
static const char *
cue_more(const struct cm_finding *f, const struct cm_incident *in)
{
	size_t i, j;

	for (i = 0; i < in->n_cues; i++) {
		for (j = 0; j < f->n_cues; j++) {
			if (strcmp(in->cues[i].kind->name, f->cues[j].name) == 0 &&
			    same_rows(&f->cues[j].rows, in->cues[i].frames, in->cues[i].n_frames))
				break;
		}
		if (j == f->n_cues)
			return in->cues[i].kind->name;
	}
	return NULL;
}

/* Which terms of the finding are not ours; false: none. */
static bool
foreign(const struct cm_finding *f, struct cm_buf *text)
{
	struct cm_params ours = cm_params_default();
	size_t before = text->len;

	if (strcmp(f->detector, CM_DETECTOR_NAME) != 0 || f->version != CM_DETECTOR_VERSION)
		cm_buf_printf(text, "made by detector %s version %" PRIu64 ", ours is %s version %d; ",
		    f->detector, f->version, CM_DETECTOR_NAME, CM_DETECTOR_VERSION);
	if (f->memory != ours.memory)
		cm_buf_printf(text, "memory %" PRIu64 " is not the published %zu; ", f->memory, ours.memory);
	if (f->window != ours.window)
		cm_buf_printf(text, "window %" PRIu64 " is not the published %" PRIu32 "; ", f->window,
		    ours.window);
	if (f->forged_bits != ours.forged_bits || f->break_bits != ours.break_bits)
		cm_buf_printf(text, "forged from %d bits and stack-break from %d are not the published "
				    "%d and %d; ", f->forged_bits, f->break_bits, ours.forged_bits,
		    ours.break_bits);
	return text->len != before;
}

static bool
can_be_run(const struct cm_finding *f)
{
	return f->window >= WINDOW_MIN && f->window <= WINDOW_MAX && f->memory >= MEMORY_MIN &&
	    f->memory <= MEMORY_MAX;
}

/* More memory than our own default is never taken. */
static struct cm_params
params_of(const struct cm_finding *f)
{
	struct cm_params p = cm_params_default();

	p.support = false;
	if (f->memory < p.memory)
		p.memory = (size_t)f->memory;
	p.window = (uint32_t)f->window;
	p.forged_bits = f->forged_bits;
	p.break_bits = f->break_bits;
	return p;
}

/* Which exhibits the finding cites: only of these anything is run. */
static bool *
cited_by(const struct redoing *r)
{
	bool *cited = calloc(r->d->n_exhibits + 1, sizeof(*cited));
	size_t i, k;

	for (k = 0; cited != NULL && k < r->d->n_exhibits; k++) {
		for (i = 0; i < r->f->n_seals; i++)
			cited[k] |= memcmp(r->f->seals[i], r->d->exhibits[k].statement, 32) == 0;
	}
	return cited;
}

static CM_RESULT
run_support(const struct redoing *r, struct cm_engine **out)
{
	bool *cited = cited_by(r);
	struct cm_view_run in = { r->d, &r->f->support, cited, params_of(r->f) };
	enum cm_result rc = cited == NULL ? CM_E_NOMEM : cm_view_detect(&in, out);

	free(cited);
	return rc;
}

static void
wide_end(struct wide_run *w)
{
	cm_engine_free(w->engine);
	free(w->cited);
	cm_cited_release(&w->about);
	*w = (struct wide_run) { 0 };
}

static CM_RESULT
note_incidents(struct wide_run *w)
{
	const struct cm_incident *in;
	enum cm_result rc = CM_OK;
	uint32_t i;

	for (i = 0; rc == CM_OK && i < cm_engine_count(w->engine); i++) {
		in = cm_engine_incident(w->engine, i);
		rc = cm_cited_add(&w->about, &in->forged, i, 0);
		if (rc == CM_OK)
			rc = cm_cited_add(&w->about, &in->suspect, i, 0);
		if (rc == CM_OK)
			rc = cm_cited_add(&w->about, &in->genuine, i, 0);
	}
	cm_cited_sort(&w->about);
	return rc;
}

static bool
same_params(const struct cm_params *a, const struct cm_params *b)
{
	return a->memory == b->memory && a->window == b->window && a->forged_bits == b->forged_bits &&
	    a->break_bits == b->break_bits;
}

/* Takes ${cited}. */
static CM_RESULT
wide_begin(const struct redoing *r, struct wide_run *w, bool *cited)
{
	struct cm_view_run in = { r->d, NULL, cited, params_of(r->f) };
	enum cm_result rc;

	wide_end(w);
	w->cited = cited;
	w->params = in.params;
	rc = cm_view_detect(&in, &w->engine);
	if (rc == CM_OK)
		rc = note_incidents(w);
	if (rc != CM_OK)
		wide_end(w);
	return rc;
}

/* Over all rows shown of the exhibits that the finding cites. */
static CM_RESULT
run_wide(const struct redoing *r, struct wide_run **out)
{
	struct cm_params params = params_of(r->f);
	bool *cited = cited_by(r);
	size_t i;

	if (cited == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < WIDE_RUNS; i++) {
		*out = &r->s->wide[i];
		if ((*out)->engine == NULL || !same_params(&(*out)->params, &params) ||
		    memcmp((*out)->cited, cited, r->d->n_exhibits) != 0)
			continue;
		free(cited);
		return CM_OK;
	}
	*out = &r->s->wide[r->s->next++ % WIDE_RUNS];
	return wide_begin(r, *out, cited);
}

/* Signs did not come out, and something is shut. */
static enum cm_outcome
judge_shut(struct redoing *r)
{
	cm_buf_add_str(&r->text, "; the verdict rests on these, too");
	if (r->needs.across)
		cm_buf_add_str(&r->text, "; it spans several files, and whether a host of one is a host of "
					 "another shows only where addresses are named");
	cm_needs_say(&r->needs, &r->text);
	return r->redone == 0 ? CM_OUTCOME_NOT : CM_OUTCOME_PARTLY;
}

/* Everything came out; but with what is shut it might not. */
static enum cm_outcome
judge_same(struct redoing *r)
{
	const struct cm_needs *n = &r->needs;

	if (n->parts != 0 || (n->weighs && n->unsure != 0)) {
		cm_needs_say(n, &r->text);
		return CM_OUTCOME_PARTLY;
	}
	if (n->host_parts + n->unsure + n->checksums == 0)
		return r->local ? CM_OUTCOME_REPRODUCED : CM_OUTCOME_AS_SHOWN;
	cm_needs_say(n, &r->text);
	return CM_OUTCOME_AS_SHOWN;
}

static enum cm_outcome
judge_support(struct redoing *r, const struct cm_incident *in, bool terms)
{
	const char *what;
	const char *more;

	if (!weigh_cues(r, in)) {
		if (terms)
			cm_buf_add_str(&r->text, "; it can not be redone here");
		return terms ? CM_OUTCOME_FOREIGN : CM_OUTCOME_CONTRADICTED;
	}
	if (r->shut != 0)
		return judge_shut(r);
	if (in == NULL) {
		cm_buf_add_str(&r->text, "the detectors find nothing in these rows");
		return CM_OUTCOME_CONTRADICTED;
	}
	more = cue_more(r->f, in);
	what = difference(r->f, in);
	if (what == NULL && more == NULL)
		return judge_same(r);
	if (more != NULL)
		cm_buf_printf(&r->text, "the sign %s comes out, too", more);
	else
		cm_buf_printf(&r->text, "%s comes out differently", what);
	if (!cm_needs_excuse_rest(&r->needs, r->f, in, more != NULL))
		return CM_OUTCOME_CONTRADICTED;
	cm_needs_say(&r->needs, &r->text);
	return CM_OUTCOME_PARTLY;
}

/* With everything that is shown: what speaks against it may be there. */
static enum cm_outcome
judge_all(struct redoing *r, struct wide_run *all, enum cm_outcome so_far)
{
	const struct cm_incident *in = match_wide(all, r->f);

	if (in != NULL && in->verdict == r->f->verdict && difference(r->f, in) == NULL &&
	    cue_more(r->f, in) == NULL)
		return so_far;
	if (in == NULL || in->verdict != r->f->verdict) {
		cm_buf_printf(&r->text, "%sfrom all rows that are shown it comes out as %s",
		    r->text.len != 0 ? "; " : "", in == NULL ? "nothing" : cm_verdict_word(in->verdict));
		return CM_OUTCOME_CONTRADICTED;
	}
	cm_buf_printf(&r->text, "%sfrom all rows that are shown, other signs or bits come out",
	    r->text.len != 0 ? "; " : "");
	return so_far < CM_OUTCOME_AS_SHOWN ? CM_OUTCOME_AS_SHOWN : so_far;
}

static CM_RESULT
redo(struct redoing *r, struct cm_redone *out)
{
	bool terms = foreign(r->f, &r->text);
	struct cm_engine *support = NULL;
	struct wide_run *all;
	enum cm_result rc;

	if (!can_be_run(r->f)) {
		cm_buf_add_str(&r->text, "with these it is not redone here");
		out->outcome = CM_OUTCOME_FOREIGN;
		return CM_OK;
	}
	r->needs = cm_needs_of(r->d, r->f);
	rc = run_support(r, &support);
	if (rc != CM_OK)
		return rc;
	out->outcome = judge_support(r, match(support, r->f), terms);
	cm_engine_free(support);
	if (out->outcome <= CM_OUTCOME_AS_SHOWN) {
		rc = run_wide(r, &all);
		if (rc != CM_OK)
			return rc;
		out->outcome = judge_all(r, all, out->outcome);
	}
	if (terms && out->outcome < CM_OUTCOME_FOREIGN)
		out->outcome = CM_OUTCOME_FOREIGN;
	if (!r->local && out->outcome < CM_OUTCOME_NOT) {
		cm_buf_add_str(&r->text, r->text.len != 0 ? "; " : "");
		return cm_rests_say(r->s->rests, r->f, &r->text);
	}
	return CM_OK;
}

static CM_RESULT
redo_one(struct sharing *s, size_t i, struct cm_arena *arena, struct cm_redone *out)
{
	struct redoing r = { .s = s, .d = s->d, .f = s->d->findings[i].body };
	struct cm_redone got = { CM_OUTCOME_NOT, NULL };
	enum cm_result rc = redo(&r, &got);
	const char *text = cm_buf_cstr(&r.text);

	if (rc == CM_OK && text != NULL)
		got.text = cm_arena_printf(arena, "%s%s%s", cm_outcome_word(got.outcome),
		    *text != 0 ? ": " : "", text);
	cm_buf_release(&r.text);
	if (rc == CM_OK && got.text == NULL)
		rc = CM_E_NOMEM;
	if (rc == CM_OK)
		*out = got;
	return rc;
}

CM_RESULT
cm_redo_all(const struct cm_dossier *d, struct cm_arena *arena, struct cm_redone *out)
{
	struct sharing s = { .d = d };
	enum cm_result rc = cm_host_tally_new(d, &s.rests);
	size_t i;

	for (i = 0; rc == CM_OK && i < d->n_findings; i++)
		rc = redo_one(&s, i, arena, &out[i]);
	for (i = 0; i < WIDE_RUNS; i++)
		wide_end(&s.wide[i]);
	cm_host_tally_free(s.rests);
	return rc;
}
