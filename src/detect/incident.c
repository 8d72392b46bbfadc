#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "detect/incident.h"
#include "detect/report.h"

const char *
cm_incident_type_word(enum cm_incident_type type)
{
	static const char *const word[] = { "injection", "reset", "dns", "handshake" };

	return word[type];
}

const char *
cm_verdict_word(enum cm_verdict verdict)
{
	static const char *const word[] = { "forged", "stack-break", "undecidable", "explained" };

	return word[verdict];
}

const char *
cm_rests_word(enum cm_rests rests)
{
	static const char *const word[] = { "local", "flow", "host-model" };

	return word[rests];
}

static bool
ids_same(const cm_packet_id *a, size_t na, const cm_packet_id *b, size_t nb)
{
	if (na != nb)
		return false;
	for (size_t i = 0; i < na; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

bool
cm_ids_has(const struct cm_ids *set, cm_packet_id id)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->id[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < set->n && set->id[low] == id;
}

bool
cm_incident_same(const struct cm_incident *a, const struct cm_incident *b)
{
	if (a->type != b->type || a->verdict != b->verdict || a->n_cues != b->n_cues ||
	    !ids_same(a->forged.id, a->forged.n, b->forged.id, b->forged.n) ||
	    !ids_same(a->genuine.id, a->genuine.n, b->genuine.id, b->genuine.n) ||
	    !ids_same(a->suspect.id, a->suspect.n, b->suspect.id, b->suspect.n))
		return false;
	for (size_t i = 0; i < a->n_cues; i++) {
		const struct cm_cue *x = &a->cues[i], *y = &b->cues[i];

		if (x->kind != y->kind || x->bits != y->bits ||
		    !ids_same(x->frames, x->n_frames, y->frames, y->n_frames))
			return false;
	}
	return true;
}

/* ---- moving ---- */

static bool
move_ids(const cm_packet_id **id, size_t n, struct cm_arena *a)
{
	*id = cm_arena_copy(a, *id, n * sizeof(**id));
	return *id != NULL;
}

static bool
move_text(const char **text, struct cm_arena *a)
{
	if (*text == NULL)
		return true;
	*text = cm_arena_copy(a, *text, strlen(*text) + 1);
	return *text != NULL;
}

static bool
move_cues(struct cm_incident *x, struct cm_arena *a)
{
	struct cm_cue *cues = cm_arena_copy(a, x->cues, x->n_cues * sizeof(*cues));
	bool ok = cues != NULL;

	x->cues = cues;
	for (size_t i = 0; i < x->n_cues && ok; i++)
		ok = move_ids(&cues[i].frames, cues[i].n_frames, a);
	return ok;
}

static bool
move_alternatives(struct cm_incident *x, struct cm_arena *a)
{
	struct cm_alternative *all = cm_arena_copy(a, x->alternatives,
	    x->n_alternatives * sizeof(*all));
	bool ok = all != NULL;

	x->alternatives = all;
	for (size_t i = 0; i < x->n_alternatives && ok; i++)
		ok = move_text(&all[i].name, a) && move_text(&all[i].why, a);
	return ok;
}

static bool
move_fingerprint(struct cm_fingerprint *f, struct cm_arena *a)
{
	return move_text(&f->ipid, a) && move_text(&f->df, a) && move_text(&f->ttl, a) &&
	    move_text(&f->window, a) && move_text(&f->options, a) && move_text(&f->fin, a) &&
	    move_text(&f->name, a);
}

CM_RESULT
cm_incident_move(struct cm_incident *x, struct cm_arena *a)
{
	bool ok = move_ids(&x->forged.id, x->forged.n, a) &&
	    move_ids(&x->genuine.id, x->genuine.n, a) &&
	    move_ids(&x->suspect.id, x->suspect.n, a) && move_cues(x, a) &&
	    move_alternatives(x, a) && move_fingerprint(&x->fingerprint, a) &&
	    move_text(&x->explained_by, a);

	return ok ? CM_OK : CM_E_NOMEM;
}

/* ---- sets ---- */

#define FEW 32u

static int
by_id(const void *a, const void *b)
{
	cm_packet_id x = *(const cm_packet_id *)a, y = *(const cm_packet_id *)b;

	return x < y ? -1 : x > y;
}

static void
sort_few(cm_packet_id *id, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		cm_packet_id x = id[i];
		size_t k = i;

		for (; k > 0 && id[k - 1] > x; k--)
			id[k] = id[k - 1];
		id[k] = x;
	}
}

size_t
cm_ids_sort(cm_packet_id *id, size_t n)
{
	size_t m = 0;

	if (n == 0)
		return 0;
	if (n <= FEW)
		sort_few(id, n);
	else
		qsort(id, n, sizeof(*id), by_id);
	for (size_t i = 1; i < n; i++)
		if (id[i] != id[m])
			id[++m] = id[i];
	return m + 1;
}
