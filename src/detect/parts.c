#include <stdlib.h>
#include <string.h>

#include "detect/parts.h"
#include "detect/report.h"

/* Room for ${more} items of ${size} bytes behind the ${n} that are there. */
static bool
reserve(void **p, size_t *room, size_t n, size_t more, size_t size)
{
	size_t want = *room == 0 ? 64 : *room;
	void *bigger;

	while (want < n + more)
		want *= 2;
	if (want == *room)
		return true;
	bigger = realloc(*p, want * size);
	if (bigger == NULL)
		return false;
	*p = bigger;
	*room = want;
	return true;
}

CM_RESULT
cm_parts_add(struct cm_parts *parts, const struct cm_packet *p)
{
	void *item = parts->item, *id = parts->id;
	bool ok;

	if (p->n_parts == 0 || parts->n_ids + p->n_parts > CM_PARTS_MAX)
		return CM_OK;
	ok = reserve(&item, &parts->room, parts->n, 1, sizeof(parts->item[0]));
	parts->item = item;
	ok = ok && reserve(&id, &parts->room_ids, parts->n_ids, p->n_parts, sizeof(parts->id[0]));
	parts->id = id;
	if (!ok)
		return CM_E_NOMEM;
	parts->item[parts->n++] = (struct cm_parts_of) { p->id, (uint32_t)parts->n_ids, p->n_parts };
	memcpy(parts->id + parts->n_ids, p->parts, p->n_parts * sizeof(parts->id[0]));
	parts->n_ids += p->n_parts;
	return CM_OK;
}

void
cm_parts_release(struct cm_parts *parts)
{
	free(parts->item);
	free(parts->id);
	*parts = (struct cm_parts) { 0 };
}

static int
by_whole(const void *key, const void *item)
{
	const cm_packet_id *id = key;
	const struct cm_parts_of *of = item;

	return *id < of->whole ? -1 : *id > of->whole;
}

static const struct cm_parts_of *
find(const struct cm_parts *parts, cm_packet_id id)
{
	if (parts->n == 0)
		return NULL;
	return bsearch(&id, parts->item, parts->n, sizeof(parts->item[0]), by_whole);
}

CM_RESULT
cm_parts_join(const struct cm_parts *parts, struct cm_ids *ids, struct cm_arena *a)
{
	size_t n = ids->n, at = ids->n;
	cm_packet_id *all;

	for (size_t i = 0; i < ids->n; i++) {
		const struct cm_parts_of *of = find(parts, ids->id[i]);

		n += of == NULL ? 0 : of->n;
	}
	if (n == ids->n)
		return CM_OK;
	all = cm_arena_array(a, n, sizeof(*all));
	if (all == NULL)
		return CM_E_NOMEM;
	memcpy(all, ids->id, ids->n * sizeof(*all));
	for (size_t i = 0; i < ids->n; i++) {
		const struct cm_parts_of *of = find(parts, ids->id[i]);

		if (of == NULL)
			continue;
		memcpy(all + at, parts->id + of->from, of->n * sizeof(*all));
		at += of->n;
	}
	*ids = (struct cm_ids) { all, cm_ids_sort(all, n) };
	return CM_OK;
}
