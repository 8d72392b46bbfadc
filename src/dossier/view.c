#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "capture/fragment.h"
#include "dossier/ties.h"
#include "dossier/view.h"
#include "seal/cut.h"
#include "seal/packet_form.h"

/* Where the one row of a pass keeps what is not in the opening. */
struct cm_view {
	struct cm_opening *opening;
	struct cm_ties ties;
	struct cm_host_rows *host; /* by number */
	size_t n_host;
	uint32_t seal;
	uint64_t frame;
	struct cm_shown_row row;
	struct cm_buf joined;
	uint8_t address[2][CM_HASH_LEN]; /* of src, of dst: ties, or what is known */
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

/* The first time through: who is named, how many hosts there are, and how many rows each. */

static CM_RESULT
meet_host(struct cm_view *v, const struct cm_opened_cell *cell, uint32_t *id)
{
	struct cm_host_rows *more;
	enum cm_result rc = CM_OK;
	size_t room;

	*id = 0;
	if (cell->state == CM_CELL_SHUT)
		return CM_OK;
	if (cell->state == CM_CELL_NAMED)
		rc = cm_ties_name(&v->ties, cell->tie, cell->value);
	if (rc == CM_OK)
		rc = cm_ties_id(&v->ties, cell->tie, id);
	if (rc != CM_OK || *id < v->n_host)
		return rc;
	room = 64 + v->n_host + v->n_host / 2; /* ids go up one by one */
	more = realloc(v->host, room * sizeof(*more));
	if (more == NULL)
		return CM_E_NOMEM;
	memset(more + v->n_host, 0, (room - v->n_host) * sizeof(*more));
	v->host = more;
	v->n_host = room;
	return CM_OK;
}

static CM_RESULT
meet_row(struct cm_view *v, const struct cm_opened_row *row, struct cm_shown_exhibit *x)
{
	const struct cm_opened_cell *cell = row->cell;
	bool headers = cell[CM_COL_HEADERS].state == CM_CELL_OPEN;
	uint32_t src, dst;
	enum cm_result rc = meet_host(v, &cell[CM_COL_SRC], &src);

	if (rc == CM_OK)
		rc = meet_host(v, &cell[CM_COL_DST], &dst);
	if (rc != CM_OK)
		return rc;
	x->told += headers || (src != 0 && dst != 0);
	*(headers ? &v->host[src].open : &v->host[src].shut) += src != 0;
	*(headers ? &v->host[dst].open : &v->host[dst].shut) += dst != 0 && dst != src;
	x->file_header |= row->row == 0 && headers;
	if (v->frame > 0 || !headers || !cm_headers_is_packet(cell[CM_COL_HEADERS].value))
		return CM_OK;
	v->frame = 1; /* a packet has been met */
	x->pcap = cell[CM_COL_HEADERS].value.len > 1 &&
		  cell[CM_COL_HEADERS].value.ptr[1] <= CM_FORM_PCAP_BE;
	return CM_OK;
}

static CM_RESULT
meet_all(struct cm_view *v, struct cm_shown_exhibit *x, struct cm_err *err)
{
	const struct cm_opened_row *row;
	enum cm_result rc;

	v->host = calloc(1, sizeof(*v->host));
	if (v->host == NULL)
		return no_memory(err);
	v->n_host = 1;
	cm_opening_rewind(v->opening);
	while ((rc = cm_opening_next(v->opening, &row)) == CM_OK) {
		if (meet_row(v, row, x) != CM_OK)
			return no_memory(err);
	}
	x->hosts = v->host;
	x->n_hosts = v->ties.n + 1;
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* Any other time: one row after the other, as packets. */

/* An address cell: the value where it is named, the tie where it is tied. */
static void
take_address(struct cm_view *v, const struct cm_opened_cell *c, size_t side, struct cm_span *out)
{
	*out = cm_span_of(NULL, 0);
	if (c->state == CM_CELL_NAMED)
		*out = c->value;
	if (c->state != CM_CELL_TIED)
		return;
	memcpy(v->address[side], c->tie, CM_HASH_LEN);
	*out = cm_span_of(v->address[side], CM_HASH_LEN);
}

static void
take_record(struct cm_view *v, const struct cm_joined *j, struct cm_shown_row *r)
{
	bool payload = is_open(r->cell[CM_COL_PAYLOAD]);

	r->is_packet = true;
	r->record = j->record;
	r->record.bytes = payload ? j->bytes : cm_span_part(j->bytes, 0, j->cut);
	r->record.comment = cm_span_of(NULL, 0);
	r->record.frame = r->frame = ++v->frame;
	r->cut = j->cut;
	r->payload_len = payload ? j->payload_len : 0;
	if (j->layers.net != 0) {
		r->src_at = j->record.data_at + j->layers.src_at;
		r->dst_at = j->record.data_at + j->layers.dst_at;
		r->addr_len = j->layers.addr_len;
	}
}

/* The payload as it lies in the opening, of which ${joined} is a part of a copy. */
static struct cm_span
in_opening(struct cm_span joined, const struct cm_joined *j, struct cm_span cell)
{
	const uint8_t *from = j->bytes.ptr + j->cut;

	if (joined.len == 0 || joined.ptr < from || joined.ptr > from + cell.len)
		return cm_span_of(NULL, 0);
	return cm_span_part(cell, (size_t)(joined.ptr - from), joined.len);
}

static void
decode(struct cm_view *v, const struct cm_joined *j, struct cm_span payload, struct cm_shown_row *r)
{
	struct cm_frame f = cm_frame_of(&j->record, v->seal);
	struct cm_layers layers;
	enum cm_decoded what;

	f.id = cm_packet_id_of(v->seal, r->row);
	what = cm_decode(&f, &r->packet, &layers);
	r->has_packet = what == CM_DECODED_PACKET || what == CM_DECODED_FRAGMENT;
	r->packet.id = f.id;
	r->packet.open = CM_OPEN_HEADERS;
	if (is_open(r->cell[CM_COL_PAYLOAD])) {
		r->packet.open |= CM_OPEN_PAYLOAD;
		r->packet.payload = in_opening(r->packet.payload, j, payload);
	} else {
		r->packet.payload = cm_span_of(NULL, 0);
	}
	if (is_open(r->cell[CM_COL_MASK]))
		r->packet.open |= CM_OPEN_MASK;
	else
		r->packet.checksum = CM_CSUM_UNKNOWN;
	if (r->cell[CM_COL_SRC] != CM_CELL_SHUT && r->cell[CM_COL_DST] != CM_CELL_SHUT)
		r->packet.open |= CM_OPEN_ADDRESSES;
}

/* The host as the detectors see it, and as the pcapng shows it.  Ties that are named
 * anywhere are known by address. */
static CM_RESULT
resolve(struct cm_view *v, struct cm_shown_row *r, size_t side)
{
	struct cm_span *value = side == 0 ? &r->src : &r->dst, known;
	struct cm_pseudonym *alias = side == 0 ? &r->alias_src : &r->alias_dst;
	struct cm_host *host = side == 0 ? &r->packet.src : &r->packet.dst;
	uint8_t state = r->cell[side == 0 ? CM_COL_SRC : CM_COL_DST];

	if (r->addr_len == 0 || state == CM_CELL_NAMED)
		return CM_OK;
	memset(host->addr, 0, sizeof(host->addr));
	if (state == CM_CELL_SHUT) {
		*alias = cm_pseudonym_shut((uint8_t)r->addr_len);
		host->tied = true;
		memset(host->addr, 0xff, 7);
		host->addr[7] = side == 0;
		cm_put64(host->addr + 8, r->row);
		return CM_OK;
	}
	if (cm_ties_pseudonym(&v->ties, value->ptr, (uint8_t)r->addr_len, alias) != CM_OK)
		return CM_E_NOMEM;
	known = cm_ties_find(&v->ties, value->ptr);
	if (known.len == r->addr_len) {
		memcpy(host->addr, known.ptr, known.len);
		memcpy(v->address[side], known.ptr, known.len);
		*value = cm_span_of(v->address[side], known.len);
		return CM_OK;
	}
	host->tied = true;
	memcpy(host->addr, value->ptr, sizeof(host->addr));
	return CM_OK;
}

static CM_RESULT
take_packet(struct cm_view *v, const struct cm_opened_row *in, struct cm_shown_row *r,
    struct cm_err *err)
{
	struct cm_joined j;
	enum cm_result rc = cm_join_packet(in, &v->joined, &j, err);

	if (rc == CM_E_NOTFOUND)
		return CM_OK;
	if (rc != CM_OK || !j.packet)
		return rc;
	take_record(v, &j, r);
	decode(v, &j, in->cell[CM_COL_PAYLOAD].value, r);
	rc = resolve(v, r, 0);
	return rc == CM_OK ? resolve(v, r, 1) : rc;
}

/* The next row of the opening, into v->row.  CM_E_NOTFOUND: that was the last. */
static CM_RESULT
next_row(struct cm_view *v, struct cm_err *err)
{
	struct cm_shown_row *r = &v->row;
	const struct cm_opened_row *in;
	enum cm_result rc = cm_opening_next(v->opening, &in);
	size_t i;

	if (rc != CM_OK)
		return rc;
	*r = (struct cm_shown_row) { .row = in->row };
	for (i = 0; i < CM_CAPTURE_COLUMNS; i++)
		r->cell[i] = (uint8_t)in->cell[i].state;
	take_address(v, &in->cell[CM_COL_SRC], 0, &r->src);
	take_address(v, &in->cell[CM_COL_DST], 1, &r->dst);
	if (r->cell[CM_COL_SRC] != CM_CELL_SHUT)
		rc = cm_ties_id(&v->ties, in->cell[CM_COL_SRC].tie, &r->src_host);
	if (rc == CM_OK && r->cell[CM_COL_DST] != CM_CELL_SHUT)
		rc = cm_ties_id(&v->ties, in->cell[CM_COL_DST].tie, &r->dst_host);
	if (rc == CM_OK)
		rc = take_packet(v, in, r, err);
	return rc == CM_E_NOMEM ? no_memory(err) : rc;
}

static void
rewind_view(struct cm_view *v)
{
	v->frame = 0;
	cm_opening_rewind(v->opening);
}

/* A row that stays: with copies of what lives in the view only. */
static CM_RESULT
keep_row(const struct cm_view *v, struct cm_arena *arena, struct cm_shown_row *out)
{
	struct cm_span *const part[] = { &out->record.bytes, &out->src, &out->dst };
	size_t i;

	*out = v->row;
	for (i = 0; i < 3; i++) {
		if (part[i]->len == 0)
			continue;
		part[i]->ptr = cm_arena_copy(arena, part[i]->ptr, part[i]->len);
		if (part[i]->ptr == NULL)
			return CM_E_NOMEM;
	}
	return CM_OK;
}

/* Where the next row of a list is looked for. */
static bool
is_next(const uint64_t *list, size_t n, size_t *at, uint64_t row)
{
	while (*at < n && list[*at] < row)
		(*at)++;
	return *at < n && list[*at] == row;
}

static void
keep_counted(const struct cm_shown_row *r, struct cm_counted_row *out, size_t *n)
{
	if (r->has_packet)
		out[(*n)++] = (struct cm_counted_row) { r->packet, r->alias_src, r->alias_dst };
}

/* Stand-ins are given in the order of rows, so this goes through all of them, too. */
static CM_RESULT
keep_all(struct cm_view *v, const struct cm_view_in *in, struct cm_arena *arena,
    struct cm_shown_exhibit *x, struct cm_err *err)
{
	struct cm_shown_row *kept = cm_arena_array(arena, in->n_keep + 1, sizeof(*kept));
	struct cm_counted_row *counted = cm_arena_array(arena, in->n_count + 1, sizeof(*counted));
	size_t i = 0, k = 0;
	enum cm_result rc;

	if (kept == NULL || counted == NULL)
		return no_memory(err);
	x->rows = kept;
	x->counted = counted;
	rewind_view(v);
	while ((rc = next_row(v, err)) == CM_OK) {
		if (is_next(in->count, in->n_count, &k, v->row.row))
			keep_counted(&v->row, counted, &x->n_counted);
		if (!is_next(in->keep, in->n_keep, &i, v->row.row))
			continue;
		if (keep_row(v, arena, &kept[x->n_rows]) != CM_OK)
			return no_memory(err);
		x->n_rows++;
	}
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
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

CM_RESULT
cm_view_read(const struct cm_view_in *in, struct cm_arena *arena, struct cm_shown_exhibit *x,
    struct cm_err *err)
{
	struct cm_view *v;
	enum cm_result rc;

	if (count(cm_opening_stats(in->opening), in->schema, arena, &x->shows) != CM_OK)
		return no_memory(err);
	if (in->schema->kind != CM_KIND_CAPTURE)
		return cm_view_cells(in->opening, arena, x, err);
	x->view = v = calloc(1, sizeof(*v));
	if (v == NULL)
		return no_memory(err);
	v->opening = in->opening;
	v->seal = in->seal;
	rc = meet_all(v, x, err);
	return rc == CM_OK ? keep_all(v, in, arena, x, err) : rc;
}

void
cm_view_free(struct cm_view *v)
{
	if (v == NULL)
		return;
	cm_ties_release(&v->ties);
	cm_buf_release(&v->joined);
	free(v->host);
	free(v);
}

struct cm_view_pass
cm_view_begin(const struct cm_shown_exhibit *x)
{
	if (x->view != NULL)
		rewind_view(x->view);
	return (struct cm_view_pass) { x, 0 };
}

CM_RESULT
cm_view_next(struct cm_view_pass *p, const struct cm_shown_row **out)
{
	enum cm_result rc;

	if (p->x->view != NULL) {
		rc = next_row(p->x->view, NULL);
		*out = &p->x->view->row;
		return rc;
	}
	if (p->at == p->x->n_rows)
		return CM_E_NOTFOUND;
	*out = &p->x->rows[p->at++];
	return CM_OK;
}

struct cm_span
cm_view_address(const struct cm_shown_exhibit *x, uint32_t host)
{
	return x->view == NULL ? cm_span_of(NULL, 0) : cm_ties_address(&x->view->ties, host);
}

const uint8_t *
cm_view_tie(const struct cm_shown_exhibit *x, uint32_t host)
{
	if (x->view == NULL || host == 0 || host > x->view->ties.n)
		return NULL;
	return x->view->ties.tie[host - 1].key;
}
