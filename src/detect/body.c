#include <stdlib.h>
#include <string.h>

#include "detect/body.h"
#include "detect/engine_state.h"

#define SEGMENTS_MAX 1024u

static int
by_place(const void *a, const void *b)
{
	const struct cm_segment *const *x = a, *const *y = b;
	int32_t d = (int32_t)((*x)->seq - (*y)->seq);

	if (d != 0)
		return d < 0 ? -1 : 1;
	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* Those that carry data, in order. */
static size_t
list(const struct cm_found *f, const struct cm_segment **seg)
{
	const struct cm_incident *x = &f->incident;
	size_t n = 0;

	for (uint32_t i = 0; i < f->from->n && n < SEGMENTS_MAX; i++) {
		const struct cm_segment *g = &f->from->segs[i];

		if (g->dir == f->dir && g->cap_len > 0 && g->payload != NULL &&
		    (cm_ids_has(&x->forged, g->id) || cm_ids_has(&x->suspect, g->id)))
			seg[n++] = g;
	}
	qsort(seg, n, sizeof(*seg), by_place);
	return n;
}

/* Borrowed bytes lie all over a large file: to look at them where they are would map it in. */
static void
take(const struct cm_engine *e, const struct cm_segment *g, size_t from, size_t len, uint8_t *to)
{
	if (g->copied || e->judge.look == NULL || !e->judge.look(e->judge.look_arg, g->payload + from, len, to))
		memcpy(to, g->payload + from, len);
}

static size_t
join(const struct cm_engine *e, const struct cm_segment *const *seg, size_t n, uint8_t *to)
{
	uint32_t begin = seg[0]->seq;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = seg[i]->seq - begin, have = seg[i]->cap_len, skip;

		if (at > len)
			break;
		skip = len - at;
		if (skip >= have)
			continue;
		have -= skip;
		if (have > CM_FORGED_STREAM_MAX - len)
			have = CM_FORGED_STREAM_MAX - len;
		take(e, seg[i], skip, have, to + len);
		len += have;
	}
	return len;
}

CM_RESULT
cm_engine_forged_stream(const struct cm_engine *e, size_t i, struct cm_arena *arena, struct cm_span *out)
{
	const struct cm_found *f = &e->found[i];
	const struct cm_segment **seg;
	size_t n, room = 0;
	uint8_t *to;

	*out = (struct cm_span) { 0 };
	if (f->incident.verdict != CM_VERDICT_FORGED || f->from->proto != 6)
		return CM_OK;
	seg = cm_arena_array(arena, SEGMENTS_MAX, sizeof(*seg));
	if (seg == NULL)
		return CM_E_NOMEM;
	n = list(f, seg);
	for (size_t k = 0; k < n; k++)
		room += seg[k]->cap_len;
	if (n == 0)
		return CM_OK;
	to = cm_arena_alloc(arena, room < CM_FORGED_STREAM_MAX ? room : CM_FORGED_STREAM_MAX);
	if (to == NULL)
		return CM_E_NOMEM;
	*out = (struct cm_span) { to, join(e, seg, n, to) };
	return CM_OK;
}

CM_RESULT
cm_engine_trigger_packet(
    const struct cm_engine *e, size_t i, struct cm_arena *arena, struct cm_packet *out)
{
	const struct cm_found *f = &e->found[i];
	const struct cm_segment *g = f->from->segs, *end = g + f->from->n;
	uint8_t *to;
	size_t len;

	while (g < end && f->incident.has_trigger && g->id != f->incident.trigger)
		g++;
	if (g == end || !f->incident.has_trigger)
		return CM_E_NOTFOUND;
	*out = cm_segment_packet(g, f->from->end, f->from->proto);
	len = out->payload.len < CM_TRIGGER_BYTES ? out->payload.len : CM_TRIGGER_BYTES;
	if (len == 0)
		return CM_OK;
	to = cm_arena_alloc(arena, len);
	if (to == NULL)
		return CM_E_NOMEM;
	take(e, g, 0, len, to);
	out->payload = cm_span_of(to, len);
	return CM_OK;
}
