/* gen/episode.h -- one small story each: an attack, or a benign trap.
 *
 * An episode pushes packets from sim->t on, sets sim->class for its marks, and
 * leaves the clock where the next may begin.  A scenario is a list of them. */
#ifndef GEN_EPISODE_H
#define GEN_EPISODE_H

#include "web.h"

struct gen_episode {
	const char *scenario;
	const char *name;
	void (*run)(struct gen_sim *s);
	const char *says;
};

struct gen_pair {
	struct gen_host *client, *server;
};

/* A client beside the tap and a server 11 hops and 22 ms away, stacks as told. */
struct gen_pair gen_pair_make(
    struct gen_sim *s, enum gen_stack_name client, enum gen_stack_name server);

/* Ordinary connections of the pair, as many as --background says. */
void gen_background(struct gen_sim *s, const struct gen_pair *p);

/* Connects; the request is sent and acknowledged by the server. */
void gen_open(struct gen_sim *s, struct gen_conn *c, const struct gen_pair *p);

/* Moves the clock on by 100 to 400 ms, beyond c->now if ${after}. */
void gen_pause(struct gen_sim *s, const struct gen_conn *c);

/* All of one file each, ended by an item without a name. */
extern const struct gen_episode gen_inpath_episodes[];
extern const struct gen_episode gen_race_episodes[];
extern const struct gen_episode gen_reset_episodes[];
extern const struct gen_episode gen_dns_episodes[];
extern const struct gen_episode gen_hijack_episodes[];
extern const struct gen_episode gen_trap_data_episodes[];
extern const struct gen_episode gen_trap_path_episodes[];
extern const struct gen_episode gen_trap_shape_episodes[];

extern const struct gen_episode gen_inject_episodes[];
extern const struct gen_episode gen_flood_episodes[];
extern const struct gen_episode gen_flood_http_episodes[];
extern const struct gen_episode gen_crowd_episodes[];
extern const struct gen_episode gen_crowd_bulk_episodes[];
extern const struct gen_episode gen_scan_episodes[];
extern const struct gen_episode gen_scan_like_episodes[];

/* Whole scenarios of their own shape. */
void gen_run_cannon(struct gen_sim *s);
void gen_run_http(struct gen_sim *s);
void gen_run_mix(struct gen_sim *s);
void gen_run_http_bench(struct gen_sim *s);
void gen_run_mix_bench(struct gen_sim *s);
void gen_run_flows(struct gen_sim *s);
void gen_run_big(struct gen_sim *s);
void gen_run_chain(struct gen_sim *s);
void gen_run_inject_probe(struct gen_sim *s);
void gen_run_inject_rate(struct gen_sim *s);
void gen_run_vantage(struct gen_sim *s);

#endif
