#include <stdlib.h>
#include <string.h>

#include "dossier/of_incident.h"
#include "statement/evidence.h"

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static const struct cm_ids *
sets_of(const struct cm_incident *in, size_t i)
{
	const struct cm_ids *const set[] = { &in->forged, &in->genuine, &in->suspect, &in->support,
		&in->support_host, &in->against };

	return i < sizeof(set) / sizeof(set[0]) ? set[i] : NULL;
}

/* All frames of an incident, one by one. */
typedef void frame_fn(void *arg, cm_packet_id id);

static void
each_frame(const struct cm_incident *in, frame_fn *fn, void *arg)
{
	const struct cm_ids *set;
	size_t i, j;

	for (i = 0; (set = sets_of(in, i)) != NULL; i++) {
		for (j = 0; j < set->n; j++)
			fn(arg, set->id[j]);
	}
	for (i = 0; i < in->n_cues; i++) {
		for (j = 0; j < in->cues[i].n_frames; j++)
			fn(arg, in->cues[i].frames[j]);
	}
	if (in->has_trigger)
		fn(arg, in->trigger);
}

struct collecting {
	struct cm_frame_rows *file;
	size_t n_files;
	bool counting;
};

static void
collect(void *arg, cm_packet_id id)
{
	struct collecting *c = arg;
	struct cm_frame_rows *f;

	if (cm_packet_file(id) >= c->n_files)
		return;
	f = &c->file[cm_packet_file(id)];
	if (!c->counting)
		f->frame[f->n] = cm_packet_frame(id);
	f->n++;
}

static void
collect_all(const struct cm_engine *e, struct collecting *c, bool counting)
{
	size_t i;

	c->counting = counting;
	for (i = 0; i < cm_engine_count(e); i++)
		each_frame(cm_engine_incident(e, i), collect, c);
}

CM_RESULT
cm_frame_rows_of(const struct cm_engine *e, size_t n_files, struct cm_arena *arena,
    struct cm_frame_rows **out)
{
	struct collecting c = { cm_arena_array(arena, n_files + 1, sizeof(**out)), n_files, true };
	struct cm_frame_rows *f;
	size_t k, i, n;

	if (c.file == NULL)
		return CM_E_NOMEM;
	collect_all(e, &c, true);
	for (k = 0; k < n_files; k++) {
		f = &c.file[k];
		f->frame = cm_arena_array(arena, f->n + 1, sizeof(f->frame[0]));
		f->row = cm_arena_array(arena, f->n + 1, sizeof(f->row[0]));
		if (f->frame == NULL || f->row == NULL)
			return CM_E_NOMEM;
		f->n = 0;
	}
	collect_all(e, &c, false);
	for (k = 0; k < n_files; k++) {
		f = &c.file[k];
		qsort(f->frame, f->n, sizeof(f->frame[0]), by_number);
		for (i = n = 0; i < f->n; i++) {
			if (i == 0 || f->frame[i] != f->frame[n - 1])
				f->frame[n++] = f->frame[i];
		}
		f->n = n;
		for (i = 0; i < n; i++)
			f->row[i] = UINT64_MAX;
	}
	*out = c.file;
	return CM_OK;
}

void
cm_frame_rows_meet(struct cm_frame_rows *f, uint64_t frame, uint64_t row)
{
	while (f->at < f->n && f->frame[f->at] < frame)
		f->at++;
	if (f->at < f->n && f->frame[f->at] == frame)
		f->row[f->at] = row;
}

/* Place of a frame of ${f}; f->n: it is not there. */
static size_t
find(const struct cm_frame_rows *f, uint64_t frame)
{
	size_t low = 0, high = f->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (f->frame[mid] < frame)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->n && f->frame[low] == frame ? low : f->n;
}

static CM_RESULT
row_of(const struct cm_of_incident *how, cm_packet_id frame, cm_packet_id *out)
{
	const struct cm_frame_rows *f = &how->rows[cm_packet_file(frame)];
	size_t i = find(f, cm_packet_frame(frame));

	if (i == f->n || f->row[i] == UINT64_MAX || how->seal[cm_packet_file(frame)] == UINT32_MAX)
		return CM_E_NOTFOUND;
	*out = cm_packet_id_of(how->seal[cm_packet_file(frame)], f->row[i]);
	return CM_OK;
}

/* Order stays: files are sealed in their order, rows ascend as frames do. */
static CM_RESULT
rows_of(const struct cm_of_incident *how, const cm_packet_id *frame, size_t n, struct cm_arena *arena,
    struct cm_ids *out)
{
	cm_packet_id *id = cm_arena_array(arena, n + 1, sizeof(*id));
	enum cm_result rc = CM_OK;
	size_t i;

	if (id == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < n; i++)
		rc = row_of(how, frame[i], &id[i]);
	if (rc == CM_OK)
		*out = (struct cm_ids) { id, n };
	return rc;
}

static CM_RESULT
take_sets(const struct cm_incident *in, const struct cm_of_incident *how, struct cm_arena *arena,
    struct cm_finding *f)
{
	struct cm_ids *const to[] = { &f->forged, &f->genuine, &f->suspect, &f->support, &f->support_host,
		&f->against };
	const struct cm_ids *set;
	enum cm_result rc = CM_OK;
	uint64_t *frame;
	size_t i;

	for (i = 0; rc == CM_OK && (set = sets_of(in, i)) != NULL; i++)
		rc = rows_of(how, set->id, set->n, arena, to[i]);
	if (rc == CM_OK)
		rc = rows_of(how, &in->trigger, in->has_trigger, arena, &f->trigger);
	frame = cm_arena_array(arena, in->support.n + 1, sizeof(*frame));
	if (rc != CM_OK || frame == NULL)
		return rc != CM_OK ? rc : CM_E_NOMEM;
	for (i = 0; i < in->support.n; i++)
		frame[i] = cm_packet_frame(in->support.id[i]);
	f->frames = frame;
	return CM_OK;
}

/* An incident names the accused row of a cue first; a row set ascends. */
static int
by_name_and_row(const void *a, const void *b)
{
	const struct cm_finding_cue *x = a, *y = b;
	int d = strcmp(x->name, y->name);
	size_t i;

	for (i = 0; d == 0 && i < x->rows.n && i < y->rows.n; i++)
		d = by_number(&x->rows.id[i], &y->rows.id[i]);
	return d;
}

static CM_RESULT
sorted_rows_of(const struct cm_of_incident *how, const struct cm_cue *c, struct cm_arena *arena,
    struct cm_ids *out)
{
	cm_packet_id *id = cm_arena_copy(arena, c->frames, c->n_frames * sizeof(*id));
	size_t i, n = 0;

	if (id == NULL)
		return CM_E_NOMEM;
	qsort(id, c->n_frames, sizeof(*id), by_number);
	for (i = 0; i < c->n_frames; i++) {
		if (i == 0 || id[i] != id[n - 1])
			id[n++] = id[i];
	}
	return rows_of(how, id, n, arena, out);
}

static CM_RESULT
take_cues(const struct cm_incident *in, const struct cm_of_incident *how, struct cm_arena *arena,
    struct cm_finding *f)
{
	struct cm_finding_cue *cue = cm_arena_array(arena, in->n_cues + 1, sizeof(*cue));
	struct cm_finding_alternative *alt = cm_arena_array(arena, in->n_alternatives + 1, sizeof(*alt));
	enum cm_result rc = CM_OK;
	size_t i;

	if (cue == NULL || alt == NULL)
		return CM_E_NOMEM;
	for (i = 0; rc == CM_OK && i < in->n_cues; i++) {
		cue[i] = (struct cm_finding_cue) { .name = in->cues[i].kind->name, .bits = in->cues[i].bits,
			.base_rate = in->cues[i].kind->base_rate, .rests = in->cues[i].kind->rests,
			.reads = in->cues[i].kind->reads };
		rc = sorted_rows_of(how, &in->cues[i], arena, &cue[i].rows);
	}
	for (i = 0; i < in->n_alternatives; i++)
		alt[i] = (struct cm_finding_alternative) { in->alternatives[i].name,
			in->alternatives[i].holds };
	if (in->n_cues > 0)
		qsort(cue, in->n_cues, sizeof(*cue), by_name_and_row);
	f->cues = cue;
	f->n_cues = in->n_cues;
	f->alternatives = alt;
	f->n_alternatives = in->n_alternatives;
	return rc;
}

CM_RESULT
cm_finding_of_incident(const struct cm_incident *in, const struct cm_of_incident *how,
    struct cm_arena *arena, struct cm_finding *out)
{
	struct cm_finding f = { .n_seals = how->n_seals, .detector = CM_DETECTOR_NAME,
		.version = CM_DETECTOR_VERSION, .memory = how->params->memory,
		.window = how->params->window, .forged_bits = how->params->forged_bits,
		.break_bits = how->params->break_bits, .type = in->type, .verdict = in->verdict,
		.evidence = cm_evidence_of_incident(in->type), .bits = in->bits, .fingerprint = in->fingerprint, .explained_by = in->explained_by };
	enum cm_result rc;

	f.seals = cm_arena_array(arena, how->n_seals + 1, 32);
	if (f.seals == NULL)
		return CM_E_NOMEM;
	memcpy(f.source, how->source, 32);
	rc = take_sets(in, how, arena, &f);
	if (rc == CM_OK)
		rc = take_cues(in, how, arena, &f);
	if (rc == CM_OK)
		*out = f;
	return rc;
}
