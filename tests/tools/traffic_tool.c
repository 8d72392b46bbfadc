/* What traffic/ finds in captures, as text, and whether draws of it give it again:
 *
 *	traffic_tool FILE...
 *	traffic_tool --draws N FILE...     for each finding N draws, and how many gave it again
 *	traffic_tool --time FILE...        nanoseconds a packet, the best of five */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../laws/traffic/replay.h"
#include "capture/host.h"

static void
say_signs(const struct cm_traffic_finding *f)
{
	for (size_t i = 0; i < f->n_signs; i++)
		printf("    %s%s %" PRId64 " %s (limit %" PRId64 ")%s\n", f->signs[i].kind->against ? "against: " : "",
		    f->signs[i].kind->name, f->signs[i].value, f->signs[i].kind->unit, f->signs[i].limit,
		    f->signs[i].kind->thins ? "" : " [whole capture]");
}

static void
say(const struct cm_traffic_finding *f)
{
	static const char *const how[] = { "none", "before", "others" };
	char target[CM_HOST_TEXT] = "many", source[CM_HOST_TEXT] = "many";

	if (f->target.net != 0)
		cm_host_text(&f->target, target);
	if (f->source.net != 0)
		cm_host_text(&f->source, source);
	printf("  %s %s: %s -> %s port %u proto %u%s%s\n", cm_traffic_kind_word(f->kind),
	    cm_traffic_verdict_word(f->verdict), source, target, f->port, f->proto,
	    f->service != NULL ? " service " : "", f->service != NULL ? f->service : "");
	printf("    %.3f s, packets %" PRIu64 " bytes %" PRIu64 " peak %" PRIu64 "/s mean %" PRIu64
	       "/s; ids %" PRIu64 "..%" PRIu64 "%s%s\n",
	    (double)(f->to_ns - f->from_ns) / 1e9, f->packets, f->bytes, f->peak_per_s, f->mean_per_s, f->first,
	    f->last, f->cut_begin ? " cut-begin" : "", f->cut_end ? " cut-end" : "");
	printf("    sources %" PRIu64 " targets %" PRIu64 " hosts %" PRIu64 " ports %" PRIu64
	       "; baseline %s %" PRIu64 " milli/s over %" PRIu64 " ms; %s\n",
	    f->sources, f->targets, f->hosts, f->ports, how[f->baseline.how], f->baseline.milli,
	    f->baseline.span_ms, f->name != NULL ? f->name : "-");
	printf("    answered %d -> %d ppm%s%s; unseen: %s\n", f->effect.syn_answered_ppm[0],
	    f->effect.syn_answered_ppm[1], f->effect.degraded ? ", degraded" : "",
	    f->effect.recovered ? ", recovered" : "", f->effect.unseen != NULL ? f->effect.unseen : "-");
	say_signs(f);
}

static void
draws(const struct replay *r, const struct cm_traffic_finding *f, unsigned n)
{
	uint64_t support = replay_support(r, f), thin = replay_thin(support);
	unsigned again = 0;

	for (unsigned i = 0; i < n; i++) {
		struct replay_run run = { .thin = thin, .draw_seed = i, .of = f };
		struct cm_traffic *t = replay_traffic(r, &run);

		again += replay_has(t, f);
		cm_traffic_free(t);
	}
	printf("    support %" PRIu64 ", 1 in %" PRIu64 ": %u of %u draws give it again\n", support, thin, again, n);
}

static void
measure(const struct replay *r, const char *name)
{
	double best = 1e9;

	for (unsigned i = 0; i < 5; i++) {
		struct timespec a, b;
		double ns;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		cm_traffic_free(replay_traffic(r, &(struct replay_run) { 0 }));
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		ns = (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec);
		best = ns < best ? ns : best;
	}
	printf("%s: %zu packets, %.1f ns each\n", name, r->n, best / (double)r->n);
}

int
main(int argc, char **argv)
{
	unsigned n_draws = 0;
	bool timed = false;

	for (int i = 1; i < argc; i++) {
		struct cm_traffic *t;
		struct replay r;

		if (strcmp(argv[i], "--draws") == 0 && i + 1 < argc) {
			n_draws = (unsigned)strtoul(argv[++i], NULL, 10);
			continue;
		}
		if (strcmp(argv[i], "--time") == 0) {
			timed = true;
			continue;
		}
		if (!replay_read(&r, argv[i])) {
			fprintf(stderr, "traffic_tool: %s: no capture\n", argv[i]);
			continue;
		}
		t = replay_traffic(&r, &(struct replay_run) { 0 });
		printf("%s: %zu packets, %zu findings\n", argv[i], r.n, cm_traffic_n(t));
		for (size_t k = 0; k < cm_traffic_n(t); k++) {
			say(cm_traffic_at(t, k));
			if (n_draws > 0)
				draws(&r, cm_traffic_at(t, k), n_draws);
		}
		cm_traffic_free(t);
		if (timed)
			measure(&r, argv[i]);
		replay_free(&r);
	}
	return 0;
}
