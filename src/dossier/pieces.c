#include <stdlib.h>
#include <string.h>

#include "dossier/pieces.h"

/* Before the sort: numbers from the lowest one on, so that they are compared plainly. */
static void
rebase(struct cm_piece *piece, size_t n)
{
	uint32_t low = piece[0].seq;
	size_t i;

	for (i = 1; i < n; i++)
		if ((int32_t)(piece[i].seq - low) < 0)
			low = piece[i].seq;
	for (i = 0; i < n; i++) {
		piece[i].seq -= low;
		piece[i].place = i;
	}
}

static int
by_seq(const void *a, const void *b)
{
	const struct cm_piece *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

CM_RESULT
cm_pieces_join(struct cm_piece *piece, size_t n, size_t max, struct cm_arena *arena, struct cm_span *out)
{
	size_t len = 0, i, have;
	uint8_t *bytes;

	*out = cm_span_of(NULL, 0);
	if (n == 0)
		return CM_OK;
	rebase(piece, n);
	qsort(piece, n, sizeof(*piece), by_seq);
	for (i = 0; i < n && piece[i].seq <= len; i++)
		if (piece[i].seq + piece[i].data.len > len)
			len = piece[i].seq + piece[i].data.len;
	len = len > max ? max : len;
	bytes = cm_arena_alloc(arena, len + 1);
	if (bytes == NULL)
		return CM_E_NOMEM;
	for (i = have = 0; i < n && have < len; i++) {
		struct cm_span rest = cm_span_part(piece[i].data, have - piece[i].seq, len - have);

		if (rest.len > 0)
			memcpy(bytes + have, rest.ptr, rest.len);
		have += rest.len;
	}
	*out = cm_span_of(bytes, len);
	return CM_OK;
}
