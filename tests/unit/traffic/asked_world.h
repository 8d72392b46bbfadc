/* tests/unit/traffic/asked_world.h -- requests as clients of many kinds make them.
 *
 * Each world_ function adds the requests of one kind between from_s and to_s (seconds after WORLD_BEGAN); world_sort puts
 * them in order of time; world_feed hands them to the counter, and gives what it found. */
#ifndef TESTS_ASKED_WORLD_H
#define TESTS_ASKED_WORLD_H

#include "../../laws/gen.h"
#include "traffic/asked.h"

#define WORLD_BEGAN INT64_C(1426676400000000000)
#define WORLD_FINDINGS 64u

struct world_request {
	int64_t t_ns;
	uint32_t client;
	uint16_t port, status;
	int64_t took_ns;
	bool cookie;
	char host[32], target[96], referer[48], agent[32];
};

struct world {
	struct gen *g;
	struct world_request *all;
	size_t n, max;
	bool log;	/* they come from a log: no ports */
	bool no_host;	/* that does not say the host */
	bool no_cookie, no_referer; /* or cookies, or referers */
};

enum world_buster { WORLD_NO_BUSTER, WORLD_MS, WORLD_RANDOM, WORLD_FRACTION, WORLD_HEX, WORLD_LETTERS };

struct world_flood {
	double from_s, to_s;
	unsigned clients;
	double period_s, jitter; /* of a client; each stays all the time */
	double stay_s;	      /* if not 0: each stays so long, from a random moment on */
	unsigned paths;	      /* asked for in turn */
	enum world_buster buster;
	unsigned referers; /* sites; 0: none */
	double cookies;	   /* share */
	unsigned agents;
};

void world_flood(struct world *w, const struct world_flood *f);
/* People: each loads a page with its parts, thinks, loads another; comes from one main referer, or a few. */
void world_people(struct world *w, double from_s, double to_s, double visits_per_s);
/* Own pages that ask their own server each ${period_s}, with the time as cache-buster. */
void world_polling(struct world *w, double from_s, double to_s, unsigned clients, double period_s);
/* Letters with a link that nobody else has. */
void world_mailing(struct world *w, double from_s, double to_s, unsigned letters);
/* One source, as fast as told. */
void world_test(struct world *w, double from_s, double to_s, double per_s, bool crawl);
/* A counter that pages of many sites ask: once a page, with a random number. */
void world_beacon(struct world *w, double from_s, double to_s, double per_s);

void world_one(struct world *w, const struct world_request *r);
void world_sort(struct world *w);
void world_release(struct world *w);

/* Each request is handed in with the chance of one in ${thin}; those between ${from} and ${to} (ids: index + 1) only. Strings of the
 * findings live in ${arena}. */
struct world_found {
	struct cm_traffic_finding at[WORLD_FINDINGS];
	size_t n, fed;
	struct cm_traffic_stats stats;
};
struct world_part {
	uint64_t thin;
	uint64_t from, to; /* 0, 0: all */
	size_t memory;	   /* 0: as usual */
	uint64_t hash_seed;
	const char *host; /* only those for this one; NULL: all */
};
bool world_feed(const struct world *w, const struct world_part *part, struct cm_arena *arena, struct world_found *out);

/* The one of kind CM_TRAFFIC_HTTP for this name, or NULL. */
const struct cm_traffic_finding *world_find(const struct world_found *f, const char *name);
bool world_has_sign(const struct cm_traffic_finding *f, const char *name);

/* Are kind, verdict, ends, name and the signs that thin the same? Else says into ${why} what is not. */
bool world_same(const struct cm_traffic_finding *a, const struct cm_traffic_finding *b, char *why, size_t room);

#endif
