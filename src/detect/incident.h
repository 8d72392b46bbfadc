/* detect/incident.h -- what the detectors say, ready to be printed, signed or compared.
 *
 * An incident is the findings of one cause, merged: one forged answer is one
 * incident, however many packet pairs show it.  It lives in the arena of the
 * engine that made it and refers to packets only by their ids.
 *
 * Two incidents are the same (cm_incident_same) if type, verdict, packet sets
 * and cues are; the law of support closure is stated with that function. */
#ifndef CM_DETECT_INCIDENT_H
#define CM_DETECT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/packet.h"

struct cm_arena;

enum cm_incident_type { CM_INCIDENT_INJECTION, CM_INCIDENT_RESET, CM_INCIDENT_DNS, CM_INCIDENT_HANDSHAKE };

/* DESIGN 4.2 */
enum cm_verdict { CM_VERDICT_FORGED, CM_VERDICT_STACK_BREAK, CM_VERDICT_UNDECIDABLE, CM_VERDICT_EXPLAINED };

/* What more packets could change about a cue. */
enum cm_rests {
	CM_RESTS_LOCAL, /* nothing: no further packet can undo it */
	CM_RESTS_FLOW,	/* other packets of the same flow */
	CM_RESTS_HOST	/* a model of the host, from all its packets in the capture */
};

/* A kind of cue: one line of the table in detect/cues.c. */
struct cm_cue_kind {
	const char *name;	 /* "ts-missing", "ipid-constant", ... stable, used in files */
	const char *says;	 /* one sentence for the report */
	const char *base_rate;	 /* "3 of 13,810 benign directions", or "not measured" */
	enum cm_rests rests;
	uint8_t reads;		 /* enum cm_open: cells it looks at in its frames */
};

struct cm_cue {
	const struct cm_cue_kind *kind;
	int bits;		    /* may be negative: speaks for the genuine side */
	const cm_packet_id *frames; /* ascending; what it was seen on, first the accused */
	size_t n_frames;
};

struct cm_ids {
	const cm_packet_id *id; /* ascending, each once */
	size_t n;
};
bool cm_ids_has(const struct cm_ids *set, cm_packet_id id);

/* The injector's hand, from the forged packets only (DESIGN 4.3). */
struct cm_fingerprint {
	bool known;
	const char *ipid; /* "constant 0x3412", "copies the query's", "zero", "rising", ... */
	const char *df;	  /* "0", "1", "mixed" */
	const char *ttl;  /* "64", "rises by 1 per packet", "equal to the genuine", ... */
	const char *window;
	const char *options; /* "none", "as genuine", ... */
	const char *fin;     /* "FIN with the data", "none", ... */
	const char *name;    /* "Sandvine-like", ... or NULL; a likeness, never a proof */
};

/* A benign cause that was tried, and why it does or does not hold here. */
struct cm_alternative {
	const char *name; /* "keep-alive", "load balancer", "duplicate capture", ... */
	bool holds;
	const char *why;
};

struct cm_flow_key {
	struct cm_host client, server;
	uint16_t client_port, server_port;
	uint8_t proto;
};

struct cm_incident {
	enum cm_incident_type type;
	enum cm_verdict verdict;
	int bits; /* of the strongest accused packet */
	struct cm_flow_key flow;
	int64_t t_ns; /* of the first accused packet */
	bool has_trigger;
	cm_packet_id trigger; /* the packet that was answered or raced */
	struct cm_ids forged, genuine, suspect;
	struct cm_ids support;	     /* all of the above and what the cues rest on */
	struct cm_ids support_host;  /* the part of support that only fixes a host model */
	struct cm_ids against;	     /* the part of support that speaks against the finding */
	const struct cm_cue *cues;   /* sorted by name, then first frame */
	size_t n_cues;
	struct cm_fingerprint fingerprint;
	const struct cm_alternative *alternatives;
	size_t n_alternatives;
	const char *explained_by; /* name of the alternative that holds; else NULL */
	uint64_t host_rows;	  /* packets in the capture of the host(s) a host cue rests on */
};

const char *cm_incident_type_word(enum cm_incident_type type); /* "injection", ... */
const char *cm_verdict_word(enum cm_verdict verdict);	       /* "forged", "stack-break", ... */
const char *cm_rests_word(enum cm_rests rests);		       /* "local", "flow", "host-model" */

/* Same type, verdict, forged, genuine, suspect, and cues with frames and bits.
 * Support, fingerprint texts and counts of the wider capture are not compared. */
bool cm_incident_same(const struct cm_incident *a, const struct cm_incident *b);

/* Makes all that ${x} refers to, but its support, live in ${a}.  CM_E_NOMEM. */
CM_RESULT cm_incident_move(struct cm_incident *x, struct cm_arena *a);

#endif
