#include <string.h>

#include "traffic/signs.h"

/* Base rates: of the hosts that got five packets of a kind or more, and the sources that tried two targets or
 * more, in real captures without flood or scan, so many have the sign.  See docs/evaluation.md. */
#define NO_TARGET "not counted: no such target in 35 captures"

static const struct cm_traffic_sign_kind kinds[CM_TRAFFIC_SIGNS] = {
	[CM_SIGN_MANY] = { "many", "so many packets of this kind came in a second while it lasted",
	    "per second", "4 of 129 benign targets in 25 captures", false, true },
	[CM_SIGN_UNCOMPLETED] = { "uncompleted", "openings are hardly followed by acknowledgements or data",
	    "ppm", "1 of 11 benign targets in 6 captures", false, true },
	[CM_SIGN_UNFINISHED] = { "unfinished", "hardly any connection is closed for one that is opened",
	    "ppm", "7 of 11 benign targets in 6 captures", false, true },
	[CM_SIGN_UNANSWERED] = { "unanswered", "the target answers few of the openings",
	    "ppm", "3 of 11 benign targets in 6 captures", false, true },
	[CM_SIGN_BARE] = { "bare", "openings carry no TCP option, as no operating system of today sends them",
	    "ppm", "0 of 11 benign targets in 6 captures", false, true },
	[CM_SIGN_SAME_SHAPE] = { "same-shape", "window and options are the same in nearly all packets",
	    "ppm", "22 of 84 benign targets in 24 captures", false, true },
	[CM_SIGN_SAME_SIZE] = { "same-size", "nearly all packets have one length",
	    "ppm", "13 of 99 benign targets in 24 captures", false, true },
	[CM_SIGN_SOURCES_SPREAD] = { "sources-spread", "packets come evenly from many sources (thousandths)",
	    "", "3 of 128 benign targets in 25 captures", false, true },
	[CM_SIGN_OCTETS_SPREAD] = { "octets-spread", "first octets of the sources are spread as no crowd's are (thousandths of a bit)",
	    "", "0 of 11 benign targets in 6 captures", false, false },
	[CM_SIGN_PORTS_SPREAD] = { "ports-spread", "packets go evenly to many ports (thousandths)",
	    "", "4 of 113 benign targets in 25 captures", false, true },
	[CM_SIGN_UNASKED] = { "unasked", "the target is not seen asking for these answers",
	    "ppm", "11 of 22 benign targets in 12 captures", false, true },
	[CM_SIGN_NOTHING_FOLLOWS] = { "nothing-follows", "answers belong to no connection that goes on",
	    "ppm", "0 of 18 benign targets in 12 captures", false, true },
	[CM_SIGN_AMPLIFIED] = { "amplified", "mean length, more than the service's ordinary answers have",
	    "bytes", "0 of 4 benign targets in 4 captures", false, true },
	[CM_SIGN_NEVER_BEGAN] = { "never-began", "first fragments for these later ones are missing",
	    "ppm", NO_TARGET, false, true },
	[CM_SIGN_ONE_WAY] = { "one-way", "the target sends hardly anything of this protocol",
	    "ppm", "12 of 95 benign targets in 24 captures", false, true },
	[CM_SIGN_UNREACHABLE] = { "unreachable", "errors come back: port unreachable and the like",
	    "ppm", "0 of 22 benign targets in 6 captures", false, false },
	[CM_SIGN_REFUSED] = { "refused", "the target answers with resets",
	    "ppm", "0 of 73 benign targets in 24 captures", false, true },
	[CM_SIGN_SPEAKS] = { "speaks", "the target is seen sending other things",
	    "ppm", "4 of 22 benign targets in 6 captures", false, false },
	[CM_SIGN_TINY] = { "tiny", "mean length, less than any sender cuts fragments to",
	    "bytes", NO_TARGET, false, true },
	[CM_SIGN_NO_OPENING] = { "no-opening", "segments without openings to match",
	    "ppm", "62 of 73 benign targets in 24 captures", false, true },
	[CM_SIGN_NOT_TAKEN] = { "not-taken", "addresses are asked for and not taken",
	    "ppm", "0 of 1 benign targets in 1 capture", false, true },
	[CM_SIGN_ONE_CLIENT] = { "one-client", "one hardware address speaks for many clients (thousandths)",
	    "", "0 of 1 benign targets in 1 capture", false, true },
	[CM_SIGN_CLIENTS_SPREAD] = { "clients-spread", "many hardware addresses ask, each about as often (thousandths)",
	    "", "0 of 1 benign targets in 1 capture", false, true },
	[CM_SIGN_MORE_THAN_USUAL] = { "more-than-usual", "times the rate before and after (thousandths)",
	    "", "0 of 33 benign targets in 8 captures", false, false },
	[CM_SIGN_COMPLETED] = { "completed", "openings are followed by acknowledgements and data",
	    "ppm", "8 of 11 benign targets in 6 captures", true, true },
	[CM_SIGN_FINISHED] = { "finished", "connections are closed in an orderly way",
	    "ppm", "3 of 11 benign targets in 6 captures", true, true },
	[CM_SIGN_TARGETS_MANY] = { "targets-many", "different hosts and ports tried by one source",
	    "", "0 of 35 benign sources in 12 captures", false, false },
	[CM_SIGN_TARGETS_UNANSWERED] = { "targets-unanswered", "share of the targets that accept",
	    "ppm", "15 of 35 benign sources in 12 captures", false, true },
	[CM_SIGN_TARGETS_REFUSED] = { "targets-refused", "share of the targets that refuse",
	    "ppm", "3 of 13 benign sources in 12 captures", false, false },
	[CM_SIGN_NOTHING_SAID] = { "nothing-said", "share of the targets that got any data",
	    "ppm", "10 of 13 benign sources in 12 captures", false, true },
	[CM_SIGN_HALF_OPEN] = { "half-open", "what accepts is not acknowledged",
	    "ppm", "9 of 13 benign sources in 12 captures", false, false },
	[CM_SIGN_ODD_FLAGS] = { "odd-flags", "share of probes with flags that no operating system sends",
	    "ppm", "0 of 13 benign sources in 12 captures", false, true },
	[CM_SIGN_NO_OPTIONS] = { "few-options", "probes carry fewer options than an operating system's do",
	    "ppm", "0 of 13 benign sources in 12 captures", false, true },
	[CM_SIGN_SMALL] = { "small", "mean length of the probes",
	    "bytes", "18 of 22 benign sources in 6 captures", false, true },
};

static bool
put(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit, bool is)
{
	if (is && l->n < CM_SIGNS_MAX)
		l->at[l->n++] = (struct cm_traffic_sign) { &kinds[id],
			value > INT64_MAX ? INT64_MAX : (int64_t)value, limit };
	return is;
}

bool
cm_sign_least(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit)
{
	uint64_t bar = (uint64_t)(l->drawn ? limit - limit / 4 : limit);

	return put(l, id, value, limit, value >= bar);
}

bool
cm_sign_most(struct cm_sign_list *l, enum cm_traffic_sign_id id, uint64_t value, int64_t limit)
{
	uint64_t bar = (uint64_t)(l->drawn ? limit + limit / 4 : limit);

	return put(l, id, value, limit, value <= bar);
}

bool
cm_sign_in(const struct cm_sign_list *l, enum cm_traffic_sign_id id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].kind == &kinds[id])
			return true;
	return false;
}

CM_RESULT
cm_signs_keep(const struct cm_sign_list *l, struct cm_arena *arena, struct cm_traffic_finding *f)
{
	struct cm_traffic_sign *at = cm_arena_array(arena, l->n == 0 ? 1 : l->n, sizeof(*at));

	if (at == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < l->n; i++) {
		size_t k = i;

		for (; k > 0 && strcmp(at[k - 1].kind->name, l->at[i].kind->name) > 0; k--)
			at[k] = at[k - 1];
		at[k] = l->at[i];
	}
	f->signs = at;
	f->n_signs = l->n;
	return CM_OK;
}
