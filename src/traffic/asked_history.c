#include <stdlib.h>
#include <string.h>

#include "traffic/asked_history.h"
#include "traffic/finding.h"

#define AROUND_NS (2 * CM_ASKED_SECOND) /* before and after a short finding */

CM_RESULT
cm_histories_init(struct cm_histories *h, size_t memory)
{
	size_t max = memory / sizeof(struct cm_history);

	h->max = max > 65536 ? 65536 : max < 8 ? 8 : (uint32_t)max;
	h->all = calloc(h->max, sizeof(*h->all));
	return h->all != NULL ? CM_OK : CM_E_NOMEM;
}

void
cm_histories_release(struct cm_histories *h)
{
	free(h->all);
	*h = (struct cm_histories) { 0 };
}

/* Whose it is; NULL: nobody's, for the name it was of had to go. */
static const struct cm_name *
owner(const struct cm_history *h, const struct cm_asked_names *names)
{
	const struct cm_name *name = h->name == 0 ? NULL : &names->all[h->name - 1];

	return name != NULL && name->generation == h->generation ? name : NULL;
}

struct cm_history *
cm_history_of(const struct cm_histories *h, const struct cm_asked_names *names, const struct cm_name *name)
{
	return name->history == 0 || owner(&h->all[name->history - 1], names) != name ? NULL : &h->all[name->history - 1];
}

/* One that nobody has, or else the one of the name asked for least. */
static struct cm_history *
least(const struct cm_histories *h, const struct cm_asked_names *names, uint64_t below)
{
	struct cm_history *best = NULL;

	for (uint32_t i = 0; i < h->max; i++) {
		const struct cm_name *name = owner(&h->all[i], names);

		if (name == NULL)
			return &h->all[i];
		if (name->n < below && name->episode == NULL && name->found == 0) {
			below = name->n;
			best = &h->all[i];
		}
	}
	return best;
}

void
cm_history_begin(struct cm_histories *h, const struct cm_asked_names *names, struct cm_name *name)
{
	const struct cm_block *b = &name->block;
	struct cm_history *mine = cm_history_of(h, names, name);
	struct cm_bin *bin;

	if (mine == NULL)
		mine = least(h, names, name->n);
	else
		return;
	if (mine == NULL)
		return;
	memset(mine, 0, sizeof(*mine));
	mine->name = (uint32_t)(name - names->all) + 1;
	mine->generation = name->generation;
	name->history = (uint32_t)(mine - h->all) + 1;
	bin = cm_bins_at(&mine->bins, b->from_ns);
	bin->to_ns = b->last_ns;
	bin->in = b->n > UINT32_MAX ? UINT32_MAX : (uint32_t)b->n;
	bin->out = cm_add_u32(0, (uint32_t)name->now.answered);
	bin->a = cm_add_u32(0, (uint32_t)name->now.errors);
}

void
cm_history_ask(struct cm_history *h, int64_t t_ns)
{
	if (h != NULL)
		cm_bump(&cm_bins_at(&h->bins, t_ns)->in);
}

void
cm_history_answer(struct cm_history *h, int64_t t_ns, bool error, int64_t took_ns)
{
	uint64_t ms = took_ns < 0 ? 0 : (uint64_t)took_ns / 1000000;
	struct cm_bin *bin;

	if (h == NULL)
		return;
	bin = cm_bins_at(&h->bins, t_ns);
	cm_bump(&bin->out);
	bin->a = cm_add_u32(bin->a, error);
	if (took_ns < 0)
		return;
	cm_bump(&bin->b);
	bin->c = cm_add_u32(bin->c, ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms);
}

/* What came while it was going on is of it. */
static void
part_in(struct cm_traffic_series *s, int64_t from_ns, int64_t to_ns)
{
	for (uint32_t i = 0; i < s->n; i++) {
		int64_t middle = s->from_ns + (int64_t)i * s->width_ns + s->width_ns / 2;

		if (middle >= from_ns && middle <= to_ns)
			continue;
		s->rest[i] = s->in[i];
		s->in[i] = 0;
	}
}

void
cm_history_series(const struct cm_history *h, int64_t from_ns, int64_t to_ns, const int64_t seen[2],
    struct cm_traffic_series *out)
{
	int64_t around = (to_ns - from_ns) / 4 > AROUND_NS ? (to_ns - from_ns) / 4 : AROUND_NS;
	int64_t from = from_ns - around > seen[0] ? from_ns - around : seen[0];
	int64_t to = to_ns + around < seen[1] ? to_ns + around : seen[1];
	uint64_t timed[CM_TRAFFIC_BINS] = { 0 };

	cm_series_begin(out, from < from_ns ? from : from_ns, to > to_ns ? to : to_ns);
	out->effect_is = CM_SERIES_ANSWERS;
	for (uint32_t i = 0; i < h->bins.n; i++) {
		const struct cm_bin *b = &h->bins.bin[i];

		cm_series_spread(out, b, out->in, b->in);
		cm_series_spread(out, b, out->out, b->out);
		cm_series_spread(out, b, out->effect[0], b->a);
		cm_series_spread(out, b, timed, b->b);
		cm_series_spread(out, b, out->effect[1], b->c);
	}
	for (uint32_t i = 0; i < out->n; i++)
		out->effect[1][i] = timed[i] == 0 ? 0 : out->effect[1][i] * 1000 / timed[i];
	part_in(out, from_ns, to_ns);
}
