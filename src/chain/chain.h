/* chain/chain.h -- from script to flood (F5): which injected script made which flood.
 *
 * Fed with what is known of each vantage: scripts that forged answers carried, floods, who asked whom, and
 * a sketch for its clock.  A script and a flood are joined where a target of the script is
 * what the flood asks for.  Then, over all clients that a script's vantage shows:
 *
 *			asked the target	did not
 *	got the script		a		b
 *	got none		c		d
 *
 * and for those of `a` the time from script to first request.  With another vantage's clock the
 * lag is as uncertain as the offset between the two; without an offset nothing is said of lags
 * across clocks.
 *
 * What it does not show: who injected the script, that the flood's other clients had it, or
 * that nothing else made these clients ask.  Pure. */
#ifndef CM_CHAIN_CHAIN_H
#define CM_CHAIN_CHAIN_H

#include "base/arena.h"
#include "base/result.h"
#include "chain/visits.h"
#include "script/script.h"
#include "stat/fisher.h"
#include "stat/wilson.h"
#include "traffic/traffic.h"
#include "vantage/clock.h"

/* A forged answer with something in it. */
struct cm_chain_script {
	size_t incident;       /* number in its vantage's engine */
	struct cm_host client; /* who got it */
	struct cm_host server; /* in whose name */
	int64_t t_ns;
	cm_packet_id first; /* its first forged packet */
	const char *asked;  /* what the client had asked for: "stat.example/h.js"; "": not known */
	struct cm_script script;
};

struct cm_chain_vantage {
	const struct cm_chain_script *scripts;
	size_t n_scripts;
	const struct cm_traffic *traffic;
	const struct cm_visits *visits; /* settled */
	const struct cm_clock *clock;
	bool is_log;
};

/* By what a flood was found to be a script's. */
enum cm_chain_by {
	CM_CHAIN_BY_NAME,    /* it asks for the name */
	CM_CHAIN_BY_ADDRESS, /* it says no names, is of a kind that browsers can make, and aims where the name was asked for */
	CM_CHAIN_BY_PATHS    /* a log, which says no name: it asks for the script's paths */
};

struct cm_chain_flood {
	size_t vantage, finding;
	enum cm_chain_by by;
	struct cm_offset offset; /* its clock minus that of the scripts */
	/* Clients of the script's vantage that also show here. */
	uint64_t shared_clients, shared_with_script;
};

#define CM_CHAIN_PATHS 16u
#define CM_CHAIN_INSTEAD 8u
#define CM_CHAIN_CLIENTS 4096u /* listed; all are counted */

/* One client that got the script and then asked for the target. */
struct cm_chain_client {
	size_t script;	       /* number in the vantage */
	size_t asked_at;       /* vantage */
	cm_packet_id asked;    /* packet or line of the first request */
	int64_t lag_ns;	       /* from script to that; by the middle of the offset */
	bool lag_known;
};

struct cm_chain {
	const char *host;	/* the target's name as the scripts have it */
	const char *paths[CM_CHAIN_PATHS]; /* of the scripts */
	size_t n_paths;
	size_t vantage;		/* where the scripts were seen */
	const size_t *scripts;	/* of that vantage: those that aim at the host */
	size_t n_scripts;
	uint64_t script_clients;
	const char *instead[CM_CHAIN_INSTEAD]; /* what the clients had asked for, commonest first; */
	uint64_t instead_n[CM_CHAIN_INSTEAD];  /* so many of the scripts each */
	size_t n_instead;
	const char *layers;	/* "packer, percent": as they were unpacked */
	uint32_t period_ms;	/* of the timer in the script; 0: none */
	bool busts_caches;
	const struct cm_chain_flood *floods;
	size_t n_floods;	/* 0: it aimed, and no flood is seen */
	uint64_t a, b, c, d;
	struct cm_fisher fisher;
	const struct cm_chain_client *clients;
	size_t n_clients;	/* of a, at most CM_CHAIN_CLIENTS */
	uint64_t before;	/* of a: clients whose first request came before the script */
	uint64_t lags;		/* known ones, of requests that came after */
	int64_t lag_least_ns, lag_median_ns, lag_most_ns;
	int64_t lag_unsure_ns;	/* by which any of them may be off, since clocks differ */
};

struct cm_chain_result {
	const struct cm_chain *chain; /* those with floods first, then by number of scripts */
	size_t n;
	uint64_t not_listed;
};
#define CM_CHAINS_MAX 64u

/* Do clients that got the script show in that flood? */
bool cm_chain_flood_has_clients(const struct cm_chain *c, const struct cm_chain_flood *f);

/* Is it borne out that the script made a flood: clients with it asked afterwards, more often than
 * chance would have it (CM_FISHER_RARE), and show in a flood?  Else it only aims at what was flooded. */
bool cm_chain_made(const struct cm_chain *c);

/* All in ${arena}; what the vantages hold must outlive it.  CM_E_NOMEM. */
CM_RESULT cm_chain_find(const struct cm_chain_vantage *vantage, size_t n, struct cm_arena *arena,
    struct cm_chain_result *out);

#endif
