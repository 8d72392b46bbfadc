/* comity-gen: captures with forged packets, written as files, for tests and demonstrations.
 *
 * It writes to files and to standard output, and to nothing else: it opens no
 * socket and sends no packet. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "episode.h"
#include "options.h"

/* What --packets counts. */
enum size { WHOLE, PLANTED };

struct scenario {
	const char *name;
	void (*run)(struct gen_sim *s); /* NULL: made of episodes */
	enum size size;
	uint32_t connections, background, rate; /* unless the options say otherwise */
	const char *says;
};

static const struct scenario scenarios[] = {
	{ "great-cannon", gen_run_cannon, WHOLE, 400, 3, 1750,
	    "in-path: request suppressed, three packets with TTL rising by one" },
	{ "sandvine", NULL, WHOLE, 200, 3, 1750, "in-path redirects" },
	{ "race", NULL, WHOLE, 200, 3, 1750, "on-path races" },
	{ "mimic", NULL, WHOLE, 200, 3, 1750, "a race that nothing passive can decide" },
	{ "reset", NULL, WHOLE, 200, 3, 1750, "forged resets" },
	{ "dns", NULL, WHOLE, 200, 3, 1750, "forged DNS answers" },
	{ "hijack", NULL, WHOLE, 200, 3, 1750, "forged SYN-ACKs" },
	{ "benign", NULL, WHOLE, 200, 3, 1750, "every trap: nothing in it is forged" },
	{ "http", gen_run_http, WHOLE, 200, 3, 1750,
	    "much HTTP, 1.7 % of the data segments forged" },
	{ "mix", gen_run_mix, WHOLE, 200, 3, 1750, "many small flows of many kinds" },
	{ "http-bench", gen_run_http_bench, WHOLE, 200, 3, 1750,
	    "as http, shaped like the bench peers are measured on" },
	{ "mix-bench", gen_run_mix_bench, WHOLE, 200, 3, 1750,
	    "as mix, five packets a flow, sizes of a busy link" },
	{ "flows", gen_run_flows, WHOLE, 200, 3, 1750,
	    "flows of one packet each (--packets, default 1,000,000)" },
	{ "big", gen_run_big, WHOLE, 200, 3, 1750, "endless, fast; ended by --bytes or --packets" },
	{ "flood", NULL, PLANTED, 200, 20, 1750, "a site is flooded, and suffers" },
	{ "crowd", NULL, PLANTED, 200, 20, 1750, "much comes, and nothing is wrong with it" },
	{ "scan", NULL, PLANTED, 200, 20, 1750, "one source, many doors; and what looks like it" },
	{ "chain", gen_run_chain, PLANTED, 200, 20, 1750,
	    "the script, the flood it makes, and both ends of it" },
	{ "vantage", gen_run_vantage, PLANTED, 200, 3, 1750,
	    "the same connections at two places, and what lies between" },
	{ "inject-many", NULL, WHOLE, 200, 3, 1750, "one body in the answers of many servers" },
	{ "inject-probe", gen_run_inject_probe, PLANTED, 20, 3, 40000,
	    "probes that die on the way, and an injector from hop 18 on" },
	{ "inject-rate", gen_run_inject_rate, PLANTED, 600, 3, 40000,
	    "who is hit, and who never is" },
};

static const struct gen_episode *const lists[] = { gen_inpath_episodes, gen_race_episodes,
	gen_reset_episodes, gen_dns_episodes, gen_hijack_episodes, gen_trap_data_episodes,
	gen_trap_path_episodes, gen_trap_shape_episodes, gen_flood_episodes,
	gen_flood_http_episodes, gen_crowd_episodes, gen_crowd_bulk_episodes, gen_scan_episodes,
	gen_scan_like_episodes, gen_inject_episodes };

static void
print_list(void)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		printf("%s\t\t%s\n", scenarios[i].name, scenarios[i].says);
		for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
			for (const struct gen_episode *e = lists[k]; e->name != NULL; e++)
				if (strcmp(e->scenario, scenarios[i].name) == 0)
					printf("%s\t%s\t%s\n", e->scenario, e->name, e->says);
	}
}

static const struct scenario *
find_scenario(const char *name)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(scenarios[i].name, name) == 0)
			return &scenarios[i];
	return NULL;
}

/* Once through the episodes of the scenario; how many there were. */
static int
run_episodes(struct gen_sim *s, const char *scenario)
{
	int n = 0;

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
		for (const struct gen_episode *e = lists[k];
		     e->name != NULL && !s->full && !s->failed; e++) {
			if (strcmp(e->scenario, scenario) != 0)
				continue;
			if (s->o.only != NULL && strcmp(s->o.only, e->name) != 0)
				continue;
			s->episode = e->name;
			e->run(s);
			n++;
		}
	return n;
}

static bool
run_scenario(struct gen_sim *s, const struct scenario *sc)
{
	bool endless = s->o.packets + s->o.bytes > 0 && sc->size == WHOLE;

	if (sc->run != NULL) {
		sc->run(s);
		return !s->unknown;
	}
	do {
		if (run_episodes(s, sc->name) == 0)
			return s->full || s->failed;
	} while (endless && !s->full && !s->failed);
	return true;
}

static bool
write_truth(struct gen_sim *s, const struct gen_task *t)
{
	FILE *f;
	bool ok;

	if (t->truth == NULL)
		return true;
	f = strcmp(t->truth, "-") == 0 ? stdout : fopen(t->truth, "w");
	if (f == NULL)
		return false;
	ok = gen_truth_write(&s->truth, f, t->command);
	return fclose(f) == 0 && ok;
}

static bool
write_story(const struct gen_sim *s, const struct gen_task *t)
{
	FILE *f;
	bool ok;

	if (t->story == NULL)
		return true;
	f = strcmp(t->story, "-") == 0 ? stdout : fopen(t->story, "w");
	if (f == NULL)
		return false;
	ok = gen_story_write(&s->story, f, t->command);
	return fclose(f) == 0 && ok;
}

static bool
cut_end(const struct gen_task *t, int fd)
{
	off_t size;

	if (t->cut == 0)
		return true;
	size = lseek(fd, 0, SEEK_END);
	return size >= 0 && (uint64_t)size > t->cut && ftruncate(fd, size - (off_t)t->cut) == 0;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && strcmp(text + n - k, end) == 0;
}

/* What a scenario of two captures writes besides the first. */
static bool
open_second(struct gen_task *t)
{
	t->o.second = -1;
	if (t->second == NULL)
		return true;
	t->o.format.pcapng |= ends_in(t->out, ".pcapng");
	t->o.second_pcapng = ends_in(t->second, ".pcapng");
	t->o.second = open(t->second, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (t->log != NULL)
		t->o.log = fopen(t->log, "w");
	if (t->truth_b != NULL)
		t->o.truth_b = fopen(t->truth_b, "w");
	return t->o.second >= 0 && (t->log == NULL || t->o.log != NULL) &&
	       (t->truth_b == NULL || t->o.truth_b != NULL);
}

static bool
close_second(struct gen_task *t)
{
	bool ok = t->o.second < 0 || close(t->o.second) == 0;

	ok = (t->o.log == NULL || fclose(t->o.log) == 0) && ok;
	return (t->o.truth_b == NULL || fclose(t->o.truth_b) == 0) && ok;
}

static int
run_task(struct gen_task *t, const struct scenario *sc)
{
	int fd = STDOUT_FILENO;
	struct gen_sim *s = malloc(sizeof(*s));
	bool known, ok;

	if (strcmp(t->out, "-") != 0)
		fd = open(t->out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (s == NULL || fd < 0 || !open_second(t)) {
		fprintf(stderr, "comity-gen: cannot write %s: %s\n", t->out, strerror(errno));
		free(s);
		return 3;
	}
	(void)fcntl(fd, F_SETPIPE_SZ, 1 << 20); /* no pipe: no matter */
	ok = gen_sim_start(s, &t->o, fd);
	known = ok && run_scenario(s, sc);
	ok = ok && gen_sim_end(s) && cut_end(t, fd);
	ok = close(fd) == 0 && ok;
	ok = close_second(t) && ok;
	ok = write_truth(s, t) && ok;
	ok = write_story(s, t) && ok;
	gen_sim_release(s);
	free(s);
	if (!known)
		return gen_usage("no such episode, see comity-gen list", t->o.only);
	if (!ok) {
		fprintf(stderr, "comity-gen: could not write everything\n");
		return 3;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct gen_task t = { .out = "-",
		.o = { .seed = 1,
		    .before = 30,
		    .after = 30,
		    .elsewhere = 800,
		    .log_form = GEN_LOG_COMBINED } };
	const struct scenario *sc;
	int wrong;

	if (argc < 2 || argv[1][0] == '-')
		return gen_usage("a scenario is missing", NULL);
	if (strcmp(argv[1], "list") == 0) {
		print_list();
		return 0;
	}
	sc = find_scenario(argv[1]);
	if (sc == NULL)
		return gen_usage("no such scenario", argv[1]);
	gen_options_keep(&t, argc, argv);
	t.o.connections = sc->connections;
	t.o.background = sc->background;
	t.o.rate = sc->rate;
	wrong = gen_options_read(&t, argc, argv);
	if (wrong != 0)
		return wrong;
	if (sc->run == gen_run_big && t.o.packets + t.o.bytes == 0)
		return gen_usage("big needs --bytes or --packets", NULL);
	if (sc->size == PLANTED) {
		t.o.planted = t.o.packets;
		t.o.packets = 0;
	}
	if ((sc->run == gen_run_chain || sc->run == gen_run_vantage) && t.second == NULL)
		return gen_usage("that needs two captures", argv[1]);
	t.o.mark_planted = t.truth != NULL;
	t.o.format.linktype = gen_wire_linktype((enum gen_link)t.o.link);
	return run_task(&t, sc);
}
