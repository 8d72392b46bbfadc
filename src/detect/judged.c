#include <stdlib.h>
#include <string.h>

#include "detect/judged.h"

/* What tells a segment from others, and all that judging found out about it. */
struct part {
	cm_packet_id id;
	const uint8_t *payload;
	uint64_t cues;
	uint32_t trigger, order;
	int16_t bits, set_aside;
	uint8_t kind;
	bool excluded;
};

struct cm_judged {
	size_t bytes;
	struct cm_side side[2];
	struct cm_asked asked[CM_ASKED_MAX];
	unsigned n_asked;
	unsigned client;
	bool corrupt;
	uint32_t n;
	size_t n_marks, n_pairs;
	struct part *part;
	struct cm_mark *mark;
	struct cm_pair *pair;
};

static void
copy_parts(struct cm_judged *p, const struct cm_judge *j)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct cm_segment *g = &j->v->segs[i];

		p->part[i] = (struct part) { g->id, g->payload, j->cues[i], j->trigger[i],
			j->order[i], j->bits[i], j->set_aside[i], j->kind[i], j->excluded[i] };
	}
}

struct cm_judged *
cm_judged_of(const struct cm_judge *j)
{
	size_t parts = j->v->n * sizeof(struct part), marks = j->n_marks * sizeof(struct cm_mark);
	size_t bytes = sizeof(struct cm_judged) + parts + marks + j->n_pairs * sizeof(struct cm_pair);
	struct cm_judged *p;

	if (j->v->proto != 6 || j->asked_much || j->failed)
		return NULL;
	p = malloc(bytes);
	if (p == NULL)
		return NULL;
	*p = (struct cm_judged) {
		.bytes = bytes,
		.side = { j->side[0], j->side[1] },
		.n_asked = j->n_asked,
		.client = j->client,
		.corrupt = j->corrupt,
		.n = j->v->n,
		.n_marks = j->n_marks,
		.n_pairs = j->n_pairs,
		.part = (struct part *)(p + 1),
	};
	p->mark = (struct cm_mark *)(p->part + p->n);
	p->pair = (struct cm_pair *)(p->mark + p->n_marks);
	memcpy(p->asked, j->asked, sizeof(p->asked));
	copy_parts(p, j);
	if (p->n_marks > 0)
		memcpy(p->mark, j->marks, p->n_marks * sizeof(*p->mark));
	if (p->n_pairs > 0)
		memcpy(p->pair, j->pairs, p->n_pairs * sizeof(*p->pair));
	return p;
}

void
cm_judged_free(struct cm_judged *p)
{
	free(p);
}

size_t
cm_judged_bytes(const struct cm_judged *p)
{
	return p->bytes;
}

bool
cm_judged_is_of(const struct cm_judged *p, const struct cm_flow_view *v)
{
	if (p->n != v->n || v->proto != 6)
		return false;
	for (uint32_t i = 0; i < v->n; i++)
		if (p->part[i].id != v->segs[i].id || p->part[i].payload != v->segs[i].payload)
			return false;
	return true;
}

/* Has a segment the identification that its sender's other flows have, too? */
static bool
shows_fixed(const struct cm_side side[2], const struct cm_flow_view *v)
{
	if (side[0].fixed_id == 0 && side[1].fixed_id == 0)
		return false;
	for (uint32_t i = 0; i < v->n; i++)
		if (v->segs[i].ipid != 0 && v->segs[i].ipid == side[v->segs[i].dir].fixed_id)
			return true;
	return false;
}

static bool
models_speak(const struct cm_judged *p, const struct cm_side side[2], const struct cm_flow_view *v)
{
	uint32_t showing, flows;

	for (unsigned i = 0; i < p->n_asked; i++)
		if (cm_host_balances(side[p->asked[i].dir].model, p->asked[i].base,
			p->asked[i].own, &showing, &flows))
			return true;
	return shows_fixed(side, v);
}

static void
bring_back(const struct cm_judged *p, struct cm_judge *j)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct part *x = &p->part[i];

		j->cues[i] = x->cues;
		j->trigger[i] = x->trigger;
		j->order[i] = x->order;
		j->bits[i] = x->bits;
		j->set_aside[i] = x->set_aside;
		j->kind[i] = x->kind;
		j->excluded[i] = x->excluded;
	}
	memcpy(j->asked, p->asked, sizeof(j->asked));
	j->n_asked = p->n_asked;
	j->client = p->client;
	j->corrupt = p->corrupt;
	j->n_marks = p->n_marks;
	j->n_pairs = p->n_pairs;
	if (p->n_marks > 0)
		memcpy(j->marks, p->mark, p->n_marks * sizeof(*p->mark));
	if (p->n_pairs > 0)
		memcpy(j->pairs, p->pair, p->n_pairs * sizeof(*p->pair));
}

bool
cm_judged_again(const struct cm_judged *p, struct cm_judge *j, const struct cm_flow_view *v)
{
	struct cm_side side[2] = { p->side[0], p->side[1] };

	j->v = v;
	for (unsigned d = 0; d < 2; d++)
		cm_judge_model(j, &side[d], d);
	if (models_speak(p, side, v) || !cm_judge_room(j, p->n, p->n_marks, p->n_pairs))
		return false;
	bring_back(p, j);
	side[0].at = j->order;
	side[1].at = j->order + side[0].n;
	j->side[0] = side[0];
	j->side[1] = side[1];
	j->failed = j->asked_much = false;
	return true;
}
