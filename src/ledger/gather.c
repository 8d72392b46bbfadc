/* Hosts and marks as they are met: kept in one list that is sorted, joined and cut when it is full. */
#include <stdlib.h>
#include <string.h>

#include "ledger/map.h"

#define FULL_HOSTS ((size_t)4 * CM_MAP_HOSTS)
#define FULL_MARKS ((size_t)16 * CM_MAP_MARKS)

static int
by_key(const void *a, const void *b)
{
	const struct cm_map_host *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int
by_mark(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
settle_hosts(struct cm_map_gather *g)
{
	size_t n = 0, i;

	if (g->n_hosts == 0)
		return;
	qsort(g->host, g->n_hosts, sizeof(g->host[0]), by_key);
	for (i = 1; i < g->n_hosts; i++) {
		if (g->host[i].key == g->host[n].key) {
			g->host[n].rows += g->host[i].rows;
			g->host[n].named = g->host[n].named || g->host[i].named;
		} else {
			g->host[++n] = g->host[i];
		}
	}
	g->n_hosts = n + 1;
	g->hosts_left = g->hosts_left || g->n_hosts > CM_MAP_HOSTS;
	g->n_hosts = g->n_hosts < CM_MAP_HOSTS ? g->n_hosts : CM_MAP_HOSTS;
}

static void
settle_marks(struct cm_map_gather *g)
{
	size_t n = 0, i;

	if (g->n_marks == 0)
		return;
	qsort(g->mark, g->n_marks, sizeof(g->mark[0]), by_mark);
	for (i = 1; i < g->n_marks; i++)
		if (g->mark[i] != g->mark[n])
			g->mark[++n] = g->mark[i];
	g->n_marks = n + 1;
	g->marks_left = g->marks_left || g->n_marks > CM_MAP_MARKS;
	g->n_marks = g->n_marks < CM_MAP_MARKS ? g->n_marks : CM_MAP_MARKS;
}

enum cm_result
cm_map_gather_host(struct cm_map_gather *g, uint64_t key, bool named)
{
	/* the same host stands in row after row */
	if (g->n_hosts > 0 && g->host[g->n_hosts - 1].key == key) {
		g->host[g->n_hosts - 1].rows++;
		g->host[g->n_hosts - 1].named |= named;
		return CM_OK;
	}
	if (g->host == NULL) {
		g->host = malloc(FULL_HOSTS * sizeof(g->host[0]));
		if (g->host == NULL)
			return CM_E_NOMEM;
	}
	if (g->n_hosts == FULL_HOSTS)
		settle_hosts(g);
	g->host[g->n_hosts++] = (struct cm_map_host) { key, 1, named };
	return CM_OK;
}

enum cm_result
cm_map_gather_mark(struct cm_map_gather *g, uint64_t mark)
{
	if (g->mark == NULL) {
		g->mark = malloc(FULL_MARKS * sizeof(g->mark[0]));
		if (g->mark == NULL)
			return CM_E_NOMEM;
	}
	if (g->n_marks == FULL_MARKS)
		settle_marks(g);
	g->mark[g->n_marks++] = mark;
	return CM_OK;
}

void
cm_map_gathered(struct cm_map_gather *g, struct cm_map_exhibit *x)
{
	settle_hosts(g);
	settle_marks(g);
	x->host = g->host;
	x->n_hosts = g->n_hosts;
	x->hosts_all = !g->hosts_left;
	x->mark = g->mark;
	x->n_marks = g->n_marks;
	x->marks_all = !g->marks_left;
	memset(g, 0, sizeof(*g));
}

void
cm_map_gather_release(struct cm_map_gather *g)
{
	free(g->host);
	free(g->mark);
	memset(g, 0, sizeof(*g));
}
