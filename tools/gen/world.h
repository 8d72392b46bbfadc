/* gen/world.h -- a served site, its visitors, and something that befalls it.
 *
 * The tap stands beside the site.  Visitors come all the time: pages with what belongs to
 * them, cookies, referers, pauses to read.  While the site is under load (`load`) part of the
 * SYNs stay unanswered, answers take longer, some are errors, some never come; afterwards it
 * recovers.  So the effect of a flood is in the packets and not in words. */
#ifndef GEN_WORLD_H
#define GEN_WORLD_H

#include "agenda.h"
#include "episode.h"

/* What full load does, in thousandths; it sets in within `onset` and ends within `relief`. */
struct gen_load {
	int64_t from, to, onset, relief;
	uint16_t syn_lost; /* SYNs without an answer */
	uint16_t silent;   /* requests that get none */
	uint16_t errors;   /* answers with 503 */
	int64_t slower;    /* an answer takes so much longer */
};

struct gen_site {
	struct gen_host host;
	const char *name;
	uint16_t port;
	struct gen_load load;
};

/* One request. */
struct gen_ask {
	const char *method; /* NULL: GET */
	const char *host, *target, *agent;
	const char *referer, *cookie, *accept; /* NULL: none */
	const char *type;                      /* of the answer */
	size_t body;                           /* of it */
	const char *set_cookie;                /* NULL: none */
	bool close;
};

struct gen_asked {
	uint16_t status; /* 0: not answered */
	int64_t t, took; /* at the site */
	uint64_t bytes;
};

struct gen_visitor;

/* Is told what the site was asked and what it answered: its log. */
typedef void gen_asked_hook(struct gen_world *w, const struct gen_conn *c,
    const struct gen_ask *ask, const struct gen_asked *got);

struct gen_world {
	struct gen_sim *s;
	struct gen_sim *also; /* a second capture whose clock runs along; NULL */
	struct gen_agenda agenda;
	struct gen_site site;
	int64_t begin, from, to, end; /* of the traffic, of what is planted in it */
	uint64_t n;                   /* packets to be planted */
	uint32_t pps;
	uint16_t plant;
	struct gen_visitor *visitors; /* --background of them */
	uint32_t next_client;
	gen_asked_hook *asked;
	void *ctx; /* of the episode */
};

/* What an episode has unless the options say otherwise. */
struct gen_plan {
	const char *kind, *verdict, *name, *service;
	uint64_t packets;
	uint32_t pps;
	uint16_t port;
	uint8_t truth;
};

/* Sets times, site, plant and visitors.  False: no memory. */
bool gen_world_start(struct gen_world *w, struct gen_sim *s, const struct gen_plan *p);
void gen_world_run(struct gen_world *w, int64_t until); /* all that is to be done before */
void gen_world_end(struct gen_world *w);                /* what is left, and the memory */
bool gen_world_over(const struct gen_world *w);         /* the file is full, or broken */
struct gen_plant *gen_world_plant(const struct gen_world *w);

/* Thousandths of full load at ${t}. */
uint32_t gen_load_at(const struct gen_load *l, int64_t t);

/* Host number n of 198.18.0.0/15 (or 2001:db8:c::), some hops and milliseconds away. */
struct gen_host gen_host_far(struct gen_sim *s, uint32_t n, bool v6);

/* SYN until it is answered, at most ${tries} times; false: it never was.  c->now is then
 * when the client gave up. */
bool gen_visit_open(struct gen_world *w, struct gen_conn *c, uint32_t tries);

/* The text of a request; returns its length, at most ${size} - 1. */
size_t gen_ask_write(char *out, size_t size, const struct gen_ask *a);

/* Asks, and is answered as the load allows.  Of what is not answered the client resets the
 * connection after some seconds. */
struct gen_asked gen_visit_ask(struct gen_world *w, struct gen_conn *c, const struct gen_ask *a);

/* Names of sites that have nothing to do with one another. */
void gen_site_name(char *out, size_t size, uint32_t n);

/* A browser's name, one of those in use, the same for the same n. */
const char *gen_agent(uint32_t n);

/* Somebody who looks at pages of the site: begins at ${t}, with ${pages} to come. */
struct gen_visitor {
	struct gen_host host;
	uint32_t seed, pages;
	const char *referer; /* of the first page */
	const char *landing; /* the first page; NULL: any */
	bool known;          /* has the site's cookie */
	bool again;          /* when it is gone somebody else comes in its place */
	uint16_t plant;
	int64_t think_ms;
	char last[64]; /* page it is on */
};
void gen_visitor_come(struct gen_world *w, struct gen_visitor *v, int64_t t);

#endif
