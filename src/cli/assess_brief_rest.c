/* The sanctions file as Markdown, from the rivals on. */
#include <inttypes.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/likely.h"
#include "base/build.h"
#include "cli/assess_brief.h"
#include "cli/assess_show.h"

#define A_LITTLE (CM_COST_ONE / 100)

static void
put_share(struct cm_brief_print *p, struct cm_posterior s)
{
	char lo[CM_LIKELY_TEXT], hi[CM_LIKELY_TEXT], words[CM_LIKELY_TEXT];

	cm_likely_percent(s.lo, lo);
	cm_likely_percent(s.hi, hi);
	cm_likely_words(s, words);
	fprintf(p->f, "%s (%s%s%s)", words, lo, strcmp(lo, hi) == 0 ? "" : " to ", strcmp(lo, hi) == 0 ? "" : hi);
}

static void
put_layer_name(struct cm_brief_print *p, const struct cm_brief_layer *l)
{
	fprintf(p->f, "\nLayer %s, about ", cm_layer_word(l->layer));
	cm_brief_put(p, cm_brief_name(p, l->hypothesis[l->about]));
	fputs(":\n\n", p->f);
}

/* ---- 4. Rivals ---- */

/* The next item that speaks most against the rival (or, with a ${sign} of -1, for it), after ${n} that were said. */
static size_t
next_item(const struct cm_brief_print *p, const struct cm_brief_layer *l, size_t rival, int sign, const size_t *said, size_t n)
{
	size_t best = CM_ASSESS_NONE;
	int64_t most = A_LITTLE;

	for (size_t i = 0; i < p->a->n_items; i++) {
		int64_t speaks = sign * l->against[i * l->n + rival];
		bool before = false;

		for (size_t k = 0; k < n; k++)
			before = before || said[k] == i;
		if (!p->b->in[i] || before || speaks <= most)
			continue;
		most = speaks;
		best = i;
	}
	return best;
}

static void
put_one(struct cm_brief_print *p, const struct cm_brief_layer *l, size_t rival, size_t item)
{
	int64_t speaks = l->against[item * l->n + rival];

	cm_brief_put(p, p->a->item[item].name);
	fputs(" (", p->f);
	cm_brief_decibans(p, speaks < 0 ? -speaks : speaks);
	fputs(")", p->f);
}

static void
put_ceiling(struct cm_brief_print *p, size_t hypothesis)
{
	const struct cm_hypothesis *h = &p->a->hypothesis[hypothesis];
	unsigned classes;
	int64_t odds = cm_brief_ceiling(p->a, hypothesis, &classes);

	fputs("  - A deceiver: ", p->f);
	cm_brief_put(p, p->a->hypothesis[h->by].name);
	fputs(", made to look like ", p->f);
	cm_brief_put(p, p->a->hypothesis[h->as].name);
	if (classes == 0) {
		fputs(". No class of evidence is held to be easy to plant.\n", p->f);
		return;
	}
	fputs(". By evidence that is easy to plant (", p->f);
	for (unsigned f = 0, n = 0; f < CM_FORGE_CLASSES; f++)
		if (classes >> f & 1)
			fprintf(p->f, "%sF%u", n++ == 0 ? "" : ", ", f);
	fprintf(p->f, "), however much of it there is, the odds of the blamed side against it never exceed %" PRId64 ".%02" PRId64 " to 1.\n",
	    odds / 1000, odds % 1000 / 10);
}

static void
put_rival(struct cm_brief_print *p, const struct cm_brief_layer *l, size_t rival)
{
	size_t said[CM_BRIEF_MOST], n = 0, for_it = next_item(p, l, rival, -1, NULL, 0);

	fputs("- ", p->f);
	cm_brief_put(p, p->a->hypothesis[l->hypothesis[rival]].name);
	fputs(": ", p->f);
	put_share(p, l->share[rival]);
	fputs(". Most against it: ", p->f);
	while (n < CM_BRIEF_MOST && (said[n] = next_item(p, l, rival, 1, said, n)) != CM_ASSESS_NONE) {
		fputs(n == 0 ? "" : ", ", p->f);
		put_one(p, l, rival, said[n++]);
	}
	fputs(n == 0 ? "no item. Most for it: " : ". Most for it: ", p->f);
	if (for_it == CM_ASSESS_NONE)
		fputs("no item", p->f);
	else
		put_one(p, l, rival, for_it);
	fputs(".\n", p->f);
	if (cm_hypothesis_deceives(&p->a->hypothesis[l->hypothesis[rival]]))
		put_ceiling(p, l->hypothesis[rival]);
}

/* What leaving one thing out does to who leads. */
static void
put_carriers(struct cm_brief_print *p, const struct cm_brief_layer *l)
{
	static const char *const what[] = { "the item", "the group", "all items of" };
	size_t n = 0;

	fputs("\nWhat carries the result (who leads: ", p->f);
	cm_brief_put(p, p->a->hypothesis[l->hypothesis[l->top]].name);
	fputs("):\n\n", p->f);
	for (size_t i = 0; i < l->left.n; i++) {
		const struct cm_left *m = &l->left.left[i];

		if (!m->flips || m->what == CM_LEFT_GROUP)
			continue;
		n++;
		fprintf(p->f, "- Without %s ", what[m->what]);
		cm_brief_put(p, m->name);
		fputs(", ", p->f);
		cm_brief_put(p, cm_brief_name(p, l->hypothesis[m->top]));
		fputs(" leads.\n", p->f);
	}
	if (n == 0)
		fputs("- No single item and no one party's items decide who leads.\n", p->f);
}

static void
put_flips(struct cm_brief_print *p, const struct cm_brief_layer *l)
{
	const struct cm_flips *f = &l->flips;

	if (f->size == 0) {
		fputs("- No set of items was found without which somebody else leads.\n", p->f);
	} else if (!f->exact) {
		fprintf(p->f, "- No %zu items or fewer decide who leads. Without these %zu somebody else does; there may be a smaller set: ", f->below,
		    f->size);
		if (f->bound != NULL)
			cm_brief_items(p, f->bound, f->size);
		fputs(".\n", p->f);
	}
	for (size_t i = 0; f->exact && i < f->n && i < CM_BRIEF_SETS; i++) {
		fputs("- Without ", p->f);
		cm_brief_items(p, f->set[i].item, f->size);
		fprintf(p->f, "%s somebody else leads.\n", f->size == 1 ? "" : " together");
	}
	if (f->exact && (f->n > CM_BRIEF_SETS || f->more))
		fprintf(p->f, "- %s%zu more sets of %zu do so.\n", f->more ? "At least " : "", f->n - (f->n < CM_BRIEF_SETS ? f->n : CM_BRIEF_SETS),
		    f->size);
}

void
cm_brief_rivals(struct cm_brief_print *p)
{
	fputs("\n## 4. Rival hypotheses, and what speaks against them\n\nNumbers in brackets are decibans: by how much the odds between the two change if that "
	      "item is left out; 10 are ten times, 3 about twice. Where a copy or another item of the group steps in, that is in it.\n", p->f);
	for (size_t k = 0; k < p->b->n_layers; k++) {
		const struct cm_brief_layer *l = &p->b->layer[k];

		if (!cm_brief_looks(p->b, l))
			continue;
		put_layer_name(p, l);
		for (size_t i = 0; i < l->n; i++)
			if (i != l->about)
				put_rival(p, l, i);
		put_carriers(p, l);
		put_flips(p, l);
	}
	for (size_t i = 0; i < p->a->n_without; i++) {
		const struct cm_assess_without *w = &p->a->without[i];

		fprintf(p->f, "%s- Not considered at the layer %s: ", i == 0 ? "\n" : "", cm_layer_word(w->layer));
		cm_brief_put(p, p->a->hypothesis[w->by].name);
		fputs(", made to look like ", p->f);
		cm_brief_put(p, p->a->hypothesis[w->as].name);
		fputs(", because: ", p->f);
		cm_brief_put(p, w->because);
		fputc('\n', p->f);
	}
}

/* ---- 5. What stays shut ---- */

static void
put_shut(struct cm_brief_print *p, const struct cm_assess_item *x)
{
	bool committed = x->forms >> 2 & 1, room = x->forms >> 6 & 1;

	fputs("| ", p->f);
	cm_brief_put(p, x->name);
	fprintf(p->f, " | %s", cm_assess_view_word(x->view));
	for (size_t i = 0; i < x->n_shown; i++) {
		fputs(i == 0 ? " with " : ", ", p->f);
		cm_brief_put(p, x->shown[i]);
	}
	fprintf(p->f, " | D%d: %s | %s%s%s%s |\n", x->cost, p->job->f.registry.cost_text[x->cost],
	    committed ? "C3: a commitment, opened to a panel" : "", committed && room ? "; " : "",
	    room ? "C7: inspection in a panel's room" : "",
	    committed || room ? "" : x->view == CM_VIEW_SHARED ? "whom it is shared with" : "**OPEN**: no form for a panel");
}

static void
put_open_results(struct cm_brief_print *p)
{
	fputs("\nWhat a reader of only the public items can conclude, beside what this view gives:\n\n| layer | hypothesis | public items only | this view |\n|---|---|---|---|\n", p->f);
	for (size_t k = 0; k < p->b->n_layers; k++) {
		const struct cm_brief_layer *l = &p->b->layer[k];

		for (size_t i = 0; i < l->n && cm_brief_looks(p->b, l); i++) {
			fprintf(p->f, "| %s | ", cm_layer_word(l->layer));
			cm_brief_put(p, p->a->hypothesis[l->hypothesis[i]].name);
			fputs(" | ", p->f);
			put_share(p, l->open[i]);
			fputs(i == l->open_top ? ", leads | " : " | ", p->f);
			put_share(p, l->share[i]);
			fputs(i == l->top ? ", leads |\n" : " |\n", p->f);
		}
	}
}

static void
put_closed(struct cm_brief_print *p)
{
	size_t left = p->a->n_items - p->b->n_in, n = 0;

	fputs("\n## 5. What stays shut, and who could inspect it\n\n", p->f);
	if (left > 0)
		fprintf(p->f, "- **OPEN**: items of the assessment that are left out of this view: %zu. It says nothing of them.\n\n", left);
	for (size_t i = 0; i < p->a->n_items; i++) {
		if (!p->b->in[i] || p->a->item[i].view == CM_VIEW_PUBLIC)
			continue;
		if (n++ == 0)
			fputs("| item | who may see it | what showing it costs its owner | who could inspect it |\n|---|---|---|---|\n", p->f);
		put_shut(p, &p->a->item[i]);
	}
	if (n == 0)
		fputs("- Every item of this view is public.\n", p->f);
	put_open_results(p);
}

/* ---- 6 to 9 ---- */

static void
put_lift(struct cm_brief_print *p)
{
	fputs("\n## 7. The measure, and what would lift it\n\nThe measure:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_MEASURE, "no measure is said, and no act of law (`measure`).");
	fputs("\nWhen it is looked at again:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_REVIEW, "no review is said (`review`).");
	fputs("\nWhat would lift it:\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_LIFT, "nothing is said that would lift it (`lift`).");
	fputs("\nItems that, if refuted, change who leads:\n", p->f);
	for (size_t k = 0; k < p->b->n_layers; k++) {
		if (!cm_brief_looks(p->b, &p->b->layer[k]))
			continue;
		fprintf(p->f, "\nLayer %s:\n\n", cm_layer_word(p->b->layer[k].layer));
		put_flips(p, &p->b->layer[k]);
	}
}

static void
put_questions(struct cm_brief_print *p)
{
	fputs("\n## 8. The questions a court asks\n\nOf the kind that stood before the Court of Justice of the European Union in Kadi II (judgment of 18 July 2013, joined cases "
	      "C-584/10 P, C-593/10 P and C-595/10 P, ECLI:EU:C:2013:518: rights of the defence, effective judicial protection, proportionality, "
	      "obligation to state reasons). The list is not complete, and other courts ask otherwise.\n\n"
	      "| question | answer | section |\n|---|---|---|\n", p->f);
	for (size_t i = 0; i < p->job->n_points; i++) {
		const struct cm_brief_point *q = &p->job->point[i];

		fprintf(p->f, "| %zu. %s | %s", i + 1, q->question, q->open ? "**OPEN** " : "");
		cm_brief_put(p, q->answer);
		fprintf(p->f, " | %s |\n", q->see);
	}
}

static void
put_command(struct cm_brief_print *p, const char *command, bool view)
{
	fputs("    ", p->f);
	fputs(command, p->f);
	if (view) {
		fprintf(p->f, " --view %s", cm_view_of_word(p->b->view));
		if (p->b->to != NULL) {
			fputs(strstr(command, " show") != NULL ? " --for " : " --to ", p->f);
			cm_cli_text(p->f, cm_span_str(p->b->to));
		}
	}
	fputc(' ', p->f);
	cm_cli_text(p->f, cm_span_str(p->job->name));
	fputc('\n', p->f);
}

static void
put_limits(struct cm_brief_print *p)
{
	fputs("\n## 9. Limits, and how to compute it again\n\n", p->f);
	for (size_t i = 0; cm_assess_limits[i] != NULL; i++)
		fprintf(p->f, "- %s\n", cm_assess_limits[i]);
	fputs("- The degree to which a state answers, the rules, acts, measure and reviews are what people wrote; nothing of that was checked here.\n"
	      "- Whether this is enough for a measure, no program says.\n\n", p->f);
	fprintf(p->f, "Made by %s %s from a file with the SHA-256 `%s`%s. Again, with the file:\n\n", cm_build_name(), cm_build_version(), p->job->digest,
	    p->b->n_in < p->a->n_items ? ", which also has what is left out here: who has it all can compare" : "");
	put_command(p, "sha256sum", false);
	if (!p->job->f.is_rows)
		put_command(p, "comity assess check", false);
	put_command(p, "comity assess show", true);
	put_command(p, "comity assess brief --for sanctions", true);
	fputs("\nThe arithmetic is published (docs/assessments.md, section 3): integers only, so any program gets the same digits.\n", p->f);
}

void
cm_brief_rest(struct cm_brief_print *p)
{
	put_closed(p);
	fputs("\n## 6. Right of reply\n\n", p->f);
	cm_brief_lines(p, CM_BRIEF_REPLY, "nobody was asked, or it is not written down (`reply`).");
	put_lift(p);
	put_questions(p);
	put_limits(p);
}
