/* What stands below a hypothesis or an item. */
#include <string.h>

#include "assess/text_parts.h"
#include "base/hex.h"

static const char *const impossible = "a likelihood of 0 would decide everything by itself; enter how improbable it is, "
				      "or that you are mistaken";

/* ---- both ---- */

int
cm_assess_word_number(struct cm_span word, int (*find)(const char *word))
{
	char text[CM_ASSESS_NAME + 1];

	if (word.len == 0 || word.len > CM_ASSESS_NAME)
		return -1;
	memcpy(text, word.ptr, word.len);
	text[word.len] = '\0';
	return find(text);
}

/* Each field once. */
static CM_RESULT
mark(struct cm_assess_reader *r, unsigned field, struct cm_span word)
{
	if (r->seen >> field & 1)
		return cm_assess_fail(r, word.ptr, "a second `%.*s'", CM_PLACE_WORD(word));
	r->seen |= 1u << field;
	return CM_OK;
}

static CM_RESULT
probability(const struct cm_assess_reader *r, struct cm_span word, const char *zero, int64_t *out)
{
	enum cm_result rc = cm_assess_decimal(r, word, 12, out);

	return rc == CM_OK && *out == 0 ? cm_assess_fail(r, word.ptr, "%s", zero) : rc;
}

CM_RESULT
cm_assess_admits(const struct cm_assess_reader *r, struct cm_span *s, int digits, int64_t value,
    struct cm_assess_range *out, struct cm_assess_at *at)
{
	struct cm_span lo, hi;
	enum cm_result rc;

	if (!cm_assess_take(s, "admits"))
		return CM_OK;
	lo = cm_assess_word(s);
	rc = cm_assess_decimal(r, lo, digits, &out->lo);
	if (rc == CM_OK && !cm_assess_take(s, "to"))
		return cm_assess_fail(r, s->ptr, "expected `to' and the largest number that is admitted");
	hi = cm_assess_word(s);
	if (rc == CM_OK)
		rc = cm_assess_decimal(r, hi, digits, &out->hi);
	if (rc == CM_OK && (out->lo == 0 || out->lo > value || out->hi < value))
		return cm_assess_fail(r, lo.ptr, "expected a range above 0 that has the number itself within it");
	if (rc == CM_OK && at != NULL)
		*at = cm_assess_at(r, lo.ptr, hi.ptr + hi.len);
	return rc;
}

static CM_RESULT
named_at_end(const struct cm_assess_reader *r, struct cm_span s, const char *what, const char **out)
{
	struct cm_span word = cm_assess_word(&s);
	enum cm_result rc = cm_assess_name(r, word, what, out);

	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

/* A letter and a digit below ${n} from ${first} on: "F2". */
static CM_RESULT
coded(const struct cm_assess_reader *r, struct cm_span word, char letter, int first, int n, int *out)
{
	if (word.len != 2 || word.ptr[0] != (uint8_t)letter || word.ptr[1] < '0' + first || word.ptr[1] >= '0' + first + n)
		return cm_assess_fail(r, word.ptr, "expected %c%d to %c%d", letter, first, letter, first + n - 1);
	*out = word.ptr[1] - '0' - first;
	return CM_OK;
}

uint32_t
cm_assess_behind_line(const struct cm_assess_reader *r)
{
	const uint8_t *end = r->line.ptr + r->line.len;
	size_t left = r->text.in.len - (size_t)(end - r->text.in.ptr);
	const uint8_t *newline = left > 0 ? memchr(end, '\n', left) : NULL;

	return newline == NULL ? (uint32_t)r->text.in.len : (uint32_t)(newline - r->text.in.ptr) + 1;
}

/* ---- hypotheses ---- */

static CM_RESULT
hypothesis_text(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	return cm_assess_text(r, s, &r->a.hypothesis[number].text);
}

static CM_RESULT
hypothesis_actor(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	return named_at_end(r, s, "a name", &r->a.hypothesis[number].actor);
}

static CM_RESULT
hypothesis_kind(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_span word = cm_assess_word(&s);
	int kind = cm_assess_word_number(word, cm_assess_kind_find);

	if (kind < 0)
		return cm_assess_fail(r, word.ptr,
		    "expected state, state-sponsored, criminal, company, activist, individual or unknown");
	r->a.hypothesis[number].kind = (enum cm_assess_kind)kind;
	return cm_assess_end(r, s);
}

static CM_RESULT
hypothesis_degree(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_span word = cm_assess_word(&s);
	struct cm_hypothesis *h = &r->a.hypothesis[number];

	if (h->layer != CM_LAYER_STATE)
		return cm_assess_fail(r, r->line.ptr, "a degree is how far a state answers for it, at the layer state only");
	h->degree = cm_assess_word_number(word, cm_assess_degree_find);
	if (h->degree < 0)
		return cm_assess_fail(r, word.ptr, "expected prohibited, prohibited-but-inadequate, ignored, encouraged, "
						   "shaped, coordinated, ordered, rogue-conducted, executed or integrated");
	return cm_assess_end(r, s);
}

static CM_RESULT
hypothesis_needs(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_hypothesis *h = &r->a.hypothesis[number];
	struct cm_span word = cm_assess_word(&s);
	enum cm_layer layer = CM_LAYER_MACHINE;
	enum cm_result rc = cm_assess_layer(r, word, &layer);

	if (rc != CM_OK)
		return rc;
	if (layer >= h->layer)
		return cm_assess_fail(r, word.ptr, "a hypothesis needs one of a weaker layer; %s is not below %s",
		    cm_layer_word(layer), cm_layer_word(h->layer));
	rc = cm_assess_hypothesis_named(r, layer, cm_assess_word(&s), &h->needs);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
hypothesis_prior(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_hypothesis *h = &r->a.hypothesis[number];
	struct cm_hypothesis_places *p = &r->p.hypothesis[number];
	struct cm_span word = cm_assess_word(&s);
	enum cm_result rc = probability(r, word, "a prior of 0 could not be changed by any evidence", &h->prior);

	p->field[CM_HYPOTHESIS_PRIOR] = cm_assess_at_span(r, word);
	if (rc == CM_OK)
		rc = cm_assess_admits(r, &s, 12, h->prior, &h->admits, &p->admits);
	if (rc == CM_OK)
		rc = cm_assess_because(r, &s, &h->because);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static const struct {
	const char *name;
	CM_RESULT (*read)(struct cm_assess_reader *r, struct cm_span s, size_t number);
} hypothesis_fields[CM_HYPOTHESIS_FIELDS] = {
	{ "text", hypothesis_text },
	{ "actor", hypothesis_actor },
	{ "kind", hypothesis_kind },
	{ "degree", hypothesis_degree },
	{ "needs", hypothesis_needs },
	{ "prior", hypothesis_prior },
};

static CM_RESULT
hypothesis_field(struct cm_assess_reader *r, size_t number)
{
	struct cm_span rest = r->line, word = cm_assess_word(&rest);
	enum cm_result rc;

	for (unsigned k = 0; k < CM_HYPOTHESIS_FIELDS; k++) {
		if (!cm_assess_is(word, hypothesis_fields[k].name))
			continue;
		rc = mark(r, k, word);
		if (rc != CM_OK)
			return rc;
		r->p.hypothesis[number].field[k] = cm_assess_at_rest(r, rest);
		return hypothesis_fields[k].read(r, rest, number);
	}
	return cm_assess_fail(r, word.ptr, "expected text, actor, kind, degree, needs or prior of the hypothesis %s",
	    r->a.hypothesis[number].name);
}

CM_RESULT
cm_assess_read_hypothesis(struct cm_assess_reader *r, size_t number)
{
	const uint8_t *where = r->line.ptr;
	enum cm_result rc = CM_OK;

	r->seen = 0;
	r->p.hypothesis[number].end = cm_assess_behind_line(r);
	while (rc == CM_OK && cm_assess_next_field(r)) {
		rc = hypothesis_field(r, number);
		r->p.hypothesis[number].end = cm_assess_behind_line(r);
	}
	if (rc == CM_OK && r->a.hypothesis[number].prior == 0)
		return cm_assess_fail(r, where, "expected `prior' of the hypothesis %s", r->a.hypothesis[number].name);
	return rc;
}

/* ---- items ---- */

static CM_RESULT
item_text(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	return cm_assess_text(r, s, &r->a.item[number].text);
}

/* With quotes, as everywhere, or without, as the text that it is. */
static CM_RESULT
item_because(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_span rest = s, word = cm_assess_word(&rest);
	enum cm_result rc;

	if (word.len == 0 || word.ptr[0] != '"')
		return cm_assess_text(r, s, &r->a.item[number].because);
	rc = cm_assess_quoted(r, &s, &r->a.item[number].because);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
item_type(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_span word = cm_assess_word(&s);
	struct cm_assess_item *item = &r->a.item[number];
	char id[CM_EVIDENCE_ID + 1] = "";

	if (word.len > 0 && word.len <= CM_EVIDENCE_ID)
		memcpy(id, word.ptr, word.len);
	if (cm_registry_find(r->registry, id) == NULL)
		return cm_assess_fail(r, word.ptr, "expected a type of the registry, such as N4; %.*s is none",
		    CM_PLACE_WORD(word));
	item->type = cm_arena_copy(r->arena, id, sizeof(id));
	return item->type == NULL ? cm_assess_no_memory(r) : cm_assess_end(r, s);
}

static CM_RESULT
item_group(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	return named_at_end(r, s, "the name of a group", &r->a.item[number].group);
}

static CM_RESULT
item_forge(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	enum cm_result rc = coded(r, cm_assess_word(&s), 'F', 0, CM_FORGE_CLASSES, &r->a.item[number].forge);

	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
item_cost(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	enum cm_result rc = coded(r, cm_assess_word(&s), 'D', 0, CM_COST_CLASSES, &r->a.item[number].cost);

	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
item_form(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	uint8_t *forms = &r->a.item[number].forms;
	struct cm_span word;
	enum cm_result rc;
	int form = 0;

	do {
		word = cm_assess_list_word(&s);
		rc = coded(r, word, 'C', 1, CM_CHECK_FORMS, &form);
		if (rc != CM_OK)
			return rc;
		if (*forms >> form & 1)
			return cm_assess_fail(r, word.ptr, "the form C%d stands there already", form + 1);
		*forms |= (uint8_t)(1u << form);
	} while (cm_assess_comma(&s));
	return cm_assess_end(r, s);
}

static CM_RESULT
item_rests(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_assess_item *item = &r->a.item[number];
	struct cm_assess_rests *rests = &r->rests[item->n_rests];
	struct cm_span word = cm_assess_word(&s), digest = cm_assess_word(&s);
	int what = cm_assess_word_number(word, cm_rests_on_find);

	if (item->n_rests == CM_ASSESS_RESTS)
		return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(word.ptr - r->text.in.ptr),
		    "more than %u statements behind one item", CM_ASSESS_RESTS);
	if (what < 0)
		return cm_assess_fail(r, word.ptr,
		    "expected finding, traffic, chain, seal, disclosure, assessment or report");
	rests->what = (enum cm_rests_on)what;
	if (cm_hex_decode(digest, rests->digest, sizeof(rests->digest)) != CM_OK)
		return cm_assess_fail(r, digest.ptr, "expected a SHA-256: 64 lower-case hexadecimal digits");
	for (size_t i = 0; i < item->n_rests; i++)
		if (r->rests[i].what == rests->what && memcmp(r->rests[i].digest, rests->digest, sizeof(rests->digest)) == 0)
			return cm_assess_fail(r, word.ptr, "the item rests on this in a line before");
	item->n_rests++;
	return cm_assess_end(r, s);
}

static CM_RESULT
item_source(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_span word = cm_assess_word(&s);

	if (word.len != 2 || word.ptr[0] < 'A' || word.ptr[0] > 'G' || word.ptr[1] < '1' || word.ptr[1] > '6')
		return cm_assess_fail(r, word.ptr, "expected a grade: a letter A to G and a digit 1 to 6");
	r->a.item[number].letter = (char)word.ptr[0];
	r->a.item[number].digit = (char)word.ptr[1];
	return cm_assess_end(r, s);
}

static CM_RESULT
item_by(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	return named_at_end(r, s, "the name of a party", &r->a.item[number].by);
}

static CM_RESULT
shown_to(struct cm_assess_reader *r, struct cm_span s, struct cm_assess_item *item)
{
	const char **shown = cm_arena_array(r->arena, CM_ASSESS_SHOWN, sizeof(*shown));
	struct cm_span word;
	enum cm_result rc;

	if (shown == NULL)
		return cm_assess_no_memory(r);
	item->shown = shown;
	do {
		word = cm_assess_list_word(&s);
		if (item->n_shown == CM_ASSESS_SHOWN)
			return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(word.ptr - r->text.in.ptr),
			    "shown to more than %u parties", CM_ASSESS_SHOWN);
		rc = cm_assess_name(r, word, "the name of a party", &shown[item->n_shown]);
		if (rc != CM_OK)
			return rc;
		for (size_t i = 0; i < item->n_shown; i++)
			if (strcmp(shown[i], shown[item->n_shown]) == 0)
				return cm_assess_fail(r, word.ptr, "%s stands there already", shown[i]);
		item->n_shown++;
	} while (cm_assess_comma(&s));
	return cm_assess_end(r, s);
}

static CM_RESULT
item_view(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_assess_item *item = &r->a.item[number];
	struct cm_span word = cm_assess_word(&s);
	int view = cm_assess_word_number(word, cm_assess_view_find);

	if (view < 0)
		return cm_assess_fail(r, word.ptr, "expected public, shared and with whom, panel or own");
	item->view = (enum cm_assess_view)view;
	return item->view == CM_VIEW_SHARED ? shown_to(r, s, item) : cm_assess_end(r, s);
}

static CM_RESULT
item_named(const struct cm_assess_reader *r, struct cm_span word, size_t number, size_t *out)
{
	*out = cm_assess_search(r->items, r->a.n_items, 0, word);
	if (*out == CM_ASSESS_NONE)
		return cm_assess_fail(r, word.ptr, "no item %.*s", CM_PLACE_WORD(word));
	if (*out == number)
		return cm_assess_fail(r, word.ptr, "the item %s would rest on itself", r->a.item[number].name);
	return CM_OK;
}

static CM_RESULT
item_repeats(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	enum cm_result rc = item_named(r, cm_assess_word(&s), number, &r->a.item[number].repeats);

	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
item_derived(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	struct cm_assess_item *item = &r->a.item[number];
	size_t found[CM_ASSESS_DERIVED], n = 0;
	struct cm_span word;
	enum cm_result rc;

	do {
		word = cm_assess_list_word(&s);
		if (n == CM_ASSESS_DERIVED)
			return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(word.ptr - r->text.in.ptr),
			    "derived from more than %u items", CM_ASSESS_DERIVED);
		rc = item_named(r, word, number, &found[n]);
		if (rc != CM_OK)
			return rc;
		for (size_t i = 0; i < n; i++)
			if (found[i] == found[n])
				return cm_assess_fail(r, word.ptr, "%.*s stands there already", CM_PLACE_WORD(word));
		n++;
	} while (cm_assess_comma(&s));
	item->derived = cm_arena_copy(r->arena, found, n * sizeof(found[0]));
	if (item->derived == NULL)
		return cm_assess_no_memory(r);
	item->n_derived = n;
	return cm_assess_end(r, s);
}

static CM_RESULT
item_background(struct cm_assess_reader *r, struct cm_span s, size_t number)
{
	enum cm_result rc = probability(r, cm_assess_word(&s), impossible, &r->a.item[number].background);

	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static const struct {
	const char *name;
	CM_RESULT (*read)(struct cm_assess_reader *r, struct cm_span s, size_t number);
} item_fields[CM_ITEM_FIELDS] = {
	{ "text", item_text },
	{ "because", item_because },
	{ "type", item_type },
	{ "group", item_group },
	{ "forge", item_forge },
	{ "cost", item_cost },
	{ "form", item_form },
	{ "rests", item_rests },
	{ "source", item_source },
	{ "by", item_by },
	{ "view", item_view },
	{ "repeats", item_repeats },
	{ "derived", item_derived },
	{ "background", item_background },
};

/* ---- likelihoods ---- */

/* "0.3", "0.3 to 0.5", "?", and why. */
static CM_RESULT
likelihood(const struct cm_assess_reader *r, struct cm_span s, struct cm_assess_cell *cell, struct cm_assess_at *at)
{
	struct cm_span lo = cm_assess_word(&s), hi = lo;
	enum cm_result rc = CM_OK;

	if (cm_assess_is(lo, "?")) {
		cell->asked = true;
	} else {
		rc = probability(r, lo, impossible, &cell->p.lo);
		cell->p.hi = cell->p.lo;
	}
	if (rc == CM_OK && !cell->asked && cm_assess_take(&s, "to")) {
		hi = cm_assess_word(&s);
		rc = probability(r, hi, impossible, &cell->p.hi);
		if (rc == CM_OK && cell->p.hi < cell->p.lo)
			return cm_assess_fail(r, lo.ptr, "expected the smaller likelihood first");
	}
	*at = cm_assess_at(r, lo.ptr, hi.ptr + hi.len);
	if (rc == CM_OK)
		rc = cm_assess_because(r, &s, &cell->because);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

/* Made for the first likelihood: an item without any, of which there may be thousands, takes no room. */
static CM_RESULT
cells(struct cm_assess_reader *r)
{
	if (r->cell != NULL)
		return CM_OK;
	r->cell = cm_arena_array(r->arena, r->a.n_hypotheses, sizeof(*r->cell));
	r->cell_at = cm_arena_array(r->arena, r->a.n_hypotheses, sizeof(*r->cell_at));
	return r->cell == NULL || r->cell_at == NULL ? cm_assess_no_memory(r) : CM_OK;
}

static CM_RESULT
item_cell(struct cm_assess_reader *r, struct cm_span s, enum cm_layer layer)
{
	struct cm_span name = cm_assess_word(&s);
	size_t k = 0;
	enum cm_result rc = cm_assess_hypothesis_named(r, layer, name, &k);

	if (rc == CM_OK && cm_hypothesis_deceives(&r->a.hypothesis[k]))
		return cm_assess_fail(r, name.ptr, "a deceiver has his likelihoods from the two he consists of; none is entered");
	if (rc == CM_OK)
		rc = cells(r);
	if (rc != CM_OK)
		return rc;
	if (r->cell[k].asked || r->cell[k].p.lo != 0)
		return cm_assess_fail(r, name.ptr, "a second likelihood for %s %s", cm_layer_word(layer),
		    r->a.hypothesis[k].name);
	return likelihood(r, s, &r->cell[k], &r->cell_at[k]);
}

static CM_RESULT
item_field(struct cm_assess_reader *r, size_t number)
{
	struct cm_span rest = r->line, word = cm_assess_word(&rest);
	int layer = cm_assess_word_number(word, cm_layer_find);
	enum cm_result rc;

	if (layer >= 0)
		return item_cell(r, rest, (enum cm_layer)layer);
	for (unsigned k = 0; k < CM_ITEM_FIELDS; k++) {
		if (!cm_assess_is(word, item_fields[k].name))
			continue;
		rc = k == CM_ITEM_RESTS ? CM_OK : mark(r, k, word);
		if (rc != CM_OK)
			return rc;
		r->p.item[number].field[k] = cm_assess_at_rest(r, rest);
		return item_fields[k].read(r, rest, number);
	}
	return cm_assess_fail(r, word.ptr, "expected a field of the item %s (text, because, type, group, forge, cost, form, "
					   "rests, source, by, view, repeats, derived, background), or a layer",
	    r->a.item[number].name);
}

/* What a field that is absent means, as far as that does not hang on other definitions. */
static CM_RESULT
finish_item(struct cm_assess_reader *r, struct cm_assess_item *item, const uint8_t *where)
{
	const uint8_t bare_claim = 1u << 7; /* C8 */
	const struct cm_evidence_type *type;
	bool only_reports = true;

	if (item->type == NULL)
		return cm_assess_fail(r, where, "expected `type' of the item %s", item->name);
	if (item->n_rests == 0)
		return cm_assess_fail(r, where, "expected `rests' of the item %s: without a statement behind it, it can not "
						"enter", item->name);
	item->rests = cm_arena_copy(r->arena, r->rests, item->n_rests * sizeof(r->rests[0]));
	if (item->rests == NULL)
		return cm_assess_no_memory(r);
	item->report = strcmp(item->type, "G1") == 0;
	for (size_t i = 0; i < item->n_rests; i++) {
		bool report = item->rests[i].what == CM_RESTS_REPORT;

		if (report && item->letter == '\0')
			return cm_assess_fail(r, where, "expected `source' of the item %s, since it rests on a report",
			    item->name);
		item->report = item->report || report;
		only_reports = only_reports && report;
	}
	type = cm_registry_find(r->registry, item->type);
	if (!(r->seen >> CM_ITEM_FORGE & 1))
		item->forge = type->forge_lo == CM_FORGE_GRADED ? 0 : type->forge_lo;
	if (!(r->seen >> CM_ITEM_COST & 1))
		item->cost = type->cost_hi;
	if (!(r->seen >> CM_ITEM_FORM & 1))
		item->forms = only_reports ? bare_claim : type->forms;
	if (!(r->seen >> CM_ITEM_VIEW & 1))
		item->view = CM_VIEW_OWN;
	return CM_OK;
}

CM_RESULT
cm_assess_read_item(struct cm_assess_reader *r, size_t number)
{
	const uint8_t *where = r->line.ptr;
	enum cm_result rc = CM_OK;

	r->seen = 0;
	r->cell = NULL;
	r->cell_at = NULL;
	r->p.item[number].end = cm_assess_behind_line(r);
	while (rc == CM_OK && cm_assess_next_field(r)) {
		rc = item_field(r, number);
		r->p.item[number].end = cm_assess_behind_line(r);
	}
	r->a.item[number].cell = r->cell == NULL ? r->no_cell : r->cell;
	r->p.item[number].cell = r->cell_at == NULL ? r->no_cell_at : r->cell_at;
	return rc == CM_OK ? finish_item(r, &r->a.item[number], where) : rc;
}
