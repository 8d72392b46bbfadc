#include <stdlib.h>
#include <string.h>

#include "detect/hosts_parts.h"

static size_t
exemplar_free(struct cm_exemplar *x)
{
	size_t bytes = sizeof(*x);

	for (unsigned i = 0; i < x->n; i++) {
		if (!x->seg[i].copied)
			continue;
		bytes += x->seg[i].cap_len;
		free((void *)(uintptr_t)x->seg[i].payload);
	}
	free(x);
	return bytes;
}

void
cm_exemplars_free(struct cm_exemplars *e, size_t *used)
{
	for (unsigned i = 0; i < e->n; i++)
		*used -= exemplar_free(e->flow[i]);
	e->n = 0;
}

static bool
exemplars_want(const struct cm_exemplars *e, unsigned most, uint64_t serial)
{
	return e->n < most || serial < e->flow[e->n - 1]->serial;
}

/* Takes ${v}'s segments at ${at}; payloads that will not stay are copied. */
static enum cm_result
exemplar_new(const struct cm_flow_view *v, const uint32_t *at, unsigned n, size_t *used,
    struct cm_exemplar **out)
{
	struct cm_exemplar *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return CM_E_NOMEM;
	x->serial = v->serial;
	x->end[0] = v->end[0];
	x->end[1] = v->end[1];
	x->proto = v->proto;
	*used += sizeof(*x);
	for (unsigned i = 0; i < n; i++) {
		struct cm_segment *g = &x->seg[x->n++];
		uint8_t *copy;

		*g = v->segs[at[i]];
		if (!g->copied)
			continue;
		copy = malloc(g->cap_len);
		if (copy == NULL) {
			g->copied = false;
			*used -= exemplar_free(x);
			return CM_E_NOMEM;
		}
		memcpy(copy, g->payload, g->cap_len);
		g->payload = copy;
		*used += g->cap_len;
	}
	*out = x;
	return CM_OK;
}

CM_RESULT
cm_exemplars_add(struct cm_exemplars *e, const struct cm_flow_view *v, const uint32_t *at,
    unsigned n, size_t *used)
{
	unsigned most = e->few ? CM_HOST_PLAIN : CM_HOST_EXEMPLARS;
	struct cm_exemplar *x;
	enum cm_result r;
	unsigned i;

	if (!exemplars_want(e, most, v->serial))
		return CM_OK;
	r = exemplar_new(v, at, n, used, &x);
	if (r != CM_OK)
		return r;
	if (e->n == most)
		*used -= exemplar_free(e->flow[--e->n]);
	for (i = e->n++; i > 0 && e->flow[i - 1]->serial > x->serial; i--)
		e->flow[i] = e->flow[i - 1];
	e->flow[i] = x;
	return CM_OK;
}
