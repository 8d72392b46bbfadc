/* traffic/class.h -- what a packet is to whoever gets it, and to what is being watched.
 *
 * A watch is a host and a class of packets to it.  Every packet to or from the host has a
 * role in it: IN is counted, A, B and C speak for or against; the rest is shown to
 * people and decides nothing, so that it need not be disclosed.  Private to src/traffic. */
#ifndef CM_TRAFFIC_CLASS_H
#define CM_TRAFFIC_CLASS_H

#include "traffic/traffic.h"

enum cm_class {
	CM_CLASS_SYN,
	CM_CLASS_ANSWER,  /* SYN-ACK or RST */
	CM_CLASS_TCP,	  /* all else of it */
	CM_CLASS_SERVICE, /* UDP from the port of a service that can amplify, to another port */
	CM_CLASS_UDP,
	CM_CLASS_ICMP,
	CM_CLASS_LATER,	  /* a fragment that is not the first */
	CM_CLASS_OTHER,
	CM_CLASSES,
	CM_CLASS_LEASES = CM_CLASSES, /* watched only: DHCP, of all hosts together */
	CM_CLASS_NONE
};

/*			A			B			C
 *	SYN	SYN-ACKs of the target	ACKs and data to it	FINs, both ways
 *	ANSWER	SYNs of the target	SYNs, ACKs, data to it	ACKs and data of the target
 *	TCP	the target's packets	SYNs to it		its resets
 *	SERVICE	queries to the service	-			-
 *	UDP	UDP of the target	its ICMP errors		all else it sends
 *	ICMP	its ICMP, UDP, SYNs
 *	LATER	first fragments to it
 *	OTHER	the target's
 *	LEASES	the servers' answers	requests		discoveries */
enum cm_role { CM_ROLE_REST = 0, CM_ROLE_IN = 1, CM_ROLE_A = 2, CM_ROLE_B = 4, CM_ROLE_C = 8 };

/* CM_CLASS_NONE: no IP, or addresses or headers are shut. */
enum cm_class cm_class_of(const struct cm_packet *p);

/* Of a packet of class ${is} to (or from) the target; ${port}: of the watched service. */
unsigned cm_role_to(enum cm_class watch, uint16_t port, enum cm_class is, const struct cm_packet *p);
unsigned cm_role_from(enum cm_class watch, uint16_t port, enum cm_class is, const struct cm_packet *p);

/* What a DHCP packet is to the watch of leases; else CM_ROLE_REST. */
unsigned cm_role_lease(const struct cm_packet *p);

/* The class that a kind of flood counts; CM_TRAFFIC_VOLUME also goes by protocol. */
enum cm_class cm_class_counted(enum cm_traffic_kind kind, uint8_t proto);

/* TCP flags that no stack sends: none, FIN without ACK, SYN with FIN or RST. */
static inline bool
cm_flags_odd(uint8_t flags)
{
	unsigned f = flags & 0x3fu;

	return (f & (CM_TCP_ACK | CM_TCP_RST | CM_TCP_SYN)) == 0 ||
	    ((f & CM_TCP_SYN) != 0 && (f & (CM_TCP_FIN | CM_TCP_RST)) != 0);
}

#endif
