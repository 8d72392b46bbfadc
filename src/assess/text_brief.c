/* `brief sanctions': what only people can say.  Each field may stand there several times. */
#include <string.h>

#include "assess/text_parts.h"

static CM_RESULT
brief_field(struct cm_assess_reader *r)
{
	struct cm_span rest = r->line, word = cm_assess_word(&rest);
	int field = cm_assess_word_number(word, cm_brief_field_find);
	size_t n = r->a.brief.n;

	if (field < 0)
		return cm_assess_fail(r, word.ptr, "expected entity, act, measure, reply, lift, law, standard or review");
	if (n == CM_ASSESS_BRIEF)
		return cm_place_fail(&r->text, CM_E_LIMIT, (size_t)(word.ptr - r->text.in.ptr), "more than %u lines of a brief",
		    CM_ASSESS_BRIEF);
	r->brief[n] = (struct cm_brief_line) { .field = (enum cm_brief_field)field, .line = r->line_number };
	r->brief_at[n] = cm_assess_at_rest(r, rest);
	r->a.brief.n++;
	return cm_assess_text(r, rest, &r->brief[n].text);
}

CM_RESULT
cm_assess_read_brief(struct cm_assess_reader *r, struct cm_span rest)
{
	struct cm_span word = cm_assess_word(&rest);
	enum cm_result rc;

	if (!cm_assess_is(word, "sanctions"))
		return cm_assess_fail(r, word.ptr, "expected `sanctions', the only thing a brief is for");
	rc = cm_assess_end(r, rest);
	r->p.brief_end = cm_assess_behind_line(r);
	while (rc == CM_OK && cm_assess_next_field(r)) {
		rc = brief_field(r);
		r->p.brief_end = cm_assess_behind_line(r);
	}
	if (rc != CM_OK)
		return rc;
	r->a.brief.line = cm_arena_copy(r->arena, r->brief, r->a.brief.n * sizeof(r->brief[0]));
	r->p.brief = cm_arena_copy(r->arena, r->brief_at, r->a.brief.n * sizeof(r->brief_at[0]));
	return r->a.brief.line == NULL || r->p.brief == NULL ? cm_assess_no_memory(r) : CM_OK;
}
