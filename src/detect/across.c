#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "detect/across_parts.h"
#include "detect/report.h"

#define CLASSES 8u
#define INCIDENTS 64u /* of a flow, that are asked whom they accuse */

/* ---- sets and lists of ids ---- */

/* Where it is, or would be. */
static size_t
slot_of(const struct cm_id_slot *slot, size_t n_slots, uint64_t id)
{
	size_t i = cm_mix(0, id) & (n_slots - 1);

	while (slot[i].id != 0 && slot[i].id != id)
		i = (i + 1) & (n_slots - 1);
	return i;
}

static bool
grow(struct cm_id_set *s)
{
	size_t n = s->n_slots == 0 ? 64 : s->n_slots * 2;
	struct cm_id_slot *slot = calloc(n, sizeof(*slot));

	if (slot == NULL)
		return false;
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slot[i].id != 0)
			slot[slot_of(slot, n, s->slot[i].id)] = s->slot[i];
	free(s->slot);
	s->slot = slot;
	s->n_slots = n;
	return true;
}

CM_RESULT
cm_id_set_add(struct cm_id_set *s, cm_packet_id id, size_t incident)
{
	size_t i;

	if ((s->n + 1) * 2 > s->n_slots && !grow(s))
		return CM_E_NOMEM;
	i = slot_of(s->slot, s->n_slots, id + 1);
	if (s->slot[i].id == 0) {
		s->slot[i] = (struct cm_id_slot) { id + 1, incident };
		s->n++;
	}
	return CM_OK;
}

bool
cm_id_set_has(const struct cm_id_set *s, cm_packet_id id)
{
	return s->n > 0 && s->slot[slot_of(s->slot, s->n_slots, id + 1)].id != 0;
}

size_t
cm_id_set_incident(const struct cm_id_set *s, cm_packet_id id)
{
	return s->slot[slot_of(s->slot, s->n_slots, id + 1)].incident;
}

void
cm_id_list_add(struct cm_id_list *l, cm_packet_id id)
{
	size_t room = l->room == 0 ? 64 : l->room * 2;
	cm_packet_id *more;

	if (l->n == CM_ID_LIST_MAX)
		return;
	if (l->n == l->room) {
		more = realloc(l->id, room * sizeof(*more));
		if (more == NULL) {
			l->failed = true;
			return;
		}
		l->id = more;
		l->room = room;
	}
	l->id[l->n++] = id;
}

void
cm_id_list_add_all(struct cm_id_list *l, const struct cm_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		cm_id_list_add(l, ids->id[i]);
}

CM_RESULT
cm_id_list_take(struct cm_id_list *l, struct cm_arena *a, struct cm_ids *out)
{
	cm_packet_id *id;

	if (l->failed)
		return CM_E_NOMEM;
	l->n = l->n == 0 ? 0 : cm_ids_sort(l->id, l->n);
	id = cm_arena_array(a, l->n + 1, sizeof(*id));
	if (id == NULL)
		return CM_E_NOMEM;
	if (l->n > 0)
		memcpy(id, l->id, l->n * sizeof(*id));
	*out = (struct cm_ids) { id, l->n };
	l->n = 0;
	return CM_OK;
}

/* ---- what several makers ask of a flow ---- */

bool
cm_flow_accused(const struct cm_flow_look *l, cm_packet_id id)
{
	for (size_t i = 0; i < l->n && i < INCIDENTS; i++)
		if (cm_found_accuses(&l->found[i]) && (cm_ids_has(&l->found[i].incident.forged, id) ||
							  cm_ids_has(&l->found[i].incident.suspect, id)))
			return true;
	return false;
}

static int
commonest(const struct cm_flow_look *l)
{
	const struct cm_candidate *c = l->f->from;
	uint16_t class[CLASSES] = { 0 }, count[CLASSES] = { 0 };
	unsigned n = 0, best = 0, k;

	for (uint32_t i = 0; i < c->n && i < CM_FLOW_HEAD; i++) {
		const struct cm_segment *g = &c->segs[i];

		if (g->dir != l->f->dir || (g->flags & CM_TCP_RST) != 0 || cm_flow_accused(l, g->id))
			continue;
		for (k = 0; k < n && class[k] != cm_ttl_class(g); k++)
			;
		if (k == CLASSES)
			continue;
		n += k == n;
		class[k] = cm_ttl_class(g);
		if (++count[k] > count[best])
			best = k;
	}
	return n == 0 ? -1 : class[best];
}

bool
cm_across_handshake(const struct cm_candidate *c, unsigned server, uint32_t at[2], int64_t *ns)
{
	at[0] = at[1] = CM_NONE;
	for (uint32_t i = 0; i < c->n && i < CM_FLOW_HEAD; i++) {
		const struct cm_segment *g = &c->segs[i];

		if ((g->flags & CM_TCP_SYN) == 0)
			continue;
		if ((g->flags & CM_TCP_ACK) == 0 && g->dir != server && at[1] == CM_NONE)
			at[0] = i; /* the last one before: what is sent again is answered later */
		else if ((g->flags & CM_TCP_ACK) != 0 && g->dir == server && at[1] == CM_NONE)
			at[1] = i;
	}
	if (at[0] == CM_NONE || at[1] == CM_NONE)
		return false;
	*ns = c->segs[at[1]].t_ns - c->segs[at[0]].t_ns;
	return *ns >= 0;
}

const char *
cm_across_text(struct cm_arena *a, struct cm_span s)
{
	char *text = cm_arena_array(a, s.len + 1, 1);

	if (text != NULL && s.len > 0)
		memcpy(text, s.ptr, s.len);
	return text;
}

/* ---- one flow ---- */

static bool
room_for_one(struct cm_engine *e)
{
	uint32_t room = e->room_across_of == 0 ? 16 : e->room_across_of * 2;
	struct cm_across_of *more;

	if (e->n_across_of < e->room_across_of)
		return true;
	more = realloc(e->across_of, room * sizeof(*more));
	if (more == NULL)
		return false;
	e->across_of = more;
	e->room_across_of = room;
	return true;
}

static enum cm_result
look_at(struct cm_flow_look *l, struct cm_found *f)
{
	struct cm_engine *e = l->e;
	struct cm_across_of of = { 0 };
	enum cm_result r;

	if (!room_for_one(e))
		return CM_E_NOMEM;
	if (l->f == NULL || l->f->dir != f->dir) {
		l->f = f;
		l->plain = commonest(l);
	}
	l->f = f;
	l->trigger = CM_NONE;
	if (f->incident.has_trigger)
		l->trigger = cm_candidate_place(f->from, f->incident.trigger);
	r = cm_across_reach(l, &of.reach);
	if (r == CM_OK)
		r = cm_across_place(l, &of.place);
	e->across_of[e->n_across_of++] = of;
	f->across = e->n_across_of;
	return r;
}

CM_RESULT
cm_across_flow(struct cm_engine *e, size_t from)
{
	struct cm_id_list ids = { 0 };
	struct cm_flow_look l = { .e = e, .n = e->n_found - from, .ids = &ids };
	enum cm_result r = CM_OK;

	if (l.n == 0)
		return CM_OK;
	l.found = e->found + from;
	for (size_t i = from; i < e->n_found && r == CM_OK; i++)
		if (cm_found_accuses(&e->found[i]) && !e->found[i].gone &&
		    e->n_across_of < CM_ACROSS_INCIDENTS)
			r = look_at(&l, &e->found[i]);
	free(ids.id);
	return r;
}

/* ---- all of it ---- */

/* In the order of incidents, which they have only now. */
static enum cm_result
order(struct cm_maker *m)
{
	struct cm_across_reach *reach = cm_arena_array(m->a, m->e->n_across_of + 1, sizeof(*reach));
	struct cm_across_place *place = cm_arena_array(m->a, m->e->n_across_of + 1, sizeof(*place));
	size_t n = 0;

	if (reach == NULL || place == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < m->e->n_found; i++) {
		const struct cm_found *f = &m->e->found[i];

		if (f->across == 0) {
			m->out->left_off += cm_found_accuses(f);
			continue;
		}
		reach[n] = m->e->across_of[f->across - 1].reach;
		place[n] = m->e->across_of[f->across - 1].place;
		reach[n].incident = place[n].incident = i;
		n++;
	}
	m->out->reach = reach;
	m->out->places = place;
	m->out->n_reach = m->out->n_places = n;
	return CM_OK;
}

static enum cm_result
collect(struct cm_maker *m)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < m->e->n_found && r == CM_OK; i++)
		if (cm_found_answers(&m->e->found[i]))
			r = cm_id_set_add(&m->triggers, m->e->found[i].incident.trigger, i);
	return r;
}

CM_RESULT
cm_across_make(struct cm_engine *e)
{
	enum cm_result (*const make[])(struct cm_maker *m) = { collect, cm_across_make_hands, order,
		cm_across_make_probes, cm_across_make_rates, cm_across_make_same };
	struct cm_maker m = { .e = e, .a = &e->arena };
	enum cm_result r = CM_OK;

	m.out = cm_arena_alloc(m.a, sizeof(*m.out));
	if (m.out == NULL || cm_exchanges_settle(&e->exchanges) != CM_OK)
		return CM_E_NOMEM;
	m.out->requests = e->exchanges.requests;
	m.out->answers = e->exchanges.answers;
	m.out->every = e->exchanges.every;
	m.out->every_away = e->exchanges.every_away;
	m.out->quotes = e->quotes.seen;
	for (size_t i = 0; i < sizeof(make) / sizeof(make[0]) && r == CM_OK; i++)
		r = make[i](&m);
	free(m.triggers.slot);
	free(m.ids.id);
	if (r == CM_OK)
		e->across = m.out;
	return r;
}
