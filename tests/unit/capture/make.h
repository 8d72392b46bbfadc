/* Small captures, written byte by byte, for the tests of the capture room. */
#ifndef TESTS_UNIT_CAPTURE_MAKE_H
#define TESTS_UNIT_CAPTURE_MAKE_H

#include "base/buf.h"

struct make {
	struct cm_buf out;
	bool big; /* byte order of what is written next */
};

static inline void
put16(struct make *m, uint16_t v)
{
	if (m->big) {
		cm_buf_add_u16(&m->out, v);
		return;
	}
	cm_buf_add_u8(&m->out, (uint8_t)v);
	cm_buf_add_u8(&m->out, (uint8_t)(v >> 8));
}

static inline void
put32(struct make *m, uint32_t v)
{
	put16(m, (uint16_t)(m->big ? v >> 16 : v));
	put16(m, (uint16_t)(m->big ? v : v >> 16));
}

static inline void
put_data(struct make *m, const void *data, size_t len)
{
	cm_buf_add(&m->out, data, len);
}

static inline void
pad4(struct make *m, size_t len)
{
	for (; len % 4 != 0; len++)
		cm_buf_add_u8(&m->out, 0);
}

static inline void
pcap_header(struct make *m, bool nano, uint32_t linktype)
{
	put32(m, nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put32(m, 0);
	put32(m, 262144);
	put32(m, linktype);
}

static inline void
pcap_record(struct make *m, uint32_t s, uint32_t fraction, struct cm_span data, uint32_t orig)
{
	put32(m, s);
	put32(m, fraction);
	put32(m, (uint32_t)data.len);
	put32(m, orig);
	cm_buf_add_span(&m->out, data);
}

/* A block around ${body}, whose length must be a multiple of 4. */
static inline void
block(struct make *m, uint32_t type, struct cm_span body)
{
	put32(m, type);
	put32(m, (uint32_t)body.len + 12);
	cm_buf_add_span(&m->out, body);
	put32(m, (uint32_t)body.len + 12);
}

static inline void
option(struct make *m, uint16_t code, const void *value, uint16_t len)
{
	put16(m, code);
	put16(m, len);
	put_data(m, value, len);
	pad4(m, len);
}

static inline void
section(struct make *m, uint64_t length)
{
	struct make b = { .big = m->big };

	put32(&b, 0x1a2b3c4d);
	put16(&b, 1);
	put16(&b, 0);
	put32(&b, (uint32_t)(m->big ? length >> 32 : length));
	put32(&b, (uint32_t)(m->big ? length : length >> 32));
	block(m, 0x0a0d0d0a, cm_buf_span(&b.out));
	cm_buf_release(&b.out);
}

/* ${tsresol}: 0 for none written. */
static inline void
iface(struct make *m, uint16_t linktype, uint32_t snaplen, uint8_t tsresol, uint64_t tsoffset)
{
	struct make b = { .big = m->big };
	uint8_t offset[8];

	put16(&b, linktype);
	put16(&b, 0);
	put32(&b, snaplen);
	if (tsresol != 0)
		option(&b, 9, &tsresol, 1);
	if (tsoffset != 0) {
		cm_put64(offset, tsoffset);
		for (int i = 0; !m->big && i < 4; i++) {
			uint8_t t = offset[i];

			offset[i] = offset[7 - i];
			offset[7 - i] = t;
		}
		option(&b, 14, offset, 8);
	}
	if (tsresol != 0 || tsoffset != 0)
		option(&b, 0, NULL, 0);
	block(m, 1, cm_buf_span(&b.out));
	cm_buf_release(&b.out);
}

static inline void
enhanced(struct make *m, uint32_t number, uint64_t ticks, struct cm_span data, const char *comment)
{
	struct make b = { .big = m->big };

	put32(&b, number);
	put32(&b, (uint32_t)(ticks >> 32));
	put32(&b, (uint32_t)ticks);
	put32(&b, (uint32_t)data.len);
	put32(&b, (uint32_t)data.len);
	cm_buf_add_span(&b.out, data);
	pad4(&b, data.len);
	if (comment != NULL) {
		option(&b, 1, comment, (uint16_t)cm_span_str(comment).len);
		option(&b, 0, NULL, 0);
	}
	block(m, 6, cm_buf_span(&b.out));
	cm_buf_release(&b.out);
}

static inline void
obsolete(struct make *m, uint16_t number, uint64_t ticks, struct cm_span data)
{
	struct make b = { .big = m->big };

	put16(&b, number);
	put16(&b, 0xffff);
	put32(&b, (uint32_t)(ticks >> 32));
	put32(&b, (uint32_t)ticks);
	put32(&b, (uint32_t)data.len);
	put32(&b, (uint32_t)data.len);
	cm_buf_add_span(&b.out, data);
	pad4(&b, data.len);
	block(m, 2, cm_buf_span(&b.out));
	cm_buf_release(&b.out);
}

static inline void
simple(struct make *m, uint32_t orig, struct cm_span data)
{
	struct make b = { .big = m->big };

	put32(&b, orig);
	cm_buf_add_span(&b.out, data);
	pad4(&b, data.len);
	block(m, 3, cm_buf_span(&b.out));
	cm_buf_release(&b.out);
}

/* ${len} zero bytes as a block of ${type}. */
static inline void
filler(struct make *m, uint32_t type, size_t len)
{
	struct cm_buf b = { 0 };

	for (size_t i = 0; i < len; i++)
		cm_buf_add_u8(&b, 0);
	block(m, type, cm_buf_span(&b));
	cm_buf_release(&b);
}

/* Ethernet, IPv4, TCP with MSS, NOP, window scale, timestamps and an option 30; "GET /". */
static const uint8_t frame_tcp[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, /* Ethernet */
	0x45, 0, 0, 69, 0x12, 0x34, 0x40, 0, 64, 6, 0xab, 0xcd, 10, 0, 0, 1, 198, 51, 100, 7, /* IPv4 */
	0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0xb0, 0x18, 1, 0xf6, 0xbe, 0xef, 0, 0, /* TCP */
	2, 4, 5, 0xb4, 1, 3, 3, 7, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8, 30, 4, 0xaa, 0xbb, 0, 0x77, /* options */
	'G', 'E', 'T', ' ', '/',
};

/* Ethernet, tag, IPv6, destination options, Fragment (first, more to come), UDP. */
static const uint8_t frame_ipv6[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 5, 0x86, 0xdd, /* Ethernet */
	0x60, 0, 0, 0, 0, 32, 60, 64, /* IPv6 */
	0x20, 1, 13, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* from */
	0x20, 1, 13, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, /* to */
	44, 0, 1, 4, 9, 9, 9, 9, /* destination options */
	17, 0, 0, 1, 0, 0, 0, 77, /* Fragment */
	0, 53, 0x30, 0x39, 0, 40, 0x12, 0x34, /* UDP */
	1, 2, 3, 4, 5, 6, 7, 8,
};

#endif
