#include <stdlib.h>
#include <string.h>

#include "detect/report.h"

#define CUES_MAX 256u

struct builder {
	const struct cm_judge *j;
	const struct cm_group *group;
	uint32_t index;
	struct cm_arena *a;
	struct cm_incident *out;
	struct cm_cue *cues;
	size_t n_cues, room_cues;
};

static bool
in_group(const struct builder *b, uint32_t i)
{
	return b->j->group[i] == b->index;
}

static bool
pair_in_group(const struct builder *b, const struct cm_pair *p)
{
	/* Of what is explained, one example is enough; what is undecided is so by itself. */
	if (b->group->excuse != CM_EXCUSE_NONE || b->group->undecided)
		return in_group(b, p->a) && in_group(b, p->b);
	return in_group(b, p->a) || in_group(b, p->b);
}

static enum cm_verdict
verdict_of(const struct builder *b)
{
	enum cm_verdict v = CM_VERDICT_UNDECIDABLE;

	if (b->group->excuse != CM_EXCUSE_NONE)
		return CM_VERDICT_EXPLAINED;
	for (uint32_t i = 0; i < b->j->v->n && !b->j->corrupt; i++) {
		if (!in_group(b, i))
			continue;
		if (b->j->status[i] == CM_FORGED)
			return CM_VERDICT_FORGED;
		if (b->j->status[i] == CM_SUSPECT)
			v = CM_VERDICT_STACK_BREAK;
	}
	return v;
}

/* Which set a segment of the group stands in. */
static struct cm_ids *
set_for(const struct builder *b, uint32_t i)
{
	enum cm_verdict v = b->out->verdict;

	if (v == CM_VERDICT_UNDECIDABLE || v == CM_VERDICT_EXPLAINED)
		return &b->out->suspect;
	if (b->j->status[i] == CM_FORGED)
		return &b->out->forged;
	return cm_verdict_vouched(b->j, i) ? &b->out->genuine : &b->out->suspect;
}

/* How many ids a set can hold at most. */
static size_t
room_for(const struct builder *b)
{
	size_t n = 1;

	for (uint32_t i = 0; i < b->j->v->n; i++)
		n += in_group(b, i);
	for (size_t m = 0; m < b->j->n_marks; m++)
		n += in_group(b, b->j->marks[m].seg) &&
		    b->j->marks[m].cue == CM_CUE_ACK_THEN_OTHER;
	return n;
}

static enum cm_result
fill_sets(struct builder *b)
{
	const struct cm_judge *j = b->j;
	struct cm_ids *const set[3] = { &b->out->forged, &b->out->genuine, &b->out->suspect };
	size_t room = room_for(b);
	cm_packet_id *id[3];

	for (unsigned k = 0; k < 3; k++) {
		id[k] = cm_arena_array(b->a, room, sizeof(**id));
		if (id[k] == NULL)
			return CM_E_NOMEM;
		*set[k] = (struct cm_ids) { id[k], 0 };
	}
	for (uint32_t i = 0; i < j->v->n; i++) {
		struct cm_ids *s;

		if (!in_group(b, i))
			continue;
		s = set_for(b, i);
		id[s == set[0] ? 0 : s == set[1] ? 1 : 2][s->n++] = j->v->segs[i].id;
	}
	/* The server's own ACK is genuine where another stack answered after it. */
	for (size_t m = 0; m < j->n_marks && b->out->forged.n > 0; m++)
		if (in_group(b, j->marks[m].seg) && j->marks[m].cue == CM_CUE_ACK_THEN_OTHER &&
		    j->status[j->marks[m].seg] == CM_FORGED)
			id[1][set[1]->n++] = j->marks[m].other[0];
	for (unsigned k = 0; k < 3; k++)
		set[k]->n = cm_ids_sort(id[k], set[k]->n);
	return CM_OK;
}

static enum cm_result
add_cue(struct builder *b, enum cm_cue_id cue, int bits, cm_packet_id accused,
    const cm_packet_id *other, size_t n)
{
	cm_packet_id *frames;

	if (b->n_cues == b->room_cues)
		return CM_OK;
	frames = cm_arena_array(b->a, n + 1, sizeof(*frames));
	if (frames == NULL)
		return CM_E_NOMEM;
	frames[0] = accused;
	for (size_t i = 0; i < n; i++)
		frames[i + 1] = other[i];
	n = cm_ids_sort(frames + 1, n);
	b->cues[b->n_cues++] = (struct cm_cue) {
		.kind = &cm_cue_kinds[cue],
		.bits = bits,
		.frames = frames,
		.n_frames = n + 1,
	};
	return CM_OK;
}

static int
by_name(const void *a, const void *b)
{
	const struct cm_cue *x = a, *y = b;
	int d = strcmp(x->kind->name, y->kind->name);

	if (d != 0)
		return d;
	if (x->frames[0] != y->frames[0])
		return x->frames[0] < y->frames[0] ? -1 : 1;
	return x->frames[x->n_frames - 1] < y->frames[y->n_frames - 1] ? -1
	    : x->frames[x->n_frames - 1] > y->frames[y->n_frames - 1];
}

static bool
cited(const struct builder *b, uint32_t seg)
{
	return in_group(b, seg) &&
	    (b->out->verdict == CM_VERDICT_UNDECIDABLE || b->j->status[seg] != CM_CLEAR);
}

static enum cm_result
add_marks(struct builder *b)
{
	const struct cm_judge *j = b->j;
	enum cm_result r = CM_OK;

	for (size_t m = 0; m < j->n_marks && r == CM_OK; m++) {
		const struct cm_mark *k = &j->marks[m];

		if (cited(b, k->seg))
			r = add_cue(b, (enum cm_cue_id)k->cue, k->bits, j->v->segs[k->seg].id,
			    k->other, k->n_other);
	}
	return r;
}

/* Conflicts that added no bits are named all the same. */
static enum cm_result
add_pairs(struct builder *b)
{
	const struct cm_judge *j = b->j;
	enum cm_result r = CM_OK;

	for (size_t k = 0; k < j->n_pairs && r == CM_OK; k++) {
		const struct cm_pair *p = &j->pairs[k];
		enum cm_cue_id cue = (enum cm_cue_id)p->cue;
		bool accuse_b = j->status[p->b] > j->status[p->a];
		uint32_t x = accuse_b ? p->b : p->a, y = accuse_b ? p->a : p->b;

		if (p->excuse != b->group->excuse || !pair_in_group(b, p) ||
		    cm_judge_has(j, x, cue) || cm_judge_has(j, y, cue))
			continue;
		r = add_cue(b, cue, 0, j->v->segs[x].id, &j->v->segs[y].id, 1);
	}
	return r;
}

static enum cm_result
fill_cues(struct builder *b)
{
	enum cm_result r = CM_OK;

	b->room_cues = 1;
	for (size_t m = 0; m < b->j->n_marks; m++)
		b->room_cues += in_group(b, b->j->marks[m].seg);
	for (size_t k = 0; k < b->j->n_pairs; k++)
		b->room_cues += pair_in_group(b, &b->j->pairs[k]);
	if (b->room_cues > CUES_MAX)
		b->room_cues = CUES_MAX;
	b->cues = cm_arena_array(b->a, b->room_cues, sizeof(*b->cues));
	if (b->cues == NULL)
		return CM_E_NOMEM;
	if (b->group->excuse == CM_EXCUSE_NONE)
		r = add_marks(b);
	if (r == CM_OK)
		r = add_pairs(b);
	if (r == CM_OK && b->group->excuse == CM_EXCUSE_BALANCER)
		r = add_cue(b, CM_CUE_TTL_FAR, 0, b->j->v->segs[b->group->first].id, NULL, 0);
	qsort(b->cues, b->n_cues, sizeof(*b->cues), by_name);
	b->out->cues = b->cues;
	b->out->n_cues = b->n_cues;
	return r;
}

static void
fill_place(struct builder *b)
{
	const struct cm_judge *j = b->j;
	const struct cm_flow_view *v = j->v;
	struct cm_incident *o = b->out;
	unsigned accused = b->group->dir;

	o->flow = (struct cm_flow_key) {
		.client = v->end[j->client].host,
		.server = v->end[!j->client].host,
		.client_port = v->end[j->client].port,
		.server_port = v->end[!j->client].port,
		.proto = v->proto,
	};
	o->has_trigger = b->group->trigger != CM_NONE;
	if (o->has_trigger)
		o->trigger = v->segs[b->group->trigger].id;
	o->t_ns = v->segs[b->group->first].t_ns;
	if (j->side[accused].model != NULL)
		o->host_rows = j->side[accused].model->packets;
	for (uint32_t i = 0; i < v->n; i++) {
		if (!in_group(b, i))
			continue;
		if (i == b->group->first || j->bits[i] > o->bits)
			o->bits = j->bits[i];
		if (v->segs[i].t_ns < o->t_ns)
			o->t_ns = v->segs[i].t_ns;
	}
}

CM_RESULT
cm_report_incident(const struct cm_judge *j, const struct cm_group *group, uint32_t index,
    struct cm_arena *a, struct cm_incident *out)
{
	struct builder b = { .j = j, .group = group, .index = index, .a = a, .out = out };
	enum cm_result r;

	*out = (struct cm_incident) { .type = (enum cm_incident_type)group->type };
	out->verdict = verdict_of(&b);
	out->explained_by = cm_report_excuse((enum cm_excuse)group->excuse);
	fill_place(&b);
	r = fill_sets(&b);
	return r == CM_OK ? fill_cues(&b) : r;
}

CM_RESULT
cm_report_words(const struct cm_judge *j, const struct cm_group *group, uint32_t index,
    struct cm_arena *a, struct cm_incident *out)
{
	enum cm_result r = cm_report_alternatives(j, group, a, out);

	if (r == CM_OK && out->verdict == CM_VERDICT_FORGED)
		out->fingerprint = cm_report_fingerprint(j, index, a);
	return r;
}
