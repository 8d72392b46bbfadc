/* Findings that are another one's shadow, and their order. */
#include <stdlib.h>
#include <string.h>

#include "traffic/finding.h"

struct cm_made *
cm_findings_more(struct cm_findings *f, uint64_t packets)
{
	size_t least = 0;

	if (f->n < f->room) {
		f->at[f->n] = (struct cm_made) { .f.packets = packets };
		return &f->at[f->n++];
	}
	f->not_listed++;
	for (size_t i = 1; i < f->n; i++)
		if (f->at[i].f.packets < f->at[least].f.packets)
			least = i;
	if (f->n == 0 || f->at[least].f.packets >= packets)
		return NULL;
	f->at[least] = (struct cm_made) { .f.packets = packets };
	return &f->at[least];
}

static bool
overlap(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	return a->from_ns <= b->to_ns && b->from_ns <= a->to_ns;
}

/* Bots that flood many ports of a host try many targets each; one that tries while others flood
 * does not. */
#define BOTS 8u

static bool
scan_of_flood(const struct cm_traffic_finding *scan, const struct cm_traffic_finding *flood)
{
	return scan->verdict == CM_TRAFFIC_SCAN && flood->verdict == CM_TRAFFIC_FLOOD && scan->target.net != 0 &&
	    cm_host_eq(&scan->target, &flood->target) && scan->proto == flood->proto && overlap(scan, flood);
}

static bool
is_bot(const struct cm_findings *f, size_t scan, size_t flood)
{
	size_t n = 0;

	if (!scan_of_flood(&f->at[scan].f, &f->at[flood].f))
		return false;
	for (size_t i = 0; i < f->n && n < BOTS; i++)
		n += scan_of_flood(&f->at[i].f, &f->at[flood].f);
	return n >= BOTS;
}

/* Later fragments beside the answers they belong to; first ones, too small to tell what they begin,
 * beside the later ones. */
static bool
rest_of_flood(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	bool later = a->kind == CM_TRAFFIC_FRAGMENTS && b->kind == CM_TRAFFIC_AMPLIFICATION;
	bool first = a->kind == CM_TRAFFIC_VOLUME && a->proto == 0 && b->kind == CM_TRAFFIC_FRAGMENTS &&
	    a->packets < b->packets;

	return (later || first) && cm_host_eq(&a->target, &b->target) && overlap(a, b);
}

static bool
shadow(const struct cm_findings *f, size_t i)
{
	for (size_t k = 0; k < f->n; k++)
		if (k != i && (is_bot(f, i, k) || rest_of_flood(&f->at[i].f, &f->at[k].f)))
			return true;
	return false;
}

static int
order_host(const struct cm_host *a, const struct cm_host *b)
{
	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	if (a->tied != b->tied)
		return a->tied ? 1 : -1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int
in_order(const void *x, const void *y)
{
	const struct cm_traffic_finding *a = &((const struct cm_made *)x)->f, *b = &((const struct cm_made *)y)->f;
	int d;

	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	d = order_host(&a->target, &b->target);
	if (d == 0)
		d = order_host(&a->source, &b->source);
	if (d == 0 && a->service != NULL && b->service != NULL)
		d = strcmp(a->service, b->service);
	return d != 0 ? d : (int)a->proto - (int)b->proto;
}

static int
by_packets(const void *x, const void *y)
{
	const struct cm_traffic_finding *a = &((const struct cm_made *)x)->f, *b = &((const struct cm_made *)y)->f;

	if (a->packets != b->packets)
		return a->packets > b->packets ? -1 : 1;
	return in_order(x, y);
}

static CM_RESULT
dress(struct cm_findings *f, struct cm_made *m, uint64_t thin)
{
	if (m->n_bins == 0)
		return CM_OK;
	if (cm_signs_keep(&m->signs, &f->arena, &m->f) != CM_OK)
		return CM_E_NOMEM;
	return cm_series_make(m->bin == NULL ? &m->one : m->bin, m->n_bins, thin, &f->arena, &m->f.series);
}

static void
drop_shadows(struct cm_findings *f)
{
	size_t n = 0;
	bool gone[CM_FINDINGS_MADE];

	for (size_t i = 0; i < f->n; i++)
		gone[i] = shadow(f, i);
	for (size_t i = 0; i < f->n; i++)
		if (!gone[i])
			f->at[n++] = f->at[i];
	f->n = n;
}

CM_RESULT
cm_findings_settle(struct cm_findings *f, uint64_t thin)
{
	drop_shadows(f);
	if (f->n > f->listed_max) {
		qsort(f->at, f->n, sizeof(*f->at), by_packets);
		f->not_listed += f->n - f->listed_max;
		f->n = f->listed_max;
	}
	if (f->n > 1)
		qsort(f->at, f->n, sizeof(*f->at), in_order);
	for (size_t i = 0; i < f->n; i++)
		if (dress(f, &f->at[i], thin) != CM_OK)
			return CM_E_NOMEM;
	return CM_OK;
}
