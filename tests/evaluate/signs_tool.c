/* What each sign of a flood or scan comes to, for every host that gets anything, every source that
 * tries anything and every name that is asked for, also those far below any verdict: what base
 * rates are counted from (tests/evaluate/signs.py).
 *
 *	signs_tool FILE         lines, tabs between:
 *	    what who events sign value limit held         (without a sign: it was looked at)
 *	signs_tool --kinds      name, base rate and group (target, source, name) of each sign
 *
 * Limits of signs are those of the program.  Its limits of quantity are not: every target is
 * watched from its first packet, all of a name's requests are one episode.  Linked with --wrap, so that
 * every sign that a detector asks for is seen, not only those that are there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../laws/traffic/replay.h"
#include "capture/host.h"
#include "capture/request.h"
#include "traffic/asked_parts.h"
#include "traffic/finding.h"
#include "traffic/mix.h"

#define MIB ((size_t)1 << 20)
#define NAMES 512u

bool __real_cm_sign_least(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);
bool __real_cm_sign_most(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);
bool __wrap_cm_sign_least(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);
bool __wrap_cm_sign_most(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit);

/* Of whom the signs are that are asked for now; the functions below have no argument to carry it. */
static struct {
	const char *what;
	char who[CM_ASKED_NAME + 1];
	uint64_t events;
} now;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "signs_tool: %s\n", what);
	exit(2);
}

static void
tell(const char *sign, int64_t value, int64_t limit, bool held)
{
	printf("%s\t%s\t%" PRIu64 "\t%s\t%" PRId64 "\t%" PRId64 "\t%d\n", now.what, now.who, now.events, sign, value,
	    limit, held);
}

static const char *
name_of_sign(enum cm_traffic_sign_id id)
{
	struct cm_sign_list l = { 0 };

	(void)__real_cm_sign_least(&l, id, 1, 0);
	return l.at[0].kind->name;
}

bool
__wrap_cm_sign_least(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit)
{
	bool held = __real_cm_sign_least(l, id, value, limit);

	tell(name_of_sign(id), (int64_t)(value & INT64_MAX), limit, held);
	return held;
}

bool
__wrap_cm_sign_most(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit)
{
	bool held = __real_cm_sign_most(l, id, value, limit);

	tell(name_of_sign(id), (int64_t)(value & INT64_MAX), limit, held);
	return held;
}

/* ---- targets and sources ---- */

static const char *
class_word(enum cm_class c)
{
	static const char *const words[] = { "target:syn", "target:answer", "target:tcp", "target:service", "target:udp",
		"target:icmp", "target:later", "target:other", "target:leases" };

	return words[c];
}

static void
of_host(const char *what, const struct cm_host *h, uint64_t events)
{
	now.what = what;
	now.events = events;
	snprintf(now.who, sizeof(now.who), "%s", "all");
	if (h->net != 0)
		cm_host_text(h, now.who);
}

static void
tell_watch(struct cm_watch *w)
{
	for (size_t k = 0; k < cm_flood_n_detectors; k++) {
		struct cm_flood_detector d = *cm_flood_detectors[k];
		struct cm_sign_list l = { 0 };
		enum cm_traffic_verdict v;
		struct cm_tally t;

		d.least = d.least_per_s = 1;
		if (d.watches != w->kind || !cm_tally_watch(w, 1, &d, &t))
			continue;
		of_host(class_word(w->kind), &w->host, w->in);
		tell("", 0, 0, false);
		(void)d.is(&t, &l, &v);
	}
}

static void
tell_sources(const struct cm_scanners *s)
{
	for (uint32_t i = 0; i < s->hosts.used; i++) {
		const struct cm_scanner *c = (const struct cm_scanner *)cm_roster_at(&s->hosts, i);
		struct cm_sign_list l = { 0 };

		if (c->probes == 0)
			continue;
		of_host(s->proto == 17 ? "source:udp" : "source:tcp", &c->at.host, cm_scanner_tried(s, c, CM_TRIED));
		tell("", 0, 0, false);
		(void)cm_scan_is(s, c, &l);
	}
}

struct counted {
	struct cm_targets targets;
	struct cm_scanners tcp, udp;
};

static enum cm_result
count_packet(struct counted *c, const struct cm_packet *p)
{
	struct cm_seen s = { .p = p, .is = cm_class_of(p), .t_ns = p->t_ns };
	enum cm_result r;

	if (s.is == CM_CLASS_NONE)
		return CM_OK;
	s.src = cm_mix_host(&p->src, 0);
	s.dst = cm_mix_host(&p->dst, 0);
	r = cm_targets_packet(&c->targets, &s);
	if (r != CM_OK || !p->transport)
		return r;
	if (p->proto == 6)
		return cm_scanners_tcp(&c->tcp, &s, c->targets.second);
	if (p->proto == 17 || s.is == CM_CLASS_ICMP)
		return cm_scanners_udp(&c->udp, &s, c->targets.second);
	return CM_OK;
}

static void
packets(const struct replay *r)
{
	struct counted *c = calloc(1, sizeof(*c));

	if (c == NULL || cm_targets_init(&c->targets, 512 * MIB, 0, 1) != CM_OK ||
	    cm_scanners_init(&c->tcp, 6, 64 * MIB, 0) != CM_OK || cm_scanners_init(&c->udp, 17, 64 * MIB, 0) != CM_OK)
		die("no memory");
	for (unsigned i = 0; i < CM_CLASSES; i++)
		c->targets.at_least[i] = 1;
	for (size_t i = 0; i < r->n; i++)
		if (count_packet(c, &r->at[i]) != CM_OK)
			die("no memory");
	for (uint32_t i = 0; i < c->targets.max_watches; i++)
		if (c->targets.watch[i] != NULL)
			tell_watch(c->targets.watch[i]);
	tell_sources(&c->tcp);
	tell_sources(&c->udp);
	cm_targets_fini(&c->targets);
	cm_scanners_fini(&c->tcp);
	cm_scanners_fini(&c->udp);
	free(c);
}

/* ---- names ---- */

struct named {
	char name[CM_ASKED_NAME + 1];
	struct cm_episode *e;
};

/* The Host line with its letters; what can not be printed is a question mark. */
static void
fold(struct cm_span host, char *to)
{
	size_t n = host.len < CM_ASKED_NAME ? host.len : CM_ASKED_NAME;

	for (size_t i = 0; i < n; i++) {
		uint8_t x = host.ptr[i];

		to[i] = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x > 32 && x < 127 ? (char)x : '?';
	}
	to[n] = 0;
}

static struct named *
named(struct named *all, size_t *n, const struct cm_request *r)
{
	char name[CM_ASKED_NAME + 1];

	fold(r->host, name);
	for (size_t i = 0; i < *n; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	if (*n == NAMES)
		return NULL;
	memcpy(all[*n].name, name, sizeof(name));
	all[*n].e = cm_episode_new(false);
	if (all[*n].e == NULL)
		die("no memory");
	cm_episode_begin(all[*n].e, false, 0);
	all[*n].e->from_ns = r->t_ns;
	return &all[(*n)++];
}

/* As src/traffic/asked.c looks at it. */
static void
count_request(struct named *who, const struct cm_request *r, void *scratch)
{
	uint8_t path[CM_PATH_MAX];
	struct cm_asked_look l = { .r = r };

	l.path = cm_path_shape(r->target, path);
	l.path_key = cm_key_of(l.path, 1);
	l.part = cm_path_is_part(l.path);
	l.client = cm_key_of(cm_span_of(&r->client, sizeof(r->client)), 2);
	l.referer_host = cm_url_host(cm_span_part(r->referer, 0, CM_QUERY_MAX));
	l.referer_is = r->referer_known ? CM_REFERER_NONE : CM_REFERER_UNKNOWN;
	if (r->referer.ptr != NULL && l.referer_host.len > 0) {
		l.referer = cm_key_of_folded(l.referer_host, 0);
		l.referer_is = cm_same_site(l.referer_host, r->host) ? CM_REFERER_OWN : CM_REFERER_FOREIGN;
	}
	cm_episode_add(who->e, &l, false, scratch);
	who->e->to_ns = r->t_ns;
	who->e->active_ns = r->t_ns - who->e->from_ns;
}

static void
tell_name(const struct named *who)
{
	const struct cm_answers none = { 0 };
	const struct cm_asked_context c = { .name = cm_span_str(who->name), .thin = 1, .base_answers = &none,
		.from_packets = true };
	int64_t value[CM_ASKED_SIGNS];

	now.what = "name";
	now.events = who->e->n;
	snprintf(now.who, sizeof(now.who), "%s", who->name);
	cm_asked_measure(who->e, &c, value);
	for (unsigned i = 0; i < CM_ASKED_SIGNS; i++) {
		const struct cm_asked_rule *rule = &cm_asked_rules()[i];

		if (value[i] != CM_ASKED_NOT_KNOWN)
			tell(rule->kind.name, value[i], rule->limit,
			    rule->below ? value[i] <= rule->limit : value[i] >= rule->limit);
	}
}

static void
requests(const struct replay *r)
{
	struct named *all = calloc(NAMES, sizeof(*all));
	void *scratch = malloc(cm_episode_scratch_bytes(false));
	size_t n = 0;

	if (all == NULL || scratch == NULL)
		die("no memory");
	for (size_t i = 0; i < r->n; i++) {
		struct cm_request q;
		struct named *who;

		if (r->at[i].proto != 6 || !cm_request_of_packet(&r->at[i], &q))
			continue;
		who = named(all, &n, &q);
		if (who != NULL)
			count_request(who, &q, scratch);
	}
	for (size_t i = 0; i < n; i++) {
		tell_name(&all[i]);
		cm_episode_free(all[i].e);
	}
	free(scratch);
	free(all);
}

static int
kinds(void)
{
	for (unsigned i = 0; i < CM_TRAFFIC_SIGNS; i++) {
		struct cm_sign_list l = { 0 };

		(void)__real_cm_sign_least(&l, (enum cm_traffic_sign_id)i, 1, 0);
		printf("%s\t%s\t%s\n", l.at[0].kind->name, l.at[0].kind->base_rate,
		    i < CM_SIGN_TARGETS_MANY ? "target" : "source");
	}
	for (unsigned i = 0; i < CM_ASKED_SIGNS; i++)
		printf("%s\t%s\tname\n", cm_asked_rules()[i].kind.name, cm_asked_rules()[i].kind.base_rate);
	return 0;
}

int
main(int argc, char **argv)
{
	struct replay r;

	if (argc != 2)
		die("usage: signs_tool FILE | --kinds");
	if (strcmp(argv[1], "--kinds") == 0)
		return kinds();
	if (!replay_read(&r, argv[1]))
		die("no capture");
	packets(&r);
	requests(&r);
	replay_free(&r);
	return 0;
}
