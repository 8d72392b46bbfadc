#include <stdlib.h>
#include <string.h>

#include "detect/judge.h"

#define SEEN_MAX 64u /* payloads of one flow that are read, not mapped */
#define TOGETHER ((size_t)6 << 10) /* bytes that are read at once, rather than twice */

/* ---- room ---- */

static bool
grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t n = *room == 0 ? 64 : *room;
	void **at = array;
	void *p;

	if (need <= *room)
		return true;
	while (n < need)
		n *= 2;
	p = realloc(*at, n * size);
	if (p == NULL)
		return false;
	*at = p;
	*room = n;
	return true;
}

static bool
grow_all(struct cm_judge *j, size_t n)
{
	size_t room[9];

	for (unsigned i = 0; i < 9; i++)
		room[i] = j->room;

	if (n <= j->room)
		return true;
	if (!grow(&j->bits, &room[0], n, sizeof(*j->bits)) ||
	    !grow(&j->set_aside, &room[1], n, sizeof(*j->set_aside)) ||
	    !grow(&j->excluded, &room[2], n, sizeof(*j->excluded)) ||
	    !grow(&j->trigger, &room[3], n, sizeof(*j->trigger)) ||
	    !grow(&j->kind, &room[4], n, sizeof(*j->kind)) ||
	    !grow(&j->order, &room[5], n, sizeof(*j->order)) ||
	    !grow(&j->cues, &room[6], n, sizeof(*j->cues)) ||
	    !grow(&j->status, &room[7], n, sizeof(*j->status)) ||
	    !grow(&j->group, &room[8], n, sizeof(*j->group)))
		return false;
	j->room = room[0];
	return true;
}

bool
cm_judge_room(struct cm_judge *j, size_t segs, size_t marks, size_t pairs)
{
	return grow_all(j, segs) && grow(&j->marks, &j->room_marks, marks, sizeof(*j->marks)) &&
	    grow(&j->pairs, &j->room_pairs, pairs, sizeof(*j->pairs));
}

void
cm_judge_release(struct cm_judge *j)
{
	free(j->bits);
	free(j->set_aside);
	free(j->excluded);
	free(j->trigger);
	free(j->kind);
	free(j->order);
	free(j->cues);
	free(j->status);
	free(j->group);
	free(j->marks);
	free(j->pairs);
	free(j->seen[0].bytes);
	free(j->seen[1].bytes);
	*j = (struct cm_judge) { 0 };
}

/* ---- marks ---- */

void
cm_judge_mark(struct cm_judge *j, uint32_t seg, enum cm_cue_id cue, int bits,
    const cm_packet_id *others, unsigned n)
{
	struct cm_mark *m;

	if (!grow(&j->marks, &j->room_marks, j->n_marks + 1, sizeof(*j->marks))) {
		j->failed = true;
		return;
	}
	m = &j->marks[j->n_marks++];
	*m = (struct cm_mark) { .seg = seg, .cue = (uint8_t)cue, .bits = (int8_t)bits };
	while (m->n_other < n && m->n_other < CM_MARK_OTHERS) {
		m->other[m->n_other] = others[m->n_other];
		m->n_other++;
	}
	j->bits[seg] = (int16_t)(j->bits[seg] + bits);
	j->cues[seg] |= UINT64_C(1) << cue;
}

void
cm_judge_mark1(struct cm_judge *j, uint32_t seg, enum cm_cue_id cue, int bits, uint32_t other)
{
	if (other == CM_NONE)
		cm_judge_mark(j, seg, cue, bits, NULL, 0);
	else
		cm_judge_mark(j, seg, cue, bits, &j->v->segs[other].id, 1);
}

void
cm_judge_pair(struct cm_judge *j, uint32_t a, uint32_t b, enum cm_cue_id cue, enum cm_excuse excuse)
{
	if (j->n_pairs >= CM_PAIRS_MAX)
		return;
	if (!grow(&j->pairs, &j->room_pairs, j->n_pairs + 1, sizeof(*j->pairs))) {
		j->failed = true;
		return;
	}
	j->pairs[j->n_pairs++] = (struct cm_pair) { a, b, (uint8_t)cue, (uint8_t)excuse };
}

void
cm_judge_reset(struct cm_judge *j)
{
	memset(j->bits, 0, j->v->n * sizeof(*j->bits));
	memset(j->set_aside, 0, j->v->n * sizeof(*j->set_aside));
	memset(j->cues, 0, j->v->n * sizeof(*j->cues));
	j->n_marks = 0;
}

/* ---- bytes ---- */

static bool
holds(const struct cm_seen *s, const uint8_t *at, uint32_t len)
{
	return s->at != NULL && at >= s->at && at - s->at <= (ptrdiff_t)s->len &&
	    len <= s->len - (size_t)(at - s->at);
}

/* Reads ${len} bytes at ${at}.  A flow that wants very many is served quicker by its pages. */
static bool
read_into(struct cm_judge *j, struct cm_seen *s, const uint8_t *at, size_t len)
{
	if (j->look == NULL || j->n_seen == SEEN_MAX || !grow(&s->bytes, &s->room, len, 1))
		return false;
	j->n_seen++;
	s->at = NULL;
	if (!j->look(j->look_arg, at, len, s->bytes))
		return false;
	s->at = at;
	s->len = len;
	return true;
}

/* ${len} bytes of ${g} from ${from} on; they stay until the next call with the same
 * ${which}. */
static const uint8_t *
bytes_of(struct cm_judge *j, unsigned which, const struct cm_segment *g, uint32_t from, uint32_t len)
{
	struct cm_seen *s = &j->seen[which];
	const uint8_t *at = g->payload + from;

	if (holds(s, at, len))
		return s->bytes + (at - s->at);
	if (g->copied || !read_into(j, s, g->payload, g->cap_len))
		return at;
	return s->bytes + from;
}

/* Two payloads that lie near one another in a file, as those of a race do, are read at
 * once.  False: they do not. */
static bool
equal_nearby(struct cm_judge *j, const struct cm_segment *a, const uint8_t *x,
    const struct cm_segment *b, const uint8_t *y, uint32_t len, bool *equal)
{
	uintptr_t p = (uintptr_t)a->payload, q = (uintptr_t)b->payload;
	const struct cm_segment *low = p < q ? a : b, *high = p < q ? b : a;
	size_t span = (p < q ? q - p : p - q) + high->cap_len;
	struct cm_seen *s = &j->seen[0];

	if (a->copied || b->copied || span > TOGETHER || span < low->cap_len ||
	    holds(s, x, len) || holds(&j->seen[1], y, len) ||
	    !read_into(j, s, low->payload, span))
		return false;
	*equal = memcmp(s->bytes + (x - s->at), s->bytes + (y - s->at), len) == 0;
	return true;
}

static struct cm_compared *
compared_at(const struct cm_judge *j, const uint8_t *a, const uint8_t *b)
{
	uint64_t h = (uint64_t)(uintptr_t)a * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 29 ^ (uint64_t)(uintptr_t)b) * UINT64_C(0x9fb21c651e98df25);
	return &j->compared[h >> 40 & (CM_COMPARED - 1)];
}

bool
cm_judge_equal(struct cm_judge *j, const struct cm_segment *a, uint32_t from_a,
    const struct cm_segment *b, uint32_t from_b, uint32_t len)
{
	const uint8_t *x = a->payload + from_a, *y = b->payload + from_b;
	struct cm_compared *c = NULL;
	bool equal;

	/* What is copied may be gone when something else lies there. */
	if (j->compared != NULL && !a->copied && !b->copied)
		c = compared_at(j, x, y);
	if (c != NULL && c->a == x && c->b == y && c->len == len)
		return c->equal;
	if (!equal_nearby(j, a, x, b, y, len, &equal))
		equal = memcmp(bytes_of(j, 0, a, from_a, len), bytes_of(j, 1, b, from_b, len),
		    len) == 0;
	if (c != NULL)
		*c = (struct cm_compared) { x, y, len, equal };
	return equal;
}

bool
cm_judge_begins(struct cm_judge *j, const struct cm_segment *g, const char *word)
{
	uint32_t n = (uint32_t)strlen(word);

	return g->cap_len >= n && memcmp(bytes_of(j, 0, g, 0, n), word, n) == 0;
}

bool
cm_judge_has(const struct cm_judge *j, uint32_t seg, enum cm_cue_id cue)
{
	return (j->cues[seg] >> cue & 1) != 0;
}

void
cm_judge_model(const struct cm_judge *j, struct cm_side *s, unsigned dir)
{
	const struct cm_host_model *m = cm_hosts_find(j->hosts, &j->v->end[dir].host, j->v->proto);

	s->model = m;
	s->fixed_id = m != NULL && cm_host_id_constant(m, m->ids_top) ? m->ids_top : 0;
}

static void
prepare(struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;

	cm_judge_reset(j);
	memset(j->excluded, 0, v->n * sizeof(*j->excluded));
	j->n_pairs = j->n_seen = j->n_asked = 0;
	j->failed = j->corrupt = j->asked_much = false;
	j->client = cm_flow_client(v);
	for (unsigned d = 0; d < 2; d++)
		j->side[d] = (struct cm_side) { .syn = CM_NONE };
	for (unsigned d = 0; d < 2; d++)
		cm_judge_model(j, &j->side[d], d);
	cm_judge_sort(j);
}

CM_RESULT
cm_judge_flow(struct cm_judge *j, const struct cm_flow_view *v)
{
	j->v = v;
	if (!grow_all(j, v->n))
		return CM_E_NOMEM;
	prepare(j);
	for (size_t i = 0; i < cm_n_detectors; i++)
		if (cm_detectors[i]->proto == v->proto)
			cm_detectors[i]->look(j);
	return j->failed ? CM_E_NOMEM : CM_OK;
}
