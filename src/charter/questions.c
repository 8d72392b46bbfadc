#include "charter/questions.h"

/* What is derived stays with the one who derives it: nothing has left then. */
#define LEAVES " and action != derive"
#define PUBLIC "(action = publish or (to = public and to-member = other))"

const struct cm_question cm_questions[] = {
	{ "victim-consent", "Can anything about the victim leave without its consent?",
	    "victim-data = yes and consent != given" LEAVES, true },
	{ "exploit-raw", "Can code that attacks leave as it is (C1)?", "exploit = yes and form = C1" LEAVES, true },
	{ "targeting", "Can anything leave for targeting?", "purpose = targeting" LEAVES, true },
	{ "tlp-red", "Can TLP:RED leave the members, be passed on or be published?",
	    "tlp = red and (action in (publish, onward) or to-member = other)" LEAVES, true },
	{ "no-member", "Can anything leave to somebody who is no member, other than by publishing?",
	    "to-member = other and action != publish" LEAVES, true },
	{ "personal-data", "Can personal data be published?", "personal-data = yes and " PUBLIC LEAVES, true },
	{ "closed", "Can anything leave after the case is closed?", "phase = closed" LEAVES, false },
	{ "approval", "Can anything be published that not all members approved?", "action = publish and approved != all", false },
	{ "third-party", "Can data about somebody who is no member be published?",
	    "third-party-data = yes and " PUBLIC LEAVES, false },
	{ "costly", "Can anything leave that burns a sensor, an access or a person (D3, D4)?", "cost >= D3" LEAVES, false },
};
const size_t cm_questions_n = sizeof(cm_questions) / sizeof(cm_questions[0]);

enum cm_result
cm_questions_read(const struct cm_vocabulary *v, struct cm_arena *arena, const struct cm_condition *const **out,
    struct cm_err *err)
{
	const struct cm_condition **c = cm_arena_array(arena, cm_questions_n, sizeof(*c));
	enum cm_result rc = CM_OK;

	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the questions");
	for (size_t i = 0; rc == CM_OK && i < cm_questions_n; i++)
		rc = cm_condition_read(cm_span_str(cm_questions[i].condition), v, arena, &c[i], err);
	*out = c;
	return rc;
}
