/* detect/across.h -- what only several flows or incidents together show.
 *
 * cm_engine_finish makes it, of a whole capture, when `params.support` is on; then
 * cm_engine_across gives it.  Five lists, in this order of how much each says by itself:
 *
 *   hands	 incidents whose forged packets have one fingerprint, by its rules: one hand,
 *		 or one product.  `text` is the same for the same hand in every capture and at
 *		 every party: they compare texts, or hashes of them, without packets.
 *   reach	 of each accused incident: did the server see the request all the same?
 *   places	 of each accused incident: how far away its packets may have been made.
 *   probes	 requests of one client to one server with different TTLs: from which on forged
 *		 answers come, and which routers lie on the way, by the ICMP errors they sent.
 *   rates	 k of n requests were answered by a forged packet: by server, address and client;
 *   tables	 and what that depends on: two shares each, with Fisher's exact test.
 *   same	 the same small answer that sends elsewhere, from servers that have nothing to do
 *		 with one another.
 *   bodies	 one address, two answers, one of which is small and sends elsewhere.
 *
 * None of these is a verdict.  `same` and `bodies` are patterns: an injector that copies all
 * of the server's stack and suppresses its answer shows up here only, and so do captive
 * portals, parked names and other things that nobody forged, which are listed with them.
 * `same`, `bodies` and `probes` carry the ids of packets from which the engine gives the item
 * again, and `reach` and `places` do together with the support of their incident; `rates` and `tables` count more requests than that, so they
 * give examples and say of how many (`n`, and `every`: of the requests each N-th was kept).
 *
 * Memory: at most 18 MiB beside `params.memory` (detect/exchanges.h) while packets come, and the lists,
 * which are bounded by the CM_ACROSS_* below.  What was left off is counted in `left_off`.
 * No order in a list depends on the value of an address. */
#ifndef CM_DETECT_ACROSS_H
#define CM_DETECT_ACROSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/packet.h"
#include "detect/incident.h"
#include "stat/fisher.h"
#include "stat/wilson.h"

#define CM_ACROSS_EXAMPLES 64u /* ids, or servers, that one item shows */
#define CM_ACROSS_ITEMS 64u    /* of `same`, `bodies`, `probes`, and of `rates` for each kind */
#define CM_ACROSS_HANDS 256u
#define CM_ACROSS_INCIDENTS 4096u /* of which `reach` and `places` speak */

/* ---- hands ---- */

struct cm_across_hand {
	/* "comity hand v1\nipid constant 0x3412\ndf 0\nttl level\nwindow 32120\noptions none\n
	 * fin FIN with the data\n".  What depends on the way to the capture is left out: of the
	 * TTL only whether it rises. */
	const char *text;
	const char *name; /* "Sandvine-like", ... or NULL; a likeness, never a proof */
	uint64_t incidents, packets;
	uint32_t servers, clients; /* different ones, at most CM_ACROSS_EXAMPLES are told apart */
	uint32_t files;		   /* of the run, likewise */
	int64_t first_ns, last_ns;
	struct cm_ids forged; /* the first of each of up to CM_ACROSS_EXAMPLES incidents */
};

/* ---- did the server see it? ---- */

enum cm_reached { CM_REACHED_UNKNOWN, CM_REACHED_YES, CM_REACHED_NO };

enum cm_reach_by {
	CM_REACH_NO_TRIGGER,	/* unknown: nothing is known that was answered */
	CM_REACH_SILENT,	/* unknown: nothing of the server's own behind it */
	CM_REACH_TOO_SOON,	/* unknown: what came was sent before the request can have been there */
	CM_REACH_AFTER_REPEAT,	/* unknown: acknowledged, but only when it had been sent again */
	CM_REACH_ACKNOWLEDGED,	/* yes: the server's own stack acknowledged all of it */
	CM_REACH_ANSWERED,	/* yes: and answered it, so nobody kept the answer back */
	CM_REACH_BEHIND,	/* no: later the server's own stack acknowledged less */
	CM_REACH_BEHIND_REPEAT	/* no: and all of it when it had been sent again */
};

struct cm_across_reach {
	size_t incident; /* of cm_engine_incident */
	enum cm_reached reached;
	enum cm_reach_by by;
	struct cm_ids frames; /* the request, what shows it, and the handshake it was timed by */
};

/* ---- how far away? ---- */

struct cm_across_place {
	size_t incident;
	uint8_t ttl_low, ttl_high; /* of the forged packets, where they were captured */
	uint8_t initial;	   /* next of 32, 64, 128, 255 from ttl_high on: a guess */
	int hops;		   /* initial - ttl_high; what a forger chose is no distance */
	bool rising;		   /* by one per packet: chosen on purpose, `hops` says nothing */
	bool has_genuine;
	uint8_t genuine_ttl, genuine_initial; /* the commonest of the server's own */
	int genuine_hops;
	bool has_delay;	   /* the trigger was captured, and came before */
	int64_t delay_ns;  /* from it to the first forged packet */
	bool has_path;
	int64_t path_ns;   /* from the SYN to the SYN-ACK, or from a query to the genuine answer */
	uint32_t permille; /* of that way there and back: the forger is at most so far; 0: not known */
	struct cm_ids frames;
};

/* Requests from ${client} to ${server}, with three TTLs or more, whose TTL was ${ttl} where they were captured: so many
 * hops further they could go. */
struct cm_across_step {
	uint8_t ttl;
	uint32_t asked;	  /* requests */
	uint32_t forged;  /* of these, answered by a forged packet */
	bool has_router;
	struct cm_host router; /* who said that the time was exceeded */
	cm_packet_id said;     /* the frame that says so */
};

struct cm_across_probe {
	struct cm_host client, server;
	const struct cm_across_step *step; /* ascending by TTL */
	size_t n_steps;
	uint8_t first_forged; /* the lowest TTL with a forged answer; 0: none */
	uint8_t last_without; /* the highest one below it without; 0: none: no lower bound */
	struct cm_ids support;
};

/* ---- how often? ---- */

enum cm_rate_of { CM_RATE_SERVER, CM_RATE_ADDRESS, CM_RATE_CLIENT };

struct cm_across_rate {
	enum cm_rate_of of;
	struct cm_host host;	/* server, or client */
	uint16_t port;		/* of the server; 0 for a client */
	const char *name, *path; /* CM_RATE_ADDRESS; cut after 40 bytes, escape before printing */
	struct cm_share share;	/* k answered by forged packets, of n requests */
	uint64_t needed;	/* requests to see one forged with 95 %, at this share */
	struct cm_ids examples; /* of those k: the requests */
};

enum cm_table_of {
	CM_TABLE_FIRST,	 /* first requests of their connections; later ones */
	CM_TABLE_BEFORE, /* requests of a client before and at its first forged answer; after it */
	CM_TABLE_CLIENT, /* the client with most; all others */
	CM_TABLE_PORT	 /* the server port with most; other ports of the same servers */
};

struct cm_across_table {
	enum cm_table_of of;
	struct cm_share a, b;	  /* is the first share larger than the second? */
	struct cm_fisher more;	  /* how sure */
	uint32_t tried;		  /* the first row is the best of so many */
	struct cm_host client;	  /* CM_TABLE_CLIENT */
	uint16_t port;		  /* CM_TABLE_PORT */
	struct cm_ids examples_a, examples_b; /* forged ones among each: the requests */
};

/* ---- one answer, many servers ---- */

enum cm_points {
	CM_POINTS_NOWHERE,
	CM_POINTS_REDIRECT, /* 3xx with a Location at another site */
	CM_POINTS_REFRESH,  /* a page that goes on to another site */
	CM_POINTS_FRAME,    /* a page with a frame of another site */
	CM_POINTS_SCRIPT,   /* a page with a script of another site */
	CM_POINTS_CODE	    /* is a script */
};

/* What else speaks against a server's answer. */
enum cm_same_sign {
	CM_SIGN_ADDRESS = 1, /* the same path at the same server was answered otherwise, too */
	CM_SIGN_SERVER = 2,  /* the same server answered otherwise, too */
	CM_SIGN_ACCUSED = 4, /* an incident accuses the packet */
	CM_SIGN_STACK = 8    /* it is not like the other packets of its connection or server */
};

/* What the same thing may be, if nobody forged it. */
struct cm_rival {
	const char *name, *why;
};

struct cm_across_member {
	struct cm_host server;
	const char *name, *path; /* asked for; cut after 40 bytes, escape before printing */
	cm_packet_id request, answer;
	uint8_t signs; /* enum cm_same_sign */
	bool has_other;
	cm_packet_id other_request, other_answer; /* the other one, for the first two signs */
};

struct cm_across_same {
	enum cm_points points;
	const char *to; /* the other site's host; NULL: not known */
	uint64_t answers;
	uint32_t servers, sites, clients; /* different ones */
	uint32_t signed_by;		  /* servers with a sign of any kind */
	uint32_t with[4];		  /* servers with CM_SIGN_ADDRESS, _SERVER, _ACCUSED, _STACK */
	int64_t first_ns, last_ns;
	const struct cm_across_member *member; /* one a server */
	size_t n_members;		       /* at most CM_ACROSS_EXAMPLES */
	const struct cm_rival *rivals;
	size_t n_rivals;
	struct cm_ids support;
};

struct cm_across_bodies {
	struct cm_across_member at; /* has_other */
	enum cm_points points;
	const char *to;
	uint64_t sent_away, other; /* answers of either kind */
	const struct cm_rival *rivals;
	size_t n_rivals;
	struct cm_ids support;
};

struct cm_across {
	const struct cm_across_hand *hands;
	const struct cm_across_reach *reach;
	const struct cm_across_place *places;
	const struct cm_across_probe *probes;
	const struct cm_across_rate *rates;
	const struct cm_across_table *tables;
	const struct cm_across_same *same;
	const struct cm_across_bodies *bodies;
	size_t n_hands, n_reach, n_places, n_probes, n_rates, n_tables, n_same, n_bodies;
	uint64_t requests;  /* HTTP requests seen */
	uint64_t answers;   /* and beginnings of answers to them */
	uint32_t every;	    /* of the requests each so many-th was kept; 1: all */
	uint32_t every_away; /* likewise of answers that send elsewhere */
	uint64_t quotes;    /* ICMP errors that quote TCP */
	uint64_t left_off;  /* items beyond the bounds above */
};

const char *cm_reached_word(enum cm_reached reached); /* "the request reached the server", ... */
const char *cm_reach_by_word(enum cm_reach_by by);
const char *cm_points_word(enum cm_points points); /* "redirect", ... */
const char *cm_table_word(enum cm_table_of of, bool second); /* what a row of the table is */

#endif
