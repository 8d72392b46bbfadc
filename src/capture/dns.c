#include <string.h>

#include "capture/dns.h"

#define JUMPS 16u
#define NAME_MAX_BYTES 255u

/* FNV-1a: names a value inside one run; nothing is proven by it. */
static uint64_t
hash_byte(uint64_t h, uint8_t b)
{
	return (h ^ b) * UINT64_C(0x100000001b3);
}

static uint64_t
hash_bytes(uint64_t h, struct cm_span s)
{
	for (size_t i = 0; i < s.len; i++)
		h = hash_byte(h, s.ptr[i]);
	return h;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

struct name {
	uint64_t folded, spelling;
};

static void
hash_label(struct name *n, struct cm_span label)
{
	n->folded = hash_byte(n->folded, (uint8_t)label.len);
	n->spelling = hash_byte(n->spelling, (uint8_t)label.len);
	for (size_t i = 0; i < label.len; i++) {
		n->folded = hash_byte(n->folded, fold(label.ptr[i]));
		n->spelling = hash_byte(n->spelling, label.ptr[i]);
	}
}

/* Moves the cursor behind the name that stands there, and reads it unless ${n} is NULL;
 * false if it is none. */
static bool
read_name(struct cm_cursor *c, struct name *n)
{
	struct cm_cursor at = *c;
	size_t total = 0, limit = c->pos;
	unsigned jumps = 0;

	if (n != NULL)
		*n = (struct name) { HASH_START, HASH_START };
	for (;;) {
		uint8_t len = cm_cursor_u8(&at);

		if (at.bad || (len & 0xc0) == 0x40 || (len & 0xc0) == 0x80)
			return false;
		if (len < 0x40) {
			struct cm_span label = cm_cursor_take(&at, len);

			if (n != NULL)
				hash_label(n, label);
			total += len + 1u;
			if (at.bad || total > NAME_MAX_BYTES)
				return false;
			if (jumps == 0)
				*c = at;
			if (len == 0)
				return true;
			continue;
		}
		/* A pointer must lead backwards, so that no loop can be built. */
		size_t to = (size_t)(len & 0x3f) << 8 | cm_cursor_u8(&at);

		if (at.bad || to >= limit || ++jumps > JUMPS)
			return false;
		if (jumps == 1)
			*c = at;
		limit = at.pos = to;
	}
}

static bool
read_record(struct cm_cursor *c, struct cm_dns *out)
{
	struct name target;
	uint16_t type, len;
	struct cm_cursor inner;
	struct cm_span data;
	uint64_t h;

	if (!read_name(c, NULL)) /* its owner: the question's, as a rule */
		return false;
	type = cm_cursor_u16(c);
	(void)cm_cursor_u16(c); /* class */
	(void)cm_cursor_u32(c); /* TTL counts down in caches: no part of the answer */
	len = cm_cursor_u16(c);
	inner = *c;
	data = cm_cursor_take(c, len);
	if (c->bad)
		return false;
	h = hash_byte(hash_byte(HASH_START, (uint8_t)(type >> 8)), (uint8_t)type);
	/* Names inside may be compressed differently: compare them unpacked. */
	if ((type == CM_DNS_CNAME || type == CM_DNS_NS) && read_name(&inner, &target))
		h ^= target.folded * 3;
	else
		h = hash_bytes(h, data);
	out->answers += h * UINT64_C(0x9fb21c651e98df25);
	if (type == CM_DNS_A && len == 4 && out->n_a++ == 0)
		memcpy(out->first_a, data.ptr, 4);
	if (type == CM_DNS_AAAA && len == 16)
		out->n_aaaa++;
	out->n_read++;
	return true;
}

CM_RESULT
cm_dns_parse(struct cm_span message, struct cm_dns *out)
{
	struct cm_cursor c = cm_cursor_of(message);
	struct cm_dns d = { 0 };
	uint16_t flags, questions;
	struct name name;

	d.id = cm_cursor_u16(&c);
	flags = cm_cursor_u16(&c);
	questions = cm_cursor_u16(&c);
	d.n_answers = cm_cursor_u16(&c);
	(void)cm_cursor_u32(&c);
	if (c.bad || questions != 1 || !read_name(&c, &name))
		return CM_E_MALFORMED;
	d.qtype = cm_cursor_u16(&c);
	d.qclass = cm_cursor_u16(&c);
	if (c.bad)
		return CM_E_MALFORMED;
	d.response = (flags & 0x8000) != 0;
	d.aa = (flags & 0x0400) != 0;
	d.tc = (flags & 0x0200) != 0;
	d.rd = (flags & 0x0100) != 0;
	d.ra = (flags & 0x0080) != 0;
	d.rcode = flags & 15;
	d.name = name.folded;
	d.spelling = name.spelling;
	while (d.n_read < d.n_answers && d.n_read < CM_DNS_RECORDS && read_record(&c, &d))
		;
	*out = d;
	return CM_OK;
}
