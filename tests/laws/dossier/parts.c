#include <stdlib.h>
#include <string.h>

#include "parts.h"

#define FILE_HEAD 24u
#define RECORD_HEAD 16u
#define ETHERNET 14u
#define IP_HEAD 20u
#define FRAME_MAX 65536u

struct cutting {
	const struct parts_how *how;
	struct cm_buf *out;
	const uint8_t *record; /* its head */
};

static uint32_t
get_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
put_le32(uint8_t *p, size_t v)
{
	size_t i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
add_frame(const struct cutting *c, const uint8_t *frame, size_t len)
{
	uint8_t head[RECORD_HEAD];

	memcpy(head, c->record, 8);
	put_le32(head + 8, len);
	put_le32(head + 12, len);
	cm_buf_add(c->out, head, sizeof(head));
	cm_buf_add(c->out, frame, len);
}

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
sum_header(uint8_t *ip)
{
	uint32_t sum = 0;
	size_t i;

	put16(ip + 10, 0);
	for (i = 0; i < IP_HEAD; i += 2)
		sum += get16(ip + i);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~sum & 0xffff);
}

/* A frame whose datagram is ${body} behind an IP header, in pieces. */
static void
add_datagram(const struct cutting *c, const uint8_t *frame, const uint8_t *body, size_t len)
{
	size_t piece = c->how->piece != 0 ? c->how->piece : FRAME_MAX, at, n;
	uint8_t *part = malloc(ETHERNET + IP_HEAD + len);

	if (part == NULL)
		abort();
	memcpy(part, frame, ETHERNET + IP_HEAD);
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		put16(part + ETHERNET + 2, IP_HEAD + n);
		put16(part + ETHERNET + 6, (at + n < len ? 0x2000u : 0) | at / 8);
		sum_header(part + ETHERNET);
		memcpy(part + ETHERNET + IP_HEAD, body + at, n);
		add_frame(c, part, ETHERNET + IP_HEAD + n);
	}
	free(part);
}

/* Another identification, and the last bytes of its payload one higher or lower. */
static void
add_damaged(const struct cutting *c, const uint8_t *frame, const uint8_t *body, size_t len)
{
	uint8_t head[ETHERNET + IP_HEAD], *copy = malloc(len);
	size_t i;

	if (copy == NULL)
		abort();
	memcpy(head, frame, sizeof(head));
	memcpy(copy, body, len);
	head[ETHERNET + 4] ^= 0x11;
	for (i = len - 8; i < len; i++)
		copy[i] = (uint8_t)(copy[i] ^ 1);
	copy[len - 1] ^= 0x40; /* whatever the others add up to */
	add_datagram(c, head, copy, len);
	free(copy);
}

/* DNS answers, and TCP with enough data. */
static bool
is_chosen(const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETHERNET;

	if (len < ETHERNET + IP_HEAD + 8 || get16(frame + 12) != 0x0800 || ip[0] != 0x45 ||
	    get16(ip + 2) < IP_HEAD + 8 || get16(ip + 2) > len - ETHERNET)
		return false;
	return (ip[9] == 6 && get16(ip + 2) >= 80) || (ip[9] == 17 && get16(ip + 20) == 53);
}

static void
add_record(const struct cutting *c, const uint8_t *frame, size_t len, uint32_t *nth)
{
	const uint8_t *body = frame + ETHERNET + IP_HEAD;
	size_t n;

	if (!is_chosen(frame, len)) {
		add_frame(c, frame, len);
		return;
	}
	n = get16(frame + ETHERNET + 2) - IP_HEAD;
	if (++*nth == c->how->damaged)
		add_damaged(c, frame, body, n);
	add_datagram(c, frame, body, n);
}

struct cm_buf
parts_made(struct cm_span pcap, const struct parts_how *how)
{
	struct cm_buf out = { 0 };
	struct cutting c = { how, &out, NULL };
	size_t at = FILE_HEAD, len;
	uint32_t nth = 0;

	cm_buf_add_span(&out, cm_span_part(pcap, 0, FILE_HEAD));
	while (at + RECORD_HEAD <= pcap.len) {
		c.record = pcap.ptr + at;
		len = get_le32(c.record + 8);
		at += RECORD_HEAD;
		if (len > pcap.len - at)
			break;
		add_record(&c, pcap.ptr + at, len, &nth);
		at += len;
	}
	return out;
}
