#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "capture/fragment.h"
#include "dossier/ties.h"
#include "dossier/view.h"
#include "seal/cut.h"

struct viewing {
	const struct cm_schema *schema;
	struct cm_arena *arena;
	struct cm_err *err;
	struct cm_ties ties;
	struct cm_buf scratch;
	uint32_t seal;
	uint64_t frame;
	struct cm_shown_row *row;
	size_t n, cap;
};

static CM_RESULT
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory for the rows that are open");
}

static bool
is_open(enum cm_cell_state s)
{
	return s == CM_CELL_OPEN || s == CM_CELL_NAMED;
}

/* An address cell: the value or the tie, copied. */
static CM_RESULT
take_address(struct viewing *v, const struct cm_opened_cell *c, struct cm_span *out)
{
	struct cm_span from = c->state == CM_CELL_NAMED ? c->value :
	    c->state == CM_CELL_TIED ? cm_span_of(c->tie, CM_HASH_LEN) : cm_span_of(NULL, 0);

	*out = cm_span_of(NULL, 0);
	if (from.len == 0)
		return CM_OK;
	out->ptr = cm_arena_copy(v->arena, from.ptr, from.len);
	out->len = from.len;
	return out->ptr != NULL ? CM_OK : no_memory(v->err);
}

static CM_RESULT
take_record(struct viewing *v, const struct cm_opened_row *in, const struct cm_joined *j,
    struct cm_shown_row *r)
{
	bool payload = is_open(in->cell[CM_COL_PAYLOAD].state);
	size_t keep = payload ? j->bytes.len : j->cut;
	uint8_t *copy;

	if (keep > j->bytes.len)
		keep = j->bytes.len;
	copy = cm_arena_alloc(v->arena, keep + 1);
	if (copy == NULL)
		return no_memory(v->err);
	if (keep > 0)
		memcpy(copy, j->bytes.ptr, keep);
	r->is_packet = true;
	r->record = j->record;
	r->record.bytes = cm_span_of(copy, keep);
	r->record.comment = cm_span_of(NULL, 0);
	r->record.frame = r->frame = ++v->frame;
	r->cut = j->cut;
	r->payload_len = payload ? j->payload_len : 0;
	if (j->layers.net != 0) {
		r->src_at = j->record.data_at + j->layers.src_at;
		r->dst_at = j->record.data_at + j->layers.dst_at;
		r->addr_len = j->layers.addr_len;
	}
	return CM_OK;
}

/* Decodes the joined row.  The payload span is moved into the copy that stays. */
static void
decode(struct viewing *v, const struct cm_joined *j, struct cm_shown_row *r)
{
	struct cm_frame f = cm_frame_of(&j->record, v->seal);
	struct cm_layers layers;
	enum cm_decoded what;
	struct cm_span *p = &r->packet.payload;

	f.id = cm_packet_id_of(v->seal, r->row);
	what = cm_decode(&f, &r->packet, &layers);
	r->has_packet = what == CM_DECODED_PACKET || what == CM_DECODED_FRAGMENT;
	r->packet.id = f.id;
	r->packet.open = CM_OPEN_HEADERS;
	if (is_open(r->cell[CM_COL_PAYLOAD])) {
		r->packet.open |= CM_OPEN_PAYLOAD;
		if (p->len != 0)
			p->ptr = r->record.bytes.ptr + (p->ptr - j->bytes.ptr);
	} else {
		*p = cm_span_of(NULL, 0);
	}
	if (is_open(r->cell[CM_COL_MASK]))
		r->packet.open |= CM_OPEN_MASK;
	else
		r->packet.checksum = CM_CSUM_UNKNOWN;
	if (r->cell[CM_COL_SRC] != CM_CELL_SHUT && r->cell[CM_COL_DST] != CM_CELL_SHUT)
		r->packet.open |= CM_OPEN_ADDRESSES;
}

static CM_RESULT
grow(struct viewing *v)
{
	size_t cap = v->cap == 0 ? 256 : 2 * v->cap;
	struct cm_shown_row *p;

	if (v->n < v->cap)
		return CM_OK;
	p = realloc(v->row, cap * sizeof(*p));
	if (p == NULL)
		return no_memory(v->err);
	v->row = p;
	v->cap = cap;
	return CM_OK;
}

static CM_RESULT
take_row(struct viewing *v, const struct cm_opened_row *in)
{
	struct cm_shown_row *r;
	struct cm_joined j;
	enum cm_result rc;
	size_t i;

	rc = grow(v);
	if (rc != CM_OK)
		return rc;
	r = &v->row[v->n];
	*r = (struct cm_shown_row) { .row = in->row };
	for (i = 0; i < CM_CAPTURE_COLUMNS; i++)
		r->cell[i] = (uint8_t)in->cell[i].state;
	rc = take_address(v, &in->cell[CM_COL_SRC], &r->src);
	if (rc == CM_OK)
		rc = take_address(v, &in->cell[CM_COL_DST], &r->dst);
	if (rc != CM_OK)
		return rc;
	for (i = CM_COL_SRC; i <= CM_COL_DST; i++) {
		if (in->cell[i].state == CM_CELL_NAMED)
			rc = cm_ties_name(&v->ties, in->cell[i].tie, in->cell[i].value);
		if (rc == CM_OK && in->cell[i].state != CM_CELL_SHUT)
			rc = cm_ties_id(&v->ties, in->cell[i].tie,
			    i == CM_COL_SRC ? &r->src_host : &r->dst_host);
		if (rc != CM_OK)
			return no_memory(v->err);
	}
	v->n++;
	rc = cm_join_packet(in, &v->scratch, &j, v->err);
	if (rc == CM_E_NOTFOUND)
		return CM_OK;
	if (rc != CM_OK || !j.packet)
		return rc;
	rc = take_record(v, in, &j, r);
	if (rc == CM_OK)
		decode(v, &j, r);
	return rc;
}

/* The host as the detectors see it, and as the pcapng shows it. */
static CM_RESULT
resolve(struct viewing *v, struct cm_shown_row *r, bool src)
{
	struct cm_span *value = src ? &r->src : &r->dst, known;
	struct cm_pseudonym *alias = src ? &r->alias_src : &r->alias_dst;
	struct cm_host *host = src ? &r->packet.src : &r->packet.dst;
	uint8_t state = r->cell[src ? CM_COL_SRC : CM_COL_DST];
	enum cm_result rc;

	if (r->addr_len == 0 || state == CM_CELL_NAMED)
		return CM_OK;
	memset(host->addr, 0, sizeof(host->addr));
	if (state == CM_CELL_SHUT) {
		*alias = cm_pseudonym_shut((uint8_t)r->addr_len);
		host->tied = true;
		memset(host->addr, 0xff, 7);
		host->addr[7] = src;
		cm_put64(host->addr + 8, r->row);
		return CM_OK;
	}
	rc = cm_ties_pseudonym(&v->ties, value->ptr, (uint8_t)r->addr_len, alias);
	if (rc != CM_OK)
		return no_memory(v->err);
	known = cm_ties_find(&v->ties, value->ptr);
	if (known.len == r->addr_len) {
		memcpy(host->addr, known.ptr, known.len);
		*value = cm_span_of(cm_arena_copy(v->arena, known.ptr, known.len), known.len);
		return value->ptr != NULL ? CM_OK : no_memory(v->err);
	}
	host->tied = true;
	memcpy(host->addr, value->ptr, sizeof(host->addr));
	return CM_OK;
}

/* Ties that were named are known by address; their names live in the arena. */
static CM_RESULT
resolve_all(struct viewing *v)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < v->n; i++) {
		if (!v->row[i].is_packet)
			continue;
		rc = resolve(v, &v->row[i], true);
		if (rc == CM_OK)
			rc = resolve(v, &v->row[i], false);
	}
	return rc;
}

static CM_RESULT
count(const struct cm_opening_stats *s, const struct cm_schema *schema, struct cm_arena *arena,
    struct cm_shows *out)
{
	size_t i;

	*out = (struct cm_shows) { .capture = schema->kind == CM_KIND_CAPTURE, .rows = s->rows };
	if (out->capture) {
		out->packets = s->packets;
		out->headers = s->open[CM_COL_HEADERS];
		out->mask = s->open[CM_COL_MASK];
		out->payload = s->open[CM_COL_PAYLOAD];
		out->src_named = s->named[CM_COL_SRC];
		out->src_tied = s->tied[CM_COL_SRC];
		out->dst_named = s->named[CM_COL_DST];
		out->dst_tied = s->tied[CM_COL_DST];
		return CM_OK;
	}
	out->n_columns = schema->n;
	for (i = 0; i < schema->n; i++) {
		out->columns[i].name = cm_arena_printf(arena, "%.*s", (int)schema->column[i].name.len,
		    (const char *)schema->column[i].name.ptr);
		out->columns[i].open = s->open[i];
		if (out->columns[i].name == NULL)
			return CM_E_NOMEM;
	}
	return CM_OK;
}

CM_RESULT
cm_view_nothing(const struct cm_schema *schema, struct cm_arena *arena, struct cm_shows *out)
{
	const struct cm_opening_stats none = { 0 };

	return count(&none, schema, arena, out);
}

static CM_RESULT
read_rows(struct viewing *v, struct cm_opening *opening)
{
	const struct cm_opened_row *in;
	enum cm_result rc;

	cm_opening_rewind(opening);
	for (;;) {
		rc = cm_opening_next(opening, &in);
		if (rc == CM_E_NOTFOUND)
			return resolve_all(v);
		if (rc == CM_OK)
			rc = take_row(v, in);
		if (rc != CM_OK)
			return rc;
	}
}

CM_RESULT
cm_view_read(struct cm_opening *opening, const struct cm_schema *schema, uint32_t seal,
    struct cm_arena *arena, struct cm_shown_exhibit *x, struct cm_err *err)
{
	struct viewing v = { .schema = schema, .arena = arena, .err = err, .seal = seal };
	enum cm_result rc;

	if (count(cm_opening_stats(opening), schema, arena, &x->shows) != CM_OK)
		return no_memory(err);
	if (schema->kind != CM_KIND_CAPTURE)
		return cm_view_cells(opening, arena, x, err);
	rc = read_rows(&v, opening);
	if (rc == CM_OK && v.n > 0) {
		x->rows = cm_arena_copy(arena, v.row, v.n * sizeof(v.row[0]));
		x->n_rows = v.n;
		rc = x->rows != NULL ? CM_OK : no_memory(err);
	}
	free(v.row);
	cm_buf_release(&v.scratch);
	cm_ties_release(&v.ties);
	return rc;
}
