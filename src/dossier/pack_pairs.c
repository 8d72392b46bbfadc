#include "dossier/pack_pairs.h"
#include "seal/cut.h"

static CM_RESULT
count_rows(struct cm_pair_book *book, struct cm_cut_rows *rows, struct cm_err *err)
{
	struct cm_cell_source src = cm_cut_rows_source(rows);
	struct cm_cells cells;
	struct cm_pair_of of;
	enum cm_result rc = CM_OK;
	uint64_t row;

	for (row = 0; rc == CM_OK; row++) {
		rc = src.next(src.arg, &cells, err);
		if (rc != CM_OK)
			break;
		of = cm_pair_of(book, cells.cell[CM_COL_SRC], cells.cell[CM_COL_DST]);
		rc = cm_pair_book_add(book, row, &of);
	}
	return rc == CM_E_NOTFOUND ? CM_OK : rc;
}

/* The list, from the rows. */
static CM_RESULT
count_again(const struct cm_seal *seal, const struct cm_pack_exhibit *x, struct cm_pair_list *out, struct cm_err *err)
{
	struct cm_pair_book *book = NULL;
	struct cm_cut_rows *rows = NULL;
	enum cm_result rc = cm_cut_rows_new(&seal->schema, x->source, x->name, &rows, err);

	if (rc == CM_OK)
		rc = cm_pair_book_new(x->secret, &book);
	if (rc == CM_OK)
		rc = count_rows(book, rows, err);
	if (rc == CM_OK)
		rc = cm_pair_book_end(book, NULL, out);
	cm_pair_book_free(book);
	cm_cut_rows_free(rows);
	return rc;
}

CM_RESULT
cm_pack_pairs(const struct cm_loaded *l, size_t k, const struct cm_pack_exhibit *x, struct cm_buf *out,
    struct cm_err *err)
{
	const struct cm_seal *seal = &l->seal[k].seal;
	struct cm_pair_list list = { 0 };
	enum cm_result rc = CM_E_REFUSED;

	if (!seal->has_pairs || l->dossier.exhibits[k].n_pairs == 0)
		return CM_OK;
	if (x->pairs.len > 0)
		rc = cm_pair_list_read(x->pairs, &list, NULL);
	if (rc == CM_OK)
		rc = cm_pairs_make(l, k, &list, x->secret, out, NULL);
	if (rc != CM_E_REFUSED && rc != CM_E_MALFORMED)
		goto out;
	cm_pair_list_release(&list);
	cm_buf_clear(out);
	rc = count_again(seal, x, &list, err);
	if (rc == CM_OK)
		rc = cm_pairs_make(l, k, &list, x->secret, out, err);
out:
	cm_pair_list_release(&list);
	return rc == CM_E_NOMEM ? cm_err_set(err, rc, "no memory for the pairs of hosts") : rc;
}
