#include <stdlib.h>

#include "traffic/traffic.h"

struct cm_traffic {
	struct cm_traffic_stats stats;
};

struct cm_traffic_params
cm_traffic_params_default(void)
{
	return (struct cm_traffic_params) { .memory = (size_t)64 << 20, .thin = 1 };
}

CM_RESULT
cm_traffic_new(const struct cm_traffic_params *params, struct cm_traffic **out)
{
	(void)params;
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? CM_E_NOMEM : CM_OK;
}

void
cm_traffic_free(struct cm_traffic *t)
{
	free(t);
}

CM_RESULT
cm_traffic_packet(struct cm_traffic *t, const struct cm_packet *p)
{
	(void)p;
	t->stats.packets++;
	return CM_OK;
}

CM_RESULT
cm_traffic_request(struct cm_traffic *t, const struct cm_request *r)
{
	(void)r;
	t->stats.requests++;
	return CM_OK;
}

CM_RESULT
cm_traffic_finish(struct cm_traffic *t)
{
	(void)t;
	return CM_OK;
}

size_t
cm_traffic_n(const struct cm_traffic *t)
{
	(void)t;
	return 0;
}

const struct cm_traffic_finding *
cm_traffic_at(const struct cm_traffic *t, size_t i)
{
	(void)t, (void)i;
	return NULL;
}

const struct cm_traffic_stats *
cm_traffic_get_stats(const struct cm_traffic *t)
{
	return &t->stats;
}

bool
cm_traffic_touches(const struct cm_traffic_finding *f, const struct cm_packet *p)
{
	(void)f, (void)p;
	return false;
}

bool
cm_traffic_touches_request(const struct cm_traffic_finding *f, const struct cm_request *r)
{
	(void)f, (void)r;
	return false;
}

bool
cm_traffic_same(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b)
{
	return a->kind == b->kind;
}

const char *
cm_traffic_kind_word(enum cm_traffic_kind k)
{
	static const char *const word[] = { "syn-flood", "volume-flood", "reflection", "amplification",
		"fragment-flood", "http-flood", "lease-flood", "syn-scan", "connect-scan", "udp-scan" };

	return word[k];
}

const char *
cm_traffic_verdict_word(enum cm_traffic_verdict v)
{
	static const char *const word[] = { "flood", "surge", "scan" };

	return word[v];
}
