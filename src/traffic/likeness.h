/* traffic/likeness.h -- openings that look like those of a known tool.  Likeness, no proof.
 * Private to src/traffic. */
#ifndef CM_TRAFFIC_LIKENESS_H
#define CM_TRAFFIC_LIKENESS_H

#include "capture/packet.h"

enum cm_likeness {
	CM_LIKE_NMAP,	 /* window 1024 to 4096 in steps of 1024, and MSS 1460 as the only option */
	CM_LIKE_MASSCAN, /* IP id is address ^ port ^ sequence number of the destination */
	CM_LIKE_ZMAP,	 /* IP id 54321 */
	CM_LIKE_MIRAI	 /* sequence number is the destination's address */
};

/* Adds one to those of ${n} that the packet, an opening, looks like. */
void cm_likeness_count(uint32_t n[4], const struct cm_packet *p);

/* What nearly all of ${of} packets looked like; NULL: nothing known. */
const char *cm_likeness_name(const uint32_t n[4], uint64_t of, bool scan);

#endif
