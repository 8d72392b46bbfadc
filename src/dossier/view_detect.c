#include "capture/decode.h"
#include "capture/fragment.h"
#include "dossier/view.h"

#define FRAGMENT_BUDGET ((size_t)16 << 20)

struct run {
	const struct cm_view_run *in;
	struct cm_engine *engine;
	struct cm_fragments *fragments;
	bool masked; /* of some part `mask` is shut, and with it the datagram's checksum */
};

/* Parts of a datagram are put together only where addresses and payload are open:
 * only then do their bytes say anything together.  `mask` holds their checksum. */
static CM_RESULT
feed_fragment(struct run *r, const struct cm_shown_row *row, uint32_t as)
{
	struct cm_layers layers;
	struct cm_packet p;
	struct cm_frame f = cm_frame_of(&row->record, 0), whole;
	enum cm_result rc;

	if ((row->packet.open | CM_OPEN_MASK) != CM_OPEN_ALL || row->packet.src.tied ||
	    row->packet.dst.tied)
		return CM_OK;
	if ((row->packet.open & CM_OPEN_MASK) == 0)
		r->masked = true;
	f.id = cm_packet_id_of(as, row->row);
	if (cm_decode(&f, &p, &layers) != CM_DECODED_FRAGMENT)
		return CM_OK;
	rc = cm_fragments_add(r->fragments, &f, &layers, &whole);
	if (rc == CM_E_NOTFOUND)
		return CM_OK;
	if (rc != CM_OK)
		return rc;
	if (cm_decode(&whole, &p, &layers) != CM_DECODED_PACKET)
		return CM_OK;
	if (r->masked) {
		p.open &= (uint8_t)~CM_OPEN_MASK;
		p.checksum = CM_CSUM_UNKNOWN;
	}
	return cm_engine_packet(r->engine, &p, false);
}

static CM_RESULT
feed(struct run *r, const struct cm_shown_row *row, uint32_t as)
{
	struct cm_packet p = row->packet;

	if (!row->has_packet || (r->in->only != NULL && !cm_ids_has(r->in->only, row->packet.id)))
		return CM_OK;
	if (p.fragment)
		return feed_fragment(r, row, as);
	p.id = cm_packet_id_of(as, row->row);
	return cm_engine_packet(r->engine, &p, true);
}

static CM_RESULT
feed_all(struct run *r)
{
	const struct cm_dossier *d = r->in->dossier;
	enum cm_result rc = CM_OK;
	uint32_t k, as;
	size_t i;

	for (k = 0; k < d->n_exhibits; k++) {
		as = r->in->seals != NULL ? r->in->seals[k] : k;
		if (as == UINT32_MAX)
			continue;
		for (i = 0; rc == CM_OK && i < d->exhibits[k].n_rows; i++)
			rc = feed(r, &d->exhibits[k].rows[i], as);
	}
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
	if (rc != CM_OK) {
		cm_engine_free(r.engine);
		return rc;
	}
	*out = r.engine;
	return CM_OK;
}
