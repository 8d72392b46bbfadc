#include "charter/possible.h"
#include "charter/vocabulary.h"
#include "cli/charter_rules.h"
#include "os/private.h"
#include "registry/registry.h"

static enum cm_result
read_types(struct cm_arena *arena, const char *const **out, size_t *n, struct cm_err *err)
{
	struct cm_registry registry;
	enum cm_result rc = cm_registry_builtin(arena, &registry, err);
	const char **id;

	if (rc != CM_OK)
		return rc;
	id = cm_arena_array(arena, registry.n_types, sizeof(*id));
	if (id == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the types of evidence");
	for (size_t i = 0; i < registry.n_types; i++)
		id[i] = registry.type[i].id;
	*out = id;
	*n = registry.n_types;
	return CM_OK;
}

/* The names that bare rules speak of; nothing is known of their roles. */
static enum cm_result
quoted_members(struct cm_charter_rules *r, struct cm_err *err)
{
	const char *const *name;
	struct cm_section_member *member;
	enum cm_result rc = cm_rules_quoted(r->section, &r->arena, &name, &r->n_members, err);

	if (rc != CM_OK)
		return rc;
	member = cm_arena_array(&r->arena, r->n_members, sizeof(*member));
	if (member == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the members");
	for (size_t i = 0; i < r->n_members; i++)
		member[i].name = name[i];
	r->members = member;
	return CM_OK;
}

/* Where the rules are, and who the members are. */
static enum cm_result
find_rules(struct cm_charter_rules *r, struct cm_err *err)
{
	struct cm_section rules, list;
	enum cm_result rc = cm_section_find(cm_buf_span(&r->text), "Rules", &rules, err);

	if (rc == CM_OK)
		rc = cm_section_find(cm_buf_span(&r->text), "Members", &list, err);
	if (rc != CM_OK)
		return rc;
	r->bare = !rules.found;
	r->section = r->bare ? cm_buf_span(&r->text) : rules.text;
	r->line = r->bare ? 1 : rules.line;
	if (!r->bare && !list.found)
		return cm_err_set(err, CM_E_MALFORMED, "there is no section `## Members`");
	return r->bare ? quoted_members(r, err) : cm_section_members(&list, &r->arena, &r->members, &r->n_members, err);
}

static enum cm_result
make_vocabulary(struct cm_charter_rules *r, struct cm_err *err)
{
	const char **name = cm_arena_array(&r->arena, r->n_members, sizeof(*name));
	const char *const *types;
	size_t n_types;
	enum cm_result rc = name != NULL ? read_types(&r->arena, &types, &n_types, err) : CM_E_NOMEM;

	for (size_t i = 0; name != NULL && i < r->n_members; i++)
		name[i] = r->members[i].name;
	return rc == CM_OK ? cm_charter_vocabulary(types, n_types, name, r->n_members, &r->arena, &r->v, err) : rc;
}

enum cm_result
cm_charter_rules_load(const char *path, struct cm_charter_rules *out, struct cm_err *err)
{
	enum cm_result rc;

	cm_arena_init(&out->arena, 0);
	rc = cm_whole_read(path, CM_CHARTER_FILE, &out->text, err);
	if (rc == CM_OK)
		rc = find_rules(out, err);
	if (rc == CM_OK)
		rc = make_vocabulary(out, err);
	if (rc == CM_OK)
		rc = cm_rules_read(out->section, out->line, out->v, &out->arena, &out->rules, err);
	if (rc == CM_OK)
		rc = cm_charter_impossible(out->v, out->members, out->n_members, &out->arena, &out->impossible,
		    &out->n_impossible, err);
	return rc;
}

void
cm_charter_rules_release(struct cm_charter_rules *r)
{
	cm_arena_fini(&r->arena);
	cm_buf_release(&r->text);
}

static void
json_value(struct cm_jsonw *w, const struct cm_attribute *a, int64_t value)
{
	struct cm_buf b = { 0 };

	if (a->kind == CM_ATTRIBUTE_NUMBER) {
		cm_jsonw_int(w, value);
		return;
	}
	if (a->n_words > 0)
		cm_buf_add_str(&b, a->words[value]);
	else
		cm_attribute_write(a, value, &b);
	cm_jsonw_span(w, cm_buf_span(&b));
	if (!cm_buf_ok(&b))
		w->out->failed = true;
	cm_buf_release(&b);
}

void
cm_charter_json_example(struct cm_jsonw *w, const struct cm_example *e, const struct cm_vocabulary *v)
{
	cm_jsonw_key(w, "example");
	cm_jsonw_object(w);
	for (size_t i = 0; i < v->n_attributes; i++) {
		if ((e->matters >> i & 1) == 0)
			continue;
		cm_jsonw_key(w, v->attribute[i].name);
		if (e->ask.value[i] < 0)
			cm_jsonw_null(w);
		else
			json_value(w, &v->attribute[i], e->ask.value[i]);
	}
	cm_jsonw_object_end(w);
}

void
cm_charter_json_answer(struct cm_jsonw *w, const struct cm_answer *a, const struct cm_vocabulary *v)
{
	char count[CM_COUNT_TEXT];

	cm_requests_text(a->requests, count);
	cm_jsonw_kstr(w, "requests", count);
	if (a->can)
		cm_charter_json_example(w, &a->example, v);
}

void
cm_charter_json_bounds(struct cm_jsonw *w, const struct cm_bound *b, const struct cm_vocabulary *v)
{
	cm_jsonw_object(w);
	for (size_t i = 0; i < v->n_obligations; i++) {
		const struct cm_obligation *o = &v->obligation[i];

		if (!b[i].set)
			continue;
		if (o->kind == CM_OBLIGATION_FLAG)
			cm_jsonw_kbool(w, o->name, true);
		else if (o->kind == CM_OBLIGATION_AT_MOST)
			cm_jsonw_kint(w, o->name, b[i].bound);
		else
			cm_jsonw_kstr(w, o->name, o->words[b[i].bound]);
	}
	cm_jsonw_object_end(w);
}
