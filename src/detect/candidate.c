#include <stdlib.h>
#include <string.h>

#include "detect/candidate.h"

#define WHOLE 512u  /* segments up to which a flow is kept whole */
#define AROUND 96u  /* segments kept on either side of an odd one */
#define FLOW_MAX 8192u
#define EXPECTED 8u /* segments fetched ahead; the processor sees where that leads to */

static void
drop_judged(struct cm_candidates *c, struct cm_candidate *x)
{
	if (x->judged != NULL)
		c->judged -= cm_judged_bytes(x->judged);
	cm_judged_free(x->judged);
	x->judged = NULL;
}

static void
candidate_free(struct cm_candidates *c, struct cm_candidate *x)
{
	for (uint32_t i = 0; i < x->n && x->bytes > 0; i++)
		if (x->segs[i].copied)
			free((void *)(uintptr_t)x->segs[i].payload);
	drop_judged(c, x);
	c->used -= sizeof(*x) + x->room * sizeof(*x->segs) + x->bytes;
	free(x->segs);
	free(x);
}

void
cm_candidates_release(struct cm_candidates *c)
{
	for (size_t i = 0; i < c->n; i++)
		candidate_free(c, c->item[i]);
	free(c->item);
	free(c->place);
	*c = (struct cm_candidates) { .memory = c->memory };
}

static int
by_interest(const void *a, const void *b)
{
	const struct cm_candidate *x = *(struct cm_candidate *const *)a;
	const struct cm_candidate *y = *(struct cm_candidate *const *)b;

	if (x->interest != y->interest)
		return x->interest > y->interest ? -1 : 1;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static int
by_serial(const void *a, const void *b)
{
	const struct cm_candidate *x = *(struct cm_candidate *const *)a;
	const struct cm_candidate *y = *(struct cm_candidate *const *)b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
evict(struct cm_candidates *c)
{
	if (c->used <= c->memory)
		return;
	qsort(c->item, c->n, sizeof(struct cm_candidate *), by_interest);
	while (c->n > 1 && c->used > c->memory / 4 * 3) {
		candidate_free(c, c->item[--c->n]);
		c->evicted++;
	}
}

static enum cm_result
reserve(struct cm_candidates *c, struct cm_candidate *x, uint32_t n)
{
	uint32_t room = x->room == 0 ? 8 : x->room;
	struct cm_segment *p;

	if (n <= x->room)
		return CM_OK;
	while (room < n)
		room *= 2;
	p = realloc(x->segs, room * sizeof(*p));
	if (p == NULL)
		return CM_E_NOMEM;
	c->used += (room - x->room) * sizeof(*p);
	x->segs = p;
	x->room = room;
	return CM_OK;
}

static enum cm_result
append(struct cm_candidates *c, struct cm_candidate *x, const struct cm_segment *g)
{
	struct cm_segment *s = &x->segs[x->n];
	uint8_t *copy;

	*s = *g;
	if (g->copied) {
		copy = malloc(g->cap_len);
		if (copy == NULL)
			return CM_E_NOMEM;
		memcpy(copy, g->payload, g->cap_len);
		s->payload = copy;
		x->bytes += g->cap_len;
		c->used += g->cap_len;
	}
	x->n++;
	return CM_OK;
}

enum { ODD = 1, KEEP = 2 };

/* Chooses the segments that are odd, or near one that is, or in the head. */
static void
choose(const struct cm_judge *j, uint8_t *flag)
{
	uint32_t n = j->v->n, far = AROUND;

	memset(flag, n <= WHOLE ? KEEP : 0, n);
	if (n <= WHOLE)
		return;
	for (uint32_t i = 0; i < CM_FLOW_HEAD; i++)
		flag[i] = KEEP;
	for (size_t m = 0; m < j->n_marks; m++)
		flag[j->marks[m].seg] |= ODD;
	for (size_t k = 0; k < j->n_pairs; k++) {
		flag[j->pairs[k].a] |= ODD;
		flag[j->pairs[k].b] |= ODD;
	}
	for (uint32_t i = 0; i < n; i++) {
		far = (flag[i] & ODD) != 0 ? 0 : far + 1;
		if (far < AROUND)
			flag[i] |= KEEP;
	}
	far = AROUND;
	for (uint32_t i = n; i-- > 0;) {
		far = (flag[i] & ODD) != 0 ? 0 : far + 1;
		if (far < AROUND)
			flag[i] |= KEEP;
	}
}

static struct cm_candidate *
find(const struct cm_candidates *c, uint64_t serial)
{
	for (size_t i = c->n; i-- > 0;)
		if (c->item[i]->serial == serial)
			return c->item[i];
	return NULL;
}

static enum cm_result
candidate_new(struct cm_candidates *c, const struct cm_flow_view *v, struct cm_candidate **out)
{
	struct cm_candidate *x;

	if (c->n == c->room) {
		size_t room = c->room == 0 ? 64 : c->room * 2;
		struct cm_candidate **p = realloc(c->item, room * sizeof(struct cm_candidate *));

		if (p == NULL)
			return CM_E_NOMEM;
		c->item = p;
		c->room = room;
	}
	x = calloc(1, sizeof(*x));
	if (x == NULL)
		return CM_E_NOMEM;
	x->serial = v->serial;
	x->end[0] = v->end[0];
	x->end[1] = v->end[1];
	x->proto = v->proto;
	c->used += sizeof(*x);
	c->item[c->n++] = x;
	*out = x;
	return CM_OK;
}

static void
keep_judged(struct cm_candidates *c, struct cm_candidate *x, const struct cm_judge *j)
{
	if (c->judged >= c->memory / 2)
		return;
	x->judged = cm_judged_of(j);
	if (x->judged != NULL)
		c->judged += cm_judged_bytes(x->judged);
}

CM_RESULT
cm_candidates_keep(struct cm_candidates *c, const struct cm_judge *j, int interest)
{
	const struct cm_flow_view *v = j->v;
	struct cm_candidate *x = v->first ? NULL : find(c, v->serial);
	enum cm_result r = CM_OK;
	cm_packet_id last = 0;
	uint8_t *flag;
	uint32_t n;

	if (x == NULL)
		r = candidate_new(c, v, &x);
	if (r != CM_OK)
		return r;
	flag = malloc(v->n);
	if (flag == NULL)
		return CM_E_NOMEM;
	choose(j, flag);
	if (interest > x->interest)
		x->interest = interest;
	x->packets[0] = v->packets[0];
	x->packets[1] = v->packets[1];
	n = x->n;
	if (x->n > 0)
		last = x->segs[x->n - 1].id;
	for (uint32_t i = 0; i < v->n; i++) {
		flag[i] = (flag[i] & KEEP) != 0 && (x->n == 0 || v->segs[i].id > last);
		n += flag[i];
	}
	r = reserve(c, x, n < FLOW_MAX ? n : FLOW_MAX);
	for (uint32_t i = 0; i < v->n && r == CM_OK && x->n < FLOW_MAX; i++)
		if (flag[i] != 0)
			r = append(c, x, &v->segs[i]);
	free(flag);
	drop_judged(c, x);
	if (r == CM_OK && v->first && v->last && x->n == v->n)
		keep_judged(c, x, j);
	evict(c);
	return r;
}

static int
by_host(const void *a, const void *b)
{
	const struct cm_host_place *x = a, *y = b;
	const struct cm_host *h = &x->c->end[x->dir].host, *k = &y->c->end[y->dir].host;
	int d = memcmp(h->addr, k->addr, sizeof(h->addr));

	if (d == 0)
		d = (h->net * 2 + h->tied) - (k->net * 2 + k->tied);
	if (d != 0)
		return d;
	return x->c->serial < y->c->serial ? -1 : x->c->serial > y->c->serial;
}

CM_RESULT
cm_candidates_settle(struct cm_candidates *c)
{
	if (c->n == 0)
		return CM_OK;
	qsort(c->item, c->n, sizeof(struct cm_candidate *), by_serial);
	c->place = malloc(2 * c->n * sizeof(*c->place));
	if (c->place == NULL)
		return CM_E_NOMEM;
	c->n_places = 0;
	for (size_t i = 0; i < c->n; i++)
		for (unsigned d = 0; d < 2; d++)
			c->place[c->n_places++] = (struct cm_host_place) { c->item[i], d };
	qsort(c->place, c->n_places, sizeof(*c->place), by_host);
	return CM_OK;
}

size_t
cm_candidates_of(const struct cm_candidates *c, const struct cm_host *host,
    const struct cm_host_place **first)
{
	struct cm_candidate key = { .end = { { .host = *host } } };
	struct cm_host_place want = { &key, 0 };
	size_t low = 0, high = c->n_places, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_host(&c->place[mid], &want) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < c->n_places) {
		const struct cm_host_place *p = &c->place[low + n];

		if (!cm_host_eq(&p->c->end[p->dir].host, host))
			break;
		n++;
	}
	*first = n == 0 ? NULL : c->place + low;
	return n;
}

struct cm_judged *
cm_candidates_take(struct cm_candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct cm_judged *p = c->item[i]->judged;

		if (p == NULL)
			continue;
		c->judged -= cm_judged_bytes(p);
		c->item[i]->judged = NULL;
		return p;
	}
	return NULL;
}

void
cm_candidates_expect(const struct cm_candidates *c, size_t i)
{
	if (i + 1 < c->n) {
		__builtin_prefetch(c->item[i + 1]);
		__builtin_prefetch(&c->item[i + 1]->judged);
	}
	if (i >= c->n)
		return;
	for (uint32_t k = 0; k < EXPECTED && k < c->item[i]->n; k++)
		__builtin_prefetch(&c->item[i]->segs[k]);
	__builtin_prefetch(c->item[i]->judged);
}

struct cm_flow_view
cm_candidate_view(const struct cm_candidate *c)
{
	return (struct cm_flow_view) {
		.serial = c->serial,
		.end = { c->end[0], c->end[1] },
		.proto = c->proto,
		.segs = c->segs,
		.n = c->n,
		.first = true,
		.last = true,
		.packets = { c->packets[0], c->packets[1] },
	};
}
