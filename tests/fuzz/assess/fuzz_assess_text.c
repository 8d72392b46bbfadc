/* The text of an assessment: an error within it, or an assessment in which every number is within its bounds and
 * stands in the text where it is said to stand. */
#include <string.h>

#include "../registry/builtin.h"
#include "assess/check.h"
#include "assess/text.h"
#include "fuzz.h"

static bool
within(struct cm_assess_at at, size_t size)
{
	return at.at <= size && at.len <= size - at.at;
}

static void
check_hypothesis(const struct cm_assessment *a, size_t number)
{
	const struct cm_hypothesis *h = &a->hypothesis[number];

	must(h->prior > 0 && h->prior <= CM_ASSESS_ONE && h->layer < CM_LAYERS);
	must(h->admits.lo == 0 || (h->admits.lo <= h->prior && h->prior <= h->admits.hi));
	must(cm_assess_find_hypothesis(a, h->layer, h->name) == number);
	must(h->degree < 0 || h->layer == CM_LAYER_STATE);
	must((h->by == CM_ASSESS_NONE) == (h->as == CM_ASSESS_NONE));
	must(cm_assess_find_hypothesis(a, h->layer, CM_ASSESS_OTHER) != CM_ASSESS_NONE);
	if (h->needs != CM_ASSESS_NONE)
		must(a->hypothesis[h->needs].layer < h->layer);
	if (cm_hypothesis_deceives(h))
		must(!cm_hypothesis_deceives(&a->hypothesis[h->by]) && !cm_hypothesis_deceives(&a->hypothesis[h->as]) &&
		     h->by != h->as && a->hypothesis[h->by].layer == h->layer && a->hypothesis[h->as].layer == h->layer);
}

static void
check_cells(const struct cm_assessment *a, const struct cm_assess_item *item, const struct cm_item_places *p,
    const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < a->n_hypotheses; i++) {
		const struct cm_assess_cell *cell = &item->cell[i];
		struct cm_assess_at at = p->cell[i];

		must(within(at, size));
		must((at.len > 0) == (cell->asked || cell->p.lo > 0));
		must(cell->p.lo >= 0 && cell->p.lo <= cell->p.hi && cell->p.hi <= CM_ASSESS_ONE);
		must(!cell->asked || (cell->p.hi == 0 && at.len == 1 && data[at.at] == '?'));
		must(at.len == 0 || !cm_hypothesis_deceives(&a->hypothesis[i]));
	}
}

static void
check_item(const struct cm_assessment *a, const struct cm_registry *r, size_t number)
{
	const struct cm_assess_item *item = &a->item[number];

	must(cm_assess_find_item(a, item->name) == number && cm_registry_find(r, item->type) != NULL);
	must(item->forge >= 0 && item->forge < CM_FORGE_CLASSES && item->cost >= 0 && item->cost < CM_COST_CLASSES);
	must(item->forms != 0 && item->n_rests > 0 && item->group_number < a->n_groups);
	must(strcmp(a->group[item->group_number].name, item->group) == 0);
	must((item->view == CM_VIEW_SHARED) == (item->n_shown > 0));
	must((item->letter == '\0') == (item->digit == '\0'));
	must(item->repeats == CM_ASSESS_NONE || (item->repeats < a->n_items && item->repeats != number));
	for (size_t i = 0; i < item->n_derived; i++)
		must(item->derived[i] < a->n_items && item->derived[i] != number);
}

/* What the text says is put in the place of itself: the same text. */
static void
check_same(struct cm_span text, const struct cm_assess_places *p, const struct cm_assessment *a)
{
	struct cm_assess_change change[2];
	struct cm_buf now = { 0 };
	struct cm_assess_at at = p->hypothesis[a->n_hypotheses - 1].field[CM_HYPOTHESIS_PRIOR];

	change[0] = (struct cm_assess_change) { 0, 0, cm_span_of(NULL, 0) };
	change[1] = (struct cm_assess_change) { at.at, at.len, cm_span_part(text, at.at, at.len) };
	must(cm_assess_text_set(text, change, 2, &now, NULL) == CM_OK);
	must(cm_span_eq(cm_buf_span(&now), text));
	cm_buf_release(&now);
}

static void
check(const struct cm_assessment *a, const struct cm_assess_places *p, const struct cm_registry *r, const uint8_t *data,
    size_t size)
{
	must(a->title != NULL && a->n_hypotheses > 0);
	for (size_t i = 0; i < a->n_hypotheses; i++) {
		check_hypothesis(a, i);
		must(within(p->hypothesis[i].field[CM_HYPOTHESIS_PRIOR], size) && p->hypothesis[i].end <= size);
	}
	for (size_t i = 0; i < a->n_items; i++) {
		check_item(a, r, i);
		check_cells(a, &a->item[i], &p->item[i], data, size);
		must(p->item[i].end <= size);
	}
	for (unsigned k = 0; k < CM_FORGE_CLASSES; k++)
		must(a->class[k].c > 0 && a->class[k].c < CM_ASSESS_MILLION);
	for (size_t i = 0; i < a->n_groups; i++)
		must(a->group[i].rho >= 0 && a->group[i].rho <= CM_ASSESS_MILLION);
	must(a->brief.n <= CM_ASSESS_BRIEF && p->brief_end <= size);
	for (size_t i = 0; i < a->brief.n; i++)
		must(a->brief.line[i].text[0] != '\0' && within(p->brief[i], size) && p->brief[i].len > 0);
	check_same(cm_span_of(data, size), p, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_registry *registry = fuzz_registry();
	struct cm_assess_remarks remarks;
	struct cm_assess_places places;
	struct cm_assessment a;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;

	if (registry == NULL)
		return 0;
	cm_arena_init(&arena, (size_t)128 << 20);
	rc = cm_assess_text_read(cm_span_of(data, size), registry, &arena, &a, &places, &err);
	must(err.code == rc && (!err.has_offset || err.offset <= size));
	if (rc == CM_OK) {
		check(&a, &places, registry, data, size);
		rc = cm_assess_check(&a, &places, registry, &arena, &remarks, &err);
		must(rc == CM_OK && remarks.n <= CM_ASSESS_REMARKS);
		for (size_t i = 0; rc == CM_OK && i < remarks.n; i++)
			must(remarks.item[i].text[0] != '\0' && strchr(remarks.item[i].text, '\n') == NULL);
	}
	cm_arena_fini(&arena);
	return 0;
}
