#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "capture/fragment.h"
#include "dossier/view.h"

#define FRAGMENT_BUDGET ((size_t)16 << 20)

/* Of so many parts of datagrams, the last ones, it is remembered between whom they are.  A
 * datagram with a part before these is not put together: it would be one that waits while a
 * quarter of a million other parts go by. */
#define PARTS_MAX ((size_t)1 << 19)

struct part {
	cm_packet_id id;
	struct cm_host src, dst;
	uint8_t open;
};

struct run {
	const struct cm_view_run *in;
	struct cm_engine *engine;
	struct cm_fragments *fragments;
	struct cm_buf bytes; /* of the part at hand, addresses in place */
	struct part *part;   /* ascending by id */
	size_t n_parts, room;
};

/* The record with something where the addresses go: what they are, or what stands in. */
static CM_RESULT
put_addresses(struct run *r, const struct cm_shown_row *row, struct cm_record *out)
{
	const struct cm_span *known[] = { &row->src, &row->dst };
	const struct cm_pseudonym *alias[] = { &row->alias_src, &row->alias_dst };
	const uint32_t at[] = { row->src_at, row->dst_at };
	size_t i;

	*out = row->record;
	r->bytes.len = 0;
	cm_buf_add_span(&r->bytes, row->record.bytes);
	if (!cm_buf_ok(&r->bytes))
		return CM_E_NOMEM;
	out->bytes = cm_buf_span(&r->bytes);
	for (i = 0; i < 2; i++) {
		if (at[i] + row->addr_len > out->bytes.len)
			continue;
		if (known[i]->len == row->addr_len)
			memcpy(r->bytes.ptr + at[i], known[i]->ptr, row->addr_len);
		else
			memcpy(r->bytes.ptr + at[i], alias[i]->addr, row->addr_len);
	}
	return CM_OK;
}

static bool
same_host(const struct cm_host *a, const struct cm_host *b)
{
	return a->tied == b->tied && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

/* Remembers a part; of too many the older half is forgotten. */
static CM_RESULT
remember(struct run *r, const struct cm_packet *p)
{
	struct part *more;

	if (r->n_parts == PARTS_MAX) {
		r->n_parts /= 2;
		memmove(r->part, r->part + r->n_parts, r->n_parts * sizeof(*r->part));
	}
	if (r->n_parts == r->room) {
		r->room = r->room == 0 ? 64 : 2 * r->room;
		more = realloc(r->part, r->room * sizeof(*more));
		if (more == NULL)
			return CM_E_NOMEM;
		r->part = more;
	}
	r->part[r->n_parts++] = (struct part) { p->id, p->src, p->dst, p->open };
	return CM_OK;
}

static int
by_id(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Are all parts of ${whole} between the hosts of the last one, and not only between
 * stand-ins that look alike?  Where `mask` of one is shut the checksum is not known. */
static bool
check_parts(const struct run *r, const struct cm_frame *whole, const struct cm_packet *last, bool *masked)
{
	const struct part *part;
	struct part key = { 0 };
	size_t i;

	*masked = false;
	for (i = 0; i < whole->n_parts; i++) {
		key.id = whole->parts[i];
		part = bsearch(&key, r->part, r->n_parts, sizeof(key), by_id);
		if (part == NULL || !same_host(&part->src, &last->src) ||
		    !same_host(&part->dst, &last->dst))
			return false;
		*masked |= (part->open & CM_OPEN_MASK) == 0;
	}
	return true;
}

/* Parts of a datagram are put together only where their payload is open and it is known
 * which hosts they are between, be it by ties: only then do their bytes say anything
 * together.  `mask` holds their checksum. */
static CM_RESULT
feed_fragment(struct run *r, const struct cm_shown_row *row)
{
	struct cm_layers layers;
	struct cm_record record;
	struct cm_frame f, whole;
	struct cm_packet p;
	bool masked;
	enum cm_result rc;

	if ((row->packet.open | CM_OPEN_MASK) != CM_OPEN_ALL)
		return CM_OK;
	rc = remember(r, &row->packet);
	if (rc == CM_OK)
		rc = put_addresses(r, row, &record);
	if (rc != CM_OK)
		return rc;
	f = cm_frame_of(&record, 0);
	f.id = row->packet.id;
	if (cm_decode(&f, &p, &layers) != CM_DECODED_FRAGMENT)
		return CM_OK;
	rc = cm_fragments_add(r->fragments, &f, &layers, &whole);
	if (rc == CM_E_NOTFOUND)
		return CM_OK;
	if (rc != CM_OK)
		return rc;
	if (!check_parts(r, &whole, &row->packet, &masked) || cm_decode(&whole, &p, &layers) != CM_DECODED_PACKET)
		return CM_OK;
	p.src = row->packet.src;
	p.dst = row->packet.dst;
	if (masked) {
		p.open &= (uint8_t)~CM_OPEN_MASK;
		p.checksum = CM_CSUM_UNKNOWN;
	}
	return cm_engine_packet(r->engine, &p, false);
}

static CM_RESULT
feed(struct run *r, const struct cm_shown_row *row)
{
	if (!row->has_packet)
		return CM_OK;
	return row->packet.fragment ? feed_fragment(r, row) : cm_engine_packet(r->engine, &row->packet, true);
}

static bool
is_of(const struct run *r, uint32_t exhibit)
{
	return r->in->exhibits == NULL || r->in->exhibits[exhibit];
}

static CM_RESULT
feed_cited(struct run *r)
{
	const struct cm_ids *only = r->in->only;
	const struct cm_shown_row *row;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < only->n; i++) {
		row = cm_dossier_row(r->in->dossier, only->id[i]);
		if (row != NULL && is_of(r, cm_packet_file(only->id[i])))
			rc = feed(r, row);
	}
	return rc;
}

static CM_RESULT
feed_exhibit(struct run *r, const struct cm_shown_exhibit *x)
{
	struct cm_view_pass pass = cm_view_begin(x);
	const struct cm_shown_row *row;
	enum cm_result rc;

	while ((rc = cm_view_next(&pass, &row)) == CM_OK) {
		rc = feed(r, row);
		if (rc != CM_OK)
			return rc;
	}
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

static CM_RESULT
feed_all(struct run *r)
{
	const struct cm_dossier *d = r->in->dossier;
	enum cm_result rc = CM_OK;
	uint32_t k;

	if (r->in->only != NULL)
		return feed_cited(r);
	for (k = 0; rc == CM_OK && k < d->n_exhibits; k++)
		if (is_of(r, k))
			rc = feed_exhibit(r, &d->exhibits[k]);
	return rc;
}

CM_RESULT
cm_view_detect(const struct cm_view_run *run, struct cm_engine **out)
{
	struct run r = { .in = run };
	enum cm_result rc = cm_fragments_new(FRAGMENT_BUDGET, &r.fragments);

	if (rc == CM_OK)
		rc = cm_engine_new(&run->params, &r.engine);
	if (rc == CM_OK)
		rc = feed_all(&r);
	if (rc == CM_OK)
		rc = cm_engine_finish(r.engine);
	cm_fragments_free(r.fragments);
	cm_buf_release(&r.bytes);
	free(r.part);
	if (rc != CM_OK) {
		cm_engine_free(r.engine);
		return rc;
	}
	*out = r.engine;
	return CM_OK;
}
