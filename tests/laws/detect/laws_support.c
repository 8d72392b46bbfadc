/* Laws of the detectors, for every finding of every capture at hand:
 *
 *   closure      the support alone gives the finding again, with the same cues;
 *   naming       no packet goes unnamed because support was looked for;
 *   names        other addresses (equal where these are equal) and other packet
 *                numbers (in the same order) give the same findings;
 *   hash seed    nothing depends on it;
 *   windows      none of this needs the payloads to stay in place.
 *
 * usage: laws_support FOLDER...   Takes every *.pcap and *.pcapng below each folder
 * (two levels); COMITY_SHARED, if set, stands for the last one.  Folders that do
 * not exist are counted, and are no failure. */
#include <stdio.h>
#include <stdlib.h>

#include "captures.h"

struct tally {
	unsigned captures, findings, broken;
};

static bool
gives(const struct cm_engine *e, const struct cm_incident *x)
{
	for (size_t i = 0; i < cm_engine_count(e); i++)
		if (cm_incident_same(cm_engine_incident(e, i), x))
			return true;
	return false;
}

static void
broken(struct tally *t, const char *law, const char *path, const struct cm_incident *x)
{
	t->broken++;
	printf("BROKEN %s: %s", law, path);
	if (x != NULL)
		printf(" (%s %s, %zu cues)", cm_incident_type_word(x->type),
		    cm_verdict_word(x->verdict), x->n_cues);
	putchar('\n');
}

static void
same_findings(struct tally *t, const struct packets *all, const struct cm_engine *e, enum law law,
    const char *name, const char *path)
{
	struct cm_engine *f = run(all, NULL, law);

	if (cm_engine_count(e) != cm_engine_count(f))
		broken(t, name, path, NULL);
	for (size_t i = 0; i < cm_engine_count(e) && i < cm_engine_count(f); i++)
		if (!cm_incident_same(cm_engine_incident(e, i), cm_engine_incident(f, i)))
			broken(t, name, path, cm_engine_incident(e, i));
	cm_engine_free(f);
}

static bool
named(const struct cm_engine *e, cm_packet_id id)
{
	for (size_t i = 0; i < cm_engine_count(e); i++) {
		const struct cm_incident *x = cm_engine_incident(e, i);

		if (wanted(&x->forged, id) || wanted(&x->genuine, id) || wanted(&x->suspect, id))
			return true;
	}
	return false;
}

static void
all_named(struct tally *t, const struct packets *all, const struct cm_engine *e, const char *path)
{
	struct cm_engine *f = run(all, NULL, NO_SUPPORT);

	for (size_t i = 0; i < cm_engine_count(f); i++) {
		const struct cm_incident *x = cm_engine_incident(f, i);
		const struct cm_ids *const sets[3] = { &x->forged, &x->genuine, &x->suspect };
		bool lost = false;

		for (size_t k = 0; k < 3; k++)
			for (size_t n = 0; n < sets[k]->n; n++)
				lost |= !named(e, sets[k]->id[n]);
		if (lost)
			broken(t, "naming", path, x);
	}
	cm_engine_free(f);
}

static void
try_capture(void *arg, const char *path)
{
	struct tally *t = arg;
	struct cm_span file = read_whole(path);
	struct packets all = read_packets(&file, path);
	struct cm_engine *e = run(&all, NULL, AS_IS);

	t->captures++;
	for (size_t i = 0; i < cm_engine_count(e); i++) {
		const struct cm_incident *x = cm_engine_incident(e, i);
		struct cm_engine *alone = run(&all, &x->support, AS_IS);

		t->findings++;
		if (!gives(alone, x))
			broken(t, "closure", path, x);
		cm_engine_free(alone);
	}
	all_named(t, &all, e, path);
	same_findings(t, &all, e, OTHER_NAMES, "names", path);
	same_findings(t, &all, e, OTHER_SEED, "hash seed", path);
	same_findings(t, &all, e, NOT_STABLE, "windows", path);
	cm_engine_free(e);
	free(all.p);
	free((void *)(uintptr_t)file.ptr);
}

int
main(int argc, char **argv)
{
	struct tally t = { 0 };
	int absent = try_folders(argc - 1, argv + 1, try_capture, &t);

	printf("%u captures, %u findings, %u laws broken, %d folders absent\n", t.captures,
	    t.findings, t.broken, absent);
	if (t.broken > 0)
		return 1;
	return t.captures == 0 ? 77 : 0;
}
