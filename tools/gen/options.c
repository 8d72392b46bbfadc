#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
    "usage: comity-gen SCENARIO [option...]\n"
    "       comity-gen list\n"
    "  --seed N            1\n"
    "  --out FILE          - (standard output)\n"
    "  --truth FILE        what was forged, tab-separated\n"
    "  --only EPISODE      one episode of the scenario\n"
    "  --packets N, --bytes N   go on until so much is written (K, M, G: thousands)\n"
    "  --background N      ordinary connections around an episode (3)\n"
    "  --connections N     of great-cannon (400), http, mix and their benches (200),\n"
    "                      inject-many (200), inject-rate (600), inject-probe (20 a TTL)\n"
    "  --rate N            great-cannon, chain: injected of 100,000 eligible connections (1750)\n"
    "                      inject-probe, inject-rate: likewise (40000)\n"
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
    "  --log FILE, --log-form common|combined|json|vhost|timed   the victim's, by its clock\n"
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

int
gen_usage(const char *what, const char *word)
{
	fprintf(stderr, "comity-gen: %s%s%s\n%s", what, word == NULL ? "" : ": ",
	    word == NULL ? "" : word, usage_text);
	return 2;
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
take_format(struct gen_task *t, int key, const char *arg)
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
take_second(struct gen_task *t, int key, const char *arg)
{
	static const char *const forms[] = { "common", "combined", "json", "vhost", "timed", NULL };

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
take_planted(struct gen_task *t, int key, const char *arg)
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
take_option(struct gen_task *t, int key, const char *arg)
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

int
gen_options_read(struct gen_task *t, int argc, char **argv)
{
	int key;

	optind = 2;
	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (key == '?' || key == O_HELP)
			return gen_usage("see below", NULL);
		if (!take_option(t, key, optarg))
			return gen_usage("that value makes no sense", optarg);
	}
	if (optind < argc)
		return gen_usage("what is this", argv[optind]);
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

void
gen_options_keep(struct gen_task *t, int argc, char **argv)
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
