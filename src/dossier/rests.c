#include <inttypes.h>
#include <stdlib.h>
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

/* What the rows of one exhibit say, whatever finding asks. */
struct known {
	bool counted, named;
	uint64_t told, opened;
	uint64_t *open, *shut;	/* of each host by number: rows with and without headers */
	uint32_t n_hosts;	/* numbers 0..n_hosts-1 */
	struct address *address; /* ascending, each once */
	size_t n_addresses;
};

struct address {
	struct cm_span addr;
	size_t nth;
	uint32_t host;
};

struct cm_host_tally {
	const struct cm_dossier *d;
	struct known *known; /* of each exhibit */
};

CM_RESULT
cm_host_tally_new(const struct cm_dossier *d, struct cm_host_tally **out)
{
	struct cm_host_tally *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return CM_E_NOMEM;
	r->d = d;
	r->known = calloc(d->n_exhibits + 1, sizeof(r->known[0]));
	if (r->known == NULL) {
		free(r);
		return CM_E_NOMEM;
	}
	*out = r;
	return CM_OK;
}

void
cm_host_tally_free(struct cm_host_tally *r)
{
	size_t k;

	if (r == NULL)
		return;
	for (k = 0; k < r->d->n_exhibits; k++) {
		free(r->known[k].open);
		free(r->known[k].shut);
		free(r->known[k].address);
	}
	free(r->known);
	free(r);
}

static int
by_address(const void *a, const void *b)
{
	const struct address *x = a, *y = b;
	int d = cm_span_cmp(x->addr, y->addr);

	if (d != 0)
		return d;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

static void
add_address(struct known *n, struct cm_span addr, uint32_t host)
{
	if (addr.len != 4 && addr.len != 16)
		return;
	n->address[n->n_addresses] = (struct address) { addr, n->n_addresses, host };
	n->n_addresses++;
}

/* Whose number an address has, by the first row that has it. */
static CM_RESULT
name_hosts(const struct cm_shown_exhibit *x, struct known *n)
{
	size_t i, k = 0;

	n->address = calloc(2 * x->n_rows + 1, sizeof(n->address[0]));
	if (n->address == NULL)
		return CM_E_NOMEM;
	n->named = true;
	for (i = 0; i < x->n_rows; i++) {
		add_address(n, x->rows[i].src, x->rows[i].src_host);
		add_address(n, x->rows[i].dst, x->rows[i].dst_host);
	}
	if (n->n_addresses > 1)
		qsort(n->address, n->n_addresses, sizeof(n->address[0]), by_address);
	for (i = 0; i < n->n_addresses; i++) {
		if (k == 0 || !cm_span_eq(n->address[i].addr, n->address[k - 1].addr))
			n->address[k++] = n->address[i];
	}
	n->n_addresses = k;
	return CM_OK;
}

/* Numbers of hosts are of one exhibit; in another only an address says who is who.
 * 0: no row says it. */
static CM_RESULT
host_in(struct cm_host_tally *r, size_t k, const struct cm_shown_row *a, uint32_t *out)
{
	struct known *n = &r->known[k];
	size_t low = 0, high, mid;

	*out = 0;
	if (a->src.len != 4 && a->src.len != 16)
		return CM_OK;
	if (!n->named && name_hosts(&r->d->exhibits[k], n) != CM_OK)
		return CM_E_NOMEM;
	high = n->n_addresses;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (cm_span_cmp(n->address[mid].addr, a->src) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < n->n_addresses && cm_span_eq(n->address[low].addr, a->src))
		*out = n->address[low].host;
	return CM_OK;
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

static CM_RESULT
make_room(const struct cm_shown_exhibit *x, struct known *n)
{
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < x->n_rows; i++) {
		most = x->rows[i].src_host > most ? x->rows[i].src_host : most;
		most = x->rows[i].dst_host > most ? x->rows[i].dst_host : most;
	}
	n->open = calloc((size_t)most + 1, sizeof(n->open[0]));
	n->shut = calloc((size_t)most + 1, sizeof(n->shut[0]));
	n->n_hosts = most + 1;
	return n->open != NULL && n->shut != NULL ? CM_OK : CM_E_NOMEM;
}

static CM_RESULT
count_rows(const struct cm_shown_exhibit *x, struct known *n)
{
	const struct cm_shown_row *row;
	bool headers;
	size_t i;

	if (make_room(x, n) != CM_OK)
		return CM_E_NOMEM;
	n->counted = true;
	n->opened = x->shows.headers;
	if (is_pcap(x) && (x->n_rows == 0 || x->rows[0].row != 0 || x->rows[0].cell[0] == CM_CELL_SHUT)) {
		n->told++;
		n->opened++;
	}
	for (i = 0; i < x->n_rows; i++) {
		row = &x->rows[i];
		headers = row->cell[0] != CM_CELL_SHUT;
		n->told += headers || (row->src_host != 0 && row->dst_host != 0);
		(headers ? n->open : n->shut)[row->src_host]++;
		if (row->dst_host != row->src_host)
			(headers ? n->open : n->shut)[row->dst_host]++;
	}
	return CM_OK;
}

static CM_RESULT
count(struct cm_host_tally *r, size_t k, uint32_t host, struct tally *t)
{
	const struct cm_shown_exhibit *x = &r->d->exhibits[k];
	struct known *n = &r->known[k];

	if (!n->counted && count_rows(x, n) != CM_OK)
		return CM_E_NOMEM;
	if (host != 0 && host < n->n_hosts) {
		t->open += n->open[host];
		t->his += n->shut[host];
	}
	t->shut += x->table_rows - n->opened;
	t->unknown += x->table_rows - n->told;
	return CM_OK;
}

static CM_RESULT
count_cited(struct cm_host_tally *r, const struct cm_finding *f, const struct cm_shown_row *a, struct tally *t)
{
	enum cm_result rc = CM_OK;
	uint32_t host;
	size_t i, k;

	for (i = 0; i < f->n_seals; i++) {
		for (k = 0; rc == CM_OK && k < r->d->n_exhibits; k++) {
			if (memcmp(f->seals[i], r->d->exhibits[k].statement, 32) != 0)
				continue;
			host = a->src_host;
			if (k != cm_packet_file(a->packet.id))
				rc = host_in(r, k, a, &host);
			if (rc == CM_OK)
				rc = count(r, k, host, t);
		}
	}
	return rc;
}

CM_RESULT
cm_rests_say(struct cm_host_tally *r, const struct cm_finding *f, struct cm_buf *out)
{
	const struct cm_shown_row *a = find_accused(r->d, f);
	struct tally t = { 0 };

	if (a == NULL)
		return CM_OK;
	if (count_cited(r, f, a, &t) != CM_OK)
		return CM_E_NOMEM;
	cm_buf_printf(out, "rests on what the sender showed of this host: %" PRIu64 " row%s open, %" PRIu64
			   " row%s of the capture shut", t.open, t.open == 1 ? "" : "s", t.shut,
	    t.shut == 1 ? "" : "s");
	if (t.shut == 0 || (t.his == 0 && t.unknown != 0))
		return CM_OK;
	cm_buf_printf(out, ", %" PRIu64 " of them to or from this host", t.his);
	if (t.unknown != 0)
		cm_buf_printf(out, " and %" PRIu64 " not said to be anybody's", t.unknown);
	return CM_OK;
}
