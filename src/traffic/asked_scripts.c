#include <stdlib.h>
#include <string.h>

#include "traffic/asked_parts.h"
#include "traffic/mix.h"

#define LEAST_REFERERS 3u

struct host {
	uint64_t key;
	uint8_t len;
	char name[CM_ASKED_NAME + 1];
};

/* A page's host, and the host of the script it asked for. */
struct edge {
	uint64_t referer; /* key; 0: empty */
	uint32_t host;
};

struct cm_scripts {
	uint64_t seed, lost;
	uint32_t n_hosts, max_hosts;
	uint32_t n_edges, size; /* of the table; a power of two, three quarters used */
	uint32_t *by_key;	/* hosts: index + 1; twice as many places as hosts */
	struct host *hosts;
	struct edge *edges;
	uint32_t *count; /* of each host, while one finding is looked at */
};

struct cm_scripts *
cm_scripts_new(size_t memory, uint64_t seed)
{
	struct cm_scripts *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->seed = seed;
	s->size = 64;
	s->max_hosts = 16;
	while ((size_t)s->size * 2 * sizeof(struct edge) <= memory / 2 && s->size < 1u << 20)
		s->size *= 2;
	while ((size_t)s->max_hosts * 2 * (sizeof(struct host) + 8) <= memory / 2 && s->max_hosts < 1u << 14)
		s->max_hosts *= 2;
	s->edges = calloc(s->size, sizeof(*s->edges));
	s->hosts = calloc(s->max_hosts, sizeof(*s->hosts));
	s->by_key = calloc((size_t)s->max_hosts * 2, sizeof(*s->by_key));
	s->count = calloc(s->max_hosts, sizeof(*s->count));
	if (s->edges == NULL || s->hosts == NULL || s->by_key == NULL || s->count == NULL) {
		cm_scripts_free(s);
		return NULL;
	}
	return s;
}

void
cm_scripts_free(struct cm_scripts *s)
{
	if (s == NULL)
		return;
	free(s->edges);
	free(s->hosts);
	free(s->by_key);
	free(s->count);
	free(s);
}

uint64_t
cm_scripts_lost(const struct cm_scripts *s)
{
	return s->lost;
}

static uint64_t
spread(const struct cm_scripts *s, uint64_t key)
{
	return cm_place(key, s->seed);
}

/* Index of the host; UINT32_MAX: there is no room for another one. */
static uint32_t
host_of(struct cm_scripts *s, struct cm_span name)
{
	uint64_t key = cm_key_of_folded(name, 0), at = spread(s, key);
	struct host *h;

	for (;; at++) {
		uint32_t i = s->by_key[at & (s->max_hosts * 2 - 1)];

		if (i == 0)
			break;
		if (s->hosts[i - 1].key == key)
			return i - 1;
	}
	if (s->n_hosts == s->max_hosts)
		return UINT32_MAX;
	h = &s->hosts[s->n_hosts++];
	h->key = key;
	h->len = (uint8_t)(name.len < CM_ASKED_NAME ? name.len : CM_ASKED_NAME);
	memcpy(h->name, name.ptr, h->len);
	s->by_key[at & (s->max_hosts * 2 - 1)] = s->n_hosts;
	return s->n_hosts - 1;
}

void
cm_scripts_add(struct cm_scripts *s, uint64_t referer, struct cm_span name)
{
	uint32_t host;
	uint64_t at;

	if (name.len == 0 || referer == 0)
		return;
	host = host_of(s, name);
	if (host == UINT32_MAX) {
		s->lost++;
		return;
	}
	for (at = spread(s, cm_key_mix(referer, host));; at++) {
		struct edge *e = &s->edges[at & (s->size - 1)];

		if (e->referer == 0)
			break;
		if (e->referer == referer && e->host == host)
			return;
	}
	if (s->n_edges == s->size / 4 * 3) {
		s->lost++;
		return;
	}
	s->n_edges++;
	s->edges[at & (s->size - 1)] = (struct edge) { referer, host };
}

/* Which of ${found}'s marks, which ascend; n_marks: none. */
static uint32_t
mark_of(const struct cm_asked_found *found, uint64_t referer)
{
	uint32_t from = 0, to = found->n_marks;

	while (from < to) {
		uint32_t mid = (from + to) / 2;

		if (found->marks[mid] == referer)
			return mid;
		if (found->marks[mid] < referer)
			from = mid + 1;
		else
			to = mid;
	}
	return found->n_marks;
}

/* Of the two the one that is to be named: more referers, then the first by name. */
static bool
is_better(const struct cm_scripts *s, uint32_t a, uint32_t b)
{
	return s->count[a] != s->count[b] ? s->count[a] > s->count[b] : strcmp(s->hosts[a].name, s->hosts[b].name) < 0;
}

void
cm_scripts_share(struct cm_scripts *s, struct cm_asked_found *found)
{
	bool shows[CM_ASKED_MARKS + 1] = { false };
	uint32_t n = 0, best = UINT32_MAX;

	memset(s->count, 0, s->n_hosts * sizeof(*s->count));
	for (uint32_t i = 0; i < s->size; i++) {
		const struct edge *e = &s->edges[i];
		uint32_t mark = e->referer != 0 ? mark_of(found, e->referer) : found->n_marks;

		if (mark == found->n_marks || s->hosts[e->host].key == found->name_key)
			continue;
		n += !shows[mark];
		shows[mark] = true;
		s->count[e->host]++;
		if (best == UINT32_MAX || is_better(s, e->host, best))
			best = e->host;
	}
	if (best == UINT32_MAX || s->count[best] < LEAST_REFERERS || s->count[best] * 2 < n)
		return;
	memcpy(found->shared, s->hosts[best].name, sizeof(found->shared));
	found->http.shared_ppm = (uint32_t)((uint64_t)s->count[best] * 1000000 / n);
	cm_asked_sign_add(found, CM_ASKED_SHARED_SCRIPT, found->http.shared_ppm);
}
