#include <string.h>

#include "traffic/signs.h"

/* Base rates: real captures without flood or scan of which a finding with this sign was made; small
 * ones, so that it says little of busy places.  See docs/floods.md. */
#define NONE_OF "in no finding of 35 benign captures"
#define NOT_MEASURED "not measured"

static const struct cm_traffic_sign_kind kinds[CM_TRAFFIC_SIGNS] = {
	[CM_SIGN_MANY] = { "many", "so many packets of this kind came in a second while it lasted",
	    "per second", NONE_OF, false, true },
	[CM_SIGN_UNCOMPLETED] = { "uncompleted", "openings are hardly followed by acknowledgements or data",
	    "ppm", NONE_OF, false, true },
	[CM_SIGN_UNFINISHED] = { "unfinished", "hardly any connection is closed for one that is opened",
	    "ppm", NONE_OF, false, true },
	[CM_SIGN_UNANSWERED] = { "unanswered", "the target answers few of the openings", "ppm", NONE_OF, false, true },
	[CM_SIGN_BARE] = { "bare", "openings carry no TCP option, as no operating system of today sends them",
	    "ppm", NONE_OF, false, true },
	[CM_SIGN_SAME_SHAPE] = { "same-shape", "window and options are the same in nearly all packets", "ppm",
	    NONE_OF, false, true },
	[CM_SIGN_SAME_SIZE] = { "same-size", "nearly all packets have one length", "ppm", NONE_OF, false, true },
	[CM_SIGN_SOURCES_SPREAD] = { "sources-spread", "packets come evenly from many sources (thousandths)", "",
	    NONE_OF, false, true },
	[CM_SIGN_OCTETS_SPREAD] = { "octets-spread",
	    "first octets of the sources are spread as no crowd's are (thousandths of a bit)", "", NONE_OF, false, false },
	[CM_SIGN_PORTS_SPREAD] = { "ports-spread", "packets go evenly to many ports (thousandths)", "", NONE_OF,
	    false, true },
	[CM_SIGN_UNASKED] = { "unasked", "the target is not seen asking for these answers", "ppm", NONE_OF, false, true },
	[CM_SIGN_NOTHING_FOLLOWS] = { "nothing-follows", "answers belong to no connection that goes on", "ppm", NONE_OF,
	    false, true },
	[CM_SIGN_AMPLIFIED] = { "amplified", "mean length, more than the service's ordinary answers have", "bytes",
	    NONE_OF, false, true },
	[CM_SIGN_NEVER_BEGAN] = { "never-began", "first fragments for these later ones are missing", "ppm", NONE_OF,
	    false, true },
	[CM_SIGN_ONE_WAY] = { "one-way", "the target sends hardly anything of this protocol", "ppm", NONE_OF, false, true },
	[CM_SIGN_REFUSED] = { "refused", "the target answers with resets", "ppm", NONE_OF, false, true },
	[CM_SIGN_UNREACHABLE] = { "unreachable", "errors come back: port unreachable and the like", "ppm", NONE_OF,
	    false, false },
	[CM_SIGN_SPEAKS] = { "speaks", "the target is seen sending other things", "ppm", NOT_MEASURED, false, false },
	[CM_SIGN_TINY] = { "tiny", "mean length, less than any sender cuts fragments to", "bytes", NONE_OF, false,
	    true },
	[CM_SIGN_NO_OPENING] = { "no-opening", "segments without openings to match", "ppm", NONE_OF, false, false },
	[CM_SIGN_NOT_TAKEN] = { "not-taken", "addresses are asked for and not taken", "ppm", NONE_OF, false, true },
	[CM_SIGN_ONE_CLIENT] = { "one-client", "one hardware address speaks for many clients (thousandths)", "",
	    NONE_OF, false, true },
	[CM_SIGN_CLIENTS_SPREAD] = { "clients-spread", "many hardware addresses ask, each about as often (thousandths)",
	    "", NONE_OF, false, true },
	[CM_SIGN_MORE_THAN_USUAL] = { "more-than-usual", "times the rate before and after (thousandths)", "", NONE_OF,
	    false, false },
	[CM_SIGN_COMPLETED] = { "completed", "openings are followed by acknowledgements and data", "ppm", NOT_MEASURED,
	    true, true },
	[CM_SIGN_FINISHED] = { "finished", "connections are closed in an orderly way", "ppm", NOT_MEASURED, true, true },
	[CM_SIGN_TARGETS_MANY] = { "targets-many", "different hosts and ports tried by one source", "", NONE_OF, false,
	    false },
	[CM_SIGN_TARGETS_UNANSWERED] = { "targets-unanswered", "share of the targets that accept", "ppm", NONE_OF,
	    false, true },
	[CM_SIGN_TARGETS_REFUSED] = { "targets-refused", "share of the targets that refuse", "ppm", NONE_OF, false,
	    false },
	[CM_SIGN_NOTHING_SAID] = { "nothing-said", "share of the targets that got any data", "ppm", NONE_OF, false,
	    true },
	[CM_SIGN_HALF_OPEN] = { "half-open", "what accepts is not acknowledged", "ppm", NONE_OF, false, false },
	[CM_SIGN_ODD_FLAGS] = { "odd-flags", "share of probes with flags that no operating system sends", "ppm", NONE_OF,
	    false, true },
	[CM_SIGN_NO_OPTIONS] = { "few-options", "probes carry fewer options than an operating system's do", "ppm",
	    NONE_OF, false, true },
	[CM_SIGN_SMALL] = { "small", "mean length of the probes", "bytes", NOT_MEASURED, false, true },
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
