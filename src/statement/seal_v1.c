#include <string.h>

#include "statement/seal_v1.h"

static const char *const collected_words[CM_COLLECTED_N + 1] = { "by", "vantage", "tool", "clock",
	"from", "to", "filter", "drops", NULL };

const char *
cm_collected_word(enum cm_collected c)
{
	return collected_words[c];
}

static void
put_columns(struct cm_jsonw *w, const struct cm_schema *s)
{
	cm_jsonw_key(w, "columns");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n; i++) {
		cm_jsonw_object(w);
		cm_jsonw_key(w, "name");
		cm_jsonw_span(w, s->column[i].name);
		if (s->column[i].link != CM_LINK_PLAIN)
			cm_jsonw_kint(w, "link", s->column[i].link);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

void
cm_seal_v1_write(struct cm_jsonw *w, const struct cm_seal_v1 *s)
{
	cm_jsonw_khex(w, "exhibit", cm_span_of(s->seal.x, 32));
	cm_jsonw_kstr(w, "kind", cm_kind_word(s->seal.schema.kind));
	put_columns(w, &s->seal.schema);
	cm_jsonw_kuint(w, "rows", s->seal.rows);
	cm_jsonw_khex(w, "root", cm_span_of(s->seal.root, 32));
	if (s->seal.has_file)
		cm_jsonw_khex(w, "file", cm_span_of(s->seal.file, 32));
	if (s->seal.has_pairs)
		cm_jsonw_khex(w, "pairs", cm_span_of(s->seal.pairs, 32));
	if (s->has_collected) {
		cm_jsonw_key(w, "collected");
		cm_jsonw_object(w);
		for (size_t i = 0; i < CM_COLLECTED_N; i++)
			cm_statement_put_claim(w, collected_words[i], &s->collected[i]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_key(w, "tool");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", s->tool_name);
	cm_jsonw_kstr(w, "version", s->tool_version);
	cm_jsonw_khex(w, "source", cm_span_of(s->tool_source, 32));
	cm_jsonw_object_end(w);
}

static enum cm_result
copy_str(struct cm_json v, const char *name, struct cm_arena *arena, const char **out,
    struct cm_err *err)
{
	const char *text;
	enum cm_result r = cm_json_get_str(v, name, &text, err);

	if (r != CM_OK)
		return r;
	text = cm_arena_copy(arena, text, strlen(text) + 1);
	if (text == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	*out = text;
	return CM_OK;
}

static enum cm_result
read_column(struct cm_json v, struct cm_arena *arena, struct cm_column *out, struct cm_err *err)
{
	static const char *const members[] = { "name", "link", NULL };
	const char *name;
	int64_t link = CM_LINK_PLAIN;
	enum cm_result r = cm_json_only(v, members, err);

	if (r == CM_OK)
		r = copy_str(v, "name", arena, &name, err);
	if (r == CM_OK && cm_json_has(v, "link"))
		r = cm_json_get_int(v, "link", 0, 127, &link, err);
	if (r != CM_OK)
		return r;
	*out = (struct cm_column) { cm_span_str(name), (int)link };
	return CM_OK;
}

static enum cm_result
read_schema(struct cm_json v, struct cm_arena *arena, struct cm_schema *out, struct cm_err *err)
{
	const char *kind;
	struct cm_json list;
	enum cm_result r = cm_json_get_str(v, "kind", &kind, err);

	if (r == CM_OK && cm_kind_parse(cm_span_str(kind), &out->kind) != CM_OK)
		return cm_err_set(err, CM_E_MALFORMED, "`kind' is not one known here: %.40s", kind);
	if (r == CM_OK)
		r = cm_json_get_list(v, "columns", &list, err);
	if (r != CM_OK)
		return r;
	out->n = cm_json_len(list);
	if (out->n == 0 || out->n > CM_COLUMNS_MAX)
		return cm_err_set(
		    err, CM_E_MALFORMED, "`columns' has not 1 to %d items", CM_COLUMNS_MAX);
	for (size_t i = 0; i < out->n && r == CM_OK; i++)
		r = read_column(cm_json_at(list, i), arena, &out->column[i], err);
	if (r == CM_OK && cm_schema_check(out, err) != CM_OK)
		r = CM_E_MALFORMED;
	return r;
}

static enum cm_result
read_collected(struct cm_json v, struct cm_arena *arena, struct cm_seal_v1 *out, struct cm_err *err)
{
	struct cm_json c;
	enum cm_result r;

	out->has_collected = cm_json_has(v, "collected");
	if (!out->has_collected)
		return CM_OK;
	r = cm_json_get_object(v, "collected", &c, err);
	if (r == CM_OK)
		r = cm_json_only(c, collected_words, err);
	for (size_t i = 0; i < CM_COLLECTED_N && r == CM_OK; i++)
		r = cm_statement_claim(c, collected_words[i], arena, &out->collected[i], err);
	return r;
}

static enum cm_result
read_tool(struct cm_json v, struct cm_arena *arena, struct cm_seal_v1 *out, struct cm_err *err)
{
	static const char *const members[] = { "name", "version", "source", NULL };
	struct cm_json t;
	enum cm_result r = cm_json_get_object(v, "tool", &t, err);

	if (r == CM_OK)
		r = cm_json_only(t, members, err);
	if (r == CM_OK)
		r = copy_str(t, "name", arena, &out->tool_name, err);
	if (r == CM_OK)
		r = copy_str(t, "version", arena, &out->tool_version, err);
	if (r == CM_OK)
		r = cm_json_get_hex(t, "source", out->tool_source, 32, err);
	return r;
}

static enum cm_result
read_numbers(struct cm_json v, struct cm_seal *out, struct cm_err *err)
{
	enum cm_result r = cm_json_get_hex(v, "exhibit", out->x, 32, err);

	if (r == CM_OK)
		r = cm_json_get_u64(v, "rows", CM_ROWS_MAX, &out->rows, err);
	if (r == CM_OK)
		r = cm_json_get_hex(v, "root", out->root, 32, err);
	out->has_file = cm_json_has(v, "file");
	if (r == CM_OK && out->has_file)
		r = cm_json_get_hex(v, "file", out->file, 32, err);
	out->has_pairs = cm_json_has(v, "pairs");
	if (r == CM_OK && out->has_pairs)
		r = cm_json_get_hex(v, "pairs", out->pairs, 32, err);
	return r;
}

/* The subject says in in-toto's words what the predicate says in ours. */
static enum cm_result
check_subject(const struct cm_statement *head, const struct cm_seal *seal, struct cm_err *err)
{
	if (head->n_subject != 1 || memcmp(head->subject[0].exhibit, seal->x, 32) != 0 ||
	    memcmp(head->subject[0].root, seal->root, 32) != 0)
		return cm_err_set(err, CM_E_MALFORMED, "`subject' is not this exhibit and root");
	return CM_OK;
}

enum cm_result
cm_seal_v1_read(const struct cm_statement_doc *d, struct cm_arena *arena, struct cm_seal_v1 *out,
    struct cm_err *err)
{
	static const char *const own[] = { "exhibit", "kind", "columns", "rows", "root", "file",
		"pairs", "collected", "tool", NULL };
	struct cm_seal_v1 s = { 0 };
	struct cm_json v = d->predicate;
	enum cm_result r;

	if (d->head.type != CM_PREDICATE_SEAL)
		return cm_err_set(err, CM_E_MALFORMED, "not a seal");
	r = cm_statement_only(d, own, err);
	if (r == CM_OK)
		r = read_numbers(v, &s.seal, err);
	if (r == CM_OK)
		r = read_schema(v, arena, &s.seal.schema, err);
	if (r == CM_OK && s.seal.has_pairs && s.seal.schema.kind != CM_KIND_CAPTURE)
		r = cm_err_set(err, CM_E_MALFORMED, "`pairs' is of captures only");
	if (r == CM_OK)
		r = read_collected(v, arena, &s, err);
	if (r == CM_OK)
		r = read_tool(v, arena, &s, err);
	if (r == CM_OK)
		r = check_subject(&d->head, &s.seal, err);
	if (r != CM_OK)
		return r;
	memcpy(s.seal.statement, d->digest, 32);
	*out = s;
	return CM_OK;
}
