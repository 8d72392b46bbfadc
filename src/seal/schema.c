#include <string.h>

#include "seal/schema.h"

static const char *const kind_words[] = { "capture/1", "lines/1", "records/1", "blob/1" };

static struct cm_column
column(const char *name, int link)
{
	return (struct cm_column) { cm_span_str(name), link };
}

struct cm_schema
cm_schema_of(enum cm_kind kind)
{
	struct cm_schema s = { .kind = kind, .n = 1 };

	switch (kind) {
	case CM_KIND_CAPTURE:
		s.column[CM_COL_HEADERS] = column("headers", CM_LINK_PLAIN);
		s.column[CM_COL_SRC] = column("src", 0);
		s.column[CM_COL_DST] = column("dst", 0);
		s.column[CM_COL_MASK] = column("mask", CM_LINK_PLAIN);
		s.column[CM_COL_PAYLOAD] = column("payload", CM_LINK_PLAIN);
		s.n = 5;
		break;
	case CM_KIND_LINES:
		s.column[0] = column("line", CM_LINK_PLAIN);
		break;
	case CM_KIND_RECORDS:
		s.column[0] = column("rest", CM_LINK_PLAIN);
		break;
	case CM_KIND_BLOB:
		s.column[0] = column("bytes", CM_LINK_PLAIN);
		break;
	}
	return s;
}

enum cm_result
cm_schema_records(const struct cm_span *names, size_t n, struct cm_schema *out, struct cm_err *err)
{
	struct cm_schema s = { .kind = CM_KIND_RECORDS };
	size_t i;

	if (n >= CM_COLUMNS_MAX)
		return cm_err_set(err, CM_E_USAGE, "at most %d members can be columns, not %zu",
		    CM_COLUMNS_MAX - 1, n);
	for (i = 0; i < n; i++)
		s.column[i] = (struct cm_column) { names[i], CM_LINK_PLAIN };
	s.column[n] = column("rest", CM_LINK_PLAIN);
	s.n = n + 1;
	if (cm_schema_check(&s, err) != CM_OK)
		return CM_E_USAGE;
	*out = s;
	return CM_OK;
}

const char *
cm_kind_word(enum cm_kind kind)
{
	return kind_words[kind];
}

enum cm_result
cm_kind_parse(struct cm_span word, enum cm_kind *out)
{
	size_t i;

	for (i = 0; i < sizeof(kind_words) / sizeof(*kind_words); i++) {
		if (!cm_span_eq(word, cm_span_str(kind_words[i])))
			continue;
		*out = (enum cm_kind)i;
		return CM_OK;
	}
	return CM_E_NOTFOUND;
}

static enum cm_result
check_same(const struct cm_schema *s, struct cm_err *err)
{
	struct cm_schema want = cm_schema_of(s->kind);
	size_t i;

	if (s->n != want.n)
		return cm_err_set(err, CM_E_REFUSED, "%s has %zu columns, not %zu",
		    cm_kind_word(s->kind), want.n, s->n);
	for (i = 0; i < s->n; i++)
		if (!cm_span_eq(s->column[i].name, want.column[i].name) ||
		    s->column[i].link != want.column[i].link)
			return cm_err_set(err, CM_E_REFUSED,
			    "column %zu of %s is not `%.*s` as it should be", i,
			    cm_kind_word(s->kind), (int)want.column[i].name.len,
			    (const char *)want.column[i].name.ptr);
	return CM_OK;
}

static enum cm_result
check_records(const struct cm_schema *s, struct cm_err *err)
{
	size_t i, j;

	if (s->n < 1 || s->n > CM_COLUMNS_MAX)
		return cm_err_set(
		    err, CM_E_REFUSED, "%zu columns, where 1 to %d can be", s->n, CM_COLUMNS_MAX);
	if (!cm_span_eq(s->column[s->n - 1].name, cm_span_str("rest")))
		return cm_err_set(err, CM_E_REFUSED, "the last column of records/1 is not `rest`");
	for (i = 0; i < s->n; i++) {
		if (s->column[i].link != CM_LINK_PLAIN)
			return cm_err_set(
			    err, CM_E_REFUSED, "column %zu of records/1 is linked", i);
		for (j = 0; j < i; j++)
			if (cm_span_eq(s->column[i].name, s->column[j].name))
				return cm_err_set(
				    err, CM_E_REFUSED, "columns %zu and %zu have one name", j, i);
	}
	return CM_OK;
}

enum cm_result
cm_schema_check(const struct cm_schema *s, struct cm_err *err)
{
	return s->kind == CM_KIND_RECORDS ? check_records(s, err) : check_same(s, err);
}

enum cm_result
cm_schema_find(const struct cm_schema *s, struct cm_span name, size_t *out)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!cm_span_eq(s->column[i].name, name))
			continue;
		*out = i;
		return CM_OK;
	}
	return CM_E_NOTFOUND;
}
