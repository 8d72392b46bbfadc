#include <stdlib.h>
#include <string.h>

#include "crypto/sha256.h"
#include "seal/names.h"

/* Values are kept as their hash, so that long ones cost no more than short ones. */
struct cm_name_entry {
	bool used;
	uint8_t value[CM_HASH_LEN];
	uint8_t name[CM_HASH_LEN];
};

static struct cm_name_entry *
place(struct cm_name_entry *entry, size_t cap, const uint8_t value[CM_HASH_LEN])
{
	size_t i = (size_t)cm_get64(value) & (cap - 1);

	while (entry[i].used && memcmp(entry[i].value, value, CM_HASH_LEN) != 0)
		i = (i + 1) & (cap - 1);
	return &entry[i];
}

static enum cm_result
make_room(struct cm_name_book *b)
{
	size_t cap = b->cap == 0 ? 64 : b->cap * 2, i;
	struct cm_name_entry *entry;

	if (b->n < b->cap / 2)
		return CM_OK;
	entry = calloc(cap, sizeof(*entry));
	if (entry == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < b->cap; i++)
		if (b->entry[i].used)
			*place(entry, cap, b->entry[i].value) = b->entry[i];
	free(b->entry);
	b->entry = entry;
	b->cap = cap;
	return CM_OK;
}

enum cm_result
cm_name_book_add(struct cm_name_book *b, int group, const uint8_t name[CM_HASH_LEN],
    struct cm_span value, uint64_t row)
{
	const uint8_t g = (uint8_t)group;
	struct cm_name_entry *e;
	uint8_t hash[CM_HASH_LEN];
	struct cm_sha256 h;

	cm_sha256_init(&h);
	cm_sha256_add(&h, &g, 1);
	cm_sha256_add(&h, value.ptr, value.len);
	cm_sha256_end(&h, hash);
	if (make_room(b) != CM_OK)
		return CM_E_NOMEM;
	e = place(b->entry, b->cap, hash);
	if (!e->used) {
		e->used = true;
		memcpy(e->value, hash, CM_HASH_LEN);
		memcpy(e->name, name, CM_HASH_LEN);
		b->n++;
	} else if (memcmp(e->name, name, CM_HASH_LEN) != 0 && !b->conflict) {
		b->conflict = true;
		b->conflict_row = row;
	}
	return CM_OK;
}

void
cm_name_book_release(struct cm_name_book *b)
{
	free(b->entry);
	memset(b, 0, sizeof(*b));
}
