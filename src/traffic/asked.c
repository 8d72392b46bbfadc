#include <stdlib.h>

#include "traffic/asked.h"

struct cm_asked {
	struct cm_traffic_params params;
};

CM_RESULT
cm_asked_new(const struct cm_traffic_params *params, struct cm_asked **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return CM_E_NOMEM;
	(*out)->params = *params;
	return CM_OK;
}

void
cm_asked_free(struct cm_asked *a)
{
	free(a);
}

CM_RESULT
cm_asked_request(struct cm_asked *a, const struct cm_request *r)
{
	(void)a, (void)r;
	return CM_OK;
}

CM_RESULT
cm_asked_packet(struct cm_asked *a, const struct cm_packet *p)
{
	(void)a, (void)p;
	return CM_OK;
}

CM_RESULT
cm_asked_findings(struct cm_asked *a, struct cm_arena *arena, struct cm_traffic_finding *out, size_t max,
    size_t *n)
{
	(void)a, (void)arena, (void)out, (void)max;
	*n = 0;
	return CM_OK;
}

void
cm_asked_add_stats(const struct cm_asked *a, struct cm_traffic_stats *stats)
{
	(void)a, (void)stats;
}
