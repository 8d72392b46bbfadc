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

/* The name in `- "NAME"`; NULL: it is none. */
static enum cm_result
name_of(struct cm_span line, struct cm_arena *arena, size_t number, const char **out, struct cm_err *err)
{
	const uint8_t *end;
	size_t len;
	char *name;

	if (!begins(line, "- \""))
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column 3: expected a member's name in quotes", number);
	end = memchr(line.ptr + 3, '"', line.len - 3);
	len = end == NULL ? 0 : (size_t)(end - line.ptr) - 3;
	if (len == 0 || memchr(line.ptr + 3, 0, len) != NULL)
		return cm_err_set(err, CM_E_MALFORMED, "line %zu, column 4: expected a member's name and quotes behind it", number);
	name = cm_arena_alloc(arena, len + 1);
	if (name == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	memcpy(name, line.ptr + 3, len);
	*out = name;
	return CM_OK;
}

enum cm_result
cm_section_names(const struct cm_section *members, struct cm_arena *arena, const char *const **out, size_t *n,
    struct cm_err *err)
{
	const char **name = cm_arena_array(arena, CM_RULES_WORDS_MAX, sizeof(*name));
	enum cm_result rc = CM_OK;
	size_t number = members->line;

	if (name == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	*n = 0;
	for (size_t at = 0; rc == CM_OK && at < members->text.len; number++) {
		struct cm_span line = next_line(members->text, &at);

		if (!begins(line, "- "))
			continue;
		if (*n + 1 >= CM_RULES_WORDS_MAX)
			return cm_err_set(err, CM_E_LIMIT, "line %zu: more than %u members", number, CM_RULES_WORDS_MAX - 2);
		rc = name_of(line, arena, number, &name[*n], err);
		for (size_t i = 0; rc == CM_OK && i < *n; i++)
			if (strcmp(name[i], name[*n]) == 0)
				rc = cm_err_set(err, CM_E_MALFORMED, "line %zu: a second member called \"%s\"", number, name[i]);
		*n += rc == CM_OK;
	}
	*out = name;
	return rc;
}
