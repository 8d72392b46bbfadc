#include "capture/request.h"
#include "dossier/report_place.h"

static bool
request_of(const struct cm_dossier *d, const struct cm_finding *f, struct cm_place *out)
{
	const struct cm_shown_row *r = f->trigger.n == 0 ? NULL : cm_dossier_row(d, f->trigger.id[0]);
	struct cm_request q;
	size_t len = 0;

	if (r == NULL || !r->has_packet || (r->packet.open & CM_OPEN_PAYLOAD) == 0 || !cm_request_of_packet(&r->packet, &q) ||
	    q.host.len == 0)
		return false;
	while (len < q.target.len && q.target.ptr[len] != '?')
		len++;
	*out = (struct cm_place) { q.host, cm_span_part(q.target, 0, len), 1 };
	return true;
}

static void
count(struct cm_places *p, const struct cm_place *one)
{
	struct cm_place keep;
	size_t i;

	p->known++;
	for (i = 0; i < p->n; i++)
		if (cm_span_eq(p->at[i].host, one->host) && cm_span_eq(p->at[i].path, one->path))
			break;
	if (i == CM_PLACES)
		return;
	if (i == p->n)
		p->at[p->n++] = *one;
	else
		p->at[i].n++;
	for (; i > 0 && p->at[i].n > p->at[i - 1].n; i--) {
		keep = p->at[i];
		p->at[i] = p->at[i - 1];
		p->at[i - 1] = keep;
	}
}

void
cm_report_places(const struct cm_dossier *d, size_t i, struct cm_places *out)
{
	const struct cm_shown_chain *c = &d->chains[i];
	struct cm_place one;
	size_t k;

	*out = (struct cm_places) { .all = c->body->n_scripts };
	for (k = 0; k < c->body->n_scripts; k++)
		if (request_of(d, d->findings[c->findings[k]].body, &one))
			count(out, &one);
}
