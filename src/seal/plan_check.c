#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/layers.h"
#include "crypto/sha256.h"
#include "seal/packet_form.h"
#include "seal/plan.h"

/* Fragmented datagrams of one capture that can be told apart; beyond, a plan that opens
 * `mask` is not checked but refused. */
#define DATAGRAMS_MAX ((size_t)1 << 22)

/* The low bits of a slot say what was met of a datagram; the rest is its hash. */
enum { MET_MASK = 1, MET_SHUT = 2, MET = 3 };

struct cm_plan_checker {
	const struct cm_plan *plan;
	const struct cm_schema *schema;
	size_t range; /* first that does not end before the row */
	bool opens_mask;
	bool part;   /* some row looked at is a part of a datagram */
	bool spared; /* all were looked at, and none was */
	uint64_t *slot; /* open addressing; 0: free */
	size_t n, cap;
};

static cm_columns
columns_of(const struct cm_schema *s, bool linked_only)
{
	cm_columns all = 0;
	size_t c;

	for (c = 0; c < s->n; c++)
		if (!linked_only || s->column[c].link != CM_LINK_PLAIN)
			all |= cm_column_bit(c);
	return all;
}

static enum cm_result
check_ranges(const struct cm_plan *p, const struct cm_schema *s, uint64_t rows, struct cm_err *err)
{
	cm_columns all = columns_of(s, false), linked = columns_of(s, true);
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->range[i].to > rows)
			return cm_err_set(err, CM_E_REFUSED,
			    "row %" PRIu64 " was asked for, but the exhibit has %" PRIu64 " rows",
			    p->range[i].to - 1, rows);
		if ((p->range[i].open & ~all) != 0)
			return cm_err_set(
			    err, CM_E_REFUSED, "the plan opens a column that is not there");
		if ((p->range[i].tied & ~linked) != 0)
			return cm_err_set(err, CM_E_REFUSED, "only linked columns can be tied");
	}
	return CM_OK;
}

enum cm_result
cm_plan_checker_new(const struct cm_plan *p, const struct cm_schema *s, uint64_t rows,
    struct cm_plan_checker **out, struct cm_err *err)
{
	struct cm_plan_checker *c;
	enum cm_result rc = check_ranges(p, s, rows, err);
	size_t i;

	if (rc != CM_OK)
		return rc;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	c->plan = p;
	c->schema = s;
	for (i = 0; s->kind == CM_KIND_CAPTURE && i < p->n; i++)
		c->opens_mask |= (p->range[i].open & cm_column_bit(CM_COL_MASK)) != 0;
	*out = c;
	return CM_OK;
}

/* All that the checksums of a row's mask cover, addresses by name. */
static bool
opens_covered(const struct cm_plan_range *r)
{
	cm_columns need = cm_column_bit(CM_COL_HEADERS) | cm_column_bit(CM_COL_SRC) |
			  cm_column_bit(CM_COL_DST) | cm_column_bit(CM_COL_PAYLOAD);

	return r != NULL && (r->open & need) == need && (r->tied & need) == 0;
}

static uint64_t *
place(uint64_t *slot, size_t cap, uint64_t key)
{
	size_t i = (size_t)(key >> 2) & (cap - 1);

	while (slot[i] != 0 && (slot[i] & ~(uint64_t)MET) != key)
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

static enum cm_result
make_room(struct cm_plan_checker *c, struct cm_err *err)
{
	size_t cap = c->cap == 0 ? 256 : c->cap * 2, i;
	uint64_t *slot;

	if (c->n < c->cap / 2)
		return CM_OK;
	if (c->n >= DATAGRAMS_MAX)
		return cm_err_set(err, CM_E_LIMIT,
		    "too many fragmented datagrams to say which rows the column `mask` gives away");
	slot = calloc(cap, sizeof(*slot));
	if (slot == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory");
	for (i = 0; i < c->cap; i++)
		if (c->slot[i] != 0)
			*place(slot, cap, c->slot[i] & ~(uint64_t)MET) = c->slot[i];
	free(c->slot);
	c->slot = slot;
	c->cap = cap;
	return CM_OK;
}

/* Which datagram a fragment belongs to: addresses, identification and, in IPv4, protocol. */
static uint64_t
datagram_key(const struct cm_layers *l, const struct cm_cells *cells)
{
	uint8_t head[6] = { l->net, l->net == 4 ? l->proto : 0 };
	struct cm_sha256 h;
	uint8_t hash[CM_SHA256_LEN];

	cm_put32(head + 2, l->frag_id);
	cm_sha256_init(&h);
	cm_sha256_add(&h, head, sizeof(head));
	cm_sha256_add(&h, cells->cell[CM_COL_SRC].ptr, cells->cell[CM_COL_SRC].len);
	cm_sha256_add(&h, cells->cell[CM_COL_DST].ptr, cells->cell[CM_COL_DST].len);
	cm_sha256_end(&h, hash);
	/* never 0, which is a free slot */
	return (cm_get64(hash) | (uint64_t)1 << 63) & ~(uint64_t)MET;
}

static enum cm_result
check_fragment(struct cm_plan_checker *c, uint64_t row, const struct cm_plan_range *r,
    const struct cm_layers *l, const struct cm_cells *cells, struct cm_err *err)
{
	uint64_t key = datagram_key(l, cells), *slot;
	enum cm_result rc = make_room(c, err);

	if (rc != CM_OK)
		return rc;
	slot = place(c->slot, c->cap, key);
	if (*slot == 0)
		c->n++;
	*slot |= key;
	if (r != NULL && (r->open & cm_column_bit(CM_COL_MASK)))
		*slot |= MET_MASK;
	if (!opens_covered(r))
		*slot |= MET_SHUT;
	if ((*slot & MET) != MET)
		return CM_OK;
	return cm_err_set(err, CM_E_REFUSED,
	    "row %" PRIu64
	    ": `mask` of a fragmented datagram needs headers, src, dst and payload of "
	    "all its fragments",
	    row);
}

static bool
is_part(const struct cm_cells *cells, struct cm_layers *l)
{
	struct cm_packet_form f;
	struct cm_span data;

	if (cm_packet_form_read(cells->cell[CM_COL_HEADERS], &f, NULL) != CM_OK)
		return false;
	data = cm_span_part(f.block, f.data_at, f.cut - f.data_at);
	return cm_packet_layers(&f, data, l, NULL) == CM_OK && l->fragment;
}

static enum cm_result
check_datagram(struct cm_plan_checker *c, uint64_t row, const struct cm_plan_range *r,
    const struct cm_cells *cells, struct cm_err *err)
{
	struct cm_layers l;

	if (c->spared && (r == NULL || !(r->open & cm_column_bit(CM_COL_MASK))))
		return CM_OK;
	if (!is_part(cells, &l))
		return CM_OK;
	if (c->spared)
		return cm_err_set(err, CM_E_REFUSED,
		    "row %" PRIu64 " is a part of a datagram, which it was not a moment ago: the "
		    "exhibit changes while it is read",
		    row);
	return check_fragment(c, row, r, &l, cells, err);
}

enum cm_result
cm_plan_checker_row(
    struct cm_plan_checker *c, uint64_t row, const struct cm_cells *cells, struct cm_err *err)
{
	const struct cm_plan_range *r = NULL;

	if (c->schema->kind != CM_KIND_CAPTURE)
		return CM_OK;
	while (c->range < c->plan->n && c->plan->range[c->range].to <= row)
		c->range++;
	if (c->range < c->plan->n && c->plan->range[c->range].from <= row)
		r = &c->plan->range[c->range];
	if (r != NULL && (r->open & cm_column_bit(CM_COL_MASK)) && !opens_covered(r))
		return cm_err_set(err, CM_E_REFUSED,
		    "row %" PRIu64
		    ": `mask` holds checksums, so it opens only with headers, src, dst and "
		    "payload",
		    row);
	if (!cm_headers_is_packet(cells->cell[CM_COL_HEADERS])) {
		if (r == NULL || r->by_row)
			return CM_OK;
		return cm_err_set(err, CM_E_REFUSED,
		    "row %" PRIu64 " is no packet, and opens only when asked for by its number",
		    row);
	}
	return c->opens_mask ? check_datagram(c, row, r, cells, err) : CM_OK;
}

bool
cm_plan_checker_needs_all(const struct cm_plan_checker *c)
{
	return c->opens_mask && !c->spared;
}

void
cm_plan_checker_look(struct cm_plan_checker *c, const struct cm_cells *cells)
{
	struct cm_layers l;

	c->part |= cm_headers_is_packet(cells->cell[CM_COL_HEADERS]) && is_part(cells, &l);
}

void
cm_plan_checker_looked(struct cm_plan_checker *c)
{
	c->spared = !c->part;
}

void
cm_plan_checker_free(struct cm_plan_checker *c)
{
	if (c == NULL)
		return;
	free(c->slot);
	free(c);
}

static enum cm_result
check_rows(
    struct cm_plan_checker *c, uint64_t rows, struct cm_cell_source source, struct cm_err *err)
{
	struct cm_cells cells;
	enum cm_result rc = CM_OK;
	uint64_t row;

	for (row = 0; row < rows && rc == CM_OK; row++) {
		rc = source.next(source.arg, &cells, err);
		if (rc == CM_E_NOTFOUND)
			return cm_err_set(
			    err, CM_E_REFUSED, "row %" PRIu64 " of the exhibit is missing", row);
		if (rc == CM_OK)
			rc = cm_plan_checker_row(c, row, &cells, err);
	}
	return rc;
}

enum cm_result
cm_plan_check(const struct cm_plan *p, const struct cm_seal *seal, struct cm_cell_source source,
    struct cm_err *err)
{
	struct cm_plan_checker *c;
	enum cm_result rc = cm_plan_checker_new(p, &seal->schema, seal->rows, &c, err);

	if (rc != CM_OK)
		return rc;
	rc = check_rows(c, seal->rows, source, err);
	cm_plan_checker_free(c);
	return rc;
}
