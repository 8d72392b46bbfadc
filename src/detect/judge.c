#include <stdlib.h>
#include <string.h>

#include "detect/judge.h"

#define CORRUPT_MIN 10u

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

bool
cm_judge_has(const struct cm_judge *j, uint32_t seg, enum cm_cue_id cue)
{
	return (j->cues[seg] >> cue & 1) != 0;
}

/* ---- what the segments are ---- */

bool
cm_segment_is_padding(const struct cm_segment *g)
{
	if (g->payload_len > 6 || g->payload_len == 0 || g->cap_len != g->payload_len ||
	    (g->flags & CM_TCP_PSH) != 0)
		return false;
	for (uint32_t i = 0; i < g->cap_len; i++)
		if (g->payload[i] != 0)
			return false;
	return true;
}

/* ${next}: the sequence number that comes next in this direction, if known. */
static enum cm_seg_kind
kind_of(const struct cm_segment *g, bool mostly_bad, bool known, uint32_t next)
{
	if (g->checksum == CM_CSUM_BAD && !mostly_bad)
		return CM_SEG_BROKEN;
	if ((g->flags & CM_TCP_RST) != 0)
		return CM_SEG_RST;
	if ((g->flags & CM_TCP_SYN) != 0)
		return CM_SEG_SYN;
	if (g->payload_len <= 1 && (g->flags & CM_TCP_FIN) == 0 && known && g->seq == next - 1)
		return CM_SEG_KEEPALIVE;
	if (g->payload_len == 0)
		return (g->flags & CM_TCP_FIN) != 0 ? CM_SEG_FIN : CM_SEG_ACK;
	if (cm_segment_is_padding(g))
		return CM_SEG_PADDING;
	return CM_SEG_DATA;
}

/* Wrong checksums of the capturing host itself are the network card's work still to
 * be done; resets are often sent past it, and say nothing. */
static void
count_checksums(struct cm_judge *j)
{
	uint32_t bad[2] = { 0, 0 }, seen[2] = { 0, 0 };
	uint32_t rst_bad[2] = { 0, 0 }, rst_seen[2] = { 0, 0 };

	for (uint32_t i = 0; i < j->v->n; i++) {
		const struct cm_segment *g = &j->v->segs[i];
		bool known = g->checksum != CM_CSUM_UNKNOWN, wrong = g->checksum == CM_CSUM_BAD;

		seen[g->dir] += known;
		bad[g->dir] += wrong;
		if ((g->flags & CM_TCP_RST) == 0)
			continue;
		rst_seen[g->dir] += known;
		rst_bad[g->dir] += wrong;
	}
	j->corrupt = seen[0] + seen[1] >= CORRUPT_MIN;
	for (unsigned d = 0; d < 2; d++) {
		j->side[d].mostly_bad = (bad[d] - rst_bad[d]) * 2 > seen[d] - rst_seen[d];
		if (bad[d] * 10 < seen[d] || bad[d] * 20 > seen[d] * 19 || seen[d] == 0)
			j->corrupt = false;
	}
}

static void
sort_segments(struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;
	uint32_t data[2] = { CM_NONE, CM_NONE }, next[2] = { 0, 0 };
	bool known[2] = { false, false };
	uint32_t n0 = 0;

	for (uint32_t i = 0; i < v->n; i++)
		n0 += v->segs[i].dir == 0;
	j->side[0].at = j->order;
	j->side[1].at = j->order + n0;
	for (uint32_t i = 0; i < v->n; i++) {
		const struct cm_segment *g = &v->segs[i];
		struct cm_side *s = &j->side[g->dir];

		s->at[s->n++] = i;
		j->kind[i] = (uint8_t)(v->proto == 17 ? CM_SEG_DATA
				: kind_of(g, s->mostly_bad, known[g->dir], next[g->dir]));
		j->trigger[i] = data[!g->dir];
		if (j->kind[i] == CM_SEG_SYN && s->syn == CM_NONE)
			s->syn = i;
		if (j->kind[i] == CM_SEG_DATA || (j->kind[i] == CM_SEG_SYN && g->payload_len > 0))
			data[g->dir] = i;
		if (j->kind[i] == CM_SEG_RST || j->kind[i] == CM_SEG_BROKEN ||
		    j->kind[i] == CM_SEG_PADDING)
			continue;
		if (!known[g->dir] || cm_seq_diff(cm_segment_end(g), next[g->dir]) > 0 ||
		    j->kind[i] == CM_SEG_SYN)
			next[g->dir] = cm_segment_end(g);
		known[g->dir] = true;
	}
}

/* A SYN-ACK with the SYN's identification and window was made from it by a SYN
 * proxy, which tells nothing of the server's stack. */
static void
note_handshake(struct cm_judge *j)
{
	const struct cm_segment *segs = j->v->segs;
	struct cm_side *c = &j->side[j->client], *s = &j->side[!j->client];
	const struct cm_segment *syn, *ack;

	for (unsigned d = 0; d < 2; d++) {
		uint32_t with = 0, of = 0;

		for (uint32_t i = 0; i < j->side[d].n; i++) {
			with += (segs[j->side[d].at[i]].opts & CM_OPT_TS) != 0;
			of += j->kind[j->side[d].at[i]] != CM_SEG_RST;
		}
		j->side[d].ts_midstream = with >= 2 && with * 5 >= of * 4;
	}
	if (c->syn == CM_NONE && s->syn == CM_NONE) {
		c->ts_midstream = s->ts_midstream = c->ts_midstream && s->ts_midstream;
		return;
	}
	c->ts_midstream = s->ts_midstream = false;
	if (c->syn == CM_NONE || s->syn == CM_NONE)
		return;
	syn = &segs[c->syn];
	ack = &segs[s->syn];
	s->syn_echo = !syn->ipv6 && ack->ipid == syn->ipid && ack->ipid != 0 &&
	    ack->window == syn->window;
	if ((syn->opts & ack->opts & CM_OPT_TS) == 0)
		return;
	c->ts_agreed = s->ts_agreed = !(s->syn_echo && ack->tsval == syn->tsval);
}

static void
prepare(struct cm_judge *j)
{
	const struct cm_flow_view *v = j->v;

	cm_judge_reset(j);
	memset(j->excluded, 0, v->n * sizeof(*j->excluded));
	j->n_pairs = 0;
	j->failed = j->corrupt = false;
	j->client = cm_flow_client(v);
	for (unsigned d = 0; d < 2; d++)
		j->side[d] = (struct cm_side) { .syn = CM_NONE };
	for (unsigned d = 0; d < 2 && j->hosts != NULL; d++)
		j->side[d].model = cm_hosts_find(j->hosts, &v->end[d].host, v->proto);
	count_checksums(j);
	sort_segments(j);
	if (v->proto == 6)
		note_handshake(j);
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
