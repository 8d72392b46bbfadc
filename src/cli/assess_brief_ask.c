/* The questions that a court asks, and what the assessment answers. */
#include <string.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "cli/assess_brief.h"

#define A_LITTLE (CM_COST_ONE / 100) /* ln odds below which an item speaks for nobody */
#define HANDED (1u << 2 | 1u << 6)   /* C3, C7: a panel could see it */
#define C8_ONLY (1u << 7)
#define PARTIES_NAMED 8u

struct asking {
	struct cm_assess_brief_job *job;
	const struct cm_brief *b;
	const struct cm_assessment *a;
	struct cm_arena *arena;
	bool lost;
};

static const char *
kept(struct asking *q, const char *text)
{
	q->lost = q->lost || text == NULL;
	return text != NULL ? text : "";
}

#define SAY(q, ...) kept(q, cm_arena_printf((q)->arena, __VA_ARGS__))

static void
point(struct asking *q, const char *question, const char *see, bool open, const char *answer)
{
	q->job->point[q->job->n_points++] = (struct cm_brief_point) { question, answer, see, open };
	q->job->n_open += open;
}

static size_t
lines(const struct asking *q, enum cm_brief_field field)
{
	return cm_brief_count(q->a, field);
}

/* "1 item", "2 items" */
static const char *
items(struct asking *q, size_t n)
{
	return SAY(q, "%zu item%s", n, n == 1 ? "" : "s");
}

/* Weighs the item anything at a layer that is looked at? */
static bool
weighs(const struct cm_brief *b, size_t item)
{
	for (size_t k = 0; k < b->n_layers; k++)
		if (cm_brief_looks(b, &b->layer[k]) && b->layer[k].weight[item] > 0)
			return true;
	return false;
}

size_t
cm_brief_against(const struct cm_brief *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->a->n_items; i++) {
		bool against = false;

		for (size_t k = 0; k < b->n_layers; k++)
			against = against || (b->in[i] && cm_brief_looks(b, &b->layer[k]) && b->layer[k].speaks[i] < -A_LITTLE);
		n += against;
	}
	return n;
}

/* ---- reasons and what can be seen ---- */

static void
ask_reasons(struct asking *q)
{
	size_t acts = lines(q, CM_BRIEF_ACT), dated = 0, entities = q->b->n_entities, laws = lines(q, CM_BRIEF_LAW);

	for (size_t i = 0; i < acts; i++)
		dated += cm_brief_dated(cm_brief_line(q->a, CM_BRIEF_ACT, i));
	point(q, "Is the statement of reasons individual, specific and concrete?", "1, 2",
	    entities == 0 || acts == 0 || dated < acts || laws == 0,
	    SAY(q, "Named as who would be listed: %zu. Acts: %zu, with a date: %zu. Rules said to be broken: %zu.", entities, acts, dated, laws));
}

static void
ask_material(struct asking *q)
{
	size_t own = 0, bare = 0, left = q->a->n_items - q->b->n_in;

	for (size_t i = 0; i < q->a->n_items; i++) {
		own += q->b->in[i] && q->a->item[i].view == CM_VIEW_OWN;
		bare += q->b->in[i] && q->a->item[i].forms == C8_ONLY;
	}
	point(q, "Is each fact supported by material that the court can see?", "3, 5",
	    q->b->n_in == 0 || own > 0 || bare > 0 || left > 0,
	    SAY(q, "%s here, %zu of them public, each with a statement or document behind it. Shown to nobody: %zu. Bare claims, which can not be "
		"checked: %zu. Left out of this view: %zu.",
		items(q, q->b->n_in), q->b->n_open, own, bare, left));
}

static void
ask_comment(struct asking *q)
{
	size_t seen = 0;

	for (size_t i = 0; i < q->a->n_items; i++) {
		bool all = q->b->in[i];

		for (size_t e = 0; e < q->b->n_entities; e++)
			all = all && cm_view_has(&q->a->item[i], CM_OF_SHARED, q->b->entity[e].name);
		seen += all && (q->b->n_entities > 0 || q->a->item[i].view == CM_VIEW_PUBLIC);
	}
	point(q, "Can the listed party see it, and comment on it?", "3, 6", seen < q->a->n_items || seen == 0,
	    SAY(q, "It can see %zu of %zu items: what is public, and what is shared with it.", seen, q->b->n_in));
}

/* ---- what kind of evidence ---- */

static void
ask_direct(struct asking *q)
{
	size_t reports = 0, nothing = 0, copies = 0;

	for (size_t i = 0; i < q->a->n_items; i++) {
		reports += q->b->in[i] && q->a->item[i].report;
		nothing += q->b->in[i] && q->a->item[i].no_upstream;
		copies += q->b->in[i] && q->a->item[i].repeats != CM_ASSESS_NONE;
	}
	point(q, "Is the evidence direct or by report, and does any report merely repeat another?", "3", q->b->n_in == 0,
	    SAY(q, "%zu direct, %zu by report. %zu lead to nothing that they rest on, and weigh nothing. %zu repeat another item; of an item and its "
		   "copies one counts.",
		q->b->n_in - reports, reports, nothing, copies));
}

/* Is the item the first of its party that ${which} holds for? */
static bool
first_of_party(const struct asking *q, size_t item, bool (*which)(const struct cm_brief *b, size_t item))
{
	const char *by = q->a->item[item].by;

	if (by == NULL || !which(q->b, item))
		return false;
	for (size_t k = 0; k < item; k++)
		if (which(q->b, k) && q->a->item[k].by != NULL && strcmp(q->a->item[k].by, by) == 0)
			return false;
	return true;
}

static bool
is_in(const struct cm_brief *b, size_t item)
{
	return b->in[item];
}

static bool
is_in_and_weighs(const struct cm_brief *b, size_t item)
{
	return b->in[item] && weighs(b, item);
}

static const char *
parties(struct asking *q, bool (*which)(const struct cm_brief *b, size_t item), size_t *n)
{
	const char *list = "";

	*n = 0;
	for (size_t i = 0; i < q->a->n_items; i++) {
		if (!first_of_party(q, i, which))
			continue;
		if (*n < PARTIES_NAMED)
			list = SAY(q, "%s%s%s", list, *n == 0 ? "" : ", ", q->a->item[i].by);
		++*n;
	}
	return *n > PARTIES_NAMED ? SAY(q, "%s and %zu more", list, *n - PARTIES_NAMED) : *n == 0 ? "nobody" : list;
}

static void
ask_voucher(struct asking *q)
{
	size_t graded = 0, nobody = 0, n;
	char letter = 0, digit = 0;
	const char *list = parties(q, is_in, &n), *worst;

	for (size_t i = 0; i < q->a->n_items; i++) {
		const struct cm_assess_item *x = &q->a->item[i];

		nobody += q->b->in[i] && x->by == NULL;
		if (!q->b->in[i] || x->letter == 0)
			continue;
		graded++;
		if (x->letter > letter || (x->letter == letter && x->digit > digit)) {
			letter = x->letter;
			digit = x->digit;
		}
	}
	worst = graded == 0 ? "" : SAY(q, ", the worst %c%c", letter, digit);
	point(q, "Who vouches for it, and how is each source graded?", "3", q->b->n_in == 0 || nobody > 0,
	    SAY(q, "Items of: %s. Graded: %zu%s; the other %zu are their authors' own observation. Of nobody named: %zu.", list, graded, worst,
		q->b->n_in - graded, nobody));
}

static void
ask_exculpatory(struct asking *q)
{
	size_t n = cm_brief_against(q->b);

	point(q, "Was exculpatory evidence looked for, and is it in the file?", "4", n == 0,
	    n == 0 ? "No item speaks against it. Whether any was looked for, the assessment does not say." :
		     SAY(q, "%s here speak%s against it and for a rival. How hard others were looked for, numbers can not say.", items(q, n),
			 n == 1 ? "s" : ""));
}

static void
ask_alternatives(struct asking *q)
{
	size_t rivals = 0, deceivers = 0, without = 0;

	for (size_t k = 0; k < q->b->n_layers; k++) {
		const struct cm_brief_layer *l = &q->b->layer[k];

		if (!cm_brief_looks(q->b, l))
			continue;
		for (size_t i = 0; i < l->n; i++)
			deceivers += cm_hypothesis_deceives(&q->a->hypothesis[l->hypothesis[i]]);
		rivals += l->n - 1;
		for (size_t i = 0; i < q->a->n_without; i++)
			without += q->a->without[i].layer == l->layer;
	}
	point(q, "Were alternatives considered, deception among them?", "4", rivals == 0 || (deceivers == 0 && without == 0),
	    SAY(q, "%zu rivals; %zu hypotheses in which somebody poses as another; %zu such pairs left out with a reason.", rivals, deceivers,
		without));
}

/* ---- whom it reaches ---- */

static void
ask_layer(struct asking *q)
{
	size_t reached = 0;

	for (size_t i = 0; i < q->b->n_entities; i++)
		reached += q->b->entity[i].reached;
	point(q, "Is it attributed to this entity, rather than to a machine or an operator?", "1",
	    q->b->n_entities == 0 || reached < q->b->n_entities,
	    SAY(q, "Would be listed: %zu. Named by a hypothesis at the layer organisation, state or beneficiary: %zu.", q->b->n_entities,
		reached));
}

static void
ask_degree(struct asking *q)
{
	const struct cm_brief_layer *l = NULL;
	const struct cm_hypothesis *h;
	char words[CM_LIKELY_TEXT];

	for (size_t k = 0; k < q->b->n_layers; k++)
		if (q->b->layer[k].layer == CM_LAYER_STATE)
			l = &q->b->layer[k];
	if (l == NULL) {
		point(q, "To what degree does a state answer for it?", "1", false, "The assessment does not speak of any state.");
		return;
	}
	h = &q->a->hypothesis[l->hypothesis[l->about]];
	cm_likely_words(l->share[l->about], words);
	if (h->degree < 0)
		point(q, "To what degree does a state answer for it?", "1", true, SAY(q, "No degree is given for the hypothesis %s.", h->name));
	else
		point(q, "To what degree does a state answer for it?", "1", false,
		    SAY(q, "If %s holds (%s): %s, on a scale from prohibited to integrated.", h->name,
			words, cm_assess_degree_word(h->degree)));
}

static void
ask_strength(struct asking *q)
{
	const char *list = "";
	char words[CM_LIKELY_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < q->b->n_stands; i++) {
		const struct cm_brief_stand *s = &q->b->stand[i];

		if (!cm_brief_looks(q->b, &q->b->layer[s->layer]))
			continue;
		cm_likely_words(s->share, words);
		list = SAY(q, "%s%s at the layer %s: %s. ", list, s->entity->name, cm_layer_word(q->b->layer[s->layer].layer), words);
		n++;
	}
	point(q, "How strong is the conclusion in words of probability, and which standard is asked for?", "1, 4",
	    n == 0 || lines(q, CM_BRIEF_STANDARD) == 0,
	    SAY(q, "%s%s", list, lines(q, CM_BRIEF_STANDARD) == 0 ? "No standard is said." : "The standard stands in section 2."));
}

static void
ask_party(struct asking *q)
{
	size_t n, alone = 0;
	const char *list = parties(q, is_in_and_weighs, &n);

	for (size_t k = 0; k < q->b->n_layers; k++)
		for (size_t i = 0; i < q->b->layer[k].left.n; i++)
			alone += cm_brief_looks(q->b, &q->b->layer[k]) && q->b->layer[k].left.left[i].what == CM_LEFT_PARTY &&
			    q->b->layer[k].left.left[i].flips;
	point(q, "Does it rest on material from one party only?", "3, 4", n == 0,
	    SAY(q, "%s: what weighs anything comes from %zu %s (%s). %s", n == 1 ? "Yes" : n == 0 ? "Nothing weighs anything" : "No", n,
		n == 1 ? "party" : "parties", list,
		alone == 0 ? "No one party's items alone decide who leads." :
			     SAY(q, "Leaving out one party's items changes who leads in %zu case%s.", alone, alone == 1 ? "" : "s")));
}

/* ---- what is shut, and what follows ---- */

static void
ask_withheld(struct asking *q)
{
	size_t shut = 0, none = 0, left = q->a->n_items - q->b->n_in;

	for (size_t i = 0; i < q->a->n_items; i++) {
		bool is = q->b->in[i] && q->a->item[i].view != CM_VIEW_PUBLIC;

		shut += is;
		none += is && q->a->item[i].view != CM_VIEW_SHARED && (q->a->item[i].forms & HANDED) == 0;
	}
	if (left > 0)
		point(q, "What was withheld, why, and who could inspect it?", "5", true,
		    SAY(q, "Left out of this view: %s. What, why, and who could inspect it, only a view that has it can say.", items(q, left)));
	else
		point(q, "What was withheld, why, and who could inspect it?", "5", none > 0,
		    SAY(q, "Not public: %s. Of these neither shared nor in a form in which a panel could inspect them (C3, C7): %zu.", items(q, shut),
			none));
}

static void
ask_rest(struct asking *q)
{
	size_t replies = lines(q, CM_BRIEF_REPLY), answered = 0;
	bool both = lines(q, CM_BRIEF_MEASURE) > 0 && lines(q, CM_BRIEF_REVIEW) > 0;

	for (size_t i = 0; i < replies; i++)
		answered += cm_brief_answered(cm_brief_line(q->a, CM_BRIEF_REPLY, i));
	point(q, "Can the computation be repeated by the court's expert?", "9", false,
	    "Yes: from the file, to the last digit, by the commands in section 9 or by hand from the published arithmetic.");
	point(q, "Is the measure proportionate and limited in time?", "7", !both,
	    both ? "Measure and review stand in section 7. Whether that is proportionate, who decides has to say." :
		   "The measure, or when it is looked at again, is not said.");
	point(q, "Was a right of reply given?", "6", replies == 0 || answered < replies,
	    SAY(q, "Asked: %zu. Answered: %zu.", replies, answered));
	point(q, "What would change the finding?", "4, 7", lines(q, CM_BRIEF_LIFT) == 0,
	    lines(q, CM_BRIEF_LIFT) == 0 ? "Which items do stands in section 7; what would lift the measure is not said." :
					   "Which items do, and what would lift the measure, stands in section 7.");
}

enum cm_result
cm_brief_ask(struct cm_assess_brief_job *job, struct cm_err *err)
{
	struct asking q = { .job = job, .b = &job->brief, .a = &job->f.a, .arena = &job->f.arena };

	ask_reasons(&q);
	ask_material(&q);
	ask_comment(&q);
	ask_direct(&q);
	ask_voucher(&q);
	ask_exculpatory(&q);
	ask_alternatives(&q);
	ask_layer(&q);
	ask_degree(&q);
	ask_strength(&q);
	ask_party(&q);
	ask_withheld(&q);
	ask_rest(&q);
	return q.lost ? cm_err_set(err, CM_E_NOMEM, "no memory for the brief") : CM_OK;
}
