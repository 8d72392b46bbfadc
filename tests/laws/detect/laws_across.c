/* Laws of what several flows together show (detect/across.h), for every capture at hand:
 *
 *   closure      the packets that an item cites give it again, with the same signs;
 *   names        other addresses give the same items, with the same packets (not tried where
 *		  ICMP errors quote: their payloads name addresses, which no tie hides);
 *   hash seed    nothing depends on it;
 *   windows      none of this needs the payloads to stay in place;
 *   silence      nothing of it is made where it was not asked for.
 *
 * usage: laws_across [-v] FOLDER...   as laws_support; -v prints the items, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "detect/across_json.h"

struct tally {
	unsigned captures, items, patterns, bodies, broken;
	bool verbose;
};

static void
broken(struct tally *t, const char *law, const char *path, const char *what, size_t i)
{
	t->broken++;
	printf("BROKEN %s: %s (%s %zu)\n", law, path, what, i);
}

/* ---- closure ---- */

static bool
same_ids(const struct cm_ids *a, const struct cm_ids *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->id, b->id, a->n * sizeof(*a->id)) == 0);
}

static bool
same_member(const struct cm_across_member *a, const struct cm_across_member *b)
{
	return cm_host_eq(&a->server, &b->server) && strcmp(a->name, b->name) == 0 &&
	    strcmp(a->path, b->path) == 0 && a->request == b->request && a->answer == b->answer &&
	    a->signs == b->signs && a->has_other == b->has_other;
}

static bool
same_pattern(const struct cm_across_same *a, const struct cm_across_same *b)
{
	if (a->points != b->points || a->servers != b->servers || a->sites != b->sites ||
	    a->signed_by != b->signed_by || memcmp(a->with, b->with, sizeof(a->with)) != 0 ||
	    a->n_members != b->n_members || strcmp(a->to ? a->to : "", b->to ? b->to : "") != 0)
		return false;
	for (size_t i = 0; i < a->n_members; i++)
		if (!same_member(&a->member[i], &b->member[i]))
			return false;
	return true;
}

static bool
same_probe(const struct cm_across_probe *a, const struct cm_across_probe *b)
{
	if (a->first_forged != b->first_forged || a->last_without != b->last_without ||
	    a->n_steps != b->n_steps || !cm_host_eq(&a->client, &b->client))
		return false;
	for (size_t i = 0; i < a->n_steps; i++)
		if (a->step[i].ttl != b->step[i].ttl ||
		    (a->step[i].forged > 0) != (b->step[i].forged > 0) ||
		    a->step[i].has_router != b->step[i].has_router)
			return false;
	return true;
}

static void
close_patterns(struct tally *t, const struct packets *all, const struct cm_across *a, const char *path)
{
	for (size_t i = 0; i < a->n_same; i++) {
		struct cm_engine *e = run(all, &a->same[i].support, ALONE);
		const struct cm_across *b = cm_engine_across(e);
		bool found = a->same[i].servers > CM_ACROSS_EXAMPLES;

		for (size_t k = 0; k < b->n_same; k++)
			found |= same_pattern(&a->same[i], &b->same[k]);
		if (!found)
			broken(t, "closure", path, "same", i);
		cm_engine_free(e);
	}
	for (size_t i = 0; i < a->n_bodies; i++) {
		struct cm_engine *e = run(all, &a->bodies[i].support, ALONE);
		const struct cm_across *b = cm_engine_across(e);
		bool found = false;

		for (size_t k = 0; k < b->n_bodies; k++)
			found |= a->bodies[i].points == b->bodies[k].points &&
			    same_member(&a->bodies[i].at, &b->bodies[k].at);
		if (!found)
			broken(t, "closure", path, "bodies", i);
		cm_engine_free(e);
	}
	for (size_t i = 0; i < a->n_probes; i++) {
		struct cm_engine *e = run(all, &a->probes[i].support, ALONE);
		const struct cm_across *b = cm_engine_across(e);
		bool found = false;

		for (size_t k = 0; k < b->n_probes; k++)
			found |= same_probe(&a->probes[i], &b->probes[k]);
		if (!found)
			broken(t, "closure", path, "probe", i);
		cm_engine_free(e);
	}
}

static int
by_value(const void *a, const void *b)
{
	const cm_packet_id *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static struct cm_ids
both(const struct cm_ids *a, const struct cm_ids *b, const struct cm_ids *c)
{
	cm_packet_id *id = need(malloc((a->n + b->n + c->n + 1) * sizeof(*id)));
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		id[n++] = a->id[i];
	for (size_t i = 0; i < b->n; i++)
		id[n++] = b->id[i];
	for (size_t i = 0; i < c->n; i++)
		id[n++] = c->id[i];
	qsort(id, n, sizeof(*id), by_value);
	return (struct cm_ids) { id, n };
}

static bool
same_reach(const struct cm_across_reach *a, const struct cm_across_reach *b)
{
	return a->reached == b->reached && a->by == b->by && same_ids(&a->frames, &b->frames);
}

static bool
same_place(const struct cm_across_place *a, const struct cm_across_place *b)
{
	return a->ttl_low == b->ttl_low && a->ttl_high == b->ttl_high && a->hops == b->hops &&
	    a->rising == b->rising && a->has_genuine == b->has_genuine &&
	    a->genuine_ttl == b->genuine_ttl && a->has_delay == b->has_delay &&
	    a->delay_ns == b->delay_ns && a->permille == b->permille &&
	    same_ids(&a->frames, &b->frames);
}

static void
close_incidents(struct tally *t, const struct packets *all, const struct cm_engine *e, const char *path)
{
	const struct cm_across *a = cm_engine_across(e);

	for (size_t i = 0; i < a->n_reach; i++) {
		const struct cm_incident *x = cm_engine_incident(e, a->reach[i].incident);
		struct cm_ids ids = both(&x->support, &a->reach[i].frames, &a->places[i].frames);
		struct cm_engine *alone = run(all, &ids, ALONE);
		const struct cm_across *b = cm_engine_across(alone);
		bool reach = false, place = false;

		for (size_t k = 0; k < b->n_reach; k++) {
			if (!cm_incident_same(x, cm_engine_incident(alone, b->reach[k].incident)))
				continue;
			reach |= same_reach(&a->reach[i], &b->reach[k]);
			place |= same_place(&a->places[i], &b->places[k]);
		}
		if (!reach)
			broken(t, "closure", path, "reach", i);
		if (!place)
			broken(t, "closure", path, "place", i);
		cm_engine_free(alone);
		free((void *)(uintptr_t)ids.id);
	}
}

/* ---- what nothing depends on ---- */

static struct cm_buf
text_of(const struct cm_across *a)
{
	static const char *const name[] = { "it" };
	struct cm_file_names names = { name, 1 };
	struct cm_buf buf = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&buf, 1);

	cm_across_json(&w, a, &names, 0);
	return buf;
}

/* Addresses as they are printed are what differs when hosts are called otherwise. */
static void
blank_hosts(struct cm_buf *b)
{
	static const char *const key[] = { "\"server\": \"", "\"client\": \"", "\"host\": \"", "\"router\": \"" };
	char *text = (char *)(uintptr_t)cm_buf_cstr(b);

	for (size_t k = 0; k < sizeof(key) / sizeof(key[0]); k++)
		for (char *at = text; (at = strstr(at, key[k])) != NULL;) {
			char *from = at + strlen(key[k]), *end = strchr(from, '"');

			memmove(from, end, strlen(end) + 1);
			at = from;
		}
}

static void
same_items(struct tally *t, const struct packets *all, const struct cm_engine *e, enum law law,
    const char *name, const char *path)
{
	struct cm_engine *f = run(all, NULL, law);
	struct cm_buf a = text_of(cm_engine_across(e)), b = text_of(cm_engine_across(f));

	if (law == OTHER_NAMES) {
		blank_hosts(&a);
		blank_hosts(&b);
	}
	if (strcmp(cm_buf_cstr(&a), cm_buf_cstr(&b)) != 0)
		broken(t, name, path, "all", 0);
	cm_buf_release(&a);
	cm_buf_release(&b);
	cm_engine_free(f);
}

static void
nothing_unasked(struct tally *t, const struct packets *all, const char *path)
{
	struct cm_engine *f = run(all, NULL, NO_SUPPORT);

	if (cm_engine_across(f) != NULL)
		broken(t, "silence", path, "all", 0);
	cm_engine_free(f);
}

static void
count(struct tally *t, const struct cm_across *a, const char *path)
{
	struct cm_buf b;

	t->captures++;
	t->patterns += (unsigned)a->n_same;
	t->bodies += (unsigned)a->n_bodies;
	t->items += (unsigned)(a->n_hands + a->n_reach + a->n_places + a->n_probes + a->n_rates +
	    a->n_tables + a->n_same + a->n_bodies);
	if (!t->verbose)
		return;
	b = text_of(a);
	printf("%s\n%s\n", path, cm_buf_cstr(&b));
	cm_buf_release(&b);
}

static void
try_capture(void *arg, const char *path)
{
	struct tally *t = arg;
	struct cm_span file = read_whole(path);
	struct packets all = read_packets(&file, path);
	struct cm_engine *e = run(&all, NULL, AS_IS);

	count(t, cm_engine_across(e), path);
	close_patterns(t, &all, cm_engine_across(e), path);
	close_incidents(t, &all, e, path);
	if (cm_engine_across(e)->quotes == 0) /* those name addresses where no tie hides them */
		same_items(t, &all, e, OTHER_NAMES, "names", path);
	same_items(t, &all, e, OTHER_SEED, "hash seed", path);
	same_items(t, &all, e, NOT_STABLE, "windows", path);
	nothing_unasked(t, &all, path);
	cm_engine_free(e);
	free(all.p);
	free((void *)(uintptr_t)file.ptr);
}

int
main(int argc, char **argv)
{
	struct tally t = { .verbose = argc > 1 && strcmp(argv[1], "-v") == 0 };
	int absent = try_folders(argc - 1 - t.verbose, argv + 1 + t.verbose, try_capture, &t);

	printf("%u captures, %u items, %u patterns, %u addresses with two bodies, %u laws broken, "
	       "%d folders absent\n", t.captures, t.items, t.patterns, t.bodies, t.broken, absent);
	if (t.broken > 0)
		return 1;
	return t.captures == 0 ? 77 : 0;
}
