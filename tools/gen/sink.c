#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (1u << 20)

/* if_tsresol of interface 0, 1, 2, 3; interface 3 also has an if_tsoffset */
static const uint8_t resolutions[4] = { 6, 9, 0x80 | 30, 7 };
#define TS_OFFSET 1000000000

bool
gen_sink_flush(struct gen_sink *s)
{
	size_t at = 0;

	if (s->fd < 0)
		return !s->failed;
	while (!s->failed && at < s->buf.len) {
		ssize_t n = write(s->fd, s->buf.ptr + at, s->buf.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			s->failed = true;
		else
			at += (size_t)n;
	}
	cm_buf_clear(&s->buf);
	return !s->failed;
}

static void
u16(struct gen_sink *s, uint16_t v)
{
	if (s->be) {
		cm_buf_add_u16(&s->buf, v);
		return;
	}
	cm_buf_add_u8(&s->buf, (uint8_t)v);
	cm_buf_add_u8(&s->buf, (uint8_t)(v >> 8));
}

static void
u32(struct gen_sink *s, uint32_t v)
{
	uint8_t b[4];

	if (s->be)
		cm_put32(b, v);
	else
		cm_put32le(b, v);
	cm_buf_add(&s->buf, b, 4);
}

static void
pad4(struct gen_sink *s, size_t len)
{
	static const uint8_t zero[4];

	cm_buf_add(&s->buf, zero, (4 - len % 4) % 4);
}

static void
option(struct gen_sink *s, uint16_t code, const void *value, size_t len)
{
	u16(s, code);
	u16(s, (uint16_t)len);
	cm_buf_add(&s->buf, value, len);
	pad4(s, len);
}

static size_t
option_size(size_t len)
{
	return 4 + (len + 3) / 4 * 4;
}

static void
section_header(struct gen_sink *s)
{
	static const char app[] = "comity-gen";
	uint32_t len = (uint32_t)(28 + option_size(sizeof(app) - 1) + 4);

	u32(s, 0x0a0d0d0a);
	u32(s, len);
	u32(s, 0x1a2b3c4d);
	u16(s, 1);
	u16(s, 0);
	u32(s, 0xffffffff); /* length of the section: not told */
	u32(s, 0xffffffff);
	option(s, 4, app, sizeof(app) - 1);
	option(s, 0, NULL, 0);
	u32(s, len);
}

static void
interface_block(struct gen_sink *s, uint32_t i)
{
	uint8_t resol = resolutions[i];
	uint32_t len = 20u + (i == 0 ? 0u : 8u + 4u) + (i == 3 ? 12u : 0u);

	u32(s, 1);
	u32(s, len);
	u16(s, s->f.linktype);
	u16(s, 0);
	u32(s, s->f.snaplen);
	if (i > 0)
		option(s, 9, &resol, 1);
	if (i == 3) {
		u16(s, 14);
		u16(s, 8);
		u32(s, s->be ? 0 : TS_OFFSET);
		u32(s, s->be ? TS_OFFSET : 0);
	}
	if (i > 0)
		option(s, 0, NULL, 0);
	u32(s, len);
}

/* A name record that is empty, statistics, a block of a private number, an unknown block. */
static void
extra_blocks(struct gen_sink *s)
{
	static const uint8_t body[8] = { 'n', 'o', 't', 'h', 'i', 'n', 'g', 0 };

	u32(s, 4);
	u32(s, 20);
	u32(s, 0);
	u32(s, 0);
	u32(s, 20);
	u32(s, 5);
	u32(s, 24);
	u32(s, 0);
	u32(s, 0x0005f5e1);
	u32(s, 0x00000000);
	u32(s, 24);
	s->others++;
	u32(s, 0x00000bad);
	u32(s, 24);
	u32(s, 32473); /* the enterprise number kept for examples, RFC 5612 */
	cm_buf_add(&s->buf, body, 8);
	u32(s, 24);
	u32(s, 0x00c0ffee);
	u32(s, 20);
	cm_buf_add(&s->buf, body, 8);
	u32(s, 20);
}

static void
new_section(struct gen_sink *s)
{
	if (s->f.endian == GEN_MIXED)
		s->be = s->frames > 0 && !s->be;
	section_header(s);
	for (uint32_t i = 0; i < s->f.interfaces; i++)
		interface_block(s, i);
	if (s->f.extras)
		extra_blocks(s);
}

void
gen_sink_start(struct gen_sink *s, int fd, const struct gen_format *f)
{
	*s = (struct gen_sink) { .fd = fd, .f = *f, .be = f->endian == GEN_BE };
	if (s->f.interfaces == 0 || s->f.interfaces > 4)
		s->f.interfaces = 1;
	if (f->pcapng) {
		if (f->section_every == 0)
			new_section(s);
		return;
	}
	u32(s, f->nano ? 0xa1b23c4d : 0xa1b2c3d4);
	u16(s, 2);
	u16(s, 4);
	u32(s, 0);
	u32(s, 0);
	u32(s, f->snaplen == 0 ? 262144 : f->snaplen);
	u32(s, f->linktype);
}

static uint64_t
in_units(int64_t t_ns, uint32_t iface)
{
	uint64_t t = (uint64_t)t_ns;
	uint64_t sec;

	switch (iface) {
	case 1:
		return t;
	case 2:
		sec = t / 1000000000u;
		return sec << 30 | ((t % 1000000000u) << 30) / 1000000000u;
	case 3:
		return t / 100u - (uint64_t)TS_OFFSET * 10000000u;
	default:
		return t / 1000u;
	}
}

static void
packet_block(struct gen_sink *s, const struct gen_record *r, uint32_t cap, bool obsolete)
{
	uint64_t t = in_units(r->t_ns, r->iface);
	size_t note = r->comment == NULL ? 0 : strlen(r->comment);
	uint32_t len = 32 + (cap + 3) / 4 * 4 + (note == 0 ? 0 : (uint32_t)option_size(note) + 4);

	u32(s, obsolete ? 2 : 6);
	u32(s, len);
	if (obsolete) {
		u16(s, (uint16_t)r->iface);
		u16(s, 0xffff); /* drops: not told */
	} else {
		u32(s, r->iface);
	}
	u32(s, (uint32_t)(t >> 32));
	u32(s, (uint32_t)t);
	u32(s, cap);
	u32(s, r->len);
	cm_buf_add(&s->buf, r->data, cap);
	pad4(s, cap);
	if (note > 0) {
		option(s, 1, r->comment, note);
		option(s, 0, NULL, 0);
	}
	u32(s, len);
}

static void
simple_block(struct gen_sink *s, const struct gen_record *r, uint32_t cap)
{
	uint32_t len = 16 + (cap + 3) / 4 * 4;

	u32(s, 3);
	u32(s, len);
	u32(s, r->len);
	cm_buf_add(&s->buf, r->data, cap);
	pad4(s, cap);
	u32(s, len);
}

static void
pcapng_frame(struct gen_sink *s, const struct gen_record *r, uint32_t cap)
{
	if (s->f.section_every > 0 && s->frames % s->f.section_every == 0)
		new_section(s);
	if (s->f.odd_packets && s->frames % 11 == 10)
		simple_block(s, r, cap);
	else
		packet_block(s, r, cap, s->f.odd_packets && s->frames % 13 == 12);
}

static void
pcap_frame(struct gen_sink *s, const struct gen_record *r, uint32_t cap)
{
	uint64_t t = (uint64_t)r->t_ns;

	u32(s, (uint32_t)(t / 1000000000u));
	u32(s, (uint32_t)(t % 1000000000u / (s->f.nano ? 1u : 1000u)));
	u32(s, cap);
	u32(s, r->len);
	cm_buf_add(&s->buf, r->data, cap);
}

void
gen_sink_frame(struct gen_sink *s, const struct gen_record *r)
{
	uint32_t cap = s->f.snaplen != 0 && r->len > s->f.snaplen ? s->f.snaplen : r->len;
	size_t before = s->buf.len;

	if (s->f.pcapng)
		pcapng_frame(s, r, cap);
	else
		pcap_frame(s, r, cap);
	s->bytes += s->buf.len - before;
	s->frames++;
	if (!cm_buf_ok(&s->buf))
		s->failed = true;
	if (s->fd >= 0 && s->buf.len >= CHUNK)
		gen_sink_flush(s);
}

void
gen_sink_raw(struct gen_sink *s, const uint8_t *p, size_t len)
{
	cm_buf_add(&s->buf, p, len);
	s->bytes += len;
	if (s->fd >= 0 && s->buf.len >= CHUNK)
		gen_sink_flush(s);
}

bool
gen_sink_end(struct gen_sink *s)
{
	bool ok = gen_sink_flush(s);

	if (s->fd >= 0)
		cm_buf_release(&s->buf);
	return ok;
}
