/* rules/cut.h -- the values of each attribute, cut into classes that no rule can tell apart.
 *
 * Of numbers and days the classes are the intervals between the constants that rules name, ascending; of words those
 * that stand in the same lists.  The last class of each attribute is: not known. */
#ifndef CM_RULES_CUT_H
#define CM_RULES_CUT_H

#include "rules/parts.h"

#define CM_CUT_CLASSES 4096u /* of one attribute */

struct cm_cut {
	uint32_t n;		 /* classes with the last one, not known */
	uint8_t of[CM_RULES_WORDS_MAX]; /* words: the class of each */
	int64_t *low;		 /* numbers: where each class begins; n - 1 of them */
	int64_t *example;	 /* a value of each class; of the last -1 */
	uint64_t *weight;	 /* how many values it has; of the last 1 */
};

/* Tests of several texts, all over one vocabulary. */
struct cm_cut_tests {
	const struct cm_test *test;
	size_t n;
};

/* A cut for each attribute of ${v}, in the arena.  CM_E_LIMIT, CM_E_NOMEM. */
CM_RESULT cm_cut_all(const struct cm_vocabulary *v, const struct cm_cut_tests *tests, size_t n, struct cm_arena *arena,
    struct cm_cut **out, struct cm_err *err);

/* Is the test true of that class, which is not the last? */
bool cm_cut_true(const struct cm_test *t, const struct cm_cut *cut, uint32_t class);

/* The class of a value, or of what is not known. */
uint32_t cm_cut_class(const struct cm_cut *cut, const struct cm_attribute *a, int64_t value);

#endif
