/* comity-gen: captures with forged packets, written as files, for tests and demonstrations.
 *
 * It writes to files and to standard output, and to nothing else: it opens no
 * socket and sends no packet. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "episode.h"

struct scenario {
	const char *name;
	void (*run)(struct gen_sim *s); /* NULL: made of episodes */
	const char *says;
	bool once; /* --packets is the size of what is planted, not of the file */
};

static const struct scenario scenarios[] = {
	{ "great-cannon", gen_run_cannon,
	    "in-path: request suppressed, three packets with TTL rising by one", false },
	{ "sandvine", NULL, "in-path redirects", false },
	{ "race", NULL, "on-path races", false },
	{ "mimic", NULL, "a race that nothing passive can decide", false },
	{ "reset", NULL, "forged resets", false },
	{ "dns", NULL, "forged DNS answers", false },
	{ "hijack", NULL, "forged SYN-ACKs", false },
	{ "benign", NULL, "every trap: nothing in it is forged", false },
	{ "http", gen_run_http, "much HTTP, 1.7 % of the data segments forged", false },
	{ "mix", gen_run_mix, "many small flows of many kinds", false },
	{ "http-bench", gen_run_http_bench, "as http, shaped like the bench peers are measured on",
	    false },
	{ "mix-bench", gen_run_mix_bench, "as mix, five packets a flow, sizes of a busy link",
	    false },
	{ "flows", gen_run_flows, "flows of one packet each (--packets, default 1,000,000)",
	    false },
	{ "big", gen_run_big, "endless, fast; ended by --bytes or --packets", false },
	{ "flood", NULL, "a site is flooded, and suffers; --only one kind", true },
	{ "crowd", NULL, "much comes, and nothing is wrong with it", true },
	{ "chain", gen_run_chain, "the script, the flood it makes, and both ends of it", true },
	{ "vantage", gen_run_vantage, "the same connections at two places, and what lies between",
	    true },
	{ "inject-many", NULL, "one body in the answers of many servers", false },
	{ "inject-probe", gen_run_inject_probe,
	    "probes that die on the way, and an injector from hop 18 on", true },
	{ "inject-rate", gen_run_inject_rate, "who is hit, and who never is", true },
	{ "scan", NULL, "one source, many doors; and what looks like it", true },
};

static const struct gen_episode *const lists[] = { gen_inpath_episodes, gen_race_episodes,
	gen_reset_episodes, gen_dns_episodes, gen_hijack_episodes, gen_trap_data_episodes,
	gen_trap_path_episodes, gen_trap_shape_episodes, gen_flood_episodes,
	gen_flood_http_episodes, gen_crowd_episodes, gen_crowd_bulk_episodes, gen_scan_episodes,
	gen_scan_like_episodes, gen_inject_episodes };

struct task {
	const struct scenario *scenario;
	struct gen_opts o;
	const char *out, *truth, *story, *second, *log, *truth_b;
	uint64_t cut; /* bytes off the end of the file */
	char command[512];
};

static const char usage_text[] =
    "usage: comity-gen SCENARIO [option...]\n"
    "       comity-gen list\n"
    "  --seed N            1\n"
    "  --out FILE          - (standard output)\n"
    "  --truth FILE        what was forged, tab-separated\n"
    "  --only EPISODE      one episode of the scenario\n"
    "  --packets N, --bytes N   go on until so much is written (K, M, G: thousands)\n"
    "  --background N      ordinary connections around an episode (3)\n"
    "  --connections N     of great-cannon (400), http, mix and their benches (200)\n"
    "  --rate N            great-cannon: injected of 100,000 eligible connections (1750)\n"
    "                      http, http-bench: forged of 100,000 data segments (1750)\n"
    "  flood, crowd, scan:\n"
    "  --packets N         of what is planted (each kind has its own default)\n"
    "  --rate-pps N        so many a second; --clients N   by so many\n"
    "  --background N      visitors of the site at a time (20); --no-background\n"
    "  --before N, --after N   seconds without it (30, 30)\n"
    "  --begin-inside      the capture begins and ends in its midst\n"
    "  --story FILE        what was planted, JSON; with --truth each frame of it, too\n"
    "  chain, vantage (two captures):\n"
    "  --bystander FILE, --victim FILE   of chain; as --out and --out-b\n"
    "  --out-b FILE        the second capture; pcapng if its name ends so\n"
    "  --truth-b FILE      of vantage: what is marked in the second one\n"
    "  --skew MS, --drift PPB   its clock is ahead by, gains; may be negative\n"
    "  --log FILE, --log-form common|combined|json   the victim's, by its clock\n"
    "  --clients N         bystanders (600); --elsewhere N   the flood's other clients (800)\n"
    "  --mss N             64 to 1460: segments of TCP are no longer\n"
    "  --flows N           flows: the packets are those of N flows in turn (each its own)\n"
    "  --format pcap|pcapng, --resolution us|ns, --endian le|be|mixed, --snaplen N\n"
    "  --sections N        pcapng: a new section every N frames\n"
    "  --interfaces N      pcapng: 1 to 4, with different time resolutions\n"
    "  --extras            pcapng: blocks that are no packets\n"
    "  --odd-packets       pcapng: some Simple and obsolete Packet Blocks\n"
    "  --comments          pcapng: a comment on each marked packet\n"
    "  --link NAME         ether vlan qinq pppoe pppoe-qinq mpls sll sll2 raw null loop\n"
    "  --mixed-links       each flow with tags or a tunnel of its own\n"
    "  --ip 4|6|mix\n"
    "  --no-pad            no padding of short Ethernet frames\n"
    "  --cut N             leave out the last N bytes of the file\n";

static int
usage(const char *what, const char *word)
{
	fprintf(stderr, "comity-gen: %s%s%s\n%s", what, word == NULL ? "" : ": ",
	    word == NULL ? "" : word, usage_text);
	return 2;
}

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

enum option_key {
	O_SEED = 256,
	O_OUT,
	O_TRUTH,
	O_ONLY,
	O_PACKETS,
	O_BYTES,
	O_BACKGROUND,
	O_CONNECTIONS,
	O_RATE,
	O_MSS,
	O_FLOWS,
	O_FORMAT,
	O_RESOLUTION,
	O_ENDIAN,
	O_SNAPLEN,
	O_SECTIONS,
	O_INTERFACES,
	O_EXTRAS,
	O_ODD,
	O_COMMENTS,
	O_LINK,
	O_MIXED,
	O_IP,
	O_NO_PAD,
	O_CUT,
	O_STORY,
	O_PPS,
	O_CLIENTS,
	O_BEFORE,
	O_AFTER,
	O_INSIDE,
	O_NO_BACKGROUND,
	O_SECOND,
	O_LOG,
	O_TRUTH_B,
	O_LOG_FORM,
	O_SKEW,
	O_DRIFT,
	O_ELSEWHERE,
	O_HELP
};

static const struct option options[] = {
	{ "seed", 1, NULL, O_SEED },
	{ "out", 1, NULL, O_OUT },
	{ "truth", 1, NULL, O_TRUTH },
	{ "only", 1, NULL, O_ONLY },
	{ "packets", 1, NULL, O_PACKETS },
	{ "bytes", 1, NULL, O_BYTES },
	{ "background", 1, NULL, O_BACKGROUND },
	{ "connections", 1, NULL, O_CONNECTIONS },
	{ "rate", 1, NULL, O_RATE },
	{ "mss", 1, NULL, O_MSS },
	{ "flows", 1, NULL, O_FLOWS },
	{ "format", 1, NULL, O_FORMAT },
	{ "resolution", 1, NULL, O_RESOLUTION },
	{ "endian", 1, NULL, O_ENDIAN },
	{ "snaplen", 1, NULL, O_SNAPLEN },
	{ "sections", 1, NULL, O_SECTIONS },
	{ "interfaces", 1, NULL, O_INTERFACES },
	{ "extras", 0, NULL, O_EXTRAS },
	{ "odd-packets", 0, NULL, O_ODD },
	{ "comments", 0, NULL, O_COMMENTS },
	{ "link", 1, NULL, O_LINK },
	{ "mixed-links", 0, NULL, O_MIXED },
	{ "ip", 1, NULL, O_IP },
	{ "no-pad", 0, NULL, O_NO_PAD },
	{ "cut", 1, NULL, O_CUT },
	{ "story", 1, NULL, O_STORY },
	{ "rate-pps", 1, NULL, O_PPS },
	{ "clients", 1, NULL, O_CLIENTS },
	{ "before", 1, NULL, O_BEFORE },
	{ "after", 1, NULL, O_AFTER },
	{ "begin-inside", 0, NULL, O_INSIDE },
	{ "no-background", 0, NULL, O_NO_BACKGROUND },
	{ "bystander", 1, NULL, O_OUT },
	{ "victim", 1, NULL, O_SECOND },
	{ "out-b", 1, NULL, O_SECOND },
	{ "log", 1, NULL, O_LOG },
	{ "truth-b", 1, NULL, O_TRUTH_B },
	{ "log-form", 1, NULL, O_LOG_FORM },
	{ "skew", 1, NULL, O_SKEW },
	{ "drift", 1, NULL, O_DRIFT },
	{ "elsewhere", 1, NULL, O_ELSEWHERE },
	{ "help", 0, NULL, O_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool
number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;
	uint64_t v, unit = 1;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0)
		return false;
	if (*end != '\0' && end[1] == '\0') {
		unit = *end == 'K' ? 1000 : *end == 'M' ? 1000000 : *end == 'G' ? 1000000000 : 0;
		end++;
	}
	if (*end != '\0' || unit == 0 || v > max / unit)
		return false;
	*out = v * unit;
	return true;
}

static bool
number32(const char *text, uint32_t *out)
{
	uint64_t v;

	if (!number(text, UINT32_MAX, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool
choice(const char *text, const char *const *words, uint8_t *out)
{
	for (uint8_t i = 0; words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static bool
choose_link(const char *text, uint8_t *out)
{
	for (uint8_t i = 0; i < GEN_LINK_COUNT; i++)
		if (strcmp(text, gen_wire_link_name((enum gen_link)i)) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* Options that are words or numbers of the file's form. */
static bool
take_format(struct task *t, int key, const char *arg)
{
	static const char *const formats[] = { "pcap", "pcapng", NULL };
	static const char *const resolutions[] = { "us", "ns", NULL };
	static const char *const endians[] = { "le", "be", "mixed", NULL };
	static const char *const ips[] = { "4", "6", "mix", NULL };
	struct gen_format *f = &t->o.format;
	uint8_t v = 0;
	bool ok = true;

	switch (key) {
	case O_FORMAT:
		ok = choice(arg, formats, &v);
		f->pcapng = v == 1;
		return ok;
	case O_RESOLUTION:
		ok = choice(arg, resolutions, &v);
		f->nano = v == 1;
		return ok;
	case O_ENDIAN:
		return choice(arg, endians, &f->endian);
	case O_SNAPLEN:
		return number32(arg, &f->snaplen);
	case O_SECTIONS:
		return number32(arg, &f->section_every);
	case O_INTERFACES:
		return number32(arg, &f->interfaces) && f->interfaces >= 1 && f->interfaces <= 4;
	case O_EXTRAS:
		f->extras = true;
		return true;
	case O_ODD:
		f->odd_packets = true;
		return true;
	case O_LINK:
		return choose_link(arg, &t->o.link);
	case O_IP:
		return choice(arg, ips, &t->o.ip);
	default:
		return false;
	}
}

static bool
number_signed(const char *text, int64_t max, int64_t *out)
{
	bool minus = text[0] == '-';
	uint64_t v;

	if (!number(text + minus, (uint64_t)max, &v))
		return false;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

/* Options of two captures. */
static bool
take_second(struct task *t, int key, const char *arg)
{
	static const char *const forms[] = { "common", "combined", "json", NULL };

	switch (key) {
	case O_SECOND:
		t->second = arg;
		return true;
	case O_LOG:
		t->log = arg;
		return true;
	case O_TRUTH_B:
		t->truth_b = arg;
		return true;
	case O_LOG_FORM:
		return choice(arg, forms, &t->o.log_form);
	case O_SKEW:
		if (!number_signed(arg, 1000000000, &t->o.skew))
			return false;
		t->o.skew *= GEN_MS;
		return true;
	case O_DRIFT:
		return number_signed(arg, 100000000, &t->o.drift_ppb);
	case O_ELSEWHERE:
		return number32(arg, &t->o.elsewhere) && t->o.elsewhere <= 1000000;
	default:
		return take_format(t, key, arg);
	}
}

/* Options of what is planted: floods, scans, crowds. */
static bool
take_planted(struct task *t, int key, const char *arg)
{
	switch (key) {
	case O_STORY:
		t->story = arg;
		return true;
	case O_PPS:
		return number32(arg, &t->o.pps) && t->o.pps >= 1 && t->o.pps <= 100000000;
	case O_CLIENTS:
		return number32(arg, &t->o.clients) && t->o.clients <= 1000000;
	case O_BEFORE:
		return number32(arg, &t->o.before) && t->o.before <= 86400;
	case O_AFTER:
		return number32(arg, &t->o.after) && t->o.after <= 86400;
	case O_INSIDE:
		t->o.begin_inside = true;
		return true;
	case O_NO_BACKGROUND:
		t->o.background = 0;
		return true;
	default:
		return take_second(t, key, arg);
	}
}

static bool
take_option(struct task *t, int key, const char *arg)
{
	switch (key) {
	case O_SEED:
		return number(arg, UINT64_MAX, &t->o.seed);
	case O_OUT:
		t->out = arg;
		return true;
	case O_TRUTH:
		t->truth = arg;
		return true;
	case O_ONLY:
		t->o.only = arg;
		return true;
	case O_PACKETS:
		return number(arg, UINT64_MAX, &t->o.packets);
	case O_BYTES:
		return number(arg, UINT64_MAX, &t->o.bytes);
	case O_BACKGROUND:
		return number32(arg, &t->o.background);
	case O_CONNECTIONS:
		return number32(arg, &t->o.connections);
	case O_RATE:
		return number32(arg, &t->o.rate);
	case O_MSS:
		return number32(arg, &t->o.mss) && t->o.mss >= 64 && t->o.mss <= 1460;
	case O_FLOWS:
		return number32(arg, &t->o.flows);
	case O_COMMENTS:
		t->o.comments = true;
		return true;
	case O_MIXED:
		t->o.mixed_links = true;
		return true;
	case O_NO_PAD:
		t->o.unchecked_pad = true;
		return true;
	case O_CUT:
		return number(arg, UINT64_MAX, &t->cut);
	default:
		return take_planted(t, key, arg);
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
	bool endless = s->o.packets + s->o.bytes > 0 && !sc->once;

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
write_truth(struct gen_sim *s, const struct task *t)
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
write_story(const struct gen_sim *s, const struct task *t)
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
cut_end(const struct task *t, int fd)
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
open_second(struct task *t)
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
close_second(struct task *t)
{
	bool ok = t->o.second < 0 || close(t->o.second) == 0;

	ok = (t->o.log == NULL || fclose(t->o.log) == 0) && ok;
	return (t->o.truth_b == NULL || fclose(t->o.truth_b) == 0) && ok;
}

static int
run_task(struct task *t)
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
	known = ok && run_scenario(s, t->scenario);
	ok = ok && gen_sim_end(s) && cut_end(t, fd);
	ok = close(fd) == 0 && ok;
	ok = close_second(t) && ok;
	ok = write_truth(s, t) && ok;
	ok = write_story(s, t) && ok;
	gen_sim_release(s);
	free(s);
	if (!known)
		return usage("no such episode, see comity-gen list", t->o.only);
	if (!ok) {
		fprintf(stderr, "comity-gen: could not write everything\n");
		return 3;
	}
	return 0;
}

static bool
names_file(const char *option)
{
	static const char *const names[] = { "--out", "--truth", "--story", "--out-b",
		"--bystander", "--victim", "--log", "--truth-b" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(option, names[i]) == 0)
			return true;
	return false;
}

static void
keep_command(struct task *t, int argc, char **argv)
{
	size_t at = 0;

	for (int i = 0; i < argc; i++) {
		bool place = i > 0 && names_file(argv[i - 1]);
		const char *word = i == 0 ? "comity-gen" : place ? "..." : argv[i];
		int n = snprintf(
		    t->command + at, sizeof(t->command) - at, "%s%s", i == 0 ? "" : " ", word);

		if (n < 0 || (size_t)n >= sizeof(t->command) - at)
			return;
		at += (size_t)n;
	}
}

int
main(int argc, char **argv)
{
	struct task t = { .out = "-",
		.o = { .seed = 1,
		    .background = 3,
		    .rate = 1750,
		    .before = 30,
		    .after = 30,
		    .elsewhere = 800,
		    .log_form = GEN_LOG_COMBINED } };
	int key;

	if (argc < 2 || argv[1][0] == '-')
		return usage("a scenario is missing", NULL);
	if (strcmp(argv[1], "list") == 0) {
		print_list();
		return 0;
	}
	t.scenario = find_scenario(argv[1]);
	if (t.scenario == NULL)
		return usage("no such scenario", argv[1]);
	keep_command(&t, argc, argv);
	t.o.connections = t.scenario->run == gen_run_cannon         ? 400
			  : t.scenario->run == gen_run_inject_probe ? 20
			  : t.scenario->run == gen_run_inject_rate  ? 600
								    : 200;
	t.o.background = t.scenario->run == gen_run_vantage || !t.scenario->once ? 3 : 20;
	optind = 2;
	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (key == '?' || key == O_HELP)
			return usage("see below", NULL);
		if (!take_option(&t, key, optarg))
			return usage("that value makes no sense", optarg);
	}
	if (optind < argc)
		return usage("what is this", argv[optind]);
	if (t.scenario->run == gen_run_big && t.o.packets + t.o.bytes == 0)
		return usage("big needs --bytes or --packets", NULL);
	if (t.scenario->once) {
		t.o.planted = t.o.packets;
		t.o.packets = 0;
	}
	if ((t.scenario->run == gen_run_chain || t.scenario->run == gen_run_vantage) &&
	    t.second == NULL)
		return usage("that needs two captures", argv[1]);
	t.o.mark_planted = t.truth != NULL;
	t.o.format.linktype = gen_wire_linktype((enum gen_link)t.o.link);
	return run_task(&t);
}
