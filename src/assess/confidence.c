#include "assess/confidence.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "assess/fixed.h"
#include "assess/weigh_parts.h"

__extension__ typedef unsigned __int128 u128;

#define GROUPS_HIGH 3u
#define FLIP_HIGH 3u
#define CHECKABLE 0x3fu /* C1 to C6 */

enum { GROUPS, SHARE, GRADE, FLIP };

const char *
cm_confidence_word(enum cm_confidence_level level)
{
	static const char *const words[] = { "low", "moderate", "high" };

	return words[level];
}

int64_t
cm_confidence_share(const struct cm_confidence *c)
{
	return c->weight == 0 ? 0 : (int64_t)((u128)(uint64_t)c->checked * 1000 / (uint64_t)c->weight);
}

static int64_t
spread(const struct cm_weigh *w, const struct cm_weigh_item *x)
{
	const int64_t *cost = x->cost + CM_END_MID * w->n_bases;
	int64_t most = cost[0], least = cost[0];

	for (size_t k = 1; k < w->n_bases; k++) {
		most = cost[k] > most ? cost[k] : most;
		least = cost[k] < least ? cost[k] : least;
	}
	return most - least;
}

static void
see_grade(struct cm_confidence *c, const struct cm_assess_item *item)
{
	if (item->letter == 0)
		return;
	c->good = c->good && item->letter <= 'B' && item->digit <= '2';
	if (item->letter < c->letter || (item->letter == c->letter && item->digit <= c->digit))
		return;
	c->letter = item->letter;
	c->digit = item->digit;
}

static void
see_item(struct cm_confidence *c, const struct cm_weigh *w, size_t i, bool *group)
{
	const struct cm_weigh_item *x = &w->item[i];
	const struct cm_assess_item *item = &w->a->item[x->item];
	int64_t far = spread(w, x);
	/* a cost is below 33 * 2^44: three times the sum of 4,096 of them still is below 2^63 */
	int64_t weight = cm_cost_weighted(far, w->strongest[x->group] == i ? CM_ASSESS_MILLION : x->light);

	see_grade(c, item);
	c->weight += weight;
	c->checked += (item->forms & CHECKABLE) != 0 ? weight : 0;
	if (far == 0 || x->class == CM_CLASS_G || w->a->class[item->forge].c > CM_CONFIDENCE_HARD || group[x->group])
		return;
	group[x->group] = true;
	c->groups++;
}

static void CM_PRINTF(4, 5)
judge(struct cm_confidence *c, int what, enum cm_confidence_level allows, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->reason[what], CM_CONFIDENCE_REASON, fmt, ap);
	va_end(ap);
	c->allows[what] = allows;
	if (allows < c->level)
		c->level = allows;
}

static enum cm_confidence_level
level_of(bool low, bool high)
{
	return low ? CM_CONFIDENCE_LOW : high ? CM_CONFIDENCE_HIGH : CM_CONFIDENCE_MODERATE;
}

static void
judge_flip(struct cm_confidence *c)
{
	enum cm_confidence_level level = level_of(c->flip == 1, c->flip == 0 || c->flip >= FLIP_HIGH);

	if (c->flip == 0)
		judge(c, FLIP, level, "no set of items was found without which another hypothesis leads");
	else if (c->flip == 1)
		judge(c, FLIP, level, "one item alone decides: without it another hypothesis leads");
	else if (c->flip_exact)
		judge(c, FLIP, level, "without %zu items, and no fewer, another hypothesis leads", c->flip);
	else
		judge(c, FLIP, level, "another hypothesis leads without %zu items; none was found with fewer, and there is none with %zu",
		    c->flip, c->flip_below);
}

static void
judge_all(struct cm_confidence *c)
{
	int64_t share = cm_confidence_share(c);

	c->level = CM_CONFIDENCE_HIGH;
	if (c->groups == 0)
		judge(c, GROUPS, CM_CONFIDENCE_LOW, "nothing that counts is hard to plant (plantability 0.4 or less)");
	else
		judge(c, GROUPS, level_of(false, c->groups >= GROUPS_HIGH),
		    "%zu independent group%s hold%s evidence that is hard to plant (plantability 0.4 or less)", c->groups,
		    c->groups == 1 ? "" : "s", c->groups == 1 ? "s" : "");
	if (c->weight == 0)
		judge(c, SHARE, CM_CONFIDENCE_LOW, "nothing that counts tells the hypotheses apart");
	else
		judge(c, SHARE, level_of(3 * c->checked < c->weight, 3 * (c->weight - c->checked) <= c->weight),
		    "%" PRId64 ".%" PRId64 " %% of the weight can be checked by others (forms C1 to C6)", share / 10, share % 10);
	if (c->letter == 0)
		judge(c, GRADE, CM_CONFIDENCE_HIGH, "no source is graded: all is its authors' own observation");
	else
		judge(c, GRADE, level_of(c->letter >= 'D', c->good), "the worst source is graded %c%c", c->letter, c->digit);
	judge_flip(c);
}

enum cm_result
cm_confidence_of(struct cm_weigh *w, const bool *in, const struct cm_flips *flips, struct cm_arena *arena,
    struct cm_confidence *out, struct cm_err *err)
{
	bool *group = cm_arena_array(arena, w->n_groups + 1, sizeof(*group));

	if (group == NULL)
		return cm_err_set(err, CM_E_NOMEM, "no memory for the confidence");
	*out = (struct cm_confidence) { .good = true, .flip = flips->size, .flip_exact = flips->exact, .flip_below = flips->below };
	cm_weigh_count(w, in);
	for (size_t i = 0; i < w->n_items; i++)
		if (w->counts[i])
			see_item(out, w, i, group);
	judge_all(out);
	return CM_OK;
}
