#include <stdlib.h>

#include "dossier/model.h"

const struct cm_shown_row *
cm_shown_row_find(const struct cm_shown_exhibit *x, uint64_t row)
{
	size_t low = 0, high = x->n_rows, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (x->rows[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n_rows && x->rows[low].row == row ? &x->rows[low] : NULL;
}

const struct cm_shown_row *
cm_dossier_row(const struct cm_dossier *d, cm_packet_id id)
{
	if (cm_packet_file(id) >= d->n_exhibits)
		return NULL;
	return cm_shown_row_find(&d->exhibits[cm_packet_file(id)], cm_packet_frame(id));
}

const struct cm_counted_row *
cm_dossier_counted_row(const struct cm_dossier *d, cm_packet_id id)
{
	const struct cm_shown_exhibit *x;
	size_t low = 0, high, mid;

	if (cm_packet_file(id) >= d->n_exhibits)
		return NULL;
	x = &d->exhibits[cm_packet_file(id)];
	high = x->n_counted;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (x->counted[mid].packet.id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n_counted && x->counted[low].packet.id == id ? &x->counted[low] : NULL;
}

/* The line of that row; empty: it is not open. */
static struct cm_span
line_of(const struct cm_shown_exhibit *x, uint64_t row)
{
	size_t low = 0, high = x->n_cells, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (x->cells[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n_cells && x->cells[low].row == row ? x->cells[low].value[0] : cm_span_of(NULL, 0);
}

bool
cm_dossier_counted(const struct cm_dossier *d, cm_packet_id id, struct cm_counted *out)
{
	const struct cm_counted_row *r = cm_dossier_counted_row(d, id);
	const struct cm_shown_exhibit *x;

	*out = (struct cm_counted) { .packet = { .id = id } };
	if (r != NULL) {
		out->packet = r->packet;
		return true;
	}
	if (cm_packet_file(id) >= d->n_exhibits)
		return false;
	x = &d->exhibits[cm_packet_file(id)];
	if (x->schema == NULL || x->schema->kind != CM_KIND_LINES)
		return false;
	out->is_line = true;
	out->line = line_of(x, cm_packet_frame(id));
	return out->line.len > 0;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

size_t
cm_numbers_sort(uint64_t *number, size_t n)
{
	size_t i, k = 0;

	if (n == 0)
		return 0;
	qsort(number, n, sizeof(*number), by_number);
	for (i = 0; i < n; i++)
		if (i == 0 || number[i] != number[i - 1])
			number[k++] = number[i];
	return k;
}
