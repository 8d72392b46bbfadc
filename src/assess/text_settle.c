/* What only the whole of an assessment shows: layers, circles, groups, whose an item is. */
#include <stdio.h>
#include <string.h>

#include "assess/text_parts.h"

#define CIRCLE_SHOWN 4u /* items of a circle that are named */

/* ---- layers ---- */

/* The first hypothesis of the layer; NONE: it is not used. */
static size_t
first_of(const struct cm_assessment *a, unsigned layer)
{
	for (size_t i = 0; i < a->n_hypotheses; i++)
		if (a->hypothesis[i].layer == layer)
			return i;
	return CM_ASSESS_NONE;
}

static CM_RESULT
check_layer(const struct cm_assess_reader *r, unsigned layer)
{
	size_t first = first_of(&r->a, layer);
	const char *word = cm_layer_word((enum cm_layer)layer);
	int64_t sum = cm_assess_prior_sum(&r->a, (enum cm_layer)layer);

	if (first == CM_ASSESS_NONE)
		return CM_OK;
	if (cm_assess_search(r->hypotheses, r->a.n_hypotheses, layer, cm_span_str(CM_ASSESS_OTHER)) == CM_ASSESS_NONE)
		return cm_assess_fail(r, r->text.in.ptr + r->p.hypothesis[first].name.at,
		    "expected a hypothesis `other' at the layer %s, for whom nobody thought of", word);
	if (!cm_assess_is_prior_sum(sum))
		return cm_assess_fail(r, r->text.in.ptr + r->p.hypothesis[first].field[CM_HYPOTHESIS_PRIOR].at,
		    "the priors of the layer %s sum to %lld.%06lld; expected 1, give or take 0.001", word,
		    (long long)(sum / CM_ASSESS_ONE), (long long)(sum % CM_ASSESS_ONE / 1000000));
	return CM_OK;
}

/* ---- circles ---- */

/* A way through the items: the one that is looked at, and which of its edges come next. */
struct way {
	uint32_t item, edge;
};

/* The ${n}th item that ${item} rests on, whether as copy or derived; NONE: that many there are not. */
static size_t
edge(const struct cm_assess_item *item, size_t n)
{
	if (item->repeats != CM_ASSESS_NONE) {
		if (n == 0)
			return item->repeats;
		n--;
	}
	return n < item->n_derived ? item->derived[n] : CM_ASSESS_NONE;
}

static enum cm_result
circle(const struct cm_assess_reader *r, const struct way *way, size_t depth, size_t again)
{
	char names[CIRCLE_SHOWN * (CM_ASSESS_NAME + 4) + 1] = "";
	size_t first = depth, n, used = 0;
	struct cm_assess_at at = r->p.item[again].name;

	while (way[first].item != again)
		first--;
	n = depth - first + 1;
	for (size_t i = 0; i < n && i < CIRCLE_SHOWN; i++) {
		int length = snprintf(names + used, sizeof(names) - used, "%.*s, ", n > 2 ? 40 : 60,
		    r->a.item[way[first + i].item].name);

		used += length > 0 ? (size_t)length : 0;
	}
	return cm_assess_fail(r, r->text.in.ptr + at.at, "a circle of %zu items, each a copy of the next or derived from it: "
	    "%s%sand %.40s again", n, names, n > CIRCLE_SHOWN ? "..., " : "", r->a.item[again].name);
}

enum { NEW, OPEN, DONE };

/* Depth first, without recursion, since a chain may have all items in it. */
static CM_RESULT
go_from(const struct cm_assess_reader *r, size_t start, struct way *way, uint8_t *state)
{
	size_t depth = 1;

	way[0] = (struct way) { (uint32_t)start, 0 };
	state[start] = OPEN;
	while (depth > 0) {
		struct way *top = &way[depth - 1];
		size_t to = edge(&r->a.item[top->item], top->edge++);

		if (to == CM_ASSESS_NONE) {
			state[top->item] = DONE;
			depth--;
		} else if (state[to] == OPEN) {
			return circle(r, way, depth - 1, to);
		} else if (state[to] == NEW) {
			state[to] = OPEN;
			way[depth++] = (struct way) { (uint32_t)to, 0 };
		}
	}
	return CM_OK;
}

static CM_RESULT
check_circles(const struct cm_assess_reader *r)
{
	size_t n = r->a.n_items;
	struct way *way = cm_arena_array(r->arena, n, sizeof(*way));
	uint8_t *state = cm_arena_alloc(r->arena, n);
	enum cm_result rc = CM_OK;

	if (way == NULL || state == NULL)
		return cm_assess_no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < n; i++)
		if (state[i] == NEW)
			rc = go_from(r, i, way, state);
	return rc;
}

/* ---- groups ---- */

CM_RESULT
cm_assess_group(struct cm_assess_reader *r, const char *name, const uint8_t *where, size_t *out)
{
	size_t n = r->a.n_groups, at = n;

	*out = cm_assess_search(r->groups, n, 0, cm_span_str(name));
	if (*out != CM_ASSESS_NONE)
		return CM_OK;
	if (n == CM_ASSESS_GROUPS)
		return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(where - r->text.in.ptr), "more than %u groups",
		    CM_ASSESS_GROUPS);
	while (at > 0 && strcmp(r->groups[at - 1].name, name) > 0)
		at--;
	memmove(&r->groups[at + 1], &r->groups[at], (n - at) * sizeof(r->groups[0]));
	r->groups[at] = (struct cm_assess_named) { name, 0, n };
	r->a.group[n] = (struct cm_assess_group) { .name = name, .rho = CM_ASSESS_RHO_DEFAULT };
	*out = n;
	r->a.n_groups++;
	return CM_OK;
}

/* The item that gives a report its group; NONE: it has its own. */
static size_t
upstream(const struct cm_assess_item *item)
{
	if (!item->report || (item->repeats == CM_ASSESS_NONE && item->n_derived == 0))
		return CM_ASSESS_NONE;
	return item->repeats != CM_ASSESS_NONE ? item->repeats : item->derived[0];
}

static CM_RESULT
own_group(struct cm_assess_reader *r, struct cm_assess_item *item)
{
	const struct cm_evidence_type *type = cm_registry_find(r->registry, item->type);

	if (item->group != NULL)
		return CM_OK;
	return cm_assess_keep(r, cm_span_str(type->group), &item->group);
}

/* A chain of reports is gone along once: down it to whoever has a group, and up again with that. */
static CM_RESULT
settle_group(struct cm_assess_reader *r, size_t number, bool *settled, size_t *way)
{
	size_t depth = 0, at = number, next;
	const char *group;
	enum cm_result rc;

	while (!settled[at] && (next = upstream(&r->a.item[at])) != CM_ASSESS_NONE) {
		way[depth++] = at;
		at = next;
	}
	rc = own_group(r, &r->a.item[at]);
	settled[at] = true;
	group = r->a.item[at].group;
	while (rc == CM_OK && depth > 0) {
		struct cm_assess_item *item = &r->a.item[way[--depth]];

		if (item->group != NULL && strcmp(item->group, group) != 0)
			return cm_assess_fail(r, r->text.in.ptr + r->p.item[way[depth]].field[CM_ITEM_GROUP].at,
			    "a report is of the group of what it rests on, here %s", group);
		item->group = group;
		settled[way[depth]] = true;
	}
	return rc;
}

static CM_RESULT
settle_groups(struct cm_assess_reader *r)
{
	bool *settled = cm_arena_array(r->arena, r->a.n_items, sizeof(*settled));
	size_t *way = cm_arena_array(r->arena, r->a.n_items, sizeof(*way));
	enum cm_result rc = CM_OK;

	if (settled == NULL || way == NULL)
		return cm_assess_no_memory(r);
	for (size_t i = 0; rc == CM_OK && i < r->a.n_items; i++) {
		rc = settle_group(r, i, settled, way);
		if (rc == CM_OK)
			rc = cm_assess_group(r, r->a.item[i].group, r->text.in.ptr + r->p.item[i].name.at,
			    &r->a.item[i].group_number);
	}
	return rc;
}

/* ---- weight ---- */

enum standing { STANDS_NOT_KNOWN, STANDS, STANDS_NOT };

static bool
has_numbers(const struct cm_assessment *a, const struct cm_assess_item *item)
{
	for (size_t h = 0; h < a->n_hypotheses; h++)
		if (item->cell[h].p.hi != 0)
			return true;
	return false;
}

/* A copy stands on what its original stands on; a report on what it is derived from, down to something that is no report,
 * or that names an origin and has no numbers.  There are no circles. */
static bool
stands(const struct cm_assessment *a, size_t number, enum standing *known)
{
	const struct cm_assess_item *item = &a->item[number];
	bool yes;

	if (known[number] != STANDS_NOT_KNOWN)
		return known[number] == STANDS;
	if (item->repeats != CM_ASSESS_NONE)
		yes = stands(a, item->repeats, known);
	else
		yes = !item->report || !has_numbers(a, item);
	for (size_t i = 0; !yes && item->repeats == CM_ASSESS_NONE && i < item->n_derived; i++)
		yes = stands(a, item->derived[i], known);
	known[number] = yes ? STANDS : STANDS_NOT;
	return yes;
}

static CM_RESULT
settle_weight(struct cm_assess_reader *r)
{
	enum standing *known = cm_arena_array(r->arena, r->a.n_items + 1, sizeof(*known));

	if (known == NULL)
		return cm_assess_no_memory(r);
	for (size_t i = 0; i < r->a.n_items; i++)
		r->a.item[i].no_upstream = !stands(&r->a, i, known);
	return CM_OK;
}

CM_RESULT
cm_assess_settle(struct cm_assess_reader *r)
{
	enum cm_result rc = CM_OK;

	for (unsigned k = 0; rc == CM_OK && k < CM_LAYERS; k++)
		rc = check_layer(r, k);
	if (rc == CM_OK)
		rc = check_circles(r);
	if (rc == CM_OK)
		rc = settle_groups(r);
	if (rc == CM_OK)
		rc = settle_weight(r);
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++)
		if (!r->a.class[k].said)
			r->a.class[k].c = (int64_t)r->registry->plantable[k] * 1000;
	for (size_t i = 0; i < r->a.n_items; i++)
		if (r->a.item[i].by == NULL)
			r->a.item[i].by = r->a.party;
	return rc;
}
