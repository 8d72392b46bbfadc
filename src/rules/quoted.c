#include <string.h>

#include "rules/lex.h"
#include "rules/rules.h"

static bool
is_known(const char **name, size_t n, struct cm_span text)
{
	for (size_t i = 0; i < n; i++)
		if (cm_span_eq(cm_span_str(name[i]), text))
			return true;
	return false;
}

enum cm_result
cm_rules_quoted(struct cm_span text, struct cm_arena *arena, const char *const **out, size_t *n, struct cm_err *err)
{
	const char **name = cm_arena_array(arena, CM_RULES_WORDS_MAX, sizeof(*name));
	struct cm_rules_lex lex = { text, 0, 1, 1 };
	struct cm_rules_token t = { 0 };
	struct cm_err passed = { 0 }; /* who reads the rules meets it again */
	bool reason = false;

	if (name == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the names in rules");
	*n = 0;
	*out = name;
	while (cm_rules_lex_next(&lex, &t, &passed) == CM_OK && t.kind != CM_RULES_END) {
		if (t.kind == CM_RULES_STRING && !reason && *n + 2 < CM_RULES_WORDS_MAX && !is_known(name, *n, t.text)) {
			char *copy = cm_arena_alloc(arena, t.text.len + 1);

			if (copy == NULL)
				return cm_err_set(err, CM_E_NOMEM, "out of memory for the names in rules");
			if (t.text.len > 0)
				memcpy(copy, t.text.ptr, t.text.len);
			name[(*n)++] = copy;
		}
		reason = cm_rules_token_is(&t, CM_RULES_WORD, "because");
	}
	return CM_OK;
}
