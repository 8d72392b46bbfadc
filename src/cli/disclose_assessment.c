#include "cli/disclose_assessment.h"

#include <stdlib.h>
#include <string.h>

#include "assess/rows.h"
#include "os/private.h"
#include "statement/assessment_v1.h"

#define ROWS_FILE ((size_t)64 << 20)

struct choosing {
	const struct cm_disclose_assessments *in;
	struct cm_arena *arena;
	struct cm_err *err;
	enum cm_assess_view_of view;
	const char *to;
	cm_packet_id *id;
	size_t n, cap;
};

static CM_RESULT
no_memory(struct choosing *k)
{
	return cm_err_set(k->err, CM_E_NOMEM, "out of memory");
}

static CM_RESULT
add(struct choosing *k, size_t exhibit, uint64_t row)
{
	if (k->n == k->cap) {
		size_t cap = k->cap == 0 ? 1024 : 2 * k->cap;
		cm_packet_id *more = cm_arena_array(k->arena, cap, sizeof(*more));

		if (more == NULL)
			return no_memory(k);
		if (k->n > 0)
			memcpy(more, k->id, k->n * sizeof(*more));
		k->id = more;
		k->cap = cap;
	}
	k->id[k->n++] = cm_packet_id_of((uint32_t)exhibit, row);
	return CM_OK;
}

/* What is shown of a view shows those below it, too. */
static bool
shows_result(const struct choosing *k, const struct cm_assess_claimed *c)
{
	if (c->view == CM_OF_SHARED)
		return k->view != CM_OF_PUBLIC && (k->view != CM_OF_SHARED || c->to == NULL || (k->to != NULL && strcmp(c->to, k->to) == 0));
	return c->view <= k->view;
}

static CM_RESULT
check_named(struct choosing *k, const struct cm_assessment *a, size_t item, size_t named)
{
	if (named == CM_ASSESS_NONE || cm_view_has(&a->item[named], k->view, k->to))
		return CM_OK;
	return cm_err_set(k->err, CM_E_REFUSED, "the item %s would be shown and names the item %s, which would not: it repeats it, or is "
	    "derived from it; `--leak-ok' accepts that", a->item[item].name, a->item[named].name);
}

/* The name of an item that stays shut stands in no row that is shown. */
static CM_RESULT
check_names(struct choosing *k, const struct cm_assessment *a, size_t item)
{
	const struct cm_assess_item *i = &a->item[item];
	enum cm_result rc = k->in->leak_ok ? CM_OK : check_named(k, a, item, i->repeats);

	for (size_t n = 0; rc == CM_OK && !k->in->leak_ok && n < i->n_derived; n++)
		rc = check_named(k, a, item, i->derived[n]);
	return rc;
}

static CM_RESULT
choose_rows(struct choosing *k, size_t exhibit, const struct cm_assessment_v1 *v, const struct cm_assess_read *read)
{
	enum cm_result rc = CM_OK;
	size_t i;

	for (uint64_t row = 0; rc == CM_OK && row < v->frame; row++)
		rc = add(k, exhibit, row);
	for (i = 0; rc == CM_OK && i < read->a.n_items; i++) {
		if (!cm_view_has(&read->a.item[i], k->view, k->to))
			continue;
		rc = check_names(k, &read->a, i);
		if (rc == CM_OK)
			rc = add(k, exhibit, v->frame + i);
	}
	for (i = 0; rc == CM_OK && i < read->n_claimed; i++)
		if (shows_result(k, &read->claimed[i]))
			rc = add(k, exhibit, v->frame + v->items + i);
	return rc;
}

static CM_RESULT
read_statement(struct choosing *k, const uint8_t digest[32], struct cm_assessment_v1 *out)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_buf json = { 0 };
	enum cm_result rc = cm_case_statement_text(k->in->c, digest, &json, NULL, k->err);

	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), k->arena, &doc, k->err);
	if (rc == CM_OK)
		rc = cm_assessment_v1_read(doc.predicate, k->arena, out, k->err);
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return rc;
}

static CM_RESULT
choose(struct choosing *k, const uint8_t digest[32])
{
	struct cm_assessment_v1 v;
	struct cm_assess_read read;
	struct cm_buf text = { 0 };
	size_t x = 0;
	enum cm_result rc = read_statement(k, digest, &v);

	while (rc == CM_OK && x < k->in->n_exhibits && memcmp(k->in->exhibits[x].statement, v.seal, 32) != 0)
		x++;
	if (rc == CM_OK && x == k->in->n_exhibits)
		rc = cm_err_set(k->err, CM_E_NOTFOUND, "the rows of an assessment are no exhibit of this case");
	if (rc == CM_OK)
		rc = cm_whole_read(k->in->exhibits[x].path, ROWS_FILE, &text, k->err);
	if (rc == CM_OK)
		rc = cm_assess_rows_parse(cm_buf_span(&text), k->arena, &read, k->err);
	if (rc == CM_OK)
		rc = choose_rows(k, x, &v, &read);
	cm_buf_release(&text);
	return rc;
}

static int
compare(const void *a, const void *b)
{
	cm_packet_id x = *(const cm_packet_id *)a, y = *(const cm_packet_id *)b;

	return x < y ? -1 : x > y;
}

enum cm_result
cm_disclose_assessments(
    const struct cm_disclose_assessments *in, struct cm_arena *arena, struct cm_ids *out, struct cm_err *err)
{
	struct choosing k = { .in = in, .arena = arena, .err = err, .to = in->to };
	enum cm_result rc = CM_OK;

	k.view = in->to != NULL ? CM_OF_SHARED : CM_OF_PUBLIC;
	if (in->view != NULL) {
		if (cm_view_of_find(in->view) < 0)
			return cm_err_set(err, CM_E_USAGE, "--view is public, shared, panel or all");
		k.view = (enum cm_assess_view_of)cm_view_of_find(in->view);
	}
	if (k.view == CM_OF_SHARED && in->to == NULL)
		return cm_err_set(err, CM_E_USAGE, "--view shared wants --to: shared with whom?");
	for (size_t i = 0; rc == CM_OK && i < in->n; i++)
		rc = choose(&k, in->statement[i]);
	if (k.n > 0)
		qsort(k.id, k.n, sizeof(*k.id), compare);
	*out = (struct cm_ids) { k.id, k.n };
	return rc;
}
