#include <string.h>

#include "statement/disclosure.h"

const char *const cm_disclosure_members[] = { "seals", "findings", "traffic", "chains", "assessments", "files",
	"shows", "hides", "leaks_accepted", "layout", "tool", "terms", NULL };

#define COUNT_MAX ((UINT64_C(1) << 40))

static void
write_linked(struct cm_jsonw *w, const char *name, uint64_t named, uint64_t tied)
{
	cm_jsonw_key(w, name);
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "named", named);
	cm_jsonw_kuint(w, "tied", tied);
	cm_jsonw_object_end(w);
}

void
cm_shows_write(struct cm_jsonw *w, const struct cm_shows *s)
{
	size_t i;

	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "rows", s->rows);
	if (s->capture) {
		cm_jsonw_kuint(w, "packets", s->packets);
		cm_jsonw_kuint(w, "headers", s->headers);
		cm_jsonw_kuint(w, "mask", s->mask);
		cm_jsonw_kuint(w, "payload", s->payload);
		write_linked(w, "src", s->src_named, s->src_tied);
		write_linked(w, "dst", s->dst_named, s->dst_tied);
		cm_jsonw_object_end(w);
		return;
	}
	cm_jsonw_key(w, "columns");
	cm_jsonw_array(w);
	for (i = 0; i < s->n_columns; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", s->columns[i].name);
		cm_jsonw_kuint(w, "open", s->columns[i].open);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

bool
cm_shows_eq(const struct cm_shows *a, const struct cm_shows *b)
{
	size_t i;

	if (a->capture != b->capture || a->rows != b->rows)
		return false;
	if (a->capture)
		return a->packets == b->packets && a->headers == b->headers && a->mask == b->mask &&
		    a->payload == b->payload && a->src_named == b->src_named &&
		    a->src_tied == b->src_tied && a->dst_named == b->dst_named && a->dst_tied == b->dst_tied;
	if (a->n_columns != b->n_columns)
		return false;
	for (i = 0; i < a->n_columns; i++) {
		if (a->columns[i].open != b->columns[i].open ||
		    strcmp(a->columns[i].name, b->columns[i].name) != 0)
			return false;
	}
	return true;
}

static void
write_digests(struct cm_jsonw *w, const char *name, uint8_t (*digest)[32], size_t n)
{
	size_t i;

	cm_jsonw_key(w, name);
	cm_jsonw_array(w);
	for (i = 0; i < n; i++)
		cm_jsonw_hex(w, cm_span_of(digest[i], 32));
	cm_jsonw_array_end(w);
}

void
cm_disclosure_write(struct cm_jsonw *w, const struct cm_disclosure *d)
{
	size_t i;

	write_digests(w, "seals", d->seals, d->n_seals);
	write_digests(w, "findings", d->findings, d->n_findings);
	if (d->n_traffic > 0)
		write_digests(w, "traffic", d->traffic, d->n_traffic);
	if (d->n_chains > 0)
		write_digests(w, "chains", d->chains, d->n_chains);
	if (d->n_assessments > 0)
		write_digests(w, "assessments", d->assessments, d->n_assessments);
	cm_jsonw_key(w, "files");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_files; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "name", d->files[i].name);
		cm_jsonw_kuint(w, "bytes", d->files[i].bytes);
		cm_jsonw_khex(w, "sha256", cm_span_of(d->files[i].sha256, 32));
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "shows");
	cm_jsonw_array(w);
	for (i = 0; i < d->n_seals; i++)
		cm_shows_write(w, &d->shows[i]);
	cm_jsonw_array_end(w);
	cm_jsonw_key(w, "hides");
	cm_jsonw_array(w);
	if (d->hides & CM_HIDE_ADDRESSES)
		cm_jsonw_str(w, "addresses");
	if (d->hides & CM_HIDE_PAYLOAD)
		cm_jsonw_str(w, "payload");
	cm_jsonw_array_end(w);
	cm_jsonw_kuint(w, "leaks_accepted", d->leaks_accepted);
	cm_jsonw_kuint(w, "layout", CM_DISCLOSURE_LAYOUT);
	cm_jsonw_key(w, "tool");
	cm_jsonw_object(w);
	cm_jsonw_kstr(w, "name", d->tool_name);
	cm_jsonw_kstr(w, "version", d->tool_version);
	cm_jsonw_khex(w, "source", cm_span_of(d->tool_source, 32));
	cm_jsonw_object_end(w);
	if (d->has_terms) {
		cm_jsonw_key(w, "terms");
		cm_terms_write(w, &d->terms);
	}
}

struct reading {
	struct cm_arena *arena;
	struct cm_err *err;
};

static CM_RESULT
no_memory(const struct reading *r)
{
	return cm_err_set(r->err, CM_E_NOMEM, "no memory for the disclosure");
}

static CM_RESULT
read_text(const struct reading *r, struct cm_json v, const char *name, const char **out)
{
	const char *text;
	enum cm_result rc = cm_json_get_str(v, name, &text, r->err);

	if (rc != CM_OK)
		return rc;
	*out = cm_arena_copy(r->arena, text, strlen(text) + 1);
	return *out != NULL ? CM_OK : no_memory(r);
}

static CM_RESULT
read_digests(const struct reading *r, struct cm_json v, const char *name, uint8_t (**out)[32], size_t *n)
{
	struct cm_json list;
	size_t i;
	enum cm_result rc = cm_json_get_list(v, name, &list, r->err);

	if (rc != CM_OK)
		return rc;
	*n = cm_json_len(list);
	if (*n > CM_DISCLOSURE_FILES_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "%s: more than %d", name, CM_DISCLOSURE_FILES_MAX);
	*out = cm_arena_array(r->arena, *n + 1, 32);
	if (*out == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < *n; i++)
		rc = cm_json_hex(cm_json_at(list, i), name, (*out)[i], 32, r->err);
	return rc;
}

/* Of what is absent if there is none. */
static CM_RESULT
read_more(const struct reading *r, struct cm_json v, const char *name, uint8_t (**out)[32], size_t *n)
{
	enum cm_result rc;

	*n = 0;
	if (!cm_json_has(v, name))
		return CM_OK;
	rc = read_digests(r, v, name, out, n);
	if (rc == CM_OK && *n == 0)
		return cm_err_set(r->err, CM_E_MALFORMED, "%s: an empty list stands there by its absence", name);
	return rc;
}

static CM_RESULT
read_files(const struct reading *r, struct cm_json v, struct cm_disclosure *d)
{
	static const char *const only[] = { "name", "bytes", "sha256", NULL };
	struct cm_json list, o;
	size_t i;
	enum cm_result rc = cm_json_get_list(v, "files", &list, r->err);

	if (rc != CM_OK)
		return rc;
	d->n_files = cm_json_len(list);
	if (d->n_files > CM_DISCLOSURE_FILES_MAX)
		return cm_err_set(r->err, CM_E_LIMIT, "files: more than %d", CM_DISCLOSURE_FILES_MAX);
	d->files = cm_arena_array(r->arena, d->n_files + 1, sizeof(d->files[0]));
	if (d->files == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < d->n_files; i++) {
		o = cm_json_at(list, i);
		rc = cm_json_only(o, only, r->err);
		if (rc == CM_OK)
			rc = read_text(r, o, "name", &d->files[i].name);
		if (rc == CM_OK)
			rc = cm_json_get_u64(o, "bytes", UINT32_MAX, &d->files[i].bytes, r->err);
		if (rc == CM_OK)
			rc = cm_json_get_hex(o, "sha256", d->files[i].sha256, 32, r->err);
		if (rc == CM_OK && i > 0 && strcmp(d->files[i - 1].name, d->files[i].name) >= 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "files: expected ascending names");
	}
	return rc;
}

static CM_RESULT
read_linked(const struct reading *r, struct cm_json v, const char *name, uint64_t *named, uint64_t *tied)
{
	static const char *const only[] = { "named", "tied", NULL };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, name, &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "named", COUNT_MAX, named, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "tied", COUNT_MAX, tied, r->err);
	return rc;
}

static CM_RESULT
read_capture_shows(const struct reading *r, struct cm_json o, struct cm_shows *s)
{
	static const char *const only[] = { "rows", "packets", "headers", "mask", "payload", "src", "dst",
		NULL };
	uint64_t *const at[] = { &s->rows, &s->packets, &s->headers, &s->mask, &s->payload };
	enum cm_result rc = cm_json_only(o, only, r->err);
	size_t i;

	s->capture = true;
	for (i = 0; rc == CM_OK && i < 5; i++)
		rc = cm_json_get_u64(o, only[i], COUNT_MAX, at[i], r->err);
	if (rc == CM_OK)
		rc = read_linked(r, o, "src", &s->src_named, &s->src_tied);
	if (rc == CM_OK)
		rc = read_linked(r, o, "dst", &s->dst_named, &s->dst_tied);
	return rc;
}

static CM_RESULT
read_other_shows(const struct reading *r, struct cm_json o, struct cm_shows *s)
{
	static const char *const only[] = { "rows", "columns", NULL };
	static const char *const column[] = { "name", "open", NULL };
	struct cm_json list, c;
	size_t i;
	enum cm_result rc = cm_json_only(o, only, r->err);

	if (rc == CM_OK)
		rc = cm_json_get_u64(o, "rows", COUNT_MAX, &s->rows, r->err);
	if (rc == CM_OK)
		rc = cm_json_get_list(o, "columns", &list, r->err);
	if (rc != CM_OK)
		return rc;
	s->n_columns = cm_json_len(list);
	if (s->n_columns > CM_SHOWS_COLUMNS_MAX)
		return cm_err_set(r->err, CM_E_MALFORMED, "columns: more than %d", CM_SHOWS_COLUMNS_MAX);
	for (i = 0; rc == CM_OK && i < s->n_columns; i++) {
		c = cm_json_at(list, i);
		rc = cm_json_only(c, column, r->err);
		if (rc == CM_OK)
			rc = read_text(r, c, "name", &s->columns[i].name);
		if (rc == CM_OK)
			rc = cm_json_get_u64(c, "open", COUNT_MAX, &s->columns[i].open, r->err);
	}
	return rc;
}

static CM_RESULT
read_shows(const struct reading *r, struct cm_json v, struct cm_disclosure *d)
{
	struct cm_json list, o;
	size_t i;
	enum cm_result rc = cm_json_get_list(v, "shows", &list, r->err);

	if (rc != CM_OK)
		return rc;
	if (cm_json_len(list) != d->n_seals)
		return cm_err_set(r->err, CM_E_MALFORMED, "shows: expected one for each of %zu seals",
		    d->n_seals);
	d->shows = cm_arena_array(r->arena, d->n_seals + 1, sizeof(d->shows[0]));
	if (d->shows == NULL)
		return no_memory(r);
	for (i = 0; rc == CM_OK && i < d->n_seals; i++) {
		o = cm_json_at(list, i);
		if (cm_json_type(o) != CM_JSON_OBJECT)
			return cm_err_set(r->err, CM_E_MALFORMED, "shows: expected objects");
		rc = cm_json_has(o, "columns") ? read_other_shows(r, o, &d->shows[i]) :
						 read_capture_shows(r, o, &d->shows[i]);
	}
	return rc;
}

static CM_RESULT
read_hides(const struct reading *r, struct cm_json v, uint8_t *out)
{
	static const char *const words[] = { "addresses", "payload" };
	struct cm_json list;
	const char *word;
	size_t i, j;
	enum cm_result rc = cm_json_get_list(v, "hides", &list, r->err);

	*out = 0;
	for (i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_json_str(cm_json_at(list, i), "hides", &word, r->err);
		if (rc != CM_OK)
			return rc;
		for (j = 0; j < 2 && strcmp(word, words[j]) != 0; j++)
			;
		if (j == 2 || *out >> j != 0)
			return cm_err_set(r->err, CM_E_MALFORMED, "hides: unknown word or order");
		*out |= (uint8_t)(1u << j);
	}
	return rc;
}

static CM_RESULT
read_tool(const struct reading *r, struct cm_json v, struct cm_disclosure *d)
{
	static const char *const only[] = { "name", "version", "source", NULL };
	struct cm_json o;
	enum cm_result rc = cm_json_get_object(v, "tool", &o, r->err);

	if (rc == CM_OK)
		rc = cm_json_only(o, only, r->err);
	if (rc == CM_OK)
		rc = read_text(r, o, "name", &d->tool_name);
	if (rc == CM_OK)
		rc = read_text(r, o, "version", &d->tool_version);
	if (rc == CM_OK)
		rc = cm_json_get_hex(o, "source", d->tool_source, 32, r->err);
	return rc;
}

static CM_RESULT
read_terms(const struct reading *r, struct cm_json v, struct cm_disclosure *d)
{
	struct cm_json o;
	enum cm_result rc;

	d->has_terms = cm_json_has(v, "terms");
	if (!d->has_terms)
		return CM_OK;
	rc = cm_json_get_object(v, "terms", &o, r->err);
	if (rc == CM_OK)
		rc = cm_terms_read(o, r->arena, &d->terms, r->err);
	if (rc == CM_OK && d->terms.use == CM_TERMS_CHARTER && d->terms.n_exhibits != d->n_seals)
		return cm_err_set(r->err, CM_E_MALFORMED, "terms: exhibits: expected one for each of %zu seals", d->n_seals);
	return rc;
}

CM_RESULT
cm_disclosure_read(struct cm_json predicate, struct cm_arena *arena, struct cm_disclosure *out,
    struct cm_err *err)
{
	struct reading r = { arena, err };
	struct cm_disclosure d = { 0 };
	uint64_t layout = 0;
	enum cm_result rc;

	rc = read_digests(&r, predicate, "seals", &d.seals, &d.n_seals);
	if (rc == CM_OK)
		rc = read_digests(&r, predicate, "findings", &d.findings, &d.n_findings);
	if (rc == CM_OK)
		rc = read_more(&r, predicate, "traffic", &d.traffic, &d.n_traffic);
	if (rc == CM_OK)
		rc = read_more(&r, predicate, "chains", &d.chains, &d.n_chains);
	if (rc == CM_OK)
		rc = read_more(&r, predicate, "assessments", &d.assessments, &d.n_assessments);
	if (rc == CM_OK)
		rc = read_files(&r, predicate, &d);
	if (rc == CM_OK)
		rc = read_shows(&r, predicate, &d);
	if (rc == CM_OK)
		rc = read_hides(&r, predicate, &d.hides);
	if (rc == CM_OK)
		rc = cm_json_get_u64(predicate, "leaks_accepted", CM_JSON_INT_MAX, &d.leaks_accepted, err);
	if (rc == CM_OK)
		rc = cm_json_get_u64(predicate, "layout", CM_JSON_INT_MAX, &layout, err);
	if (rc == CM_OK && layout != CM_DISCLOSURE_LAYOUT)
		return cm_err_set(err, CM_E_UNSUPPORTED, "layout: expected %d", CM_DISCLOSURE_LAYOUT);
	if (rc == CM_OK)
		rc = read_tool(&r, predicate, &d);
	if (rc == CM_OK)
		rc = read_terms(&r, predicate, &d);
	if (rc == CM_OK)
		*out = d;
	return rc;
}
