#include "dossier/redo_assessment.h"

#include <inttypes.h>
#include <string.h>

#include "assess/rows.h"

struct redoing {
	const struct cm_redo_assessments_in *in;
	const struct cm_shown_assessment *shown;
	struct cm_arena *arena;
	bool *of_view; /* items */
	size_t number; /* of the assessment in the dossier */
	size_t same, shut, slow; /* results that came out the same; that can not be computed from what is open; that take too long */
	uint64_t *steps; /* that may still be taken, for all of a dossier */
	const char *differs; /* a sentence about the first that does not */
	struct cm_buf text;
};

/* ---- results ---- */

static const char *
view_name(struct redoing *r, const struct cm_assess_claimed *c)
{
	const char *to = c->to != NULL ? c->to : "anybody";

	return c->view == CM_OF_SHARED ? cm_arena_printf(r->arena, "shared with %s", to) : cm_view_of_word(c->view);
}

static CM_RESULT
differ(struct redoing *r, const struct cm_assess_claimed *c, const char *what)
{
	const char *view = view_name(r, c);

	if (r->differs == NULL && view != NULL)
		r->differs = cm_arena_printf(r->arena, "the result of the view %s at the layer %s is not what its items give%s%s", view,
		    cm_layer_word(c->layer), what != NULL ? ": it is another for " : "", what != NULL ? what : "");
	return r->differs != NULL ? CM_OK : CM_E_NOMEM;
}

static CM_RESULT
miscounted(struct redoing *r, const struct cm_assess_claimed *c, uint64_t there)
{
	const char *view = view_name(r, c);

	if (r->differs == NULL && view != NULL)
		r->differs = cm_arena_printf(r->arena, "the result of the view %s at the layer %s counts %" PRIu64 " items, and %" PRIu64
		    " are open and %" PRIu64 " shut", view, cm_layer_word(c->layer), c->items, there,
		    r->shown->body->items - r->shown->items_open);
	return r->differs != NULL ? CM_OK : CM_E_NOMEM;
}

/* Who makes many results of many hypotheses does not keep others at them for days. */
static bool
may_take(struct redoing *r, uint64_t steps)
{
	if (steps > *r->steps)
		return false;
	*r->steps -= steps;
	return true;
}

/* One by one, in the order of the frame. */
static CM_RESULT
compare(struct redoing *r, const struct cm_assess_claimed *c, struct cm_weigh *w, const struct cm_posterior *share)
{
	const struct cm_assessment *a = &r->shown->read->a;

	if (c->n != cm_weigh_n(w))
		return differ(r, c, NULL);
	for (size_t i = 0; i < c->n; i++) {
		const char *name = a->hypothesis[cm_weigh_hypothesis(w, i)].name;

		if (strcmp(name, c->name[i]) != 0 || memcmp(&share[i], &c->share[i], sizeof(share[i])) != 0)
			return differ(r, c, name);
	}
	r->same++;
	return CM_OK;
}

static CM_RESULT
redo_result(struct redoing *r, const struct cm_assess_claimed *c)
{
	const struct cm_weigh_in in = { .a = &r->shown->read->a, .layer = c->layer, .panel = cm_view_is_panel(c->view) };
	struct cm_posterior *share;
	struct cm_weigh *w;
	struct cm_err why = { 0 };
	uint64_t there;
	enum cm_result rc;

	if (!cm_assess_has_layer(in.a, c->layer))
		return differ(r, c, NULL);
	there = cm_view_fill(in.a, c->view, c->to, r->of_view);
	if (c->items < there || c->items - there > r->shown->body->items - r->shown->items_open)
		return miscounted(r, c, there);
	if (there != c->items) {
		r->shut++;
		return CM_OK;
	}
	if (!may_take(r, (uint64_t)in.a->n_items * in.a->n_hypotheses)) {
		r->slow++;
		return CM_OK;
	}
	rc = cm_weigh_new(&in, r->arena, &w, &why);
	if (rc == CM_OK && !may_take(r, cm_weigh_work(w))) {
		r->slow++;
		return CM_OK;
	}
	share = rc == CM_OK ? cm_arena_array(r->arena, cm_weigh_n(w), sizeof(*share)) : NULL;
	if (rc == CM_OK && share == NULL)
		rc = CM_E_NOMEM;
	if (rc != CM_OK)
		return rc;
	cm_weigh_ranges(w, r->of_view, share);
	return compare(r, c, w, share);
}

/* ---- what items rest on ---- */

static bool
redone_well(const struct cm_redone *redone, size_t i)
{
	return redone != NULL && redone[i].outcome <= CM_OUTCOME_AS_SHOWN;
}

static enum cm_behind
find_statement(const struct cm_redo_assessments_in *in, const uint8_t digest[32])
{
	const struct cm_dossier *d = in->dossier;
	size_t i;

	for (i = 0; i < d->n_findings; i++)
		if (memcmp(d->findings[i].statement, digest, 32) == 0)
			return redone_well(in->findings, i) ? CM_BEHIND_REDONE : CM_BEHIND_HERE;
	for (i = 0; i < d->n_traffic; i++)
		if (memcmp(d->traffic[i].statement, digest, 32) == 0)
			return redone_well(in->traffic, i) ? CM_BEHIND_REDONE : CM_BEHIND_HERE;
	for (i = 0; i < d->n_chains; i++)
		if (memcmp(d->chains[i].statement, digest, 32) == 0)
			return redone_well(in->chains, i) ? CM_BEHIND_REDONE : CM_BEHIND_HERE;
	for (i = 0; i < d->n_exhibits; i++)
		if (memcmp(d->exhibits[i].statement, digest, 32) == 0)
			return CM_BEHIND_HERE;
	for (i = 0; i < d->n_assessments; i++)
		if (memcmp(d->assessments[i].statement, digest, 32) == 0)
			return CM_BEHIND_HERE;
	return CM_BEHIND_SHUT;
}

enum cm_behind
cm_assessed_behind(const struct cm_redo_assessments_in *in, const struct cm_assess_item *item)
{
	enum cm_behind best = CM_BEHIND_SHUT, b;

	for (size_t i = 0; i < item->n_rests; i++) {
		b = item->rests[i].what == CM_RESTS_REPORT ? CM_BEHIND_REPORT : find_statement(in, item->rests[i].digest);
		best = b < best ? b : best;
	}
	return best;
}

const char *
cm_behind_words(enum cm_behind b)
{
	static const char *const words[] = { "redone from this dossier", "stated in this dossier", "a report, by its digest only",
		"nothing that this dossier shows" };

	return words[b];
}

/* ---- in words ---- */

static void
say_behind(struct redoing *r)
{
	const struct cm_assessment *a = &r->shown->read->a;
	size_t n[CM_BEHIND_SHUT + 1] = { 0 };
	bool any = false;

	for (size_t i = 0; i < a->n_items; i++)
		n[cm_assessed_behind(r->in, &a->item[i])]++;
	if (a->n_items == 0)
		return;
	cm_buf_add_str(&r->text, "; what the open items rest on: ");
	for (size_t b = 0; b <= CM_BEHIND_SHUT; b++) {
		if (n[b] == 0)
			continue;
		cm_buf_printf(&r->text, "%s%s for %zu", any ? ", " : "", cm_behind_words((enum cm_behind)b), n[b]);
		any = true;
	}
}

static void
say_items(struct redoing *r)
{
	const struct cm_shown_assessment *s = r->shown;

	cm_buf_printf(&r->text, "%" PRIu64 " of %" PRIu64 " items are open", s->items_open, s->body->items);
	if (r->same > 0)
		cm_buf_printf(&r->text, "; %zu result%s computed again from them, the same to the last unit", r->same, r->same == 1 ? "" : "s");
	if (r->shut > 0)
		cm_buf_printf(&r->text, "; %zu result%s not: items of %s stay shut", r->shut, r->shut == 1 ? "" : "s", r->shut == 1 ? "its view" : "their views");
	if (r->slow > 0)
		cm_buf_printf(&r->text, "; %zu result%s not: too many sums", r->slow, r->slow == 1 ? "" : "s");
	if (s->results_open < s->body->results)
		cm_buf_printf(&r->text, "; %" PRIu64 " results stay shut", s->body->results - s->results_open);
	say_behind(r);
}

/* Only who signed an assessment puts another in its place. */
static bool
replaces(const struct cm_shown_assessment *later, const struct cm_shown_assessment *earlier)
{
	return later->supersedes != NULL && memcmp(later->supersedes, earlier->statement, 32) == 0 && strcmp(later->by, earlier->by) == 0;
}

static void
say_place(struct redoing *r)
{
	const struct cm_dossier *d = r->in->dossier;
	bool here = false;

	for (size_t i = 0; i < d->n_assessments; i++) {
		if (replaces(r->shown, &d->assessments[i])) {
			cm_buf_printf(&r->text, "; A%zu takes the place of A%zu", r->number + 1, i + 1);
			here = true;
		}
		if (replaces(&d->assessments[i], r->shown))
			cm_buf_printf(&r->text, "; A%zu takes its place", i + 1);
	}
	if (r->shown->supersedes != NULL && !here)
		cm_buf_add_str(&r->text, "; it takes the place of an assessment that is not in this dossier");
}

static enum cm_outcome
outcome_of(const struct redoing *r)
{
	if (r->differs != NULL)
		return CM_OUTCOME_CONTRADICTED;
	if (r->same == 0)
		return CM_OUTCOME_NOT;
	if (r->shut > 0 || r->slow > 0)
		return CM_OUTCOME_PARTLY;
	return r->shown->items_open == r->shown->body->items ? CM_OUTCOME_REPRODUCED : CM_OUTCOME_AS_SHOWN;
}

static CM_RESULT
redo(struct redoing *r, struct cm_redone *out)
{
	const struct cm_assess_read *read = r->shown->read;
	enum cm_result rc = CM_OK;

	r->of_view = cm_arena_array(r->arena, read->a.n_items + 1, sizeof(*r->of_view));
	if (r->of_view == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; rc == CM_OK && i < read->n_claimed; i++)
		rc = redo_result(r, &read->claimed[i]);
	if (rc != CM_OK)
		return rc;
	out->outcome = outcome_of(r);
	if (r->differs != NULL)
		cm_buf_add_str(&r->text, r->differs);
	else
		say_items(r);
	return CM_OK;
}

static CM_RESULT
redo_one(struct redoing *r, struct cm_redone *out)
{
	const struct cm_shown_assessment *s = r->shown;
	enum cm_result rc = CM_OK;

	if (s->body->version != CM_ASSESS_VERSION || strcmp(s->body->engine, CM_ASSESSMENT_NAME) != 0) {
		out->outcome = CM_OUTCOME_FOREIGN;
		cm_buf_add_str(&r->text, "computed by another engine than is known here");
	} else if (s->read == NULL) {
		out->outcome = CM_OUTCOME_NOT;
		cm_buf_add_str(&r->text, s->trouble);
	} else {
		rc = redo(r, out);
	}
	if (rc == CM_OK)
		say_place(r);
	if (rc != CM_OK || cm_buf_cstr(&r->text) == NULL)
		return CM_E_NOMEM;
	out->text = cm_arena_printf(r->arena, "%s", cm_buf_cstr(&r->text));
	return out->text != NULL ? CM_OK : CM_E_NOMEM;
}

enum cm_result
cm_redo_assessments(const struct cm_redo_assessments_in *in, struct cm_arena *arena, struct cm_redone *out)
{
	uint64_t steps = CM_ASSESS_WORK;
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < in->dossier->n_assessments; i++) {
		struct redoing r = { .in = in, .shown = &in->dossier->assessments[i], .arena = arena, .number = i, .steps = &steps };

		rc = redo_one(&r, &out[i]);
		cm_buf_release(&r.text);
	}
	return rc;
}
