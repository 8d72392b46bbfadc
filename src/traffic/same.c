#include <string.h>

#include "traffic/asked.h"
#include "traffic/class.h"
#include "traffic/scanners.h"
#include "traffic/services.h"

/* A sign whose value is within a third of its limit may be missed in a draw. */
static bool
near(const struct cm_traffic_sign *s)
{
	int64_t gap = s->value > s->limit ? s->value - s->limit : s->limit - s->value;

	return gap <= s->limit / 3;
}

static bool
same_signs(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	size_t i = 0, k = 0;

	while (i < a->n_signs || k < b->n_signs) {
		const struct cm_traffic_sign *x = i < a->n_signs ? &a->signs[i] : NULL;
		const struct cm_traffic_sign *y = k < b->n_signs ? &b->signs[k] : NULL;
		int d = x == NULL ? 1 : y == NULL ? -1 : strcmp(x->kind->name, y->kind->name);
		const struct cm_traffic_sign *odd = d < 0 ? x : y;

		i += d <= 0;
		k += d >= 0;
		if (d != 0 && odd->kind->thins && !near(odd))
			return false;
	}
	return true;
}

bool
cm_traffic_same(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	bool service = a->service == b->service ||
	    (a->service != NULL && b->service != NULL && strcmp(a->service, b->service) == 0);

	return service && a->kind == b->kind && a->verdict == b->verdict && a->port == b->port &&
	    a->proto == b->proto && cm_host_eq(&a->target, &b->target) && cm_host_eq(&a->source, &b->source) &&
	    same_signs(a, b);
}

/* Of a watch: those with a role in it.  The service is known by its name, which may have two
 * ports; so the packet's own port is taken where it is one of them. */
static unsigned
role(const struct cm_traffic_finding *f, enum cm_class is, const struct cm_packet *p)
{
	enum cm_class watch = cm_class_counted(f->kind, f->proto);
	unsigned role = CM_ROLE_REST;

	if (watch == CM_CLASS_LEASES)
		return cm_role_lease(p);
	if (cm_host_eq(&p->dst, &f->target))
		role |= cm_role_to(watch, cm_service_port(f->service, p->sport), is, p);
	if (cm_host_eq(&p->src, &f->target))
		role |= cm_role_from(watch, cm_service_port(f->service, p->dport), is, p);
	return role;
}

bool
cm_traffic_touches(const struct cm_traffic_finding *f, const struct cm_packet *p)
{
	enum cm_class is = cm_class_of(p);

	if (is == CM_CLASS_NONE)
		return false;
	if (f->kind == CM_TRAFFIC_HTTP)
		return cm_asked_touches(f, p);
	if (f->verdict == CM_TRAFFIC_SCAN)
		return cm_scan_role(&f->source, f->proto, is, p) != CM_SCAN_NONE;
	return role(f, is, p) != CM_ROLE_REST;
}

bool
cm_traffic_touches_request(const struct cm_traffic_finding *f, const struct cm_request *r)
{
	return f->kind == CM_TRAFFIC_HTTP && cm_asked_touches_request(f, r);
}
