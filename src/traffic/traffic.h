/* traffic/traffic.h -- how much came, to whom, of what kind: floods, crowds, scans.
 *
 * Fed with packets and with requests (of a capture: it finds those in the packets itself;
 * of a web server's log: cm_traffic_request).  Pure; the same input gives the same output,
 * whatever the hash seed.  Bounded by `memory`: a million sources or names, a hundred
 * thousand hosts are counted in sketches and tables that evict, and what was evicted is
 * counted.  Time per packet does not depend on how many there were.
 *
 * Thinned input: with `thin` = N each packet or request stands for N, drawn by whoever
 * calls.  All signs are rates or shares that thinning leaves alone, so that a draw of some
 * thousand rows gives the finding again (docs/design/0009, 4).
 *
 * Rules, thresholds and base rates: docs/floods.md.  Life: new, packet/request..., finish,
 * read findings, free. */
#ifndef CM_TRAFFIC_TRAFFIC_H
#define CM_TRAFFIC_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/packet.h"
#include "capture/request.h"

#define CM_TRAFFIC_NAME "comity-traffic"
#define CM_TRAFFIC_VERSION 1

enum cm_traffic_kind {
	CM_TRAFFIC_SYN,		  /* F2: openings that nobody completes */
	CM_TRAFFIC_VOLUME,	  /* F1: packets of one protocol, more than the host is used to */
	CM_TRAFFIC_REFLECTION,	  /* F3: answers of TCP (SYN-ACK, RST) that were not asked for */
	CM_TRAFFIC_AMPLIFICATION, /* F3: answers over UDP that were not asked for; `service` says whose */
	CM_TRAFFIC_FRAGMENTS,	  /* F3: later fragments of what never began */
	CM_TRAFFIC_HTTP,	  /* F4: requests with a common cause */
	CM_TRAFFIC_LEASES,	  /* DHCP: addresses used up (broadcast, one segment) */
	CM_TRAFFIC_SCAN_SYN,	  /* F6: half-open, or answered by a reset of the scanner */
	CM_TRAFFIC_SCAN_CONNECT,  /* completed and closed with nothing said */
	CM_TRAFFIC_SCAN_UDP,
	CM_TRAFFIC_KINDS
};

enum cm_traffic_verdict {
	CM_TRAFFIC_FLOOD,
	CM_TRAFFIC_SURGE, /* far more than usual, and nothing says that it is not a crowd or a job */
	CM_TRAFFIC_SCAN
};

/* One line of the table in traffic/signs.c. */
struct cm_traffic_sign_kind {
	const char *name;      /* "unanswered", "sources-spread", ... stable, used in files */
	const char *says;      /* one sentence */
	const char *unit;      /* "ppm", "per second", "ms", "" */
	const char *base_rate; /* "0 of 4,100 benign captures", or "not measured" */
	bool against;	       /* speaks for a crowd, a load test, an ordinary cause */
	bool thins;	       /* comes out of a draw, too; else the sealer's word when thin > 1 */
};

struct cm_traffic_sign {
	const struct cm_traffic_sign_kind *kind;
	int64_t value; /* in units of the kind */
	int64_t limit; /* that it passed */
};

enum cm_baseline_how {
	CM_BASELINE_NONE,   /* the capture begins inside, nothing to compare with */
	CM_BASELINE_BEFORE, /* the same target before (or after) */
	CM_BASELINE_OTHERS  /* other targets of the same capture */
};

struct cm_baseline {
	enum cm_baseline_how how;
	uint64_t milli; /* packets (requests) in 1000 s */
	uint64_t span_ms; /* over which it was learnt */
};

/* Counts over time, for people: equal bins. */
#define CM_TRAFFIC_BINS 240u
struct cm_traffic_series {
	int64_t from_ns, width_ns;
	uint32_t n;
	uint64_t in[CM_TRAFFIC_BINS];	/* to the target, of this kind */
	uint64_t rest[CM_TRAFFIC_BINS]; /* to the target, all else */
	uint64_t out[CM_TRAFFIC_BINS];	/* from the target */
};

/* What the target made of it.  Only what the capture shows; `unseen` says what it can not. */
struct cm_effect {
	bool degraded, recovered;
	int64_t degraded_ns, recovered_ns;
	/* before and during; -1: not seen */
	int32_t syn_answered_ppm[2];  /* SYNs answered with a SYN-ACK */
	int64_t answer_ms[2];	      /* median from request to the answer's first byte */
	int32_t errors_ppm[2];	      /* answers of 500 and above */
	int32_t answered_ppm[2];      /* requests answered at all */
	const char *unseen;	      /* a sentence; NULL: nothing */
};

#define CM_TRAFFIC_TOP 8u

struct cm_traffic_count {
	const char *text; /* lives as long as the traffic */
	uint64_t n;
};

/* F4: what the requests have in common. */
struct cm_traffic_http {
	const char *name;   /* host asked for; "" */
	struct cm_traffic_count paths[CM_TRAFFIC_TOP]; /* most asked for; query cut off */
	uint32_t n_paths;
	uint64_t paths_seen;	/* different ones (estimate) */
	struct cm_traffic_count referers[CM_TRAFFIC_TOP]; /* by host */
	uint32_t n_referers;
	uint64_t referers_seen; /* different hosts (estimate) */
	struct cm_traffic_count agents[CM_TRAFFIC_TOP];
	uint32_t n_agents;
	uint64_t agents_seen;
	uint32_t busted_ppm;	/* requests whose query is a time or a number never used twice */
	const char *buster;	/* "milliseconds since 1970", "random number", ...; NULL */
	uint32_t period_ms;	/* most common time between two requests of one client; 0: none */
	uint32_t period_ppm;	/* clients with it */
	uint32_t with_cookie_ppm;
	bool cookie_known;
	const char *shared;	/* third-party script host that pages of these referers share, where the capture shows it; NULL */
	uint32_t shared_ppm;	/* of the referers (of clients whose other traffic shows) */
	uint64_t requests;
};

struct cm_traffic_finding {
	enum cm_traffic_kind kind;
	enum cm_traffic_verdict verdict;
	struct cm_host target; /* net 0: many */
	struct cm_host source; /* net 0: many */
	uint16_t port;	       /* of the target; 0: many, or none */
	uint8_t proto;	       /* 0: many */
	const char *service;   /* "DNS", "NTP", ...: of an amplification; else NULL */
	int64_t from_ns, to_ns;
	cm_packet_id first, last;    /* between these (in one file run) it lies */
	uint64_t packets, bytes;     /* of this kind; bytes by IP length; of a log: requests, bytes answered */
	uint64_t peak_per_s;	     /* in the fullest second (or the whole, if shorter) */
	uint64_t mean_per_s;
	struct cm_baseline baseline;
	uint64_t sources;	     /* estimate, 2 % off at most typically */
	uint64_t targets;	     /* scans: different (host, port) */
	uint64_t hosts, ports;	     /* scans: different ones of each */
	bool slow;		     /* scans: fewer than one probe in 10 s */
	const struct cm_traffic_sign *signs; /* by name */
	size_t n_signs;
	struct cm_effect effect;     /* floods */
	const struct cm_traffic_http *http; /* CM_TRAFFIC_HTTP; else NULL */
	const struct cm_traffic_series *series;
	const char *name;	     /* likeness to a known flood or tool, no proof; or NULL */
	bool cut_begin, cut_end;     /* it was going on where the capture begins, ends */
};

struct cm_traffic_params {
	size_t memory;	    /* bytes */
	uint64_t hash_seed; /* against crafted collisions; no output depends on it */
	uint64_t thin;	    /* each event stands for so many; 1 */
};
struct cm_traffic_params cm_traffic_params_default(void);

struct cm_traffic_stats {
	uint64_t packets, requests;
	uint64_t targets_evicted, sources_evicted, names_evicted, scans_evicted;
	uint64_t not_listed; /* findings beyond CM_TRAFFIC_FINDINGS */
};
#define CM_TRAFFIC_FINDINGS 256u

struct cm_traffic;
CM_RESULT cm_traffic_new(const struct cm_traffic_params *params, struct cm_traffic **out);
void cm_traffic_free(struct cm_traffic *t); /* NULL is fine */

/* In order of the capture; nothing is kept of the spans.  Fragments are given as such, not
 * put together.  CM_E_NOMEM only where even eviction does not help. */
CM_RESULT cm_traffic_packet(struct cm_traffic *t, const struct cm_packet *p);

/* Of a web server's log (requests in packets are found by cm_traffic_packet). */
CM_RESULT cm_traffic_request(struct cm_traffic *t, const struct cm_request *r);

/* Ends the input, and gives back most of the memory.  Call once. */
CM_RESULT cm_traffic_finish(struct cm_traffic *t);

/* Ordered by from_ns, kind, target; they live until cm_traffic_free. */
size_t cm_traffic_n(const struct cm_traffic *t);
const struct cm_traffic_finding *cm_traffic_at(const struct cm_traffic *t, size_t i);
const struct cm_traffic_stats *cm_traffic_get_stats(const struct cm_traffic *t);

/* Is this packet (request) one that the finding counts or weighs: of its kind, or what
 * speaks for or against it (the target's answers, the same clients' other packets to it)?
 * The support of a finding is all that touch it between first and last, or a draw of them. */
bool cm_traffic_touches(const struct cm_traffic_finding *f, const struct cm_packet *p);
bool cm_traffic_touches_request(const struct cm_traffic_finding *f, const struct cm_request *r);

/* Same kind, verdict, target, source, port, proto, service, and names of those signs that
 * thin.  The law of support for what is counted is stated with this. */
bool cm_traffic_same(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b);

const char *cm_traffic_kind_word(enum cm_traffic_kind k);	/* "syn-flood", "amplification", "http-flood", "syn-scan"... */
const char *cm_traffic_verdict_word(enum cm_traffic_verdict v); /* "flood", "surge", "scan" */

#endif
