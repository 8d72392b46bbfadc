/* The sanctions file as Markdown: who, acts, evidence; assess_brief_rest.c has what comes behind. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "base/hex.h"
#include "cli/assess_brief.h"

/* ---- words ---- */

static bool
is_markdown(char c)
{
	return strchr("\\`*_[]|~$", c) != NULL;
}

void
cm_brief_put(struct cm_brief_print *p, const char *text)
{
	struct cm_buf b = { 0 };

	if (text[0] != '\0' && strchr("#+-=>", text[0]) != NULL)
		cm_buf_add_str(&b, "\\");
	for (const char *c = text; *c != '\0'; c++) {
		if (is_markdown(*c))
			cm_buf_add_str(&b, "\\");
		if (*c == '<' || *c == '&')
			cm_buf_add_str(&b, *c == '<' ? "&lt;" : "&amp;");
		else
			cm_buf_add(&b, c, 1);
	}
	p->lost = p->lost || !cm_buf_ok(&b);
	cm_cli_text(p->f, cm_buf_span(&b));
	cm_buf_release(&b);
}

const char *
cm_brief_name(struct cm_brief_print *p, size_t hypothesis)
{
	const struct cm_hypothesis *h = &p->a->hypothesis[hypothesis];
	const char *text = h->name;

	if (cm_hypothesis_deceives(h))
		text = cm_arena_printf(&p->job->f.arena, "%s (%s, made to look like %s)", h->name, p->a->hypothesis[h->by].name,
		    p->a->hypothesis[h->as].name);
	p->lost = p->lost || text == NULL;
	return text == NULL ? "" : text;
}

void
cm_brief_items(struct cm_brief_print *p, const size_t *item, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputs(i == 0 ? "" : i + 1 == n ? " and " : ", ", p->f);
		cm_brief_put(p, p->a->item[item[i]].name);
	}
}

void
cm_brief_decibans(struct cm_brief_print *p, int64_t cost)
{
	int64_t m = cm_cost_millibans(cost), t = ((m < 0 ? -m : m) + 50) / 100;

	fprintf(p->f, "%s%" PRId64 ".%" PRId64, m < 0 ? "-" : "", t / 10, t % 10);
}

void
cm_brief_lines(struct cm_brief_print *p, enum cm_brief_field field, const char *open)
{
	size_t n = cm_brief_count(p->a, field);

	for (size_t i = 0; i < n; i++) {
		const char *text = cm_brief_line(p->a, field, i);

		fputs("- ", p->f);
		cm_brief_put(p, text);
		if (field == CM_BRIEF_ACT && !cm_brief_dated(text))
			fputs(" **OPEN**: it has no date.", p->f);
		if (field == CM_BRIEF_REPLY && !cm_brief_answered(text))
			fputs(" **OPEN**: no answer is written down.", p->f);
		fputc('\n', p->f);
	}
	if (n == 0)
		fprintf(p->f, "- **OPEN**: %s\n", open);
}

static void
put_range(struct cm_brief_print *p, struct cm_posterior s)
{
	char lo[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT];

	cm_likely_percent(s.lo, lo);
	cm_likely_percent(s.hi, hi);
	fputs(lo, p->f);
	if (strcmp(lo, hi) != 0)
		fprintf(p->f, " to %s", hi);
}

static void
put_words(struct cm_brief_print *p, struct cm_posterior s)
{
	char words[CM_LIKELY_TEXT];

	cm_likely_words(s, words);
	fputs(words, p->f);
}

/* ---- what comes first ---- */

static void
warn_stand(struct cm_brief_print *p, const struct cm_brief_stand *s)
{
	const struct cm_brief_layer *l = &p->b->layer[s->layer];

	if (l->layer < CM_LAYER_ORGANISATION || (s->leads && s->likely))
		return;
	fputs("**THIS EVIDENCE DOES NOT CARRY A LISTING OF ", p->f);
	cm_brief_put(p, s->entity->name);
	fputs(": AT THE LAYER ", p->f);
	for (const char *c = cm_layer_word(l->layer); *c != '\0'; c++)
		fputc(toupper((unsigned char)*c), p->f);
	fputs(s->leads ? " IT IS NOT, OVER THE WHOLE RANGE, AT LEAST \"LIKELY\" (" : " IT IS NOT THE LIKELIEST (", p->f);
	put_range(p, s->share);
	fputs(").**\n\n", p->f);
}

static void
warn_entity(struct cm_brief_print *p, const struct cm_brief_entity *e)
{
	if (e->reached)
		return;
	fputs(e->below ? "**THIS ASSESSMENT NAMES " : "**THIS ASSESSMENT DOES NOT SPEAK OF ", p->f);
	cm_brief_put(p, e->name);
	fputs(e->below ? " ONLY AT THE LAYER MACHINE OR OPERATOR. THAT DOES NOT BY ITSELF REACH AN ORGANISATION, A STATE OR A BENEFICIARY.**\n\n" :
			 ": NO HYPOTHESIS HAS THAT NAME OR ACTOR.**\n\n", p->f);
}

static void
put_head(struct cm_brief_print *p)
{
	for (size_t i = 0; i < p->b->n_entities; i++)
		warn_entity(p, &p->b->entity[i]);
	for (size_t i = 0; i < p->b->n_stands; i++)
		warn_stand(p, &p->b->stand[i]);
	fputs("# Brief for a decision on sanctions\n\n", p->f);
	cm_brief_put(p, p->a->title != NULL ? p->a->title : p->job->name);
	fputs("\n\n", p->f);
	if (p->a->party != NULL) {
		fputs("Made from an assessment of ", p->f);
		cm_brief_put(p, p->a->party);
		fputs(". ", p->f);
	}
	fprintf(p->f, "View: %s", cm_view_of_word(p->b->view));
	if (p->b->to != NULL) {
		fputs(" with ", p->f);
		cm_brief_put(p, p->b->to);
	}
	fprintf(p->f, ". Items in it: %zu of %zu; left out: %zu. All results are those of this view. ", p->b->n_in, p->a->n_items,
	    p->a->n_items - p->b->n_in);
	fprintf(p->f, "Questions of section 8 that are OPEN: %zu of %zu. What is OPEN the assessment does not answer; nothing was put in its "
		      "place. Numbers are elicited judgements, not measurements.\n",
	    p->job->n_open, p->job->n_points);
}

/* ---- 1. Who ---- */

static void
put_needs(struct cm_brief_print *p, const struct cm_brief_layer *l, size_t i)
{
	size_t needs = p->a->hypothesis[l->hypothesis[i]].needs;

	if (needs == CM_ASSESS_NONE)
		return;
	fprintf(p->f, "%s ", cm_layer_word(p->a->hypothesis[needs].layer));
	cm_brief_put(p, p->a->hypothesis[needs].name);
	for (size_t k = 0; k < p->b->n_layers; k++)
		for (size_t j = 0; j < p->b->layer[k].n; j++)
			if (p->b->layer[k].hypothesis[j] == needs && p->b->layer[k].share[j].mid < l->share[i].mid)
				fputs(", which is less likely: the two layers contradict each other", p->f);
}

static void
put_hypotheses(struct cm_brief_print *p, const struct cm_brief_layer *l)
{
	fprintf(p->f, "\nLayer %s: %s.\n\n| hypothesis | what it says | probability | in words | degree of the state's responsibility | needs |\n|---|---|---|---|---|---|\n",
	    cm_layer_word(l->layer), p->job->f.registry.layer_text[l->layer]);
	for (size_t i = 0; i < l->n; i++) {
		const struct cm_hypothesis *h = &p->a->hypothesis[l->hypothesis[i]];

		fputs("| ", p->f);
		cm_brief_put(p, cm_brief_name(p, l->hypothesis[i]));
		fputs(" | ", p->f);
		cm_brief_put(p, h->text == NULL ? "" : h->text);
		fputs(" | ", p->f);
		put_range(p, l->share[i]);
		fputs(" | ", p->f);
		put_words(p, l->share[i]);
		fprintf(p->f, " | %s | ", h->degree < 0 ? "" : cm_assess_degree_word(h->degree));
		put_needs(p, l, i);
		fputs(" |\n", p->f);
	}
	fprintf(p->f, "\nConfidence at this layer, which is about the evidence and not about the answer: %s.\n",
	    cm_confidence_word(l->confidence.level));
	for (int i = 0; i < CM_CONFIDENCE_REASONS; i++)
		fprintf(p->f, "- %s: %s\n", cm_confidence_word(l->confidence.allows[i]), l->confidence.reason[i]);
}

static void
put_stand(struct cm_brief_print *p, const struct cm_brief_stand *s)
{
	const struct cm_brief_layer *l = &p->b->layer[s->layer];

	fputs("- ", p->f);
	cm_brief_put(p, s->entity->name);
	fprintf(p->f, " at the layer %s: ", cm_layer_word(l->layer));
	put_words(p, s->share);
	fputs(" (", p->f);
	put_range(p, s->share);
	fputs("), openly or posing as another, taken together", p->f);
	fputs(s->leads ? "; nobody else is likelier.\n" : "; somebody else is likelier.\n", p->f);
}

static void
put_who(struct cm_brief_print *p)
{
	fputs("\n## 1. Who\n\nWho would be listed:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_ENTITY, "nobody is named as who would be listed (`entity`).");
	if (p->b->n_stands > 0)
		fputs("\nWhat the assessment says of them:\n\n", p->f);
	for (size_t i = 0; i < p->b->n_stands; i++)
		put_stand(p, &p->b->stand[i]);
	for (size_t i = 0; i < p->b->n_entities; i++) {
		if (p->b->entity[i].reached)
			continue;
		fputs("- **OPEN**: of ", p->f);
		cm_brief_put(p, p->b->entity[i].name);
		fputs(" the assessment does not speak at the layer organisation, state or beneficiary.\n", p->f);
	}
	fputs("\nLayers are kept apart. Which machine or which operator did something does not by itself say which organisation they belong to, and "
	      "none of these says that a state answers for it: each layer has its own hypotheses, items and result.\n", p->f);
	for (size_t k = 0; k < p->b->n_layers; k++)
		if (cm_brief_looks(p->b, &p->b->layer[k]))
			put_hypotheses(p, &p->b->layer[k]);
}

/* ---- 2. Acts ---- */

static void
put_rests(struct cm_brief_print *p, const struct cm_assess_item *x)
{
	char hex[65] = "";

	for (size_t i = 0; i < x->n_rests; i++) {
		cm_hex_encode(cm_span_of(x->rests[i].digest, 32), hex);
		hex[64] = '\0';
		fprintf(p->f, "%s%s `%s`", i == 0 ? "" : ", ", cm_rests_on_word(x->rests[i].what), hex);
	}
}

static bool
is_observed(const struct cm_assess_item *x)
{
	for (size_t i = 0; i < x->n_rests; i++)
		if (x->rests[i].what <= CM_RESTS_SEAL)
			return true;
	return false;
}

static void
put_acts(struct cm_brief_print *p)
{
	size_t n = 0;

	fputs("\n## 2. Acts\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_ACT, "no act is said (`act`).");
	fputs("\nRules that are said to be broken:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_LAW, "no rule is said, and no threshold (`law`).");
	fputs("\nHow sure who decides has to be:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_STANDARD, "no standard is said (`standard`).");
	fputs("\nItems that rest on signed statements about traffic, floods, chains of requests, or sealed data:\n\n", p->f);
	for (size_t i = 0; i < p->a->n_items; i++) {
		const struct cm_assess_item *x = &p->a->item[i];

		if (!p->b->in[i] || !is_observed(x))
			continue;
		n++;
		fputs("- ", p->f);
		cm_brief_put(p, x->name);
		fprintf(p->f, " (%s): ", x->type);
		cm_brief_put(p, x->text == NULL ? "" : x->text);
		fputs(x->text == NULL ? "" : "; ", p->f);
		put_rests(p, x);
		fputc('\n', p->f);
	}
	if (n == 0)
		fputs("- **OPEN**: none in this view.\n", p->f);
}

/* ---- 3. Evidence ---- */

static void
put_who_sees(struct cm_brief_print *p, const struct cm_assess_item *x)
{
	static const char *const who[CM_VIEWS] = { "everybody", "", "a panel", "nobody else" };

	fputs(who[x->view], p->f);
	for (size_t i = 0; x->view == CM_VIEW_SHARED && i < x->n_shown; i++) {
		fputs(i == 0 ? "shared with " : ", ", p->f);
		cm_brief_put(p, x->shown[i]);
	}
}

/* A report has its group from what it rests on; if that is not in the view, neither is its name. */
static bool
group_is_here(const struct cm_brief_print *p, const struct cm_assess_item *x)
{
	if (!x->report)
		return true;
	if (x->repeats != CM_ASSESS_NONE)
		return p->b->in[x->repeats] && group_is_here(p, &p->a->item[x->repeats]);
	return x->n_derived == 0 || (p->b->in[x->derived[0]] && group_is_here(p, &p->a->item[x->derived[0]]));
}

static void
put_upstream(struct cm_brief_print *p, const struct cm_assess_item *x)
{
	size_t away = 0;

	if (x->repeats != CM_ASSESS_NONE && p->b->in[x->repeats]) {
		fputs("; a copy of ", p->f);
		cm_brief_put(p, p->a->item[x->repeats].name);
	} else if (x->repeats != CM_ASSESS_NONE) {
		fputs("; a copy of an item that is not in this view", p->f);
	}
	for (size_t i = 0, n = 0; i < x->n_derived; i++) {
		if (!p->b->in[x->derived[i]]) {
			away++;
			continue;
		}
		fputs(n++ == 0 ? "; derived from " : ", ", p->f);
		cm_brief_put(p, p->a->item[x->derived[i]].name);
	}
	if (away > 0)
		fprintf(p->f, "; derived from %zu that %s not in this view", away, away == 1 ? "is" : "are");
	if (x->no_upstream)
		fputs("; leads to nothing that it rests on, and weighs nothing", p->f);
}

static void
put_weights(struct cm_brief_print *p, size_t item)
{
	for (size_t k = 0, n = 0; k < p->b->n_layers; k++) {
		const struct cm_brief_layer *l = &p->b->layer[k];
		int64_t share = cm_brief_share(l, item);

		if (cm_weigh_counting(l->w, p->b->in, item) == CM_COUNTS_NOT)
			continue;
		fprintf(p->f, "%s%s %" PRId64 ".%" PRId64 " %%", n++ == 0 ? "" : ", ", cm_layer_word(l->layer), share / 10, share % 10);
	}
}

static void
put_item(struct cm_brief_print *p, size_t i, const struct cm_evidence_type *t)
{
	const struct cm_assess_item *x = &p->a->item[i];
	int64_t c = p->a->class[x->forge].c;

	fprintf(p->f, "| ");
	cm_brief_put(p, x->name);
	fputs(x->text == NULL ? "" : ": ", p->f);
	cm_brief_put(p, x->text == NULL ? "" : x->text);
	fprintf(p->f, " | %s ", x->type);
	cm_brief_put(p, t == NULL ? "(not in the registry)" : t->name);
	fputs(" | ", p->f);
	cm_brief_put(p, t == NULL ? "" : t->supports);
	fprintf(p->f, " | F%d, %" PRId64 ".%02" PRId64 " | ", x->forge, c / CM_ASSESS_MILLION, c % CM_ASSESS_MILLION / 10000);
	for (unsigned k = 0, n = 0; k < CM_CHECK_FORMS; k++)
		if (x->forms >> k & 1)
			fprintf(p->f, "%sC%u", n++ == 0 ? "" : ", ", k + 1);
	fputs(" | ", p->f);
	cm_brief_put(p, group_is_here(p, x) ? x->group : "that of what it rests on");
	if (x->letter != 0)
		fprintf(p->f, " | %c%c | ", x->letter, x->digit);
	else
		fputs(" | own observation | ", p->f);
	cm_brief_put(p, x->by == NULL ? "nobody named" : x->by);
	fputs(" | ", p->f);
	put_who_sees(p, x);
	fputs(" | ", p->f);
	put_rests(p, x);
	put_upstream(p, x);
	fputs(" | ", p->f);
	put_weights(p, i);
	fputs(" |\n", p->f);
}

static void
put_evidence(struct cm_brief_print *p)
{
	const struct cm_registry *r = &p->job->f.registry;
	unsigned forms = 0;

	fputs("\n## 3. Evidence, by type\n\n| item | type | what such evidence supports | forge class, plantability | how it can be checked | "
	      "group | grade | whose | who may see it | rests on | share of the weight |\n|---|---|---|---|---|---|---|---|---|---|---|\n", p->f);
	for (size_t t = 0; t < r->n_types; t++)
		for (size_t i = 0; i < p->a->n_items; i++)
			if (p->b->in[i] && strcmp(p->a->item[i].type, r->type[t].id) == 0)
				put_item(p, i, &r->type[t]);
	for (size_t i = 0; i < p->a->n_items; i++) {
		forms |= p->b->in[i] ? p->a->item[i].forms : 0u;
		if (p->b->in[i] && cm_registry_find(r, p->a->item[i].type) == NULL)
			put_item(p, i, NULL);
	}
	fputs("\nPlantability: how often, it is judged, a capable deceiver could and would leave such evidence. Items of one group look at one thing "
	      "and do not count in full beside each other. Weight: how far an item tells hypotheses apart.\n\nHow a court, or the listed party, can check:\n\n", p->f);
	for (unsigned k = 0; k < CM_CHECK_FORMS; k++)
		if (forms >> k & 1)
			fprintf(p->f, "- C%u: %s\n", k + 1, r->form_text[k]);
	if (forms == 0)
		fputs("- **OPEN**: there is no item in this view.\n", p->f);
}

enum cm_result
cm_brief_markdown(struct cm_assess_brief_job *job, FILE *f, struct cm_err *err)
{
	struct cm_brief_print p = { .f = f, .job = job, .b = &job->brief, .a = &job->f.a };

	put_head(&p);
	put_who(&p);
	put_acts(&p);
	put_evidence(&p);
	cm_brief_rivals(&p);
	cm_brief_rest(&p);
	return p.lost ? cm_err_set(err, CM_E_NOMEM, "out of memory; what was printed is not all") : CM_OK;
}
