#include <stdlib.h>
#include <string.h>

#include "rules/cut.h"

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "out of memory to cut the domains of rules");
}

static bool
has_word(const struct cm_test *t, size_t word)
{
	return (t->is.word[word / 64] >> (word % 64) & 1) != 0;
}

/* Splits each class into the words that the test is true of and the others; the class of the lower first word
 * comes first. */
static void
split_words(struct cm_cut *cut, size_t n_words, const struct cm_test *t)
{
	int16_t becomes[CM_RULES_WORDS_MAX][2];
	uint32_t n = 0;

	memset(becomes, -1, sizeof(becomes));
	for (size_t w = 0; w < n_words; w++) {
		int16_t *to = &becomes[cut->of[w]][has_word(t, w)];

		if (*to < 0)
			*to = (int16_t)n++;
		cut->of[w] = (uint8_t)*to;
	}
	cut->n = n;
}

static enum cm_result
cut_alloc(struct cm_cut *cut, uint32_t classes, struct cm_arena *arena, struct cm_err *err)
{
	cut->n = classes + 1;
	cut->low = cm_arena_array(arena, cut->n, sizeof(*cut->low));
	cut->example = cm_arena_array(arena, cut->n, sizeof(*cut->example));
	cut->weight = cm_arena_array(arena, cut->n, sizeof(*cut->weight));
	if (cut->low == NULL || cut->example == NULL || cut->weight == NULL)
		return no_memory(err);
	cut->example[classes] = CM_RULES_UNKNOWN;
	cut->weight[classes] = 1;
	return CM_OK;
}

static enum cm_result
cut_words(size_t attribute, size_t n_words, const struct cm_cut_tests *tests, size_t n, struct cm_arena *arena,
    struct cm_cut *cut, struct cm_err *err)
{
	enum cm_result rc;

	cut->n = n_words > 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < tests[i].n; k++)
			if (tests[i].test[k].attribute == attribute)
				split_words(cut, n_words, &tests[i].test[k]);
	rc = cut_alloc(cut, cut->n, arena, err);
	for (size_t w = n_words; rc == CM_OK && w-- > 0;) {
		cut->example[cut->of[w]] = (int64_t)w;
		cut->weight[cut->of[w]]++;
	}
	return rc;
}

static int
ascending(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Where values begin to be different: 0, and each constant or what follows it.  Sorted, each once. */
static size_t
sort_points(int64_t *point, size_t n)
{
	size_t kept = 0;

	qsort(point, n, sizeof(*point), ascending);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || point[kept - 1] != point[i])
			point[kept++] = point[i];
	return kept;
}

static size_t
collect_points(size_t attribute, int64_t max, const struct cm_cut_tests *tests, size_t n, int64_t *point)
{
	size_t found = 0;

	point[found++] = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < tests[i].n; k++) {
			const struct cm_test *t = &tests[i].test[k];

			if (t->attribute != attribute || t->is.between.low > t->is.between.high)
				continue;
			point[found] = t->is.between.low;
			found += t->is.between.low <= max;
			point[found] = t->is.between.high + 1;
			found += t->is.between.high < max;
		}
	}
	return sort_points(point, found);
}

static enum cm_result
cut_numbers(size_t attribute, int64_t max, const struct cm_cut_tests *tests, size_t n, struct cm_arena *arena,
    struct cm_cut *cut, struct cm_err *err)
{
	size_t all = 2;
	int64_t *point;
	enum cm_result rc = CM_OK;

	for (size_t i = 0; i < n; i++)
		all += tests[i].n * 2;
	point = calloc(all, sizeof(*point));
	if (point == NULL)
		return no_memory(err);
	all = collect_points(attribute, max, tests, n, point);
	if (all >= CM_CUT_CLASSES)
		rc = cm_err_set(err, CM_E_LIMIT, "more than %u constants for one attribute", CM_CUT_CLASSES - 1);
	if (rc == CM_OK)
		rc = cut_alloc(cut, (uint32_t)all, arena, err);
	for (size_t c = 0; rc == CM_OK && c < all; c++) {
		int64_t high = c + 1 < all ? point[c + 1] - 1 : max;

		cut->low[c] = point[c];
		cut->example[c] = point[c] > 0 || high == max ? point[c] : high;
		cut->weight[c] = (uint64_t)(high - point[c]) + 1;
	}
	free(point);
	return rc;
}

enum cm_result
cm_cut_all(const struct cm_vocabulary *v, const struct cm_cut_tests *tests, size_t n, struct cm_arena *arena,
    struct cm_cut **out, struct cm_err *err)
{
	struct cm_cut *cut = cm_arena_array(arena, v->n_attributes, sizeof(*cut));
	enum cm_result rc = cut != NULL ? CM_OK : no_memory(err);

	for (size_t i = 0; rc == CM_OK && i < v->n_attributes; i++) {
		const struct cm_attribute *a = &v->attribute[i];

		if (a->kind == CM_ATTRIBUTE_NUMBER || a->kind == CM_ATTRIBUTE_DATE)
			rc = cut_numbers(i, cm_attribute_max(a), tests, n, arena, &cut[i], err);
		else
			rc = cut_words(i, a->n_words, tests, n, arena, &cut[i], err);
	}
	*out = cut;
	return rc;
}

bool
cm_cut_true(const struct cm_test *t, const struct cm_cut *cut, uint32_t class)
{
	int64_t value = cut->example[class];

	if (t->range)
		return value >= t->is.between.low && value <= t->is.between.high;
	return has_word(t, (size_t)value);
}

uint32_t
cm_cut_class(const struct cm_cut *cut, const struct cm_attribute *a, int64_t value)
{
	uint32_t class = 0;

	if (value < 0 || value > cm_attribute_max(a))
		return cut->n - 1;
	if (a->n_words > 0)
		return cut->of[value];
	while (class + 2 < cut->n && cut->low[class + 1] <= value)
		class++;
	return class;
}
