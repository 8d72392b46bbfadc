/* The text of the registry, line by line. */
#include <string.h>

#include "registry/place.h"
#include "registry/registry.h"

struct reader {
	struct cm_place_text text;
	struct cm_arena *arena;
	size_t next;         /* where the line behind the current one begins */
	size_t at;           /* where the current line begins */
	struct cm_span line; /* without its newline */
	struct cm_registry r;
	struct cm_registry_name *group, *work;
	struct cm_evidence_type *type;
	unsigned classes, costs, forms, layers; /* defined so far */
};

static enum cm_result
fail(const struct reader *r, const uint8_t *where, const char *what)
{
	return cm_place_fail(&r->text, CM_E_MALFORMED, (size_t)(where - r->text.in.ptr), "%s", what);
}

static enum cm_result
no_memory(const struct reader *r)
{
	return cm_err_set(r->text.err, CM_E_NOMEM, "no memory for the registry");
}

/* ---- pieces of a line ---- */

static bool
is(struct cm_span s, const char *word)
{
	return cm_span_eq(s, cm_span_str(word));
}

/* Takes ${word} off the front, if it is there. */
static bool
take(struct cm_span *s, const char *word)
{
	size_t len = strlen(word);

	if (!is(cm_span_part(*s, 0, len), word))
		return false;
	*s = cm_span_of(s->ptr + len, s->len - len);
	return true;
}

/* What stands before the first ${mark}, which is taken off with it; all of it if there is none. */
static struct cm_span
before(struct cm_span *s, const char *mark)
{
	size_t len = strlen(mark), i = 0;
	struct cm_span head;

	while (i + len <= s->len && memcmp(s->ptr + i, mark, len) != 0)
		i++;
	if (i + len > s->len) {
		head = *s;
		*s = cm_span_of(s->ptr + s->len, 0);
		return head;
	}
	head = cm_span_of(s->ptr, i);
	*s = cm_span_of(s->ptr + i + len, s->len - i - len);
	return head;
}

/* A copy with a NUL behind it. */
static CM_RESULT
keep(const struct reader *r, struct cm_span s, const char **out)
{
	char *text;

	if (s.len == 0)
		return fail(r, s.ptr, "expected a text");
	if (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ')
		return fail(r, s.ptr, "a space before or behind a text");
	if (memchr(s.ptr, '\t', s.len) != NULL)
		return fail(r, s.ptr, "a tab in a text");
	text = cm_arena_alloc(r->arena, s.len + 1);
	if (text == NULL)
		return no_memory(r);
	memcpy(text, s.ptr, s.len);
	*out = text;
	return CM_OK;
}

static CM_RESULT
number(const struct reader *r, struct cm_span s, unsigned max, unsigned *out)
{
	unsigned n = 0;

	if (s.len == 0 || s.len > 9 || (s.len > 1 && s.ptr[0] == '0'))
		return fail(r, s.ptr, "expected a number");
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return fail(r, s.ptr, "expected a number");
		n = n * 10 + (unsigned)(s.ptr[i] - '0');
	}
	if (n == 0 || n > max)
		return fail(r, s.ptr, "a number that is 0 or too large");
	*out = n;
	return CM_OK;
}

/* Next line that says something, without comments; false at the end. */
static bool
next_line(struct reader *r)
{
	struct cm_span all = r->text.in;
	const uint8_t *end;

	while (r->next < all.len) {
		r->at = r->next;
		end = memchr(all.ptr + r->at, '\n', all.len - r->at);
		r->line = cm_span_part(all, r->at, end == NULL ? all.len : (size_t)(end - all.ptr) - r->at);
		r->next = r->at + r->line.len + 1;
		if (r->line.len > 0 && r->line.ptr[0] != '#')
			return true;
	}
	r->at = all.len;
	r->line = cm_span_part(all, 0, 0);
	return false;
}

/* ---- definitions ---- */

/* "F0: TEXT" with the next letter and digit that is due. */
static CM_RESULT
coded(struct reader *r, struct cm_span s, char letter, unsigned first, unsigned *n, unsigned max, const char **text)
{
	if (*n == max)
		return fail(r, s.ptr, "one more than there can be");
	if (s.len < 4 || s.ptr[0] != (uint8_t)letter || s.ptr[1] != '0' + first + *n || s.ptr[2] != ':' || s.ptr[3] != ' ')
		return cm_place_fail(&r->text, CM_E_MALFORMED, (size_t)(s.ptr - r->text.in.ptr), "expected `%c%u: '", letter,
		    first + *n);
	s = cm_span_of(s.ptr + 4, s.len - 4);
	return keep(r, s, &text[(*n)++]);
}

static CM_RESULT
read_class(struct reader *r, struct cm_span s)
{
	struct cm_span rest = s, c;
	unsigned value = 0, n = r->classes;
	enum cm_result rc = coded(r, s, 'F', 0, &r->classes, CM_FORGE_CLASSES, r->r.class_text);

	if (rc != CM_OK)
		return rc;
	(void)before(&rest, ": ");
	c = before(&rest, ", ");
	rc = number(r, c, 999, &value);
	if (rc == CM_OK && n > 0 && value >= r->r.plantable[n - 1])
		return fail(r, c.ptr, "expected less than the class before has");
	if (rc == CM_OK)
		rc = keep(r, rest, &r->r.class_text[n]);
	r->r.plantable[n] = (uint16_t)value;
	return rc;
}

static CM_RESULT
read_cost(struct reader *r, struct cm_span s)
{
	return coded(r, s, 'D', 0, &r->costs, CM_COST_CLASSES, r->r.cost_text);
}

static CM_RESULT
read_form(struct reader *r, struct cm_span s)
{
	return coded(r, s, 'C', 1, &r->forms, CM_CHECK_FORMS, r->r.form_text);
}

static CM_RESULT
read_layer(struct reader *r, struct cm_span s)
{
	struct cm_span rest = s, name = before(&rest, ": ");

	if (r->layers == CM_LAYERS || !is(name, cm_layer_word((enum cm_layer)r->layers)))
		return fail(r, s.ptr, "expected the next layer of machine, operator, organisation, state, beneficiary");
	return keep(r, rest, &r->r.layer_text[r->layers++]);
}

/* The place among the ${n} of this name; n: it is none of them. */
static size_t
named(const struct cm_registry_name *list, size_t n, struct cm_span name)
{
	size_t i = 0;

	while (i < n && !is(name, list[i].name))
		i++;
	return i;
}

static CM_RESULT
add_name(struct reader *r, struct cm_span s, struct cm_registry_name *list, size_t *n)
{
	struct cm_span rest = s, name = before(&rest, ": ");
	enum cm_result rc;

	if (*n == CM_REGISTRY_NAMES)
		return cm_err_set(r->text.err, CM_E_LIMIT, "more than %u names of one kind", CM_REGISTRY_NAMES);
	if (named(list, *n, name) < *n)
		return fail(r, s.ptr, "this name stands in a line before");
	rc = keep(r, name, &list[*n].name);
	if (rc == CM_OK)
		rc = keep(r, rest, &list[*n].text);
	*n += rc == CM_OK;
	return rc;
}

static CM_RESULT
read_group(struct reader *r, struct cm_span s)
{
	return add_name(r, s, r->group, &r->r.n_groups);
}

static CM_RESULT
read_work(struct reader *r, struct cm_span s)
{
	return add_name(r, s, r->work, &r->r.n_works);
}

static CM_RESULT
read_version(struct reader *r, struct cm_span s)
{
	unsigned version = 0;
	enum cm_result rc;

	if (r->r.version != 0)
		return fail(r, s.ptr, "a second version");
	rc = number(r, s, 999999, &version);
	r->r.version = version;
	return rc;
}

/* ---- fields of a type ---- */

static CM_RESULT
field_supports(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	return keep(r, s, &t->supports);
}

static CM_RESULT
field_layers(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	struct cm_span word;
	unsigned k;

	do {
		word = before(&s, ", ");
		for (k = 0; k < CM_LAYERS && !is(word, cm_layer_word((enum cm_layer)k)); k++)
			;
		if (k == CM_LAYERS)
			return fail(r, word.ptr, "expected machine, operator, organisation, state or beneficiary");
		if (t->layers >> k != 0)
			return fail(r, word.ptr, "layers: expected in their order, each once");
		t->layers |= (uint8_t)(1u << k);
	} while (s.len > 0);
	return CM_OK;
}

/* "F1" or "F1 to F2". */
static CM_RESULT
field_range(struct reader *r, struct cm_span s, char letter, unsigned classes, unsigned *lo, unsigned *hi)
{
	struct cm_span rest = s, part = before(&rest, " to ");
	unsigned *const out[] = { lo, hi };
	unsigned n = 0;

	for (; n < 2; part = rest, n++) {
		if (part.len != 2 || part.ptr[0] != (uint8_t)letter || part.ptr[1] < '0' || part.ptr[1] >= '0' + classes)
			return cm_place_fail(&r->text, CM_E_MALFORMED, (size_t)(s.ptr - r->text.in.ptr),
			    "expected %c0 to %c%u, or two of them with ` to ' between", letter, letter, classes - 1);
		*out[n] = (unsigned)(part.ptr[1] - '0');
		if (n == 0 && part.len == s.len) {
			*hi = *lo;
			return CM_OK;
		}
	}
	return *lo < *hi ? CM_OK : fail(r, s.ptr, "expected the lower class first");
}

static CM_RESULT
field_forge(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	unsigned lo = 0, hi = 0;
	enum cm_result rc;

	t->forge_lo = t->forge_hi = CM_FORGE_GRADED;
	if (is(s, "graded"))
		return CM_OK;
	rc = field_range(r, s, 'F', CM_FORGE_CLASSES, &lo, &hi);
	t->forge_lo = (int8_t)lo;
	t->forge_hi = (int8_t)hi;
	return rc;
}

static CM_RESULT
field_cost(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	unsigned lo = 0, hi = 0;
	enum cm_result rc = field_range(r, s, 'D', CM_COST_CLASSES, &lo, &hi);

	t->cost_lo = (uint8_t)lo;
	t->cost_hi = (uint8_t)hi;
	return rc;
}

/* "C2, C5 (court file)" */
static CM_RESULT
field_forms(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	struct cm_span rest = s, one;
	unsigned k;

	do {
		one = before(&rest, ", ");
		if (one.len < 2 || one.ptr[0] != 'C' || one.ptr[1] < '1' || one.ptr[1] > '0' + CM_CHECK_FORMS)
			return fail(r, one.ptr, "expected a check form, C1 to C8");
		k = (unsigned)(one.ptr[1] - '1');
		if (t->forms >> k != 0)
			return fail(r, one.ptr, "forms: expected in their order, each once");
		t->forms |= (uint8_t)(1u << k);
		/* a remark may have commas inside */
		if (one.len > 2 && one.ptr[2] == ' ' && one.len > 3 && one.ptr[3] == '(') {
			rest = cm_span_of(one.ptr + 4, (size_t)(s.ptr + s.len - one.ptr) - 4);
			(void)before(&rest, ")");
			if (rest.len > 0 && !take(&rest, ", "))
				return fail(r, rest.ptr, "expected `, ' behind a remark");
			if (rest.len == 0 && s.ptr[s.len - 1] != ')')
				return fail(r, one.ptr, "a remark without its `)'");
		} else if (one.len > 2) {
			return fail(r, one.ptr + 2, "expected ` (', a remark, and `)'");
		}
	} while (rest.len > 0);
	return keep(r, s, &t->forms_text);
}

static CM_RESULT
field_group(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	size_t i = named(r->group, r->r.n_groups, s);

	if (i == r->r.n_groups)
		return fail(r, s.ptr, "no such group was defined");
	t->group = r->group[i].name;
	return CM_OK;
}

static CM_RESULT
field_mictic(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	unsigned k;

	for (k = 0; k < CM_MICTICS && !is(s, cm_mictic_word((enum cm_mictic)k)); k++)
		;
	if (k == CM_MICTICS)
		return fail(r, s.ptr, "expected malware, infrastructure, control, telemetry, intelligence or cui-bono");
	t->mictic = (enum cm_mictic)k;
	return CM_OK;
}

static CM_RESULT
field_stix(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	return keep(r, s, &t->stix);
}

static CM_RESULT
field_because(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	if (s.len > 0 && s.ptr[s.len - 1] != '.')
		return fail(r, s.ptr, "expected a sentence, ended by a full stop");
	return keep(r, s, &t->why);
}

static CM_RESULT
field_values(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	size_t i = named(r->work, r->r.n_works, s);

	if (i == r->r.n_works)
		return fail(r, s.ptr, "no such work was defined");
	t->values = r->work[i].name;
	return CM_OK;
}

static CM_RESULT
field_after(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	struct cm_span rest = s, one;

	do {
		one = before(&rest, ", ");
		if (named(r->work, r->r.n_works, one) == r->r.n_works)
			return fail(r, one.ptr, "no such work was defined");
	} while (rest.len > 0);
	return keep(r, s, &t->after);
}

static CM_RESULT
field_note(struct reader *r, struct cm_span s, struct cm_evidence_type *t)
{
	return keep(r, s, &t->note);
}

static const struct {
	const char *mark, *name;
	CM_RESULT (*read)(struct reader *r, struct cm_span value, struct cm_evidence_type *t);
} fields[] = {
	{ "  supports: ", "supports", field_supports },
	{ "  layers: ", "layers", field_layers },
	{ "  forge: ", "forge", field_forge },
	{ "  cost: ", "cost", field_cost },
	{ "  forms: ", "forms", field_forms },
	{ "  group: ", "group", field_group },
	{ "  mictic: ", "mictic", field_mictic },
	{ "  stix: ", "stix", field_stix },
	{ "  because: ", "because", field_because },
	{ "  values: ", "values", field_values },
	{ "  after: ", "after", field_after },
	{ "  note: ", "note", field_note }, /* may be absent, and is the last */
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static CM_RESULT
read_fields(struct reader *r, struct cm_evidence_type *t)
{
	enum cm_result rc = CM_OK;
	struct cm_span value;
	size_t i, here;

	for (i = 0; rc == CM_OK && i < FIELDS; i++) {
		here = r->next;
		value = next_line(r) ? r->line : cm_span_of(r->text.in.ptr + r->text.in.len, 0);
		if (take(&value, fields[i].mark)) {
			rc = fields[i].read(r, value, t);
		} else if (i + 1 == FIELDS) {
			r->next = here;
		} else {
			return cm_place_fail(&r->text, CM_E_MALFORMED, r->at, "expected `  %s: ' of the type %s",
			    fields[i].name, t->id);
		}
	}
	return rc;
}

static bool
is_complete(const struct reader *r)
{
	return r->r.version != 0 && r->classes == CM_FORGE_CLASSES && r->costs == CM_COST_CLASSES &&
	       r->forms == CM_CHECK_FORMS && r->layers == CM_LAYERS;
}

static CM_RESULT
read_type(struct reader *r, struct cm_span s)
{
	struct cm_evidence_type *t = &r->type[r->r.n_types];
	struct cm_span rest = s, id = before(&rest, ": ");
	enum cm_result rc;

	if (!is_complete(r))
		return fail(r, s.ptr, "a type before version, all classes, costs, forms and layers are defined");
	if (r->r.n_types == CM_REGISTRY_TYPES)
		return cm_err_set(r->text.err, CM_E_LIMIT, "more than %u types", CM_REGISTRY_TYPES);
	rc = keep(r, id, &t->id);
	if (rc == CM_OK && (!cm_evidence_id_ok(t->id) || strchr("CDF", t->id[0]) != NULL))
		return fail(r, s.ptr, "expected an id like N1, of another letter than C, D and F");
	if (rc == CM_OK && cm_registry_find(&r->r, t->id) != NULL)
		return fail(r, s.ptr, "this id stands before");
	if (rc == CM_OK)
		rc = keep(r, rest, &t->name);
	if (rc == CM_OK)
		rc = read_fields(r, t);
	r->r.n_types += rc == CM_OK;
	return rc;
}

static const struct {
	const char *word;
	CM_RESULT (*read)(struct reader *r, struct cm_span rest);
} lines[] = { { "version ", read_version }, { "class ", read_class }, { "cost ", read_cost }, { "form ", read_form },
	{ "layer ", read_layer }, { "group ", read_group }, { "work ", read_work }, { "type ", read_type } };
#define LINES (sizeof(lines) / sizeof(lines[0]))

static CM_RESULT
read_line(struct reader *r)
{
	struct cm_span rest = r->line;
	size_t i;

	for (i = 0; i < LINES; i++)
		if (take(&rest, lines[i].word))
			return lines[i].read(r, rest);
	return fail(r, rest.ptr, "expected version, class, cost, form, layer, group, work or type");
}

CM_RESULT
cm_registry_parse(struct cm_span text, struct cm_arena *arena, struct cm_registry *out, struct cm_err *err)
{
	struct reader r = { .text = { text, 1, err }, .arena = arena };
	enum cm_result rc = cm_place_check(&r.text, CM_REGISTRY_TEXT);

	if (rc != CM_OK)
		return rc;
	r.group = cm_arena_array(arena, CM_REGISTRY_NAMES, sizeof(*r.group));
	r.work = cm_arena_array(arena, CM_REGISTRY_NAMES, sizeof(*r.work));
	r.type = cm_arena_array(arena, CM_REGISTRY_TYPES, sizeof(*r.type));
	if (r.group == NULL || r.work == NULL || r.type == NULL)
		return no_memory(&r);
	r.r.group = r.group;
	r.r.work = r.work;
	r.r.type = r.type;
	while (rc == CM_OK && next_line(&r))
		rc = read_line(&r);
	if (rc == CM_OK && r.r.n_types == 0)
		return cm_place_fail(&r.text, CM_E_MALFORMED, text.len, "expected a type");
	if (rc == CM_OK)
		*out = r.r;
	return rc;
}
