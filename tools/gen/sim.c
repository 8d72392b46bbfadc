#include "sim.h"

#include "host.h"

#include <stdlib.h>
#include <string.h>

struct gen_frame {
	uint64_t order;
	struct gen_shot shot;
	uint32_t len; /* of the datagram */
	uint8_t dgram[];
};

/* Words, so that bodies look like text and compress like text. */
static void
fill_pool(uint8_t *pool, struct gen_rng *r)
{
	static const char *const words[] = { "packet ", "border ", "court ", "evidence ", "open ",
		"sealed ", "witness ", "<p>", "</p>\n", "river ", "harbour ", "letter ", "answer ",
		"the ", "of ", "and ", "in ", "<a href=\"/", "\">", "</a> ", "treaty ", "mirror ",
		"stone ", "8", "41", "1729 " };
	size_t at = 0;

	while (at < GEN_POOL) {
		const char *w = words[gen_rng_below(r, sizeof(words) / sizeof(words[0]))];
		size_t len = strlen(w);

		if (len > GEN_POOL - at)
			len = GEN_POOL - at;
		memcpy(pool + at, w, len);
		at += len;
	}
}

bool
gen_sim_start(struct gen_sim *s, const struct gen_opts *o, int fd)
{
	struct gen_rng pool_rng;

	memset(s, 0, sizeof(*s));
	s->o = *o;
	s->t = 1704067200ll * GEN_SEC; /* 2024-01-01T00:00:00Z */
	s->t0 = s->t;
	s->pool = malloc(GEN_POOL);
	s->hosts = calloc(GEN_HOSTS, sizeof(*s->hosts));
	if (s->pool == NULL || s->hosts == NULL)
		return false;
	gen_rng_seed(&s->rng, o->seed);
	gen_rng_seed(&pool_rng, 1);
	fill_pool(s->pool, &pool_rng);
	gen_sink_start(&s->sink, fd, &o->format);
	return true;
}

static bool
before(const struct gen_frame *a, const struct gen_frame *b)
{
	if (a->shot.t != b->shot.t)
		return a->shot.t < b->shot.t;
	return a->order < b->order;
}

static bool
heap_push(struct gen_sim *s, struct gen_frame *f)
{
	size_t i = s->n;

	if (s->n == s->cap) {
		size_t cap = s->cap == 0 ? 1024 : s->cap * 2;
		struct gen_frame **more = realloc(s->heap, cap * sizeof(struct gen_frame *));

		if (more == NULL)
			return false;
		s->heap = more;
		s->cap = cap;
	}
	s->n++;
	while (i > 0 && before(f, s->heap[(i - 1) / 2])) {
		s->heap[i] = s->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->heap[i] = f;
	return true;
}

static struct gen_frame *
heap_pop(struct gen_sim *s)
{
	struct gen_frame *top = s->heap[0];
	struct gen_frame *last = s->heap[--s->n];
	size_t i = 0;

	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= s->n)
			break;
		if (kid + 1 < s->n && before(s->heap[kid + 1], s->heap[kid]))
			kid++;
		if (!before(s->heap[kid], last))
			break;
		s->heap[i] = s->heap[kid];
		i = kid;
	}
	s->heap[i] = last;
	return top;
}

void
gen_sim_shoot(struct gen_sim *s, const struct gen_shot *shot, const uint8_t *dgram, size_t len)
{
	struct gen_frame *f = malloc(sizeof(*f) + GEN_LINK_MAX + len + shot->pad + 64);

	if (f == NULL) {
		s->failed = true;
		return;
	}
	f->order = s->order++;
	f->shot = *shot;
	f->len = (uint32_t)len;
	memcpy(f->dgram + GEN_LINK_MAX, dgram, len);
	if (!heap_push(s, f)) {
		free(f);
		s->failed = true;
	}
}

static void
draw_id(struct gen_frame *f)
{
	uint8_t *ip = f->dgram + GEN_LINK_MAX;
	struct gen_shot *shot = &f->shot;

	if (shot->v6)
		return;
	if (shot->id_counter != NULL)
		gen_wire_set_id(ip, (*shot->id_counter)++);
	if (shot->id_copy != NULL)
		gen_wire_set_id(ip, (uint16_t)(*shot->id_copy + shot->id_add));
	if (shot->id_save != NULL)
		*shot->id_save = cm_get16(ip + 4);
}

static void
again(struct gen_sim *s, const struct gen_frame *f)
{
	struct gen_shot shot = f->shot;
	uint8_t *ip = s->scratch;

	memcpy(ip, f->dgram + GEN_LINK_MAX, f->len);
	if (shot.dup_ttl > 0)
		gen_wire_set_ttl(ip, (uint8_t)((ip[0] >> 4 == 6 ? ip[7] : ip[8]) - shot.dup_ttl));
	shot.t += shot.dup_dt;
	shot.dup_dt = 0;
	shot.tag = 0;
	shot.id_counter = NULL;
	shot.id_copy = NULL;
	shot.id_save = NULL;
	gen_sim_shoot(s, &shot, ip, f->len);
}

int64_t
gen_sim_clock(const struct gen_sim *s, int64_t t)
{
	int64_t ms = (t - s->t0) / GEN_MS; /* a microsecond of drift takes a millisecond at least */

	return t + s->skew + (s->drift_ppb == 0 ? 0 : ms * s->drift_ppb / 1000);
}

/* What was planted counts its frames, and marks them where that is wanted. */
static void
tell_planted(struct gen_sim *s, const struct gen_shot *shot, const uint8_t *ip, int64_t t)
{
	uint64_t frame = s->frames + s->sink.others;
	const struct gen_plant *p = &s->story.plant[shot->plant];
	struct gen_mark m = { .frame = frame, .class = p->kind, .kind = p->truth };

	gen_story_seen(&s->story, shot->plant, frame, t);
	if (!s->o.mark_planted || shot->tag != 0)
		return;
	gen_wire_flow(m.flow, sizeof(m.flow), ip);
	(void)gen_truth_mark(&s->truth, &m);
}

static void
write_frame(struct gen_sim *s, struct gen_frame *f)
{
	struct gen_shot *shot = &f->shot;
	uint8_t *ip = f->dgram + GEN_LINK_MAX;
	uint32_t pad = shot->pad;
	bool to_near = shot->to_client != s->server_near;
	size_t link;
	struct gen_record r;

	draw_id(f);
	if (shot->relay != 0 && s->relay != NULL)
		s->relay(s, shot, ip, f->len);
	if ((shot->relay & 3) == 2 || shot->t < s->since || (s->until != 0 && shot->t >= s->until))
		return;
	link = gen_wire_link(ip, (enum gen_link)shot->link, shot->v6, to_near);
	if (shot->mac != 0 && link >= 14) {
		memset(ip - link, 0xff, 6);
		cm_put16(ip - link + 6, (uint16_t)(shot->mac >> 32));
		cm_put32(ip - link + 8, (uint32_t)shot->mac);
	}
	if (shot->link == GEN_LINK_PPPOE || shot->link == GEN_LINK_PPPOE_QINQ)
		cm_put16(ip - 4, (uint16_t)(f->len + 2));
	/* what comes from the far side has been on a wire, and is padded to 60 bytes */
	if (gen_wire_linktype((enum gen_link)shot->link) == 1 && to_near && !s->o.unchecked_pad &&
	    link + f->len + pad < 60)
		pad = (uint32_t)(60 - link - f->len);
	memset(ip + f->len, 0, pad);
	s->frames++;
	r = (struct gen_record) { .t_ns = gen_sim_clock(s, shot->t) + shot->stamp_shift,
		.data = ip - link,
		.len = (uint32_t)link + f->len + pad,
		.iface = shot->iface,
		.comment = shot->comment };
	gen_sink_frame(&s->sink, &r);
	gen_truth_seen(&s->truth, shot->tag, s->frames + s->sink.others);
	if (shot->plant != 0)
		tell_planted(s, shot, ip, r.t_ns);
	if (shot->dup_dt > 0)
		again(s, f);
	s->failed |= s->sink.failed;
	s->full |= (s->o.packets != 0 && s->frames >= s->o.packets) ||
		   (s->o.bytes != 0 && s->sink.bytes >= s->o.bytes);
}

static void
write_note(struct gen_sim *s, const struct gen_frame *f)
{
	if (s->notes == NULL || f->shot.t < s->since || (s->until != 0 && f->shot.t >= s->until))
		return;
	if (fwrite(f->dgram + GEN_LINK_MAX, 1, f->len, s->notes) != f->len)
		s->failed = true;
}

void
gen_sim_note(struct gen_sim *s, int64_t t, const char *text, size_t len)
{
	struct gen_shot shot = { .t = t, .note = true };

	gen_sim_shoot(s, &shot, (const uint8_t *)text, len);
}

void
gen_sim_advance(struct gen_sim *s, int64_t t)
{
	while (s->n > 0 && s->heap[0]->shot.t < t - (t == INT64_MAX ? 0 : s->lag)) {
		struct gen_frame *f = heap_pop(s);

		if (f->shot.note)
			write_note(s, f);
		else if (!s->full && !s->failed)
			write_frame(s, f);
		free(f);
	}
	if (t > s->t && t != INT64_MAX)
		s->t = t;
}

bool
gen_sim_end(struct gen_sim *s)
{
	gen_sim_advance(s, INT64_MAX);
	return gen_sink_end(&s->sink) && !s->failed;
}

void
gen_sim_release(struct gen_sim *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->heap[i]);
	free(s->heap);
	free(s->pool);
	free(s->hosts);
	gen_truth_release(&s->truth);
	gen_story_release(&s->story);
	cm_buf_release(&s->sink.buf);
}

uint16_t *
gen_sim_slot(struct gen_sim *s)
{
	return &s->id_slots[s->next_slot++ & 0xffff];
}
