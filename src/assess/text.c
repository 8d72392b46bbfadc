/* The text of an assessment, definition by definition.
 *
 * Three times over the text: which definitions there are and how many, what they are called, what they say.
 * So a line may name what is defined below it, and everything has its memory before it is read. */
#include <stdlib.h>
#include <string.h>

#include "assess/text_parts.h"

enum definition { ASSESSMENT, TITLE, PARTY, ABOUT, CLASS, RHO, HYPOTHESIS, WITHOUT, ITEM, BRIEF };
#define DEFINITIONS 10

static const struct {
	const char *word;
	size_t most;
	const char *many; /* what is said if there are more */
} definitions[DEFINITIONS] = {
	{ "assessment", 1, "a second version" },
	{ "title", 1, "a second title" },
	{ "party", 1, "a second party" },
	{ "about", 1, "a second `about'" },
	{ "class", CM_FORGE_CLASSES, "more classes than there are" },
	{ "rho", CM_ASSESS_GROUPS, NULL },
	{ "hypothesis", CM_ASSESS_HYPOTHESES, NULL },
	{ "without", CM_ASSESS_WITHOUTS, NULL },
	{ "item", CM_ASSESS_ITEMS, NULL },
	{ "brief", 1, "a second brief" },
};

/* ---- first: which are there ---- */

static int
definition_of(struct cm_span *line)
{
	struct cm_span word = cm_assess_word(line);

	for (int k = 0; k < DEFINITIONS; k++)
		if (cm_assess_is(word, definitions[k].word))
			return k;
	return -1;
}

static CM_RESULT
count_one(const struct cm_assess_reader *r, size_t count[DEFINITIONS])
{
	struct cm_span rest = r->line;
	int k = definition_of(&rest);

	if (k < 0 && count[ASSESSMENT] > 0)
		return cm_assess_fail(r, r->line.ptr,
		    "expected title, party, about, class, rho, hypothesis, without, item or brief");
	if (k != ASSESSMENT && count[ASSESSMENT] == 0)
		return cm_assess_fail(r, r->line.ptr, "expected `assessment %d' as the first line that says something",
		    CM_ASSESS_VERSION);
	if (count[k] == definitions[k].most && definitions[k].many != NULL)
		return cm_assess_fail(r, r->line.ptr, "%s", definitions[k].many);
	if (count[k] == definitions[k].most)
		return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(r->line.ptr - r->text.in.ptr),
		    "more than %zu lines `%s'", definitions[k].most, definitions[k].word);
	count[k]++;
	return CM_OK;
}

static CM_RESULT
count_all(struct cm_assess_reader *r, size_t count[DEFINITIONS])
{
	enum cm_result rc = CM_OK;
	enum cm_assess_line line;

	while (rc == CM_OK && (line = cm_assess_next_line(r)) != CM_LINE_END) {
		if (line == CM_LINE_BAD)
			return cm_assess_fail(r, r->line.ptr, "expected a definition at the beginning of the line, a field two "
							     "spaces in, or text that goes on from four spaces in");
		if (line == CM_LINE_DEFINITION)
			rc = count_one(r, count);
	}
	if (rc == CM_OK && (count[ASSESSMENT] == 0 || count[TITLE] == 0 || count[HYPOTHESIS] == 0))
		return cm_assess_fail(r, r->text.in.ptr + r->text.in.len, "expected `%s' before the end of the text",
		    count[ASSESSMENT] == 0 ? "assessment 1" : count[TITLE] == 0 ? "title" : "hypothesis");
	/* the same bound as that of rows; here it keeps a short text from asking for much memory */
	if (rc == CM_OK && count[HYPOTHESIS] * count[ITEM] > CM_ASSESS_CELLS)
		return cm_place_fail(&r->text, CM_E_LIMIT, r->text.in.len, "%zu items times %zu hypotheses are more than %u likelihoods",
		    count[ITEM], count[HYPOTHESIS], CM_ASSESS_CELLS);
	return rc;
}

/* The arena hands out memory for nothing, too, so that no list is NULL. */
static CM_RESULT
make_room(struct cm_assess_reader *r, const size_t count[DEFINITIONS])
{
	size_t hypotheses = count[HYPOTHESIS], items = count[ITEM];

	r->a.hypothesis = cm_arena_array(r->arena, hypotheses, sizeof(*r->a.hypothesis));
	r->a.without = cm_arena_array(r->arena, count[WITHOUT], sizeof(*r->a.without));
	r->a.item = cm_arena_array(r->arena, items, sizeof(*r->a.item));
	r->p.hypothesis = cm_arena_array(r->arena, hypotheses, sizeof(*r->p.hypothesis));
	r->p.item = cm_arena_array(r->arena, items, sizeof(*r->p.item));
	r->hypotheses = cm_arena_array(r->arena, hypotheses, sizeof(*r->hypotheses));
	r->items = cm_arena_array(r->arena, items, sizeof(*r->items));
	r->pairs = cm_arena_array(r->arena, hypotheses, (hypotheses + 7) / 8);
	r->no_cell = cm_arena_array(r->arena, hypotheses, sizeof(*r->no_cell));
	r->no_cell_at = cm_arena_array(r->arena, hypotheses, sizeof(*r->no_cell_at));
	/* items bring groups of their own, one each at most */
	items += count[RHO];
	items = items < CM_ASSESS_GROUPS ? items : CM_ASSESS_GROUPS;
	r->a.group = cm_arena_array(r->arena, items, sizeof(*r->a.group));
	r->p.rho = cm_arena_array(r->arena, items, sizeof(*r->p.rho));
	r->groups = cm_arena_array(r->arena, items, sizeof(*r->groups));
	if (r->a.hypothesis == NULL || r->a.without == NULL || r->a.item == NULL || r->p.hypothesis == NULL ||
	    r->p.item == NULL || r->hypotheses == NULL || r->items == NULL || r->pairs == NULL || r->no_cell == NULL ||
	    r->no_cell_at == NULL || r->a.group == NULL || r->p.rho == NULL || r->groups == NULL)
		return cm_assess_no_memory(r);
	return CM_OK;
}

/* ---- second: names ---- */

/* "B>A": both are names, and neither is a deceiver itself. */
static CM_RESULT
deceiver_name(const struct cm_assess_reader *r, struct cm_span word)
{
	const uint8_t *arrow = word.len > 0 ? memchr(word.ptr, '>', word.len) : NULL;
	struct cm_span by, as;
	const char *name;
	enum cm_result rc;

	if (arrow == NULL)
		return cm_assess_name(r, word, "a name", &name);
	by = cm_span_of(word.ptr, (size_t)(arrow - word.ptr));
	as = cm_span_of(arrow + 1, word.len - by.len - 1);
	if (as.len > 0 && memchr(as.ptr, '>', as.len) != NULL)
		return cm_assess_fail(r, word.ptr, "a deceiver who looks like a deceiver is not considered; expected `B>A'");
	rc = cm_assess_name(r, by, "the name of who deceives", &name);
	if (rc == CM_OK)
		rc = cm_assess_name(r, as, "the name of who is blamed", &name);
	if (rc == CM_OK && cm_assess_is(as, CM_ASSESS_OTHER))
		return cm_assess_fail(r, as.ptr, "`other' is nobody who could be blamed");
	if (rc == CM_OK && cm_span_eq(by, as))
		return cm_assess_fail(r, as.ptr, "who looks like himself deceives nobody");
	return rc;
}

static CM_RESULT
name_hypothesis(struct cm_assess_reader *r, struct cm_span rest)
{
	size_t n = r->a.n_hypotheses;
	struct cm_hypothesis *h = &r->a.hypothesis[n];
	enum cm_result rc = cm_assess_layer(r, cm_assess_word(&rest), &h->layer);
	struct cm_span word;

	if (rc != CM_OK)
		return rc;
	word = cm_assess_word(&rest);
	rc = deceiver_name(r, word);
	if (rc == CM_OK)
		rc = cm_assess_keep(r, word, &h->name);
	if (rc == CM_OK)
		rc = cm_assess_end(r, rest);
	if (rc != CM_OK)
		return rc;
	h->by = h->as = h->needs = CM_ASSESS_NONE;
	h->degree = -1;
	r->p.hypothesis[n].line = r->line_number;
	r->p.hypothesis[n].name = cm_assess_at_span(r, word);
	r->hypotheses[n] = (struct cm_assess_named) { h->name, (unsigned)h->layer, n };
	r->a.n_hypotheses++;
	return CM_OK;
}

static CM_RESULT
name_item(struct cm_assess_reader *r, struct cm_span rest)
{
	size_t n = r->a.n_items;
	struct cm_assess_item *item = &r->a.item[n];
	struct cm_span word = cm_assess_word(&rest);
	enum cm_result rc = cm_assess_name(r, word, "a name", &item->name);

	if (rc == CM_OK)
		rc = cm_assess_end(r, rest);
	if (rc != CM_OK)
		return rc;
	item->repeats = CM_ASSESS_NONE;
	r->p.item[n].line = r->line_number;
	r->p.item[n].name = cm_assess_at_span(r, word);
	r->items[n] = (struct cm_assess_named) { item->name, 0, n };
	r->a.n_items++;
	return CM_OK;
}

static CM_RESULT
once(const struct cm_assess_reader *r, const struct cm_assess_named *list, size_t n, const char *what)
{
	for (size_t i = 1; i < n; i++) {
		size_t second = list[i].number;

		if (list[i].layer != list[i - 1].layer || strcmp(list[i].name, list[i - 1].name) != 0)
			continue;
		return cm_assess_fail(r, r->text.in.ptr +
		    (list == r->items ? r->p.item[second].name.at : r->p.hypothesis[second].name.at),
		    "%s %s is defined in a line before", what, list[i].name);
	}
	return CM_OK;
}

/* ${word} is `B>A': sets who they are.  The pair must be new. */
static CM_RESULT
pair(struct cm_assess_reader *r, enum cm_layer layer, struct cm_span word, size_t *by, size_t *as)
{
	const uint8_t *arrow = memchr(word.ptr, '>', word.len);
	size_t n = (size_t)(arrow - word.ptr);
	enum cm_result rc = cm_assess_hypothesis_named(r, layer, cm_span_of(word.ptr, n), by);
	uint8_t *bits;

	if (rc == CM_OK)
		rc = cm_assess_hypothesis_named(r, layer, cm_span_of(arrow + 1, word.len - n - 1), as);
	if (rc != CM_OK)
		return rc;
	bits = r->pairs + *by * ((r->a.n_hypotheses + 7) / 8) + *as / 8;
	if (*bits >> *as % 8 & 1)
		return cm_assess_fail(r, word.ptr, "%.*s is a hypothesis, or stands in a line `without' before",
		    CM_PLACE_WORD(word));
	*bits |= (uint8_t)(1u << *as % 8);
	return CM_OK;
}

static CM_RESULT
name_all(struct cm_assess_reader *r)
{
	enum cm_assess_line line;
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && (line = cm_assess_next_line(r)) != CM_LINE_END) {
		struct cm_span rest = r->line;
		int k = line == CM_LINE_DEFINITION ? definition_of(&rest) : -1;

		if (k == HYPOTHESIS)
			rc = name_hypothesis(r, rest);
		else if (k == ITEM)
			rc = name_item(r, rest);
	}
	if (rc != CM_OK)
		return rc;
	cm_assess_sort(r->hypotheses, r->a.n_hypotheses);
	cm_assess_sort(r->items, r->a.n_items);
	rc = once(r, r->hypotheses, r->a.n_hypotheses, "the hypothesis");
	if (rc == CM_OK)
		rc = once(r, r->items, r->a.n_items, "the item");
	for (size_t i = 0; rc == CM_OK && i < r->a.n_hypotheses; i++) {
		struct cm_hypothesis *h = &r->a.hypothesis[i];
		struct cm_assess_at at = r->p.hypothesis[i].name;

		if (strchr(h->name, '>') != NULL)
			rc = pair(r, h->layer, cm_span_of(r->text.in.ptr + at.at, at.len), &h->by, &h->as);
	}
	return rc;
}

/* ---- third: what they say ---- */

static CM_RESULT
read_version(struct cm_assess_reader *r, struct cm_span s)
{
	struct cm_span word = cm_assess_word(&s);

	if (cm_assess_is(word, "1"))
		return cm_assess_end(r, s);
	if (word.len > 0 && word.ptr[0] >= '2' && word.ptr[0] <= '9')
		return cm_place_fail(&r->text, CM_E_UNSUPPORTED, (size_t)(word.ptr - r->text.in.ptr),
		    "version %.*s of assessments is not known here, only %d", CM_PLACE_WORD(word), CM_ASSESS_VERSION);
	return cm_assess_fail(r, word.ptr, "expected the version, %d", CM_ASSESS_VERSION);
}

static CM_RESULT
read_title(struct cm_assess_reader *r, struct cm_span s)
{
	r->p.title = cm_assess_at_rest(r, s);
	return cm_assess_text(r, s, &r->a.title);
}

static CM_RESULT
read_about(struct cm_assess_reader *r, struct cm_span s)
{
	r->p.about = cm_assess_at_rest(r, s);
	return cm_assess_text(r, s, &r->a.about);
}

static CM_RESULT
read_party(struct cm_assess_reader *r, struct cm_span s)
{
	struct cm_span word = cm_assess_word(&s);
	enum cm_result rc = cm_assess_name(r, word, "the name of a party", &r->a.party);

	r->p.party = cm_assess_at_span(r, word);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
read_class(struct cm_assess_reader *r, struct cm_span s)
{
	struct cm_span word = cm_assess_word(&s), number = cm_assess_word(&s);
	struct cm_assess_class *class;
	unsigned k;
	enum cm_result rc;

	if (word.len != 2 || word.ptr[0] != 'F' || word.ptr[1] < '0' || word.ptr[1] >= '0' + CM_FORGE_CLASSES)
		return cm_assess_fail(r, word.ptr, "expected a forge class, F0 to F%d", CM_FORGE_CLASSES - 1);
	k = (unsigned)(word.ptr[1] - '0');
	class = &r->a.class[k];
	if (class->said)
		return cm_assess_fail(r, word.ptr, "the class F%u stands in a line before", k);
	class->said = true;
	r->p.class[k] = cm_assess_at_span(r, number);
	rc = cm_assess_decimal(r, number, 6, &class->c);
	if (rc == CM_OK && (class->c == 0 || class->c == CM_ASSESS_MILLION))
		return cm_assess_fail(r, number.ptr, "expected how easily it is planted, above 0 and below 1");
	if (rc == CM_OK)
		rc = cm_assess_admits(r, &s, 6, class->c, &class->admits, NULL);
	if (rc == CM_OK && class->admits.hi == CM_ASSESS_MILLION)
		return cm_assess_fail(r, number.ptr, "expected less than 1 also where it is admitted");
	if (rc == CM_OK)
		rc = cm_assess_because(r, &s, &class->because);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
read_rho(struct cm_assess_reader *r, struct cm_span s)
{
	struct cm_span word = cm_assess_word(&s), number = cm_assess_word(&s);
	struct cm_assess_group *group;
	const char *name;
	size_t k = 0;
	enum cm_result rc = cm_assess_name(r, word, "the name of a group", &name);

	if (rc == CM_OK)
		rc = cm_assess_group(r, name, word.ptr, &k);
	if (rc != CM_OK)
		return rc;
	group = &r->a.group[k];
	if (group->said)
		return cm_assess_fail(r, word.ptr, "the rho of %s stands in a line before", group->name);
	group->said = true;
	r->p.rho[k] = cm_assess_at_span(r, number);
	rc = cm_assess_decimal(r, number, 6, &group->rho);
	if (rc == CM_OK)
		rc = cm_assess_because(r, &s, &group->because);
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
read_without(struct cm_assess_reader *r, struct cm_span s)
{
	struct cm_assess_without *w = &r->a.without[r->a.n_without];
	enum cm_result rc = cm_assess_layer(r, cm_assess_word(&s), &w->layer);
	struct cm_span word;

	if (rc != CM_OK)
		return rc;
	word = cm_assess_word(&s);
	if (word.len == 0 || memchr(word.ptr, '>', word.len) == NULL)
		return cm_assess_fail(r, word.ptr, "expected `B>A': B, who made it look like A");
	rc = deceiver_name(r, word);
	if (rc == CM_OK)
		rc = pair(r, w->layer, word, &w->by, &w->as);
	if (rc == CM_OK)
		rc = cm_assess_because(r, &s, &w->because);
	if (rc == CM_OK && w->because == NULL)
		return cm_assess_fail(r, s.ptr, "expected `because' and why this one is not considered");
	r->a.n_without += rc == CM_OK;
	return rc == CM_OK ? cm_assess_end(r, s) : rc;
}

static CM_RESULT
read_definition(struct cm_assess_reader *r, size_t *hypotheses, size_t *items)
{
	static const struct {
		CM_RESULT (*read)(struct cm_assess_reader *r, struct cm_span s);
	} reads[DEFINITIONS] = { { read_version }, { read_title }, { read_party }, { read_about }, { read_class },
		{ read_rho }, { NULL }, { read_without }, { NULL }, { cm_assess_read_brief } };
	struct cm_span rest = r->line;
	int k = definition_of(&rest);

	if (k == HYPOTHESIS)
		return cm_assess_read_hypothesis(r, (*hypotheses)++);
	if (k == ITEM)
		return cm_assess_read_item(r, (*items)++);
	return reads[k].read(r, rest);
}

static CM_RESULT
read_all(struct cm_assess_reader *r)
{
	size_t hypotheses = 0, items = 0;
	enum cm_assess_line line;
	enum cm_result rc = CM_OK;

	while (rc == CM_OK && (line = cm_assess_next_line(r)) != CM_LINE_END) {
		if (line == CM_LINE_FIELD)
			return cm_assess_fail(r, r->line.ptr, "a field, but no hypothesis, item or brief above it");
		rc = read_definition(r, &hypotheses, &items);
	}
	return rc;
}

static void
rewind_text(struct cm_assess_reader *r)
{
	r->next = 0;
	r->number = 0;
}

static CM_RESULT
check_bytes(const struct cm_assess_reader *r)
{
	struct cm_span in = r->text.in;
	const uint8_t *cr;

	if (in.len <= CM_ASSESS_TEXT && in.len > 0 && (cr = memchr(in.ptr, '\r', in.len)) != NULL)
		return cm_assess_fail(r, cr, "a carriage return; lines end with a newline only");
	return cm_place_check(&r->text, CM_ASSESS_TEXT);
}

CM_RESULT
cm_assess_text_read(struct cm_span text, const struct cm_registry *registry, struct cm_arena *arena,
    struct cm_assessment *out, struct cm_assess_places *places, struct cm_err *err)
{
	/* memchr wants a pointer even to nothing */
	struct cm_assess_reader r = { .text = { text.len > 0 ? text : cm_span_str(""), 1, err }, .arena = arena,
		.registry = registry };
	size_t count[DEFINITIONS] = { 0 };
	enum cm_result rc = check_bytes(&r);

	if (rc == CM_OK)
		rc = count_all(&r, count);
	if (rc == CM_OK)
		rc = make_room(&r, count);
	rewind_text(&r);
	if (rc == CM_OK)
		rc = name_all(&r);
	rewind_text(&r);
	if (rc == CM_OK)
		rc = read_all(&r);
	if (rc == CM_OK)
		rc = cm_assess_settle(&r);
	if (rc != CM_OK)
		return rc;
	*out = r.a;
	if (places != NULL)
		*places = r.p;
	return CM_OK;
}

CM_RESULT
cm_assess_text_set(struct cm_span text, const struct cm_assess_change *change, size_t n, struct cm_buf *out,
    struct cm_err *err)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (change[i].at < at || change[i].at > text.len || change[i].len > text.len - change[i].at)
			return cm_err_set(err, CM_E_USAGE, "changes that overlap, or are not in the order of the text");
		at = change[i].at + change[i].len;
	}
	at = 0;
	for (size_t i = 0; i < n; i++) {
		cm_buf_add_span(out, cm_span_part(text, at, change[i].at - at));
		cm_buf_add_span(out, change[i].now);
		at = change[i].at + change[i].len;
	}
	cm_buf_add_span(out, cm_span_part(text, at, text.len - at));
	return cm_buf_ok(out) ? CM_OK : cm_err_set(err, out->over ? CM_E_LIMIT : CM_E_NOMEM, "no memory for the text");
}
