#include <stdlib.h>

#include "vantage/compare_state.h"

#define MEMORY_MIN ((size_t)1 << 20)
#define TIME_MOST (INT64_MAX / 4)
#define FINDINGS_MEMORY ((size_t)48 << 20)

CM_RESULT
cm_compare_new(const struct cm_compare_params *params, struct cm_compare **out)
{
	struct cm_compare *c;

	if (params->memory < MEMORY_MIN)
		return CM_E_USAGE;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return CM_E_NOMEM;
	c->params = *params;
	c->result.clock = params->clock;
	cm_arena_init(&c->arena, FINDINGS_MEMORY);
	cm_stream_hash_init(&c->hash, params->hash_seed);
	if (cm_waits_init(&c->waits, params->memory / 2, params->hash_seed) != CM_OK ||
	    cm_convs_init(&c->convs, params->memory / 2, params->hash_seed) != CM_OK) {
		cm_compare_free(c);
		return CM_E_NOMEM;
	}
	*out = c;
	return CM_OK;
}

void
cm_compare_free(struct cm_compare *c)
{
	if (c == NULL)
		return;
	cm_waits_fini(&c->waits);
	cm_convs_fini(&c->convs);
	cm_arena_fini(&c->arena);
	free(c);
}

static int64_t
bounded(int64_t t)
{
	return t > TIME_MOST ? TIME_MOST : t < -TIME_MOST ? -TIME_MOST : t;
}

int64_t
cm_compare_time(const struct cm_compare *c, unsigned place, int64_t t_ns)
{
	const struct cm_offset *o = &c->params.clock;
	int64_t t = bounded(t_ns), off;

	if (place == CM_PLACE_A || o->how == CM_OFFSET_UNKNOWN)
		return t;
	off = bounded(cm_offset_when(o, bounded(t - bounded(o->middle_ns))));
	return bounded(t - off);
}

static void
note_time(struct cm_compare *c, enum cm_place at, const struct cm_packet *p)
{
	struct cm_compare_result *r = &c->result;
	int64_t now = cm_compare_time(c, at, p->t_ns);

	if (r->packets[at]++ == 0)
		r->first_ns[at] = r->last_ns[at] = p->t_ns;
	if (p->t_ns < r->first_ns[at])
		r->first_ns[at] = p->t_ns;
	if (p->t_ns > r->last_ns[at])
		r->last_ns[at] = p->t_ns;
	if (!c->has_now[at] || now > c->now_ns[at])
		c->now_ns[at] = now;
	c->has_now[at] = true;
}

CM_RESULT
cm_compare_packet(struct cm_compare *c, enum cm_place at, const struct cm_packet *p)
{
	struct cm_wait r;
	unsigned dir = 0;
	uint32_t conv;

	if (p->fragment)
		return CM_OK;
	note_time(c, at, p);
	conv = cm_compare_conv(c, at, p, &dir);
	if (conv == 0)
		return CM_E_NOMEM;
	r = cm_wait_of(c, at, p);
	r.conv = conv;
	r.dir = dir & 1;
	conv = cm_compare_seek(c, conv, &r);
	if (conv != r.conv) {
		conv = cm_compare_conv(c, at, p, &dir);
		r.conv = conv;
		r.dir = dir & 1;
	}
	cm_compare_meet(c, conv, &r, p);
	cm_compare_sweep(c, false);
	return c->starved ? CM_E_NOMEM : CM_OK;
}

void
cm_compare_over(struct cm_compare *c, enum cm_place at)
{
	c->over[at] = true;
}

/* ---- what is counted ---- */

static void
count_way(struct cm_compare *c, const struct cm_conv *v, unsigned dir)
{
	const struct cm_course *k = &v->course[dir];
	unsigned first = cm_conv_first(c, v, dir), way = first == CM_PLACE_B;
	struct cm_compare_direction *d = &c->result.dir[way];
	int sign = way == 0 ? 1 : -1;
	int least = way == 0 ? k->hops_least : -k->hops_most, most = way == 0 ? k->hops_most : -k->hops_least;

	if (k->met == 0)
		return;
	if (d->both == 0 || least < d->hops_least)
		d->hops_least = least;
	if (d->both == 0 || most > d->hops_most)
		d->hops_most = most;
	d->both += k->met;
	c->hops[way][sign * k->hops_usual + 256] += k->met;
}

void
cm_compare_count(struct cm_compare *c, struct cm_conv *v, bool evicted)
{
	if (evicted)
		for (unsigned k = 0; k < 4; k++)
			c->result.evicted += v->sight[k / 2][k % 2].n;
	if (!v->had[0] || !v->had[1]) {
		c->result.flows_only[v->had[0] ? CM_PLACE_A : CM_PLACE_B] += v->had[0] || v->had[1];
		return;
	}
	c->result.flows_both++;
	count_way(c, v, 0);
	count_way(c, v, 1);
	cm_rewrite_flow(c, v);
}

static void
find_usual(struct cm_compare *c, unsigned way)
{
	struct cm_compare_direction *d = &c->result.dir[way];

	for (int i = 0; i < 512; i++)
		if (c->hops[way][i] > d->hops_usual_n) {
			d->hops_usual_n = c->hops[way][i];
			d->hops_usual = i - 256;
		}
}

CM_RESULT
cm_compare_finish(struct cm_compare *c)
{
	cm_compare_over(c, CM_PLACE_A);
	cm_compare_over(c, CM_PLACE_B);
	cm_compare_sweep(c, true);
	find_usual(c, 0);
	find_usual(c, 1);
	return c->starved ? CM_E_NOMEM : cm_compare_tell(c);
}

const struct cm_compare_result *
cm_compare_result(const struct cm_compare *c)
{
	return &c->result;
}
