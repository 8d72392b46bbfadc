#include <stdlib.h>

#include "worker/row_map.h"

static bool
make_room(struct cm_row_map *m)
{
	size_t cap = m->cap == 0 ? 16 : 2 * m->cap;
	struct cm_row_run *run;

	if (m->n < m->cap)
		return true;
	run = realloc(m->run, cap * sizeof(*run));
	if (run == NULL)
		return false;
	m->run = run;
	m->cap = cap;
	return true;
}

CM_RESULT
cm_row_map_add(struct cm_row_map *m, uint64_t frame, uint64_t row)
{
	struct cm_row_run *last = m->n == 0 ? NULL : &m->run[m->n - 1];

	if (last != NULL && frame == last->frame + last->n && row == last->row + last->n) {
		last->n++;
		return CM_OK;
	}
	if (m->n == CM_ROW_MAP_RUNS) {
		m->full = true;
		return CM_OK;
	}
	if (!make_room(m))
		return CM_E_NOMEM;
	m->run[m->n++] = (struct cm_row_run) { frame, row, 1 };
	return CM_OK;
}

uint64_t
cm_row_map_find(const struct cm_row_map *m, uint64_t frame)
{
	size_t low = 0, high = m->n, mid;

	/* the last run that begins at or before the frame */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (m->run[mid].frame <= frame)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || frame - m->run[low - 1].frame >= m->run[low - 1].n)
		return UINT64_MAX;
	return m->run[low - 1].row + (frame - m->run[low - 1].frame);
}

void
cm_row_map_release(struct cm_row_map *m)
{
	free(m->run);
	*m = (struct cm_row_map) { 0 };
}
