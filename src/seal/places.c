#include <string.h>

#include "seal/places.h"

#define ROW_BITS 56

/* Taking notes. */

static void
note(struct cm_places *p, enum cm_place_what what)
{
	const struct cm_reader_stand *b = &p->before;

	if (p->list.len >= CM_PLACES_MAX * CM_PLACE_LEN)
		p->crowded = true;
	cm_buf_add_u64(&p->list, (uint64_t)what << ROW_BITS | b->row);
	cm_buf_add_u64(&p->list, b->offset);
	cm_buf_add_u64(&p->list, b->frames);
}

void
cm_places_meet(struct cm_places *p, const struct cm_reader *r)
{
	struct cm_reader_stand now = cm_reader_stand(r);
	bool inside = p->before.in_run, counted = now.frames != p->before.frames;

	if (!p->crowded) {
		if (p->run && !inside)
			note(p, CM_PLACE_AFTER);
		if (now.sections != p->before.sections)
			note(p, CM_PLACE_SECTION);
		else if (now.ifaces != p->before.ifaces)
			note(p, CM_PLACE_INTERFACE);
		if (!inside && now.in_run)
			note(p, CM_PLACE_RUN);
		if (counted != p->counted)
			note(p, counted ? CM_PLACE_COUNTED : CM_PLACE_UNCOUNTED);
		p->crowded |= !cm_buf_ok(&p->list);
	}
	if (p->crowded)
		cm_buf_release(&p->list);
	p->run = inside || now.in_run;
	p->counted = counted;
	p->before = now;
}

/* Going by them. */

bool
cm_places_ok(struct cm_span list)
{
	return list.len % CM_PLACE_LEN == 0;
}

static size_t
places_in(struct cm_span list)
{
	return list.len / CM_PLACE_LEN;
}

static struct cm_place
place_at(struct cm_span list, size_t i)
{
	const uint8_t *p = list.ptr + i * CM_PLACE_LEN;
	uint64_t first = cm_get64(p);

	return (struct cm_place) { .what = (enum cm_place_what)(first >> ROW_BITS),
		.row = first & (((uint64_t)1 << ROW_BITS) - 1),
		.offset = cm_get64(p + 8),
		.frames = cm_get64(p + 16) };
}

/* Places ascend by frames as they do by rows: of those with fewer than ${frame} before them
 * the last one that counts is meant. */
enum cm_result
cm_places_frame(struct cm_span list, uint64_t frame, uint64_t *row)
{
	size_t low = 0, high = places_in(list), mid;
	struct cm_place p;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (place_at(list, mid).frames < frame)
			low = mid + 1;
		else
			high = mid;
	}
	while (low-- > 0) {
		p = place_at(list, low);
		if (p.what != CM_PLACE_COUNTED)
			continue;
		*row = p.row + (frame - 1 - p.frames);
		return CM_OK;
	}
	return CM_E_NOTFOUND;
}

/* Reads the row at ${p} for what it changes in the reader.  A file that is shorter now than
 * it was when it was sealed has no such row: then the one looked for is missing, too. */
static enum cm_result
read_again(struct cm_reader *r, const struct cm_place *p, struct cm_err *err)
{
	struct cm_record ignored;
	enum cm_result rc;

	cm_reader_go(r, p->row, p->frames, p->offset);
	rc = cm_reader_next(r, &ignored, err);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* Reads again the blocks of ${from} to the walk's place that the reader, which knows the rows
 * before ${known}, does not know.  What begins a run is left to read_run. */
static enum cm_result
read_state(struct cm_span list, const struct cm_places_walk *w, size_t from, uint64_t known,
    struct cm_reader *r, struct cm_err *err)
{
	enum cm_result rc = CM_OK;
	struct cm_place p;
	size_t i;

	for (i = from; rc == CM_OK && i < w->next; i++) {
		p = place_at(list, i);
		if (p.row < known || (w->run.what != 0 && p.row == w->run.row))
			continue;
		if (p.what == CM_PLACE_SECTION || p.what == CM_PLACE_INTERFACE)
			rc = read_again(r, &p, err);
	}
	return rc;
}

/* Passes the places before ${row}, and of those at it the end of a run.  Returns the first
 * one whose block has to be read again. */
static size_t
pass(struct cm_span list, struct cm_places_walk *w, uint64_t row)
{
	size_t section = w->next, i = w->next;
	struct cm_place p;

	for (; i < places_in(list); i++) {
		p = place_at(list, i);
		if (p.row > row || (p.row == row && p.what != CM_PLACE_AFTER))
			break;
		if (p.what == CM_PLACE_SECTION)
			section = i;
		else if (p.what == CM_PLACE_RUN || p.what == CM_PLACE_AFTER)
			w->run = p.what == CM_PLACE_RUN ? p : (struct cm_place) { 0 };
		else if (p.what != CM_PLACE_INTERFACE)
			w->count = p;
	}
	w->next = i;
	return section;
}

static uint64_t
frames_before(const struct cm_places_walk *w, uint64_t row)
{
	uint64_t counted = w->count.what == CM_PLACE_COUNTED ? row - w->count.row : 0;

	return w->count.frames + counted;
}

/* Reads on through a run to ${row}: no more than its ends is looked at. */
static enum cm_result
read_run(
    struct cm_reader *r, const struct cm_place *run, uint64_t known, uint64_t row, struct cm_err *err)
{
	struct cm_record ignored;
	enum cm_result rc = CM_OK;

	if (known <= run->row)
		cm_reader_go(r, run->row, run->frames, run->offset);
	while (rc == CM_OK && cm_reader_stand(r).row < row)
		rc = cm_reader_next(r, &ignored, err);
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

enum cm_result
cm_places_go(struct cm_span list, struct cm_places_walk *w, struct cm_reader *r, uint64_t row,
    uint64_t offset, struct cm_err *err)
{
	static const struct cm_place first;
	enum cm_result rc = CM_OK;
	uint64_t known;
	size_t from;

	if (row < cm_reader_stand(r).row)
		*w = (struct cm_places_walk) { 0 };
	if (row == 0) {
		cm_reader_go(r, 0, 0, 0);
		return CM_OK;
	}
	/* the first row tells it the link of a pcap */
	if (w->next == 0)
		rc = read_again(r, &first, err);
	known = cm_reader_stand(r).row;
	from = pass(list, w, row);
	if (rc == CM_OK)
		rc = read_state(list, w, from, known, r, err);
	if (rc != CM_OK)
		return rc;
	if (w->run.what != 0)
		return read_run(r, &w->run, known, row, err);
	cm_reader_go(r, row, frames_before(w, row), offset);
	return CM_OK;
}
