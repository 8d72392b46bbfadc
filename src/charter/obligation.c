#include "charter/obligation.h"
#include "charter/vocabulary.h"
#include "rules/rules.h"

void
cm_obligation_say(const char *text, struct cm_buf *out)
{
	const struct cm_vocabulary *v;
	struct cm_arena arena;
	struct cm_bound bound;
	struct cm_err none = { 0 };
	size_t which;

	cm_arena_init(&arena, 0);
	if (cm_charter_vocabulary(NULL, 0, NULL, 0, &arena, &v, &none) == CM_OK &&
	    cm_bound_read(v, cm_span_str(text), &which, &bound, &none) == CM_OK)
		cm_bound_say(v, which, &bound, out);
	else
		cm_buf_add_str(out, text);
	cm_arena_fini(&arena);
}
