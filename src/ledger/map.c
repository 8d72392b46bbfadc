#include <stdlib.h>
#include <string.h>

#include "ledger/map.h"
#include "ledger/map_parts.h"

void
cm_map_exhibit_release(struct cm_map_exhibit *x)
{
	size_t i;

	for (i = 0; i < CM_COLUMNS_MAX; i++)
		free(x->name[i]);
	cm_plan_release(&x->open);
	free(x->host);
	free(x->mark);
	memset(x, 0, sizeof(*x));
}

void
cm_map_release(struct cm_map *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		cm_map_exhibit_release(&m->exhibit[i]);
	free(m->exhibit);
	memset(m, 0, sizeof(*m));
}

enum cm_result
cm_map_name_column(struct cm_map_exhibit *x, size_t column, struct cm_span name)
{
	size_t len = name.len < CM_MAP_NAME ? name.len : CM_MAP_NAME;

	x->name[column] = calloc(1, len + 1);
	if (x->name[column] == NULL)
		return CM_E_NOMEM;
	if (len > 0)
		memcpy(x->name[column], name.ptr, len);
	return CM_OK;
}

enum cm_result
cm_map_exhibit_of(
    const struct cm_schema *s, const uint8_t x[CM_HASH_LEN], uint64_t rows, struct cm_map_exhibit *out)
{
	enum cm_result rc = CM_OK;
	size_t i;

	*out = (struct cm_map_exhibit) { .rows = rows, .kind = s->kind, .n_columns = s->n, .hosts_all = true,
		.marks_all = true };
	memcpy(out->x, x, CM_HASH_LEN);
	for (i = 0; rc == CM_OK && i < s->n; i++) {
		out->linked |= s->column[i].link != CM_LINK_PLAIN ? cm_column_bit(i) : 0;
		rc = cm_map_name_column(out, i, s->column[i].name);
	}
	if (rc != CM_OK)
		cm_map_exhibit_release(out);
	return rc;
}

/* The place of ${x}, or where it would be. */
static size_t
place_of(const struct cm_map *m, const uint8_t x[CM_HASH_LEN])
{
	size_t low = 0, high = m->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(m->exhibit[mid].x, x, CM_HASH_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct cm_map_exhibit *
cm_map_find(const struct cm_map *m, const uint8_t x[CM_HASH_LEN])
{
	size_t at = place_of(m, x);

	return at < m->n && memcmp(m->exhibit[at].x, x, CM_HASH_LEN) == 0 ? &m->exhibit[at] : NULL;
}

static CM_RESULT
put(struct cm_map *m, const struct cm_map_exhibit *x)
{
	struct cm_map_exhibit *grown;
	size_t at = place_of(m, x->x);

	if (at < m->n && memcmp(m->exhibit[at].x, x->x, CM_HASH_LEN) == 0)
		return CM_E_USAGE;
	if (m->n == CM_MAP_EXHIBITS)
		return CM_E_LIMIT;
	grown = realloc(m->exhibit, (m->n + 1) * sizeof(*grown));
	if (grown == NULL)
		return CM_E_NOMEM;
	m->exhibit = grown;
	memmove(&grown[at + 1], &grown[at], (m->n - at) * sizeof(*grown));
	grown[at] = *x;
	m->n++;
	return CM_OK;
}

enum cm_result
cm_map_put(struct cm_map *m, struct cm_map_exhibit *x)
{
	enum cm_result rc = put(m, x);

	if (rc != CM_OK)
		cm_map_exhibit_release(x);
	memset(x, 0, sizeof(*x));
	return rc;
}

/* What both open from ${from} on: the next piece of the union, as long as nothing changes. */
static struct cm_plan_range
piece(const struct cm_plan_range *a, const struct cm_plan_range *b, uint64_t from)
{
	struct cm_plan_range out = { .from = from, .to = UINT64_MAX };
	const struct cm_plan_range *both[2] = { a, b };
	cm_columns named = 0;
	size_t i;

	for (i = 0; i < 2; i++) {
		const struct cm_plan_range *r = both[i];
		uint64_t end;

		if (r == NULL)
			continue;
		end = r->from <= from ? r->to : r->from;
		out.to = end < out.to ? end : out.to;
		if (r->from > from)
			continue;
		out.open |= r->open;
		named |= r->open & ~r->tied;
	}
	out.tied = out.open & ~named;
	return out;
}

static uint64_t
begin_of(const struct cm_plan_range *r, uint64_t at)
{
	return r == NULL ? UINT64_MAX : r->from > at ? r->from : at;
}

/* In one go through both; cm_plan_merge goes through all of one for each range of the other. */
static CM_RESULT
join_ranges(const struct cm_plan *a, const struct cm_plan *b, struct cm_plan *out)
{
	enum cm_result rc = CM_OK;
	size_t i = 0, k = 0;
	uint64_t at = 0;

	while (rc == CM_OK && (i < a->n || k < b->n)) {
		const struct cm_plan_range *x = i < a->n ? &a->range[i] : NULL;
		const struct cm_plan_range *y = k < b->n ? &b->range[k] : NULL;
		uint64_t from_x = begin_of(x, at), from_y = begin_of(y, at);
		struct cm_plan_range next = piece(x, y, from_x < from_y ? from_x : from_y);

		rc = cm_plan_add(out, next);
		at = next.to;
		i += x != NULL && x->to <= at;
		k += y != NULL && y->to <= at;
	}
	return rc == CM_OK && out->n > CM_MAP_RANGES ? CM_E_LIMIT : rc;
}

static CM_RESULT
join_hosts(struct cm_map_exhibit *to, const struct cm_map_exhibit *more, struct cm_map_exhibit *out)
{
	size_t i = 0, k = 0, n = 0;

	out->host = calloc(to->n_hosts + more->n_hosts + 1, sizeof(*out->host));
	if (out->host == NULL)
		return CM_E_NOMEM;
	while (i < to->n_hosts && k < more->n_hosts) {
		const struct cm_map_host *a = &to->host[i], *b = &more->host[k];

		out->host[n] = a->key <= b->key ? *a : *b;
		if (a->key == b->key) {
			out->host[n].rows = a->rows > b->rows ? a->rows : b->rows;
			out->host[n].named = a->named || b->named;
		}
		i += a->key == out->host[n].key;
		k += b->key == out->host[n].key;
		n++;
	}
	while (i < to->n_hosts)
		out->host[n++] = to->host[i++];
	while (k < more->n_hosts)
		out->host[n++] = more->host[k++];
	out->hosts_all = to->hosts_all && more->hosts_all;
	out->n_hosts = cm_map_host_bound(to, more, n, out->host);
	out->hosts_all = out->hosts_all && out->n_hosts == n;
	return CM_OK;
}

/* How many of ${host} both sides are complete up to: a side that left hosts out knows none beyond its last. */
size_t
cm_map_host_bound(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b, size_t n,
    const struct cm_map_host *host)
{
	uint64_t end = UINT64_MAX;

	if (!a->hosts_all && a->n_hosts > 0)
		end = a->host[a->n_hosts - 1].key;
	if (!b->hosts_all && b->n_hosts > 0 && b->host[b->n_hosts - 1].key < end)
		end = b->host[b->n_hosts - 1].key;
	while (n > 0 && host[n - 1].key > end)
		n--;
	return n < CM_MAP_HOSTS ? n : CM_MAP_HOSTS;
}

static CM_RESULT
join_marks(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b, struct cm_map_exhibit *out)
{
	uint64_t end = cm_map_marks_end(a, b), next;
	size_t i = 0, k = 0;

	out->mark = calloc(CM_MAP_MARKS, sizeof(*out->mark));
	if (out->mark == NULL)
		return CM_E_NOMEM;
	out->marks_all = a->marks_all && b->marks_all;
	while (i < a->n_marks || k < b->n_marks) {
		next = k == b->n_marks || (i < a->n_marks && a->mark[i] <= b->mark[k]) ? a->mark[i] : b->mark[k];
		if (next > end || out->n_marks == CM_MAP_MARKS)
			break;
		out->mark[out->n_marks++] = next;
		i += i < a->n_marks && a->mark[i] == next;
		k += k < b->n_marks && b->mark[k] == next;
	}
	out->marks_all = out->marks_all && i == a->n_marks && k == b->n_marks;
	return CM_OK;
}

uint64_t
cm_map_marks_end(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b)
{
	uint64_t end = UINT64_MAX;

	if (!a->marks_all)
		end = a->n_marks > 0 ? a->mark[a->n_marks - 1] : 0;
	if (!b->marks_all && (b->n_marks == 0 || b->mark[b->n_marks - 1] < end))
		end = b->n_marks > 0 ? b->mark[b->n_marks - 1] : 0;
	return end;
}

static bool
same_shape(const struct cm_map_exhibit *a, const struct cm_map_exhibit *b)
{
	return a->rows == b->rows && a->kind == b->kind && a->n_columns == b->n_columns && a->linked == b->linked;
}

static CM_RESULT
join_exhibit(struct cm_map_exhibit *to, const struct cm_map_exhibit *more)
{
	struct cm_map_exhibit out = { 0 };
	enum cm_result rc = same_shape(to, more) ? CM_OK : CM_E_REFUSED;

	if (rc == CM_OK)
		rc = join_ranges(&to->open, &more->open, &out.open);
	if (rc == CM_OK)
		rc = join_hosts(to, more, &out);
	if (rc == CM_OK)
		rc = join_marks(to, more, &out);
	if (rc != CM_OK) {
		cm_map_exhibit_release(&out);
		return rc;
	}
	cm_plan_release(&to->open);
	free(to->host);
	free(to->mark);
	to->open = out.open;
	to->host = out.host;
	to->n_hosts = out.n_hosts;
	to->hosts_all = out.hosts_all;
	to->mark = out.mark;
	to->n_marks = out.n_marks;
	to->marks_all = out.marks_all;
	return CM_OK;
}

/* The same, with nothing open. */
static CM_RESULT
empty_like(const struct cm_map_exhibit *x, struct cm_map_exhibit *out)
{
	enum cm_result rc = CM_OK;
	size_t i;

	*out = (struct cm_map_exhibit) { .rows = x->rows, .kind = x->kind, .n_columns = x->n_columns,
		.linked = x->linked, .hosts_all = true, .marks_all = true };
	memcpy(out->x, x->x, CM_HASH_LEN);
	for (i = 0; rc == CM_OK && i < x->n_columns; i++)
		rc = cm_map_name_column(out, i, cm_span_str(x->name[i]));
	if (rc != CM_OK)
		cm_map_exhibit_release(out);
	return rc;
}

enum cm_result
cm_map_join(struct cm_map *m, const struct cm_map *more)
{
	struct cm_map_exhibit fresh;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < more->n; i++) {
		const struct cm_map_exhibit *x = &more->exhibit[i];

		if (cm_map_find(m, x->x) == NULL) {
			rc = empty_like(x, &fresh);
			if (rc == CM_OK)
				rc = cm_map_put(m, &fresh);
		}
		if (rc == CM_OK)
			rc = join_exhibit(&m->exhibit[place_of(m, x->x)], x);
	}
	return rc;
}

void
cm_map_sum(const struct cm_map_exhibit *x, struct cm_map_sum *out)
{
	cm_columns every = ~(cm_columns)0 >> (64 - x->n_columns);
	size_t i, c;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < x->open.n; i++) {
		const struct cm_plan_range *r = &x->open.range[i];
		uint64_t n = r->to - r->from;

		out->rows += n;
		out->whole += r->open == every && r->tied == 0 ? n : 0;
		for (c = 0; c < x->n_columns; c++) {
			out->tied[c] += r->tied & cm_column_bit(c) ? n : 0;
			out->open[c] += r->open & ~r->tied & cm_column_bit(c) ? n : 0;
		}
	}
	for (i = 0; i < x->n_hosts; i++) {
		out->named_hosts += x->host[i].named;
		out->tied_hosts += !x->host[i].named;
	}
}
