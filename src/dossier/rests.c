#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/rests.h"
#include "dossier/view.h"

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

/* Which hosts of an exhibit are known by address, whatever finding asks. */
struct known {
	bool named;
	struct address *address; /* ascending, each once */
	size_t n_addresses;
};

struct address {
	struct cm_span addr;
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
	for (k = 0; k < r->d->n_exhibits; k++)
		free(r->known[k].address);
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
	return x->host < y->host ? -1 : x->host > y->host;
}

/* Whose number an address has: hosts are numbered in the order of rows. */
static CM_RESULT
name_hosts(const struct cm_shown_exhibit *x, struct known *n)
{
	struct cm_span addr;
	size_t i, k = 0;

	n->address = calloc(x->n_hosts + 1, sizeof(n->address[0]));
	if (n->address == NULL)
		return CM_E_NOMEM;
	n->named = true;
	for (i = 1; i < x->n_hosts; i++) {
		addr = cm_view_address(x, (uint32_t)i);
		if (addr.len != 0)
			n->address[n->n_addresses++] = (struct address) { addr, (uint32_t)i };
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

static void
count(const struct cm_shown_exhibit *x, uint32_t host, struct tally *t)
{
	/* the first row of a pcap file is its header, whatever is open */
	bool header = x->pcap && !x->file_header;

	if (host != 0 && host < x->n_hosts) {
		t->open += x->hosts[host].open;
		t->his += x->hosts[host].shut;
	}
	t->shut += x->table_rows - x->shows.headers - header;
	t->unknown += x->table_rows - x->told - header;
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
				count(&r->d->exhibits[k], host, t);
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
