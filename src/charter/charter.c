#include <string.h>

#include "charter/charter.h"
#include "charter/plain.h"
#include "charter/sections.h"
#include "charter/vocabulary.h"
#include "statement/charter_v1.h"

/* The first line of ${text}, without its newline. */
static struct cm_span
first_line(struct cm_span text)
{
	const uint8_t *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;

	return cm_span_part(text, 0, end == NULL ? text.len : (size_t)(end - text.ptr));
}

static bool
begins(struct cm_span line, const char *mark)
{
	return cm_span_eq(cm_span_part(line, 0, strlen(mark)), cm_span_str(mark));
}

static enum cm_result
need_section(struct cm_span text, const char *name, struct cm_section *out, struct cm_err *err)
{
	enum cm_result r = cm_section_find(text, name, out, err);

	return r != CM_OK || out->found ? r : cm_err_set(err, CM_E_MALFORMED, "there is no section `## %s'", name);
}

static enum cm_result
read_title(struct cm_span text, struct cm_arena *arena, const char **out, struct cm_err *err)
{
	struct cm_span line = first_line(text);
	char *title;

	if (!begins(line, "# "))
		line = cm_span_of(NULL, 0);
	else
		line = cm_span_part(line, 2, line.len);
	title = cm_arena_alloc(arena, line.len + 1);
	if (title == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	if (line.len > 0)
		memcpy(title, line.ptr, line.len);
	*out = title;
	return CM_OK;
}

enum cm_result
cm_charter_members(struct cm_span text, struct cm_arena *arena, struct cm_charter *out, struct cm_err *err)
{
	struct cm_charter c = { 0 };
	struct cm_section section;
	enum cm_result r = CM_OK;

	if (text.len > CM_CHARTER_TEXT)
		return cm_err_set(err, CM_E_LIMIT, "a charter of more than %zu bytes", CM_CHARTER_TEXT);
	r = cm_plain_check(text, err);
	if (r == CM_OK)
		r = read_title(text, arena, &c.title, err);
	if (r == CM_OK)
		r = need_section(text, "Members", &section, err);
	if (r == CM_OK)
		r = cm_members_read(section.text, section.line, arena, &c.members, err);
	if (r == CM_OK)
		*out = c;
	return r;
}

static enum cm_result
make_vocabulary(
    struct cm_charter *c, const char *const *types, size_t n_types, struct cm_arena *arena, struct cm_err *err)
{
	const char **names = cm_arena_array(arena, c->members.n, sizeof(*names));

	if (names == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (size_t i = 0; i < c->members.n; i++)
		names[i] = c->members.item[i].name;
	return cm_charter_vocabulary(types, n_types, names, c->members.n, arena, &c->vocabulary, err);
}

enum cm_result
cm_charter_read(struct cm_span text, const char *const *types, size_t n_types, struct cm_arena *arena,
    struct cm_charter *out, struct cm_err *err)
{
	struct cm_charter c = { 0 };
	struct cm_section section = { 0 };
	enum cm_result r = cm_charter_members(text, arena, &c, err);

	if (r == CM_OK)
		r = make_vocabulary(&c, types, n_types, arena, err);
	if (r == CM_OK)
		r = need_section(text, "Rules", &section, err);
	if (r == CM_OK)
		r = cm_rules_read(section.text, section.line, c.vocabulary, arena, &c.rules, err);
	c.rules_text = section.text;
	c.rules_line = section.line;
	if (r == CM_OK)
		r = cm_section_find(text, "Evidence types", &section, err);
	if (r == CM_OK) {
		c.types = section.text;
		c.types_line = section.line;
		*out = c;
	}
	return r;
}
