#include <inttypes.h>
#include <string.h>

#include "dossier/rests.h"

/* Rows of the captures that a finding cites. */
struct tally {
	uint64_t open;	  /* with headers, of the host */
	uint64_t shut;	  /* headers shut, and perhaps of the host */
	uint64_t his;	  /* of these: of the host, by what is tied or named */
	uint64_t unknown; /* of these: it does not show whose they are */
};

static const struct cm_shown_row *
find_accused(const struct cm_dossier *d, const struct cm_finding *f)
{
	const struct cm_ids *set = f->forged.n != 0 ? &f->forged : &f->suspect;
	const struct cm_shown_row *row;
	size_t i;

	for (i = 0; i < set->n; i++) {
		row = cm_dossier_row(d, set->id[i]);
		if (row != NULL && row->has_packet && row->src_host != 0)
			return row;
	}
	return NULL;
}

/* Numbers of hosts are of one exhibit; in another only an address says who is who.
 * 0: no row says it. */
static uint32_t
host_in(const struct cm_shown_exhibit *x, const struct cm_shown_row *a)
{
	size_t i;

	if (a->src.len != 4 && a->src.len != 16)
		return 0;
	for (i = 0; i < x->n_rows; i++) {
		if (cm_span_eq(x->rows[i].src, a->src))
			return x->rows[i].src_host;
		if (cm_span_eq(x->rows[i].dst, a->src))
			return x->rows[i].dst_host;
	}
	return 0;
}

/* The first row of a pcap file is its header, whatever is open. */
static bool
is_pcap(const struct cm_shown_exhibit *x)
{
	size_t i;

	for (i = 0; i < x->n_rows; i++) {
		if (x->rows[i].is_packet)
			return x->rows[i].record.form <= CM_FORM_PCAP_BE;
	}
	return false;
}

static void
count(const struct cm_shown_exhibit *x, uint32_t host, struct tally *t)
{
	const struct cm_shown_row *row;
	uint64_t told = 0, opened = x->shows.headers;
	bool headers;
	size_t i;

	if (is_pcap(x) && (x->n_rows == 0 || x->rows[0].row != 0 || x->rows[0].cell[0] == CM_CELL_SHUT)) {
		told++;
		opened++;
	}
	for (i = 0; i < x->n_rows; i++) {
		row = &x->rows[i];
		headers = row->cell[0] != CM_CELL_SHUT;
		told += headers || (row->src_host != 0 && row->dst_host != 0);
		if (host == 0 || (row->src_host != host && row->dst_host != host))
			continue;
		t->open += headers;
		t->his += !headers;
	}
	t->shut += x->table_rows - opened;
	t->unknown += x->table_rows - told;
}

void
cm_rests_say(const struct cm_dossier *d, const struct cm_finding *f, struct cm_buf *out)
{
	const struct cm_shown_row *a = find_accused(d, f);
	const struct cm_shown_exhibit *x;
	struct tally t = { 0 };
	size_t i, k;

	if (a == NULL)
		return;
	for (i = 0; i < f->n_seals; i++) {
		for (k = 0; k < d->n_exhibits; k++) {
			x = &d->exhibits[k];
			if (memcmp(f->seals[i], x->statement, 32) == 0)
				count(x, k == cm_packet_file(a->packet.id) ? a->src_host : host_in(x, a), &t);
		}
	}
	cm_buf_printf(out, "rests on what the sender showed of this host: %" PRIu64 " row%s open, %" PRIu64
			   " row%s of the capture shut", t.open, t.open == 1 ? "" : "s", t.shut,
	    t.shut == 1 ? "" : "s");
	if (t.shut == 0 || (t.his == 0 && t.unknown != 0))
		return;
	cm_buf_printf(out, ", %" PRIu64 " of them to or from this host", t.his);
	if (t.unknown != 0)
		cm_buf_printf(out, " and %" PRIu64 " not said to be anybody's", t.unknown);
}
