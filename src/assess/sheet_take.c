/* A table that a spreadsheet has saved, laid over the text that it came from. */
#include <stdlib.h>
#include <string.h>

#include "assess/sheet.h"
#include "codec/csv.h"

#define COLUMNS (CM_ASSESS_ITEMS + 3u)
#define FIRST_ITEM 3u

struct ordered {
	struct cm_assess_change change;
	size_t number; /* lines that are put in at one place keep their order */
};

struct taking {
	const struct cm_sheet_over *over;
	struct cm_arena *arena;
	struct cm_sheet_taken *out;
	struct cm_err *err;
	struct cm_csv csv;
	size_t *item;	 /* of each column of the table */
	size_t n_columns;
	bool *seen;	 /* hypotheses */
	unsigned fields; /* rows of what items are */
	struct ordered *change;
	size_t n, cap;
};

static enum cm_result
refuse(const struct taking *t, size_t column, const char *what, struct cm_span word)
{
	return cm_err_set(t->err, CM_E_MALFORMED, "row %zu, column %zu: %s%s%.*s%s", t->csv.row, column + 1, what,
	    word.len > 0 ? " `" : "", word.len > 60 ? 60 : (int)word.len, word.len > 0 ? (const char *)word.ptr : "",
	    word.len > 0 ? "'" : "");
}

static enum cm_result
no_memory(const struct taking *t)
{
	return cm_err_set(t->err, CM_E_NOMEM, "out of memory");
}

static CM_RESULT
check_characters(const struct taking *t)
{
	for (size_t i = 0; i < t->csv.n; i++)
		for (size_t k = 0; k < t->csv.cell[i].len; k++)
			if (t->csv.cell[i].ptr[k] < 0x20 || t->csv.cell[i].ptr[k] >= 0x7f)
				return refuse(t, i, "a character that stands in no such cell", cm_span_of(NULL, 0));
	return CM_OK;
}

static CM_RESULT
read_row(struct taking *t)
{
	enum cm_result rc = cm_csv_next(&t->csv, t->err);

	return rc == CM_OK ? check_characters(t) : rc;
}

/* ---- what differs ---- */

static CM_RESULT
change(struct taking *t, struct cm_assess_at at, struct cm_span now)
{
	uint8_t *text = cm_arena_copy(t->arena, now.ptr, now.len);

	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
		struct ordered *more = cm_arena_array(t->arena, cap, sizeof(*more));

		if (more == NULL)
			return no_memory(t);
		if (t->n > 0)
			memcpy(more, t->change, t->n * sizeof(*more));
		t->change = more;
		t->cap = cap;
	}
	if (text == NULL)
		return no_memory(t);
	t->change[t->n] = (struct ordered) { { at.at, at.len, cm_span_of(text, now.len) }, t->n };
	t->n++;
	return CM_OK;
}

/* In its place, or, if it has none, as a line behind what its item has. */
static CM_RESULT
put(struct taking *t, struct cm_assess_at at, uint32_t end, const char *field, struct cm_span now)
{
	struct cm_buf line = { 0 };
	struct cm_span text = t->over->text;
	enum cm_result rc;

	if (at.len > 0)
		return change(t, at, now);
	if (end > 0 && text.ptr[end - 1] != '\n')
		cm_buf_add_str(&line, "\n");
	cm_buf_printf(&line, "  %s  ", field);
	cm_buf_add_span(&line, now);
	cm_buf_add_str(&line, "\n");
	rc = cm_buf_ok(&line) ? change(t, (struct cm_assess_at) { end, 0 }, cm_buf_span(&line)) : no_memory(t);
	cm_buf_release(&line);
	return rc;
}

static void
say(struct taking *t, const char *whose, const char *field, struct cm_span was, struct cm_span now)
{
	cm_buf_printf(&t->out->said, "%s, %s: ", whose, field);
	cm_buf_add_span(&t->out->said, was.len > 0 ? was : cm_span_str("nothing"));
	cm_buf_add_str(&t->out->said, " -> ");
	cm_buf_add_span(&t->out->said, now);
	cm_buf_add_str(&t->out->said, "\n");
}

/* ---- numbers ---- */

/* "0.30", or with ; as separator "0,30"; above 0, at most 1. */
static bool
number(const struct taking *t, struct cm_span s, int64_t *out)
{
	int64_t value = 0, unit = CM_ASSESS_ONE;
	bool point = false;

	if (s.len == 0 || s.len > 16)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!point && (c == '.' || (c == ',' && t->csv.separator == ';'))) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9' || (point && unit == 1))
			return false;
		unit /= point ? 10 : 1;
		value = point ? value + (c - '0') * unit : (10 * (value / CM_ASSESS_ONE) + (c - '0')) * CM_ASSESS_ONE;
		if (value > CM_ASSESS_ONE)
			return false;
	}
	*out = value;
	return value > 0;
}

static bool
range(const struct taking *t, struct cm_span s, struct cm_assess_range *p)
{
	size_t i = 0;

	while (i + 4 <= s.len && memcmp(s.ptr + i, " to ", 4) != 0)
		i++;
	if (i + 4 > s.len) {
		if (!number(t, s, &p->lo))
			return false;
		p->hi = p->lo;
		return true;
	}
	return number(t, cm_span_part(s, 0, i), &p->lo) && number(t, cm_span_part(s, i + 4, s.len), &p->hi) &&
	       p->lo <= p->hi;
}

static CM_RESULT
take_prior(struct taking *t, size_t h)
{
	const struct cm_hypothesis *hyp = &t->over->a->hypothesis[h];
	struct cm_assess_range p = { 0 };
	struct cm_buf was = { 0 }, now = { 0 }, whose = { 0 };
	enum cm_result rc = CM_OK;

	if (!number(t, t->csv.cell[2], &p.lo))
		return refuse(t, 2, "expected a prior: a decimal number above 0 and at most 1, and not", t->csv.cell[2]);
	if (p.lo == hyp->prior)
		return CM_OK;
	p.hi = p.lo;
	cm_sheet_range((struct cm_assess_range) { hyp->prior, hyp->prior }, false, &was);
	cm_sheet_range(p, false, &now);
	cm_buf_printf(&whose, "%s %s", cm_layer_word(hyp->layer), hyp->name);
	rc = !cm_buf_ok(&was) || !cm_buf_ok(&now) || cm_buf_cstr(&whose) == NULL ? no_memory(t) :
					   put(t, t->over->places->hypothesis[h].field[CM_HYPOTHESIS_PRIOR], 0, "prior", cm_buf_span(&now));
	if (rc == CM_OK)
		say(t, cm_buf_cstr(&whose), "prior", cm_buf_span(&was), cm_buf_span(&now));
	cm_buf_release(&was);
	cm_buf_release(&now);
	cm_buf_release(&whose);
	return rc;
}

static CM_RESULT
take_number(struct taking *t, size_t column, size_t h)
{
	size_t i = t->item[column];
	const struct cm_assess_cell *cell = &t->over->a->item[i].cell[h];
	const struct cm_hypothesis *hyp = &t->over->a->hypothesis[h];
	struct cm_span s = t->csv.cell[column];
	struct cm_assess_range p = { 0 };
	bool asked = s.len == 1 && s.ptr[0] == '?';
	struct cm_buf was = { 0 }, now = { 0 }, field = { 0 };
	enum cm_result rc;

	if (s.len == 0 && cell->p.hi == 0 && !cell->asked)
		return CM_OK;
	if (cm_hypothesis_deceives(hyp))
		return refuse(t, column, "a deceiver has no likelihoods of its own, and not", s);
	if (s.len == 0)
		return refuse(t, column, "a number that is there can become `?', but not nothing", s);
	if (!asked && !range(t, s, &p))
		return refuse(t, column, "expected `0.3', `0.3 to 0.5' or `?', and not", s);
	if (p.lo == cell->p.lo && p.hi == cell->p.hi && asked == cell->asked)
		return CM_OK;
	cm_sheet_range(cell->p, cell->asked, &was);
	cm_sheet_range(p, asked, &now);
	cm_buf_printf(&field, "%s %s", cm_layer_word(hyp->layer), hyp->name);
	rc = !cm_buf_ok(&was) || !cm_buf_ok(&now) || cm_buf_cstr(&field) == NULL ? no_memory(t) :
					   put(t, t->over->places->item[i].cell[h], t->over->places->item[i].end, cm_buf_cstr(&field), cm_buf_span(&now));
	if (rc == CM_OK)
		say(t, t->over->a->item[i].name, cm_buf_cstr(&field), cm_buf_span(&was), cm_buf_span(&now));
	cm_buf_release(&was);
	cm_buf_release(&now);
	cm_buf_release(&field);
	return rc;
}

/* ---- what items are ---- */

static CM_RESULT
take_field(struct taking *t, size_t column, enum cm_sheet_row row)
{
	static const enum cm_item_field of[CM_SHEET_ROWS] = { CM_ITEM_TYPE, CM_ITEM_GROUP, CM_ITEM_FORGE, CM_ITEM_VIEW,
		CM_ITEM_SOURCE };
	size_t i = t->item[column];
	const struct cm_assess_item *item = &t->over->a->item[i];
	struct cm_span now = t->csv.cell[column];
	struct cm_buf was = { 0 };
	enum cm_result rc = CM_OK;

	cm_sheet_field(item, row, &was);
	if (!cm_buf_ok(&was))
		rc = no_memory(t);
	if (rc == CM_OK && cm_span_eq(cm_buf_span(&was), now))
		goto done;
	for (size_t k = 0; k < now.len && rc == CM_OK; k++)
		if (strchr("#\"'`\\", now.ptr[k]) != NULL)
			rc = refuse(t, column, "a character that stands in no such field:", now);
	if (rc == CM_OK && now.len == 0)
		rc = refuse(t, column, "a field that is there can not be taken away in a table", now);
	if (rc == CM_OK)
		rc = put(t, t->over->places->item[i].field[of[row]], t->over->places->item[i].end, cm_sheet_rows[row], now);
	if (rc == CM_OK)
		say(t, item->name, cm_sheet_rows[row], cm_buf_span(&was), now);
done:
	cm_buf_release(&was);
	return rc;
}

/* ---- rows ---- */

static CM_RESULT
take_head(struct taking *t)
{
	static const char *const first[FIRST_ITEM] = { "layer", "hypothesis", "prior" };
	bool *there = cm_arena_array(t->arena, t->over->a->n_items + 1, sizeof(*there));
	char name[CM_ASSESS_NAME + 1];

	if (there == NULL)
		return no_memory(t);
	for (size_t i = 0; i < FIRST_ITEM; i++)
		if (i >= t->csv.n || !cm_span_eq(t->csv.cell[i], cm_span_str(first[i])))
			return cm_err_set(t->err, CM_E_MALFORMED, "row 1, column %zu: expected `%s'", i + 1, first[i]);
	while (t->csv.n > FIRST_ITEM && t->csv.cell[t->csv.n - 1].len == 0)
		t->csv.n--;
	for (size_t i = FIRST_ITEM; i < t->csv.n; i++) {
		if (t->csv.cell[i].len > CM_ASSESS_NAME)
			return refuse(t, i, "there is no item", t->csv.cell[i]);
		if (t->csv.cell[i].len > 0)
			memcpy(name, t->csv.cell[i].ptr, t->csv.cell[i].len);
		name[t->csv.cell[i].len] = '\0';
		t->item[i] = cm_assess_find_item(t->over->a, name);
		if (t->item[i] == CM_ASSESS_NONE)
			return refuse(t, i, "there is no item", t->csv.cell[i]);
		if (there[t->item[i]])
			return refuse(t, i, "a second column of the item", t->csv.cell[i]);
		there[t->item[i]] = true;
	}
	t->n_columns = t->csv.n;
	return CM_OK;
}

/* A word of the table as a text; false: too long for any. */
static bool
word(struct cm_span s, char out[2 * CM_ASSESS_NAME + 2])
{
	if (s.len > 2 * CM_ASSESS_NAME + 1)
		return false;
	if (s.len > 0)
		memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
	return true;
}

static CM_RESULT
take_fields(struct taking *t)
{
	enum cm_result rc = CM_OK;
	unsigned row = 0;

	while (row < CM_SHEET_ROWS && !cm_span_eq(t->csv.cell[1], cm_span_str(cm_sheet_rows[row])))
		row++;
	if (row == CM_SHEET_ROWS)
		return refuse(t, 1, "expected type, group, forge, view or source, and not", t->csv.cell[1]);
	if ((t->fields >> row & 1) != 0)
		return refuse(t, 1, "a second row of", t->csv.cell[1]);
	t->fields |= 1u << row;
	for (size_t i = FIRST_ITEM; rc == CM_OK && i < t->n_columns; i++)
		rc = take_field(t, i, (enum cm_sheet_row)row);
	return rc;
}

static CM_RESULT
take_hypothesis(struct taking *t)
{
	char text[2 * CM_ASSESS_NAME + 2];
	int layer = word(t->csv.cell[0], text) ? cm_layer_find(text) : -1;
	size_t h;
	enum cm_result rc;

	if (layer < 0)
		return refuse(t, 0, "expected a layer, or `item', and not", t->csv.cell[0]);
	h = word(t->csv.cell[1], text) ? cm_assess_find_hypothesis(t->over->a, (enum cm_layer)layer, text) : CM_ASSESS_NONE;
	if (h == CM_ASSESS_NONE)
		return refuse(t, 1, "there is at that layer no hypothesis", t->csv.cell[1]);
	if (t->seen[h])
		return refuse(t, 1, "a second row of the hypothesis", t->csv.cell[1]);
	t->seen[h] = true;
	rc = take_prior(t, h);
	for (size_t i = FIRST_ITEM; rc == CM_OK && i < t->n_columns; i++)
		rc = take_number(t, i, h);
	return rc;
}

static CM_RESULT
take_row(struct taking *t)
{
	size_t filled = 0;

	for (size_t i = 0; i < t->csv.n; i++)
		filled = t->csv.cell[i].len > 0 ? i + 1 : filled;
	if (filled == 0)
		return CM_OK;
	if (filled > t->n_columns)
		return refuse(t, filled - 1, "a cell under no item:", t->csv.cell[filled - 1]);
	/* columns that end before the others are empty */
	for (; t->csv.n < t->n_columns; t->csv.n++)
		t->csv.cell[t->csv.n] = cm_span_of(NULL, 0);
	return cm_span_eq(t->csv.cell[0], cm_span_str("item")) ? take_fields(t) : take_hypothesis(t);
}

static int
compare(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;

	if (a->change.at != b->change.at)
		return a->change.at < b->change.at ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

/* What came out has to be an assessment again. */
static CM_RESULT
apply(struct taking *t)
{
	struct cm_assess_change *change = cm_arena_array(t->arena, t->n, sizeof(*change));
	struct cm_assessment again;
	struct cm_err why = { 0 };
	enum cm_result rc;

	if (change == NULL || !cm_buf_ok(&t->out->said))
		return no_memory(t);
	qsort(t->change, t->n, sizeof(*t->change), compare);
	for (size_t i = 0; i < t->n; i++)
		change[i] = t->change[i].change;
	rc = cm_assess_text_set(t->over->text, change, t->n, &t->out->text, t->err);
	if (rc != CM_OK)
		return rc;
	rc = cm_assess_text_read(cm_buf_span(&t->out->text), t->over->registry, t->arena, &again, NULL, &why);
	return rc == CM_OK ? CM_OK : cm_err_set(t->err, rc, "as changed it is no assessment: %.300s", why.text);
}

static CM_RESULT
take_all(struct taking *t)
{
	enum cm_result rc = read_row(t);

	if (rc == CM_OK)
		rc = take_head(t);
	while (rc == CM_OK && !cm_csv_ended(&t->csv)) {
		rc = read_row(t);
		if (rc == CM_OK)
			rc = take_row(t);
	}
	return rc == CM_OK && t->n > 0 ? apply(t) : rc;
}

enum cm_result
cm_sheet_take(const struct cm_sheet_over *over, struct cm_span csv, struct cm_arena *arena, struct cm_sheet_taken *out,
    struct cm_err *err)
{
	struct taking t = { .over = over, .arena = arena, .out = out, .err = err };
	struct cm_span *cell = cm_arena_array(arena, COLUMNS, sizeof(*cell));
	enum cm_result rc;

	*out = (struct cm_sheet_taken) { 0 };
	t.item = cm_arena_array(arena, COLUMNS, sizeof(*t.item));
	t.seen = cm_arena_array(arena, over->a->n_hypotheses + 1, sizeof(*t.seen));
	if (cell == NULL || t.item == NULL || t.seen == NULL)
		return no_memory(&t);
	cm_csv_open(&t.csv, csv, cell, COLUMNS);
	rc = take_all(&t);
	out->changes = t.n;
	cm_csv_close(&t.csv);
	return rc;
}

void
cm_sheet_release(struct cm_sheet_taken *taken)
{
	cm_buf_release(&taken->text);
	cm_buf_release(&taken->said);
}
