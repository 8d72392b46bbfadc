#include <stdlib.h>

#include "dossier/datagrams.h"

static uint64_t
mix(uint64_t h, struct cm_span bytes)
{
	size_t i;

	for (i = 0; i < bytes.len; i++)
		h = (h ^ bytes.ptr[i]) * UINT64_C(0x100000001b3);
	return h;
}

uint64_t
cm_datagram_key(const struct cm_layers *l, struct cm_span src, struct cm_span dst)
{
	uint8_t head[6] = { l->net, l->net == 4 ? l->proto : 0 };
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	cm_put32(head + 2, l->frag_id);
	h = mix(h, cm_span_of(head, sizeof(head)));
	h = mix(mix(h, src), dst);
	return h != 0 ? h : 1;
}

static size_t
place(const uint64_t *slot, size_t cap, uint64_t key)
{
	size_t i = (size_t)(key ^ key >> 32) & (cap - 1);

	while (slot[i] != 0 && slot[i] != key)
		i = (i + 1) & (cap - 1);
	return i;
}

static CM_RESULT
grow(struct cm_datagrams *d)
{
	size_t cap = d->cap == 0 ? 64 : 2 * d->cap, i;
	uint64_t *slot;

	if (d->n < d->cap / 2)
		return CM_OK;
	slot = calloc(cap, sizeof(*slot));
	if (slot == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < d->cap; i++) {
		if (d->slot[i] != 0)
			slot[place(slot, cap, d->slot[i])] = d->slot[i];
	}
	free(d->slot);
	d->slot = slot;
	d->cap = cap;
	return CM_OK;
}

CM_RESULT
cm_datagrams_add(struct cm_datagrams *d, uint64_t key)
{
	enum cm_result rc;

	d->full |= d->n >= CM_DATAGRAMS_MAX;
	if (cm_datagrams_has(d, key))
		return CM_OK;
	rc = grow(d);
	if (rc != CM_OK)
		return rc;
	d->slot[place(d->slot, d->cap, key)] = key;
	d->n++;
	return CM_OK;
}

bool
cm_datagrams_has(const struct cm_datagrams *d, uint64_t key)
{
	return d->full || (d->cap != 0 && d->slot[place(d->slot, d->cap, key)] == key);
}

void
cm_datagrams_release(struct cm_datagrams *d)
{
	free(d->slot);
	*d = (struct cm_datagrams) { 0 };
}
