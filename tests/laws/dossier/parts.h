/* A capture with its datagrams in fragments, and with a damaged copy of one. */
#ifndef CM_LAWS_DOSSIER_PARTS_H
#define CM_LAWS_DOSSIER_PARTS_H

#include "base/buf.h"

struct parts_how {
	size_t piece;	 /* a multiple of 8: DNS answers and TCP data in parts of so many bytes; 0: whole */
	uint32_t damaged; /* before the so-manieth of these, from 1, a copy with a bad checksum; 0: none */
};

/* ${pcap} is a little-endian pcap of Ethernet frames; what is not IPv4 is left as it is. */
struct cm_buf parts_made(struct cm_span pcap, const struct parts_how *how);

#endif
