#include <stdlib.h>
#include <string.h>

#include "capture/fragment.h"

struct key {
	uint8_t addr[32];
	uint32_t id;
	uint8_t net;
	uint8_t proto; /* 0 for IPv6 */
};

/* A datagram under way: bytes, and a bit for each 8 that are there. */
struct slot {
	bool used;
	bool has_head; /* the part with offset 0 came, with the headers */
	struct key key;
	int64_t t_last;
	uint64_t age;	   /* count at the first part: the oldest has the smallest */
	cm_packet_id *part; /* the parts that came, */
	uint32_t parts;	    /* so many of them, */
	uint32_t max_parts; /* with room for so many */
	uint32_t total;	   /* bytes behind the IP header, known with the last part; else 0 */
	uint32_t have;	   /* bytes there */
	uint32_t end;	   /* of the part that reaches farthest */
	uint32_t head_len; /* IPv4 header without options, or IPv6 header with extensions */
	uint32_t cap;
	uint8_t *bytes; /* head room, then the bytes */
	uint8_t *there; /* one bit for 8 bytes */
};

/* Room in front of a datagram for its rebuilt IP header: 40 bytes of IPv6. */
enum { HEAD_ROOM = 40 };

struct cm_fragments {
	struct slot slots[CM_FRAGMENT_SLOTS];
	struct cm_fragment_stats stats;
	size_t budget, used;
	uint64_t count;
	uint8_t *done; /* memory of the datagram handed out last, */
	cm_packet_id *done_part; /* and of its parts' ids */
};

enum cm_result
cm_fragments_new(size_t budget, struct cm_fragments **out)
{
	struct cm_fragments *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return CM_E_NOMEM;
	f->budget = budget;
	*out = f;
	return CM_OK;
}

static size_t
slot_size(const struct slot *s)
{
	size_t ids = s->max_parts * sizeof(s->part[0]);

	return ids + (s->cap == 0 ? 0 : (size_t)s->cap + HEAD_ROOM + s->cap / 64);
}

static void
slot_clear(struct cm_fragments *f, struct slot *s)
{
	f->used -= slot_size(s);
	free(s->bytes);
	free(s->there);
	free(s->part);
	*s = (struct slot) { 0 };
}

static void
slot_drop(struct cm_fragments *f, struct slot *s)
{
	f->stats.lost += s->parts;
	slot_clear(f, s);
}

static struct slot *
oldest(struct cm_fragments *f, const struct slot *but)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < CM_FRAGMENT_SLOTS; i++) {
		struct slot *s = &f->slots[i];

		if (s->used && s != but && (best == NULL || s->age < best->age))
			best = s;
	}
	return best;
}

static struct key
key_of(const struct cm_frame *part, const struct cm_layers *l)
{
	struct key k;

	memset(&k, 0, sizeof(k));
	memcpy(k.addr, part->data.ptr + l->src_at, l->addr_len);
	memcpy(k.addr + 16, part->data.ptr + l->dst_at, l->addr_len);
	k.id = l->frag_id;
	k.net = l->net;
	if (l->net == 4)
		k.proto = l->proto;
	return k;
}

static bool
key_eq(const struct key *a, const struct key *b)
{
	return a->id == b->id && a->net == b->net && a->proto == b->proto &&
	    memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

/* The slot of ${k}, a free one, or NULL; on the way, drops what has timed out. */
static struct slot *
look_up(struct cm_fragments *f, const struct key *k, int64_t now)
{
	struct slot *unused = NULL;

	for (size_t i = 0; i < CM_FRAGMENT_SLOTS; i++) {
		struct slot *s = &f->slots[i];

		if (s->used && now > s->t_last &&
		    (uint64_t)now - (uint64_t)s->t_last > CM_FRAGMENT_TIMEOUT_NS)
			slot_drop(f, s);
		if (s->used && key_eq(&s->key, k))
			return s;
		if (!s->used && unused == NULL)
			unused = s;
	}
	return unused;
}

static struct slot *
take_slot(struct cm_fragments *f, const struct cm_frame *part, const struct cm_layers *l)
{
	struct key k = key_of(part, l);
	struct slot *s = look_up(f, &k, part->t_ns);

	if (s == NULL) {
		s = oldest(f, NULL);
		slot_drop(f, s);
	}
	if (!s->used) {
		s->used = true;
		s->key = k;
		s->t_last = part->t_ns;
		s->age = f->count++;
	}
	if (part->t_ns > s->t_last)
		s->t_last = part->t_ns;
	return s;
}

/* Room in the budget for ${more} bytes, at the cost of older datagrams. */
static bool
afford(struct cm_fragments *f, const struct slot *s, size_t more)
{
	struct slot *victim;

	while (f->used + more > f->budget && (victim = oldest(f, s)) != NULL)
		slot_drop(f, victim);
	return f->used + more <= f->budget;
}

static bool
note_part(struct cm_fragments *f, struct slot *s, cm_packet_id id)
{
	if (s->parts == s->max_parts) {
		uint32_t max = s->max_parts == 0 ? 16 : s->max_parts * 2;
		size_t more = (max - s->max_parts) * sizeof(s->part[0]);
		cm_packet_id *part;

		if (max > CM_FRAGMENT_PARTS_MAX || !afford(f, s, more))
			return false;
		part = realloc(s->part, max * sizeof(s->part[0]));
		if (part == NULL)
			return false;
		s->part = part;
		s->max_parts = max;
		f->used += more;
	}
	s->part[s->parts++] = id;
	return true;
}

/* Makes room for ${need} bytes of the datagram, at the cost of older ones. */
static bool
reserve(struct cm_fragments *f, struct slot *s, uint32_t need)
{
	uint32_t cap = s->cap == 0 ? 4096 : s->cap;
	uint8_t *bytes, *there;
	size_t more;

	while (cap < need)
		cap *= 2;
	if (cap == s->cap)
		return true;
	more = cap - s->cap + (cap - s->cap) / 64 + (s->cap == 0 ? HEAD_ROOM : 0);
	if (!afford(f, s, more))
		return false;
	bytes = realloc(s->bytes, (size_t)cap + HEAD_ROOM);
	if (bytes == NULL)
		return false;
	s->bytes = bytes;
	there = realloc(s->there, cap / 64);
	if (there == NULL)
		return false;
	memset(there + s->cap / 64, 0, (cap - s->cap) / 64);
	s->there = there;
	f->used += more;
	s->cap = cap;
	return true;
}

/* First come, first served: what is there already stays.  Parts begin at
 * multiples of 8, so one bit stands for 8 bytes; only the last may be short. */
static void
merge(struct cm_fragments *f, struct slot *s, uint32_t at, struct cm_span data)
{
	uint8_t *to = s->bytes + HEAD_ROOM + at;
	bool overlap = false, conflict = false;

	for (uint32_t i = 0; i < data.len; i += 8) {
		uint32_t unit = (at + i) / 8, len = data.len - i < 8 ? (uint32_t)data.len - i : 8;
		uint8_t bit = (uint8_t)(1u << (unit & 7)), *map = &s->there[unit / 8];

		if (*map & bit) {
			overlap = true;
			conflict |= memcmp(to + i, data.ptr + i, len) != 0;
			continue;
		}
		*map |= bit;
		memcpy(to + i, data.ptr + i, len);
		s->have += len;
	}
	if (at + (uint32_t)data.len > s->end)
		s->end = at + (uint32_t)data.len;
	f->stats.overlaps += overlap;
	f->stats.conflicts += conflict;
}

/* The header that the whole datagram would have had: fragment fields cleared,
 * IPv4 options and IPv6 extension headers in front of the fragment header left out. */
static void
build_header(struct slot *s, const struct cm_frame *part, const struct cm_layers *l)
{
	const uint8_t *ip = part->data.ptr + l->net_at;
	uint8_t *to;

	s->has_head = true;
	if (l->net == 4) {
		s->head_len = 20;
		to = s->bytes + HEAD_ROOM - 20;
		memcpy(to, ip, 20);
		to[0] = 0x45;
		to[6] &= 0x40;
		to[7] = 0;
		return;
	}
	s->head_len = 40;
	to = s->bytes;
	memcpy(to, ip, 40);
	to[6] = part->data.ptr[l->frag_at - 8]; /* the Fragment header's next header */
}

/* The length as the header can say it; 0, to the end, where it can not. */
static void
set_length(struct slot *s)
{
	uint32_t len = s->total + (s->key.net == 4 ? 20 : 0);
	uint8_t *head = s->bytes + HEAD_ROOM - s->head_len;

	cm_put16(head + (s->key.net == 4 ? 2 : 4), len > 0xffff ? 0 : (uint16_t)len);
}

static void
hand_out(struct cm_fragments *f, struct slot *s, const struct cm_frame *last, struct cm_frame *whole)
{
	uint32_t len = s->total + s->head_len;

	set_length(s);
	f->stats.datagrams++;
	free(f->done);
	f->done = s->bytes;
	free(f->done_part);
	f->done_part = s->part;
	*whole = (struct cm_frame) {
		.id = last->id,
		.offset = last->offset,
		.t_ns = last->t_ns,
		.parts = s->part,
		.n_parts = s->parts,
		.data = cm_span_of(s->bytes + HEAD_ROOM - s->head_len, len),
		.orig_len = len,
		.linktype = s->key.net == 4 ? CM_LINK_IPV4 : CM_LINK_IPV6,
	};
	s->bytes = NULL;
	s->part = NULL;
	slot_clear(f, s);
}

/* A part is of use if all of it was captured and it can be part of a datagram. */
static bool
usable(const struct cm_layers *l, uint32_t len)
{
	if (!l->length_known || l->payload_end != l->datagram_end || len == 0)
		return false;
	if (l->frag_more && len % 8 != 0)
		return false;
	return l->frag_off + len <= CM_FRAGMENT_BYTES_MAX;
}

enum cm_result
cm_fragments_add(struct cm_fragments *f, const struct cm_frame *part, const struct cm_layers *layers,
    struct cm_frame *whole)
{
	const struct cm_layers *l = layers;
	uint32_t len = l->payload_end - l->frag_at;
	struct slot *s;

	f->stats.parts++;
	if (!usable(l, len)) {
		f->stats.lost++;
		return CM_E_NOTFOUND;
	}
	s = take_slot(f, part, l);
	if (!note_part(f, s, part->id) || !reserve(f, s, l->frag_off + len)) {
		f->stats.lost += s->parts == 0;
		slot_drop(f, s);
		return CM_E_NOMEM;
	}
	merge(f, s, l->frag_off, cm_span_part(part->data, l->frag_at, len));
	if (l->frag_off == 0 && !s->has_head)
		build_header(s, part, l);
	if (!l->frag_more && s->total == 0)
		s->total = l->frag_off + len;
	if (s->total != 0 && s->end > s->total) {
		/* Bytes beyond the end that the last part declares. */
		f->stats.conflicts++;
		slot_drop(f, s);
		return CM_E_NOTFOUND;
	}
	if (s->total == 0 || !s->has_head || s->have < s->total)
		return CM_E_NOTFOUND;
	hand_out(f, s, part, whole);
	return CM_OK;
}

void
cm_fragments_finish(struct cm_fragments *f)
{
	for (size_t i = 0; i < CM_FRAGMENT_SLOTS; i++)
		if (f->slots[i].used)
			slot_drop(f, &f->slots[i]);
}

const struct cm_fragment_stats *
cm_fragments_stats(const struct cm_fragments *f)
{
	return &f->stats;
}

void
cm_fragments_free(struct cm_fragments *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < CM_FRAGMENT_SLOTS; i++)
		slot_clear(f, &f->slots[i]);
	free(f->done);
	free(f->done_part);
	free(f);
}
