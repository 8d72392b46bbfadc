#include <stdlib.h>

#include "dossier/cited.h"

CM_RESULT
cm_cited_add(struct cm_cited *c, const struct cm_ids *set, uint32_t finding, uint32_t as)
{
	size_t room = c->room == 0 ? 256 : c->room, i;
	struct cm_cited_row *p;

	while (room - c->n < set->n)
		room *= 2;
	if (room != c->room) {
		p = realloc(c->item, room * sizeof(*p));
		if (p == NULL)
			return CM_E_NOMEM;
		c->item = p;
		c->room = room;
	}
	for (i = 0; i < set->n; i++)
		c->item[c->n++] = (struct cm_cited_row) { set->id[i], finding, as };
	return CM_OK;
}

static int
by_row(const void *a, const void *b)
{
	const struct cm_cited_row *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->finding != y->finding)
		return x->finding < y->finding ? -1 : 1;
	return x->as < y->as ? -1 : x->as > y->as;
}

void
cm_cited_sort(struct cm_cited *c)
{
	if (c->n > 1)
		qsort(c->item, c->n, sizeof(*c->item), by_row);
	c->at = 0;
}

/* The first place from ${low} on that is not before ${id}. */
static size_t
place_of(const struct cm_cited *c, size_t low, cm_packet_id id)
{
	size_t high = c->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->item[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t
cm_cited_of(struct cm_cited *c, cm_packet_id id, const struct cm_cited_row **first)
{
	size_t n = 0;

	*first = c->item;
	if (c->n == 0)
		return 0;
	if (c->at > 0 && c->item[c->at - 1].id >= id)
		c->at = place_of(c, 0, id);
	else if (c->at < c->n && c->item[c->at].id < id)
		c->at = c->at + 1 < c->n && c->item[c->at + 1].id >= id ? c->at + 1
		    : place_of(c, c->at, id);
	while (c->at + n < c->n && c->item[c->at + n].id == id)
		n++;
	*first = c->item + c->at;
	return n;
}

void
cm_cited_release(struct cm_cited *c)
{
	free(c->item);
	*c = (struct cm_cited) { 0 };
}
