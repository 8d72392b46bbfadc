/* gen/asker.h -- a client that asks a site for the same things again and again.
 *
 * A browser with a script in it, a program, a page that polls: what they have in common is a
 * period, a set of targets, perhaps a query that is the time, and a connection that is kept
 * as long as it lasts.  What tells them apart is said in struct gen_habit. */
#ifndef GEN_ASKER_H
#define GEN_ASKER_H

#include "world.h"

enum gen_buster { GEN_BUST_NONE, GEN_BUST_MS, GEN_BUST_RANDOM, GEN_BUST_TOKEN };

struct gen_habit {
	const char *const
	    *targets; /* in turn; paths, with the query's beginning where one follows */
	uint32_t n_targets;
	const char *host;
	const char *agent;   /* NULL: each its own browser */
	const char *referer; /* all the same; NULL: `sites` of them, or none */
	uint32_t sites;      /* unrelated sites that the clients are on; 0: no referer */
	const char *accept;
	bool cookies;
	uint8_t buster;                     /* enum gen_buster: behind the target */
	uint32_t period_least, period_most; /* milliseconds, of one client */
	uint32_t stay_least, stay_most;     /* milliseconds until it leaves; 0: stays */
	uint32_t body_least, body_most;
	uint32_t per_connection; /* requests, then a new one */
	const char *landing;     /* a page that is looked at first; NULL: none */
	bool replaced;           /* who leaves is followed by somebody else */
};

struct gen_asker {
	const struct gen_habit *habit;
	struct gen_host host;
	struct gen_host *who;  /* whose connections they are: &host, or somebody with others, too */
	struct gen_sim *sim;   /* where they are seen; NULL: beside the site ... */
	struct gen_host *site; /* ... and the site as it is from there */
	struct gen_conn c;
	bool open, gone;
	uint16_t plant;
	uint32_t seed, period_ms, left, turn, asked;
	int64_t first, leaves; /* 0: never asked, stays */
	int64_t clock;         /* its clock is ahead by so much */
	uint8_t relay;         /* of its connections */
	char referer[160];
};

/* What the requests have in common, as members of JSON. */
void gen_habit_tell(struct cm_buf *b, const struct gen_habit *h);

/* Draws who it is; hosts are taken from w->next_client on. */
void gen_asker_draw(struct gen_world *w, struct gen_asker *a, const struct gen_habit *habit);
void gen_asker_come(struct gen_world *w, struct gen_asker *a, int64_t t);

/* ${n} of them, drawn, coming within ${spread} of ${from}; whoever calls frees them after
 * gen_world_end.  NULL: no memory. */
struct gen_asker *gen_askers(
    struct gen_world *w, const struct gen_habit *habit, uint32_t n, int64_t from, int64_t spread);

#endif
