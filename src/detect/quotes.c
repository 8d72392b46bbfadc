#include <stdlib.h>
#include <string.h>

#include "detect/quotes.h"

enum { TIME_EXCEEDED = 11, TIME_EXCEEDED_V6 = 3 };
enum { TCP = 6, ICMP = 1, ICMPV6 = 58 };

#define UNUSED 4u /* bytes between the ICMP header proper and what is quoted */

static void
host_of(const uint8_t *p, uint8_t net, struct cm_host *out)
{
	*out = (struct cm_host) { .net = net };
	memcpy(out->addr, p, net == 4 ? 4 : 16);
}

/* Where the quoted TCP header begins; 0: there is none. */
static size_t
inner(struct cm_span s, struct cm_quote *out)
{
	size_t header;

	if (s.len >= 20 && s.ptr[0] >> 4 == 4) {
		header = (size_t)(s.ptr[0] & 15) * 4;
		if (header < 20 || s.ptr[9] != TCP || (cm_get16(s.ptr + 6) & 0x1fff) != 0)
			return 0;
		host_of(s.ptr + 12, 4, &out->src);
		host_of(s.ptr + 16, 4, &out->dst);
		return header;
	}
	if (s.len < 40 || s.ptr[0] >> 4 != 6 || s.ptr[6] != TCP)
		return 0;
	host_of(s.ptr + 8, 6, &out->src);
	host_of(s.ptr + 24, 6, &out->dst);
	return 40;
}

bool
cm_quote_read(const struct cm_packet *p, struct cm_quote *out)
{
	uint16_t type = p->proto == ICMP ? TIME_EXCEEDED : TIME_EXCEEDED_V6;
	struct cm_span s = cm_span_part(p->payload, UNUSED, p->payload.len);
	size_t at;

	*out = (struct cm_quote) { .id = p->id, .router = p->src };
	if (!p->quoted || (p->proto != ICMP && p->proto != ICMPV6) || p->sport != type)
		return false;
	at = inner(s, out);
	if (at == 0 || s.len < at + 8) /* RFC 792: as many bytes of it are quoted at least */
		return false;
	out->sport = cm_get16(s.ptr + at);
	out->dport = cm_get16(s.ptr + at + 2);
	out->seq = cm_get32(s.ptr + at + 4);
	return true;
}

CM_RESULT
cm_quotes_packet(struct cm_quotes *q, const struct cm_packet *p)
{
	struct cm_quote it;

	if (!cm_quote_read(p, &it))
		return CM_OK;
	q->seen++;
	if (q->n == CM_QUOTES_MAX)
		return CM_OK;
	if (q->n == q->room) {
		uint32_t room = q->room == 0 ? 64 : q->room * 2;
		struct cm_quote *more = realloc(q->item, room * sizeof(*more));

		if (more == NULL)
			return CM_E_NOMEM;
		q->item = more;
		q->room = room;
	}
	q->item[q->n++] = it;
	return CM_OK;
}

void
cm_quotes_release(struct cm_quotes *q)
{
	free(q->item);
	*q = (struct cm_quotes) { 0 };
}
