/* traffic/scanners.h -- per source, what it tried: different hosts and ports, and what came of it.
 *
 * Every source that opens something has an entry, with its first targets one by one; from
 * CM_SCAN_FEW targets on, sketches.  The one that tried least makes way.  TCP and UDP
 * have a table each.  Private to src/traffic. */
#ifndef CM_TRAFFIC_SCANNERS_H
#define CM_TRAFFIC_SCANNERS_H

#include "traffic/bins.h"
#include "traffic/roster.h"
#include "traffic/sketch.h"
#include "traffic/targets.h"

#define CM_SCAN_FEW 20u
#define CM_SCAN_BITS 12u
#define CM_SCAN_BITS_SMALL 10u

/* What happened to a target. */
enum cm_tried { CM_TRIED, CM_TRIED_ACCEPTS, CM_TRIED_REFUSES, CM_TRIED_SAID, CM_TRIED_KINDS };

struct cm_scan_sketch {
	uint32_t owner; /* entry number */
	uint8_t targets[1u << CM_SCAN_BITS];
	uint8_t hosts[1u << CM_SCAN_BITS_SMALL];
	uint8_t ports[1u << CM_SCAN_BITS_SMALL];
	uint8_t became[CM_TRIED_KINDS - 1][1u << CM_SCAN_BITS_SMALL];
	uint64_t known[64]; /* targets tried before, by hash */
	struct cm_bins bins; /* in: probes; out: answers */
};

struct cm_scanner {
	struct cm_entry at;
	uint32_t sketch; /* number + 1; 0: none */
	uint32_t n;	 /* targets in the list */
	int64_t first_ns, last_ns;
	cm_packet_id first, last;
	uint64_t bytes;
	uint32_t probes, odd, acks, accepted, refused;
	uint32_t second, now, peak;
	uint32_t likeness[4];
	struct cm_host host; /* of most new targets, if there is one of most */
	uint16_t port;
	uint32_t fresh, few_options; /* first probes of a target; with fewer options than a system's */
	uint32_t host_votes, port_votes;
	uint32_t became[CM_TRIED_KINDS]; /* bits of the list */
	uint32_t tried_host[CM_SCAN_FEW];
	uint16_t tried_port[CM_SCAN_FEW];
};

struct cm_scanners {
	struct cm_roster hosts;
	struct cm_scan_sketch **sketch;
	uint32_t max_sketches, n_sketches, hand;
	uint64_t evicted; /* sketches */
	uint8_t proto;
	bool any;	  /* a source with several targets: worth looking at who talks */
	uint64_t several[64]; /* sources with several targets, by hash */
	uint32_t *seen;	  /* UDP: flows seen not long ago, by hash of both ends */
};

CM_RESULT cm_scanners_init(struct cm_scanners *s, uint8_t proto, size_t memory, uint64_t seed);
void cm_scanners_fini(struct cm_scanners *s);

CM_RESULT cm_scanners_tcp(struct cm_scanners *s, const struct cm_seen *e, uint32_t second);
CM_RESULT cm_scanners_udp(struct cm_scanners *s, const struct cm_seen *e, uint32_t second);

/* Different targets, or of them those to which ${k} happened; different hosts and ports. */
uint64_t cm_scanner_tried(const struct cm_scanners *s, const struct cm_scanner *c, enum cm_tried k);
uint64_t cm_scanner_hosts(const struct cm_scanners *s, const struct cm_scanner *c);
uint64_t cm_scanner_ports(const struct cm_scanners *s, const struct cm_scanner *c);

/* What a packet is to the scan of ${source}: a probe, what came of it, or nothing. */
enum cm_scan_role { CM_SCAN_NONE, CM_SCAN_PROBE, CM_SCAN_WEIGHS };
enum cm_scan_role cm_scan_role(const struct cm_host *source, uint8_t proto, enum cm_class is,
    const struct cm_packet *p);

#endif
