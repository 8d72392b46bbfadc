#include <string.h>

#include "charter/sections.h"
#include "rules/vocabulary.h"

/* The line of ${text} that begins at ${*at}, which is moved behind it. */
static struct cm_span
next_line(struct cm_span text, size_t *at)
{
	const uint8_t *end = memchr(text.ptr + *at, '\n', text.len - *at);
	size_t len = end == NULL ? text.len - *at : (size_t)(end - text.ptr) - *at;
	struct cm_span line = cm_span_of(text.ptr + *at, len);

	*at += len + (end != NULL);
	return line;
}

static bool
begins(struct cm_span line, const char *mark)
{
	return cm_span_eq(cm_span_part(line, 0, strlen(mark)), cm_span_str(mark));
}

enum cm_result
cm_section_find(struct cm_span text, const char *name, struct cm_section *out, struct cm_err *err)
{
	size_t at = 0, number = 0, from;
	bool inside = false;

	*out = (struct cm_section) { false, cm_span_of(NULL, 0), 0 };
	while (at < text.len) {
		struct cm_span line;

		from = at;
		line = next_line(text, &at);
		number++;
		if (!begins(line, "## "))
			continue;
		if (inside)
			out->text.len = (size_t)(text.ptr + from - out->text.ptr);
		inside = cm_span_eq(cm_span_part(line, 3, line.len), cm_span_str(name));
		if (inside && out->found)
			return cm_err_set(err, CM_E_MALFORMED, "line %zu: a second section `## %s`", number, name);
		if (inside)
			*out = (struct cm_section) { true, cm_span_part(text, at, text.len), number + 1 };
	}
	return CM_OK;
}

/* `"NAME", ROLE` behind the dash. */
static enum cm_result
read_member(struct cm_span line, struct cm_arena *arena, size_t number, struct cm_section_member *out, struct cm_err *err)
{
	const uint8_t *end;
	size_t len, role = 0;
	struct cm_span rest;
	char *name, *word;

	if (!begins(line, "- \""))
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column 3: expected a member's name in quotes", number);
	end = memchr(line.ptr + 3, '"', line.len - 3);
	len = end == NULL ? 0 : (size_t)(end - line.ptr) - 3;
	if (len == 0 || memchr(line.ptr + 3, 0, len) != NULL)
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column 4: expected a member's name and quotes behind it", number);
	rest = cm_span_part(line, 3 + len, line.len);
	if (begins(rest, "\", "))
		for (rest = cm_span_part(rest, 3, rest.len); role < rest.len && rest.ptr[role] >= 'a' && rest.ptr[role] <= 'z'; role++)
			;
	name = cm_arena_alloc(arena, len + 1);
	word = cm_arena_alloc(arena, role + 1);
	if (name == NULL || word == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	memcpy(name, line.ptr + 3, len);
	if (role > 0)
		memcpy(word, rest.ptr, role);
	*out = (struct cm_section_member) { name, role > 0 ? word : NULL };
	return CM_OK;
}

enum cm_result
cm_section_members(const struct cm_section *members, struct cm_arena *arena, const struct cm_section_member **out,
    size_t *n, struct cm_err *err)
{
	struct cm_section_member *m = cm_arena_array(arena, CM_RULES_WORDS_MAX, sizeof(*m));
	enum cm_result rc = CM_OK;
	size_t number = members->line;

	if (m == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	*n = 0;
	for (size_t at = 0; rc == CM_OK && at < members->text.len; number++) {
		struct cm_span line = next_line(members->text, &at);

		if (!begins(line, "- "))
			continue;
		if (*n + 1 >= CM_RULES_WORDS_MAX)
			return cm_err_set(err, CM_E_LIMIT, "line %zu: more than %u members", number, CM_RULES_WORDS_MAX - 1);
		rc = read_member(line, arena, number, &m[*n], err);
		for (size_t i = 0; rc == CM_OK && i < *n; i++)
			if (strcmp(m[i].name, m[*n].name) == 0)
				rc = cm_err_set(err, CM_E_MALFORMED, "line %zu: a second member called \"%s\"", number, m[i].name);
		*n += rc == CM_OK;
	}
	*out = m;
	return rc;
}
