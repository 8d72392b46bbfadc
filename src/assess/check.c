/* What is implausible or missing: hypotheses and items one by one. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "assess/check_parts.h"

#define OTHER_AT_LEAST (CM_ASSESS_ONE / 20)

const char *
cm_remark_severity_word(enum cm_remark_severity severity)
{
	return severity == CM_REMARK_WARNING ? "warning" : "note";
}

void
cm_assess_remark(struct cm_assess_checker *c, enum cm_remark_severity severity, unsigned line, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	if (c->n == CM_ASSESS_REMARKS) {
		c->left_out++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->remark[c->n] = (struct cm_assess_remark) { severity, line, cm_arena_copy(c->arena, text, strlen(text) + 1) };
	c->no_memory = c->no_memory || c->remark[c->n].text == NULL;
	c->n++;
}

unsigned
cm_assess_line_of_item(const struct cm_assess_checker *c, size_t item)
{
	return c->places == NULL ? 0 : c->places->item[item].line;
}

unsigned
cm_assess_line_of_hypothesis(const struct cm_assess_checker *c, size_t hypothesis)
{
	return c->places == NULL ? 0 : c->places->hypothesis[hypothesis].line;
}

size_t
cm_assess_next_own(const struct cm_assessment *a, enum cm_layer layer, size_t from)
{
	while (from < a->n_hypotheses &&
	       (a->hypothesis[from].layer != layer || cm_hypothesis_deceives(&a->hypothesis[from])))
		from++;
	return from;
}

/* ---- hypotheses ---- */

static void
check_hypothesis(struct cm_assess_checker *c, size_t number)
{
	const struct cm_hypothesis *h = &c->a->hypothesis[number];
	bool other = strcmp(h->name, CM_ASSESS_OTHER) == 0;
	unsigned line = cm_assess_line_of_hypothesis(c, number);

	if (other && h->prior < OTHER_AT_LEAST)
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "%s other: a prior below 0.05 says that whoever it was has almost surely been thought of",
		    cm_layer_word(h->layer));
	if (!other && !cm_hypothesis_deceives(h) && h->layer == CM_LAYER_STATE && h->degree < 0 &&
	    h->kind <= CM_ASSESS_STATE_SPONSORED)
		cm_assess_remark(c, CM_REMARK_NOTE, line,
		    "state %s: no `degree' says how far the state would answer for it, from prohibited to integrated", h->name);
}

/* A state is named: then those who are taken for one belong beside it. */
static void
check_kinds(struct cm_assess_checker *c, enum cm_layer layer)
{
	static const enum cm_assess_kind wanted[] = { CM_ASSESS_STATE, CM_ASSESS_STATE_SPONSORED, CM_ASSESS_CRIMINAL };
	unsigned named = 0, own = 0, line = 0;

	for (size_t i = 0; i < c->a->n_hypotheses; i++) {
		const struct cm_hypothesis *h = &c->a->hypothesis[i];

		if (h->layer != layer)
			continue;
		named |= 1u << h->kind;
		own |= cm_hypothesis_deceives(h) ? 0 : 1u << h->kind;
		if (h->kind == CM_ASSESS_STATE && line == 0)
			line = cm_assess_line_of_hypothesis(c, i);
	}
	if (!(named >> CM_ASSESS_STATE & 1))
		return;
	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++)
		if (!(own >> wanted[k] & 1))
			cm_assess_remark(c, CM_REMARK_NOTE, line,
			    "layer %s: a state is named, but no hypothesis of kind %s stands on its own",
			    cm_layer_word(layer), cm_assess_kind_word(wanted[k]));
}

static void
check_classes(struct cm_assess_checker *c)
{
	const struct cm_assess_class *class = c->a->class;

	for (unsigned k = 1; k < CM_FORGE_CLASSES; k++)
		if (class[k].c > class[k - 1].c)
			cm_assess_remark(c, CM_REMARK_WARNING, 0,
			    "class F%u is said to be planted more easily than F%u, though the higher class is the harder one", k, k - 1);
}

static void
check_groups(struct cm_assess_checker *c, const bool *used)
{
	for (size_t i = 0; i < c->a->n_groups; i++)
		if (!used[i])
			cm_assess_remark(c, CM_REMARK_NOTE, 0, "rho %s: no item is of that group", c->a->group[i].name);
}

/* ---- one item at one layer ---- */

struct seen {
	size_t given, asked, all; /* likelihoods */
	size_t lacks;		  /* the first hypothesis without one */
	bool equal, point;	  /* all the same; any that is no range */
	bool one;		  /* any of 1 */
};

static struct seen
look(const struct cm_assessment *a, const struct cm_assess_item *item, enum cm_layer layer)
{
	struct seen seen = { .lacks = CM_ASSESS_NONE, .equal = true };
	size_t first = cm_assess_next_own(a, layer, 0);

	for (size_t i = first; i < a->n_hypotheses; i = cm_assess_next_own(a, layer, i + 1)) {
		const struct cm_assess_cell *cell = &item->cell[i];

		seen.all++;
		seen.given += cell->p.lo != 0;
		seen.asked += cell->asked;
		if (cell->p.lo == 0 && !cell->asked && seen.lacks == CM_ASSESS_NONE)
			seen.lacks = i;
		seen.equal = seen.equal && cell->p.lo == item->cell[first].p.lo && cell->p.hi == item->cell[first].p.hi;
		seen.point = seen.point || (cell->p.lo != 0 && cell->p.lo == cell->p.hi);
		seen.one = seen.one || cell->p.hi == CM_ASSESS_ONE;
	}
	return seen;
}

static void
check_asked(struct cm_assess_checker *c, size_t number, enum cm_layer layer)
{
	const struct cm_assess_item *item = &c->a->item[number];

	for (size_t i = cm_assess_next_own(c->a, layer, 0); i < c->a->n_hypotheses;
	     i = cm_assess_next_own(c->a, layer, i + 1))
		if (item->cell[i].asked)
			cm_assess_remark(c, CM_REMARK_WARNING, cm_assess_line_of_item(c, number),
			    "item %s: the likelihood for %s %s is still asked (`?'); %s%s has to give it, as whose item it is",
			    item->name, cm_layer_word(layer), c->a->hypothesis[i].name, item->by == NULL ? "" : "party ",
			    item->by == NULL ? "its author" : item->by);
}

/* Is it in use at that layer at all?  Then what is odd about it is said. */
static void
check_cells(struct cm_assess_checker *c, size_t number, enum cm_layer layer, struct seen seen)
{
	const struct cm_assess_item *item = &c->a->item[number];
	const char *word = cm_layer_word(layer);
	unsigned line = cm_assess_line_of_item(c, number);

	if (seen.given + seen.asked == 0)
		return;
	if (seen.asked > 0)
		check_asked(c, number, layer);
	if (seen.lacks != CM_ASSESS_NONE)
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "item %s: does not count at the layer %s, since it has no likelihood for %s", item->name, word,
		    c->a->hypothesis[seen.lacks].name);
	if (seen.one)
		cm_assess_remark(c, CM_REMARK_NOTE, line,
		    "item %s: a likelihood of 1 at the layer %s says that it could not have been otherwise", item->name, word);
	if (seen.given == seen.all && seen.all > 1 && seen.equal)
		cm_assess_remark(c, CM_REMARK_NOTE, line,
		    "item %s: says nothing at the layer %s, since all likelihoods are equal", item->name, word);
	if (seen.given == seen.all)
		cm_assess_check_ratio(c, number, layer);
}

/* ---- one item ---- */

static void
check_grade(struct cm_assess_checker *c, size_t number, bool point)
{
	const struct cm_assess_item *item = &c->a->item[number];
	unsigned line = cm_assess_line_of_item(c, number);

	if (item->letter == 'F')
		cm_assess_remark(c, CM_REMARK_NOTE, line, "item %s: of grade F nobody knows whether to believe the source, so "
		    "its likelihoods count between 10 and 90 in 100, whichever is worse at each end", item->name);
	if (item->letter == 'G')
		cm_assess_remark(c, CM_REMARK_NOTE, line, "item %s: of grade G the source is known to deceive, so that it "
		    "speaks for nobody, and helps only the hypotheses that somebody was made to look like whom it blames", item->name);
	if (item->letter >= 'C' && point)
		cm_assess_remark(c, CM_REMARK_NOTE, line,
		    "item %s: the source is graded %c, and yet a likelihood is one number and no range", item->name, item->letter);
}

/* Where it is said to speak, and evidence of its type is not known to. */
static void
check_type(struct cm_assess_checker *c, size_t number, unsigned layers)
{
	const struct cm_assess_item *item = &c->a->item[number];
	const struct cm_evidence_type *type = cm_registry_find(c->registry, item->type);
	unsigned line = cm_assess_line_of_item(c, number);
	char words[CM_LAYERS * 16] = "";
	size_t used = 0;

	if (type == NULL)
		return;
	for (unsigned k = 0; k < CM_LAYERS; k++)
		if (layers >> k & 1 && !(type->layers >> k & 1))
			used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", used > 0 ? ", " : "",
			    cm_layer_word((enum cm_layer)k));
	if (used > 0)
		cm_assess_remark(c, CM_REMARK_NOTE, line, "item %s: evidence of type %s is not known to speak at the layer %s",
		    item->name, item->type, words);
	if (type->forge_lo != CM_FORGE_GRADED && item->forge > type->forge_hi)
		cm_assess_remark(c, CM_REMARK_NOTE, line,
		    "item %s: class F%d is harder to plant than evidence of type %s, F%d at most", item->name, item->forge,
		    item->type, type->forge_hi);
}

static void
check_weight(struct cm_assess_checker *c, size_t number)
{
	const struct cm_assess_item *item = &c->a->item[number];
	bool named = item->repeats != CM_ASSESS_NONE || item->n_derived > 0;

	cm_assess_remark(c, CM_REMARK_WARNING, cm_assess_line_of_item(c, number), "item %s: %s carries no weight", item->name,
	    named ? "what it repeats or is derived from leads to reports only, and to no origin, so that it" :
		    "a report that says neither what it repeats nor what it is derived from");
}

/* ${named}: others repeat it or are derived from it, so that it may be an origin, which has no numbers. */
static void
check_item(struct cm_assess_checker *c, size_t number, bool named)
{
	const struct cm_assess_item *item = &c->a->item[number];
	bool counts = false, asked = false, point = false;
	unsigned layers = 0;

	for (unsigned k = 0; k < CM_LAYERS; k++) {
		struct seen seen = look(c->a, item, (enum cm_layer)k);

		check_cells(c, number, (enum cm_layer)k, seen);
		counts = counts || (seen.all > 0 && seen.given == seen.all);
		asked = asked || seen.asked > 0;
		point = point || seen.point;
		layers |= seen.given + seen.asked > 0 ? 1u << k : 0;
	}
	if (layers == 0 && named)
		return;
	check_type(c, number, layers);
	check_grade(c, number, point);
	if (item->no_upstream)
		check_weight(c, number);
	else if (!counts && !asked)
		cm_assess_remark(c, CM_REMARK_WARNING, cm_assess_line_of_item(c, number),
		    "item %s: counts nowhere, since it has no layer with a likelihood for each hypothesis", item->name);
}

static void
check_items(struct cm_assess_checker *c)
{
	const struct cm_assessment *a = c->a;
	bool *named = cm_arena_array(c->arena, a->n_items, sizeof(*named));

	if (named == NULL) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < a->n_items; i++) {
		if (a->item[i].repeats != CM_ASSESS_NONE)
			named[a->item[i].repeats] = true;
		for (size_t k = 0; k < a->item[i].n_derived; k++)
			named[a->item[i].derived[k]] = true;
	}
	for (size_t i = 0; i < a->n_items; i++)
		check_item(c, i, named[i]);
}

/* ---- families ---- */

struct family {
	size_t copies;
	unsigned views; /* bits */
};

/* Copies that are seen by nobody who does not see the original never count. */
static void
check_families(struct cm_assess_checker *c)
{
	const struct cm_assessment *a = c->a;
	struct family *family = cm_arena_array(c->arena, a->n_items, sizeof(*family));
	size_t *root = cm_arena_array(c->arena, a->n_items, sizeof(*root));

	if (family == NULL || root == NULL) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < a->n_items; i++) {
		size_t at = i, next;

		while (a->item[at].repeats != CM_ASSESS_NONE && root[at] == 0)
			at = a->item[at].repeats;
		at = root[at] == 0 ? at : root[at] - 1;
		/* the way there is gone once; later ones stop where it began */
		for (size_t k = i; k != at && root[k] == 0; k = next) {
			next = a->item[k].repeats;
			root[k] = at + 1;
		}
		family[at].copies += at != i;
		family[at].views |= 1u << a->item[i].view;
	}
	for (size_t i = 0; i < a->n_items; i++)
		if (family[i].copies > 0 && (family[i].views & (family[i].views - 1)) == 0)
			cm_assess_remark(c, CM_REMARK_NOTE, cm_assess_line_of_item(c, i),
			    "item %s: copies of it (%zu) stand in the view %s, as it does itself: they count only where it is left out",
			    a->item[i].name, family[i].copies,
			    cm_assess_view_word(a->item[i].view));
}

CM_RESULT
cm_assess_check(const struct cm_assessment *a, const struct cm_assess_places *places, const struct cm_registry *registry,
    struct cm_arena *arena, struct cm_assess_remarks *out, struct cm_err *err)
{
	struct cm_assess_checker c = { .a = a, .places = places, .registry = registry, .arena = arena };
	bool *used = cm_arena_array(arena, a->n_groups, sizeof(*used));

	c.remark = cm_arena_array(arena, CM_ASSESS_REMARKS, sizeof(*c.remark));
	if (used == NULL || c.remark == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for remarks");
	for (size_t i = 0; i < a->n_items; i++)
		used[a->item[i].group_number] = true;
	check_classes(&c);
	check_groups(&c, used);
	for (size_t i = 0; i < a->n_hypotheses; i++)
		check_hypothesis(&c, i);
	for (unsigned k = 0; k < CM_LAYERS; k++)
		check_kinds(&c, (enum cm_layer)k);
	check_items(&c);
	check_families(&c);
	cm_assess_check_pairs(&c);
	if (c.no_memory)
		return cm_err_set(err, CM_E_NOMEM, "no memory for remarks");
	*out = (struct cm_assess_remarks) { c.remark, c.n, c.left_out };
	return CM_OK;
}
