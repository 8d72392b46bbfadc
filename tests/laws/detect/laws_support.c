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
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/source.h"
#include "capture/decode.h"
#include "capture/reader.h"
#include "detect/engine.h"

enum law { AS_IS, OTHER_NAMES, OTHER_SEED, NOT_STABLE, NO_SUPPORT };

struct packets {
	struct cm_packet *p;
	size_t n, room;
};

struct tally {
	unsigned captures, findings, broken;
};

static void *
need(void *p)
{
	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	return p;
}

static struct cm_span
read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t n = 0, got;

	if (f == NULL)
		return (struct cm_span) { NULL, 0 };
	do {
		data = need(realloc(data, n + 65536));
		got = fread(data + n, 1, 65536, f);
		n += got;
	} while (got > 0);
	fclose(f);
	return cm_span_of(data, n);
}

static struct packets
read_packets(const struct cm_span *file, const char *name)
{
	struct packets all = { NULL, 0, 0 };
	struct cm_err err = { 0 };
	struct cm_reader *r;
	struct cm_record rec;

	if (cm_reader_new(cm_source_of_memory(file), name, &r, &err) != CM_OK)
		return all;
	while (cm_reader_next(r, &rec, &err) == CM_OK) {
		struct cm_frame f = cm_frame_of(&rec, 0);
		struct cm_layers layers;

		if (!rec.is_frame)
			continue;
		if (all.n == all.room) {
			all.room = all.room == 0 ? 1024 : all.room * 2;
			all.p = need(realloc(all.p, all.room * sizeof(*all.p)));
		}
		if (cm_decode(&f, &all.p[all.n], &layers) == CM_DECODED_PACKET)
			all.n++;
	}
	cm_reader_free(r);
	return all;
}

/* Turns bytes round, so that the order of addresses changes, and ties them. */
static void
rename_host(struct cm_host *h)
{
	for (unsigned i = 0; i < sizeof(h->addr); i++)
		h->addr[i] = (uint8_t)(h->addr[i] * 167u + 91u);
	h->tied = true;
}

static bool
wanted(const struct cm_ids *only, cm_packet_id id)
{
	size_t low = 0, high = only == NULL ? 0 : only->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (only->id[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return only == NULL || (low < only->n && only->id[low] == id);
}

static struct cm_engine *
run(const struct packets *all, const struct cm_ids *only, enum law law)
{
	struct cm_params params = cm_params_default();
	struct cm_engine *e;

	params.support = only == NULL && law != NO_SUPPORT;
	params.hash_seed = law == OTHER_SEED ? 0x5eed : 0;
	if (cm_engine_new(&params, &e) != CM_OK)
		return need(NULL);
	for (size_t i = 0; i < all->n; i++) {
		struct cm_packet p = all->p[i];
		struct cm_span payload = p.payload;
		uint8_t *copy = NULL;

		if (!wanted(only, p.id))
			continue;
		if (law == OTHER_NAMES) {
			rename_host(&p.src);
			rename_host(&p.dst);
		}
		if (law == NOT_STABLE && payload.len > 0) {
			copy = need(malloc(payload.len));
			memcpy(copy, payload.ptr, payload.len);
			p.payload = cm_span_of(copy, payload.len);
		}
		if (cm_engine_packet(e, &p, law != NOT_STABLE) != CM_OK)
			exit(1);
		free(copy);
	}
	if (cm_engine_finish(e) != CM_OK)
		exit(1);
	return e;
}

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
try_capture(struct tally *t, const char *path)
{
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

static bool
is_capture(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0);
}

static bool
try_folder(struct tally *t, const char *path, unsigned depth)
{
	DIR *d = opendir(path);
	struct dirent *item;
	char inner[4096];

	if (d == NULL)
		return false;
	while ((item = readdir(d)) != NULL) {
		if (item->d_name[0] == '.' ||
		    (size_t)snprintf(inner, sizeof(inner), "%s/%s", path, item->d_name) >=
			sizeof(inner))
			continue;
		if (is_capture(item->d_name))
			try_capture(t, inner);
		else if (depth > 0)
			(void)try_folder(t, inner, depth - 1);
	}
	closedir(d);
	return true;
}

int
main(int argc, char **argv)
{
	const char *shared = getenv("COMITY_SHARED");
	struct tally t = { 0 };
	char captures[4096];
	int absent = 0;

	for (int i = 1; i < argc; i++) {
		const char *path = argv[i];

		if (i == argc - 1 && shared != NULL) {
			snprintf(captures, sizeof(captures), "%s/captures", shared);
			path = captures;
		}
		if (!try_folder(&t, path, 1))
			absent++;
	}
	printf("%u captures, %u findings, %u laws broken, %d folders absent\n", t.captures,
	    t.findings, t.broken, absent);
	if (t.broken > 0)
		return 1;
	return t.captures == 0 ? 77 : 0;
}
