/* The section `## Evidence types` of a charter. */
#include <string.h>

#include "registry/override.h"
#include "registry/place.h"

/* No registry has more values than these that could each be set once. */
#define CHANGES_MAX (2 * CM_REGISTRY_TYPES + CM_FORGE_CLASSES)

struct reader {
	struct cm_place_text text;
	size_t at;
	struct cm_arena *arena;
	const struct cm_registry *base;
	struct cm_registry *r; /* as changed */
	struct cm_evidence_type *type;
	struct cm_registry_change *change;
	size_t n;
	bool *type_seen;
	bool class_seen[CM_FORGE_CLASSES];
};

/* What an item is about: a type, or a class. */
struct item {
	struct cm_evidence_type *type; /* NULL: it is a class */
	unsigned class;
	const char *id;
	size_t first;    /* place of its first change */
	bool forge, cost; /* set by it already */
};

static enum cm_result
fail(const struct reader *r, size_t at, const char *what)
{
	return cm_place_fail(&r->text, CM_E_MALFORMED, at, "%s", what);
}

static enum cm_result
no_memory(const struct reader *r)
{
	return cm_err_set(r->text.err, CM_E_NOMEM, "no memory for the evidence types");
}

/* ---- words ---- */

static int
peek(const struct reader *r)
{
	return r->at < r->text.in.len ? r->text.in.ptr[r->at] : -1;
}

/* Skips white space; true if a line ended in it, or the text begins or ends here. */
static bool
skip(struct reader *r)
{
	bool ended = r->at == 0;

	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n') {
		ended |= peek(r) == '\n';
		r->at++;
	}
	return ended || peek(r) == -1;
}

static bool
take(struct reader *r, char c)
{
	(void)skip(r);
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static bool
is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static struct cm_span
word(struct reader *r)
{
	size_t from;

	(void)skip(r);
	from = r->at;
	while (is_word(peek(r)))
		r->at++;
	return cm_span_part(r->text.in, from, r->at - from);
}

static bool
is(struct cm_span s, const char *text)
{
	return cm_span_eq(s, cm_span_str(text));
}

/* "..." with white space inside made one space each, so that a reason may go over lines. */
static CM_RESULT
reason(struct reader *r, const char **out)
{
	size_t from, n = 0;
	char *text;

	if (!take(r, '"'))
		return fail(r, r->at, "expected the reason in \"...\"");
	from = r->at;
	while (peek(r) != '"' && peek(r) != -1)
		r->at++;
	if (peek(r) == -1)
		return fail(r, from - 1, "a reason without the \" that ends it");
	if (r->at - from > CM_OVERRIDE_REASON)
		return cm_place_fail(&r->text, CM_E_LIMIT, from, "a reason of more than %u bytes", CM_OVERRIDE_REASON);
	text = cm_arena_alloc(r->arena, r->at - from + 1);
	if (text == NULL)
		return no_memory(r);
	for (size_t i = from; i < r->at; i++) {
		char c = (char)r->text.in.ptr[i];

		c = c == '\n' || c == '\t' ? ' ' : c;
		if (c != ' ' || (n > 0 && text[n - 1] != ' '))
			text[n++] = c;
	}
	n -= n > 0 && text[n - 1] == ' ';
	text[n] = '\0';
	if (n == 0)
		return fail(r, from, "an empty reason");
	r->at++;
	*out = text;
	return CM_OK;
}

/* ---- values ---- */

static CM_RESULT
note(struct reader *r, const struct item *x, const char *what, const char *was, const char *now)
{
	struct cm_registry_change *c = &r->change[r->n];

	/* cannot be, as each id stands once */
	if (r->n == CHANGES_MAX)
		return cm_err_set(r->text.err, CM_E_LIMIT, "more than %u values set", CHANGES_MAX);
	*c = (struct cm_registry_change) { .id = x->id, .what = what,
		.was = cm_arena_copy(r->arena, was, strlen(was) + 1), .now = cm_arena_copy(r->arena, now, strlen(now) + 1) };
	if (c->was == NULL || c->now == NULL)
		return no_memory(r);
	r->n++;
	return CM_OK;
}

/* One class, "F2", as its number. */
static CM_RESULT
class_of(struct reader *r, char letter, unsigned classes, unsigned *out)
{
	struct cm_span w;
	size_t at;

	(void)skip(r);
	at = r->at;
	w = word(r);
	if (w.len != 2 || w.ptr[0] != (uint8_t)letter || w.ptr[1] < '0' || w.ptr[1] >= '0' + classes)
		return cm_place_fail(&r->text, CM_E_MALFORMED, at, "expected %c0 to %c%u", letter, letter, classes - 1);
	*out = (unsigned)(w.ptr[1] - '0');
	return CM_OK;
}

/* "F2", or "F1 to F2". */
static CM_RESULT
range(struct reader *r, char letter, unsigned classes, unsigned *lo, unsigned *hi)
{
	enum cm_result rc = class_of(r, letter, classes, lo);
	size_t at = r->at;

	*hi = *lo;
	if (rc != CM_OK || !is(word(r), "to")) {
		r->at = at;
		return rc;
	}
	rc = class_of(r, letter, classes, hi);
	if (rc == CM_OK && *lo >= *hi)
		return fail(r, at, "expected the lower class first");
	return rc;
}

static CM_RESULT
set_forge(struct reader *r, struct item *x, size_t at)
{
	char was[CM_EVIDENCE_RANGE], now[CM_EVIDENCE_RANGE];
	unsigned lo = 0, hi = 0;
	enum cm_result rc;

	if (x->forge)
		return fail(r, at, "forge stands twice");
	if (x->type->forge_lo == CM_FORGE_GRADED)
		return fail(r, at, "a type that is graded has no forge class");
	rc = range(r, 'F', CM_FORGE_CLASSES, &lo, &hi);
	if (rc != CM_OK)
		return rc;
	x->forge = true;
	cm_evidence_forge_word(x->type, was);
	x->type->forge_lo = (int8_t)lo;
	x->type->forge_hi = (int8_t)hi;
	cm_evidence_forge_word(x->type, now);
	return note(r, x, "forge", was, now);
}

static CM_RESULT
set_cost(struct reader *r, struct item *x, size_t at)
{
	char was[CM_EVIDENCE_RANGE], now[CM_EVIDENCE_RANGE];
	unsigned lo = 0, hi = 0;
	enum cm_result rc;

	if (x->cost)
		return fail(r, at, "cost stands twice");
	rc = range(r, 'D', CM_COST_CLASSES, &lo, &hi);
	if (rc != CM_OK)
		return rc;
	x->cost = true;
	cm_evidence_cost_word(x->type, was);
	x->type->cost_lo = (uint8_t)lo;
	x->type->cost_hi = (uint8_t)hi;
	cm_evidence_cost_word(x->type, now);
	return note(r, x, "cost", was, now);
}

static CM_RESULT
set_plantable(struct reader *r, struct item *x)
{
	const char *was, *now;
	struct cm_span w;
	unsigned c = 0;
	size_t at;

	(void)skip(r);
	at = r->at;
	w = word(r);
	for (size_t i = 0; i < w.len && i < 4; i++) {
		if (w.ptr[i] < '0' || w.ptr[i] > '9')
			return fail(r, at, "expected thousandths, 1 to 999");
		c = c * 10 + (unsigned)(w.ptr[i] - '0');
	}
	if (w.len > 3 || c == 0 || w.ptr[0] == '0')
		return fail(r, at, "expected thousandths, 1 to 999");
	was = cm_arena_printf(r->arena, "%u", r->base->plantable[x->class]);
	now = cm_arena_printf(r->arena, "%u", c);
	if (was == NULL || now == NULL)
		return no_memory(r);
	r->r->plantable[x->class] = (uint16_t)c;
	return note(r, x, "plantable", was, now);
}

/* "forge F2, " or what else stands before the reason. */
static CM_RESULT
read_value(struct reader *r, struct item *x, bool *because)
{
	struct cm_span w;
	size_t at;
	enum cm_result rc;

	(void)skip(r);
	at = r->at;
	w = word(r);
	if (is(w, "because")) {
		*because = true;
		return r->n > x->first ? CM_OK : fail(r, at, "a reason, but no value before it");
	}
	if (x->type != NULL && is(w, "forge"))
		rc = set_forge(r, x, at);
	else if (x->type != NULL && is(w, "cost"))
		rc = set_cost(r, x, at);
	else if (x->type == NULL && r->n == x->first && is(w, "plantable"))
		rc = set_plantable(r, x);
	else
		return fail(r, at, x->type != NULL ? "expected forge, cost or because" :
			    r->n == x->first ? "expected plantable" : "expected because");
	if (rc == CM_OK && !take(r, ','))
		return fail(r, r->at, "expected `,' and further `because' with the reason");
	return rc;
}

/* ---- items ---- */

static CM_RESULT
find_type(struct reader *r, struct cm_span id, size_t at, struct item *x)
{
	for (size_t i = 0; i < r->r->n_types; i++) {
		if (!is(id, r->type[i].id))
			continue;
		if (r->type_seen[i])
			return fail(r, at, "this type stands in an item before");
		r->type_seen[i] = true;
		x->type = &r->type[i];
		x->id = r->type[i].id;
		return CM_OK;
	}
	return cm_place_fail(&r->text, CM_E_MALFORMED, at, "the registry has no type %.*s", CM_PLACE_WORD(id));
}

static CM_RESULT
read_id(struct reader *r, struct item *x)
{
	static const char *const class_id[CM_FORGE_CLASSES] = { "F0", "F1", "F2", "F3", "F4" };
	struct cm_span id;
	size_t at;

	(void)skip(r);
	at = r->at;
	id = word(r);
	if (id.len == 0)
		return fail(r, at, "expected an id like N1, or a forge class like F2");
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++) {
		if (!is(id, class_id[k]))
			continue;
		if (r->class_seen[k])
			return fail(r, at, "this class stands in an item before");
		r->class_seen[k] = true;
		x->class = k;
		x->id = class_id[k];
		return CM_OK;
	}
	return find_type(r, id, at, x);
}

static CM_RESULT
read_item(struct reader *r)
{
	struct item x = { .first = r->n };
	const char *why = NULL;
	bool because = false;
	enum cm_result rc;

	if (!take(r, '-'))
		return fail(r, r->at, "expected `- ID: ...'; nothing else stands in this section");
	rc = read_id(r, &x);
	if (rc == CM_OK && !take(r, ':'))
		return fail(r, r->at, "expected `:'");
	while (rc == CM_OK && !because)
		rc = read_value(r, &x, &because);
	if (rc == CM_OK)
		rc = reason(r, &why);
	for (size_t i = x.first; rc == CM_OK && i < r->n; i++)
		r->change[i].why = why;
	if (rc == CM_OK && peek(r) == '.')
		r->at++;
	return rc;
}

static CM_RESULT
read_items(struct reader *r)
{
	enum cm_result rc = CM_OK;

	while (rc == CM_OK) {
		bool ended = skip(r);

		if (peek(r) == -1)
			return CM_OK;
		if (!ended)
			return fail(r, r->at, "expected the end of the line behind a reason");
		rc = read_item(r);
	}
	return rc;
}

/* Harder to plant is planted less often: what rests on classes rests on that. */
static CM_RESULT
check_classes(const struct reader *r)
{
	for (unsigned k = 1; k < CM_FORGE_CLASSES; k++)
		if (r->r->plantable[k] >= r->r->plantable[k - 1])
			return cm_place_fail(&r->text, CM_E_MALFORMED, r->text.in.len,
			    "F%u would be plantable %u, which is not less than F%u with %u", k, r->r->plantable[k], k - 1,
			    r->r->plantable[k - 1]);
	return CM_OK;
}

CM_RESULT
cm_registry_override(const struct cm_registry *base, struct cm_span text, unsigned line, struct cm_arena *arena,
    struct cm_registry *out, struct cm_registry_changes *changes, struct cm_err *err)
{
	struct cm_registry changed = *base;
	struct reader r = { .text = { text, line, err }, .arena = arena, .base = base, .r = &changed };
	enum cm_result rc = cm_place_check(&r.text, CM_OVERRIDE_TEXT);

	if (rc != CM_OK)
		return rc;
	r.type = cm_arena_array(arena, base->n_types + 1, sizeof(*r.type));
	r.type_seen = cm_arena_array(arena, base->n_types + 1, sizeof(*r.type_seen));
	r.change = cm_arena_array(arena, CHANGES_MAX, sizeof(*r.change));
	if (r.type == NULL || r.type_seen == NULL || r.change == NULL)
		return no_memory(&r);
	for (size_t i = 0; i < base->n_types; i++)
		r.type[i] = base->type[i];
	changed.type = r.type;
	rc = read_items(&r);
	if (rc == CM_OK)
		rc = check_classes(&r);
	if (rc != CM_OK)
		return rc;
	*out = changed;
	*changes = (struct cm_registry_changes) { r.change, r.n };
	return CM_OK;
}
