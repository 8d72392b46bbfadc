#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "chain/visits.h"

#define FIRST_ROOM ((size_t)1 << 10)

struct cm_visits {
	size_t memory;
	uint64_t seed;
	struct cm_visit *item; /* n of them, in order of appearance until settled */
	uint32_t *slot;	       /* index + 1 of an item; 0: empty */
	size_t n, room;	       /* room: a power of two; slots are twice as many */
	uint64_t lost, nameless, clients;
};

static uint64_t
hash_pair(const struct cm_visits *v, const struct cm_host *client, uint64_t name)
{
	return cm_mix(cm_mix_host(v->seed, client), name);
}

CM_RESULT
cm_visits_new(size_t memory, uint64_t hash_seed, struct cm_visits **out)
{
	struct cm_visits *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return CM_E_NOMEM;
	v->memory = memory;
	v->seed = cm_mix(hash_seed, UINT64_C(0x9e3779b97f4a7c15));
	*out = v;
	return CM_OK;
}

void
cm_visits_free(struct cm_visits *v)
{
	if (v == NULL)
		return;
	free(v->item);
	free(v->slot);
	free(v);
}

/* Where the pair is, or would be put. */
static uint32_t *
find_slot(const struct cm_visits *v, const struct cm_host *client, uint64_t name)
{
	size_t mask = 2 * v->room - 1, i = hash_pair(v, client, name) & mask;

	for (; v->slot[i] != 0; i = (i + 1) & mask) {
		const struct cm_visit *x = &v->item[v->slot[i] - 1];

		if (x->name == name && cm_host_eq(&x->client, client))
			break;
	}
	return &v->slot[i];
}

static void
lay_slots(struct cm_visits *v)
{
	size_t i;

	memset(v->slot, 0, 2 * v->room * sizeof(*v->slot));
	for (i = 0; i < v->n; i++)
		*find_slot(v, &v->item[i].client, v->item[i].name) = (uint32_t)i + 1;
}

/* Twice the room; CM_E_LIMIT: the memory is used up. */
static CM_RESULT
grow(struct cm_visits *v)
{
	size_t room = v->room == 0 ? FIRST_ROOM : 2 * v->room;
	struct cm_visit *item;
	uint32_t *slot;

	if (room * (sizeof(*item) + 2 * sizeof(*slot)) > v->memory)
		return CM_E_LIMIT;
	item = realloc(v->item, room * sizeof(*item));
	if (item == NULL)
		return CM_E_NOMEM;
	v->item = item;
	slot = realloc(v->slot, 2 * room * sizeof(*slot));
	if (slot == NULL)
		return CM_E_NOMEM;
	v->slot = slot;
	v->room = room;
	lay_slots(v);
	return CM_OK;
}

static void
meet_again(struct cm_visit *x, const struct cm_request *r)
{
	if (r->t_ns < x->first_ns) {
		x->first_ns = r->t_ns;
		x->first = r->id;
	}
	if (r->t_ns > x->last_ns)
		x->last_ns = r->t_ns;
	if (x->n < UINT32_MAX)
		x->n++;
}

/* A request for what ${name} stands for. */
static CM_RESULT
note(struct cm_visits *v, const struct cm_request *r, uint64_t name, bool path)
{
	enum cm_result rc = v->room == 0 ? grow(v) : CM_OK;
	uint32_t *slot;

	if (rc != CM_OK)
		return rc;
	slot = find_slot(v, &r->client, name);
	if (*slot != 0) {
		meet_again(&v->item[*slot - 1], r);
		return CM_OK;
	}
	if (v->n == v->room) {
		rc = grow(v);
		if (rc == CM_E_LIMIT)
			v->lost++;
		if (rc != CM_OK)
			return rc == CM_E_LIMIT ? CM_OK : rc;
		slot = find_slot(v, &r->client, name);
	}
	v->item[v->n++] = (struct cm_visit) { .client = r->client, .server = r->server, .name = name, .path = path,
		.first_ns = r->t_ns, .last_ns = r->t_ns, .first = r->id, .n = 1 };
	*slot = (uint32_t)v->n;
	return CM_OK;
}

CM_RESULT
cm_visits_request(struct cm_visits *v, const struct cm_request *r)
{
	uint64_t name = r->host.len > 0 ? cm_visits_name(v, r->host) : cm_visits_address(v, &r->server);
	const uint8_t *query = r->target.len == 0 ? NULL : memchr(r->target.ptr, '?', r->target.len);
	enum cm_result rc;

	if (r->client.net == 0) {
		v->nameless++;
		return CM_OK;
	}
	rc = note(v, r, name, false);
	if (rc != CM_OK || query == NULL)
		return rc;
	name = cm_visits_path(v, name, cm_span_part(r->target, 0, (size_t)(query - r->target.ptr)));
	return note(v, r, name, true);
}

static int
by_client(const void *a, const void *b)
{
	const struct cm_visit *x = a, *y = b;
	int d = (x->client.net > y->client.net) - (x->client.net < y->client.net);

	if (d == 0)
		d = memcmp(x->client.addr, y->client.addr, sizeof(x->client.addr));
	if (d == 0)
		d = (x->client.tied > y->client.tied) - (x->client.tied < y->client.tied);
	if (d == 0)
		d = (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
	if (d == 0)
		d = (x->first > y->first) - (x->first < y->first);
	return d != 0 ? d : x->path - y->path;
}

void
cm_visits_settle(struct cm_visits *v)
{
	size_t i;

	if (v->n == 0)
		return;
	qsort(v->item, v->n, sizeof(*v->item), by_client);
	lay_slots(v);
	for (v->clients = 1, i = 1; i < v->n; i++)
		v->clients += !cm_host_eq(&v->item[i].client, &v->item[i - 1].client);
}

size_t
cm_visits_n(const struct cm_visits *v)
{
	return v->n;
}

const struct cm_visit *
cm_visits_at(const struct cm_visits *v, size_t i)
{
	return &v->item[i];
}

const struct cm_visit *
cm_visits_find(const struct cm_visits *v, const struct cm_host *client, uint64_t name)
{
	uint32_t at = v->room == 0 ? 0 : *find_slot(v, client, name);

	return at == 0 ? NULL : &v->item[at - 1];
}

uint64_t
cm_visits_name(const struct cm_visits *v, struct cm_span name)
{
	struct cm_span host = cm_url_host(name);
	uint64_t h = v->seed;
	size_t i;

	if (host.len == 0)
		host = name;
	for (i = 0; i < host.len; i++) {
		uint8_t c = host.ptr[i];

		h = cm_mix(h, c >= 'A' && c <= 'Z' ? c + 32u : c);
	}
	return h;
}

uint64_t
cm_visits_path(const struct cm_visits *v, uint64_t name, struct cm_span path)
{
	return cm_mix_span(cm_mix(v->seed, name), path);
}

uint64_t
cm_visits_address(const struct cm_visits *v, const struct cm_host *server)
{
	return cm_mix_host(~v->seed, server);
}

uint64_t
cm_visits_lost(const struct cm_visits *v)
{
	return v->lost;
}

uint64_t
cm_visits_nameless(const struct cm_visits *v)
{
	return v->nameless;
}

uint64_t
cm_visits_clients(const struct cm_visits *v)
{
	return v->clients;
}
