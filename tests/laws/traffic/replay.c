#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/source.h"
#include "capture/decode.h"
#include "capture/reader.h"
#include "replay.h"

static bool
slurp(const char *path, struct cm_span *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes;
	long size;

	if (f == NULL)
		return false;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	bytes = malloc(size > 0 ? (size_t)size : 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, f) != (size_t)size)
		abort();
	fclose(f);
	*out = cm_span_of(bytes, (size_t)size);
	return true;
}

void
replay_add(struct replay *r, const struct cm_packet *p)
{
	if (r->n == r->room) {
		r->room = r->room == 0 ? 1024 : r->room * 2;
		r->at = realloc(r->at, r->room * sizeof(*r->at));
		if (r->at == NULL)
			abort();
	}
	r->at[r->n] = *p;
	r->at[r->n].id = r->n + 1;
	r->n++;
}

bool
replay_read(struct replay *r, const char *path)
{
	struct cm_reader *reader;
	struct cm_err err = { 0 };
	struct cm_record record;

	*r = (struct replay) { 0 };
	if (!slurp(path, &r->file))
		return false;
	if (cm_reader_new(cm_source_of_memory(&r->file), path, &reader, &err) != CM_OK) {
		replay_free(r);
		return false;
	}
	while (cm_reader_next(reader, &record, &err) == CM_OK) {
		struct cm_frame frame = cm_frame_of(&record, 0);
		struct cm_layers layers;
		struct cm_packet p;

		if (!record.is_frame || !record.has_time)
			continue;
		(void)cm_decode(&frame, &p, &layers);
		replay_add(r, &p);
		r->at[r->n - 1].id = frame.id;
	}
	cm_reader_free(reader);
	return true;
}

void
replay_free(struct replay *r)
{
	free(r->at);
	free((void *)(uintptr_t)r->file.ptr);
	*r = (struct replay) { 0 };
}

static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static bool
in_support(const struct cm_traffic_finding *f, const struct cm_packet *p)
{
	return p->id >= f->first && p->id <= f->last && cm_traffic_touches(f, p);
}

struct cm_traffic *
replay_traffic(const struct replay *r, const struct replay_run *run)
{
	struct cm_traffic_params params = cm_traffic_params_default();
	struct cm_traffic *t;

	params.thin = run->thin == 0 ? 1 : run->thin;
	params.hash_seed = run->seed;
	params.memory = run->memory == 0 ? params.memory : run->memory;
	if (cm_traffic_new(&params, &t) != CM_OK)
		abort();
	for (size_t i = 0; i < r->n; i++) {
		if (params.thin > 1 && mix(mix(run->draw_seed) + r->at[i].id) > UINT64_MAX / params.thin)
			continue;
		if (run->of != NULL && !in_support(run->of, &r->at[i]))
			continue;
		if (cm_traffic_packet(t, &r->at[i]) != CM_OK)
			abort();
	}
	if (cm_traffic_finish(t) != CM_OK)
		abort();
	return t;
}

uint64_t
replay_support(const struct replay *r, const struct cm_traffic_finding *f)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += in_support(f, &r->at[i]);
	return n;
}

uint64_t
replay_thin(uint64_t support)
{
	uint64_t thin = 1;

	while (support / thin > 4096)
		thin *= 2;
	return thin;
}

bool
replay_has(const struct cm_traffic *t, const struct cm_traffic_finding *f)
{
	for (size_t i = 0; i < cm_traffic_n(t); i++)
		if (cm_traffic_same(cm_traffic_at(t, i), f))
			return true;
	return false;
}
