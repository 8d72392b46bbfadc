/* chain/visits.h -- who asked whom for anything over HTTP: first time, last time, how often.
 *
 * One line for each pair of client and name asked for (the server's address where no name
 * is known), of one vantage; and one more for each path there that was asked for with a query,
 * as scripts do that want no cache to answer.  Bounded by `memory`: when the table is full, pairs that are new
 * are not kept and their requests counted, so that what is kept stays right.  Pure. */
#ifndef CM_CHAIN_VISITS_H
#define CM_CHAIN_VISITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "capture/request.h"

#define CM_VISITS_MEMORY ((size_t)32 << 20) /* 262,144 lines */

struct cm_visit {
	struct cm_host client;
	struct cm_host server; /* of the first request; net 0: not known */
	uint64_t name;	       /* cm_visits_name; or, of a path, */
	bool path;	       /* cm_visits_path */
	int64_t first_ns, last_ns;
	cm_packet_id first; /* the first request's packet or line */
	uint32_t n;	    /* requests; saturates */
};

struct cm_visits;
CM_RESULT cm_visits_new(size_t memory, uint64_t hash_seed, struct cm_visits **out);
void cm_visits_free(struct cm_visits *v); /* NULL is fine */

/* Requests without a known client are left out, and counted. */
CM_RESULT cm_visits_request(struct cm_visits *v, const struct cm_request *r);

/* After the last request: sorts.  In order of client, then time of the first request; nothing in
 * the order depends on the hash seed. */
void cm_visits_settle(struct cm_visits *v);
size_t cm_visits_n(const struct cm_visits *v);
const struct cm_visit *cm_visits_at(const struct cm_visits *v, size_t i);

/* The line of a pair; NULL: none was kept. */
const struct cm_visit *cm_visits_find(
    const struct cm_visits *v, const struct cm_host *client, uint64_t name);

/* What stands for a name: letters in either case are the same, the port does not count.
 * Nobody can choose names so that two fall together: the seed is not known to him. */
uint64_t cm_visits_name(const struct cm_visits *v, struct cm_span name);
/* Of a path of that name, for requests with a query. */
uint64_t cm_visits_path(const struct cm_visits *v, uint64_t name, struct cm_span path);
uint64_t cm_visits_address(const struct cm_visits *v, const struct cm_host *server);

uint64_t cm_visits_lost(const struct cm_visits *v);	 /* requests whose pair found no room */
uint64_t cm_visits_nameless(const struct cm_visits *v); /* requests of unknown clients */
uint64_t cm_visits_clients(const struct cm_visits *v);	 /* different ones; after settle */

#endif
