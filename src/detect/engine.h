/* detect/engine.h -- packets in, incidents out.
 *
 * The one door to the detectors, for a whole capture (worker/scan) and for the
 * rows opened in a dossier (dossier/verify) alike.  Pure: no file, clock or
 * randomness; the same packets give the same incidents, whatever numbers the
 * packets carry as ids as long as their order is the same.
 *
 * Life: new, packet..., finish, read incidents, free. */
#ifndef CM_DETECT_ENGINE_H
#define CM_DETECT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/packet.h"
#include "detect/incident.h"

/* The published defaults are cm_params_default(); a finding made with others says so. */
struct cm_params {
	size_t memory;	      /* budget in bytes for flows, segments, models */
	uint32_t window;      /* segments of one flow looked at together */
	int forged_bits;      /* from here on a packet is `forged` */
	int break_bits;	      /* from here on a `stack-break` */
	bool support;	      /* compute the support of every incident (finish re-runs the engine) */
	uint64_t hash_seed;   /* against crafted collisions; no output depends on it */
};

struct cm_params cm_params_default(void);

/* What was looked at, and what could not be seen. */
struct cm_engine_stats {
	uint64_t packets;      /* handed in */
	uint64_t tcp_flows;    /* epochs */
	uint64_t udp_flows;
	uint64_t dns_messages;
	uint64_t one_sided;    /* TCP flows with packets of one direction only */
	uint64_t cut_short;    /* segments whose payload was not captured whole */
	uint64_t encrypted;    /* payload bytes in TLS, SSH or QUIC flows */
	uint64_t payload;      /* payload bytes in all */
	uint64_t fragments;    /* seen */
	uint64_t fragments_lost; /* parts that never became a datagram */
	uint64_t bad_checksums;
	uint64_t evicted_flows; /* judged early, or not at all, for want of memory */
	uint64_t evicted_candidates;
	uint64_t evicted_hosts; /* whose models were forgotten, to begin anew if they came again */
	uint64_t not_listed;  /* incidents beyond the first 100,000: counted only */
	uint64_t unsupported; /* incidents dropped: no packets still kept show them again */
};

struct cm_engine;
struct cm_across;

/* CM_E_NOMEM.  On success ${*out} is the caller's, to end with cm_engine_free. */
CM_RESULT cm_engine_new(const struct cm_params *params, struct cm_engine **out);

/* Looks at the next packet, in capture order.  The payload span must stay valid
 * until cm_engine_free if ${stable}, or else the bytes at its `keep`, if that is not
 * NULL; otherwise the engine copies what it keeps.
 * CM_E_NOMEM only when even eviction does not help. */
CM_RESULT cm_engine_packet(struct cm_engine *e, const struct cm_packet *p, bool stable);

/* Says that these ${n} packets come next: what they need is fetched for all at once.  Marks
 * them for it; nothing else depends on it. */
void cm_engine_expect(const struct cm_engine *e, struct cm_packet *p, size_t n);

/* Has ${give_back} called now and then while the engine judges, when it is about to
 * leave the payloads it has looked at: whoever lent mapped pages can give them back
 * to the system.  What the engine borrowed must stay readable all the same. */
void cm_engine_relief(struct cm_engine *e, void (*give_back)(void *arg), void *arg);

/* Has ${look} called for payloads that the engine borrowed and wants to see again: it
 * copies ${len} bytes at ${at} into ${room}, where that is quicker than looking at ${at},
 * or says false. */
void cm_engine_look(struct cm_engine *e,
    bool (*look)(void *arg, const uint8_t *at, size_t len, uint8_t *room), void *arg);

/* Ends the input, judges all candidates, merges them.  Call once. */
CM_RESULT cm_engine_finish(struct cm_engine *e);

/* Ordered by first accused packet; they live until cm_engine_free. */
size_t cm_engine_count(const struct cm_engine *e);
const struct cm_incident *cm_engine_incident(const struct cm_engine *e, size_t i);
const struct cm_engine_stats *cm_engine_stats(const struct cm_engine *e);

/* Of several engines: member by member. */
void cm_engine_stats_add(struct cm_engine_stats *sum, const struct cm_engine_stats *more);

/* After finish: gives back all memory but that of incidents and stats.  What was borrowed is
 * not needed any more. */
void cm_engine_trim(struct cm_engine *e);

/* What only several flows or incidents together show (detect/across.h); NULL: finish has not
 * made it, as without `params.support`.  Lives until cm_engine_free. */
const struct cm_across *cm_engine_across(const struct cm_engine *e);

void cm_engine_free(struct cm_engine *e); /* NULL is fine */

/* Name and version as they stand in finding/v1; the version changes whenever a
 * rule, weight or default does. */
#define CM_DETECTOR_NAME "comity-injection"
#define CM_DETECTOR_VERSION 3

#endif
