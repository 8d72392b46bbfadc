#include "charter/possible.h"
#include "charter/vocabulary.h"

static bool
has_word(const struct cm_attribute *a, const char *word)
{
	return word != NULL && cm_attribute_word(a, cm_span_str(word), false) >= 0;
}

/* (to-member = "CERT A" and to != government) or ... */
static void
wrong_roles(const struct cm_vocabulary *v, enum cm_asks role, const struct cm_section_member *members, size_t n, struct cm_buf *b)
{
	const char *name = v->attribute[role].name;

	for (size_t i = 0; i < n; i++) {
		if (!has_word(&v->attribute[role], members[i].role))
			continue;
		cm_buf_printf(b, "%s(%s-member = \"%s\" and %s != %s)", b->len > 0 ? " or " : "", name, members[i].name, name,
		    members[i].role);
	}
}

enum cm_result
cm_charter_impossible(const struct cm_vocabulary *v, const struct cm_section_member *members, size_t n,
    struct cm_arena *arena, const struct cm_condition *const **out, size_t *n_out, struct cm_err *err)
{
	const struct cm_condition **c = cm_arena_array(arena, 2, sizeof(*c));
	struct cm_buf b = { 0 };
	enum cm_result rc = CM_OK;

	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	*n_out = 0;
	*out = c;
	cm_buf_add_str(&b, "(to = public and to-member != other)");
	wrong_roles(v, CM_ASKS_TO, members, n, &b);
	rc = cm_buf_ok(&b) ? cm_condition_read(cm_buf_span(&b), v, arena, &c[(*n_out)++], err) : CM_E_NOMEM;
	cm_buf_clear(&b);
	wrong_roles(v, CM_ASKS_FROM, members, n, &b);
	if (rc == CM_OK && b.len > 0)
		rc = cm_buf_ok(&b) ? cm_condition_read(cm_buf_span(&b), v, arena, &c[(*n_out)++], err) : CM_E_NOMEM;
	cm_buf_release(&b);
	return rc;
}
