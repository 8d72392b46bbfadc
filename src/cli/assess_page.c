#include "cli/assess_page.h"

#include "dossier/assess_page.h"
#include "os/private.h"

static CM_RESULT
make_page(struct cm_assess_show *s, struct cm_buf *rows, struct cm_err *err)
{
	struct cm_assess_row_list list;
	struct cm_assess_picture picture;
	enum cm_result rc = cm_assess_picture_of(&s->f.a, &s->f.registry, &s->f.arena, &picture, err);

	if (rc == CM_OK)
		rc = cm_assess_rows_write(&s->f.a, &s->views, &s->f.arena, rows, &list);
	if (rc != CM_OK)
		return rc;
	picture.rows = cm_buf_span(rows);
	if (s->f.shown != NULL)
		picture.shut = (size_t)(s->f.shown->body->items - s->f.shown->items_open);
	return cm_assess_page(&picture, &s->page);
}

enum cm_result
cm_assess_show_page(struct cm_assess_show *s, struct cm_err *err)
{
	struct cm_buf rows = { 0 };
	enum cm_result rc = make_page(s, &rows, err);

	cm_buf_release(&rows);
	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "there is no memory for the page");
}

enum cm_result
cm_assess_beside_page(struct cm_assess_beside *b, struct cm_err *err)
{
	enum cm_result rc = cm_assess_pair_page(b->at, b->n, &b->page);

	return rc == CM_OK ? CM_OK : cm_err_set(err, rc, "there is no memory for the page");
}

bool
cm_assess_page_write(const struct cm_context *ctx, const char *path, struct cm_span page)
{
	static const struct cm_write_mode fresh = { CM_WRITE_NEW, 0644 };
	struct cm_err err = { 0 };

	if (cm_whole_write(path, page, fresh, &err) == CM_OK)
		return true;
	(void)cm_cli_error(ctx, NULL, &err, "no page was written");
	return false;
}
