#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/source.h"
#include "capture/decode.h"
#include "capture/reader.h"
#include "captures.h"

void *
need(void *p)
{
	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	return p;
}

struct cm_span
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

struct packets
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

bool
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

struct cm_engine *
run(const struct packets *all, const struct cm_ids *only, enum law law)
{
	struct cm_params params = cm_params_default();
	struct cm_engine *e;

	params.support = law == ALONE || (only == NULL && law != NO_SUPPORT);
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
is_capture(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0);
}

static bool
try_folder(void (*try)(void *arg, const char *path), void *arg, const char *path, unsigned depth)
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
			try(arg, inner);
		else if (depth > 0)
			(void)try_folder(try, arg, inner, depth - 1);
	}
	closedir(d);
	return true;
}

int
try_folders(int n, char **folder, void (*try)(void *arg, const char *path), void *arg)
{
	const char *shared = getenv("COMITY_SHARED");
	char captures[4096];
	int absent = 0;

	for (int i = 0; i < n; i++) {
		const char *path = folder[i];

		if (i == n - 1 && shared != NULL) {
			snprintf(captures, sizeof(captures), "%s/captures", shared);
			path = captures;
		}
		absent += !try_folder(try, arg, path, 1);
	}
	return absent;
}
