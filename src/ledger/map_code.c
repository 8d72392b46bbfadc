/* A map as bytes: CBOR (codec/cbor.h), every list ascending, every number in one way only.
 *
 *	map	[1, [exhibit, ...]]
 *	exhibit	[x, kind, rows, [name, ...], linked, ranges, hosts, all, marks, all]
 *	ranges	[gap, rows, open, tied, ...]	the gap to the end of the one before
 *	hosts	[key, rows * 2 + named, ...]	keys as differences
 *	marks	[mark, ...]			the same
 */
#include <stdlib.h>
#include <string.h>

#include "codec/cbor.h"
#include "ledger/map.h"
#include "ledger/map_parts.h"

#define VERSION 1u
#define MEMBERS 10u
#define ROWS_OF_HOST_MAX (CM_ROWS_MAX * 2)

static void
put_uint(struct cm_buf *b, uint64_t v)
{
	cm_cbor_put_head(b, CM_CBOR_UINT, v);
}

static void
put_ranges(struct cm_buf *b, const struct cm_plan *p)
{
	uint64_t at = 0;
	size_t i;

	cm_cbor_put_head(b, CM_CBOR_ARRAY, p->n * 4);
	for (i = 0; i < p->n; i++) {
		const struct cm_plan_range *r = &p->range[i];

		put_uint(b, r->from - at);
		put_uint(b, r->to - r->from);
		put_uint(b, r->open);
		put_uint(b, r->tied);
		at = r->to;
	}
}

static void
put_exhibit(struct cm_buf *b, const struct cm_map_exhibit *x)
{
	uint64_t at = 0;
	size_t i;

	cm_cbor_put_head(b, CM_CBOR_ARRAY, MEMBERS);
	cm_cbor_put_bytes(b, cm_span_of(x->x, CM_HASH_LEN));
	put_uint(b, x->kind);
	put_uint(b, x->rows);
	cm_cbor_put_head(b, CM_CBOR_ARRAY, x->n_columns);
	for (i = 0; i < x->n_columns; i++)
		cm_cbor_put_bytes(b, cm_span_str(x->name[i]));
	put_uint(b, x->linked);
	put_ranges(b, &x->open);
	cm_cbor_put_head(b, CM_CBOR_ARRAY, x->n_hosts * 2);
	for (i = 0; i < x->n_hosts; i++) {
		put_uint(b, x->host[i].key - at);
		put_uint(b, x->host[i].rows * 2 + x->host[i].named);
		at = x->host[i].key;
	}
	put_uint(b, x->hosts_all);
	cm_cbor_put_head(b, CM_CBOR_ARRAY, x->n_marks);
	for (at = 0, i = 0; i < x->n_marks; i++) {
		put_uint(b, x->mark[i] - at);
		at = x->mark[i];
	}
	put_uint(b, x->marks_all);
}

enum cm_result
cm_map_write(const struct cm_map *m, struct cm_buf *out, struct cm_err *err)
{
	size_t i, before = out->len;

	cm_cbor_put_head(out, CM_CBOR_ARRAY, 2);
	put_uint(out, VERSION);
	cm_cbor_put_head(out, CM_CBOR_ARRAY, m->n);
	for (i = 0; i < m->n; i++) {
		if (m->exhibit[i].open.n > CM_MAP_RANGES)
			return cm_err_set(err, CM_E_LIMIT, "more pieces are opened than the ledger can keep");
		put_exhibit(out, &m->exhibit[i]);
	}
	if (!cm_buf_ok(out))
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the map of what is opened");
	if (out->len - before > CM_MAP_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "the map of what is opened is longer than the ledger can keep");
	return CM_OK;
}

static CM_RESULT
no(const struct cm_cbor *c, struct cm_err *err, const char *what)
{
	return cm_err_at(err, CM_E_MALFORMED, c->at, "expected %s", what);
}

/* A count of items of ${each} numbers, of which no more can be there than bytes are left. */
static CM_RESULT
get_count(struct cm_cbor *c, const char *what, size_t each, size_t max, size_t *out, struct cm_err *err)
{
	uint64_t n = 0;
	enum cm_result rc = cm_cbor_array(c, what, &n, err);

	if (rc != CM_OK)
		return rc;
	if (n % each != 0 || n > c->in.len - c->at)
		return no(c, err, what);
	if (n / each > max)
		return cm_err_at(err, CM_E_LIMIT, c->at, "more %s than a map may have", what);
	*out = (size_t)n / each;
	return CM_OK;
}

static CM_RESULT
get_bool(struct cm_cbor *c, bool *out, struct cm_err *err)
{
	uint64_t v = 0;
	enum cm_result rc = cm_cbor_uint(c, "0 or 1", &v, err);

	*out = v == 1;
	return rc == CM_OK && v > 1 ? no(c, err, "0 or 1") : rc;
}

static CM_RESULT
get_range(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	cm_columns every = ~(cm_columns)0 >> (64 - x->n_columns);
	uint64_t at = x->open.n == 0 ? 0 : x->open.range[x->open.n - 1].to, v[4] = { 0 };
	struct cm_plan_range r;
	enum cm_result rc = CM_OK;
	size_t i, n = x->open.n;

	for (i = 0; rc == CM_OK && i < 4; i++)
		rc = cm_cbor_uint(c, "a number of a range", &v[i], err);
	if (rc != CM_OK)
		return rc;
	if (v[0] > x->rows - at || v[1] == 0 || v[1] > x->rows - at - v[0])
		return no(c, err, "a range inside the table");
	r = (struct cm_plan_range) { at + v[0], at + v[0] + v[1], v[2], v[3], false };
	if (r.open == 0 || (r.open & ~every) != 0 || (r.tied & ~(r.open & x->linked)) != 0)
		return no(c, err, "columns of the table, and ties of linked ones");
	rc = cm_plan_add(&x->open, r);
	if (rc == CM_OK && x->open.n == n)
		return no(c, err, "two ranges that differ");
	return rc == CM_OK ? rc : cm_err_set(err, rc, "out of memory");
}

static CM_RESULT
get_hosts(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	uint64_t at = 0, gap = 0, rows = 0;
	size_t n = 0, i;
	enum cm_result rc = get_count(c, "hosts", 2, CM_MAP_HOSTS, &n, err);

	if (rc != CM_OK)
		return rc;
	x->host = calloc(n + 1, sizeof(x->host[0]));
	if (x->host == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		rc = cm_cbor_uint(c, "the key of a host", &gap, err);
		if (rc == CM_OK)
			rc = cm_cbor_uint(c, "the rows of a host", &rows, err);
		if (rc != CM_OK)
			return rc;
		if ((gap == 0 && i > 0) || gap > UINT64_MAX - at || rows / 2 == 0 || rows / 2 > ROWS_OF_HOST_MAX)
			return no(c, err, "hosts in order, each with rows");
		at += gap;
		x->host[x->n_hosts++] = (struct cm_map_host) { at, rows / 2, rows % 2 == 1 };
	}
	rc = get_bool(c, &x->hosts_all, err);
	return rc == CM_OK && !x->hosts_all && n == 0 ? no(c, err, "hosts, if some were left out") : rc;
}

static CM_RESULT
get_marks(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	uint64_t at = 0, gap = 0;
	size_t n = 0, i;
	enum cm_result rc = get_count(c, "marks", 1, CM_MAP_MARKS, &n, err);

	if (rc != CM_OK)
		return rc;
	x->mark = calloc(n + 1, sizeof(x->mark[0]));
	if (x->mark == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		rc = cm_cbor_uint(c, "a mark", &gap, err);
		if (rc != CM_OK)
			return rc;
		if ((gap == 0 && i > 0) || gap > UINT64_MAX - at)
			return no(c, err, "marks in order");
		at += gap;
		x->mark[x->n_marks++] = at;
	}
	rc = get_bool(c, &x->marks_all, err);
	return rc == CM_OK && !x->marks_all && n == 0 ? no(c, err, "marks, if some were left out") : rc;
}

static CM_RESULT
get_names(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	struct cm_span name;
	size_t n = 0, i;
	enum cm_result rc = get_count(c, "columns", 1, CM_COLUMNS_MAX, &n, err);

	if (rc == CM_OK && n == 0)
		rc = no(c, err, "a column");
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_cbor_bytes(c, "the name of a column", &name, err);
		if (rc == CM_OK && (name.len > CM_MAP_NAME || (name.len > 0 && memchr(name.ptr, 0, name.len) != NULL)))
			rc = no(c, err, "the name of a column");
		if (rc == CM_OK && cm_map_name_column(x, i, name) != CM_OK)
			rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	x->n_columns = n;
	return rc;
}

static CM_RESULT
get_head(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	struct cm_span id = { 0 };
	uint64_t members = 0, kind = 0;
	enum cm_result rc = cm_cbor_array(c, "an exhibit", &members, err);

	if (rc == CM_OK && members != MEMBERS)
		rc = no(c, err, "an exhibit of ten members");
	if (rc == CM_OK)
		rc = cm_cbor_bytes(c, "the id of an exhibit", &id, err);
	if (rc == CM_OK && id.len != CM_HASH_LEN)
		rc = no(c, err, "an id of 32 bytes");
	if (rc == CM_OK)
		rc = cm_cbor_uint(c, "a kind", &kind, err);
	if (rc == CM_OK && kind > CM_KIND_BLOB)
		rc = no(c, err, "a kind");
	if (rc == CM_OK)
		rc = cm_cbor_uint(c, "how many rows", &x->rows, err);
	if (rc == CM_OK && x->rows > CM_ROWS_MAX)
		rc = no(c, err, "rows of a table");
	if (rc != CM_OK)
		return rc;
	memcpy(x->x, id.ptr, CM_HASH_LEN);
	x->kind = (enum cm_kind)kind;
	rc = get_names(c, x, err);
	if (rc == CM_OK)
		rc = cm_cbor_uint(c, "linked columns", &x->linked, err);
	if (rc == CM_OK && (x->linked & ~(~(cm_columns)0 >> (64 - x->n_columns))) != 0)
		rc = no(c, err, "linked columns");
	return rc;
}

static CM_RESULT
get_exhibit(struct cm_cbor *c, struct cm_map_exhibit *x, struct cm_err *err)
{
	size_t n = 0, i;
	enum cm_result rc = get_head(c, x, err);

	if (rc == CM_OK)
		rc = get_count(c, "ranges", 4, CM_MAP_RANGES, &n, err);
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = get_range(c, x, err);
	if (rc == CM_OK)
		rc = get_hosts(c, x, err);
	return rc == CM_OK ? get_marks(c, x, err) : rc;
}

static CM_RESULT
get_exhibits(struct cm_cbor *c, struct cm_map *out, struct cm_err *err)
{
	struct cm_map_exhibit x = { 0 };
	size_t n = 0, i;
	enum cm_result rc = get_count(c, "exhibits", 1, CM_MAP_EXHIBITS, &n, err);

	for (i = 0; rc == CM_OK && i < n; i++) {
		x = (struct cm_map_exhibit) { 0 };
		rc = get_exhibit(c, &x, err);
		if (rc == CM_OK && i > 0 && memcmp(out->exhibit[i - 1].x, x.x, CM_HASH_LEN) >= 0)
			rc = no(c, err, "exhibits in order");
		if (rc != CM_OK)
			cm_map_exhibit_release(&x);
		else if (cm_map_put(out, &x) != CM_OK)
			rc = cm_err_set(err, CM_E_NOMEM, "out of memory");
	}
	return rc;
}

enum cm_result
cm_map_read(struct cm_span bytes, struct cm_map *out, struct cm_err *err)
{
	struct cm_cbor c = { bytes, 0 };
	uint64_t members = 0, version = 0;
	enum cm_result rc = CM_OK;

	if (bytes.len > CM_MAP_BYTES)
		return cm_err_set(err, CM_E_LIMIT, "a map is longer than the ledger can keep");
	rc = cm_cbor_array(&c, "a map", &members, err);
	if (rc == CM_OK && members != 2)
		rc = no(&c, err, "a map of two members");
	if (rc == CM_OK)
		rc = cm_cbor_uint(&c, "a version", &version, err);
	if (rc == CM_OK && version != VERSION)
		rc = no(&c, err, "version 1");
	if (rc == CM_OK)
		rc = get_exhibits(&c, out, err);
	if (rc == CM_OK && !cm_cbor_at_end(&c))
		rc = no(&c, err, "nothing behind a map");
	if (rc != CM_OK)
		cm_map_release(out);
	return rc;
}
