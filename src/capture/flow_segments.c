/* The segments of a flow: two, then four, then runs of eight, which are never moved. */
#include <string.h>

#include "capture/flow_table.h"

#define FIRST 2u /* segments: a question and its answer */
#define RUN CM_FLOW_RUN
#define TABLE_FIRST 3u /* log2 of the runs that the first table holds */

static void *
take(struct shard *s, size_t size)
{
	void *p = cm_slab_take(&s->slab, size);

	if (p != NULL)
		s->used += cm_slab_size(size);
	return p;
}

static void
give(struct shard *s, void *p, size_t size)
{
	cm_slab_give(&s->slab, p, size);
	s->used -= cm_slab_size(size);
}

static size_t
table_bytes(unsigned order)
{
	return sizeof(struct cm_segment *) << order;
}

/* A table of runs where there was one run, or a larger one. */
static enum cm_result
grow_table(struct shard *s, struct flow *f)
{
	unsigned order = f->room == RUN ? TABLE_FIRST : f->order + 1u;
	struct cm_segment **table = take(s, table_bytes(order));

	if (table == NULL)
		return CM_E_NOMEM;
	if (f->room == RUN) {
		table[0] = f->segs.one;
	} else {
		memcpy(table, f->segs.run, table_bytes(f->order));
		give(s, f->segs.run, table_bytes(f->order));
	}
	f->segs.run = table;
	f->order = (uint8_t)order;
	return CM_OK;
}

static enum cm_result
add_run(struct shard *s, struct flow *f)
{
	struct cm_segment *run = take(s, RUN * sizeof(*run));
	enum cm_result r = CM_OK;

	if (run == NULL)
		return CM_E_NOMEM;
	if (f->room == RUN || f->room / RUN == 1u << f->order)
		r = grow_table(s, f);
	if (r != CM_OK) {
		give(s, run, RUN * sizeof(*run));
		return r;
	}
	f->segs.run[f->room / RUN] = run;
	f->room += RUN;
	return CM_OK;
}

enum cm_result
cm_flow_reserve(struct shard *s, struct flow *f)
{
	uint32_t room = f->room == 0 ? FIRST : f->room * 2;
	struct cm_segment *one;

	if (f->n < f->room)
		return CM_OK;
	if (f->room >= RUN)
		return add_run(s, f);
	one = take(s, room * sizeof(*one));
	if (one == NULL)
		return CM_E_NOMEM;
	if (f->room > 0) {
		memcpy(one, f->segs.one, f->n * sizeof(*one));
		give(s, f->segs.one, f->room * sizeof(*one));
	}
	f->segs.one = one;
	f->room = room;
	return CM_OK;
}

void
cm_flow_cut(struct shard *s, struct flow *f, uint32_t from, uint32_t gap)
{
	for (uint32_t i = from; i + gap < f->n; i++)
		*cm_flow_segment(f, i) = *cm_flow_segment(f, i + gap);
	f->n -= gap;
	while (f->room > 2 * RUN && f->n + RUN <= f->room) {
		f->room -= RUN;
		give(s, f->segs.run[f->room / RUN], RUN * sizeof(struct cm_segment));
	}
}

void
cm_flow_drop_segments(struct shard *s, struct flow *f)
{
	if (f->room > RUN) {
		for (uint32_t i = 0; i < f->room / RUN; i++)
			give(s, f->segs.run[i], RUN * sizeof(struct cm_segment));
		give(s, f->segs.run, table_bytes(f->order));
	} else if (f->room > 0) {
		give(s, f->segs.one, f->room * sizeof(*f->segs.one));
	}
	f->segs.one = NULL;
	f->n = f->room = 0;
}

static void
expect_run(const struct cm_segment *run)
{
	for (unsigned i = 0; i < RUN; i++)
		__builtin_prefetch(&run[i]);
}

const struct cm_segment *
cm_flow_in_a_row(const struct flow *f, struct cm_segment *to)
{
	uint32_t n = f->n / RUN;

	if (f->room <= RUN)
		return f->segs.one;
	for (uint32_t i = 0; i < n; i++) {
		if (i + 2 < f->room / RUN)
			expect_run(f->segs.run[i + 2]);
		memcpy(to + i * RUN, f->segs.run[i], RUN * sizeof(*to));
	}
	if (f->n % RUN != 0)
		memcpy(to + n * RUN, f->segs.run[n], f->n % RUN * sizeof(*to));
	return to;
}

void
cm_flow_expect_segment(const struct flow *f)
{
	if (f->n < f->room)
		__builtin_prefetch(cm_flow_segment(f, f->n), 1);
}

void
cm_flow_expect_all(const struct flow *f)
{
	if (f->room > RUN)
		__builtin_prefetch(f->segs.run);
	for (uint32_t i = 0; f->room <= RUN && i < f->n; i++)
		__builtin_prefetch(&f->segs.one[i]);
}
