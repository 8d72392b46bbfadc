#include <stdlib.h>
#include <string.h>

#include "statement/sequence.h"

/* Two views of the same items: by key and number, and by digest. */
struct view {
	const struct cm_sequence_item *item;
	size_t at; /* in the list handed in */
};

struct work {
	struct view *line;   /* by key, number, digest; each digest once */
	struct view *digest; /* by digest */
	size_t n;
	struct cm_sequence_note *note;
	size_t n_notes, room;
	struct cm_arena *arena;
};

static int
cmp_digest(const struct cm_sequence_item *a, const struct cm_sequence_item *b)
{
	return memcmp(a->digest, b->digest, 32);
}

static int
by_digest(const void *x, const void *y)
{
	const struct view *a = x, *b = y;
	int d = cmp_digest(a->item, b->item);

	return d != 0 ? d : (a->at > b->at) - (a->at < b->at);
}

static int
by_line(const void *x, const void *y)
{
	const struct view *a = x, *b = y;
	uint64_t p = a->item->head->number, q = b->item->head->number;
	int d = strcmp(a->item->head->by, b->item->head->by);

	if (d == 0)
		d = (p > q) - (p < q);
	return d != 0 ? d : cmp_digest(a->item, b->item);
}

static enum cm_result
add_note(struct work *w, struct cm_sequence_note note)
{
	if (w->n_notes == w->room) {
		size_t room = w->room == 0 ? 64 : 2 * w->room;
		struct cm_sequence_note *more = cm_arena_array(w->arena, room, sizeof(*more));

		if (more == NULL)
			return CM_E_NOMEM;
		if (w->n_notes > 0)
			memcpy(more, w->note, w->n_notes * sizeof(*more));
		w->note = more;
		w->room = room;
	}
	w->note[w->n_notes++] = note;
	return CM_OK;
}

static const struct view *
find(const struct work *w, const uint8_t digest[32])
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = memcmp(w->digest[mid].item->digest, digest, 32);

		if (d == 0)
			return &w->digest[mid];
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool
same_key(const struct view *a, const struct view *b)
{
	return strcmp(a->item->head->by, b->item->head->by) == 0;
}

/* Neighbours in the line of one key: fork, break or gap. */
static enum cm_result
check_pair(struct work *w, const struct view *a, const struct view *b)
{
	uint64_t p = a->item->head->number, q = b->item->head->number;

	if (p == q)
		return add_note(w, (struct cm_sequence_note) { CM_SEQUENCE_FORK, a->at, b->at, p, p });
	if (q - p > 1)
		return add_note(
		    w, (struct cm_sequence_note) { CM_SEQUENCE_GAP, b->at, b->at, p + 1, q - 1 });
	return CM_OK;
}

static enum cm_result
check_lines(struct work *w)
{
	enum cm_result r = CM_OK;

	for (size_t i = 0; i < w->n && r == CM_OK; i++) {
		const struct view *b = &w->line[i];
		uint64_t first = b->item->head->number;

		if (i > 0 && same_key(&w->line[i - 1], b))
			r = check_pair(w, &w->line[i - 1], b);
		else if (first > 1)
			r = add_note(
			    w, (struct cm_sequence_note) { CM_SEQUENCE_GAP, b->at, b->at, 1, first - 1 });
	}
	return r;
}

/* The statement that ${b} names as previous must be number-1 of the same key; and one of that
 * number that is here must be the one it names. */
static enum cm_result
check_previous(struct work *w, size_t i)
{
	const struct view *b = &w->line[i], *a;
	uint64_t number = b->item->head->number;

	if (number == 1)
		return CM_OK;
	a = find(w, b->item->head->previous);
	if (a != NULL && same_key(a, b) && a->item->head->number == number - 1)
		return CM_OK;
	if (a == NULL) {
		size_t j = i;

		while (j > 0 && same_key(&w->line[j - 1], b) &&
		       w->line[j - 1].item->head->number == number)
			j--;
		if (j == 0 || !same_key(&w->line[j - 1], b) ||
		    w->line[j - 1].item->head->number != number - 1)
			return CM_OK; /* it is not here: a gap */
		a = &w->line[j - 1];
	}
	return add_note(
	    w, (struct cm_sequence_note) { CM_SEQUENCE_BROKEN, a->at, b->at, number, number });
}

static bool
may_supersede(const struct cm_statement *a, const struct cm_statement *b)
{
	return strcmp(a->by, b->by) == 0 && a->type == b->type && a->has_case == b->has_case &&
	       (!a->has_case || memcmp(a->case_id, b->case_id, 32) == 0);
}

static enum cm_result
check_supersedes(struct work *w, const struct view *b)
{
	const struct view *a;
	enum cm_sequence_kind kind;

	if (!b->item->head->has_supersedes)
		return CM_OK;
	a = find(w, b->item->head->supersedes);
	if (a == NULL)
		return CM_OK;
	kind = may_supersede(a->item->head, b->item->head) ? CM_SEQUENCE_SUPERSEDED : CM_SEQUENCE_VOID;
	return add_note(w, (struct cm_sequence_note) { kind, a->at, b->at, 0, 0 });
}

/* Each pair of neighbours in the line of those that supersede one statement.  Quadratic in
 * the number of statements that supersede any, which is small or hostile: bounded. */
static enum cm_result
check_rivals(struct work *w, size_t i)
{
	const struct cm_statement *a = w->line[i].item->head;

	for (size_t j = i + 1; j < w->n && a->has_supersedes; j++) {
		const struct cm_statement *b = w->line[j].item->head;

		if (b->has_supersedes && memcmp(a->supersedes, b->supersedes, 32) == 0 &&
		    may_supersede(a, b))
			return add_note(w, (struct cm_sequence_note) { CM_SEQUENCE_RIVALS, w->line[i].at,
					       w->line[j].at, 0, 0 });
	}
	return CM_OK;
}

static int
by_kind(const void *x, const void *y)
{
	const struct cm_sequence_note *a = x, *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return (a->b > b->b) - (a->b < b->b);
}

/* Fills both views; an item that stands there twice counts once, and charters, which are nobody's alone and have no
 * number, not at all. */
static enum cm_result
prepare(struct work *w, const struct cm_sequence_item *items, size_t n)
{
	size_t numbered = 0;

	w->line = cm_arena_array(w->arena, n + 1, sizeof(*w->line));
	w->digest = cm_arena_array(w->arena, n + 1, sizeof(*w->digest));
	if (w->line == NULL || w->digest == NULL)
		return CM_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (items[i].head->type != CM_PREDICATE_CHARTER)
			w->digest[numbered++] = (struct view) { &items[i], i };
	qsort(w->digest, numbered, sizeof(*w->digest), by_digest);
	for (size_t i = 0; i < numbered; i++)
		if (w->n == 0 || cmp_digest(w->digest[w->n - 1].item, w->digest[i].item) != 0)
			w->digest[w->n++] = w->digest[i];
	memcpy(w->line, w->digest, w->n * sizeof(*w->line));
	qsort(w->line, w->n, sizeof(*w->line), by_line);
	return CM_OK;
}

enum cm_result
cm_sequence_check(const struct cm_sequence_item *items, size_t n, struct cm_arena *arena,
    struct cm_sequence *out, struct cm_err *err)
{
	struct work w = { .arena = arena };
	struct cm_sequence c = { 0 };
	enum cm_result r;

	if (n > CM_SEQUENCE_MAX)
		return cm_err_set(err, CM_E_LIMIT, "more than %u statements at once", CM_SEQUENCE_MAX);
	r = prepare(&w, items, n);
	if (r == CM_OK)
		r = check_lines(&w);
	for (size_t i = 0; i < w.n && r == CM_OK; i++) {
		r = check_previous(&w, i);
		if (r == CM_OK)
			r = check_supersedes(&w, &w.line[i]);
		if (r == CM_OK)
			r = check_rivals(&w, i);
	}
	if (r != CM_OK)
		return cm_err_set(err, r, "out of memory");
	if (w.n_notes > 0)
		qsort(w.note, w.n_notes, sizeof(*w.note), by_kind);
	c.note = w.note;
	c.n = w.n_notes;
	for (size_t i = 0; i < c.n; i++)
		c.refused |= c.note[i].kind == CM_SEQUENCE_FORK || c.note[i].kind == CM_SEQUENCE_BROKEN ||
			     c.note[i].kind == CM_SEQUENCE_RIVALS;
	*out = c;
	return CM_OK;
}

const char *
cm_sequence_word(enum cm_sequence_kind kind)
{
	static const char *const words[] = {
		[CM_SEQUENCE_FORK] = "two statements of one key have one number: a fork",
		[CM_SEQUENCE_BROKEN] = "a statement does not follow the one before it",
		[CM_SEQUENCE_GAP] = "statements of this key are not here: withheld",
		[CM_SEQUENCE_SUPERSEDED] = "superseded by another statement",
		[CM_SEQUENCE_VOID] = "says it supersedes what it can not: another key, case or type",
		[CM_SEQUENCE_RIVALS] = "two statements supersede the same one: a fork",
	};

	return words[kind];
}
