#include <stdlib.h>
#include <string.h>

#include "dossier/of_traffic.h"
#include "dossier/recount.h"

struct kept {
	uint64_t key; /* of the draw */
	struct cm_counted row;
	uint8_t *bytes; /* ours: of the payload or line */
};

struct cm_drawn {
	const struct cm_traffic_finding *whole;
	const uint8_t (*seals)[32];
	size_t n_seals;
	struct cm_traffic_range *range;
	struct kept *kept; /* room for one more than are drawn */
	size_t n, room;
	uint64_t thin;
	struct cm_counted *row; /* once it is ended */
	struct cm_traffic *traffic;
};

CM_RESULT
cm_drawn_new(const struct cm_traffic_finding *whole, const uint8_t (*seals)[32], size_t n_seals,
    struct cm_drawn **out)
{
	struct cm_drawn *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return CM_E_NOMEM;
	d->whole = whole;
	d->seals = seals;
	d->n_seals = n_seals;
	d->thin = 1;
	d->range = calloc(n_seals + 1, sizeof(*d->range));
	if (d->range == NULL) {
		free(d);
		return CM_E_NOMEM;
	}
	*out = d;
	return CM_OK;
}

void
cm_drawn_free(struct cm_drawn *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->n; i++)
		free(d->kept[i].bytes);
	cm_traffic_free(d->traffic);
	free(d->kept);
	free(d->range);
	free(d->row);
	free(d);
}

/* More than fit: each stands for twice as many, and about every second one goes. */
static void
thin_out(struct cm_drawn *d)
{
	size_t i, n;

	while (d->n > CM_DRAW_ROWS && d->thin < CM_DRAW_THIN_MAX) {
		d->thin *= 2;
		for (i = n = 0; i < d->n; i++) {
			if (cm_draw_takes(d->kept[i].key, d->thin))
				d->kept[n++] = d->kept[i];
			else
				free(d->kept[i].bytes);
		}
		d->n = n;
	}
}

static CM_RESULT
make_room(struct cm_drawn *d)
{
	size_t room = d->room == 0 ? 64 : 2 * d->room;
	struct kept *more;

	if (d->n < d->room)
		return CM_OK;
	if (room > CM_DRAW_ROWS)
		room = CM_DRAW_ROWS + 1;
	more = realloc(d->kept, room * sizeof(*more));
	if (more == NULL)
		return CM_E_NOMEM;
	d->kept = more;
	d->room = room;
	return CM_OK;
}

static void
widen(struct cm_traffic_range *r, uint64_t row)
{
	if (!r->any || row < r->first)
		r->first = row;
	if (!r->any || row > r->last)
		r->last = row;
	r->any = true;
}

/* Of the row its bytes are ours from now on. */
static CM_RESULT
keep(struct cm_drawn *d, uint64_t key, const struct cm_counted *row)
{
	struct cm_span from = row->is_line ? row->line : row->packet.payload;
	struct kept *k;

	if (make_room(d) != CM_OK)
		return CM_E_NOMEM;
	k = &d->kept[d->n];
	*k = (struct kept) { key, *row, NULL };
	if (from.len > 0) {
		k->bytes = malloc(from.len);
		if (k->bytes == NULL)
			return CM_E_NOMEM;
		memcpy(k->bytes, from.ptr, from.len);
	}
	*(row->is_line ? &k->row.line : &k->row.packet.payload) = cm_span_of(k->bytes, from.len);
	d->n++;
	thin_out(d);
	return CM_OK;
}

/* It touches the finding and lies in it. */
static bool
is_drawn(struct cm_drawn *d, uint32_t seal, uint64_t row, uint64_t *key)
{
	widen(&d->range[seal], row);
	*key = cm_draw_key(d->seals[seal], row);
	return cm_draw_takes(*key, d->thin);
}

static bool
lies_in(const struct cm_drawn *d, uint32_t seal, cm_packet_id id)
{
	return seal < d->n_seals && id >= d->whole->first && id <= d->whole->last;
}

CM_RESULT
cm_drawn_packet(struct cm_drawn *d, uint32_t seal, uint64_t row, const struct cm_packet *p)
{
	struct cm_counted c;
	uint64_t key;

	if (!lies_in(d, seal, p->id) || !cm_traffic_touches(d->whole, p) || !is_drawn(d, seal, row, &key))
		return CM_OK;
	c = cm_counted_of(d->whole->kind, p);
	c.packet.id = cm_packet_id_of(seal, row);
	return keep(d, key, &c);
}

CM_RESULT
cm_drawn_line(struct cm_drawn *d, uint32_t seal, uint64_t row, struct cm_span line, const struct cm_request *r)
{
	struct cm_counted c = { .is_line = true, .line = line };
	uint64_t key;

	if (!lies_in(d, seal, r->id) || !cm_traffic_touches_request(d->whole, r) || !is_drawn(d, seal, row, &key))
		return CM_OK;
	c.packet.id = cm_packet_id_of(seal, row);
	return keep(d, key, &c);
}

static int
by_row(const void *a, const void *b)
{
	const struct cm_counted *x = a, *y = b;

	return x->packet.id < y->packet.id ? -1 : x->packet.id > y->packet.id;
}

static CM_RESULT
count_draw(struct cm_drawn *d, uint64_t memory)
{
	size_t i;

	d->row = calloc(d->n + 1, sizeof(*d->row));
	if (d->row == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < d->n; i++)
		d->row[i] = d->kept[i].row;
	if (d->n > 1)
		qsort(d->row, d->n, sizeof(*d->row), by_row);
	return cm_recount(d->row, d->n, d->thin, memory, &d->traffic);
}

/* Where the finding lies, and the rows that were drawn of it. */
static CM_RESULT
put_rows(const struct cm_drawn *d, struct cm_arena *arena, struct cm_traffic_v1 *t)
{
	cm_packet_id *id = cm_arena_array(arena, d->n + 1, sizeof(*id));
	size_t i;

	t->seals = cm_arena_copy(arena, d->seals, d->n_seals * 32);
	t->range = cm_arena_copy(arena, d->range, d->n_seals * sizeof(*d->range));
	if (id == NULL || t->seals == NULL || t->range == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < d->n; i++)
		id[i] = d->row[i].packet.id;
	t->support = (struct cm_ids) { id, d->n };
	return CM_OK;
}

CM_RESULT
cm_drawn_state(struct cm_drawn *d, uint64_t memory, const uint8_t source[32], struct cm_arena *arena,
    struct cm_traffic_v1 *out)
{
	struct cm_traffic_v1 t = { .n_seals = d->n_seals, .detector = CM_TRAFFIC_NAME,
		.version = CM_TRAFFIC_VERSION, .memory = memory, .thin = d->thin, .claimed = *d->whole };
	const struct cm_traffic_finding *f;
	enum cm_result rc = count_draw(d, memory);

	if (rc != CM_OK)
		return rc;
	f = cm_recount_match(d->traffic, d->whole, true);
	if (f == NULL || d->n == 0 || d->n > CM_TRAFFIC_SUPPORT_MAX)
		return CM_E_NOTFOUND;
	memcpy(t.source, source, 32);
	t.drawn = *f;
	rc = put_rows(d, arena, &t);
	if (rc == CM_OK)
		*out = t;
	return rc;
}
