#include "assess/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/csv.h"

const char *const cm_sheet_rows[CM_SHEET_ROWS] = { "type", "group", "forge", "view", "source" };

void
cm_sheet_field(const struct cm_assess_item *item, enum cm_sheet_row row, struct cm_buf *out)
{
	switch (row) {
	case CM_SHEET_TYPE:
		cm_buf_add_str(out, item->type);
		break;
	case CM_SHEET_GROUP:
		cm_buf_add_str(out, item->group);
		break;
	case CM_SHEET_FORGE:
		cm_buf_printf(out, "F%d", item->forge);
		break;
	case CM_SHEET_VIEW:
		cm_buf_add_str(out, cm_assess_view_word(item->view));
		for (size_t i = 0; i < item->n_shown; i++)
			cm_buf_printf(out, "%s%s", i == 0 ? " " : ", ", item->shown[i]);
		break;
	case CM_SHEET_SOURCE:
		if (item->letter != 0)
			cm_buf_printf(out, "%c%c", item->letter, item->digit);
		break;
	}
}

static void
put_number(int64_t p, struct cm_buf *out)
{
	char text[32];
	size_t len;

	snprintf(text, sizeof(text), "%" PRId64 ".%012" PRId64, p / CM_ASSESS_ONE, p % CM_ASSESS_ONE);
	len = strlen(text);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	cm_buf_add(out, text, len);
}

void
cm_sheet_range(struct cm_assess_range p, bool asked, struct cm_buf *out)
{
	if (p.hi == 0) {
		cm_buf_add_str(out, asked ? "?" : "");
		return;
	}
	put_number(p.lo, out);
	if (p.lo == p.hi)
		return;
	cm_buf_add_str(out, " to ");
	put_number(p.hi, out);
}

/* Appends the cell, and empties it. */
static void
end_cell(struct cm_buf *out, struct cm_buf *cell, bool last)
{
	cm_csv_put(out, cm_buf_span(cell), last);
	out->failed = out->failed || !cm_buf_ok(cell);
	cm_buf_clear(cell);
}

static void
put_text(struct cm_buf *out, struct cm_buf *cell, const char *text, bool last)
{
	cm_buf_add_str(cell, text);
	end_cell(out, cell, last);
}

static void
put_table(const struct cm_assessment *a, struct cm_buf *out, struct cm_buf *cell)
{
	size_t i, k;

	put_text(out, cell, "layer", false);
	put_text(out, cell, "hypothesis", false);
	put_text(out, cell, "prior", a->n_items == 0);
	for (i = 0; i < a->n_items; i++)
		put_text(out, cell, a->item[i].name, i + 1 == a->n_items);
	for (k = 0; k < CM_SHEET_ROWS; k++) {
		put_text(out, cell, "item", false);
		put_text(out, cell, cm_sheet_rows[k], false);
		put_text(out, cell, "", a->n_items == 0);
		for (i = 0; i < a->n_items; i++) {
			cm_sheet_field(&a->item[i], (enum cm_sheet_row)k, cell);
			end_cell(out, cell, i + 1 == a->n_items);
		}
	}
	for (k = 0; k < a->n_hypotheses; k++) {
		put_text(out, cell, cm_layer_word(a->hypothesis[k].layer), false);
		put_text(out, cell, a->hypothesis[k].name, false);
		put_number(a->hypothesis[k].prior, cell);
		end_cell(out, cell, a->n_items == 0);
		for (i = 0; i < a->n_items; i++) {
			cm_sheet_range(a->item[i].cell[k].p, a->item[i].cell[k].asked, cell);
			end_cell(out, cell, i + 1 == a->n_items);
		}
	}
}

void
cm_sheet_write(const struct cm_assessment *a, struct cm_buf *out)
{
	struct cm_buf cell = { 0 };

	put_table(a, out, &cell);
	cm_buf_release(&cell);
}
