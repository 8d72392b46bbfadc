#include "traffic/finding.h"
#include "traffic/likeness.h"
#include "traffic/services.h"

#define SECOND UINT64_C(1000000000)
#define PORT_PPM 800000 /* of the packets go to one port: it is that one's flood */

static void
baseline_of(const struct cm_tally *t, const struct cm_capture_seen *seen, struct cm_baseline *b)
{
	uint64_t span = seen->to_ns > seen->from_ns ? (uint64_t)(seen->to_ns - seen->from_ns) : 0;
	uint64_t others;

	*b = (struct cm_baseline) { .how = CM_BASELINE_NONE };
	if (t->before_ns >= SECOND) {
		b->how = CM_BASELINE_BEFORE;
		b->milli = cm_mul_div(t->before, 1000 * SECOND, t->before_ns);
		b->span_ms = t->before_ns / 1000000;
		return;
	}
	if (t->w->kind >= CM_CLASSES || span < SECOND || seen->hosts < 2)
		return;
	others = seen->all[t->w->kind] * seen->thin;
	others = others > t->w->in * seen->thin ? others - t->w->in * seen->thin : 0;
	b->how = CM_BASELINE_OTHERS;
	b->milli = cm_mul_div(others, 1000 * SECOND, span) / (seen->hosts - 1);
	b->span_ms = span / 1000000;
}

static cm_packet_id
first_id(const struct cm_watch *w, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++)
		if (w->bins.bin[i].first != 0)
			return w->bins.bin[i].first;
	return 0;
}

static cm_packet_id
last_id(const struct cm_watch *w, uint32_t from, uint32_t to)
{
	for (uint32_t i = to + 1; i-- > from;)
		if (w->bins.bin[i].last != 0)
			return w->bins.bin[i].last;
	return 0;
}

/* Between which packets it lies; what is only more than usual, with what was usual: that must
 * come out of its support, too. */
static void
fill_range(const struct cm_tally *t, bool compared, struct cm_traffic_finding *f)
{
	f->from_ns = t->from_ns;
	f->to_ns = t->to_ns;
	f->first = first_id(t->w, compared ? 0 : t->lo, t->hi);
	f->last = last_id(t->w, t->lo, compared ? t->w->bins.n - 1 : t->hi);
}

static uint8_t
proto_of(const struct cm_watch *w)
{
	switch (w->kind) {
	case CM_CLASS_SYN:
	case CM_CLASS_ANSWER:
	case CM_CLASS_TCP:
		return 6;
	case CM_CLASS_SERVICE:
	case CM_CLASS_UDP:
	case CM_CLASS_LEASES:
		return 17;
	case CM_CLASS_ICMP:
		return w->proto;
	default:
		return 0;
	}
}

static void
fill_counts(const struct cm_tally *t, const struct cm_capture_seen *seen, struct cm_traffic_finding *f)
{
	const struct cm_watch *w = t->w;
	uint64_t ns = t->to_ns > t->from_ns ? (uint64_t)(t->to_ns - t->from_ns) : 0;
	bool ported = w->kind != CM_CLASS_LATER && w->kind != CM_CLASS_ICMP && w->kind != CM_CLASS_OTHER;
	const struct cm_service *s = cm_service_of(w->service);

	f->packets = t->in;
	f->bytes = t->bytes;
	f->peak_per_s = w->peak * seen->thin;
	f->mean_per_s = cm_per_second(t->in, ns < (uint64_t)CM_BIN_GRAIN ? CM_BIN_GRAIN : (int64_t)ns);
	f->sources = cm_hll_count(w->likes.distinct, CM_SOURCES_BITS);
	f->port = ported && t->port_ppm >= PORT_PPM ? (uint16_t)t->port : 0;
	f->proto = proto_of(w);
	f->service = w->kind == CM_CLASS_SERVICE && s != NULL ? s->name : NULL;
	f->cut_begin = t->from_ns - seen->from_ns < (int64_t)SECOND;
	f->cut_end = seen->to_ns - t->to_ns < (int64_t)SECOND;
	f->name = w->kind == CM_CLASS_SYN ? cm_likeness_name(w->likes.likeness, w->likes.n, false) : NULL;
	baseline_of(t, seen, &f->baseline);
}

static void
judge_watch(struct cm_watch *w, const struct cm_flood_detector *d, const struct cm_capture_seen *seen,
    struct cm_findings *out)
{
	struct cm_sign_list l = { .drawn = seen->thin > 1 };
	uint64_t spare = l.drawn ? 4 : 0; /* sixteenths */
	struct cm_made *m;
	enum cm_traffic_verdict v;
	struct cm_tally t;

	if (!cm_tally_watch(w, seen->thin, d, &t))
		return;
	if (t.in < d->least - d->least * spare / 16 || t.per_s < d->least_per_s - d->least_per_s * spare / 16)
		return;
	if (!d->is(&t, &l, &v))
		return;
	m = cm_findings_more(out, t.in);
	if (m == NULL)
		return;
	m->f.kind = d->kind;
	m->f.verdict = v;
	m->f.target = w->host;
	fill_range(&t, cm_sign_in(&l, CM_SIGN_MORE_THAN_USUAL), &m->f);
	fill_counts(&t, seen, &m->f);
	m->f.effect = cm_effect_of(&t, &m->f);
	m->signs = l;
	m->bin = w->bins.bin;
	m->n_bins = w->bins.n;
}

void
cm_floods_find(struct cm_targets *t, const struct cm_capture_seen *seen, struct cm_findings *out)
{
	for (uint32_t i = 0; i < t->max_watches; i++)
		for (size_t k = 0; t->watch[i] != NULL && k < cm_flood_n_detectors; k++)
			if (cm_flood_detectors[k]->watches == t->watch[i]->kind)
				judge_watch(t->watch[i], cm_flood_detectors[k], seen, out);
}
