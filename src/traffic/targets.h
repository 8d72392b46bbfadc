/* traffic/targets.h -- per host what it gets, and watches on what might be a flood.
 *
 * Every host that gets packets has an entry of 128 bytes with counts by class.  One that gets many
 * of a class that floods are made of gets a watch: counts over time and sketches of sources,
 * ports, shapes.  Watches take most of the memory; the quietest makes way.  Private to
 * src/traffic. */
#ifndef CM_TRAFFIC_TARGETS_H
#define CM_TRAFFIC_TARGETS_H

#include "traffic/bins.h"
#include "traffic/class.h"
#include "traffic/roster.h"
#include "traffic/sketch.h"

#define CM_SOURCES_BITS 12u

struct cm_target {
	struct cm_entry at; /* own: from it in that second, TCP but resets, and UDP; 255: so many or more */
	uint32_t second;	   /* in which `now` was counted */
	uint32_t watch;		   /* number + 1 of the first one; 0: none */
	uint8_t now[CM_CLASSES];   /* to it in that second; 255: so many or more */
	int64_t first_ns;
	cm_packet_id first, now_first; /* to it; in that second */
	uint32_t in[CM_CLASSES], out[CM_CLASSES];
};

/* What the packets of a watch are like: those of the seconds in which most came. */
struct cm_likes {
	uint64_t n;
	uint32_t seconds;      /* in which some of them came */
	uint32_t bare, resets; /* of them: no TCP options at all; RST */
	uint32_t likeness[4];  /* enum cm_likeness */
	struct cm_spread sources, octets, ports, clients;
	struct cm_top port, shape, size;
	uint8_t distinct[1u << CM_SOURCES_BITS];
}; /* clients: DHCP, by hardware address */

struct cm_watch {
	struct cm_host host; /* net 0: all */
	enum cm_class kind;
	uint16_t service;    /* UDP port; of CM_CLASS_SERVICE */
	uint8_t proto;	     /* of the packet that set it */
	uint32_t next;	     /* number + 1 of the same host's next one; 0: none */
	uint64_t in;
	uint32_t second, now, peak; /* packets in this second, and in the fullest */
	uint32_t last;	     /* in the one before */
	struct cm_likes likes;
	struct cm_bins bins;
};

struct cm_targets {
	struct cm_roster hosts;
	struct cm_watch **watch;
	uint32_t n_watches, max_watches, hand;
	uint32_t at_least[CM_CLASSES]; /* packets to a host in a second from which it is watched */
	uint64_t evicted;	       /* watches */
	uint64_t all[CM_CLASSES];
	int64_t second_ns;
	uint32_t second;
	uint32_t leases; /* watch number + 1 of DHCP */
};

/* What is known of a packet before it is counted. */
struct cm_seen {
	const struct cm_packet *p;
	enum cm_class is;
	int64_t t_ns;
	uint64_t src, dst;	     /* mixed with the seed */
};

CM_RESULT cm_targets_init(struct cm_targets *t, size_t memory, uint64_t seed, uint64_t thin);
void cm_targets_fini(struct cm_targets *t);

/* CM_E_NOMEM: no watch could be had, though one was due. */
CM_RESULT cm_targets_packet(struct cm_targets *t, const struct cm_seen *s);

#endif
