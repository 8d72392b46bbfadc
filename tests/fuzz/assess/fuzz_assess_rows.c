/* Rows of an assessment: an error that says where, or an assessment of which all views can be computed, and whose rows, written
 * anew, are read and written as the same. */
#include <string.h>

#include "assess/rows.h"
#include "fuzz.h"

#define NUMBERS 2000u /* items times hypotheses: more takes too long */
#define SUMS 20u      /* hypotheses, likewise */

static enum cm_result
write(const struct cm_assessment *a, struct cm_arena *arena, struct cm_buf *out)
{
	struct cm_assess_row_list list;
	struct cm_views views;
	enum cm_result rc = cm_views_compute(a, arena, &views, NULL);

	if (rc == CM_OK)
		rc = cm_assess_rows_write(a, &views, arena, out, &list);
	if (rc == CM_OK)
		must(list.n >= a->n_items + a->n_hypotheses + views.n);
	return rc;
}

static void
check_claimed(const struct cm_assess_read *read)
{
	for (size_t i = 0; i < read->n_claimed; i++) {
		const struct cm_assess_claimed *c = &read->claimed[i];

		must(c->layer < CM_LAYERS && c->view < CM_VIEWS_OF && c->n <= CM_ASSESS_HYPOTHESES);
		for (size_t k = 0; k < c->n; k++)
			must(c->name[k] != NULL && c->share[k].lo >= 0 && c->share[k].hi <= CM_ASSESS_ONE);
	}
}

/* What is written of it is read, and written, as the same. */
static void
check_again(const struct cm_assess_read *read, struct cm_arena *arena)
{
	struct cm_buf one = { 0 }, two = { 0 };
	struct cm_assess_read again;
	struct cm_err err = { 0 };

	if (write(&read->a, arena, &one) == CM_OK) {
		must(cm_assess_rows_parse(cm_buf_span(&one), arena, &again, &err) == CM_OK);
		if (!fuzz_starved()) {
			must(again.a.n_items == read->a.n_items && again.a.n_hypotheses == read->a.n_hypotheses);
			must(write(&again.a, arena, &two) == CM_OK);
			must(cm_span_eq(cm_buf_span(&one), cm_buf_span(&two)));
		}
	}
	cm_buf_release(&one);
	cm_buf_release(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_assess_read read;
	struct cm_err err = { 0 };
	struct cm_arena arena;
	enum cm_result rc;

	cm_arena_init(&arena, (size_t)128 << 20);
	rc = cm_assess_rows_parse(cm_span_of(data, size), &arena, &read, &err);
	must(err.code == rc);
	if (rc == CM_OK) {
		must(read.a.title != NULL && read.a.n_hypotheses > 0);
		check_claimed(&read);
		if (read.a.n_items * read.a.n_hypotheses <= NUMBERS && read.a.n_hypotheses <= SUMS)
			check_again(&read, &arena);
	}
	cm_arena_fini(&arena);
	return 0;
}
