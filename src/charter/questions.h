/* charter/questions.h -- what every team asks of its charter before it signs it.
 *
 * Each question is a condition of the rule language over the vocabulary of charters: can a request in which it is true
 * be allowed?  `yes` has an example, `no` is proved (rules/checks.h).  To add one: a row of the table. */
#ifndef CM_CHARTER_QUESTIONS_H
#define CM_CHARTER_QUESTIONS_H

#include "rules/checks.h"

struct cm_question {
	const char *id; /* "victim-consent" */
	const char *text;
	const char *condition;
	bool must_be_no; /* else it is for the members to judge */
};

extern const struct cm_question cm_questions[];
extern const size_t cm_questions_n;

/* The condition of each, over ${v}, in the arena.  What cm_condition_read says. */
CM_RESULT cm_questions_read(const struct cm_vocabulary *v, struct cm_arena *arena, const struct cm_condition *const **out,
    struct cm_err *err);

#endif
