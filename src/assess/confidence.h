/* assess/confidence.h -- how far a result rests on what is hard to plant and can be checked (docs/assessments.md section 4).
 *
 * Confidence is about the evidence, not about the answer: it is never put into one sentence with a likelihood. */
#ifndef CM_ASSESS_CONFIDENCE_H
#define CM_ASSESS_CONFIDENCE_H

#include "assess/leave.h"

enum cm_confidence_level { CM_CONFIDENCE_LOW, CM_CONFIDENCE_MODERATE, CM_CONFIDENCE_HIGH };

#define CM_CONFIDENCE_HARD INT64_C(400000) /* c up to which evidence is hard to plant, in millionths */
#define CM_CONFIDENCE_REASONS 4
#define CM_CONFIDENCE_REASON 200u /* bytes of one */

struct cm_confidence {
	enum cm_confidence_level level;
	size_t groups;	 /* dependence groups with an item that counts, tells hypotheses apart, and is hard to plant */
	int64_t weight;	 /* of all that counts: spread of the costs over the hypotheses, times weight; 2^-44 */
	int64_t checked; /* of what can be checked in a form C1 to C6 */
	char letter, digit; /* the worst Admiralty grade of what counts; 0: none is graded */
	bool good;	 /* every grade is of A or B, 1 or 2 */
	size_t flip;	 /* items of the smallest set that flips the answer; 0: none was found */
	bool flip_exact; /* else ${flip} is an upper bound */
	size_t flip_below; /* no set up to this size */
	char reason[CM_CONFIDENCE_REASONS][CM_CONFIDENCE_REASON]; /* of groups, share, grade and flip */
	enum cm_confidence_level allows[CM_CONFIDENCE_REASONS]; /* how high each lets it be; the level is the lowest */
};

const char *cm_confidence_word(enum cm_confidence_level level); /* "low", "moderate", "high" */

/* Checked weight in thousandths of all; 0 if nothing weighs anything. */
int64_t cm_confidence_share(const struct cm_confidence *c);

/* Of the items ${in}, with the flips found for them.  CM_E_NOMEM. */
CM_RESULT cm_confidence_of(struct cm_weigh *w, const bool *in, const struct cm_flips *flips, struct cm_arena *arena,
    struct cm_confidence *out, struct cm_err *err);

#endif
