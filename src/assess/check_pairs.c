/* Odds that one item moves too far, and deceivers who are missing. */
#include <string.h>

#include "assess/check_parts.h"

#define SPEAKS 3	   /* from which factor on an item speaks for one against another */
#define HARDEST_OPEN 2	   /* F0 to F2: planted without access to what belongs to the blamed side */
#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* Likelihoods are at most 10^12, and times 1,000 that still fits. */
static bool
above(int64_t most, int64_t least, int64_t factor)
{
	return most > least * factor;
}

/* Of types that say almost nothing on who it was. */
static bool
almost_nothing(const struct cm_assess_item *item)
{
	return strcmp(item->type, "N6") == 0 || strcmp(item->type, "H3") == 0 || strcmp(item->type, "L1") == 0;
}

void
cm_assess_check_ratio(struct cm_assess_checker *c, size_t number, enum cm_layer layer)
{
	static const char *const verbal = "on ENFSI's verbal scale, support is strong above 1,000 and very strong above 10,000";
	const struct cm_assess_item *item = &c->a->item[number];
	const char *word = cm_layer_word(layer);
	unsigned line = cm_assess_line_of_item(c, number);
	int64_t most = 0, least = CM_ASSESS_ONE, p, ratio;

	for (size_t i = cm_assess_next_own(c->a, layer, 0); i < c->a->n_hypotheses;
	     i = cm_assess_next_own(c->a, layer, i + 1)) {
		p = cm_assess_mid(item->cell[i].p);
		most = p > most ? p : most;
		least = MIN(least, p);
	}
	ratio = most / least;
	if (above(most, least, 1000))
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "item %s: at the layer %s it alone moves odds by a factor of more than %lld; %s", item->name, word,
		    (long long)MIN(ratio, INT64_C(1000000)), verbal);
	else if (above(most, least, 100) && item->forge == 1)
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "item %s: at the layer %s it moves odds by a factor of %lld, though cheap tools make such evidence (F1); "
		    "above 100, ENFSI's verbal scale calls support moderately strong", item->name, word, (long long)ratio);
	else if (above(most, least, 10) && item->forge == 0)
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "item %s: at the layer %s it moves odds by a factor of %lld, though such evidence is made by editing a string "
		    "(F0); above 10, ENFSI's verbal scale calls support moderate", item->name, word, (long long)ratio);
	if (layer >= CM_LAYER_OPERATOR && almost_nothing(item) && above(most, least, 3))
		cm_assess_remark(c, CM_REMARK_WARNING, line,
		    "item %s: at the layer %s it moves odds by more than 3, though type %s says almost nothing on who it was",
		    item->name, word, item->type);
}

/* ---- pairs ---- */

/* Items of a layer that speak there, are easily planted, and move any odds by the factor at least. */
static size_t
speakers(const struct cm_assessment *a, enum cm_layer layer, size_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_items; i++) {
		const struct cm_assess_item *item = &a->item[i];
		int64_t most = 0, least = CM_ASSESS_ONE, p;

		if (item->forge > HARDEST_OPEN || item->no_upstream || item->letter == 'G' || !cm_assess_item_speaks(a, i, layer))
			continue;
		for (size_t k = cm_assess_next_own(a, layer, 0); k < a->n_hypotheses; k = cm_assess_next_own(a, layer, k + 1)) {
			p = cm_assess_mid(item->cell[k].p);
			most = p > most ? p : most;
			least = MIN(least, p);
		}
		if (most >= least * SPEAKS)
			out[n++] = i;
	}
	return n;
}

static bool
considered(const struct cm_assessment *a, const uint8_t *pairs, size_t by, size_t as)
{
	return pairs[by * a->n_hypotheses + as] != 0;
}

static void
check_pair(struct cm_assess_checker *c, size_t by, size_t as, const size_t *item, size_t n)
{
	const struct cm_hypothesis *b = &c->a->hypothesis[by], *a = &c->a->hypothesis[as];

	for (size_t i = 0; i < n; i++) {
		const struct cm_assess_item *it = &c->a->item[item[i]];
		int64_t for_a = cm_assess_mid(it->cell[as].p), for_b = cm_assess_mid(it->cell[by].p);

		if (for_a < for_b * SPEAKS)
			continue;
		cm_assess_remark(c, CM_REMARK_WARNING, cm_assess_line_of_hypothesis(c, as),
		    "%s %s>%s: neither a hypothesis nor a `without'; item %s of class F%d speaks for %s against %s by a factor of "
		    "%lld, and %s could have planted it", cm_layer_word(a->layer), b->name, a->name, it->name, it->forge, a->name,
		    b->name, (long long)(for_a / for_b), b->name);
		return;
	}
}

void
cm_assess_check_pairs(struct cm_assess_checker *c)
{
	const struct cm_assessment *a = c->a;
	size_t n = a->n_hypotheses, n_items;
	uint8_t *pairs = cm_arena_array(c->arena, n, n);
	size_t *item = cm_arena_array(c->arena, a->n_items, sizeof(*item));

	if (pairs == NULL || item == NULL) {
		c->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (cm_hypothesis_deceives(&a->hypothesis[i]))
			pairs[a->hypothesis[i].by * n + a->hypothesis[i].as] = 1;
	for (size_t i = 0; i < a->n_without; i++)
		pairs[a->without[i].by * n + a->without[i].as] = 1;
	for (unsigned k = 0; k < CM_LAYERS; k++) {
		enum cm_layer layer = (enum cm_layer)k;

		n_items = cm_assess_has_layer(a, layer) ? speakers(a, layer, item) : 0;
		for (size_t pair = 0; n_items > 0 && pair < n * n; pair++) {
			size_t as = pair / n, by = pair % n;

			if (as != by && cm_assess_next_own(a, layer, as) == as && cm_assess_next_own(a, layer, by) == by &&
			    strcmp(a->hypothesis[as].name, CM_ASSESS_OTHER) != 0 && !considered(a, pairs, by, as))
				check_pair(c, by, as, item, n_items);
		}
	}
}
