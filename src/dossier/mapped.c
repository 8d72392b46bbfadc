#include <inttypes.h>
#include <string.h>

#include "capture/decode.h"
#include "crypto/sha256.h"
#include "dossier/mapped.h"
#include "seal/names.h"

#define MARK_PAYLOAD 16u /* bytes: captures cut packets at different lengths */

struct mapping {
	const struct cm_mapped_exhibit *x;
	struct cm_names names;
	struct cm_map_gather gather;
	struct cm_err *err;
};

/* What stays the same of a packet on its way: not its TTL, checksums, time. */
static void
packet_mark(const struct cm_packet *p, struct cm_sha256 *h)
{
	uint8_t b[32];

	cm_sha256_add(h, p->src.addr, sizeof(p->src.addr));
	cm_sha256_add(h, p->dst.addr, sizeof(p->dst.addr));
	b[0] = p->src.net;
	b[1] = p->proto;
	cm_put16(b + 2, p->ipid);
	cm_put32(b + 4, p->ip_len);
	cm_put16(b + 8, p->sport);
	cm_put16(b + 10, p->dport);
	cm_put32(b + 12, p->seq);
	cm_put32(b + 16, p->ack);
	b[20] = p->flags;
	cm_sha256_add(h, b, 21);
	cm_sha256_add(h, p->payload.ptr, p->payload.len < MARK_PAYLOAD ? p->payload.len : MARK_PAYLOAD);
}

/* False: the row is none that could be met again. */
static bool
mark_of(const struct mapping *m, const struct cm_cells *cells, uint64_t *out)
{
	const struct cm_schema *s = &m->x->seal->schema;
	const struct cm_row *row = cm_cut_rows_last(m->x->rows);
	struct cm_layers layers;
	struct cm_packet p;
	struct cm_frame f;
	struct cm_sha256 h;
	uint8_t digest[32];
	size_t c;

	cm_sha256_init(&h);
	if (s->kind == CM_KIND_CAPTURE) {
		if (row == NULL || row->record == NULL)
			return false;
		f = cm_frame_of(row->record, 0);
		if (cm_decode(&f, &p, &layers) != CM_DECODED_PACKET)
			return false;
		packet_mark(&p, &h);
	} else {
		for (c = 0; c < s->n; c++)
			cm_sha256_add(&h, cells->cell[c].ptr, cells->cell[c].len);
	}
	cm_sha256_end(&h, digest);
	*out = cm_get64(digest);
	return true;
}

/* A host that stands in two cells of a row is named by either. */
static CM_RESULT
gather_hosts(struct mapping *m, const struct cm_plan_range *r, const struct cm_cells *cells)
{
	const struct cm_schema *s = &m->x->seal->schema;
	struct { uint64_t key; bool named; } met[CM_COLUMNS_MAX];
	enum cm_result rc = CM_OK;
	uint8_t tie[CM_HASH_LEN];
	size_t n = 0, c, i;

	for (c = 0; c < s->n; c++) {
		bool named = !(r->tied & cm_column_bit(c));

		/* a row that is no packet has no hosts */
		if (s->column[c].link == CM_LINK_PLAIN || !(r->open & cm_column_bit(c)) || cells->cell[c].len == 0)
			continue;
		cm_names_of(&m->names, s->column[c].link, cells->cell[c], NULL, tie);
		for (i = 0; i < n && met[i].key != cm_get64(tie); i++)
			;
		met[i].named = (i < n && met[i].named) || named;
		met[i].key = cm_get64(tie);
		n += i == n;
	}
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = cm_map_gather_host(&m->gather, met[i].key, met[i].named);
	return rc;
}

static CM_RESULT
gather_row(struct mapping *m, const struct cm_plan_range *r, uint64_t row)
{
	struct cm_cell_source source = cm_cut_rows_source(m->x->rows);
	struct cm_cells cells;
	uint64_t mark;
	enum cm_result rc = cm_cut_rows_to(m->x->rows, row, m->err);

	if (rc == CM_OK)
		rc = source.next(source.arg, &cells, m->err);
	if (rc == CM_E_NOTFOUND)
		return cm_err_set(m->err, CM_E_REFUSED, "row %" PRIu64 " is missing", row);
	if (rc == CM_OK)
		rc = gather_hosts(m, r, &cells);
	if (rc == CM_OK && mark_of(m, &cells, &mark))
		rc = cm_map_gather_mark(&m->gather, mark);
	return rc;
}

static CM_RESULT
gather(struct mapping *m, struct cm_map_exhibit *out)
{
	const struct cm_plan *plan = m->x->plan;
	enum cm_result rc = CM_OK;
	size_t i;

	for (i = 0; rc == CM_OK && i < plan->n; i++) {
		struct cm_plan_range r = plan->range[i];
		uint64_t row;

		for (row = r.from; rc == CM_OK && row < r.to; row++)
			rc = gather_row(m, &r, row);
		r.by_row = false;
		if (rc == CM_OK)
			rc = cm_plan_add(&out->open, r);
	}
	cm_map_gathered(&m->gather, out);
	return rc;
}

enum cm_result
cm_mapped_add(struct cm_map *map, const struct cm_mapped_exhibit *x, struct cm_err *err)
{
	struct mapping m = { .x = x, .err = err };
	struct cm_map_exhibit fresh;
	enum cm_result rc;

	if (x->plan->n == 0)
		return CM_OK;
	rc = cm_map_exhibit_of(&x->seal->schema, x->seal->x, x->seal->rows, &fresh);
	if (rc != CM_OK)
		return rc;
	rc = cm_names_init(&m.names, x->secret);
	if (rc == CM_OK)
		rc = gather(&m, &fresh);
	cm_names_fini(&m.names);
	cm_map_gather_release(&m.gather);
	if (rc == CM_OK)
		return cm_map_put(map, &fresh);
	cm_map_exhibit_release(&fresh);
	return rc;
}
