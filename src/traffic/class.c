#include "traffic/class.h"
#include "traffic/services.h"

#define OPENED (CM_OPEN_HEADERS | CM_OPEN_ADDRESSES)

static enum cm_class
tcp_class(uint8_t flags)
{
	if ((flags & CM_TCP_RST) != 0)
		return CM_CLASS_ANSWER;
	if ((flags & CM_TCP_SYN) != 0)
		return (flags & CM_TCP_ACK) != 0 ? CM_CLASS_ANSWER : CM_CLASS_SYN;
	return CM_CLASS_TCP;
}

enum cm_class
cm_class_of(const struct cm_packet *p)
{
	if (p->src.net == 0 || (p->open & OPENED) != OPENED)
		return CM_CLASS_NONE;
	if (p->fragment && !p->transport)
		return CM_CLASS_LATER;
	if (!p->transport || (p->fragment && p->proto != 17)) /* of TCP nobody sends parts */
		return CM_CLASS_OTHER;
	if (p->proto == 6)
		return tcp_class(p->flags);
	if (p->proto == 17)
		return p->sport != p->dport && cm_service_of(p->sport) != NULL ? CM_CLASS_SERVICE : CM_CLASS_UDP;
	return p->proto == 1 || p->proto == 58 ? CM_CLASS_ICMP : CM_CLASS_OTHER;
}

unsigned
cm_role_to(enum cm_class watch, uint16_t port, enum cm_class is, const struct cm_packet *p)
{
	switch (watch) {
	case CM_CLASS_SYN:
		if (is == CM_CLASS_TCP && (p->flags & CM_TCP_ACK) != 0)
			return (p->flags & CM_TCP_FIN) != 0 ? CM_ROLE_B | CM_ROLE_C : CM_ROLE_B;
		break;
	case CM_CLASS_ANSWER:
		if (is == CM_CLASS_TCP || is == CM_CLASS_SYN)
			return CM_ROLE_B;
		break;
	case CM_CLASS_TCP:
		if (is == CM_CLASS_SYN)
			return CM_ROLE_B;
		break;
	case CM_CLASS_SERVICE:
		return is == watch && p->sport == port ? CM_ROLE_IN : CM_ROLE_REST;
	case CM_CLASS_LATER:
		if (p->fragment && is != watch)
			return CM_ROLE_A;
		break;
	default:
		break;
	}
	return is == watch ? CM_ROLE_IN : CM_ROLE_REST;
}

static unsigned
from_syn(enum cm_class is, const struct cm_packet *p)
{
	if (is == CM_CLASS_ANSWER && (p->flags & CM_TCP_RST) == 0)
		return CM_ROLE_A;
	return is == CM_CLASS_TCP && (p->flags & CM_TCP_FIN) != 0 ? CM_ROLE_C : CM_ROLE_REST;
}

static unsigned
from_answer(enum cm_class is)
{
	if (is == CM_CLASS_SYN)
		return CM_ROLE_A;
	return is == CM_CLASS_TCP ? CM_ROLE_C : CM_ROLE_REST;
}

static unsigned
from_tcp(enum cm_class is, const struct cm_packet *p)
{
	if (is == CM_CLASS_ANSWER && (p->flags & CM_TCP_RST) != 0)
		return CM_ROLE_C;
	return is == CM_CLASS_ANSWER || is == CM_CLASS_TCP ? CM_ROLE_A : CM_ROLE_REST;
}

unsigned
cm_role_from(enum cm_class watch, uint16_t port, enum cm_class is, const struct cm_packet *p)
{
	switch (watch) {
	case CM_CLASS_SYN:
		return from_syn(is, p);
	case CM_CLASS_ANSWER:
		return from_answer(is);
	case CM_CLASS_TCP:
		return from_tcp(is, p);
	case CM_CLASS_SERVICE:
		return p->proto == 17 && p->transport && p->dport == port ? CM_ROLE_A : CM_ROLE_REST;
	case CM_CLASS_UDP:
		if (is == CM_CLASS_ICMP && p->quoted)
			return CM_ROLE_B;
		return is == CM_CLASS_UDP || is == CM_CLASS_SERVICE ? CM_ROLE_A : CM_ROLE_C;
	case CM_CLASS_ICMP: /* and what an error is an answer to */
		return is == CM_CLASS_ICMP || is == CM_CLASS_UDP || is == CM_CLASS_SERVICE || is == CM_CLASS_SYN ?
		    CM_ROLE_A : CM_ROLE_REST;
	case CM_CLASS_OTHER:
		return is == watch ? CM_ROLE_A : CM_ROLE_REST;
	default:
		return CM_ROLE_REST;
	}
}

/* The value of the first option 53, if it was captured; else 0.  RFC 2131, RFC 2132 9.6. */
static uint8_t
lease_type(struct cm_span payload)
{
	struct cm_cursor c = cm_cursor_of(payload);

	(void)cm_cursor_take(&c, 240);
	while (cm_cursor_left(&c) > 0) {
		uint8_t kind = cm_cursor_u8(&c);
		struct cm_span value;

		if (kind == 0)
			continue;
		if (kind == 255)
			return 0;
		value = cm_cursor_take(&c, cm_cursor_u8(&c));
		if (c.bad)
			return 0;
		if (kind == 53)
			return value.len == 1 ? value.ptr[0] : 0;
	}
	return 0;
}

unsigned
cm_role_lease(const struct cm_packet *p)
{
	if (p->proto != 17 || !p->transport)
		return CM_ROLE_REST;
	if (p->dport == 68 || (p->sport == 67 && p->dport != 67))
		return CM_ROLE_A;
	if (p->dport != 67)
		return CM_ROLE_REST;
	switch ((p->open & CM_OPEN_PAYLOAD) != 0 ? lease_type(p->payload) : 0) {
	case 1:
		return CM_ROLE_IN | CM_ROLE_C;
	case 3:
		return CM_ROLE_IN | CM_ROLE_B;
	case 2:
	case 5:
	case 6: /* an answer that a relay forwards */
		return CM_ROLE_A;
	default:
		return CM_ROLE_IN;
	}
}

enum cm_class
cm_class_counted(enum cm_traffic_kind kind, uint8_t proto)
{
	switch (kind) {
	case CM_TRAFFIC_SYN:
		return CM_CLASS_SYN;
	case CM_TRAFFIC_REFLECTION:
		return CM_CLASS_ANSWER;
	case CM_TRAFFIC_AMPLIFICATION:
		return CM_CLASS_SERVICE;
	case CM_TRAFFIC_FRAGMENTS:
		return CM_CLASS_LATER;
	case CM_TRAFFIC_LEASES:
		return CM_CLASS_LEASES;
	case CM_TRAFFIC_VOLUME:
		break;
	default:
		return CM_CLASS_NONE;
	}
	if (proto == 6)
		return CM_CLASS_TCP;
	if (proto == 17)
		return CM_CLASS_UDP;
	return proto == 1 || proto == 58 ? CM_CLASS_ICMP : CM_CLASS_OTHER;
}
